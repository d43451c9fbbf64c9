"""The submission in the words of the Data Package standard, version 2, with the few keys of our own.

It describes the long form with codes. The sheets of the workbook and the spellings people use do not belong here.
"""

from __future__ import annotations

from typing import Any

from blueprint.model import Blueprint, Field, Table

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TRUE_VALUES, FALSE_VALUES = ["ja", "true", "1"], ["nee", "false", "0"]


def datapackage(agreed: Blueprint) -> dict[str, Any]:
    """The descriptor of a submission: one resource per filed table, in the order of the workbook.

    A field's own keys are `unit` (a unit of the Blueprint), `class` (confidentiality), `condition` (when the field
    is required: all parts hold) and, for a list, `codes` (what its items may be; the standard has no word for that).
    """
    return {
        "$schema": PROFILE,
        "name": "pces-submission",
        "title": "Opgave voor de Blueprint pCES (voorstel)",
        "description": f"{agreed.status} Elke tabel is een CSV-bestand in UTF-8 met codes en een decimale punt.",
        "version": agreed.version,
        "resources": [_resource(table, agreed) for table in agreed.filed_tables],
    }


def _resource(table: Table, agreed: Blueprint) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(table, field, agreed) for field in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.primary_key),
    }
    if table.foreign_keys:
        schema["foreignKeys"] = [key.model_dump(mode="json") for key in table.foreign_keys]
    return {
        "name": table.name,
        "type": "table",
        "title": table.title,
        "description": table.description,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(table: Table, field: Field, agreed: Blueprint) -> dict[str, Any]:
    described: dict[str, Any] = {"name": field.name, "type": field.type, "title": field.title}
    described["description"] = field.description
    if field.example is not None:
        described["example"] = field.example
    if field.type == "number":
        described["decimalChar"] = "."
    if field.type == "boolean":
        described |= {"trueValues": TRUE_VALUES, "falseValues": FALSE_VALUES}
    if field.type == "list":
        described |= {"delimiter": field.separator, "itemType": "string"}
    if constraints := _constraints(table, field, agreed):
        described["constraints"] = constraints
    if field.codes:
        filed = agreed.codes[field.codes].filed
        key = "codes" if field.type == "list" else "categories"
        described[key] = [{"value": code.code, "label": code.label} for code in filed]
    if field.unit:
        described["unit"] = field.unit
    described["class"] = field.confidentiality
    if field.required_if:
        tests = agreed.condition(field)
        described["condition"] = [{"field": test.field, "op": test.op, "values": list(test.values)} for test in tests]
    return described


def _constraints(table: Table, field: Field, agreed: Blueprint) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if field.required:
        constraints["required"] = True
    if table.primary_key == (field.name,):
        constraints["unique"] = True
    for name, limit in field.constraints.model_dump(by_alias=True, exclude_none=True).items():
        whole = isinstance(limit, float) and limit.is_integer()
        constraints[name] = int(limit) if whole else limit
    if field.codes and field.type != "list":
        constraints["enum"] = [code.code for code in agreed.codes[field.codes].filed]
    return constraints
