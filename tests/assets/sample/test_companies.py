"""The fictional companies: reproducible, complete over provinces and sectors, and believable under the rules."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from pathlib import Path

import pytest

from assets.intake.examine import Received, examine
from assets.intake.operators import default_areas
from assets.rounds import Round
from assets.sample.companies import ROUND, generate
from assets.sample.figures import check_digit, ean
from assets.sample.profiles import SECTOR_CYCLE
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_xlsx
from blueprint.geography import places
from blueprint.load import blueprint

YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)


@pytest.fixture(scope="module")
def filings() -> list[Filing]:
    return generate()


def test_same_seed_same_companies(filings: list[Filing]) -> None:
    assert generate() == filings
    assert generate(seed=1) != filings


def test_more_companies_begin_with_the_same_ones(filings: list[Filing]) -> None:
    assert generate(companies=70)[:60] == filings


def test_every_sector_and_province(filings: list[Filing]) -> None:
    sectors = {filing.row("company")["sector"] for filing in filings}
    assert sectors == {code.code for code in blueprint().codes["sectors"].filed}
    codes = [site["municipality_code"] for filing in filings for site in filing.rows("site")]
    provinces = {places.province_of(code, 2025) for code in codes}
    assert provinces == {code.code for code in blueprint().codes["provinces"].filed}
    assert any(len(filing.rows("site")) > 1 for filing in filings)


def test_all_sectors_meet_all_provinces() -> None:
    assert math.gcd(len(SECTOR_CYCLE), 12) == 1


def test_no_company_is_real(filings: list[Filing]) -> None:
    many = generate(companies=500)
    names = [filing.row("company")["company_name"] for filing in many]
    assert all("(fictief)" in name for name in names)
    assert len(set(names)) == len(names)
    numbers = [filing.row("company")["kvk_number"] for filing in many]
    assert all(re.fullmatch(r"9\d{7}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_check_digit_of_known_codes() -> None:
    assert blueprint().fields["ean_code"].example == "87168710000000001" + check_digit("87168710000000001")
    assert check_digit("400638133393") == "1"  # the worked example of GS1
    assert ean(0, 1, 1)[-1] == check_digit(ean(0, 1, 1)[:-1])


def test_ean_codes_are_valid_and_unique(filings: list[Filing]) -> None:
    codes = [row["ean_code"] for filing in filings for row in filing.rows("connection")]
    assert len(set(codes)) == len(codes) > 60
    for code in codes:
        assert len(code) == 18
        weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(code))
        # 18 digits: weight 3 on the odd places, 1 on the even ones, and the last digit makes it a multiple of ten
        assert weighted % 10 == 0


def test_variety(filings: list[Filing]) -> None:
    rows = [row for filing in filings for row in filing.rows("energy_demand")]
    units = Counter(row["unit"] for row in rows)
    assert {"MWh", "GWh", "TJ", "m3", "mln_m3", "t"} <= set(units)
    assert {row["scenario"] for row in rows} == {"base", "plan", "plan_low", "plan_high"}
    assert {"electricity", "natural_gas", "hydrogen", "heat", "steam", "co2"} <= {row["carrier"] for row in rows}
    assert {"energetic", "feedstock"} == {row["use"] for row in rows}
    assert {"offtake", "supply"} == {row["direction"] for row in rows}
    assert any(row["heating_value_basis"] == "HHV" and row["unit"] == "MWh" for row in rows)
    for table in ("project", "flexibility", "bottleneck", "consent"):
        assert sum(len(filing.rows(table)) for filing in filings) > 10, table


def test_clean_filings_pass_the_examination(filings: list[Filing], tmp_path: Path) -> None:
    received = []
    for filing in filings:
        path = tmp_path / f"{filing.name}.xlsx"
        write_xlsx(filing, path, YEARS)
        received.append(Received(hashlib.sha256(path.read_bytes()).hexdigest()[:16], path, path.name))
    examined = examine(received, Round(round=ROUND))
    found = [
        (f["file"], f["rule"], f["cell"], f["value_as_filed"]) for f in examined.findings if f["severity"] != "info"
    ]
    assert found == []
    filed = sum(len(filing.rows("energy_demand")) for filing in filings)
    assert examined.accepted["energy_demand"].num_rows == filed


def test_operators_serve_the_places_of_their_connections(filings: list[Filing]) -> None:
    served = {(r["municipality_code"], r["carrier"], r["grid_operator"]) for r in default_areas().to_pylist()}
    national = blueprint().codes["grid_operators"].where("serves", "national")
    for filing in filings:
        place = {site["site_id"]: site["municipality_code"] for site in filing.rows("site")}
        for row in filing.rows("connection"):
            here = (place[row["site_id"]], row["carrier"], row["grid_operator"])
            assert row["grid_operator"] in national or here in served, here
            if row["carrier"] == "electricity":
                assert (row["grid_operator"] == "tennet") == (row["voltage_level_kv"] >= 110)
