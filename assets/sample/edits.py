"""Small edits of a filing or of a draft, from which mistakes are made.

Which edit breaks which rule is listed in `mistakes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from assets.workbooks.draft import Draft, SheetDraft
from assets.workbooks.filing import Filing, Row
from blueprint.load import blueprint

FilingEdit = Callable[[Filing], None]
DraftEdit = Callable[[Draft], None]
Change = Callable[[Row], Any]


def put(table: str, field: str, value: Any, index: int = 0) -> FilingEdit:
    """Fill one field of one row; IndexError when the filing has no such row."""

    def edit(filing: Filing) -> None:
        filing.row(table, index)[field] = value

    return edit


def demand(carrier: str, scenarios: Iterable[str] = (), years: Iterable[int] = (), **changes: Any) -> FilingEdit:
    """Change the demand rows of a carrier (of one scenario, of some years); a change may be a function of the row.

    LookupError when there is no such row.
    """
    wanted_scenarios, wanted_years = set(scenarios), set(years)

    def edit(filing: Filing) -> None:
        rows = [
            row
            for row in filing.rows("energy_demand")
            if row["carrier"] == carrier
            and row["direction"] == "offtake"
            and (not wanted_scenarios or row["scenario"] in wanted_scenarios)
            and (not wanted_years or row["year"] in wanted_years)
        ]
        if not rows:
            raise LookupError(carrier)
        for row in rows:
            for field, change in changes.items():
                row[field] = change(row) if callable(change) else change

    return edit


def add(table: str, like: int | None = None, **values: Any) -> FilingEdit:
    """Add a row, from nothing or like another row of the table, with some fields filled."""

    def edit(filing: Filing) -> None:
        base = {} if like is None else dict(filing.row(table, like))
        filing.rows(table).append({**base, **values})

    return edit


def remove(table: str, keep: Callable[[Row], bool]) -> FilingEdit:
    """Leave out the rows of a table that are not to be kept."""

    def edit(filing: Filing) -> None:
        filing.tables[table] = [row for row in filing.rows(table) if keep(row)]

    return edit


def cell(table: str, field: str, value: Any, row: int = 1, year: int | None = None) -> DraftEdit:
    """Write something else in one cell; row 1 is the first below the headings. IndexError when it is not there."""

    def edit(draft: Draft) -> None:
        sheet, column = draft.place(table, field, year)
        sheet.rows[row][column] = value

    return edit


def on_sheet(table: str, change: Callable[[SheetDraft], Any]) -> DraftEdit:
    """Change the sheet of a table."""

    def edit(draft: Draft) -> None:
        change(draft.sheet(table))

    return edit


def extra_sheet(name: str, rows: list[list[Any]]) -> DraftEdit:
    def edit(draft: Draft) -> None:
        draft.sheets.append(SheetDraft(name, rows))

    return edit


def without_sheet(table: str) -> DraftEdit:
    def edit(draft: Draft) -> None:
        draft.sheets.remove(draft.sheet(table))

    return edit


def extra_column(table: str, heading: str, value: Any = None) -> DraftEdit:
    """A column at the end of a sheet."""

    def change(sheet: SheetDraft) -> None:
        for place, row in enumerate(sheet.rows):
            row.append(heading if place == 0 else value)

    return on_sheet(table, change)


def headings_again(table: str) -> DraftEdit:
    """The headings once more below the last row."""
    return on_sheet(table, lambda sheet: sheet.rows.append(list(sheet.rows[0])))


def without_column(table: str, field: str, year: int | None = None) -> DraftEdit:
    def edit(draft: Draft) -> None:
        sheet, column = draft.place(table, field, year)
        for row in sheet.rows:
            del row[column]

    return edit


def other_heading(table: str, heading: str, other: str) -> DraftEdit:
    def change(sheet: SheetDraft) -> None:
        sheet.rows[0][sheet.column(heading)] = other

    return on_sheet(table, change)


def title_above(table: str, lines: list[str]) -> DraftEdit:
    """Lines of text above the headings."""
    return on_sheet(table, lambda sheet: sheet.rows.__setitem__(slice(0, 0), [[line] for line in lines]))


def merged(table: str, field: str, first: int, last: int) -> DraftEdit:
    """One cell over several rows: only the first keeps its value."""

    def edit(draft: Draft) -> None:
        sheet, column = draft.place(table, field)
        sheet.merged.append((first, column, last, column))
        for row in range(first + 1, last + 1):
            sheet.rows[row][column] = None

    return edit


def heading_over(table: str, field: str, year: int, columns: int) -> DraftEdit:
    """The heading of a year merged over so many columns: those that stood in the other ones are gone."""

    def edit(draft: Draft) -> None:
        sheet, first = draft.place(table, field, year)
        sheet.merged.append((0, first, 0, first + columns - 1))
        sheet.rows[0][first + 1 : first + columns] = [None] * (columns - 1)

    return edit


def hidden_row(table: str, row: int) -> DraftEdit:
    return on_sheet(table, lambda sheet: sheet.hidden_rows.add(row))


def hidden_sheet(table: str) -> DraftEdit:
    return on_sheet(table, lambda sheet: setattr(sheet, "hidden", True))


def far_away(table: str, row: int, value: str) -> DraftEdit:
    return on_sheet(table, lambda sheet: sheet.loose.append((row, 0, value)))


def title(table: str) -> str:
    return blueprint().tables[table].title
