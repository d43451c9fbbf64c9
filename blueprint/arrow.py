"""The Arrow schema of each table, with unit, Dutch label, description and confidentiality in the field metadata.

Rows are not made or written here.
"""

from __future__ import annotations

import pyarrow as pa

from blueprint.load import blueprint
from blueprint.model import Blueprint, Field, Table

FILED_TYPES = {
    "string": pa.string(),
    "list": pa.string(),
    "integer": pa.int64(),
    "year": pa.int32(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
}
# Where a filed row stands in what was received.
PROVENANCE = ("submission_id", "sheet", "row_number", "series")
# 26 digits before the decimal point: the precision is the widest that DuckDB and Arrow share.
PRECISION = 38


def filed_type(field: Field) -> pa.DataType:
    """The Arrow type in which a filed value is kept: numbers as double, codes as text."""
    return FILED_TYPES[field.type]


def emitted_type(field: Field) -> pa.DataType:
    """As `filed_type`, but a field that declares decimals is a DECIMAL."""
    return pa.decimal128(PRECISION, field.decimals) if field.decimals is not None else filed_type(field)


def row_schema(table: Table) -> pa.Schema:
    """Rows of a filed table while they are judged: provenance and fields, without promises about nulls."""
    known = blueprint().fields
    return pa.schema([(f.name, filed_type(f)) for f in (*(known[name] for name in PROVENANCE), *table.fields)])


def schema(table_name: str, agreed: Blueprint | None = None) -> pa.Schema:
    """The schema of a table as it is written; accepted rows of a filed table carry their provenance first.

    Raises KeyError for a table that the Blueprint does not know.
    """
    known = agreed or blueprint()
    table = known.tables[table_name]
    provenance = tuple(known.fields[name] for name in PROVENANCE) if table.kind == "filed" else ()
    fields = [_arrow_field(table, field) for field in (*provenance, *table.fields)]
    return pa.schema(fields, metadata=_about(known, table))


def _arrow_field(table: Table, field: Field) -> pa.Field:
    facts = {
        "title": field.title,
        "description": field.description,
        "unit": field.unit or "",
        "class": field.confidentiality,
        "codes": field.codes or "",
    }
    metadata = {key: value for key, value in facts.items() if value}
    # A round may relax a required field; only keys and provenance are promised in accepted rows.
    sure = field.required if table.kind != "filed" else field.name in (*PROVENANCE, *table.primary_key)
    kind = filed_type(field) if table.kind == "filed" else emitted_type(field)
    return pa.field(field.name, kind, nullable=not sure, metadata=metadata)


def _about(agreed: Blueprint, table: Table) -> dict[str, str]:
    about = {
        "title": table.title,
        "description": table.description,
        "blueprint_version": agreed.version,
        "factor_version": agreed.factor_version,
        "blueprint_status": agreed.status,
    }
    if table.kind == "pmiek":
        about["marking"] = agreed.unprotected_mark
    return about
