"""What settles a finding: an explanation on its row, or the waiver of an analyst; and what nothing can settle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.intake import bounded, waivers
from assets.intake import take_in as taking
from assets.intake.prove import broken_rules, errors_by_rule
from assets.intake.take_in import TakenIn, take_in
from assets.intake.waivers import WAIVE, WITHDRAW, Waiver, may_waive
from assets.rounds import Round, RoundError, write_round
from assets.sample.edits import put
from assets.sample.figures import ean
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_xlsx

Edit = Callable[[Filing], None]
Valid = Callable[[], Filing]
TODAY, TOMORROW, YESTERDAY = dt.date(2026, 6, 1), dt.date(2026, 6, 2), dt.date(2026, 5, 31)
WHY = "De aansluiting wordt in juli verzwaard."
narrow = put("connection", "connection_capacity_mva", 7.0)
explained = put("connection", "remarks", WHY)
bad_ean = put("connection", "ean_code", "871687100000000014", 1)
WARNING, ERROR = "contracted_above_capacity", "ean_check_digit"


def both(*edits: Edit) -> Edit:
    def edit(filing: Filing) -> None:
        for one in edits:
            one(filing)

    return edit


class Rounds:
    """A round of single filings, taken in on a day of our choice."""

    def __init__(self, root: Path, settings: Round, valid: Valid) -> None:
        self.data, self.settings, self.valid = DataFolder(root), settings, valid
        write_round(self.data.round_folder(settings.round), settings)

    def file(self, number: int, edit: Edit) -> None:
        filing = self.valid()
        filing.row("company")["kvk_number"] = f"98{number:06d}"
        for index, row in enumerate(filing.rows("connection")):
            row["ean_code"] = ean(number, 1, index)
        edit(filing)
        write_xlsx(filing, self.data.round_folder(self.settings.round) / f"{number}.xlsx", self.settings.years)

    def run(self, today: dt.date = TODAY, **changed: Any) -> TakenIn:
        return take_in(self.data, self.settings.model_copy(update=changed), today=today)

    def table(self, name: str) -> list[dict[str, Any]]:
        return read_table(self.data, name, self.settings.round).to_pylist()

    def id_of(self, number: int) -> str:
        return next(row["submission_id"] for row in self.table("register") if row["file"] == f"{number}.xlsx")

    def waive(self, rule: str, number: int, until: dt.date = TOMORROW, cell: str = "", action: str = WAIVE) -> None:
        waiver = Waiver(rule, self.id_of(number), "Gebeld op 1 mei", "A. de Vries", until, cell)
        waivers.record(self.data, self.settings, action, waiver)

    def one(self, rule: str, number: int = 1) -> dict[str, Any]:
        (row,) = [row for row in self.table("findings") if row["rule"] == rule and row["file"] == f"{number}.xlsx"]
        return row

    def status(self, number: int = 1, table: str = "*") -> dict[str, Any]:
        rows = self.table("submission_status")
        return next(row for row in rows if (row["file"], row["table_name"]) == (f"{number}.xlsx", table))

    def connections(self) -> int:
        return len(self.table("connection"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])


@pytest.fixture
def rounds(tmp_path: Path, settings: Round, valid: Valid) -> Rounds:
    return Rounds(tmp_path, settings, valid)


def test_a_warning_asks_for_an_explanation_and_stays_open_without(rounds: Rounds) -> None:
    rounds.file(1, narrow)
    rounds.run()
    finding = rounds.one(WARNING)
    assert finding["message"].endswith("Klopt het? Licht het toe in de kolom Toelichting van deze regel.")
    assert (finding["settled_by"], finding["settled_reason"]) == ("none", None)
    status = rounds.status()
    assert (status["state"], status["warning_count"], status["settled_count"]) == ("accepted_with_remarks", 1, 0)


def test_an_explanation_on_the_row_settles_a_warning(rounds: Rounds) -> None:
    rounds.file(1, both(narrow, explained))
    taken = rounds.run()
    finding = rounds.one(WARNING)
    assert (finding["severity"], finding["settled_by"], finding["settled_reason"]) == ("warning", "explanation", WHY)
    status = rounds.status()
    assert (status["state"], status["warning_count"], status["settled_count"]) == ("accepted", 0, 1)
    assert (taken.severities["settled"], taken.severities.get("warning", 0)) == (1, 0)
    rounds.run()
    assert rounds.one(WARNING)["settled_by"] == "explanation"


def test_an_explanation_of_another_row_settles_nothing(rounds: Rounds) -> None:
    rounds.file(1, both(narrow, put("connection", "remarks", WHY, 1), put("site", "remarks", WHY)))
    rounds.run()
    assert rounds.one(WARNING)["settled_by"] == "none"


def test_an_explanation_settles_all_years_of_a_row(rounds: Rounds) -> None:
    def edit(filing: Filing) -> None:
        for row in filing.rows("energy_demand"):
            if row["carrier"] == "heat" and row["scenario"] == "plan":
                row.update(value=240.0 if row["year"] >= 2040 else row["value"], remarks="Nieuwe lijn")

    rounds.file(1, edit)
    rounds.run()
    found = [row for row in rounds.table("findings") if row["rule"] == "growth_high"]
    assert [row["settled_by"] for row in found] == ["explanation"] * 2


def test_an_explanation_never_settles_an_error(rounds: Rounds) -> None:
    rounds.file(1, both(bad_ean, put("connection", "remarks", WHY, 1)))
    rounds.run()
    assert rounds.one(ERROR)["settled_by"] == "none"
    assert rounds.connections() == 2


def test_a_waiver_settles_a_warning_until_its_last_day(rounds: Rounds) -> None:
    rounds.file(1, narrow)
    rounds.run()
    rounds.waive(WARNING, 1, until=TODAY)
    rounds.run()
    finding = rounds.one(WARNING)
    assert (finding["severity"], finding["settled_by"]) == ("warning", "waiver")
    assert (finding["settled_name"], finding["settled_until"]) == ("A. de Vries", TODAY)
    assert rounds.status()["state"] == "accepted"
    rounds.run(today=TOMORROW)
    assert rounds.one(WARNING)["settled_by"] == "none"
    assert rounds.status()["state"] == "accepted_with_remarks"


def test_a_closed_round_keeps_the_waivers_that_held_at_its_deadline(rounds: Rounds) -> None:
    rounds.file(1, narrow)
    rounds.run()
    rounds.waive(WARNING, 1, until=YESTERDAY)
    for status, how in (("open", "none"), ("closed", "waiver")):
        rounds.run(status=status, deadline=YESTERDAY)
        assert rounds.one(WARNING)["settled_by"] == how


def test_a_waived_error_refuses_no_row_and_stays_visible(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "BATCH", 1)
    rounds.file(1, bad_ean)
    rounds.file(2, bad_ean)
    rounds.run()
    assert rounds.connections() == 4
    rounds.waive(ERROR, 1)
    assert rounds.run().read_now == 1  # no other file is judged again
    assert rounds.connections() == 5
    finding = rounds.one(ERROR)
    assert (finding["severity"], finding["settled_by"]) == ("error", "waiver")
    status = rounds.status(1, "connection")
    assert (status["rows_refused"], status["error_count"], status["settled_count"]) == (0, 0, 1)
    assert rounds.one(ERROR, 2)["settled_by"] == "none"
    assert errors_by_rule(rounds.data, rounds.settings) == {"connection": {ERROR: 1}}
    assert rounds.run().read_now == 0
    rounds.waive(ERROR, 1, action=WITHDRAW)
    assert rounds.run().read_now == 1
    assert rounds.connections() == 4


def test_rows_that_were_accepted_by_a_waiver_are_proven(rounds: Rounds) -> None:
    rounds.file(1, put("connection", "voltage_level_kv", None))
    rounds.run()
    assert rounds.connections() == 2
    rounds.waive("required_if", 1)
    rounds.run()
    assert rounds.connections() == 3
    assert broken_rules(rounds.data, rounds.settings, "connection") == {}


@pytest.mark.parametrize(("cell", "rows"), [("Aansluitingen!D3", 3), ("Aansluitingen!D2", 2)])
def test_a_waiver_may_be_of_one_cell(cell: str, rows: int, rounds: Rounds) -> None:
    rounds.file(1, bad_ean)
    rounds.run()
    rounds.waive(ERROR, 1, cell=cell)
    rounds.run()
    assert rounds.connections() == rows


def test_a_waiver_is_of_one_filing(rounds: Rounds) -> None:
    rounds.file(1, narrow)
    rounds.file(2, narrow)
    rounds.run()
    rounds.waive(WARNING, 1)
    rounds.run()
    assert [rounds.one(WARNING, number)["settled_by"] for number in (1, 2)] == ["waiver", "none"]


def test_only_what_may_be_relaxed_can_be_waived(settings: Round) -> None:
    may_waive(WARNING, settings)
    may_waive(ERROR, settings)
    for rule, said in (("number", "kan niet worden geaccepteerd"), ("year_absent", "alleen opmerkingen")):
        with pytest.raises(RoundError, match=said):
            may_waive(rule, settings)


def test_a_record_that_cannot_be_read_stops_the_run(rounds: Rounds) -> None:
    path = rounds.data.records(rounds.settings.round) / "waivers.csv"
    path.parent.mkdir(parents=True)
    path.write_text("zomaar\nx\n", encoding="utf-8")
    with pytest.raises(RoundError, match=r"waivers\.csv"):
        rounds.run()
