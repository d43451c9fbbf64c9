"""A form is filled in beforehand with what one company filed, the newest, and with nothing of another."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from assets.dialogue.form import Form, make_form
from assets.dialogue.guide import guide
from assets.dialogue.prefill import NothingFiled, earlier_filing
from assets.dialogue.template import template_bytes
from assets.intake.examine import Examined
from assets.intake.take_in import take_in
from assets.rounds import Round, write_round
from assets.sample.companies import generate
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Filing, Row
from assets.workbooks.write import write_xlsx

FIRST, SECOND = "2025-1", "2026-1"
Rows = dict[str, list[Row]]


@pytest.fixture(scope="module")
def companies() -> list[Filing]:
    return generate(11, 3, SECOND)


@pytest.fixture(scope="module")
def data(companies: list[Filing], tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Two rounds: the first company filed in both, the second in the first only, the third in neither."""
    data = DataFolder(tmp_path_factory.mktemp("data"))
    for name, filed in ((FIRST, companies[:2]), (SECOND, companies[:1])):
        settings = Round(round=name)
        write_round(data.round_folder(name), settings)
        for filing in filed:
            own = filing.copy()
            day = dt.date(int(name[:4]), 3, 31)
            own.row("submission").update(round=name, submitted_on=day)
            own.row("site")["site_name"] = f"Vestiging {name}"
            write_xlsx(own, data.round_folder(name) / f"{filing.name}.xlsx", settings.years)
        take_in(data, settings)
    return data


def kvk(filing: Filing) -> str:
    return filing.row("company")["kvk_number"]


def told_of(form: Form) -> str:
    """What the form says of what was filled in."""
    return next(line.text for line in guide(form) if line.label == "Vooraf ingevuld")


def test_newest_filing_of_the_company_and_of_no_other(data: DataFolder, companies: list[Filing]) -> None:
    found = earlier_filing(data, kvk(companies[0]), Round(round="2027-1"))
    assert found.round == SECOND
    assert found.tables["site"][0]["site_name"] == f"Vestiging {SECOND}"
    assert [row["kvk_number"] for row in found.tables["company"]] == [kvk(companies[0])]
    only_first = earlier_filing(data, kvk(companies[1]), Round(round="2027-1"))
    assert only_first.round == FIRST
    assert [row["kvk_number"] for row in only_first.tables["company"]] == [kvk(companies[1])]


def test_the_round_itself_comes_first_and_its_filing_is_replaced(data: DataFolder, companies: list[Filing]) -> None:
    found = earlier_filing(data, kvk(companies[0]), Round(round=FIRST))
    assert found.round == FIRST
    assert len(found.tables["submission"][0]["replaces_submission"]) == 16
    assert found.tables["submission"][0]["submitted_on"] is None
    other = earlier_filing(data, kvk(companies[0]), Round(round="2027-1"))
    assert other.tables["submission"][0]["replaces_submission"] is None


def test_years_that_are_not_asked_are_counted(data: DataFolder, companies: list[Filing]) -> None:
    every = earlier_filing(data, kvk(companies[0]), Round(round="2027-1"))
    assert every.left_out == {}
    fewer = earlier_filing(data, kvk(companies[0]), Round(round="2027-1", target_years=(2030, 2040)))
    demand = every.tables["energy_demand"]
    lost = {year: sum(row["year"] == year for row in demand) for year in (2025, 2027, 2035, 2050)}
    assert fewer.left_out == lost
    assert min(lost.values()) > 0
    assert len(fewer.tables["energy_demand"]) == len(demand) - sum(lost.values())


def test_consent_is_given_anew(data: DataFolder, companies: list[Filing]) -> None:
    filed = read_table(data, "consent", SECOND)
    assert filed.num_rows > 0
    found = earlier_filing(data, kvk(companies[0]), Round(round=SECOND))
    assert found.tables["consent"] == []
    assert "die geeft u bij elke opgave opnieuw" in told_of(make_form(Round(round=SECOND), found.tables, SECOND))


def test_a_plan_is_no_actual_of_a_new_base_year(data: DataFolder, companies: list[Filing]) -> None:
    before = earlier_filing(data, kvk(companies[0]), Round(round="2027-1")).tables
    later = Round(round="2027-1", base_year=2025, target_years=(2027, 2030, 2035, 2040, 2050))
    found = earlier_filing(data, kvk(companies[0]), later)
    demand = found.tables["energy_demand"]
    in_base_year = [row for row in demand if row["year"] == 2025]
    assert {row["scenario"] for row in demand if row["year"] != 2025} == {"plan_low", "plan", "plan_high"} & {
        row["scenario"] for row in before["energy_demand"]
    }
    streams = [row for row in before["energy_demand"] if row["scenario"] == "base"]
    assert len(in_base_year) == len(streams) > 0
    assert {row["scenario"] for row in in_base_year} == {"base"}
    assert {(row["value"], row["peak_mw"], row["not_filed_reason"]) for row in in_base_year} == {(None, None, None)}
    plans = sum(row["year"] == 2025 and row["scenario"] != "base" for row in before["energy_demand"])
    assert found.left_out == {2023: len(streams), 2025: plans}
    assert {row["co2_base_year_t"] for row in found.tables["site"]} == {None}
    assert {row["co2_base_year_t"] for row in before["site"]} != {None}
    assert [row["site_id"] for row in found.tables["site"]] == [row["site_id"] for row in before["site"]]


@pytest.mark.parametrize(("rows", "said"), [(0, ""), (1, "1 regel afgekeurd; die is"), (2, "2 regels afgekeurd")])
def test_refused_rows_are_counted_and_not_filled_in(
    rows: int, said: str, companies: list[Filing], tmp_path: Path
) -> None:
    data, settings = DataFolder(tmp_path), Round(round=SECOND)
    own = companies[0].copy()
    for row in own.rows("connection")[:rows]:
        row["carrier"] = "turf"
    write_round(data.round_folder(SECOND), settings)
    write_xlsx(own, data.round_folder(SECOND) / "b.xlsx", settings.years)
    take_in(data, settings)
    found = earlier_filing(data, kvk(own), settings)
    assert found.refused == rows
    assert len(found.tables["connection"]) == len(own.rows("connection")) - rows
    text = told_of(make_form(settings, found.tables, SECOND, refused=found.refused))
    assert said in text
    assert ("afgekeurd" in text) == bool(rows)


@pytest.mark.parametrize("number", ["00000000", "", "1' or '1'='1", "*"])
def test_nothing_filed(data: DataFolder, number: str) -> None:
    with pytest.raises(NothingFiled, match="geen enkele ronde"):
        earlier_filing(data, number, Round(round=SECOND))


def test_nothing_filed_without_any_table(tmp_path: Path) -> None:
    with pytest.raises(NothingFiled):
        earlier_filing(DataFolder(tmp_path), "12345678", Round(round=""))


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ".zip"])
def test_prefilled_form_is_the_filing_again(
    ending: str,
    data: DataFolder,
    companies: list[Filing],
    examined: Callable[..., Examined],
    kept: Callable[[Examined, str], Rows],
    tmp_path: Path,
) -> None:
    earlier = earlier_filing(data, kvk(companies[0]), Round(round=SECOND))
    earlier.tables["submission"][0]["submitted_on"] = dt.date(2026, 4, 30)
    before = data.round_folder(SECOND) / f"{companies[0].name}.xlsx"
    path = tmp_path / f"opnieuw{ending}"
    path.write_bytes(template_bytes(make_form(Round(round=SECOND), earlier.tables, SECOND), ending))
    result = examined({"before": before, "after": path})
    rules = {
        name: sorted(f["rule"] for f in result.findings if f["submission_id"] == name) for name in ("before", "after")
    }
    assert rules["after"] == rules["before"]
    old, new = kept(result, "before"), kept(result, "after")
    assert new.pop("submission") != old.pop("submission")
    assert old.pop("consent")
    assert new == old


def test_form_shows_labels_and_leaves_the_date_open(data: DataFolder, companies: list[Filing]) -> None:
    earlier = earlier_filing(data, kvk(companies[0]), Round(round=SECOND))
    form = make_form(Round(round=SECOND), earlier.tables, SECOND)
    book = openpyxl.load_workbook(io.BytesIO(template_bytes(form, ".xlsx")))
    submission = {book["Indiening"].cell(4, at).value: book["Indiening"].cell(5, at).value for at in range(1, 8)}
    assert submission["Ronde"] == SECOND
    assert submission["Datum van indiening"] is None
    scenarios = {str(row[1].value) for row in book["Energievraag"].iter_rows(min_row=5) if row[1].value}
    assert scenarios <= {"Basisjaar", "Plan laag", "Plan", "Plan hoog"}
    assert "Basisjaar" in scenarios
