"""Tells what a company filed and what became of it: which file counts, the rows per sheet, and what is left to mend.

How each cell is to be mended stands in the feedback, from which the findings here come.
"""

from __future__ import annotations

from decimal import Decimal

from assets.dialogue.feedback_text import Line, day, sections
from assets.letters.gather import Company, Row, serious
from assets.strategy.document import Block, Bullets, Grid, Paragraph, Source
from assets.strategy.words import Amount, clean, counted, said, sentence, verb
from blueprint.load import blueprint

STATUS = "submission_status"
# The rest stands in the feedback, with the workbook.
MOST = 8
WHOLE_FILE = "*"


def filed(company: Company) -> tuple[str, ...]:
    """In a sentence or two what came of it, for the summary."""
    if company.counted is None:
        return ("Van uw opgave telt nog niets mee. Hieronder staat wat er te herstellen is.",)
    whole = _status(company, company.counted, WHOLE_FILE)
    refused, came = whole.get("rows_refused") or 0, whole.get("rows_in") or 0
    if not refused:
        return (f"Uw opgave telt mee: {verb(came, 'de ene regel is', f'alle {said(came, 0)} regels zijn')} aanvaard.",)
    return (
        f"Uw opgave telt mee, op {counted(refused, 'regel', 'regels')} van de {said(came, 0)} na;"
        f" {verb(refused, 'die is', 'die zijn')} afgekeurd.",
    )


def outcome(company: Company) -> tuple[Block, ...]:
    """The files, the rows per sheet of the one that counts, and the findings that are left."""
    blocks: list[Block] = [Bullets(tuple(_file(company, row) for row in company.filings))]
    if company.counted:
        blocks += _sheets(company, company.counted)
    for filing in company.standing:
        blocks += _findings(company, filing)
    return tuple(blocks)


def _file(company: Company, row: Row) -> str:
    when = f" van {day(row['submitted_on'].isoformat())}" if row["submitted_on"] else ""
    state = {
        "accepted": "aanvaard; deze telt mee",
        "accepted_with_remarks": "aanvaard met opmerkingen; deze telt mee",
        "returned": "teruggestuurd; zij telt niet mee tot u haar verbetert",
        "superseded": "vervangen door een andere opgave van uw bedrijf; zij telt niet meer mee",
    }.get(row["state"], blueprint().codes["submission_states"].label(row["state"]).lower())
    return f"Opgave{when}, kenmerk {row['submission_id']}: {state}."


def _status(company: Company, filing: Row, table: str) -> Row:
    rows = company.tables.rows(STATUS, submission_id=filing["submission_id"], table_name=table)
    return next((row for row in rows if row["state"] != "duplicate"), {})


def _sheets(company: Company, filing: Row) -> list[Block]:
    known = sorted(blueprint().filed_tables, key=lambda table: table.order)
    rows = [(table, _status(company, filing, table.name)) for table in known]
    lines = tuple(
        (table.title, *(Amount(Decimal(row[name]), 0) for name in ("rows_in", "rows_accepted", "rows_refused")))
        for table, row in rows
        if row and row["rows_in"]
    )
    source = Source(((blueprint().tables[STATUS].title, STATUS),), f"Ronde {company.settings.round}")
    grid = Grid("regels", "Regels per tabblad", ("Tabblad", "Gelezen", "Aanvaard", "Afgekeurd"), lines, source)
    wide = [table.title for table, row in rows if table.wide and row]
    notes = [Paragraph(f"In '{title}' telt elk ingevuld jaar als een regel.") for title in wide]
    return [grid, *notes] if lines else []


def _findings(company: Company, filing: Row) -> list[Block]:
    found = serious(company.answers.get(filing["submission_id"]))
    if not found:
        text = f"Bij kenmerk {filing['submission_id']} hoeft u niets te herstellen."
        return [Paragraph(text)] if filing == company.counted else []
    lines = [(section.name, line) for section in sections(found, {}) for line in section.lines]
    # One line may stand for many cells, and then it counts as many.
    errors = sum(finding["severity"] == "error" for finding in found)
    parts = [counted(errors, "fout", "fouten"), counted(len(found) - errors, "waarschuwing", "waarschuwingen")]
    many = " en ".join(part for part, count in zip(parts, (errors, len(found) - errors), strict=True) if count)
    more = len(lines) - MOST
    left = f"En nog {counted(more, 'melding', 'meldingen')}." if more > 0 else ""
    how = "Alle meldingen en hoe u ze herstelt staan in de" if more > 0 else "Hoe u dit herstelt staat ook in de"
    rest = f"{left} {how} terugkoppeling die u bij dit kenmerk hebt gekregen."
    if filing["submission_id"] not in company.answered:
        rest = f"{left} Die krijgt u nog van ons." if left else ""
    text = f"{sentence(many)} {verb(len(found), 'staat', 'staan')} nog open bij kenmerk {filing['submission_id']}."
    return [
        Paragraph(text, "warning" if errors else "note"),
        Bullets(tuple(_line(name, line) for name, line in lines[:MOST])),
        *([Paragraph(rest.strip())] if rest else []),
    ]


def _line(sheet: str, line: Line) -> str:
    where = f"tabblad {clean(sheet, 80)}, {line.where}" if sheet else "hele bestand"
    return f"{line.label.capitalize()}, {where}: {clean(f'{line.message} {line.more}', 500)}"
