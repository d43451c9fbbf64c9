"""Makes the form as a file: which format by the ending of its name, never over a file that is there already.

What stands in the form is decided in `form`, how it is written in the modules named after the formats.
"""

from __future__ import annotations

from pathlib import Path

from assets.dialogue.form import Form

ENDINGS = (".xlsx", ".ods", ".zip")


class TemplateRefused(Exception):
    """The form cannot be written there; the message is Dutch and says what to do."""


def check_target(path: Path) -> None:
    """Raise TemplateRefused when no form can be written to `path`: its ending, a file there, no such folder."""
    if path.suffix.lower() not in ENDINGS:
        raise TemplateRefused(
            f"'{path.name}' heeft geen bekende vorm. Laat de naam eindigen op .xlsx (Excel), .ods (LibreOffice) "
            "of .zip (CSV-bestanden)."
        )
    if path.exists() or path.is_symlink():
        raise TemplateRefused(
            f"'{path}' bestaat al en is niet veranderd. Kies een andere naam, of verwijder het eerst."
        )
    if not path.parent.is_dir():
        raise TemplateRefused(f"De map '{path.parent}' bestaat niet. Maak haar eerst, of kies een andere map.")


def write_template(form: Form, path: Path) -> None:
    """Write the form to a new file; raises TemplateRefused, or OSError when it cannot be written."""
    check_target(path)
    content = template_bytes(form, path.suffix.lower())
    try:
        with path.open("xb") as file:  # refuses also a file that somebody made meanwhile
            file.write(content)
    except FileExistsError:
        raise TemplateRefused(f"'{path}' bestaat al en is niet veranderd. Kies een andere naam.") from None


def template_bytes(form: Form, ending: str) -> bytes:
    """The file of a form for one of ENDINGS; the same form gives the same bytes."""
    if ending == ".xlsx":
        from assets.dialogue.template_xlsx import xlsx_form

        return xlsx_form(form)
    if ending == ".ods":
        from assets.dialogue.template_ods import ods_form

        return ods_form(form)
    from assets.dialogue.template_csv import csv_form

    return csv_form(form)
