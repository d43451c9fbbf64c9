"""A round beside a second source: the previous round, the EU ETS, the province; and where nothing is said."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.intake import bounded, lists
from assets.intake import judge as judging
from assets.intake.compare import notes
from assets.intake.reference_files import load_reference
from assets.intake.take_in import take_in
from assets.rounds import Round, RoundError, read_round, write_round
from assets.sample.edits import add, demand, put
from assets.sample.figures import ean
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_xlsx
from blueprint.load import blueprint

Edit = Callable[[Filing], None]
Valid = Callable[[], Filing]
YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
BEFORE = "2025-1"
ALL_FILINGS = {rule.id for rule in blueprint().rules.values() if rule.check in ("round", "previous")}
SECOND = ALL_FILINGS - {"ean_in_two_filings"}
HEAT_BASE, THIRD_SITE = 8, 4


def both(*edits: Edit) -> Edit:
    def edit(filing: Filing) -> None:
        for one in edits:
            one(filing)

    return edit


def heat(base: float) -> Edit:
    return demand("heat", years=[2023], value=base)


def third(**values: Any) -> Edit:
    given = {"site_id": "V3", "municipality_code": "GM0664", "is_ets": False, "industrial_cluster": "cluster6"}
    return add("site", **{**given, **values})


def power(gwh: float) -> Edit:
    """Electricity of the third site in the base year."""
    row = {"site_id": "V3", "year": 2023, "scenario": "base", "use": "energetic", "direction": "offtake"}
    more = {"carrier": "electricity", "unit": "GWh", "value": gwh, "peak_mw": gwh / 5, "origin": "metered"}
    return add("energy_demand", **row, **more)


def renamed(old: str, new: str) -> Edit:
    def edit(filing: Filing) -> None:
        for rows in filing.tables.values():
            for row in rows:
                if row.get("site_id") == old:
                    row["site_id"] = new

    return edit


def nothing(filing: Filing) -> None:
    return None


fresh = demand("heat", years=[2050], value=37.0)
other_heat = both(fresh, third(branch_number="000098000001"))
waste = add(
    "energy_demand", site_id="V1", year=2023, scenario="base", carrier="waste", use="energetic", direction="offtake",
    value=100.0, unit="TJ", origin="metered",
)  # fmt: skip

# Per company: what it filed before (None: nothing), what it files now, and what must be said about which cell.
CASES: dict[str, tuple[Edit | None, Edit, set[tuple[str, str, str, int]]]] = {
    "nothing before": (None, nothing, set()),
    "copied": (nothing, nothing, {("previous_copied", "company", "kvk_number", 2)}),
    "one figure renewed": (nothing, fresh, set()),
    "one figure more": (nothing, both(third(), power(4.0)), set()),
    "more than twice": (heat(14.9), nothing, {("previous_change", "energy_demand", "value", HEAT_BASE)}),
    "less than half": (heat(60.1), nothing, {("previous_change", "energy_demand", "value", HEAT_BASE)}),
    "twice": (heat(15.0), nothing, set()),
    "next to nothing": (
        both(heat(30.0), third(), power(0.02)),
        both(fresh, third(), power(0.2)),
        set(),
    ),
    "a thousandth": (heat(0.03), nothing, {("previous_jump", "energy_demand", "value", HEAT_BASE)}),
    "site gone": (third(site_name="Oude hal"), fresh, {("previous_site_gone", "company", "kvk_number", 2)}),
    "site with another code": (third(site_id="V9", branch_number="000098000001"), other_heat, set()),
    "site with the same meter": (renamed("V2", "OUD"), fresh, set()),
    "code used for another site": (
        third(branch_number="000098000002"),
        other_heat,
        {("previous_site_gone", "company", "kvk_number", 2)},
    ),
    "site refused": (third(), both(fresh, third(municipality_code="GM9999")), set()),
    "ETS as filed": (None, nothing, set()),
    "ETS twice the fuel": (
        None,
        nothing,
        {("ets_versus_energy", "site", "co2_base_year_t", 2), ("ets_filed_other", "site", "co2_base_year_t", 2)},
    ),
    "ETS a fifth more": (None, nothing, {("ets_filed_other", "site", "co2_base_year_t", 2)}),
    "ETS with waste": (None, both(waste, put("site", "co2_base_year_t", 60_000.0)), set()),
    "ETS denied": (None, put("site", "branch_number", "000098000003", 1), {("ets_denied", "site", "is_ets", 3)}),
    "ETS of another year": (None, nothing, set()),
    "half of Groningen": (None, both(third(municipality_code="GM0014"), power(10.0)), set()),
    "quarter of Groningen": (None, both(third(municipality_code="GM0014"), power(5.0)), set()),
    "other quarter of Groningen": (None, both(third(municipality_code="GM0014"), power(5.0)), set()),
    "most of Drenthe": (
        None,
        both(third(municipality_code="GM0106"), power(11.0)),
        {("province_share_high", "site", "municipality_code", THIRD_SITE)},
    ),
    "some of Drenthe": (None, both(third(municipality_code="GM0106"), power(5.0)), set()),
    "the rest of Drenthe": (None, both(third(municipality_code="GM0106"), power(5.0)), set()),
    "most of Flevoland, with one other": (None, both(third(municipality_code="GM0034"), power(11.0)), set()),
    "the rest of Flevoland": (None, both(third(municipality_code="GM0034"), power(5.0)), set()),
    "Enexis in Utrecht": (
        None,
        put("connection", "grid_operator", "enexis"),
        {("operator_elsewhere", "connection", "grid_operator", 2)},
    ),
    "TenneT at 20 kV": (
        None,
        put("connection", "grid_operator", "tennet", 2),
        {("operator_voltage", "connection", "voltage_level_kv", 4)},
    ),
}
NUMBERS = {name: number for number, name in enumerate(CASES, start=1)}
EMISSIONS = {
    "ETS as filed": {"verified_emissions_t": "20000"},
    "ETS twice the fuel": {"verified_emissions_t": "40000"},
    "ETS a fifth more": {"verified_emissions_t": "24000"},
    "ETS with waste": {"verified_emissions_t": "60000"},
    "ETS denied": {"nea_permit_number": "NL-9", "verified_emissions_t": "5500", "branch_number": "000098000003"},
    "ETS of another year": {"verified_emissions_t": "90000", "year": "2021"},
}


def permit(name: str) -> str:
    return f"NL-2099{NUMBERS[name]:05d}"


def write_filing(folder: Path, name: str, edit: Edit, valid: Valid, round_name: str) -> None:
    filing = valid()
    number = NUMBERS[name]
    filing.row("company")["kvk_number"] = f"98{number:06d}"
    filing.row("submission")["round"] = round_name
    filing.row("site")["nea_permit_number"] = permit(name)
    for index, row in enumerate(filing.rows("connection")):
        row["ean_code"] = ean(number, 1, index)
    edit(filing)
    write_xlsx(filing, folder / f"{name}.xlsx", YEARS)


def emissions_file(path: Path, rows: list[dict[str, str]], delimiter: str = ";") -> Path:
    names = blueprint().tables["ets_emissions"].field_names
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Read in this process and leave the columns out: both are tested elsewhere and take the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])
        patch.setattr(lists, "read_many", bounded.read_many)
        patch.setattr(judging, "failing_rows", lambda table, rows: [])
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, settings: Round, valid: Valid, quick: None) -> DataFolder:
    """A round that was taken in after its previous round and after emissions were loaded."""
    data = DataFolder(tmp_path_factory.mktemp("tweede-bron"))
    rounds = (settings.model_copy(update={"round": BEFORE}), settings.model_copy(update={"previous_round": BEFORE}))
    for one in rounds:
        write_round(data.round_folder(one.round), one)
        for name, (before, now, _) in CASES.items():
            edit = before if one.round == BEFORE else now
            if edit is not None:
                write_filing(data.round_folder(one.round), name, edit, valid, one.round)
    rows = [
        {"nea_permit_number": permit(name), "installation_name": name, "year": "2023", **given}
        for name, given in EMISSIONS.items()
    ]
    path = emissions_file(data.root / "ets.csv", rows)
    assert load_reference(data, "ets_emissions", path, "verzonnen").kept
    for one in rounds:
        take_in(data, one)
    return data


@pytest.fixture(scope="module")
def found(data: DataFolder, settings: Round) -> list[dict[str, Any]]:
    return read_table(data, "findings", settings.round).to_pylist()


@pytest.mark.parametrize("name", CASES)
def test_beside_a_second_source(name: str, found: list[dict[str, Any]]) -> None:
    mine = [f for f in found if f["file"] == f"{name}.xlsx" and f["rule"] in SECOND]
    assert {(f["rule"], f["table_name"], f["field_name"], f["row_number"]) for f in mine} == CASES[name][2]
    assert all(f["cell"] for f in mine)
    assert not [f["message"] for f in mine if re.search(r"[{}]|None|nan|''", f["message"])]


def test_every_rule_beside_a_second_source_is_shown() -> None:
    assert {rule for _, _, said in CASES.values() for rule, *_ in said} == SECOND


def test_what_is_said_names_both_figures(found: list[dict[str, Any]]) -> None:
    by_rule = {(f["file"], f["rule"]): f["message"] for f in found}
    assert "factor 1.000" in by_rule["a thousandth.xlsx", "previous_jump"]
    assert "(0,03 TJ)" in by_rule["a thousandth.xlsx", "previous_jump"]
    assert "V3 (Oude hal)" in by_rule["site gone.xlsx", "previous_site_gone"]
    assert "20.022 ton" in by_rule["ETS twice the fuel.xlsx", "ets_versus_energy"]
    assert "40.000 ton" in by_rule["ETS twice the fuel.xlsx", "ets_versus_energy"]
    assert by_rule["copied.xlsx", "previous_copied"].endswith("Licht het toe in de kolom Toelichting van deze regel.")


def test_share_of_a_province_tells_nothing_of_other_companies(found: list[dict[str, Any]]) -> None:
    (share,) = [f for f in found if f["rule"] == "province_share_high"]
    assert blueprint().rules["province_share_high"].audience == "analyst"
    assert (share["severity"], share["value_as_filed"], share["allowed"]) == ("info", "Drenthe", None)
    assert not re.search(r"[0-9%]", share["message"])
    assert "Licht het toe" not in share["message"]


def test_a_previous_round_that_never_ran_is_noted(tmp_path: Path, settings: Round, valid: Valid) -> None:
    data = DataFolder(tmp_path)
    write_round(data.round_folder(BEFORE), settings.model_copy(update={"round": BEFORE}))
    now = settings.model_copy(update={"previous_round": BEFORE})
    write_round(data.round_folder(now.round), now)
    write_filing(data.round_folder(now.round), "copied", nothing, valid, now.round)
    assert take_in(data, now).states == {"accepted": 1}
    (note,) = notes(data, now)
    assert f"'{BEFORE}' is niet doorgerekend" in note
    assert notes(data, settings) == []


@pytest.mark.parametrize(
    ("previous", "said"),
    [("2025-2", "Bedoelt u '2025-1'?"), ("2026-1", "haar eigen vorige ronde"), ("heel anders", "klopt niet")],
)
def test_a_previous_round_must_exist(tmp_path: Path, settings: Round, previous: str, said: str) -> None:
    write_round(tmp_path / BEFORE, settings.model_copy(update={"round": BEFORE}))
    write_round(tmp_path / settings.round, settings.model_copy(update={"previous_round": previous}))
    with pytest.raises(RoundError, match=re.escape(said)):
        read_round(tmp_path / settings.round)
