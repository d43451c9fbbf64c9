"""Checks the whole way from workbooks to province figures on open data, against the figures that were published.

The province figures have 8 decimals of a TJ, so the smallest (paper, oil: half a thousandth of a TJ) are not known to
1e-6 of themselves: there 1e-8 TJ is asked.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from assets.check_list import CHECKS
from assets.checks import breaches
from assets.intake.expected import write_expected
from assets.intake.take_in import TakenIn, take_in
from assets.recipes import RECIPES, make
from assets.rounds import read_round
from assets.sample.open_data import published
from assets.sample.rounds import write_open_data_round
from assets.store import DataFolder, read_table

ROUND = "open-data-2023"
RELATIVE, ABSOLUTE_TJ = 1e-6, 1e-8
# Counted in the source: gemeenten, gemeenten by sector of ours, and published cells in our codes.
FILES, MUNICIPALITIES, CELLS = 112, 26, 28


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataFolder, TakenIn]:
    data = DataFolder(tmp_path_factory.mktemp("open"))
    assert write_open_data_round(data.raw, ROUND) == FILES
    settings = read_round(data.round_folder(ROUND))
    taken = take_in(data, settings)
    write_expected(data, settings)
    for recipe in RECIPES:
        make(data, settings, recipe)
    return data, taken


def cells(data: DataFolder, sector_all: bool = False) -> dict[tuple[str, str, str], Decimal | None]:
    """PJ in Utrecht per sector, carrier and use."""
    return {
        (row["sector"], row["carrier"], row["use"]): row["energy_pj"]
        for row in read_table(data, "pmiek_energy_demand", ROUND).to_pylist()
        if row["province_code"] == "PV26" and (row["sector"] == "all") == sector_all
    }


def test_every_file_is_accepted(run: tuple[DataFolder, TakenIn]) -> None:
    data, taken = run
    assert taken.received == FILES
    assert set(taken.states) <= {"accepted", "accepted_with_remarks"}
    assert taken.severities.get("error", 0) == 0
    places = set(read_table(data, "site_place", ROUND).column("municipality_code").to_pylist())
    assert len(places) == MUNICIPALITIES


def test_units_were_mixed(run: tuple[DataFolder, TakenIn]) -> None:
    units = read_table(run[0], "energy_demand", ROUND).column("unit").to_pylist()
    assert set(units) == {"TJ", "GWh", "MWh", "PJ"}


def test_province_equals_what_was_published_cell_by_cell(run: tuple[DataFolder, TakenIn]) -> None:
    found = cells(run[0])
    answers = published()
    assert len(answers) == CELLS
    for answer in answers:
        pj = found[(answer.sector, answer.carrier, answer.use)]
        assert pj is not None, answer
        assert float(pj) * 1000 == pytest.approx(answer.tj, rel=RELATIVE, abs=ABSOLUTE_TJ), answer


def test_what_was_not_published_is_not_filed(run: tuple[DataFolder, TakenIn]) -> None:
    answers = {(answer.sector, answer.carrier, answer.use) for answer in published()}
    rows = read_table(run[0], "pmiek_energy_demand", ROUND).to_pylist()
    shown = {
        (row["province_code"], row["sector"], row["carrier"], row["use"])
        for row in rows
        if row["sector"] != "all" and row["cell_status"] != "not_filed"
    }
    assert shown == {("PV26", *answer) for answer in answers}
    assert {(row["year"], row["scenario"], row["direction"]) for row in rows} == {(2023, "base", "offtake")}


def test_all_sectors_together_equal_what_was_published(run: tuple[DataFolder, TakenIn]) -> None:
    whole = sum(float(pj) for pj in cells(run[0], sector_all=True).values() if pj is not None)
    assert whole * 1000 == pytest.approx(sum(answer.tj for answer in published()), rel=RELATIVE)


def test_every_check_holds(run: tuple[DataFolder, TakenIn]) -> None:
    data, _ = run
    settings = read_round(data.round_folder(ROUND))
    assert {check.name: breaches(data, settings, check) for check in CHECKS} == {check.name: 0 for check in CHECKS}
