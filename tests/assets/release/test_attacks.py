"""Each attack on files succeeds on a planted leak, and finds nothing in what is released."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from assets.disclosure.rules import Rules, TierRules
from assets.release import known, make
from assets.release.again import audited
from assets.release.ledger import releases
from assets.release.scan import Secrets, scan, secrets_of
from assets.rounds import write_round
from assets.store import DataFolder
from blueprint.disclosure import Product
from pipelines.cli.release import make_release, show_audit
from tests.assets.release.attacks import (
    COUNTRY,
    DIMENSIONS,
    STREAMS,
    VALUES,
    Cells,
    Law,
    all_streams,
    areas,
    difference,
    every_table,
    implied_sums,
    insiders,
    less_sites,
    margins,
    moments_differ,
    operator_rows,
    operators,
    read,
    releases_differ,
    remainders,
    truth,
    two_intervals,
    waived,
)
from tests.assets.release.made import (
    BASE,
    RECOGNISED,
    SETTINGS,
    SITE,
    TIERS,
    Plan,
    Site,
    changed,
    folder,
    random_sites,
    released,
    simple,
    write,
)

LAW = Law()
NAME, KVK, AMOUNT = "Zandkorrel 60000001 B.V.", "60000001", 12.3456789
SECRETS = Secrets(frozenset({NAME, KVK}), frozenset({AMOUNT}))
TABLES = tuple(DIMENSIONS)
NOT_ADDED_UP = ("public_bottlenecks", "public_coverage", "public_round_change")
FIRST, SECOND = 0, 1
NUMBERS = {"release", "previous_release", "figure_release", "year"}
# What a file says of its table; all of it stands in the Blueprint.
SAID = {
    b"ARROW:schema",
    b"table",
    b"title",
    b"description",
    b"blueprint_version",
    b"blueprint_status",
    b"factor_version",
}


@dataclass(frozen=True)
class Released:
    """Releases of a round, with the sites of then."""

    data: DataFolder
    folders: tuple[Path, ...]
    sites: tuple[list[Site], ...]

    def one(self, number: int) -> tuple[Path, list[Site]]:
        return self.folders[number], self.sites[number]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Two releases of a small round."""
    data = folder(tmp_path_factory.mktemp("ours"))
    first = random_sites(5, 24, 2, consenting=0.6)
    sites = (first, changed(first, 1, 0.2))
    return Released(data, tuple(released(data, some).folder for some in sites), sites)


@pytest.fixture
def leaking(ours: Released, tmp_path: Path) -> Path:
    """A copy of the first release, to plant something in."""
    shutil.copytree(ours.folders[0], tmp_path / "leaking")
    return tmp_path / "leaking"


def replaced(rows: list[dict[str, Any]], **codes: str) -> None:
    """Give the rows without a figure other codes."""
    for row in rows:
        if row["power_mw"] is None:
            row.update(codes)


def replant(path: Path, table: str, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Write a public table again with other rows."""
    file = path / "openbaar" / f"{table}.parquet"
    old = pq.read_table(file)
    rows = old.to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=old.schema), file)


def seen(values: dict[tuple, float | None], amounts: dict[tuple, dict[str, float]], columns: str = "ab") -> Cells:
    return Cells(tuple(columns), values, amounts, 0.001)


# Margins.
MANY = {f"h{at}": 10.0 + at for at in range(6)}
ROW = {("x",): {"alone": 40.0}, ("y",): MANY, (None,): {"alone": 40.0, **MANY}}


def test_margins_find_a_cell_without_its_complement(ours: Released, leaking: Path) -> None:
    assert margins(seen({("x",): None, ("y",): 75.0, (None,): 115.0}, ROW, "a"), LAW)
    assert not margins(seen({("x",): None, ("y",): None, (None,): 115.0}, ROW, "a"), LAW)
    law = waived(ours.sites[0])
    assert not all_streams(ours.folders[0], ours.sites[0], lambda given: margins(given, law))
    _show_all_but_unsafe(leaking, ours.sites[0], law)
    assert all_streams(leaking, ours.sites[0], lambda given: margins(given, law))


def _show_all_but_unsafe(path: Path, sites: list[Site], law: Law) -> None:
    """Show every complement again."""
    for table in TABLES:
        value, unit = VALUES[table]
        filed = {stream: given for name, stream, given in every_table(path, sites) if name == table}

        def show(rows: list[dict[str, Any]], table=table, value=value, unit=unit, filed=filed) -> None:
            for row in rows:
                given = filed[tuple(row[name] for name in STREAMS[table])]
                key = tuple(None if row[name] in ("NL", "all") else row[name] for name in given.columns)
                cell = given.true.get(key, {})
                if row["figure_status"] == "withheld" and not law.needed(cell, unit):
                    row["figure_status"] = "shown"
                    row[value] = Decimal(str(round(sum(cell.values()), 3))).quantize(Decimal(str(unit)))

        replant(path, table, show)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Site]]:
    """A round in which every table shows three provinces and one firm is alone in another."""
    sites = [everywhere(at, province) for at, province in enumerate(("PV26", "PV27", "PV28") * 4)]
    sites.append(everywhere(12, "PV20"))
    return released(folder(tmp_path_factory.mktemp("everything")), sites).folder, sites


def everywhere(number: int, province: str) -> Site:
    """A site that filed something of every table."""
    one = simple(number, 10.0 + number, province=province)
    amount = 20.0 + number
    return replace(
        one,
        uses=one.uses | {("co2", *BASE): (amount, 0.0)},
        plans=(Plan(energy=amount / 10, peak=amount, co2=amount),),
        storage=amount,
        flexible=amount,
    )


@pytest.mark.parametrize("table", TABLES)
def test_one_unsafe_figure_in_any_table_is_found(
    table: str, everything: tuple[Path, list[Site]], tmp_path: Path
) -> None:
    path, sites = everything
    assert not all_streams(path, sites, lambda given: margins(given, LAW))
    shutil.copytree(path, tmp_path / "leaking")
    value, unit = VALUES[table]

    def show(rows: list[dict[str, Any]]) -> None:
        row = next(row for row in rows if (row["region_code"], row["figure_status"]) == ("PV20", "withheld"))
        filed = truth(sites, table)[tuple(row[name] for name in STREAMS[table])]
        amount = sum(amount for _, _, codes, amount in filed if codes["region_code"] == "PV20")
        row.update({"figure_status": "shown", value: Decimal(str(amount)).quantize(Decimal(str(unit)))})

    replant(tmp_path / "leaking", table, show)
    found = all_streams(tmp_path / "leaking", sites, lambda given: margins(given, LAW))
    assert any(leak.where[0] == "shown" and {"PV20", "GM0014", "GM0014 elders"} & {*leak.where[1]} for leak in found)


def test_insiders_find_what_only_they_can(ours: Released) -> None:
    """Two lone holdings hide each other from the public, and each takes off its own."""
    cells: dict[tuple, dict[str, float]] = {
        ("x",): {"one": 40.0},
        ("y",): {"two": 30.0},
        (None,): {"one": 40.0, "two": 30.0, **MANY},
        ("z",): MANY,
    }
    planted = seen({("x",): None, ("y",): None, ("z",): 75.0, (None,): 145.0}, cells, "a")
    assert not margins(planted, LAW)
    assert {leak.where[0] for leak in insiders(planted, LAW)} >= {("one",), ("two",)}
    law = waived(ours.sites[0])
    for number in (FIRST, SECOND):
        assert not all_streams(*ours.one(number), lambda given: insiders(given, law))


def test_implied_sums_find_withheld_cells_that_are_few_together(ours: Released) -> None:
    cells: dict[tuple, dict[str, float]] = {("x",): {"one": 400.0}, ("y",): {"two": 3.0, "three": 1.0}, ("z",): MANY}
    cells[(None,)] = {**cells["x",], **cells["y",], **MANY}
    assert implied_sums(seen({("x",): None, ("y",): None, ("z",): 75.0, (None,): 479.0}, cells, "a"), LAW)
    law = waived(ours.sites[0])
    for number in (FIRST, SECOND):
        assert not all_streams(*ours.one(number), lambda given: implied_sums(given, law))


def test_difference_of_releases(ours: Released, tmp_path: Path) -> None:
    """One firm of many moves: each release is safe, their difference is what it did."""
    then = [simple(number, 10.0 + number) for number in range(8)]
    now = [*then[:-1], replace(then[-1], uses={use: (a + 5, b + 90) for use, (a, b) in then[-1].uses.items()})]
    apart = [released(folder(tmp_path, name), some).folder for name, some in (("r1", then), ("r2", now))]
    found = releases_differ((apart[0], then), (apart[1], now), LAW)
    assert {leak.attack for leak in found} == {"difference"}
    assert not margins(next(every_table(apart[1], now))[2], LAW)
    data = folder(tmp_path, "both")
    both = [released(data, some).folder for some in (then, now)]
    assert not releases_differ((both[0], then), (both[1], now), LAW)
    assert not releases_differ(ours.one(FIRST), ours.one(SECOND), LAW)
    statuses = {f.status for given in read(both[1], TABLES[0]).values() for f in given.values()}
    assert "carried_forward" in statuses


def test_difference_of_scenarios(ours: Released, tmp_path: Path) -> None:
    """Of the low and the high plan too: neither is the plan."""
    cell = {f"h{at}": 10.0 + at for at in range(6)}
    planted = [seen({(): sum(some.values())}, {(): some}, "") for some in (cell, cell | {"h3": 15.0})]
    assert difference(planted[0], planted[1], LAW)
    for number in (FIRST, SECOND):
        assert not moments_differ(*ours.one(number), LAW)
    plans = [_planned(number) for number in range(8)]
    path = released(folder(tmp_path), plans).folder
    assert not moments_differ(path, plans, LAW)


def _planned(number: int) -> Site:
    """All lower than planned and one of them higher: low and high differ from plan by many, from each other by one."""
    value = 10.0 + number
    uses = {("electricity", "offtake", 2030, "plan"): (value, value * 30)}
    uses["electricity", "offtake", 2030, "plan_low"] = (value * 0.8, value * 24)
    uses["electricity", "offtake", 2030, "plan_high"] = (
        value * (0.8 if number else 0.9),
        value * (24 if number else 27),
    )
    return replace(simple(number, value), uses=uses)


def test_units_and_rounding(ours: Released) -> None:
    """Two columns of one measure in different units narrow each other: there is one, rounded once."""
    for table in TABLES:
        found = pq.read_table(ours.folders[0] / "openbaar" / f"{table}.parquet")
        numbers = [field.name for field in found.schema if not pa.types.is_integer(field.type) and _is_number(field)]
        assert numbers == [VALUES[table][0]]
        unit = Decimal(str(VALUES[table][1]))
        assert all(value is None or value % unit == 0 for value in found[numbers[0]].to_pylist())


def _is_number(field: pa.Field) -> bool:
    return pa.types.is_decimal(field.type) or pa.types.is_floating(field.type)


def test_derived_columns(leaking: Path, ours: Released) -> None:
    """A number or text beside a withheld figure: share × total gives it back."""
    assert not _beside_withheld(leaking)
    for table in TABLES:
        file = leaking / "openbaar" / f"{table}.parquet"
        old = pq.read_table(file)
        pq.write_table(old.append_column("share_pct", pa.array(np.linspace(0, 100, len(old)))), file)
    assert _beside_withheld(leaking)
    assert not _beside_withheld(ours.folders[1])


def _beside_withheld(path: Path) -> list[str]:
    """The columns that differ between withheld rows without being part of the key."""
    found = []
    for file in (path / "openbaar" / f"{table}.parquet" for table in TABLES):
        known = {*DIMENSIONS[file.stem], *STREAMS[file.stem], "region_name"}
        rows = [row for row in pq.read_table(file).to_pylist() if row["figure_status"] == "withheld"]
        for name in rows[0].keys() - known if rows else ():
            if len({row[name] for row in rows}) > 1:
                found.append(name)
    return found


def test_zeros_absent_rows_and_order(leaking: Path, ours: Released) -> None:
    for number in (FIRST, SECOND):
        assert not _told_by_rows(*ours.one(number))
    replant(leaking, TABLES[0], lambda rows: rows.sort(key=lambda row: float(row["energy_pj"] or 0)))
    assert _told_by_rows(leaking, ours.sites[0]) == {"order"}

    def drop(rows: list[dict[str, Any]]) -> None:
        rows.sort(key=lambda row: tuple(row[name] for name in (*DIMENSIONS[TABLES[0]], *STREAMS[TABLES[0]])))
        rows.remove(next(row for row in rows if row["figure_status"] == "withheld"))

    replant(leaking, TABLES[0], drop)
    assert _told_by_rows(leaking, ours.sites[0]) == {"absent"}
    replant(leaking, TABLES[1], lambda rows: replaced(rows, figure_status="zero"))
    assert "status" in _told_by_rows(leaking, ours.sites[0])


def _told_by_rows(path: Path, sites: list[Site]) -> set[str]:
    """What codes, gaps and order tell: only the statuses, every row of a stream, sorted by key."""
    found: set[str] = set()
    for table, (value, _) in VALUES.items():
        rows = pq.read_table(path / "openbaar" / f"{table}.parquet").to_pylist()
        keys = [tuple(row[name] for name in (*DIMENSIONS[table], *STREAMS[table])) for row in rows]
        found |= {"order"} if keys != sorted(keys) else set()
        per_stream = {stream: set(figures) for stream, figures in read(path, table).items()}
        found |= {"absent"} if len({frozenset(there) for there in per_stream.values()}) > 1 else set()
        for row in rows:
            number = row[value] is not None
            right = {"shown": number, "carried_forward": number, "zero": number and row[value] == 0}
            if not right.get(row["figure_status"], not number and row["company_band"] is None):
                found.add("status")
        filed = truth(sites, table)
        for stream, given in ((stream, given) for name, stream, given in every_table(path, sites) if name == table):
            if filed.get(stream) and set(given.true) - set(given.seen):
                found.add("absent")
    return found


def test_counts_are_classes_and_the_size_tells_nothing(ours: Released, tmp_path: Path) -> None:
    for file in sorted(ours.folders[0].glob("openbaar/*.parquet")):
        for field in pq.read_schema(file):
            assert not pa.types.is_integer(field.type) or field.name in NUMBERS
    # Another amount in a cell that nobody may see: not one byte more or less, and not another byte.
    sites = [simple(number, 10.0 + number) for number in range(8)]
    alone = [replace(simple(50, amount, province="PV20", sector="glass"), operator="enexis") for amount in (3.0, 3.2)]
    other = replace(simple(51, 4.0, province="PV24"), operator="enexis")
    sizes = []
    for name, one in zip(("a", "b"), alone, strict=True):
        path = released(folder(tmp_path, name), [*sites, one, other]).folder
        sizes.append([file.stat().st_size for file in sorted(path.glob("openbaar/*.parquet"))])
    assert sizes[0] == sizes[1]


# Artefacts: what stands in bytes.
def _numpy_null(path: Path) -> None:
    hidden = pd.array([AMOUNT, 1.0], dtype="Float64")
    hidden[0] = pd.NA
    path.write_bytes(pickle.dumps(hidden))


def _arrow_null(path: Path) -> None:
    live = pa.array([AMOUNT, 1.0])
    masked = pa.Array.from_buffers(pa.float64(), 2, [pa.py_buffer(b"\x02"), live.buffers()[1]])
    assert masked.to_pylist() == [None, 1.0]
    feather.write_feather(pa.table({"value": masked}), path, compression="uncompressed")


def _category(path: Path) -> None:
    names = pa.DictionaryArray.from_arrays(pa.array([1], pa.int8()), pa.array([NAME, "ander"]))
    pq.write_table(pa.table({"name": names}), path, compression="none")


def _footer(path: Path) -> None:
    pq.write_table(pa.table({"value": [AMOUNT, 1.0]}).slice(0, 2), path, compression="snappy", use_dictionary=False)


def _duckdb(path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("pragma force_compression='uncompressed'")
        connection.execute("create table filed (name varchar)")
        connection.execute("insert into filed select ? from range(3)", [NAME])
        connection.execute("checkpoint")
        connection.execute("delete from filed")


def _packed_duckdb(path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("create table filed as select ? || range as name from range(2000)", [NAME])


def _hidden_sheet(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cijfers").write(0, 0, "Nederland")
        sheet = book.add_worksheet("bron")
        sheet.write(0, 0, NAME)
        sheet.write(1, 0, AMOUNT)
        sheet.very_hidden()


def _author(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"author": NAME})
        book.add_worksheet("Cijfers")


def _chart_cache(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/charts/chart1.xml", f"<c:numCache><c:v>{AMOUNT}</c:v></c:numCache>" * 50)


def _name_of_file(path: Path) -> None:
    path.with_name(f"{KVK}.parquet").write_bytes(b"")


def _compressed(path: Path) -> None:
    pq.write_table(pa.table({"name": [NAME] * 90}), path, compression="zstd")


def _compressed_arrow(path: Path) -> None:
    feather.write_feather(pa.table({"name": [NAME] * 90}), path, compression="lz4")


def _upper_case(path: Path) -> None:
    path.write_text(f"log: {NAME.upper()} afgekeurd", encoding="utf-8")


def _folder_name(path: Path) -> None:
    (path.parent / f"round={NAME}").mkdir()
    (path.parent / f"round={NAME}" / "x.parquet").write_bytes(b"")


@pytest.mark.parametrize(
    "written",
    [
        lambda name: json.dumps({"firm": name}).encode(),
        lambda name: json.dumps({"firm": name.lower()}).encode(),
        lambda name: name.upper().encode(),
        lambda name: name.encode("cp1252"),
        lambda name: name.upper().encode("utf-16-le"),
    ],
)
def test_scan_finds_a_name_with_accents(written: Callable[[str], bytes], tmp_path: Path) -> None:
    name = "Coöperatie Fryslân Zuid U.A."
    (tmp_path / "log").write_bytes(b"x" * 9 + written(name) + b"y")
    assert scan([tmp_path], Secrets(frozenset({name}), frozenset())).found


@pytest.mark.parametrize(
    ("plant", "file"),
    [
        (_numpy_null, "frame.pickle"),
        (_arrow_null, "frame.feather"),
        (_category, "filtered.parquet"),
        (_footer, "staging.parquet"),
        (_duckdb, "round.duckdb"),
        (_packed_duckdb, "packed.duckdb"),
        (_hidden_sheet, "report.xlsx"),
        (_author, "author.xlsx"),
        (_chart_cache, "chart.xlsx"),
        (_name_of_file, "name"),
        (_folder_name, "folder"),
        (_upper_case, "run.log"),
        (_compressed, "small.parquet"),
        (_compressed_arrow, "small.arrow"),
    ],
)
def test_scan_finds_what_lies_in_bytes(plant: Callable[[Path], None], file: str, tmp_path: Path) -> None:
    assert not scan([tmp_path], SECRETS).found
    plant(tmp_path / file)
    assert scan([tmp_path], SECRETS).found


def test_digits_within_a_longer_number_or_a_hash_are_no_amount(tmp_path: Path) -> None:
    secret, file = Secrets(frozenset(), frozenset({264036.0})), tmp_path / "run.log"
    parts = ("5aa264036b02", "1264036", "00:41:32.264036site", "264036.75")
    wholes = ("was 264036 MWh", "W264036", "Het is.264036 MWh", "5,264036,7", "Totaal 264036. 75 firms")
    for text, found in (*((part, False) for part in parts), *((whole, True) for whole in wholes)):
        file.write_text(text, encoding="utf-8")
        assert bool(scan([tmp_path], secret).found) == found


def test_scan_finds_nothing_in_what_is_public(ours: Released, leaking: Path) -> None:
    secrets = secrets_of(ours.data, SETTINGS)
    for path in ours.folders:
        found = scan([path / "openbaar"], secrets)
        assert found.files == len(TABLES) + len(NOT_ADDED_UP)
        assert not found.found
    assert scan([ours.data.curated], secrets).found
    (leaking / "openbaar" / "lees mij.txt").write_text("Met dank aan Zandkorrel 60000003 B.V.", encoding="utf-8")
    assert scan([leaking / "openbaar"], secrets).found


def test_public_files_have_no_statistics_dictionaries_or_other_metadata(ours: Released) -> None:
    for file in sorted(ours.folders[1].glob("openbaar/*.parquet")):
        footer = pq.read_metadata(file)
        chunks = [
            footer.row_group(g).column(c) for g in range(footer.num_row_groups) for c in range(footer.num_columns)
        ]
        assert not any(chunk.is_stats_set or chunk.has_dictionary_page for chunk in chunks)
        assert set(pq.read_schema(file).metadata or {}) <= SAID


def test_operators_together_with_public_files(ours: Released, tmp_path: Path) -> None:
    """Two lone firms hide each other from the public; the operator sees one of them and takes it off."""
    for number in (FIRST, SECOND):
        assert not operators(*ours.one(number), waived(ours.sites[number]))
    cells: dict[tuple, dict[str, float]] = {("x",): {"one": 40.0}, ("y",): {"two": 35.0, "three": 38.0}, ("z",): MANY}
    cells[(None,)] = {**cells["x",], **cells["y",], **MANY}
    planted = seen({("x",): None, ("y",): None, ("z",): 75.0, (None,): 188.0}, cells, "a")
    assert not [*margins(planted, LAW), *implied_sums(planted, LAW)]
    filed = [
        (who, (who, "V1"), {"a": str(key[0])}, amount) for key, cell in cells.items() for who, amount in cell.items()
    ]
    left = less_sites(planted, [row for row in filed if row[2]["a"] != "None"], {("one", "V1")})
    assert implied_sums(left, LAW)
    # A round of which an operator could do so, before its sites were held back.
    sites = random_sites(24, 20, 2, consenting=0.5)
    assert not operators(released(folder(tmp_path), sites).folder, sites, waived(sites))


def test_operator_takes_its_own_contracts_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody agreed to anything: in one province all but one firm are customers of one operator, and it knows them."""
    inside = [simple(number, 10.0 + number) for number in range(6)]
    other = [
        simple(50, 11.0, operator="enexis"),
        *(simple(60 + n, 9.0 + n, operator="enexis", province="PV20") for n in range(4)),
    ]
    sites = [*inside, *other]
    assert not operators(released(folder(tmp_path, "ours"), sites).folder, sites, LAW)
    monkeypatch.setattr(Product, "is_held_by_operators", lambda *_: False)
    path = released(folder(tmp_path, "leaking"), sites).folder
    assert not [
        leak for _, _, given in every_table(path, sites) for leak in (*margins(given, LAW), *implied_sums(given, LAW))
    ]
    assert {leak.where[0] for leak in operators(path, sites, LAW)} == {"stedin"}


def test_site_that_agrees_later_is_held_against_earlier_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Less the two that agree, the sum of then is that of two others; that of now is of many."""
    then = [simple(number, 10.0 + number) for number in range(4)]
    agreeing = [replace(one, agrees=(SITE,)) for one in then[:2]]
    now = [*agreeing, *then[2:], *(simple(number, 5.0 + number) for number in range(10, 20))]
    found = []
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        first, second = released(data, then).folder, released(data, now).folder
        found.append(operators(first, then, LAW, [(second, now)]))
        monkeypatch.setattr(make, "public_before", lambda *_: [])
        for module in ("operators", "operators_again"):
            monkeypatch.setattr(f"assets.release.{module}.telling_sites", lambda *_: set())
    assert not found[0]
    assert {leak.where[0] for leak in found[1]} == {"stedin"}


def test_operator_area_does_not_tell_who_is_outside_it(tmp_path: Path) -> None:
    """The country less an area is one firm."""
    inside = [simple(number, 10.0 + number) for number in range(6)]
    outside = [simple(50, 30.0, province="PV24", operator="liander")]
    path = released(folder(tmp_path), [*inside, *outside]).folder
    nation = read(path, TABLES[0])["offtake", 2023, "base"][(*COUNTRY[:4], "electricity", None)]
    area = [row for row in operator_rows(path)["stedin"] if row["operator_row_kind"] == "total"]
    assert nation.value is not None
    assert [row["figure_status"] for row in area] == ["withheld"]


def test_operator_area_is_held_against_earlier_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The country of then less the area, which did not change, is one firm; the country of now is many."""
    inside = [simple(number, 10.0 + number) for number in range(6)]
    outside = simple(50, 30.0, province="PV24", operator="liander")
    more = [simple(number, 9.0 + number / 7, province="PV24", operator="liander") for number in range(60, 70)]
    then, now = [*inside, outside], [*inside, outside, *more]
    found = []
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        first, second = released(data, then).folder, released(data, now).folder
        found.append(areas((first, then), (second, now), LAW))
        assert not areas((second, now), (second, now), LAW)
        monkeypatch.setattr(make, "public_before", lambda *_: [])
    assert not found[0]
    assert {leak.where[0] for leak in found[1]} == {"stedin"}


def test_operator_area_of_before_is_held_against_later_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The country of now less the area of then, which did not change, is one firm; then there were many others."""
    inside = [simple(number, 10.0 + number) for number in range(6)]
    outside = simple(50, 30.0, province="PV24", operator="liander")
    # Two in each province: too few for any figure but those of the country.
    served = {"PV20": "enexis", "PV24": "liander", "PV27": "westland_infra", "PV28": "coteq", "PV30": "rendo"}
    more = [
        simple(60 + number, 17.0 + number / 7, province=province, operator=operator)
        for number, (province, operator) in enumerate([*served.items()] * 2)
    ]
    then, now = [*inside, outside, *more], [*inside, outside]
    found = []
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        first, second = released(data, then).folder, released(data, now).folder
        found.append(areas((second, now), (first, then), LAW))
        monkeypatch.setattr(known, "carrier_in", lambda *_: None)
    assert not found[0]
    assert {leak.where[0] for leak in found[1]} == {"stedin"}
    monkeypatch.undo()
    second = releases(data, SETTINGS.round)[1]
    reasons = audited(data, SETTINGS, second, TIERS)["public_energy_demand"].reasons
    assert any(reason.startswith("een eerdere som van een gebied") for reason in reasons)


def test_operator_area_that_became_one_of_few_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """A small third firm left: what the sum of then tells about the two others, no figure of now adds to."""
    firms = [simple(number, 10.0 + number) for number in range(6)]
    hydrogen = [simple(20 + number, value, "hydrogen") for number, value in enumerate((10.0, 9.0, 1.5))]
    data = folder(tmp_path)
    first = released(data, [*firms, *hydrogen]).folder
    rows = [row for row in operator_rows(first)["stedin"] if row["carrier"] == "hydrogen"]
    assert {row["figure_status"] for row in rows} == {"shown"}
    assert released(data, [*firms, *hydrogen[:2]]).number == 2


def test_remainders_over_time(ours: Released, tmp_path: Path) -> None:
    then = [simple(number, 10.0 + number) for number in range(8)]
    now = [*then[:-1], replace(then[-1], uses={use: (a + 5, b + 90) for use, (a, b) in then[-1].uses.items()})]
    apart = [released(folder(tmp_path, name), some).folder for name, some in (("r1", then), ("r2", now))]
    assert remainders(apart[0], apart[1], (then, now), LAW)
    data = folder(tmp_path, "both")
    both = [released(data, some).folder for some in (then, now)]
    assert not remainders(both[0], both[1], (then, now), LAW)
    assert not remainders(ours.folders[0], ours.folders[1], (ours.sites[0], ours.sites[1]), LAW)


def test_site_that_was_seen_and_left_is_in_no_remainder(tmp_path: Path) -> None:
    """A large firm that agreed leaves while four others grow: the remainders differ by those four, and may be shown."""
    then = [simple(number, 10.0 + number) for number in range(8)]
    grown = [replace(one, uses={use: (a + 5, b + 90) for use, (a, b) in one.uses.items()}) for one in then[:4]]
    now = [*grown, *then[4:]]
    then = [*then, replace(simple(20, 500.0), agrees=(SITE,))]
    data = folder(tmp_path)
    both = [released(data, some).folder for some in (then, now)]
    rows = [row for path in both for row in operator_rows(path)["stedin"]]
    assert sorted(row["figure_status"] for row in rows if row["operator_row_kind"] == "remainder") == ["shown", "shown"]
    assert [row["kvk_number"] for row in rows if row["operator_row_kind"] == "site"] == [then[-1].kvk]
    assert not remainders(both[0], both[1], (then, now), LAW)


def test_parameters_stand_nowhere(tmp_path: Path) -> None:
    """Odd parameters, and every way in which they could stand in a file."""
    data = folder(tmp_path)
    rules = Rules(p_percent=13.377931, few_percent=11.119937, floor_per_mille=1.337719)
    released(data, random_sites(5, 20, 2), TierRules(rules, rules))
    secret = Secrets(frozenset({"13.377931", "11.119937", "1.337719"}), frozenset({13.377931, 11.119937, 1.337719}))
    assert not scan([data.root / "releases", data.records("proef")], secret).found
    (data.root / "releases" / "config.json").write_text('{"p": 13.377931}', encoding="utf-8")
    assert scan([data.root / "releases"], secret).found


def test_nobody_sees_who_agreed_to_be_recognised(tmp_path: Path) -> None:
    """A consent that unlocks nothing leaves the public files the same, and no file names who gave it."""
    sites = [simple(number, 10.0 + number) for number in range(6)]
    agreeing = [replace(sites[0], agrees=(RECOGNISED,)), *sites[1:]]
    data = [folder(tmp_path, name) for name in ("without", "with")]
    paths = [released(one, some).folder for one, some in zip(data, (sites, agreeing), strict=True)]
    for file in sorted(paths[0].glob("openbaar/*.parquet")):
        assert file.read_bytes() == (paths[1] / "openbaar" / file.name).read_bytes()
    assert not scan([paths[1] / "openbaar"], Secrets(frozenset({sites[0].kvk, RECOGNISED}), frozenset())).found


def test_intervals_of_two_releases(ours: Released) -> None:
    """A withheld cell that its margins tell too well, beside its figure of before."""
    then = {("x",): {**MANY, "z": 5.0}, ("y",): {"one": 2.0}, (None,): {**MANY, "z": 5.0, "one": 2.0}}
    now = {("x",): {**MANY, "z": 9.0}, ("y",): {"one": 2.0}, (None,): {**MANY, "z": 9.0, "one": 2.0}}
    before = seen({("x",): 80.0, ("y",): 2.0, (None,): 82.0}, then, "a")
    assert two_intervals(before, seen({("x",): None, ("y",): 2.0, (None,): 86.0}, now, "a"), LAW)
    old = {(table, stream): given for table, stream, given in every_table(*ours.one(FIRST))}
    for table, stream, given in every_table(*ours.one(SECOND)):
        if (table, stream) in old:
            assert not two_intervals(old[table, stream], given, LAW)


@pytest.fixture
def dagster_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DataFolder:
    for name in ("DAGSTER_HOME", "PCES_DATA", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PCES_DISCLOSURE_P", "13.377931")
    return folder(tmp_path)


def test_dagster_keeps_nothing_of_a_company(dagster_home: DataFolder) -> None:
    """Storage, event log, metadata and run records after a release through the job."""

    data = dagster_home
    sites = random_sites(5, 20, 2)
    write(data, sites)
    write_round(data.round_folder(SETTINGS.round), SETTINGS)
    assert make_release(data, SETTINGS.round, sure=True) == 0
    assert show_audit(data, SETTINGS.round, None) == 0
    secrets = secrets_of(data, SETTINGS)
    secrets = replace(secrets, texts=secrets.texts | {"13.377931"})
    found = scan([data.dagster_home], secrets)
    assert found.files > 3
    assert not found.found
    for path in data.root.glob("releases/**/openbaar"):
        assert not scan([path], secrets).found
    (data.dagster_home / "storage" / "sample.txt").parent.mkdir(exist_ok=True)
    (data.dagster_home / "storage" / "sample.txt").write_text(f"preview: {sites[0].kvk}", encoding="utf-8")
    assert scan([data.dagster_home], secrets).found
    assert show_audit(data, SETTINGS.round, None) == 1
