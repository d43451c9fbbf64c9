"""Reads the Blueprint's files into the model, each file strictly by its own form.

No fact is stated here; whether the files fit together is checked in `blueprint.checks`.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from blueprint.checks import BlueprintError, check, refuse_doubles
from blueprint.model import Blueprint, Code, CodeList, Declaration, Factor, Field, Rule, Table, Unit

HERE = Path(__file__).parent
# The C loader reads the same YAML ten times as fast; it is missing only where PyYAML was built without it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RULES = "rules.yaml"
VERSION_KEYS = ("since", "until", "successor")
Model = TypeVar("Model", bound=BaseModel)


@cache
def blueprint() -> Blueprint:
    """The Blueprint of this installation, loaded once."""
    return load(HERE)


def load(folder: Path) -> Blueprint:
    """Read and check the Blueprint in `folder`.

    Raises BlueprintError, naming file, key and value, for an unknown key, a missing label, a name that does not
    exist, a unit without a factor, and everything else that `blueprint.checks` refuses.
    """
    facts = build(folder / "blueprint.yaml", Declaration, "blueprint", read_yaml(folder / "blueprint.yaml"))
    units = _rows(folder / "units.csv", Unit, "unit")
    refuse_doubles(folder / "units.csv", "unit", (unit.unit for unit in units))
    by_name = {unit.unit: unit for unit in units}
    fields = _fields(folder / "fields.yaml")
    tables = {}
    for path in sorted((folder / "tables").glob("*.yaml")):
        table = _table(path, fields)
        tables[table.name] = table
    loaded = Blueprint(
        **dict(facts),
        fields=fields,
        tables=tables,
        codes=_code_lists(folder, by_name),
        units=by_name,
        factors=tuple(_rows(folder / "factors.csv", Factor, "carrier")),
        rules=_rules(folder),
    )
    check(folder, loaded)
    return loaded


def read_yaml(path: Path) -> dict[str, Any]:
    try:
        loader = LOADER(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise BlueprintError(path, "file", path.name, "holds no keys")
        _refuse_double_keys(path, path.stem, node)
        return loader.construct_document(node)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BlueprintError(path, "file", path.name, f"cannot be read: {error}") from error


def _refuse_double_keys(path: Path, where: str, node: yaml.Node) -> None:
    """YAML itself keeps the last of two equal keys and loses the first without a word."""
    if isinstance(node, yaml.MappingNode):
        refuse_doubles(path, where, (key.value for key, _ in node.value))
        for key, value in node.value:
            _refuse_double_keys(path, f"{where}.{key.value}", value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_double_keys(path, where, value)


def _csv(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BlueprintError(path, "file", path.name, f"cannot be read: {error}") from error
    for row in rows:
        if None in row or None in row.values():
            raise BlueprintError(path, "row", [*row.values()], "has more or fewer cells than the header")
    return rows


def build(path: Path, model: type[Model], where: str, content: dict[str, Any]) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([where, *map(str, first["loc"])])
        raise BlueprintError(path, key, first.get("input"), first["msg"]) from error


def _rows(path: Path, model: type[Model], key: str) -> list[Model]:
    rows = []
    for content in _csv(path):
        filled = {k: v for k, v in content.items() if v != ""}
        if "basis" in model.model_fields:
            filled.setdefault("basis", "")
        rows.append(build(path, model, content.get(key, "?"), filled))
    return rows


def _code_lists(folder: Path, units: dict[str, Unit]) -> dict[str, CodeList]:
    aliases: dict[str, dict[str, str]] = {}
    path = folder / "codes" / "aliases.csv"
    for row in _csv(path):
        if set(row) != {"list", "alias", "code"}:
            raise BlueprintError(path, "header", [*row], "must be list, alias, code")
        known = aliases.setdefault(row["list"], {})
        if known.setdefault(row["alias"], row["code"]) != row["code"]:
            raise BlueprintError(path, row["list"], row["alias"], "stands for two codes")
    lists = {
        "units": CodeList(
            "units",
            tuple(
                Code(code=u.unit, label=u.label, attributes={"quantity": u.quantity, "filed": str(u.filed).lower()})
                for u in units.values()
            ),
            aliases.get("units", {}),
        )
    }
    for file in sorted((folder / "codes").glob("*.csv")):
        if file.stem != "aliases":
            lists[file.stem] = _code_list(file, aliases.get(file.stem, {}))
    for name in aliases:
        if name not in lists:
            raise BlueprintError(path, "list", name, "is no code list")
    return lists


def _code_list(path: Path, aliases: dict[str, str]) -> CodeList:
    """The codes of one file; what has ended becomes a spelling of its successor."""
    every = _codes(path)
    ended = tuple(code for code in every if code.until)
    for code in ended:
        if code.successor is None:
            raise BlueprintError(path, f"{code.code}.successor", None, "must say as what the ended code is read")
    former = {spelling: code.successor or "" for code in ended for spelling in (code.code, code.label)}
    return CodeList(path.stem, tuple(code for code in every if not code.until), {**former, **aliases}, ended)


def _codes(path: Path) -> tuple[Code, ...]:
    codes = []
    for row in _csv(path):
        attributes = {k: v for k, v in row.items() if k not in Code.model_fields}
        content = {k: v for k, v in row.items() if k in ("code", "label", "description") or (k in VERSION_KEYS and v)}
        codes.append(build(path, Code, row.get("code", "?"), {**content, "attributes": attributes}))
    refuse_doubles(path, "code", (code.code for code in codes))
    return tuple(codes)


def _fields(path: Path) -> dict[str, Field]:
    fields = {}
    for name, content in read_yaml(path).items():
        if not isinstance(content, dict):
            raise BlueprintError(path, name, content, "is not a field")
        for own in ("name", "required", "required_if"):
            if own in content:
                raise BlueprintError(path, f"{name}.{own}", content[own], "does not belong here")
        fields[name] = build(path, Field, name, {"name": name, **content})
    return fields


def _table(path: Path, fields: dict[str, Field]) -> Table:
    content = read_yaml(path)
    resolved = []
    for own in content.get("fields") or []:
        if not isinstance(own, dict) or own.get("name") not in fields:
            name = own.get("name") if isinstance(own, dict) else own
            raise BlueprintError(path, "fields", name, "is no field of fields.yaml")
        base = fields[own["name"]]
        merged = {**base.model_dump(by_alias=True, exclude_unset=True), **own}
        resolved.append(build(path, Field, f"fields.{own['name']}", merged))
    if "ended" in content:
        raise BlueprintError(path, "ended", content["ended"], "is not declared: give the field its 'until'")
    current, ended = [f for f in resolved if not f.until], [f for f in resolved if f.until]
    table = build(path, Table, path.stem, {**content, "fields": current, "ended": ended})
    if table.name != path.stem:
        raise BlueprintError(path, "name", table.name, "is not the name of the file")
    return table


class _Rules(dict[str, Rule]):
    """Rules by id; one that the program asks for and nobody declared is an error that says so."""

    def __missing__(self, rule_id: str) -> Rule:
        raise BlueprintError(RULES, rule_id, "", "is asked for by the program, and no rule has this name")


def _rules(folder: Path) -> dict[str, Rule]:
    path = folder / RULES
    rules = _Rules()
    for rule_id, content in read_yaml(path).items():
        if not isinstance(content, dict):
            raise BlueprintError(path, rule_id, content, "is not a rule")
        for own in ("id", "sql"):
            if own in content:
                raise BlueprintError(path, f"{rule_id}.{own}", content[own], "does not belong here")
        sql = folder / "rules" / f"{rule_id}.sql"
        needs_sql = content.get("check") in ("sql", "round", "previous")
        if needs_sql != sql.exists():
            reason = "has no SQL file" if needs_sql else "has an SQL file but is not an SQL rule"
            raise BlueprintError(path, rule_id, sql.name, reason)
        text = sql.read_text(encoding="utf-8") if needs_sql else None
        rules[rule_id] = build(path, Rule, rule_id, {"id": rule_id, "sql": text, **content})
    stray = {file.stem for file in (folder / "rules").glob("*.sql")} - set(rules)
    if stray:
        raise BlueprintError(folder / "rules", "file", sorted(stray)[0], "is no rule of rules.yaml")
    return rules
