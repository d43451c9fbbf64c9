"""Tries changed forms on the intake, many at once, and compares what comes of each with what had to come of it.

What is tried is drawn from a seed; the catalogue stands in `mutations`, what must come of it in `expected`.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.intake.examine import Examined, Received, examine
from assets.workbooks.filing import Row
from blueprint.load import blueprint
from tests.fuzz.expected import Finding, Outcome, expect
from tests.fuzz.filings import SETTINGS, draw_filing
from tests.fuzz.forms import FORMATS, Form, Place, make_form
from tests.fuzz.mutations import Mutation, apply, mutations

SUFFIX = {"xlsx": "xlsx", "ods": "ods", "nl": "zip", "en": "zip"}
Layout = Callable[[Form, random.Random], None]


@dataclass(frozen=True)
class Tried:
    """One file that was tried: what was done, what had to come of it, and what differs, in words."""

    name: str
    path: Path
    wrong: tuple[str, ...]


@dataclass
class Case:
    """A form with one change, and what must come of it."""

    name: str
    form: Form
    outcome: Outcome


def draw_mutations(seed: int, number: int) -> Iterator[Case]:
    """So many changed forms: every (format, table, field, change) of the catalogue in turn, in an order by the seed."""
    rng = random.Random(f"mutations/{seed}")
    done, turn = 0, 0
    while done < number:
        queue = _catalogue(rng, seed * 1_000 + turn)
        turn += 1
        rng.shuffle(queue)
        for case_seed, kind, table, field, name in queue[: number - done]:
            form = make_form(draw_filing(case_seed), kind)
            places = [p for p in form.places() if (p.table, p.field) == (table, field)]
            rng.shuffle(places)
            there = ((p, m) for p in places for m in mutations(form, p) if m.name == name)
            found = next(there, None)
            if found is None:
                continue
            done += 1
            yield _mutated(form, *found, seed=case_seed)


def _catalogue(rng: random.Random, first: int) -> list[tuple[int, Any, str, str, str]]:
    """Every kind of change that can be made somewhere in a filing, with the seed of that filing."""
    queue = []
    for kind in FORMATS:
        case_seed = first * 10 + rng.randrange(10)
        form = make_form(draw_filing(case_seed), kind)
        names = dict.fromkeys(
            (place.table, place.field, mutation.name) for place in form.places() for mutation in mutations(form, place)
        )
        queue += [(case_seed, kind, *name) for name in names]
    return queue


def _mutated(form: Form, place: Place, mutation: Mutation, seed: int) -> Case:
    name = f"{form.format} filing {seed}, {place.table}.{place.field} {place.cell}: {mutation.name}"
    declared = apply(form, place, mutation)
    return Case(name, form, expect(form, declared))


def draw_layouts(seed: int, number: int) -> Iterator[Case]:
    """So many forms that hold the same in another layout."""
    rng = random.Random(f"layouts/{seed}")
    for turn in range(number):
        kind = FORMATS[turn % len(FORMATS)]
        case_seed = seed * 1_000 + turn
        form = make_form(draw_filing(case_seed), kind)
        name, change = list(LAYOUTS.items())[turn // len(FORMATS) % len(LAYOUTS)]
        change(form, rng)
        yield Case(f"{kind} filing {case_seed}: {name}", form, expect(form, set()))


def try_cases(cases: Iterable[Case], folder: Path, batch: int = 250) -> Iterator[Tried]:
    """Write, examine and compare; a file that is judged as it must be is taken away."""
    waiting: list[tuple[Case, Path]] = []
    for number, case in enumerate(cases):
        path = folder / f"{number:05d}.{SUFFIX[case.form.format]}"
        path.write_bytes(case.form.data())
        waiting.append((case, path))
        if len(waiting) == batch:
            yield from _compare(waiting)
            waiting = []
    yield from _compare(waiting)


def _compare(waiting: list[tuple[Case, Path]]) -> Iterator[Tried]:
    if not waiting:
        return
    received = [Received(path.stem, path, path.name) for _, path in waiting]
    found = Looked(examine(received, SETTINGS))
    for case, path in waiting:
        wrong = tuple(found.differences(path.stem, case.outcome))
        if not wrong:
            path.unlink()
        yield Tried(case.name, path, wrong)


class Looked:
    """What intake said of a batch, by submission."""

    def __init__(self, examined: Examined) -> None:
        self.examined = examined
        self.findings: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in examined.findings:
            self.findings[line["submission_id"]].append(line)
        self.accepted: dict[str, dict[tuple[str, int, str], Row]] = defaultdict(dict)
        for table, rows in examined.accepted.items():
            for row in rows.to_pylist():
                self.accepted[row["submission_id"]][table, row["row_number"], row["series"]] = row
        self.readable = {line["submission_id"]: line["readable"] for line in examined.files}

    def said(self, submission: str) -> set[Finding]:
        keys = ("rule", "table_name", "sheet", "cell")
        return {Finding(*(line[key] for key in keys)) for line in self.findings[submission]}

    def differences(self, submission: str, outcome: Outcome) -> Iterator[str]:
        """What is not as it must be, in words."""
        said = self.said(submission)
        for one in sorted(outcome.findings - said, key=str):
            yield f"not found: {one}"
        for one in sorted(said - outcome.findings, key=str):
            yield f"found too: {one}"
        accepted = self.accepted[submission]
        for place in sorted(outcome.accepted.keys() - accepted.keys()):
            yield f"lost: {place}"
        for place in sorted(accepted.keys() - outcome.accepted.keys()):
            yield f"wrongly accepted: {place}"
        for place in sorted(accepted.keys() & outcome.accepted.keys()):
            for name, value in outcome.accepted[place].items():
                if not alike(accepted[place][name], value):
                    yield f"wrong value: {place} {name} is {accepted[place][name]!r}, not {value!r}"
        for table, came in outcome.came.items():
            count = self.examined.counts.get((submission, table))
            if count is None or count.came != came or count.came != count.accepted + count.refused:
                yield f"wrong count: {table} {count}, not {came}"


def alike(found: Any, wanted: Any) -> bool:
    """Whether two values are the same; a number may differ by what a double cannot hold."""
    if isinstance(found, dt.date) or isinstance(wanted, (dt.date, bool, str)) or None in (found, wanted):
        return found == wanted
    return math.isclose(found, wanted, rel_tol=1e-12)


# --- the same in another layout -------------------------------------------------------------------------------------


def _columns_in_another_order(form: Form, rng: random.Random) -> None:
    for table, cells in form.sheets.items():
        order = list(range(len(cells[0])))
        rng.shuffle(order)
        form.sheets[table] = [[row[place] for place in order] for row in cells]


def _sheets_in_another_order(form: Form, rng: random.Random) -> None:
    tables = list(form.sheets)
    rng.shuffle(tables)
    form.sheets = {table: form.sheets[table] for table in tables}


def _rows_in_another_order(form: Form, rng: random.Random) -> None:
    for table, (head, *rows) in form.sheets.items():
        order = list(range(len(rows)))
        rng.shuffle(order)
        form.sheets[table] = [head, *(rows[place] for place in order)]
        _renumber(form, table, {before + 2: after + 2 for after, before in enumerate(order)})


def _blank_rows_between(form: Form, rng: random.Random) -> None:
    for table, (head, *rows) in form.sheets.items():
        spread, numbers = [head], {}
        for number, row in enumerate(rows, start=2):
            spread += [[None if not form.is_csv else ""] * len(head)] * rng.randrange(3)
            spread.append(row)
            numbers[number] = len(spread)
        form.sheets[table] = spread
        _renumber(form, table, numbers)


def _blank_columns_between(form: Form, rng: random.Random) -> None:
    empty = "" if form.is_csv else None
    for table, cells in form.sheets.items():
        for _ in range(3):
            place = rng.randrange(len(cells[0]) + 1)
            cells = [[*row[:place], empty, *row[place:]] for row in cells]
        form.sheets[table] = cells


def _headings_otherwise(form: Form, rng: random.Random) -> None:
    for table, cells in form.sheets.items():
        names = [field.name for field in blueprint().tables[table].fields]
        titles = {field.title: field.name for field in blueprint().tables[table].fields}
        spaced = {title: f"  {title.replace(' ', '  ')}\u00a0" for title in cells[0]}
        change = rng.choice((str.upper, spaced.__getitem__, lambda title, known=titles: known.get(title, title)))
        cells[0] = [change(text) if text not in names else text.replace("_", " ") for text in cells[0]]


def _blank_rows_below(form: Form, rng: random.Random) -> None:
    for cells in form.sheets.values():
        cells += [["   "] + [" "] * (len(cells[0]) - 1)] * rng.randrange(1, 200)


def _renumber(form: Form, table: str, numbers: dict[int, int]) -> None:
    for came in form.rows:
        if came.table == table:
            came.row = numbers[came.row]


LAYOUTS: dict[str, Layout] = {
    "columns in another order": _columns_in_another_order,
    "sheets in another order": _sheets_in_another_order,
    "rows in another order": _rows_in_another_order,
    "blank rows between": _blank_rows_between,
    "blank columns between": _blank_columns_between,
    "headings written otherwise": _headings_otherwise,
    "rows of spaces below": _blank_rows_below,
}
