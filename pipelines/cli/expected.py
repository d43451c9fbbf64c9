"""The commands for the list of invited companies of a round: load it, and write an empty one to fill in."""

from __future__ import annotations

from pathlib import Path

from assets.known_rounds import known_rounds, only_open
from assets.rounds import read_round
from assets.store import DataFolder
from blueprint.load import blueprint
from pipelines.cli import show

TABLE = "expected"


def load_expected(data: DataFolder, path: Path, name: str | None) -> int:
    """Load a list and say what changed; 1 when it has an error and nothing is kept, 2 when the file is not there."""
    from assets.intake.expected import companies, keep_list, list_path, read_list
    from assets.intake.register import shown_name

    if not path.is_file():
        show.complain(f"Bestand niet gevonden: {path}")
        return 2
    settings = read_round(data.round_folder(name)) if name else only_open(known_rounds(data))
    checked = read_list(path, settings)
    show.findings(shown_name(path.name), checked.findings)
    kinds = [finding["severity"] for finding in checked.findings]
    counts = show.findings_counted(*(kinds.count(kind) for kind in ("error", "warning", "info")))
    if not checked.is_good:
        show.say(f"{counts}. De lijst is niet geladen; wat er stond is niet veranderd.")
        return 1
    change = keep_list(data, settings, checked.rows)
    rows = show.counted(checked.rows.num_rows, "rij", "rijen")
    firms = show.counted(companies(checked.rows), "bedrijf", "bedrijven")
    show.say(f"Lijst van uitgenodigde bedrijven van ronde {settings.round} geladen: {firms}, {rows} ({counts}).")
    show.say(
        f"Ten opzichte van de vorige lijst: {change.added} toegevoegd, {change.gone} vervallen,"
        f" {change.changed} gewijzigd, {change.same} gelijk."
    )
    show.say(f"Bewaard in {show.place(list_path(data, settings.round))}")
    show.say(f"Zichtbaar na: pces run --round {settings.round}")
    return 0


def write_empty_list(out: Path) -> int:
    """Write a workbook with the headings of the list, what they mean and the choices; 2 when the file exists."""
    import xlsxwriter

    from blueprint import words

    if out.exists():
        show.complain(f"Het bestand {show.place(out)} bestaat al en is niet overschreven.")
        return 2
    table = blueprint().tables[TABLE]
    with xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        heading, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet, help_ = book.add_worksheet(table.title), book.add_worksheet(blueprint().form.guide)
        sheet.freeze_panes(1, 0)
        help_.set_column(0, 1, 26, wrapped)
        help_.set_column(2, 2, 90, wrapped)
        help_.write_row(0, 0, ("Kolom", "Verplicht", "Betekenis en keuzes"), heading)
        for place, field in enumerate(table.fields):
            sheet.write(0, place, field.title, heading)
            sheet.set_column(place, place, max(len(field.title), 14) + 2, None if field.is_number else text)
            choices = [code.label for code in blueprint().codes[field.codes].filed] if field.codes else []
            if choices:
                sheet.data_validation(1, place, 5000, place, {"validate": "list", "source": choices})
            meaning = words.about(field, blueprint()) + (f" Kies uit: {', '.join(choices)}." if choices else "")
            help_.write_row(place + 1, 0, (field.title, words.required(table, field, blueprint()), meaning), wrapped)
    show.say(f"Lege lijst: {show.place(out)}. Vul haar in en laad haar met: pces expected load '{out}' --round RONDE")
    return 0
