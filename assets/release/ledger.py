"""Remembers every release of a round: which figures left, and, confidentially, what stood behind them.

Only added to: what was published once is known for good, also when it was taken back. How figures are judged against
it, is for `changes`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.files import beside, file_hash
from assets.records import DamagedRecord
from assets.release.holdings import one_name
from assets.store import DataFolder
from blueprint.disclosure import Product, disclosure

NOTE = "vrijgave.json"
CONFIDENTIAL = "VERTROUWELIJK"
# A release that was taken back has a note of it, and its files are kept here instead of served.
RETRACTION, KEPT = "intrekking.json", "ingetrokken"
# What stands behind a release besides amounts: under which one name each holding was counted.
HOLDINGS = "holdings"
# What stands in every note.
PARTS = {"release": int, "tables": dict, "behind": dict, "steps": dict, "proofs": dict, "operators": dict}
PARTS |= {"operator_files": dict, "consents": list, "waivers": dict, "carried": dict}
# The folders of a release: one for everybody, and one for each grid operator.
PUBLIC, OPERATOR = "openbaar", "netbeheerder-"


@dataclass(frozen=True)
class Released:
    """One release of a round: its number, its note, and where its files and what stood behind them lie.

    `retracted` is the note of one that was taken back.
    """

    round: str
    number: int
    note: dict[str, Any]
    folder: Path
    behind: Path
    retracted: dict[str, str] | None = None

    @property
    def retracted_on(self) -> str | None:
        return self.retracted["retracted_on"] if self.retracted else None

    def table(self, name: str) -> Path:
        return self.folder / PUBLIC / f"{name}.parquet"

    def facts(self, name: str) -> pa.Table:
        """The amounts behind a table; raises DamagedRecord when they are gone or not the ones of then."""
        return _read(self.behind / f"{name}.{CONFIDENTIAL}.parquet", self.note["behind"].get(name))

    def holdings(self) -> dict[str, str]:
        """The one name of then for every name of a holding; raises DamagedRecord."""
        rows = self.facts(HOLDINGS)
        return dict(zip(rows["name"].to_pylist(), rows["holding"].to_pylist(), strict=True))

    def figures(self, name: str) -> pa.Table:
        """The table as it was published; raises DamagedRecord when it is gone or not the one of then."""
        return _read(self.table(name), self.note["tables"].get(name))

    def operator_sites(self, operator: str) -> pa.Table | None:
        """What a grid operator was given, None when nothing; raises DamagedRecord when it is not that of then."""
        if operator not in self.note["operator_files"]:
            return None
        path = self.folder / f"{OPERATOR}{operator}" / "grid_operator_sites.parquet"
        return _read(path, self.note["operator_files"][operator])

    def step(self, name: str) -> str:
        return self.note["steps"][name]


@dataclass(frozen=True)
class Past:
    """All that was released before a release, of its round and the one before it, and what holdings are called now."""

    releases: tuple[Released, ...]
    names: Mapping[str, str]

    def one_name(self, one: Released) -> dict[str, str]:
        """Under which one name a holding of that release or of now is counted."""
        return one_name(one.holdings(), self.names)


def releases(data: DataFolder, round_name: str) -> list[Released]:
    """The releases of a round, the first one first.

    Raises DamagedRecord when a note cannot be read, or when notes and published folders are not those of 1, 2, 3, ...
    """
    found = []
    for path in sorted(data.ledger(round_name).glob(f"*/{NOTE}")):
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
            parts = {name: type(note[name]) for name in PARTS}
            number = int(note["release"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedRecord(_damaged(path, type(error).__name__)) from None
        if parts != PARTS or path.parent.name != f"{number:03}":
            raise DamagedRecord(_damaged(path, "niet de inhoud van toen"))
        kept = path.parent / KEPT
        folder = kept if kept.exists() else data.release(round_name, number)
        found.append(Released(round_name, number, note, folder, path.parent, _retraction(path.parent)))
    found.sort(key=lambda one: one.number)
    _check_complete(data, round_name, [one.number for one in found])
    return found


def in_force(known: Sequence[Released]) -> list[Released]:
    """The releases that were not taken back: the others are known, but nothing new is made like them."""
    return [one for one in known if one.retracted is None]


def _retraction(behind: Path) -> dict[str, str] | None:
    path = behind / RETRACTION
    if not path.exists():
        return None
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        dt.date.fromisoformat(note["retracted_on"])
        return {name: str(note[name]) for name in ("retracted_on", "reason", "by")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedRecord(_damaged(path, type(error).__name__)) from None


def _check_complete(data: DataFolder, round_name: str, remembered: list[int]) -> None:
    published = {path.name for path in data.release(round_name, 1).parent.glob("release=*")}
    known = {data.release(round_name, number).name for number in remembered}
    if remembered != list(range(1, len(remembered) + 1)) or published - known:
        raise DamagedRecord(
            f"Van ronde {round_name} kloppen de vrijgaven niet met wat ervan is onthouden: er ontbreekt er een in"
            f" {data.ledger(round_name).name}, of een vrijgave is halverwege gestopt. Zet terug uit een reservekopie"
            " wat weg is. Is een vrijgave nooit verspreid, haal dan haar map weg."
        )


def remember_behind(data: DataFolder, round_name: str, number: int, facts: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write down what stands behind a release, before it leaves; returns the hashes."""
    hashes = {}
    for name, table in facts.items():
        path = data.ledger(round_name) / f"{number:03}" / f"{name}.{CONFIDENTIAL}.parquet"
        with beside(path) as temporary:
            pq.write_table(table, temporary, compression="zstd", write_statistics=False)
        hashes[name] = file_hash(path)
    return hashes


def remember(data: DataFolder, round_name: str, number: int, note: dict[str, Any]) -> None:
    """Write down that a release was made; without its note there was none."""
    with beside(data.ledger(round_name) / f"{number:03}" / NOTE) as temporary:
        text = json.dumps(note | {"release": number}, ensure_ascii=False, indent=1, sort_keys=True)
        temporary.write_text(text + "\n", encoding="utf-8")


def step_of(product: Product, name: str):
    """The step of a ladder by its name; None when the ladder no longer has it."""
    return next((step for step in product.ladder if step.name == name), None)


def taken_step(earlier: Sequence[Released], name: str):
    """The step on which a round released a table before: from its first figures on it stays for the whole round."""
    product = disclosure().products[name]
    return next(
        (
            step
            for one in reversed(in_force(earlier))
            if (step := step_of(product, one.note["steps"].get(name, ""))) and one.figures(name).num_rows
        ),
        None,
    )


def _read(path: Path, expected: str | None) -> pa.Table:
    try:
        if expected is None or file_hash(path) != expected:
            raise DamagedRecord(_damaged(path, "niet de inhoud van toen"))
        return pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        raise DamagedRecord(_damaged(path, type(error).__name__)) from None


def _damaged(path: Path, why: str) -> str:
    return (
        f"Het bestand {path.name} van een eerdere vrijgave is niet te lezen ({why}). Zet het terug uit een"
        " reservekopie: zonder dat bestand is niet na te gaan wat het verschil met toen verraadt."
    )
