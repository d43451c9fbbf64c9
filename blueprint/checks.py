"""Checks that the parts of the Blueprint fit together: every name exists, every condition and example can be met.

Files are read in `blueprint.load`; here a breach is only named, with its file, key and value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from string import Formatter
from typing import Any

from blueprint.model import TIERS, Blueprint, Code, CodeList, Field, Rule, Table, Versioned

PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")
PLACEHOLDERS = {"label", "value", "allowed"}
YES_NO = ("ja", "nee")
LONGEST_SHEET_NAME = 31
# What an example must be read by; a boolean is filed as ja or nee, other types are text.
READERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "year": int,
    "number": float,
    "boolean": YES_NO.index,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
}


class BlueprintError(Exception):
    """A file of the Blueprint is wrong: says which file, which key, which value, and why."""

    def __init__(self, file: Path | str, key: str, value: Any, reason: str):
        self.file, self.key, self.value, self.reason = str(file), key, value, reason
        super().__init__(f"{file}: {key} = {value!r}: {reason}")

    def __reduce__(self) -> tuple[type[BlueprintError], tuple[str, str, Any, str]]:
        """As itself also out of another process."""
        return type(self), (self.file, self.key, self.value, self.reason)


def check(folder: Path, loaded: Blueprint) -> None:
    """Check everything that takes more than one file to see; raises BlueprintError at the first breach."""
    _check_form(folder / "blueprint.yaml", loaded)
    _check_units(folder / "units.csv", loaded)
    _check_code_lists(folder / "codes", loaded)
    for field in loaded.fields.values():
        _check_field(folder / "fields.yaml", field.name, field, loaded)
    for table in loaded.tables.values():
        _check_keys(folder / "tables" / f"{table.name}.yaml", table)
    for table in loaded.tables.values():
        _check_table(folder / "tables" / f"{table.name}.yaml", loaded, table)
    for table in loaded.tables.values():
        _check_public_forms(folder / "tables" / f"{table.name}.yaml", loaded, table)
    _check_factors(folder / "factors.csv", loaded)
    _check_carrier_units(folder / "codes" / "carriers.csv", loaded)
    for rule in loaded.rules.values():
        _check_rule(folder / "rules.yaml", loaded, rule)


def refuse_doubles(path: Path, key: str, values: Iterable[str]) -> None:
    """Raise BlueprintError when one of `values` stands twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise BlueprintError(path, key, value, "stands twice")
        seen.add(value)


def _check_form(path: Path, loaded: Blueprint) -> None:
    refuse_doubles(path, "earlier_versions", loaded.versions)
    taken = {name.casefold() for table in loaded.filed_tables for name in (table.name, table.title)}
    refuse_doubles(path, "form", (name.casefold() for name in loaded.form.sheets))
    for name in loaded.form.sheets:
        if name.casefold() in taken:
            raise BlueprintError(path, "form", name, "is the name of a table")
        if len(name) > LONGEST_SHEET_NAME:
            raise BlueprintError(path, "form", name, f"is longer than {LONGEST_SHEET_NAME} characters")


def _check_versions(path: Path, where: str, item: Versioned, loaded: Blueprint, known: Iterable[str]) -> None:
    """Versions exist and are in order, and what has ended says as what it is read, which is one of `known`."""
    order = loaded.versions
    for key, version in (("since", item.since), ("until", item.until)):
        if version is not None and version not in order:
            raise BlueprintError(path, f"{where}.{key}", version, f"is no version; known are {', '.join(order)}")
    if item.until == loaded.version:
        raise BlueprintError(path, f"{where}.until", item.until, "is the present version: what holds now has no end")
    if item.since and item.until and order.index(item.since) > order.index(item.until):
        raise BlueprintError(path, f"{where}.until", item.until, "comes before 'since'")
    if item.successor is not None and item.until is None:
        raise BlueprintError(path, f"{where}.successor", item.successor, "goes with what has ended: give it 'until'")
    if item.successor is not None and item.successor not in known:
        raise BlueprintError(path, f"{where}.successor", item.successor, "does not exist in this version")


def _check_units(path: Path, loaded: Blueprint) -> None:
    for unit in loaded.units.values():
        canon = loaded.units.get(unit.canon)
        if canon is None:
            raise BlueprintError(path, f"{unit.unit}.canon", unit.canon, "is no unit")
        if (canon.canon, canon.factor, canon.quantity) != (canon.unit, 1, unit.quantity):
            raise BlueprintError(path, f"{unit.unit}.canon", unit.canon, "is no canon of this quantity with factor 1")


def _check_code_lists(folder: Path, loaded: Blueprint) -> None:
    for name in ("carriers", "heating_value_bases"):
        if name not in loaded.codes:
            raise BlueprintError(folder / f"{name}.csv", "file", f"{name}.csv", "does not exist")
    for codes in loaded.codes.values():
        path = folder / f"{codes.name}.csv"
        refuse_doubles(path, "label", (code.label for code in codes.codes))
        for code in (*codes.codes, *codes.ended):
            _check_versions(path, code.code, code, loaded, codes.names)
            _check_attributes(path, loaded, code)
        _check_aliases(folder / "aliases.csv", codes)


def _check_attributes(path: Path, loaded: Blueprint, code: Code) -> None:
    """An attribute that is called after a code list holds codes of that list."""
    for attribute, value in code.attributes.items():
        if attribute in loaded.codes:
            for part in filter(None, value.split(";")):
                if part not in loaded.codes[attribute].names:
                    raise BlueprintError(path, f"{code.code}.{attribute}", part, f"is no code of {attribute}")


def _check_aliases(path: Path, codes: CodeList) -> None:
    own = {code.code.casefold(): code.code for code in codes.codes}
    spelled = {**{code.label.casefold(): code.code for code in codes.codes}, **own}
    for alias, code in codes.aliases.items():
        if code not in codes.names:
            raise BlueprintError(path, f"{codes.name}.{alias}", code, "is no code of this list")
        if spelled.setdefault(alias.casefold(), code) != code:
            raise BlueprintError(path, f"{codes.name}.{alias}", code, f"already stands for {spelled[alias.casefold()]}")


def _check_field(path: Path, where: str, field: Field, loaded: Blueprint) -> None:
    if field.codes and field.codes not in loaded.codes:
        raise BlueprintError(path, f"{where}.codes", field.codes, "is no code list")
    if field.unit and field.unit not in loaded.units:
        raise BlueprintError(path, f"{where}.unit", field.unit, "is no unit of units.csv")
    if field.type == "list" and not field.separator:
        raise BlueprintError(path, f"{where}.separator", None, "a list needs a separator")
    _check_limits(path, where, field)
    if field.example is not None and (reason := _unfit(field, field.example, loaded)):
        raise BlueprintError(path, f"{where}.example", field.example, reason)


def _check_limits(path: Path, where: str, field: Field) -> None:
    limits = field.constraints
    try:
        re.compile(limits.pattern or "")
    except re.error as error:
        raise BlueprintError(path, f"{where}.pattern", limits.pattern, f"is no regular expression: {error}") from error
    for name, limit in (("minimum", limits.minimum), ("maximum", limits.maximum)):
        if limit is not None and not field.is_number:
            raise BlueprintError(path, f"{where}.{name}", limit, f"cannot hold for the type {field.type}")
    texts = (("minLength", limits.min_length), ("maxLength", limits.max_length), ("pattern", limits.pattern))
    for name, limit in texts:
        if limit is not None and field.type != "string":
            raise BlueprintError(path, f"{where}.{name}", limit, f"cannot hold for the type {field.type}")


def _unfit(field: Field, example: str, loaded: Blueprint) -> str | None:
    """Why `example` may not be filed in its own field; None when it may."""
    limits = field.constraints
    try:
        value = READERS.get(field.type, str)(example)
    except ValueError:
        return f"does not fit the type {field.type}"
    parts = example.split(field.separator) if field.separator else [example]
    if field.codes and not set(parts) <= {code.code for code in loaded.codes[field.codes].filed}:
        return f"is no code of {field.codes} that may be filed"
    if limits.pattern is not None and not re.fullmatch(limits.pattern, example):
        return "does not match the pattern of its own field"
    if not (limits.min_length or 0) <= len(example) <= (limits.max_length or len(example)):
        return "is shorter or longer than its own field allows"
    if limits.minimum is not None and value < limits.minimum:
        return "is below the minimum of its own field"
    if limits.maximum is not None and value > limits.maximum:
        return "is above the maximum of its own field"
    return None


def _check_keys(path: Path, table: Table) -> None:
    wide = (table.wide.key, *table.wide.columns) if table.wide else ()
    keys = (("primaryKey", table.primary_key), *(("foreignKeys", key.fields) for key in table.foreign_keys))
    for key, names in (*keys, ("wide", wide)):
        for name in names:
            if name not in table.field_names:
                raise BlueprintError(path, key, name, "is no field of this table")
    for name in table.replaces:
        if name not in table.primary_key:
            raise BlueprintError(path, "replaces", name, "is no part of the key of this table")
    if (table.kind == "reference") != bool(table.replaces):
        raise BlueprintError(path, "replaces", table.replaces, "goes with a reference table, and with no other")


def _check_tier(path: Path, table: Table) -> None:
    """No field above the tier of its table, unless disclosure control goes over it."""
    for name in table.protected:
        if name not in table.field_names or table.kind != "public":
            raise BlueprintError(path, "protected", name, "is no field of a public table")
    for field in table.fields:
        allowed = TIERS.get(table.kind)
        if allowed and field.confidentiality not in allowed and field.name not in table.protected:
            raise BlueprintError(path, f"{field.name}.class", field.confidentiality, f"is above the tier {table.kind}")


def _check_public_forms(path: Path, loaded: Blueprint, table: Table) -> None:
    """What of a pMIEK table is public is said there, and nowhere else."""
    if (table.kind == "pmiek") != (table.public_reason is not None):
        raise BlueprintError(path, "publicReason", table.public_reason, "goes with a pmiek table, and with no other")
    for name in table.public_forms:
        if table.kind != "pmiek" or name not in loaded.tables or loaded.tables[name].kind not in TIERS:
            raise BlueprintError(path, "publicForms", name, "is no public table, or this is no pmiek table")


def _check_table(path: Path, loaded: Blueprint, table: Table) -> None:
    _check_tier(path, table)
    for key in table.foreign_keys:
        target = loaded.tables.get(key.reference.resource)
        if target is None:
            raise BlueprintError(path, "foreignKeys", key.reference.resource, "is no table")
        if key.reference.fields != target.primary_key or len(key.fields) != len(target.primary_key):
            raise BlueprintError(path, "foreignKeys", key.reference.fields, f"is not the primary key of {target.name}")
    titles = [field.title.casefold() for field in (*table.fields, *table.ended)]
    for field in (*table.fields, *table.ended):
        _check_versions(path, f"fields.{field.name}", field, loaded, table.field_names)
        if titles.count(field.title.casefold()) > 1:
            raise BlueprintError(path, f"{field.name}.title", field.title, "stands twice in this table")
        _check_field(path, f"fields.{field.name}", field, loaded)
        _check_warns(path.parents[1] / "fields.yaml", f"{field.name}.warns", field, table, loaded)
        for key, value in (field.required_if or {}).items():
            _check_condition(path, f"{field.name}.required_if", key, value, table, loaded)


def _check_warns(path: Path, where: str, field: Field, table: Table, loaded: Blueprint) -> None:
    """Only an error that may be relaxed, in a field that may be left empty and that names no row, can be a warning."""
    keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.fields)}
    for name in field.warns:
        rule = loaded.rules.get(name)
        if rule is None or not rule.may_relax:
            raise BlueprintError(path, where, name, "is no rule that may be relaxed")
        if field.required or field.required_if or field.name in keys:
            raise BlueprintError(path, where, field.name, "is required or part of a key")


def _check_condition(path: Path, where: str, key: str, value: Any, table: Table, loaded: Blueprint) -> None:
    name, _, attribute = key.partition(".")
    if name not in table.field_names:
        raise BlueprintError(path, where, key, "is no field of this table")
    field = table.field(name)
    codes = loaded.codes[field.codes] if field.codes else None
    held = [code.attributes.get(attribute) for code in codes.codes] if codes else []
    if attribute and not any(part is not None for part in held):
        raise BlueprintError(path, where, key, "is no attribute of the code list")
    if value == []:
        raise BlueprintError(path, f"{where}.{key}", value, "names no value")
    if value in ("empty", "filled"):
        return
    for one in value if isinstance(value, list) else [value]:
        if attribute:
            known = (str(one).lower() if isinstance(one, bool) else str(one)) in held
        else:
            known = one in codes.names if codes else _is_of_type(field, one)
        if not known:
            raise BlueprintError(path, f"{where}.{key}", one, f"is no value that '{key}' can have")


def _is_of_type(field: Field, value: Any) -> bool:
    """Free text is never of the type: a condition on one spelling of it is a slip for a code, 'empty' or 'filled'."""
    if field.type == "boolean" or isinstance(value, bool):
        return field.type == "boolean" and isinstance(value, bool)
    return field.is_number and isinstance(value, (int, float))


def _check_factors(path: Path, loaded: Blueprint) -> None:
    bases = ("", *loaded.codes["heating_value_bases"].names)
    for factor in loaded.factors:
        if factor.carrier not in loaded.codes["carriers"].names:
            raise BlueprintError(path, "carrier", factor.carrier, "is no carrier")
        for key, unit in (("from_unit", factor.from_unit), ("to_unit", factor.to_unit)):
            if unit not in loaded.units:
                raise BlueprintError(path, f"{factor.carrier}.{key}", unit, "is no unit")
        if factor.basis not in bases:
            raise BlueprintError(path, f"{factor.carrier}.basis", factor.basis, "is no heating value basis")
    # Validity in years is recorded but not applied: a second factor for the same step would be chosen blindly.
    steps = (f"{f.carrier} {f.from_unit} {f.basis} {f.to_unit}" for f in loaded.factors)
    refuse_doubles(path, "carrier, from_unit, basis, to_unit", steps)


def _check_carrier_units(path: Path, loaded: Blueprint) -> None:
    for carrier in loaded.codes["carriers"].codes:
        quantity = carrier.attributes.get("quantity")
        if quantity not in ("energy", "mass"):
            raise BlueprintError(path, f"{carrier.code}.quantity", quantity, "is neither energy nor mass")
        # A factor is asked for in the canon of its unit, and must give energy.
        known = {f.from_unit for f in loaded.factors if (f.carrier, f.basis, f.to_unit) == (carrier.code, "", "PJ")}
        for name in carrier.attributes.get("units", "").split(";"):
            unit = loaded.units.get(name)
            if unit is None:
                raise BlueprintError(path, f"{carrier.code}.units", name, "is no unit of units.csv")
            if unit.quantity != quantity and (quantity == "mass" or unit.canon not in known):
                raise BlueprintError(path, f"{carrier.code}.units", name, "has no factor in factors.csv")


def _check_rule(path: Path, loaded: Blueprint, rule: Rule) -> None:
    if (rule.table is None) != (rule.check not in ("sql", "round", "previous")):
        raise BlueprintError(path, f"{rule.id}.table", rule.table, f"does not go with the check {rule.check}")
    if rule.table is not None and rule.table not in loaded.tables:
        raise BlueprintError(path, f"{rule.id}.table", rule.table, "is no table")
    if rule.table is not None and rule.field not in loaded.tables[rule.table].field_names:
        raise BlueprintError(path, f"{rule.id}.field", rule.field, "is no field of this table")
    if rule.audience == "analyst" and rule.severity != "info":
        raise BlueprintError(path, f"{rule.id}.audience", rule.audience, "only an info may be kept from the company")
    asked = set(PARAMETER.findall(rule.sql or ""))
    for name in sorted(asked - set(rule.bound)):
        raise BlueprintError(path, f"{rule.id}.bound", name, f"is asked for in {rule.id}.sql and has no value")
    for name in sorted(set(rule.bound) - asked):
        raise BlueprintError(path, f"{rule.id}.bound", name, "is not asked for in SQL")
    _check_text(path, f"{rule.id}.message", rule.message)
    _check_text(path, f"{rule.id}.without_column", rule.without_column or "")


def _check_text(path: Path, where: str, text: str) -> None:
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise BlueprintError(path, where, text, str(error)) from error
    for name in sorted(names - PLACEHOLDERS):
        raise BlueprintError(path, where, name, "is no placeholder; known are label, value and allowed")
