"""Rows of filings of which nothing changed are carried over: the same bytes as when all is made, and less is made."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

import pytest

from assets import carried, recipes
from assets.files import file_hash
from assets.recipes import RECIPES, Recipe, make
from assets.rounds import Round
from assets.store import DataFolder, write_table
from tests.assets.given import ROUND, Filed, Row, completed

CARRIED = [recipe for recipe in RECIPES if recipe.by_filing]
FILED = ("company", "site", "connection", "energy_demand", "project", "flexibility")
SETTINGS = Round(round=ROUND)
Filings = dict[str, Filed]


def filing(rng: random.Random, company: int) -> Filed:
    """A filing of one company with up to three sites; the company may have put nothing but its name in it."""
    filed: Filed = {"company": [{"kvk_number": f"{10_000_000 + company}", "company_name": f"Bedrijf {company}"}]}
    for name in FILED[1:]:
        filed[name] = []
    for number in range(rng.randrange(4)):
        site = {"site_id": f"V{number}"}
        filed["site"].append({**site, "municipality_code": rng.choice(["GM0344", "GM0193"])})
        filed["connection"].append({**site, "connection_id": f"A{number}", "contracted_offtake_mw": rng.uniform(1, 9)})
        filed["energy_demand"].append({**site, "value": rng.uniform(1, 99)})
        filed["flexibility"].append({**site, "flex_direction": "less_offtake", "flexible_mw": rng.uniform(1, 9)})
        plan = {"year": 2030, "scenario": "plan", "value": rng.uniform(1, 99)}
        filed["energy_demand"].append({**site, **plan})
        project: Row = {"project_id": f"P{number}", "carrier_to": "electricity", "delta_value": 2.0, "delta_unit": "TJ"}
        project["commissioning_date"] = dt.date(2030, 1, 1)
        filed["project"].append({**site, **project})
    return filed


def put(data: DataFolder, filings: Filings) -> None:
    """Write the accepted rows of these filings as the intake does: in the order of filings, with a note."""
    keys = {name: carried.key_of("rules", name) for name in filings}
    for table in FILED:
        rows = [{**row, "submission_id": name} for name in sorted(filings) for row in filings[name][table]]
        carried.note(data, table, ROUND, write_table(data, table, ROUND, completed(table, *rows)), keys)


def made(data: DataFolder, settings: Round = SETTINGS) -> dict[str, str]:
    """Every table that is made filing by filing, made anew as far as it must: the hash of each file."""
    for recipe in CARRIED:
        make(data, settings, recipe)
    return {recipe.table: file_hash(data.table(recipe.table, ROUND)) for recipe in CARRIED}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Of which filings rows were asked, each time that a table was made."""
    seen: list[set[str]] = []
    real = recipes.relation_of

    def relation_of(connection, recipe: Recipe, settings: Round):
        table = {"site_path": "site_demand", "site_project_step": "site_project"}.get(recipe.table, "company")
        seen.append({name for (name,) in connection.sql(f"select distinct submission_id from {table}").fetchall()})
        return real(connection, recipe, settings)

    monkeypatch.setattr(recipes, "relation_of", relation_of)
    return seen


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "carried")


def filings(count: int = 12, seed: int = 1) -> Filings:
    return {f"s{number:02}": filing(random.Random(f"{seed} {number}"), number) for number in range(count)}


def test_tables_that_are_carried_over_are_those_of_sites() -> None:
    names = {"site_place", "site_demand", "site_connection", "site_flexibility", "site_project"}
    assert {recipe.table for recipe in CARRIED} == names | {"site_project_step", "site_path"}


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_the_bytes_are_those_of_a_first_run(data: DataFolder, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    there = filings(seed=seed)
    put(data, there)
    made(data)
    for step in range(3):
        gone = rng.choice(sorted(there))
        company = int(there.pop(gone)["company"][0]["kvk_number"]) - 10_000_000
        if rng.random() < 0.7:
            there[f"{rng.choice('arz')}{step}"] = filing(rng, company)
        there[f"n{step}"] = filing(rng, rng.choice([50, 60]) + step)
        put(data, there)
        again = made(data)
        first = DataFolder(tmp_path / f"first{step}")
        put(first, there)
        assert again == made(first)


def test_only_changed_filings_are_asked(data: DataFolder, asked: list[set[str]]) -> None:
    there = filings()
    put(data, there)
    made(data)
    assert all(len(names) > 6 for names in asked)
    asked.clear()
    there["x1"] = filing(random.Random(3), 3) | {"company": there.pop("s03")["company"]}
    put(data, there)
    made(data)
    assert set.union(*asked) == {"x1"}


def test_nothing_changed_asks_nothing(data: DataFolder, asked: list[set[str]]) -> None:
    put(data, filings())
    first = made(data)
    asked.clear()
    assert made(data) == first
    assert asked == [set()] * len(CARRIED)


@pytest.mark.parametrize("name", ["energy_demand", "company", "site_place", "site_path"])
def test_file_that_is_not_the_one_noted_is_not_trusted(data: DataFolder, name: str, asked: list[set[str]]) -> None:
    put(data, filings())
    right = made(data)
    path = data.table(name, ROUND)
    rows = carried.pq.ParquetFile(path).read()
    write_table(data, name, ROUND, rows.slice(0, rows.num_rows - 1))
    asked.clear()
    again = made(data)
    assert max(len(names) for names in asked) > 6
    assert (again == right) == (name in ("site_place", "site_path"))


def test_other_rules_settings_or_waivers_carry_nothing_over(
    data: DataFolder, asked: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(data, filings())
    made(data)
    for change in (
        lambda: made(data, Round(round=ROUND, base_year=2022)),
        lambda: _noted_anew(data, "energy_demand"),
        lambda: monkeypatch.setattr(recipes, "made_by", lambda *_: "other code") or made(data),
    ):
        asked.clear()
        change()
        assert max(len(names) for names in asked) > 6


def _noted_anew(data: DataFolder, name: str) -> None:
    """The same rows came about in another way, such as by other waivers."""
    path = data.carried(name, ROUND)
    keys = dict.fromkeys(json.loads(path.read_text())["keys"], "other")
    carried.note(data, name, ROUND, file_hash(data.table(name, ROUND)), keys)
    made(data)


def test_step_that_was_skipped_is_not_taken_for_done(data: DataFolder, tmp_path: Path) -> None:
    """An analyst may make one table and leave the one before it: what it was made of decides, not what was filed."""
    there = filings()
    put(data, there)
    made(data)
    there["s03"]["site"] = [{**row, "municipality_code": "GM0034"} for row in there["s03"]["site"]]
    there["x3"] = there.pop("s03")
    put(data, there)
    for recipe in CARRIED:
        if recipe.table != "site_place":
            make(data, SETTINGS, recipe)
    again = made(data)
    first = DataFolder(tmp_path / "first")
    put(first, there)
    assert again == made(first)


def test_table_that_another_run_wrote_meanwhile_is_not_woven_in(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filing that the other run had not would be noted as there for good, without its rows."""
    put(data, filings())
    right = made(data)
    real = recipes.rows_of

    def overtaken(connection, recipe: Recipe, settings: Round):
        found = real(connection, recipe, settings)
        rows = carried.pq.ParquetFile(data.table(recipe.table, ROUND)).read()
        keys = carried.noted(data, recipe.table, ROUND) or {}
        (gone, *_) = rows.column("submission_id").unique().to_pylist()
        fewer = rows.filter(carried.pc.field("submission_id") != gone)
        written = write_table(data, recipe.table, ROUND, fewer)
        carried.note(data, recipe.table, ROUND, written, {name: key for name, key in keys.items() if name != gone})
        return found

    monkeypatch.setattr(recipes, "rows_of", overtaken)
    assert made(data) == right


def test_two_filings_of_one_company_are_made_whole(data: DataFolder, tmp_path: Path) -> None:
    """It should not happen; but if it does, the order of their rows cannot be told."""
    there = filings()
    put(data, there)
    made(data)
    there["a9"] = filing(random.Random(5), 4)
    put(data, there)
    again = made(data)
    first = DataFolder(tmp_path / "first")
    put(first, there)
    assert again == made(first)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"file": 3}', '{"keys": {}, "file": null}', "\x00\xff"])
def test_damaged_note_is_no_note(data: DataFolder, text: str, asked: list[set[str]]) -> None:
    put(data, filings())
    first = made(data)
    for recipe in CARRIED:
        data.carried(recipe.table, ROUND).write_text(text)
    asked.clear()
    assert made(data) == first
    assert max(len(names) for names in asked) > 6
