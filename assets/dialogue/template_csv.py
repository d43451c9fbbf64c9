"""Writes the form as a zip of CSV files with headings, the lists to choose from and the explanation as plain text.

Rows stand in long form here, with the years under each other. Workbooks are written elsewhere.
"""

from __future__ import annotations

import csv
import io

from assets.dialogue.form import Form, help_text
from assets.dialogue.guide import guide
from assets.workbooks.filing import Filing
from assets.workbooks.pack import pack
from assets.workbooks.write import DELIMITERS, csv_texts
from blueprint import words
from blueprint.model import Field, Table

# Excel takes a CSV for UTF-8 only when it begins with this.
BOM = "\ufeff"


def csv_form(form: Form) -> bytes:
    """The zip of a form: a CSV file per table, Lijsten.csv and Uitleg.txt; the same form gives the same bytes."""
    filing = Filing("formulier", {name: [dict(row) for row in rows] for name, rows in form.filed.items()})
    tables = tuple(sheet.table for sheet in form.sheets)
    own = form.agreed.form
    texts = {f"{own.guide}.txt": _explanation(form), f"{own.lists}.csv": _lists(form)}
    texts |= csv_texts(filing, form.settings.years, "nl", with_labels=True, tables=tables)
    return pack({name: (BOM + text).encode() for name, text in texts.items()})


def _lists(form: Form) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=DELIMITERS["nl"], lineterminator="\r\n")
    writer.writerow(["Lijst", "Keuze"])
    writer.writerows([name, choice] for name, choices in form.lists.items() for choice in choices)
    return stream.getvalue()


def _explanation(form: Form) -> str:
    lines = []
    for line in guide(form, "zip"):
        before = "\r\n" if line.kind == "heading" else "- " if line.kind == "point" else ""
        lines.append(before + (f"{line.label}: " if line.label else "") + line.text)
    lines += ["", "De bestanden en hun kolommen"]
    for sheet in form.sheets:
        lines += [
            "",
            f"{sheet.title} ({sheet.table.name}.csv)",
            *(_field(form, sheet.table, f) for f in sheet.table.fields),
        ]
    return "\r\n".join(lines) + "\r\n"


def _field(form: Form, table: Table, field: Field) -> str:
    needed = {"ja": "verplicht", "nee": "niet verplicht"}.get(known := words.required(table, field, form.agreed), known)
    choice = f" Kies uit lijst '{field.codes}'." if field.codes else ""
    return f"- {field.title} ({needed}): {help_text(field, form.agreed)}{choice}"
