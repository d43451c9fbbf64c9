"""Everything that is generated from the Blueprint, as text by the path of its file.

Nothing is written here: `pytest tests/blueprint/test_generated.py --fix` does that.
"""

from __future__ import annotations

import json
from typing import Any

from blueprint.arrow import schema
from blueprint.column_rules import column_rules
from blueprint.datapackage import datapackage
from blueprint.dictionary import data_dictionary
from blueprint.model import Blueprint, Table


def artefacts(agreed: Blueprint) -> dict[str, str]:
    """The text of each generated file, by its path from the root of the project."""
    tables = sorted(agreed.tables.values(), key=lambda table: table.order)
    return {
        "blueprint/README.md": data_dictionary(agreed),
        "blueprint/generated/datapackage.json": _json(datapackage(agreed)),
        "blueprint/generated/arrow_schemas.json": _json({table.name: _arrow(table, agreed) for table in tables}),
        "blueprint/generated/expectations.json": _json(
            {table.name: _expectations(table, agreed) for table in agreed.filed_tables}
        ),
    }


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _arrow(table: Table, agreed: Blueprint) -> dict[str, Any]:
    described = schema(table.name, agreed)
    fields = [
        {"name": f.name, "type": str(f.type), "nullable": f.nullable, "metadata": _texts(f.metadata)} for f in described
    ]
    return {"metadata": _texts(described.metadata), "fields": fields}


def _texts(metadata: dict[bytes, bytes] | None) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (metadata or {}).items()}


def _expectations(table: Table, agreed: Blueprint) -> list[dict[str, Any]]:
    described = []
    for rule in column_rules(table, agreed):
        entry: dict[str, Any] = {"type": rule.expectation, "column": rule.field, "arguments": rule.arguments}
        if rule.condition:
            entry["condition"] = [{"field": t.field, "op": t.op, "values": list(t.values)} for t in rule.condition]
        described.append({**entry, "rule": rule.rule})
    return described
