"""Says what is odd about the layout of a sheet: its headings, hidden rows, and values that stand under no heading.

The values themselves are read in `assets.intake.rows`.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from assets.intake.cells import as_text, fold, is_filled
from assets.intake.extracted import Extract, Problem
from assets.intake.headings import Header, Heading, nearest_heading
from assets.intake.sheets import MERGED, Sheet, column_letters
from blueprint.load import blueprint
from blueprint.model import Table

# A filter in the sheet hides rows by the hundred; the first ones tell enough.
MAX_HIDDEN = 10


def report_layout(
    table: Table,
    sheet: Sheet,
    header: Header,
    rows: list[int],
    again: list[int],
    out: Extract,
    version: str | None = None,
) -> None:
    """Add to `out` what must be said, and the column of every heading.

    `rows` are the indices of the rows that are read, `again` those that are headings once more; `version` is the
    one that the filing declares: what that version did not have is not missed, what it had is not unknown.
    """
    _Layout(table, sheet, header, out, version).report(rows, again)


class _Layout:
    def __init__(self, table: Table, sheet: Sheet, header: Header, out: Extract, version: str | None):
        self.table, self.sheet, self.header, self.out, self.version = table, sheet, header, out, version

    def report(self, rows: list[int], again: list[int]) -> None:
        self._headings()
        self._columns()
        self._hidden()
        for index in again:
            self._say("header_repeated", index, 0, value=str(self.sheet.first_row + index))
        self._without_heading(rows)

    def _say(self, rule: str, index: int, position: int, **words: str) -> None:
        # Row 0: it concerns the table as a whole; the row that shows it stands in the place of the series.
        row, column = self.sheet.first_row + index, self.sheet.first_column + position
        self.out.problems.append(Problem(rule, self.table.name, self.sheet.name, 0, f"@{row}", column, **words))

    def _headings(self) -> None:
        at = self.header.index
        if at > 0 and self.sheet.first_row + at != blueprint().form.header_row:
            self._say("header_moved", at, 0, value=str(self.sheet.first_row + at))
        for position, text, first in self.header.doubles:
            self._say("header_double", at, position, value=text, allowed=self._letters(first))
        for position, text in self.header.unknown:
            if self._had(text):
                continue
            self._say("header_unknown", at, position, value=text, allowed=nearest_heading(self.table, text))
        wide = self.table.wide
        beside = {wide.key, *wide.columns} if wide and self.header.is_wide else set()
        for (name, series), heading in self.header.columns.items():
            if name in beside and not series:
                self._say("header_mixed", at, heading.index, value=self.table.field(name).title)
        present = {name for name, _ in self.header.columns} | beside
        for missing in self.table.fields:
            if missing.required and missing.name not in present and blueprint().has(missing, self.version):
                self._say("header_required", at, 0, field=missing.name, allowed=missing.title)

    def _had(self, text: str) -> bool:
        """Whether the heading is that of a field that ended and that the version of the filing still had."""
        known = [field for field in self.table.ended if fold(text) in (fold(field.title), fold(field.name))]
        return any(blueprint().has(field, self.version) for field in known)

    def _columns(self) -> None:
        wide = self.table.wide
        for heading in self.header.columns.values():
            column = self.sheet.first_column + heading.index
            self.out.columns[self.table.name, heading.field, heading.series] = column
            if wide and heading.series:
                self.out.columns.setdefault((self.table.name, wide.key, heading.series), column)

    def _hidden(self) -> None:
        hidden = sorted(row for row in self.sheet.hidden_rows if row > self.sheet.first_row + self.header.index)
        if hidden:
            shown = ", ".join(map(str, hidden[:MAX_HIDDEN])) + (", ..." if hidden[MAX_HIDDEN:] else "")
            self._say("row_hidden", hidden[0] - self.sheet.first_row, 0, value=shown)

    def _without_heading(self, rows: list[int]) -> None:
        """Filled cells that no heading stands above: in a CSV the whole row may have shifted."""
        known = {heading.index for heading in self.header.columns.values()}
        known |= {position for position, *_ in (*self.header.unknown, *self.header.doubles)}
        width = max((len(self.sheet.rows[index]) for index in rows), default=0)
        if known.issuperset(range(width)):
            return
        first: dict[int, int] = {}
        counts: Counter[int] = Counter()
        lost = self._lost()
        for index in rows:
            row = self.sheet.rows[index]
            stray = [position for position, value in enumerate(row) if position not in known and is_filled(value)]
            if stray and self.sheet.is_csv:
                place = (self.table.name, self.sheet.name, self.sheet.first_row + index, "")
                column = self.sheet.first_column + stray[0]
                self.out.problems.append(Problem("row_too_long", *place, column, value=as_text(row[stray[0]])))
            for position in stray:
                first.setdefault(position, index)
                counts[position] += 1
        if not self.sheet.is_csv:
            for position, index in sorted(first.items()):
                shown = {"value": as_text(self.sheet.rows[index][position])}
                if position in lost:
                    self._say("header_lost", index, position, **shown, allowed=lost[position])
                else:
                    self._say("column_without_heading", index, position, **shown, allowed=str(counts[position]))

    def _lost(self) -> dict[int, str]:
        """The columns that lost a heading of the form, and how that shows: another is merged over it, or years are
        left and right of it."""
        row = self.sheet.first_row + self.header.index
        headings = sorted(self.header.columns.values(), key=lambda heading: heading.index)
        lost: dict[int, str] = {}
        for left, right in pairwise(headings):
            if left.series and left.field == right.field and right.series:
                shown = f"het staat tussen '{self._text(left)}' en '{self._text(right)}'"
                lost |= dict.fromkeys(range(left.index + 1, right.index), shown)
        width = max(map(len, self.sheet.rows))
        for heading in headings:
            mark = self.sheet.marks.get((row, self.sheet.first_column + heading.index), "")
            if mark.startswith(MERGED):
                columns = int(mark.removeprefix(MERGED))
                place = f"{self._letters(heading.index)}{row}"
                shown = f"'{self._text(heading)}' in {place} is samengevoegd over {columns} kolommen"
                lost |= dict.fromkeys(range(heading.index + 1, min(heading.index + columns, width)), shown)
        return lost

    def _text(self, heading: Heading) -> str:
        return as_text(self.sheet.rows[self.header.index][heading.index]).strip()

    def _letters(self, position: int) -> str:
        return column_letters(self.sheet.first_column + position)
