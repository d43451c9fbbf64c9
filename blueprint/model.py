"""The nouns of the Blueprint: fields, tables, code lists, units, factors and rules.

No facts live here: no code, unit, path or Dutch word; those are data, read by `blueprint.load`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

FieldType = Literal["string", "integer", "number", "boolean", "date", "datetime", "year", "list"]
FieldFormat = Literal["ean", "municipality"]
Confidentiality = Literal["public", "restricted", "secret", "personal"]
TableKind = Literal["filed", "list", "reference", "curated", "pmiek", "public", "operator"]
# The tables that leave the province, and the classes of fields each may hold as they are.
TIERS: dict[str, tuple[Confidentiality, ...]] = {"public": ("public",), "operator": ("public", "restricted")}
# What people enter, and we read strictly; the other tables are made of it.
ENTERED = ("filed", "list", "reference")
RowCount = Literal["exactly_one", "at_least_one", "any"]
Severity = Literal["error", "warning", "info"]
RuleCheck = Literal["reader", "column", "structure", "sql", "round", "previous", "register", "list"]
Audience = Literal["company", "analyst"]
# The field in which a company explains a row of which a rule warns.
REMARKS = "remarks"
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


class Versioned(Strict):
    """What may come and go: `since` the first version that has it, `until` the last one; without them it has no end.

    What has ended may name its `successor`, as which it is read when an older form is filed.
    """

    since: str | None = None
    until: str | None = None
    successor: str | None = None


class Field(Versioned):
    """One field: what it means, how it is written, in which unit, and who may see it.

    A breach of one of the rules in `warns` is no error here: the field counts in nothing, so its row need not fall.
    """

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
    warns: tuple[str, ...] = ()

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

    A filing without a sheet for a table that is `expected` is asked whether that is right. A company files the tables
    of kind `filed`; an analyst loads the `list` of who is asked and the public `reference`; the others are made.
    When a `reference` is loaded, its rows replace those that have the same values of the fields in `replaces`.
    The fields `protected` of a table that is made public hold figures that went through disclosure control.
    A pMIEK table says in which `public_forms` it is published, and in `public_reason` what is and what is not, and why.
    Fields that `ended` are those of earlier versions: their headings are still known, and nothing else.
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
    replaces: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    public_forms: tuple[str, ...] = Key(default=(), alias="publicForms")
    public_reason: str | None = Key(default=None, alias="publicReason", min_length=1)
    wide: Wide | None = None
    fields: tuple[Field, ...]
    ended: tuple[Field, ...] = ()

    def field(self, name: str) -> Field:
        """The field called `name`; KeyError when the table has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name}.{name}")

    @property
    def field_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


class Code(Versioned):
    """One row of a code list; `attributes` holds the columns beyond code, label and description."""

    code: str
    label: str = Key(min_length=1)
    description: str = ""
    attributes: dict[str, str] = {}


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes in its natural order, with the other spellings people use.

    Codes that `ended` belong to earlier versions; they are read as their successor, so they are aliases too.
    """

    name: str
    codes: tuple[Code, ...]
    aliases: dict[str, str]
    ended: tuple[Code, ...] = ()

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
    `check` tells who applies it: the reader of files, a column expectation, or SQL over one filing, a whole round, or
    a round beside the one before. What is for the `audience` analyst never goes to a company: it would tell of others.
    `without_column` is the message for a row of a sheet that has no such column.
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
    audience: Audience = "company"
    without_column: str | None = None


class Form(Strict):
    """The workbook that companies fill in: its version, the row of its headings, and its sheets without data.

    `guide` explains, `check` counts what is missing, `lists` holds the choices, `findings` is in the marked copy that
    goes back; the intake does not read these.
    """

    version: str
    header_row: int = Key(ge=1, le=40)
    guide: str = Key(min_length=1)
    check: str = Key(min_length=1)
    lists: str = Key(min_length=1)
    findings: str = Key(min_length=1)

    @property
    def sheets(self) -> tuple[str, ...]:
        return self.guide, self.check, self.lists, self.findings


class Declaration(Strict):
    """What the Blueprint declares of itself: versions, standing, years, form, and the mark of unprotected tables.

    `earlier_versions`, the oldest first, are those whose forms are still read.
    """

    version: str
    earlier_versions: tuple[str, ...] = ()
    form: Form
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
    earlier_versions: tuple[str, ...]
    form: Form
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

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions whose forms are read, the oldest first and this one last."""
        return *self.earlier_versions, self.version

    def has(self, item: Versioned, version: str | None) -> bool:
        """Whether a field or code is part of a version; a version that is not known counts as this one."""
        order = self.versions
        at = order.index(version) if version in order else len(order) - 1
        begun = item.since is None or order.index(item.since) <= at
        return begun and (item.until is None or at <= order.index(item.until))

    def at(self, version: str) -> Blueprint:
        """The Blueprint as the forms of an earlier version know it: its fields and codes, those that ended last.

        Raises ValueError for a version that is not known.
        """
        if version not in self.versions:
            raise ValueError(version)
        tables = {
            table.name: table.model_copy(update=self._fields_at(table, version)) for table in self.tables.values()
        }
        codes = {
            known.name: replace(known, codes=tuple(c for c in (*known.codes, *known.ended) if self.has(c, version)))
            for known in self.codes.values()
        }
        earlier = self.versions[: self.versions.index(version)]
        return replace(self, version=version, earlier_versions=earlier, tables=tables, codes=codes)

    def _fields_at(self, table: Table, version: str) -> dict[str, Any]:
        fields = tuple(field for field in (*table.fields, *table.ended) if self.has(field, version))
        names = {field.name for field in fields}
        keys = tuple(key for key in table.foreign_keys if names.issuperset(key.fields))
        return {"fields": fields, "foreign_keys": keys}

    @property
    def reference_tables(self) -> tuple[Table, ...]:
        """The tables of public facts that an analyst loads, in order."""
        return tuple(sorted((t for t in self.tables.values() if t.kind == "reference"), key=lambda t: t.order))

    @property
    def loaded_tables(self) -> tuple[Table, ...]:
        """The tables that an analyst loads: who is asked, and the public facts."""
        return tuple(t for t in sorted(self.tables.values(), key=lambda t: t.order) if t.kind in ("list", "reference"))

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
