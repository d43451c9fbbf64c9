"""Damages valid files by chance: in the container, or inside a part that is then packed with a right check sum.

Whatever it does, intake must end in a finding, or accept only what a second reader reads too: see `second_reader`.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from assets.intake.examine import Received, examine
from assets.intake.sheets import FileRule
from assets.workbooks.pack import pack
from blueprint.load import blueprint
from tests.fuzz.filings import SETTINGS, draw_filing
from tests.fuzz.forms import FORMATS, make_form
from tests.fuzz.second_reader import CannotRead, Cells, disagreements, filled_rows, read_again
from tests.fuzz.trial import SUFFIX, Looked

OF_READER = ("reader_crashed", "reader_timeout", "reader_memory")
Change = Callable[[bytearray, random.Random], None]


@dataclass(frozen=True)
class Damaged:
    """One damaged file, `kind` tells where and how."""

    kind: str
    name: str
    data: bytes


@dataclass(frozen=True)
class Judged:
    """What came of a damaged file: an outcome, and what was wrong in words."""

    damaged: Damaged
    path: Path
    outcome: str
    wrong: tuple[str, ...] = ()


def draw_damage(seed: int, number: int) -> Iterator[Damaged]:
    """So many damaged files; the same seed gives the same ones."""
    rng = random.Random(f"damage/{seed}")
    whole: dict[str, bytes] = {}
    for turn in range(number):
        kind = FORMATS[turn % len(FORMATS)]
        if turn % 80 < len(FORMATS):
            whole[kind] = make_form(draw_filing(seed * 1_000 + turn), kind).data()
        inside = rng.random() < 0.7
        changes = rng.sample(
            list(XML_CHANGES if inside and kind in ("xlsx", "ods") else CHANGES), rng.choice((1, 1, 2))
        )
        data = whole[kind]
        if inside:
            data, part = _inside(data, changes, rng)
        else:
            data, part = _outside(data, changes, rng), "container"
        names = " and ".join(change.__name__.strip("_") for change in changes)
        yield Damaged(f"{kind}, {part}", f"{kind} {turn}: {names} in {part}", data)


def _outside(data: bytes, changes: Iterable[Change], rng: random.Random) -> bytes:
    changed = bytearray(data)
    for change in changes:
        change(changed, rng)
    return bytes(changed)


def _inside(data: bytes, changes: Iterable[Change], rng: random.Random) -> tuple[bytes, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # sheets and texts more often than the rest: there the values are
    name = rng.choices(list(parts), [9 if _has_values(name) else 1 for name in parts])[0]
    changed = bytearray(parts[name])
    for change in changes:
        change(changed, rng)
    return pack({**parts, name: bytes(changed)}), name


def _has_values(name: str) -> bool:
    return "worksheets" in name or name.endswith((".csv", "content.xml", "sharedStrings.xml", "workbook.xml"))


def _flip_bits(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 3, 20))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _cut_off(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _zero(data: bytearray, rng: random.Random) -> None:
    begin, end = _range(data, rng)
    data[begin:end] = bytes(end - begin)


def _repeat(data: bytearray, rng: random.Random) -> None:
    begin, end = _range(data, rng)
    data[end:end] = data[begin:end]


def _swap(data: bytearray, rng: random.Random) -> None:
    size = rng.choice((1, 4, 32, 512))
    if len(data) > 2 * size:
        a, b = sorted(rng.sample(range(0, len(data) - size + 1), 2))
        if b - a >= size:
            data[a : a + size], data[b : b + size] = data[b : b + size], data[a : a + size]


def _leave_out(data: bytearray, rng: random.Random) -> None:
    begin, end = _range(data, rng)
    del data[begin:end]


def _character(data: bytearray, rng: random.Random) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.choice(b"<>/\"'=&;0A9!? \n,.-")


def _tag(data: bytearray, rng: random.Random) -> None:
    """Leave out, repeat or turn around one tag or text between tags."""
    pieces = [place for place, byte in enumerate(data) if byte in b"<>"]
    if len(pieces) < 4:
        return
    first = rng.randrange(len(pieces) - 2)
    begin, end = pieces[first], pieces[first + rng.choice((1, 2))]
    piece = data[begin:end]
    data[begin:end] = rng.choice((b"", piece * 2, piece[::-1]))


def _attribute(data: bytearray, rng: random.Random) -> None:
    """Give an attribute the name or the value of nothing in particular."""
    places = [place for place, byte in enumerate(data) if byte == ord("=")]
    if places:
        place = rng.choice(places)
        data[place - 1 : place + 3] = rng.choice((b'x="1', b'="', b'r="A', b't="s', b't="b', b's="3', b"=''"))


def _digit(data: bytearray, rng: random.Random) -> None:
    places = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
    if places:
        data[rng.choice(places)] = rng.choice(b"0123456789")


def _range(data: bytearray, rng: random.Random) -> tuple[int, int]:
    begin = rng.randrange(len(data) + 1)
    return begin, min(len(data), begin + rng.choice((1, 2, 8, 64, 1_000)))


CHANGES: tuple[Change, ...] = (_flip_bits, _cut_off, _zero, _repeat, _swap, _leave_out, _character)
XML_CHANGES: tuple[Change, ...] = (*CHANGES, _tag, _tag, _attribute, _attribute, _digit, _character)


def try_damage(damaged: Iterable[Damaged], folder: Path, batch: int = 250) -> Iterator[Judged]:
    """Write, examine and judge; a file that is judged right is taken away."""
    waiting: list[tuple[Damaged, Path]] = []
    for number, one in enumerate(damaged):
        path = folder / f"{number:05d}.{SUFFIX[one.kind.partition(',')[0]]}"
        path.write_bytes(one.data)
        waiting.append((one, path))
        if len(waiting) == batch:
            yield from _judge(waiting)
            waiting = []
    yield from _judge(waiting)


def _judge(waiting: list[tuple[Damaged, Path]]) -> Iterator[Judged]:
    if not waiting:
        return
    found = Looked(examine([Received(path.stem, path, path.name) for _, path in waiting], SETTINGS))
    for one, path in waiting:
        judged = _judged(found, one, path)
        if not judged.wrong:
            path.unlink()
        yield judged


def _judged(found: Looked, one: Damaged, path: Path) -> Judged:
    rules = [line["rule"] for line in found.findings[path.stem]]
    crashed = [rule for rule in rules if rule in OF_READER]
    if crashed:
        detail = [line["value_as_filed"] or "" for line in found.findings[path.stem]]
        return Judged(one, path, "crash", (*crashed, *detail))
    if not found.readable[path.stem]:
        wrong = () if len(rules) == 1 and rules[0] in get_args(FileRule) else tuple(rules)
        wrong += ("rows of a refused file",) if found.accepted[path.stem] else ()
        return Judged(one, path, "refused as a file", wrong)
    if not found.accepted[path.stem]:
        return Judged(one, path, "returned", () if rules else ("nothing accepted and nothing said",))
    return _compared(found, one, path)


def _compared(found: Looked, one: Damaged, path: Path) -> Judged:
    try:
        again = read_again(one.data)
    except CannotRead as error:
        return Judged(one, path, "wrong acceptance", (f"no second reader: {error}",))
    columns = {
        (row["table_name"], row["field_name"], row["series"]): (row["sheet"], row["position"])
        for row in found.examined.columns
        if row["submission_id"] == path.stem
    }
    accepted = found.accepted[path.stem]
    wrong = min((list(disagreements(accepted, columns, sheets)) for sheets in again), key=len)
    if wrong:
        return Judged(one, path, "wrong acceptance", tuple(wrong))
    lost = min((list(_lost(found, path.stem, columns, sheets)) for sheets in again), key=len)
    return Judged(one, path, "lost row" if lost else "read and agreed", tuple(lost))


def _lost(
    found: Looked, submission: str, columns: dict[tuple[str, str, str], tuple[str, int]], sheets: dict[str, Cells]
) -> Iterator[str]:
    """Rows that stand in the file and did not come in, of the sheets that were read."""
    heads = {f["table_name"]: f["row_number"] for f in found.findings[submission] if f["rule"] == "header_moved"}
    again = Counter(f["table_name"] for f in found.findings[submission] if f["rule"] == "header_repeated")
    names = {table: sheet for (table, _, _), (sheet, _) in columns.items()}
    for table_name, sheet in names.items():
        table = blueprint().tables[table_name]
        place_of: dict[str, set[int]] = {}
        for (name, _, series), (_, column) in columns.items():
            if name == table_name and series:
                place_of.setdefault(series, set()).add(column)
        number = filled_rows(table, sheets.get(sheet, {}), heads.get(table_name, 1), set(place_of), place_of)
        count = found.examined.counts.get((submission, table_name))
        came = count.came if count else 0
        if came != number - again[table_name]:
            yield f"{table_name}: {came} rows came, {number} stand there"
