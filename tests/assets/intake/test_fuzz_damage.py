"""Damage by chance ends in a finding, or in rows that a second reader reads too; it never stops a round.

A short run of the engine in `tests/fuzz`; the long one is `python -m benchmarks.fuzz`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assets.intake.take_in import take_in
from assets.rounds import write_round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint
from tests.fuzz.damage import draw_damage, try_damage
from tests.fuzz.filings import SETTINGS, draw_filing
from tests.fuzz.forms import FORMATS, Format, make_form
from tests.fuzz.second_reader import disagreements, read_again, stands_there

SEED, NUMBER = 20_262, 200


def test_damage_ends_in_a_finding_or_in_what_a_second_reader_reads(tmp_path: Path) -> None:
    judged = list(try_damage(draw_damage(SEED, NUMBER), tmp_path))
    assert [(one.damaged.name, one.outcome, one.wrong) for one in judged if one.wrong] == []
    counted = Counter(one.outcome for one in judged)
    assert sum(counted.values()) == NUMBER
    assert min(counted[kind] for kind in ("refused as a file", "read and agreed", "returned")) > NUMBER / 50


def test_same_seed_same_damage() -> None:
    assert [one.data for one in draw_damage(5, 12)] == [one.data for one in draw_damage(5, 12)]


def test_damaged_files_do_not_stop_a_round_nor_change_the_good_ones(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    folder = data.round_folder(SETTINGS.round)
    write_round(folder, SETTINGS)
    good = {}
    for number, kind in enumerate(FORMATS):
        filing = draw_filing(900 + number)
        filing.row("company")["kvk_number"] = f"9700000{number}"
        form = make_form(filing, kind)
        (folder / f"goed{number}.{'zip' if form.is_csv else kind}").write_bytes(form.data())
        good[f"9700000{number}"] = len(filing.rows("energy_demand"))
    # what is damaged may not be one of these companies
    for number, one in enumerate(draw_damage(SEED + 1, 60)):
        (folder / f"stuk{number:02d}").write_bytes(one.data)
    take_in(data, SETTINGS)
    register = {row["file"]: row for row in read_table(data, "register", SETTINGS.round).to_pylist()}
    assert len(register) == 64
    states = {row["state"] for name, row in register.items() if name.startswith("goed")}
    assert states == {"accepted"}
    ids = {row["submission_id"]: row["kvk_number"] for name, row in register.items() if name.startswith("goed")}
    rows = Counter(read_table(data, "energy_demand", SETTINGS.round).column("submission_id").to_pylist())
    assert {kvk: rows[submission] for submission, kvk in ids.items()} == good
    for row in read_table(data, "submission_status", SETTINGS.round).to_pylist():
        assert row["rows_in"] == row["rows_accepted"] + row["rows_refused"]
    found = read_table(data, "findings", SETTINGS.round).to_pylist()
    assert {row["file"] for row in found} >= {n for n, r in register.items() if r["state"] == "unreadable"}
    assert not {row["rule"] for row in found} & {"reader_crashed", "reader_timeout", "reader_memory"}


# --- the second reader itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "name", "accepted", "shown", "same"),
    [
        ("energy_demand", "value", 1234.5, 1234.5, True),
        ("energy_demand", "value", 1234.5, "1.234,5", True),
        ("energy_demand", "value", 1234.5, 1234.6, False),
        ("energy_demand", "value", 1234.5, None, False),
        ("energy_demand", "value", None, 3.0, False),
        ("energy_demand", "value", None, "  ", True),
        ("energy_demand", "carrier", "electricity", "Elektriciteit ", True),
        ("energy_demand", "carrier", "electricity", "Aardgas", False),
        ("project", "depends_on", "grid_connection;permit", "Netaansluiting; Vergunning", True),
        ("project", "depends_on", "grid_connection;permit", "Netaansluiting", False),
        ("project", "commissioning_date", dt.date(2029, 1, 2), dt.datetime(2029, 1, 2), True),
        ("project", "commissioning_date", dt.date(2029, 1, 2), 47_120.0, True),
        ("project", "commissioning_date", dt.date(2029, 1, 2), "03-01-2029", False),
        ("connection", "request_pending", True, "ja", True),
        ("connection", "request_pending", True, "nee", False),
        ("company", "kvk_number", "98000001", 98000001.0, True),
        ("company", "kvk_number", "98000001", "98000010", False),
    ],
)
def test_second_reader_knows_what_stands_there(table: str, name: str, accepted: Any, shown: Any, same: bool) -> None:
    assert stands_there(blueprint().tables[table].field(name), accepted, shown) is same


@pytest.mark.parametrize("kind", FORMATS)
def test_second_reader_sees_another_value(kind: Format) -> None:
    form = make_form(draw_filing(3), kind)
    sheets = read_again(form.data())
    place = form.place("site", "site_name", 2)
    came = form.at(place)[0]
    columns = {("site", name, ""): (form.name("site"), at) for at, (name, _) in enumerate(form.columns("site"), 1)}
    accepted = {("site", 2, ""): came.values}
    for read in sheets:
        assert list(disagreements(accepted, columns, read)) == []
        other = {("site", 2, ""): {**came.values, "site_name": "een andere"}}
        assert len(list(disagreements(other, columns, read))) == 1
        shifted = {**columns, ("site", "city", ""): columns["site", "street", ""]}
        assert len(list(disagreements(accepted, shifted, read))) == 2
