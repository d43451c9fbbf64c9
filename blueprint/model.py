"""The nouns of the Blueprint: fields, tables, code lists, units, factors and rules.

No facts live here: no code, unit, path or Dutch word; those are data, read by `blueprint.load`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

FieldType = Literal["string", "integer", "number", "boolean", "date", "datetime", "year", "list"]
FieldFormat = Literal["ean", "municipality"]
Confidentiality = Literal["public", "restricted", "secret", "personal"]
TableKind = Literal["filed", "reference", "curated", "pmiek"]
RowCount = Literal["exactly_one", "at_least_one", "any"]
Severity = Literal["error", "warning", "info"]
RuleCheck = Literal["reader", "column", "structure", "sql", "round", "register", "list"]
RawCondition = dict[str, list[Any] | bool | int | str]


class Strict(BaseModel):
    """A part of the Blueprint: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Constraints(Strict):
    """The constraints of the Table Schema standard that a field may carry."""

    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = Key(default=None, alias="minLength")
    max_length: int | None = Key(default=None, alias="maxLength")


class Field(Strict):
    """One field: what it means, how it is written, in which unit, and who may see it."""

    name: str
    type: FieldType
    title: str = Key(min_length=1)
    description: str = Key(min_length=1)
    confidentiality: Confidentiality = Key(alias="class")
    example: str | None = None
    constraints: Constraints = Constraints()
    codes: str | None = None
    unit: str | None = None
    decimals: int | None = None
    format: FieldFormat | None = None
    separator: str | None = None
    required: bool = False
    required_if: RawCondition | None = None

    @property
    def is_number(self) -> bool:
        return self.type in ("number", "integer", "year")


class Reference(Strict):
    resource: str
    fields: tuple[str, ...]


class ForeignKey(Strict):
    fields: tuple[str, ...]
    reference: Reference


class Wide(Strict):
    """How a workbook lays one key out side by side: `columns` maps a field to its heading per key.

    A row that fills `reason` explains its empty cells: those of the base year when it holds the codes of `base`,
    those of the other years otherwise.
    """

    key: str
    columns: dict[str, str]
    reason: str | None = None
    base: dict[str, str] = {}


class Table(Strict):
    """One table: its grain (the description), its ordered fields and its keys.

    A filing without a sheet for a table that is `expected` is asked whether that is right. A company files the
    tables of kind `filed`, an analyst loads those of kind `reference`; the others are made.
    """

    name: str
    title: str = Key(min_length=1)
    description: str = Key(min_length=1)
    kind: TableKind
    order: int
    rows: RowCount = "any"
    sheet: bool = True
    expected: bool = False
    primary_key: tuple[str, ...] = Key(default=(), alias="primaryKey")
    foreign_keys: tuple[ForeignKey, ...] = Key(default=(), alias="foreignKeys")
    wide: Wide | None = None
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field called `name`; KeyError when the table has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name}.{name}")

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


class Code(Strict):
    """One row of a code list; `attributes` holds the columns beyond code, label and description."""

    code: str
    label: str = Key(min_length=1)
    description: str = ""
    attributes: dict[str, str] = {}


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes in its natural order, with the other spellings people use."""

    name: str
    codes: tuple[Code, ...]
    aliases: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(code.code for code in self.codes)

    @property
    def filed(self) -> tuple[Code, ...]:
        """The codes a company may file (`filed` is not false)."""
        return tuple(code for code in self.codes if code.attributes.get("filed", "true") == "true")

    def label(self, code: str) -> str:
        return next((row.label for row in self.codes if row.code == code), code)

    def where(self, attribute: str, value: str) -> tuple[str, ...]:
        """The codes whose attribute equals `value`."""
        return tuple(row.code for row in self.codes if row.attributes.get(attribute) == value)


class Unit(Strict):
    """One unit and the exact factor to its canon (PJ, MW, kt, mln_m3 or itself); `filed`: an amount may be in it."""

    unit: str
    label: str = Key(min_length=1)
    quantity: str
    canon: str
    factor: Decimal = Key(gt=0)
    filed: bool


class Factor(Strict):
    """What turns volume, mass or HHV energy of a carrier into LHV energy or emissions, and where that is from."""

    carrier: str
    from_unit: str
    basis: str
    to_unit: str
    factor: Decimal = Key(gt=0)
    valid_from: int
    valid_until: int | None = None
    source: str = Key(min_length=1)
    remark: str = ""


class Rule(Strict):
    """One rule: how bad a breach is, and the Dutch words that say what to do.

    A `consequence` follows from another breach: nothing is to be mended there. A round may let an error that
    `may_relax` only warn: rows that break it can still be summed.
    `check` tells who applies it: the reader of files, a column expectation, or SQL over one filing or a whole round.
    """

    id: str
    severity: Severity
    check: RuleCheck
    title: str = Key(min_length=1)
    message: str = Key(min_length=1)
    table: str | None = None
    field: str | None = None
    source: str | None = None
    bound: dict[str, float] = {}
    sql: str | None = None
    consequence: bool = False
    may_relax: bool = False


class Declaration(Strict):
    """What the Blueprint declares of itself: versions, standing, years, and the mark of unprotected tables."""

    version: str
    factor_version: str
    status: str
    unprotected_mark: str
    base_year: int
    target_years: tuple[int, ...]
    geography_year: int


@dataclass(frozen=True)
class Test:
    """One part of a condition: the field is empty, filled, or holds one of `values`."""

    field: str
    op: Literal["empty", "filled", "in"]
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Blueprint:
    """Everything agreed, at one version."""

    version: str
    factor_version: str
    status: str
    unprotected_mark: str
    base_year: int
    target_years: tuple[int, ...]
    geography_year: int
    fields: dict[str, Field]
    tables: dict[str, Table]
    codes: dict[str, CodeList]
    units: dict[str, Unit]
    factors: tuple[Factor, ...]
    rules: dict[str, Rule]

    @property
    def filed_tables(self) -> tuple[Table, ...]:
        """The tables a company files, in the order of the workbook."""
        return tuple(sorted((t for t in self.tables.values() if t.kind == "filed"), key=lambda t: t.order))

    @property
    def sheet_tables(self) -> tuple[Table, ...]:
        """The filed tables that are sheets of the workbook (or files of the zip)."""
        return tuple(table for table in self.filed_tables if table.sheet)

    def condition(self, field: Field) -> tuple[Test, ...]:
        """The parts of `required_if`, all of which must hold, with attributes resolved to codes."""
        return tuple(self._test(key, value) for key, value in (field.required_if or {}).items())

    def _test(self, key: str, value: Any) -> Test:
        name, _, attribute = key.partition(".")
        if value in ("empty", "filled"):
            return Test(name, value)
        if not attribute:
            return Test(name, "in", tuple(value) if isinstance(value, list) else (value,))
        wanted = str(value).lower() if isinstance(value, bool) else str(value)
        list_name = next(f.codes for t in self.tables.values() for f in t.fields if f.name == name and f.codes)
        return Test(name, "in", self.codes[list_name].where(attribute, wanted))
