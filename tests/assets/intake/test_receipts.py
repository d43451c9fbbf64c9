"""Files handed in over the counter: nothing overwritten or lost, the right thing recognised, and changes told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.intake import bounded, receipts, register, withdrawals
from assets.intake import judge as judging
from assets.intake.differences import Change, differences
from assets.intake.extract import extract_file
from assets.intake.receipts import Receipt, receive
from assets.intake.take_in import take_in
from assets.records import DamagedRecord
from assets.rounds import Round, RoundError, write_round
from assets.sample.edits import put
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_csv_zip, write_ods, write_xlsx
from blueprint.load import blueprint

Edit = Callable[[Filing], None]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Read in this process and leave the columns out: both are tested elsewhere and take the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])
        patch.setattr(judging, "failing_rows", lambda table, rows: [])
        yield


class Counter:
    """A counter with one open round: files are written in another folder and handed in."""

    def __init__(self, root: Path, settings: Round, valid: Callable[[], Filing]) -> None:
        self.data, self.settings, self.valid = DataFolder(root / "data"), settings, valid
        self.folder = self.data.round_folder(settings.round)
        self.desk = root / "mail"
        self.desk.mkdir()
        write_round(self.folder, settings)

    def file(self, name: str, *edits: Edit) -> Path:
        filing = self.valid()
        for edit in edits:
            edit(filing)
        path = self.desk / name
        if path.suffix == ".zip":
            write_csv_zip(filing, path, self.settings.years)
        else:
            (write_ods if path.suffix == ".ods" else write_xlsx)(filing, path, self.settings.years)
        return path

    def hand_in(self, name: str, *edits: Edit) -> Receipt:
        return receive(self.data, self.settings, self.file(name, *edits))

    def states(self) -> dict[str, str]:
        take_in(self.data, self.settings)
        rows = read_table(self.data, "register", self.settings.round).to_pylist()
        return {row["submission_id"]: row["state"] for row in rows}

    def kept(self) -> set[str]:
        return {path.name for path in self.folder.rglob("*") if path.is_file()} - {"round.yaml"}


@pytest.fixture
def counter(tmp_path: Path, settings: Round, valid: Callable[[], Filing]) -> Counter:
    return Counter(tmp_path, settings, valid)


def named(name: str) -> Edit:
    return put("company", "company_name", name)


other_round = put("submission", "round", "2024-1")


def test_receipt_says_what_was_recognised(counter: Counter) -> None:
    filing = counter.valid()
    path = counter.file("Bakkerij Jansen 12345678.xlsx")
    receipt = receive(counter.data, counter.settings, path)
    assert (counter.folder / receipt.file).read_bytes() == path.read_bytes()
    assert receipt.state == "accepted"
    assert receipt.company_name == filing.row("company")["company_name"]
    assert receipt.sites == len(filing.rows("site"))
    assert receipt.rows["connection"] == (len(filing.rows("connection")),) * 2
    assert (receipt.again, receipt.late, receipt.withdrawn, receipt.before) == (False, False, False, "")
    assert counter.states() == {receipt.submission_id: "accepted"}


def test_name_tells_nothing_of_the_company_but_groups_its_files(counter: Counter) -> None:
    one = counter.hand_in("Jansen.xlsx")
    two = counter.hand_in("Jansen.ods")
    other = counter.hand_in("x.xlsx", put("company", "kvk_number", "98765432"))
    marks = [receipt.file.partition("-")[0] for receipt in (one, two, other)]
    assert marks[0] == marks[1] != marks[2]
    for receipt in (one, two, other):
        assert receipt.kvk_number not in receipt.file
        assert "jansen" not in receipt.file.lower()


@pytest.mark.parametrize("name", ["Jansen (def).xlsx", '=1+1;"x".xlsx', "'a'.ods", "regel\nom\u202e.zip"])
def test_name_that_the_company_gave_is_kept_with_the_receipt_only(name: str, counter: Counter) -> None:
    receipt = counter.hand_in(name)
    shown = register.shown_name(name)
    assert receipt.given_name == shown
    assert shown.isprintable()
    assert receipts.given_names(counter.data, counter.settings.round) == {receipt.file: shown}
    counter.states()
    assert [path for path in counter.data.root.rglob("*") if "Jansen" in path.name or "a'" in path.name] == []
    tables = counter.data.curated.rglob("*.parquet")
    assert [path for path in tables if shown in str(pq.ParquetFile(path).read().to_pylist())] == []


def test_nothing_is_overwritten(counter: Counter) -> None:
    receipt = counter.hand_in("a.xlsx")
    stored = counter.folder / receipt.file
    stored.write_bytes(b"iets anders")
    with pytest.raises(RoundError, match=receipt.file):
        receive(counter.data, counter.settings, counter.desk / "a.xlsx")
    assert stored.read_bytes() == b"iets anders"
    assert counter.kept() == {receipt.file}


def test_identical_file_is_recognised_under_any_name(counter: Counter) -> None:
    first = counter.hand_in("a.xlsx")
    shutil.copy(counter.desk / "a.xlsx", counter.desk / "nog eens.xlsx")
    again = receive(counter.data, counter.settings, counter.desk / "nog eens.xlsx")
    assert (again.state, again.again, again.file) == ("duplicate", True, first.file)
    assert counter.kept() == {first.file}
    assert len(receipts.received_at(counter.data, counter.settings.round)) == 1


@pytest.mark.parametrize(
    ("name", "content"), [("x.xlsx", b""), ("plan.xlsx", b"%PDF-1.7"), ("..\x07naam.$$$", b"PK\x03\x04rest")]
)
def test_unreadable_file_is_kept_and_said(name: str, content: bytes, counter: Counter) -> None:
    path = counter.desk / name
    path.write_bytes(content)
    receipt = receive(counter.data, counter.settings, path)
    assert receipt.state == "unreadable"
    assert [finding["severity"] for finding in receipt.findings] == ["error"]
    assert receipt.file.startswith("onbekend-")
    assert (counter.folder / receipt.file).read_bytes() == content
    assert counter.states() == {receipt.submission_id: "unreadable"}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("brief.txt", b"Geachte heer", "platte tekst"),
        ("plan.pdf", b"%PDF-1.7", "een pdf-bestand"),
        ("foto.JPG", b"\xff\xd8\xff\xe0\x00", "onbekende inhoud"),
        ("zonder ending", b"", "leeg"),
    ],
)
def test_what_is_no_filing_by_its_kind_is_refused_and_not_kept(
    name: str, content: bytes, told: str, counter: Counter
) -> None:
    (counter.desk / name).write_bytes(content)
    with pytest.raises(RoundError, match=re.escape(f"'{name}' ({told}) is geen opgave")) as said:
        receive(counter.data, counter.settings, counter.desk / name)
    assert "er is niets bewaard" in str(said.value)
    assert counter.kept() == set()
    assert not receipts.received_at(counter.data, counter.settings.round)


def test_too_large_a_file_is_refused_and_not_kept(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "MAX_FILE", 1_000)
    with pytest.raises(RoundError, match="niet aangenomen"):
        counter.hand_in("a.xlsx")
    assert counter.kept() == set()


def test_a_stream_without_end_is_refused(counter: Counter) -> None:
    with pytest.raises(RoundError, match="geen gewoon bestand"):
        receive(counter.data, counter.settings, Path("/dev/zero"))
    assert counter.kept() == set()


def test_an_explained_warning_is_settled_in_the_receipt(counter: Counter) -> None:
    above = put("connection", "connection_capacity_mva", 1.0)
    assert counter.hand_in("a.xlsx", above).state == "accepted_with_remarks"
    assert (
        counter.hand_in("b.xlsx", above, put("connection", "remarks", "Tijdelijk, tot de verzwaring")).state
        == "accepted"
    )


def test_closed_round_takes_nothing_in(counter: Counter) -> None:
    closed = counter.settings.model_copy(update={"status": "closed"})
    with pytest.raises(RoundError, match="gesloten"):
        receive(counter.data, closed, counter.file("a.xlsx"))
    assert counter.kept() == set()


def test_after_the_deadline_is_said(counter: Counter) -> None:
    past = counter.settings.model_copy(update={"deadline": dt.date(2020, 1, 1)})
    assert receive(counter.data, past, counter.file("a.xlsx")).late


def test_half_a_file_is_no_filing(counter: Counter) -> None:
    with receipts._copied(counter.file("a.xlsx"), counter.folder) as (copy, _):
        assert copy.is_relative_to(counter.folder)
        assert register.scan(counter.folder) == []
    assert list(counter.folder.glob(".ontvangst*")) == []


# --- what a resubmission changes --------------------------------------------------------------------------------------


def test_only_another_date_is_no_change(counter: Counter) -> None:
    first = counter.hand_in("a.xlsx")
    second = counter.hand_in("b.xlsx", put("submission", "submitted_on", dt.date(2026, 4, 1)))
    assert (second.before, second.changes) == (first.submission_id, [])


def test_other_form_of_the_same_content_is_no_change(counter: Counter) -> None:
    counter.hand_in("a.xlsx")
    assert [counter.hand_in(name).changes for name in ("a.ods", "a.zip")] == [[], []]


def test_changes_are_told_per_field(counter: Counter) -> None:
    def edit(filing: Filing) -> None:
        filing.row("project")["certainty"] = "idea"
        filing.row("connection")["contracted_offtake_mw"] = 1.25
        removed = filing.rows("flexibility").pop()
        filing.rows("flexibility").append({**removed, "flex_direction": "more_offtake"})

    before = counter.valid()
    before.row("project")["certainty"] = "fid"
    counter.hand_in("a.xlsx", put("project", "certainty", "fid"))
    changes = counter.hand_in("b.xlsx", edit).changes
    assert changes is not None
    project = before.row("project")["project_id"]
    labels = blueprint().codes["certainty"]
    assert Change("Projecten", project, "Zekerheid", labels.label("fid"), labels.label("idea")) in changes
    contract = [change for change in changes if change.table == "Aansluitingen"]
    assert [(change.field, change.becomes) for change in contract] == [("Gecontracteerde afname (MW)", "1,25")]
    assert {change.was or change.becomes for change in changes if change.table == "Flexibiliteit"} == {
        "vervallen",
        "nieuw",
    }


def test_order_of_rows_changes_nothing(counter: Counter) -> None:
    def shuffle(filing: Filing) -> None:
        for rows in filing.tables.values():
            random.Random(1).shuffle(rows)

    one, other = extract_file(counter.file("a.zip")), extract_file(counter.file("b.zip", shuffle))
    assert differences(one, other) == []


def test_changes_there_and_back_mirror_each_other(counter: Counter) -> None:
    one = extract_file(counter.file("a.zip"))
    other = extract_file(counter.file("b.zip", named("Anders B.V."), put("energy_demand", "value", 5.0)))
    there, back = differences(one, other), differences(other, one)
    assert there
    assert [(c.table, c.field, c.was, c.becomes) for c in there] == [(c.table, c.field, c.becomes, c.was) for c in back]


# --- which one counts -----------------------------------------------------------------------------------------------


def test_of_one_day_the_last_one_handed_in_counts(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for minute, name in enumerate(("Een", "Twee", "Drie")):
        moment = dt.datetime(2026, 3, 31, 12, minute, tzinfo=dt.UTC)

        class Clock(dt.datetime):
            at = moment

            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
                return cls.at

        monkeypatch.setattr(receipts.dt, "datetime", Clock)
        ids.append(counter.hand_in(f"{name}.xlsx", named(name)).submission_id)
    monkeypatch.undo()
    states = counter.states()
    assert [states[submission] for submission in ids[:2]] == ["superseded", "superseded"]
    assert register.counts(states[ids[2]])
    rules = {row["rule"] for row in read_table(counter.data, "findings", counter.settings.round).to_pylist()}
    assert "same_day_filings" not in rules
    seen = {r["submission_id"]: r["first_seen"] for r in register.last_register(counter.data, counter.settings.round)}
    assert [seen[submission].minute for submission in ids] == [0, 1, 2]


def test_refused_newer_filing_leaves_the_last_good_one(counter: Counter) -> None:
    good = counter.hand_in("a.xlsx")
    bad = counter.hand_in("b.xlsx", put("submission", "submitted_on", dt.date(2026, 4, 2)), other_round)
    assert (bad.state, bad.before) == ("returned", good.submission_id)
    assert counter.states() == {good.submission_id: "accepted_with_remarks", bad.submission_id: "returned"}


def test_withdrawn_filing_gives_way_to_the_one_before(counter: Counter) -> None:
    old = counter.hand_in("a.xlsx", named("Oud"))
    new = counter.hand_in("b.xlsx", named("Nieuw"), put("submission", "submitted_on", dt.date(2026, 4, 2)))
    round_name = counter.settings.round
    assert counter.states()[old.submission_id] == "superseded"
    withdrawals.write_down(counter.data, round_name, new.submission_id, withdrawals.WITHDRAW, "verkeerd bestand", "An")
    states = counter.states()
    assert states[new.submission_id] == "withdrawn"
    assert register.counts(states[old.submission_id])
    names = [row["company_name"] for row in read_table(counter.data, "company", round_name).to_pylist()]
    assert names == ["Oud"]
    said = [r for r in read_table(counter.data, "findings", round_name).to_pylist() if r["rule"] == "withdrawn"]
    assert [(r["submission_id"], "verkeerd bestand" in r["message"]) for r in said] == [(new.submission_id, True)]
    assert len(counter.kept()) == 2
    withdrawals.write_down(counter.data, round_name, new.submission_id, withdrawals.RESTORE, "toch goed", "An")
    assert counter.states()[old.submission_id] == "superseded"


def test_handing_a_withdrawn_file_in_again_says_so(counter: Counter) -> None:
    first = counter.hand_in("a.xlsx")
    withdrawals.write_down(counter.data, counter.settings.round, first.submission_id, "withdraw", "fout", "An")
    again = counter.hand_in("a.xlsx")
    assert again.withdrawn
    assert counter.states() == {first.submission_id: "withdrawn"}


def test_damaged_record_stops_the_round_in_dutch(counter: Counter) -> None:
    counter.hand_in("a.xlsx")
    path = counter.data.records(counter.settings.round) / "withdrawals.csv"
    path.write_text("iets;anders\n1;2\n")
    with pytest.raises(RoundError, match=r"withdrawals\.csv"):
        take_in(counter.data, counter.settings)
    with pytest.raises(DamagedRecord):
        counter.hand_in("b.xlsx", named("B"))


def test_key_of_the_marks_is_for_this_user_only(counter: Counter) -> None:
    counter.hand_in("a.xlsx")
    path = counter.data.root / "records" / ".company-key"
    assert os.stat(path).st_mode & 0o077 == 0
    assert dataclasses.asdict(counter.hand_in("a.xlsx"))["again"]
