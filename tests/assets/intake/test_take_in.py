"""A round taken in: each file once, the newest good filing of a company, and nothing lost or changed on the way."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets.files import file_hash
from assets.intake import bounded, register, waivers
from assets.intake import examine as examining
from assets.intake import judge as judging
from assets.intake import take_in as taking
from assets.intake.compare import notes
from assets.intake.judge import Verdict
from assets.intake.memory import Memory
from assets.intake.sheets import UnreadableFile
from assets.intake.take_in import TakenIn, take_in
from assets.intake.withdrawals import WITHDRAW, write_down
from assets.rounds import Round, write_round
from assets.sample.edits import cell, put
from assets.sample.figures import ean
from assets.store import DataFolder, read_table
from assets.workbooks.draft import Draft
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_csv_zip, write_ods, write_xlsx
from blueprint.load import blueprint

TABLES = tuple(table.name for table in blueprint().sheet_tables)
RECORDS = ("register", "findings", "submission_status", "filed_sites")
Edit = Callable[[Filing], None]
Valid = Callable[[], Filing]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Read in this process and leave the columns out: both are tested elsewhere and take the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])
        patch.setattr(judging, "failing_rows", lambda table, rows: [])
        yield


class Rounds:
    """One round in a data folder of its own: files come and go, and what is made of them is looked at."""

    def __init__(self, root: Path, settings: Round, valid: Valid) -> None:
        self.data, self.settings, self.valid = DataFolder(root), settings, valid
        self.folder = self.data.round_folder(settings.round)
        write_round(self.folder, settings)

    def file(self, name: str, number: int, *edits: Edit, draft: Callable[[Draft], None] | None = None) -> Path:
        """Write the filing of a company as a file; its name tells the format."""
        filing = self.valid()
        filing.row("company")["kvk_number"] = f"98{number:06d}"
        for index, row in enumerate(filing.rows("connection")):
            row["ean_code"] = ean(number, 1, index)
        for edit in edits:
            edit(filing)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".xlsx":
            write_xlsx(filing, path, self.settings.years, draft)
        elif path.suffix == ".ods":
            write_ods(filing, path, self.settings.years, draft)
        else:
            write_csv_zip(filing, path, self.settings.years)
        return path

    def run(self, **changed: Any) -> TakenIn:
        return take_in(self.data, self.settings.model_copy(update=changed))

    def table(self, name: str) -> list[dict[str, Any]]:
        return read_table(self.data, name, self.settings.round).to_pylist()

    def states(self) -> dict[str, str]:
        return {row["file"]: row["state"] for row in self.table("register")}

    def found(self, file: str) -> set[str]:
        return {row["rule"] for row in self.table("findings") if row["file"] == file}

    def companies(self) -> Counter[str]:
        return Counter(row["kvk_number"] for row in self.table("company"))

    def raw(self) -> dict[str, tuple[str, int]]:
        """Content and time of every file that was received."""
        paths = [path for path in self.data.raw.rglob("*") if path.is_file()]
        return {str(path): (file_hash(path), path.stat().st_mtime_ns) for path in paths}

    def hashes(self, *leave_out: str) -> dict[str, str]:
        names = [name for name in (*TABLES, *RECORDS) if name not in leave_out]
        return {name: file_hash(self.data.table(name, self.settings.round)) for name in names}


@pytest.fixture
def rounds(tmp_path: Path, settings: Round, valid: Valid) -> Rounds:
    return Rounds(tmp_path / "a", settings, valid)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read, in order."""
    names: list[str] = []

    def spy(paths: Iterable[Path], work: Callable[[Path], Any], *_: Any) -> Iterator[tuple[Path, Any]]:
        for path in paths:
            names.append(path.name)
            yield path, work(path)

    monkeypatch.setattr(bounded, "read_many", spy)
    return names


def on(day: int) -> Edit:
    return put("submission", "submitted_on", dt.date(2026, 3, day))


other_round = put("submission", "round", "2024-1")
too_much = put("connection", "connection_capacity_mva", 1.0)


# --- each file once -------------------------------------------------------------------------------------------------


def test_file_is_read_once(rounds: Rounds, read: list[str]) -> None:
    rounds.file("a.xlsx", 1)
    (rounds.folder / "leeg.xlsx").touch()
    assert rounds.run().read_now == 2
    (before, _) = rounds.table("register")
    rounds.file("c.xlsx", 3)
    assert (rounds.run().read_now, rounds.run().read_now) == (1, 0)
    assert read == ["a.xlsx", "leeg.xlsx", "c.xlsx"]
    assert rounds.companies() == {"98000001": 1, "98000003": 1}
    assert rounds.found("leeg.xlsx") == {"file_empty"}
    assert rounds.table("register")[0] == before, "first_seen stays"
    assert before["first_seen"].tzinfo is not None


def test_file_that_was_renamed_is_not_read_again(rounds: Rounds, read: list[str]) -> None:
    path = rounds.file("a.xlsx", 1, too_much)
    rounds.run()
    path.rename(path.with_name("b.xlsx"))
    rounds.run()
    assert read == ["a.xlsx"]
    assert rounds.states() == {"b.xlsx": "accepted_with_remarks"}
    assert {row["file"] for name in ("findings", "submission_status") for row in rounds.table(name)} == {"b.xlsx"}


def test_other_settings_read_everything_again(rounds: Rounds, read: list[str]) -> None:
    rounds.file("a.xlsx", 1)
    rounds.run()
    assert rounds.states() == {"a.xlsx": "accepted"}
    rounds.run(base_year=2024)
    assert read == ["a.xlsx", "a.xlsx"]
    assert rounds.states() == {"a.xlsx": "returned"}


def test_title_and_deadline_do_not_read_anything_again(rounds: Rounds, read: list[str]) -> None:
    rounds.file("a.xlsx", 1)
    rounds.run()
    rounds.run(title="Voorjaar", deadline=dt.date(2026, 4, 1))
    assert read == ["a.xlsx"]


def test_cache_may_be_thrown_away(rounds: Rounds) -> None:
    rounds.file("a.xlsx", 1, too_much)
    rounds.run()
    before = rounds.hashes()
    shutil.rmtree(rounds.data.cache(rounds.settings.round))
    assert rounds.run().read_now == 1
    assert rounds.hashes() == before


# --- files come, change and go --------------------------------------------------------------------------------------


def test_changed_file_takes_the_place_of_what_it_was(rounds: Rounds, read: list[str]) -> None:
    rounds.file("a.xlsx", 1, too_much)
    rounds.file("b.xlsx", 2)
    rounds.run()
    before = {row["file"]: row["submission_id"] for row in rounds.table("register")}
    rounds.file("a.xlsx", 1, put("company", "company_name", "Andere naam B.V."))
    rounds.run()
    after = {row["file"]: row["submission_id"] for row in rounds.table("register")}
    assert read == ["a.xlsx", "b.xlsx", "a.xlsx"]
    assert after["a.xlsx"] != before["a.xlsx"]
    assert after["b.xlsx"] == before["b.xlsx"]
    assert "Andere naam B.V." in {row["company_name"] for row in rounds.table("company")}
    for name in (*TABLES, *RECORDS):
        assert before["a.xlsx"] not in {row["submission_id"] for row in rounds.table(name)}, name


def test_removed_file_disappears_everywhere(rounds: Rounds) -> None:
    rounds.file("b.xlsx", 2)
    rounds.run()
    alone = rounds.hashes("register")
    path = rounds.file("a.xlsx", 1, too_much)
    rounds.run()
    assert rounds.hashes("register") != alone
    path.unlink()
    assert rounds.run().read_now == 0
    assert rounds.hashes("register") == alone
    assert rounds.states() == {"b.xlsx": "accepted"}


def test_round_without_files_writes_every_table(rounds: Rounds) -> None:
    taken = rounds.run()
    assert (taken.received, taken.read_now, taken.states, taken.severities) == (0, 0, {}, {})
    assert taken.rows == dict.fromkeys((*TABLES, *RECORDS), 0)
    assert [rounds.table(name) for name in (*TABLES, *RECORDS)] == [[]] * len(taken.rows)
    assert len(rounds.hashes()) == len(taken.rows)


def test_only_filings_are_filings(rounds: Rounds) -> None:
    kept = rounds.file("portaal/diep/a.xlsx", 1)
    for name in (".verborgen.xlsx", "~$a.xlsx", ".map/b.xlsx", "sub/.DS_Store"):
        (rounds.folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(kept, rounds.folder / name)
    (rounds.folder / "koppeling.xlsx").symlink_to(kept)
    (file,) = register.scan(rounds.folder)
    assert (file.file, file.size_bytes) == ("portaal/diep/a.xlsx", kept.stat().st_size)
    assert file.submission_id == file_hash(kept)[:16]
    os.mkfifo(rounds.folder / "pijp.xlsx")
    assert register.passed_over(rounds.folder) == ["koppeling.xlsx", "pijp.xlsx"]
    (said,) = notes(rounds.data, rounds.settings)
    assert "een verwijzing of geen gewoon bestand: koppeling.xlsx, pijp.xlsx. Zet het bestand zelf" in said


def test_content_key_changes_with_names_and_contents_only(rounds: Rounds) -> None:
    path = rounds.file("a.xlsx", 1)
    rounds.file("b.xlsx", 2)
    files = register.scan(rounds.folder)
    key = register.content_key(files)
    path.touch()
    assert register.content_key(reversed(register.scan(rounds.folder))) == key
    path.rename(path.with_name("c.xlsx"))
    renamed = register.content_key(register.scan(rounds.folder))
    path.with_name("c.xlsx").write_bytes(b"anders")
    changed = register.content_key(register.scan(rounds.folder))
    assert len({key, renamed, changed, register.content_key([])}) == 4


def test_two_companies_in_one_file_do_not_stop_the_round(rounds: Rounds) -> None:
    def another(filing: Filing) -> None:
        filing.rows("company").append({**filing.row("company"), "kvk_number": "10000000"})

    rounds.file("twee.xlsx", 1, another)
    rounds.file("goed.xlsx", 2)
    rounds.run()
    assert rounds.states() == {"goed.xlsx": "accepted", "twee.xlsx": "returned"}
    named = {row["submission_id"]: row["kvk_number"] for row in rounds.table("register")}
    assert {named[row["submission_id"]] for row in rounds.table("filed_sites")} == {"98000001", "98000002"}
    assert all(row["kvk_number"] == named[row["submission_id"]] for row in rounds.table("filed_sites"))


# --- which filing counts --------------------------------------------------------------------------------------------


def test_same_file_twice_counts_once(rounds: Rounds) -> None:
    shutil.copy(rounds.file("a.xlsx", 1, too_much), rounds.folder / "kopie.xlsx")
    taken = rounds.run()
    assert (taken.received, taken.read_now) == (2, 1)
    assert rounds.states() == {"a.xlsx": "accepted_with_remarks", "kopie.xlsx": "duplicate"}
    assert rounds.companies() == {"98000001": 1}
    assert (rounds.found("a.xlsx"), rounds.found("kopie.xlsx")) == ({"contracted_above_capacity"}, {"identical_file"})
    (copy,) = [row for row in rounds.table("submission_status") if row["file"] == "kopie.xlsx"]
    assert (copy["table_name"], copy["rows_in"], copy["rows_accepted"], copy["info_count"]) == ("*", 0, 0, 1)


@pytest.mark.parametrize(("older", "newer"), [("a.xlsx", "b.zip"), ("z/b.xlsx", "a.xlsx")])
def test_newest_filing_of_a_company_counts(older: str, newer: str, rounds: Rounds) -> None:
    rounds.file(older, 1, on(1), put("company", "company_name", "Oud"))
    rounds.run()
    rounds.file(newer, 1, on(2), put("company", "company_name", "Nieuw"))
    rounds.run()
    assert rounds.states() == {older: "superseded", newer: "accepted_with_remarks"}
    assert (rounds.found(older), rounds.found(newer)) == (
        {"superseded"},
        {"superseded_other_name", "superseded_other_sender"},
    )
    assert [row["company_name"] for row in rounds.table("company")] == ["Nieuw"]
    ids = {row["submission_id"] for name in TABLES for row in rounds.table(name)}
    assert ids == {row["submission_id"] for row in rounds.table("register") if row["file"] == newer}


def test_of_two_filings_of_one_day_always_the_same_counts(rounds: Rounds, tmp_path: Path) -> None:
    first = rounds.file("a.xlsx", 1, put("company", "company_name", "Een"))
    second = rounds.file("b.xlsx", 1, put("company", "company_name", "Twee"))
    rounds.run()
    counted = rounds.table("company")
    assert len(counted) == 1
    other = Rounds(tmp_path / "b", rounds.settings, rounds.valid)
    shutil.copy(first, other.folder / "z.xlsx")
    shutil.copy(second, other.folder / "c.xlsx")
    other.run()
    assert other.table("company") == counted
    assert {name for file in ("a.xlsx", "b.xlsx") for name in rounds.found(file)} == {
        "superseded",
        "same_day_filings",
        "superseded_other_name",
        "superseded_other_sender",
    }


def test_filing_that_says_what_it_replaces_comes_after_it(rounds: Rounds) -> None:
    first = rounds.file("a.xlsx", 1, put("company", "company_name", "Een"))
    replaced = hashlib.sha256(first.read_bytes()).hexdigest()[:16]
    rounds.file(
        "b.xlsx",
        1,
        put("company", "company_name", "Twee"),
        put("submission", "replaces_submission", replaced),
    )
    rounds.run()
    assert [row["company_name"] for row in rounds.table("company")] == ["Twee"]
    assert rounds.found("b.xlsx") == {"superseded_other_sender"}
    assert rounds.states()["b.xlsx"] == "accepted"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a@bakker.nl", "b@bakker.nl", set()),
        ("a@bakker.nl", "A@BAKKER.NL", set()),
        ("a@bakker.nl", "a@ander.nl", {"superseded_other_sender"}),
        ("a@bakker.nl", None, {"superseded_other_sender"}),
    ],
)
def test_analyst_is_told_of_another_sender(before: str, after: str | None, said: set[str], rounds: Rounds) -> None:
    rounds.file("a.xlsx", 1, on(1), put("submission", "contact_email", before))
    rounds.file("b.xlsx", 1, on(2), put("submission", "contact_email", after))
    rounds.run()
    assert rounds.found("b.xlsx") == said
    assert blueprint().rules["superseded_other_sender"].audience == "analyst"


def test_replacing_another_number_is_told_until_one_is_withdrawn(rounds: Rounds) -> None:
    first = rounds.file("a.xlsx", 1)
    replaced = hashlib.sha256(first.read_bytes()).hexdigest()[:16]
    rounds.file("b.xlsx", 2, put("submission", "replaces_submission", replaced))
    rounds.run()
    assert rounds.companies() == {"98000001": 1, "98000002": 1}
    assert rounds.found("b.xlsx") == {"replaces_other_company"}
    write_down(rounds.data, rounds.settings.round, replaced, WITHDRAW, "verkeerd KvK-nummer", "An")
    rounds.run()
    assert rounds.companies() == {"98000002": 1}
    assert rounds.found("b.xlsx") == set()


def test_filing_without_one_good_row_of_demand_does_not_replace_a_good_one(rounds: Rounds) -> None:
    def at_no_site(filing: Filing) -> None:
        for row in filing.rows("energy_demand"):
            row["site_id"] = "V99"

    rounds.file("a.xlsx", 1, on(1))
    rounds.file("b.xlsx", 1, on(2), at_no_site)
    rounds.run()
    assert rounds.states() == {"a.xlsx": "accepted_with_remarks", "b.xlsx": "returned"}
    assert rounds.found("a.xlsx") == {"newer_refused"}
    assert "submission_refused" in rounds.found("b.xlsx")
    assert {row["file"] for row in rounds.table("submission_status") if row["rows_accepted"]} == {"a.xlsx"}


def test_what_may_pass_is_read_again(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds.file("a.xlsx", 1)
    with monkeypatch.context() as patch:
        slow = UnreadableFile("reader_timeout")
        patch.setattr(bounded, "read_many", lambda paths, *_: [(path, slow) for path in paths])
        rounds.run()
    assert rounds.states() == {"a.xlsx": "unreadable"}
    assert rounds.found("a.xlsx") == {"reader_timeout"}
    rounds.run()
    assert rounds.states() == {"a.xlsx": "accepted"}


def test_filing_that_cannot_be_judged_stops_no_other(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        rounds.file(f"{number}.xlsx", number)
    honest = examining.judge

    def odd(tables: dict[str, pa.Table], *rest: Any) -> Verdict:
        if "98000002" in tables["company"].column("kvk_number").to_pylist():
            raise ZeroDivisionError("98000002")
        return honest(tables, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(examining, "judge", odd)
        rounds.run()
    assert rounds.states() == {"1.xlsx": "accepted", "2.xlsx": "unreadable", "3.xlsx": "accepted"}
    assert rounds.found("2.xlsx") == {"reader_crashed"}
    assert not any("98000002" in str(row) for row in rounds.table("findings"))
    assert rounds.run().read_now == 1
    assert set(rounds.states().values()) == {"accepted"}


def test_what_breaks_on_every_filing_is_a_fault_of_ours(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds.file("1.xlsx", 1)
    rounds.file("2.xlsx", 2)

    def broken(*_: Any) -> Verdict:
        raise ZeroDivisionError

    monkeypatch.setattr(examining, "judge", broken)
    with pytest.raises(ZeroDivisionError):
        rounds.run()


def test_what_is_read_must_be_what_was_registered(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds.file("a.xlsx", 1)
    found = register.scan(rounds.folder)
    other = [dataclasses.replace(file, sha256=file.sha256[:16] + "0" * 48) for file in found]
    with monkeypatch.context() as patch:
        patch.setattr(register, "scan", lambda folder: other)
        rounds.run()
    assert rounds.found("a.xlsx") == {"file_changed"}


def test_double_site_does_not_stop_the_round(rounds: Rounds) -> None:
    def twice(filing: Filing) -> None:
        rows = filing.rows("site")
        filing.tables["site"] = [*rows, {**rows[0], "municipality_code": "GM0363"}]

    rounds.file("a.xlsx", 1, twice)
    rounds.run()
    assert rounds.states() == {"a.xlsx": "accepted_with_remarks"}
    keys = [(row["submission_id"], row["site_id"]) for row in rounds.table("filed_sites")]
    assert len(keys) == len(set(keys))


def test_newer_filing_that_is_refused_keeps_the_older(rounds: Rounds) -> None:
    rounds.file("goed.xlsx", 1, on(1))
    rounds.file("beter.xlsx", 1, on(2), other_round)
    rounds.run()
    assert rounds.states() == {"goed.xlsx": "accepted_with_remarks", "beter.xlsx": "returned"}
    assert rounds.found("goed.xlsx") == {"newer_refused"}
    assert rounds.found("beter.xlsx") == {"round_other", "submission_refused"}
    assert rounds.companies() == {"98000001": 1}
    rounds.file("beter.xlsx", 1, on(2))
    rounds.run()
    assert rounds.states() == {"goed.xlsx": "superseded", "beter.xlsx": "accepted"}


def test_a_filing_that_was_sent_back_is_done_with_when_a_newer_one_counts(rounds: Rounds) -> None:
    rounds.file("fout.xlsx", 1, on(1), other_round)
    rounds.file("goed.xlsx", 1, on(2))
    rounds.run()
    assert rounds.states() == {"fout.xlsx": "superseded", "goed.xlsx": "accepted"}
    assert "superseded" in rounds.found("fout.xlsx")
    assert rounds.found("goed.xlsx") == set()


def test_bad_files_do_not_stop_a_round(rounds: Rounds) -> None:
    rounds.file("b.xlsx", 2)
    whole = rounds.file("c.xlsx", 3).read_bytes()
    (rounds.folder / "a.xlsx").touch()
    (rounds.folder / "c.xlsx").write_bytes(whole[: len(whole) // 2])
    (rounds.folder / "d.pdf").write_bytes(b"%PDF-1.4")
    rounds.file("e.ods", 5)
    rounds.file("f.zip", 6)
    taken = rounds.run()
    assert rounds.states() == {
        **dict.fromkeys(("a.xlsx", "c.xlsx", "d.pdf"), "unreadable"),
        **dict.fromkeys(("b.xlsx", "e.ods", "f.zip"), "accepted"),
    }
    assert taken.states == {"unreadable": 3, "accepted": 3}
    assert taken.severities == {"error": 3}
    assert rounds.companies() == {"98000002": 1, "98000005": 1, "98000006": 1}


# --- the same input gives the same output ---------------------------------------------------------------------------


def fill(rounds: Rounds) -> None:
    """A round with something of everything."""
    rounds.file("1-oud.xlsx", 1, on(1))
    rounds.file("1-nieuw.xlsx", 1, on(2), too_much)
    rounds.file("2.zip", 2, other_round)
    rounds.file("3.ods", 3, put("site", "municipality_code", "Bergen", 1))
    rounds.file("4.xlsx", 4, draft=cell("energy_demand", "value", "veel", 2, 2030))
    shutil.copy(rounds.file("post/5.xlsx", 5), rounds.folder / "5.xlsx")
    (rounds.folder / "brief.txt").write_text("Zie de bijlage.")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, settings: Round, valid: Valid) -> Rounds:
    """A round with something of everything that was run; only to be looked at."""
    rounds = Rounds(tmp_path_factory.mktemp("vol"), settings, valid)
    fill(rounds)
    rounds.run()
    return rounds


def test_second_run_gives_the_same_bytes(rounds: Rounds) -> None:
    fill(rounds)
    raw = rounds.raw()
    first = rounds.run()
    before = rounds.hashes()
    second = rounds.run()
    assert rounds.hashes() == before
    assert rounds.raw() == raw, "a received file was changed"
    assert (second.states, second.rows, second.severities) == (first.states, first.rows, first.severities)
    assert (first.read_now, second.read_now, first.received) == (7, 0, 8)
    assert first.rows == {name: len(rounds.table(name)) for name in (*TABLES, *RECORDS)}
    assert first.states == Counter(rounds.states().values())
    assert first.severities == Counter(row["severity"] for row in rounds.table("findings"))


def test_files_that_come_bit_by_bit_give_the_same_bytes_as_all_at_once(filled: Rounds, tmp_path: Path) -> None:
    paths = sorted(path for path in filled.folder.rglob("*.*") if path.name != "round.yaml")
    other = Rounds(tmp_path / "b", filled.settings, filled.valid)
    for some in (paths[6:], paths[3:6], paths[:3]):
        for path in some:
            target = other.folder / path.relative_to(filled.folder)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
        other.run()
    assert other.hashes("register") == filled.hashes("register")
    without_time = [[{**row, "first_seen": None} for row in one.table("register")] for one in (filled, other)]
    assert without_time[0] == without_time[1]


def test_rows_that_stand_are_not_gathered_again(
    rounds: Rounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(rounds)
    rounds.run()
    gathered: dict[str, list[str]] = {}
    real = Memory.of_filings

    def of_filings(memory: Memory, name: str, expected: pa.Schema, wanted: Collection[str]) -> pa.Table:
        gathered[name] = list(wanted)
        return real(memory, name, expected, wanted)

    monkeypatch.setattr(Memory, "of_filings", of_filings)
    rounds.run()
    assert not any(gathered[name] for name in TABLES)
    before = {row["submission_id"] for row in rounds.table("register")}
    rounds.file("4.xlsx", 4)
    rounds.run()
    new = {row["submission_id"] for row in rounds.table("register")} - before
    assert {name for name in TABLES if set(gathered[name]) == new} == set(TABLES)
    rounds.data.table("site", rounds.settings.round).write_bytes(b"something else")
    rounds.run()
    assert before & set(gathered["site"])
    other = Rounds(tmp_path / "b", rounds.settings, rounds.valid)
    shutil.copytree(rounds.folder, other.folder, dirs_exist_ok=True)
    other.run()
    assert other.hashes("register") == rounds.hashes("register")


def test_round_in_which_much_changed_gives_the_same_bytes_as_from_scratch(rounds: Rounds, tmp_path: Path) -> None:
    fill(rounds)
    rounds.run()
    rounds.file("4.xlsx", 4)
    rounds.run()
    (rounds.folder / "2.zip").unlink()
    rounds.run()
    (id_,) = {row["submission_id"] for row in rounds.table("register") if row["file"] == "3.ods"}
    write_down(rounds.data, rounds.settings.round, id_, WITHDRAW, "verkeerd bestand", "An")
    rounds.run()
    until = dt.date.today() + dt.timedelta(days=9)
    for rule in ("growth_high", "ean_check_digit"):
        waivers.record(rounds.data, rounds.settings, waivers.WAIVE, waivers.Waiver(rule, id_, "klopt", "An", until))
        rounds.run()
    rounds.run(base_year=2022)
    rounds.run()
    next(rounds.data.cache(rounds.settings.round).rglob("energy_demand.parquet")).write_bytes(b"PAR1 no more")
    changed = rounds.run()
    other = Rounds(tmp_path / "b", rounds.settings, rounds.valid)
    shutil.copytree(rounds.folder, other.folder, dirs_exist_ok=True)
    shutil.copytree(rounds.data.root / "records", other.data.root / "records")
    assert other.run().states == changed.states
    assert other.hashes("register") == rounds.hashes("register")


def test_what_a_killed_run_left_half_written_goes(rounds: Rounds) -> None:
    """A batch without its list of files, and a file beside the one it was to become."""
    rounds.file("a.xlsx", 1)
    rounds.run()
    (batch,) = {path.parent for path in rounds.data.cache(rounds.settings.round).rglob("files.parquet")}
    before = sorted(path.name for path in batch.iterdir())
    half = batch.with_name("half")
    half.mkdir()
    for path in (half / "site.parquet", batch / ".files.parquet.9.tmp"):
        path.write_bytes(b"PAR1")
    assert rounds.run().read_now == 0
    assert not half.exists()
    assert sorted(path.name for path in batch.iterdir()) == before


def test_batches_change_nothing(filled: Rounds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = Rounds(tmp_path / "b", filled.settings, filled.valid)
    shutil.copytree(filled.folder, other.folder, dirs_exist_ok=True)
    monkeypatch.setattr(taking, "BATCH", 4)
    seen: list[tuple[int, int]] = []
    take_in(other.data, other.settings, lambda done, of: seen.append((done, of)))
    assert other.hashes("register") == filled.hashes("register")
    assert seen == [(done, 7) for done in range(1, 8)]


# --- what is told ---------------------------------------------------------------------------------------------------


def test_findings_tell_file_sheet_and_cell(filled: Rounds) -> None:
    found = {(row["file"], row["rule"]): row for row in filled.table("findings")}
    wrong = found[("4.xlsx", "number")]
    assert (wrong["sheet"], wrong["cell"], wrong["row_number"]) == ("Energievraag", "I3", 3)
    assert (wrong["table_name"], wrong["field_name"], wrong["value_as_filed"]) == ("energy_demand", "value", "veel")
    assert (
        wrong["message"]
        == "Bij '2030' staat 'veel'; dat is geen getal. Vul alleen een getal in, zonder tekst en omgerekend naar de"
        " eenheid van deze regel of kolom. Is er geen waarde? Maak de cel leeg; bij energievraag ook de piek van dat"
        " jaar."
    )
    bergen = found[("3.ods", "municipality_ambiguous")]
    assert (bergen["sheet"], bergen["cell"], bergen["value_as_filed"]) == ("Vestigingen", "H3", "Bergen")
    listed = found[("2.zip", "round_other")]
    assert (listed["sheet"], listed["cell"]) == ("submission", "B2")
    for row in filled.table("findings"):
        assert row["file"] in filled.states()
        assert row["message"]
        assert (row["cell"] is None) == (row["column_letter"] is None or row["row_number"] is None)
        assert row["sheet"] or not row["table_name"]


def test_finding_of_the_round_has_its_cell_too(rounds: Rounds) -> None:
    rounds.file("a.xlsx", 1, put("connection", "ean_code", ean(9, 1, 1)))
    rounds.file("b.xlsx", 2, put("connection", "ean_code", ean(9, 1, 1), 2))
    rounds.run()
    found = [(row["file"], row["rule"], row["sheet"], row["cell"]) for row in rounds.table("findings")]
    assert found == [
        ("a.xlsx", "ean_in_two_filings", "Aansluitingen", "D2"),
        ("b.xlsx", "ean_in_two_filings", "Aansluitingen", "D4"),
    ]
    assert set(rounds.states().values()) == {"accepted_with_remarks"}


def test_status_balances(filled: Rounds) -> None:
    status = filled.table("submission_status")
    whole = {row["file"]: row for row in status if row["table_name"] == "*"}
    assert {file: row["state"] for file, row in whole.items()} == filled.states()
    numbers = ("rows_in", "rows_accepted", "rows_refused")
    for row in status:
        assert row["rows_in"] == row["rows_accepted"] + row["rows_refused"]
        assert min(row[name] for name in numbers) >= 0
    for file, row in whole.items():
        parts = [part for part in status if part["file"] == file and part["table_name"] != "*"]
        assert [sum(part[name] for part in parts) for name in numbers] == [row[name] for name in numbers]
        told = Counter(finding["severity"] for finding in filled.table("findings") if finding["file"] == file)
        assert {name: row[f"{name}_count"] for name in ("error", "warning", "info")} == {
            name: told[name] for name in ("error", "warning", "info")
        }
    for name in TABLES:
        counting = [row for row in status if row["table_name"] == name and row["state"].startswith("accepted")]
        assert sum(row["rows_accepted"] for row in counting) == len(filled.table(name)), name
    assert whole["2.zip"]["rows_in"] == whole["2.zip"]["rows_refused"] > 0


def test_filed_sites_tell_of_refused_filings_too(filled: Rounds) -> None:
    sites = Counter((row["kvk_number"], row["accepted"]) for row in filled.table("filed_sites"))
    assert sites[("98000002", False)] == 2
    assert (sites[("98000003", True)], sites[("98000003", False)]) == (1, 1)
    assert sites[("98000005", True)] == 2
