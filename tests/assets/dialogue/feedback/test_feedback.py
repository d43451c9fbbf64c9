"""A round gets feedback: the right submissions, nothing of another company, and only what changed is made again."""

from __future__ import annotations

import html
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assets.dialogue import feedback as module
from assets.dialogue.feedback import DATA, PAGE, WORKBOOK, gather, give_feedback
from assets.intake import withdrawals
from assets.intake.take_in import take_in
from assets.recipes import MissingTable
from assets.rounds import Round, read_round, write_round
from assets.sample.companies import generate
from assets.sample.mistakes import MISTAKES, write_faulty
from assets.sample.rounds import SHARED_EAN
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Filing
from blueprint.load import blueprint
from pipelines.cli.main import main

ROUND = "proef"
YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
# Which mistakes each company makes; the last two share an EAN code, the one before is sent in twice.
MADE: tuple[tuple[str, ...], ...] = (
    ("number_with_text", "kvk_too_short"),
    ("row_twice", "unit_unknown"),
    ("file_cut_off",),
    ("header_unknown",),
    (),
    ("sheet_unknown",),
    (),
    (),
)
OWN = ("company_name", "kvk_number", "site_name", "contact_email", "ean_code", "project_name", "street")


def strings(filing: Filing) -> set[str]:
    """What only this company says of itself."""
    rows = [row for table in filing.tables.values() for row in table]
    return {str(row[name]) for row in rows for name in OWN if row.get(name)}


def text_of(folder: Path) -> str:
    """Everything in the files of a folder as one text, the workbook unpacked."""
    parts = [html.unescape((folder / PAGE).read_text(encoding="utf-8")), (folder / DATA).read_text(encoding="utf-8")]
    if (folder / WORKBOOK).exists():
        with zipfile.ZipFile(folder / WORKBOOK) as archive:
            parts += [html.unescape(archive.read(name).decode("utf-8", "replace")) for name in archive.namelist()]
    return "\n".join(parts)


@pytest.fixture(scope="module")
def filings() -> list[Filing]:
    made = generate(11, len(MADE), ROUND)
    made[-1].row("connection")["ean_code"] = made[-2].row("connection")["ean_code"]
    return made


@pytest.fixture(scope="module")
def taken(filings: list[Filing], tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A round that was taken in; not to be changed."""
    data = DataFolder(tmp_path_factory.mktemp("feedback"))
    folder = data.round_folder(ROUND)
    write_round(folder, Round(round=ROUND, contact="helpdesk@provincie.example"))
    for filing, made in zip(filings, MADE, strict=True):
        write_faulty(filing, [MISTAKES[name] for name in made], folder / f"{filing.name}.xlsx", YEARS)
    shutil.copy(folder / f"{filings[4].name}.xlsx", folder / "z-nog-eens.xlsx")
    take_in(data, read_round(folder))
    return data


@pytest.fixture
def data(taken: DataFolder, tmp_path: Path) -> DataFolder:
    shutil.copytree(taken.root, tmp_path / "data")
    return DataFolder(tmp_path / "data")


def settings(data: DataFolder) -> Round:
    return read_round(data.round_folder(ROUND))


def by_name(data: DataFolder, filings: list[Filing]) -> dict[int, str]:
    """The submission of every company, by its place."""
    rows = {row["file"]: row["submission_id"] for row in read_table(data, "register", ROUND).to_pylist()}
    return {place: rows[f"{filing.name}.xlsx"] for place, filing in enumerate(filings)}


def test_every_submission_with_findings_is_answered_in_three_forms(data: DataFolder, filings: list[Filing]) -> None:
    given = give_feedback(data, settings(data))
    identity = by_name(data, filings)
    found = set(read_table(data, "findings", ROUND).column("submission_id").to_pylist())
    assert {identity[place] for place in (0, 1, 2, 3, 5, 6, 7)} <= found == set(given.folders)
    assert (given.written, given.without_workbook, given.removed) == (len(found), 1, 0)
    for submission, folder in given.folders.items():
        readable = submission != identity[2]
        assert {path.name for path in folder.iterdir()} == {PAGE, DATA, *([WORKBOOK] if readable else [])}
        told = json.loads((folder / DATA).read_text(encoding="utf-8"))
        messages = sorted(finding["message"] for finding in told["findings"])
        rows = read_table(data, "findings", ROUND).to_pylist()
        assert messages == sorted(row["message"] for row in rows if row["submission_id"] == submission)
        assert "helpdesk@provincie.example" in (folder / PAGE).read_text(encoding="utf-8")


def test_the_page_counts_what_the_status_counts(data: DataFolder) -> None:
    give_feedback(data, settings(data))
    status = read_table(data, "submission_status", ROUND).to_pylist()
    whole = [row for row in status if row["table_name"] == "*"]
    rows = {row["submission_id"]: row for row in whole if row["state"] != "duplicate"}
    refused = 0
    for answer in gather(data, settings(data)):
        row = rows[answer.submission_id]
        counted = (answer.count("error"), answer.count("warning"), answer.count("info"), answer.settled)
        files = [one for one in whole if one["submission_id"] == answer.submission_id]  # the same content, sent twice
        kinds = ("error", "warning", "info", "settled")
        assert counted == tuple(sum(one[f"{kind}_count"] for one in files) for kind in kinds)
        text = text_of(data.feedback(ROUND) / answer.submission_id)
        errors = "geen" if not counted[0] else counted[0]
        assert f"Wij vonden {errors} fout" in text
        if answer.state == "accepted_with_remarks" and row["rows_refused"]:
            refused += 1
            assert f"opmerkingen: {row['rows_refused']} van {row['rows_in']} regels" in text
    assert refused


def test_paths_name_no_company(data: DataFolder, filings: list[Filing]) -> None:
    give_feedback(data, settings(data))
    base = data.feedback(ROUND)
    assert all(re.fullmatch(r"[0-9a-f]{16}", folder.name) for folder in base.iterdir())


def test_nothing_of_another_company_is_in_the_feedback(data: DataFolder, filings: list[Filing]) -> None:
    given = give_feedback(data, settings(data))
    identity = by_name(data, filings)
    compared = 0
    labels = "\n".join(code.label for codes in blueprint().codes.values() for code in codes.codes)
    for place, submission in identity.items():
        if submission not in given.folders:
            continue
        text = text_of(given.folders[submission])
        own = strings(filings[place])
        for other, filing in enumerate(filings):
            foreign = {word for word in strings(filing) - own if len(word) > 4 and word not in labels} | {
                identity[other]
            }
            if other != place:
                compared += len(foreign)
                assert [word for word in foreign if word in text] == [], (place, other)
        if submission != identity[2]:
            assert str(filings[place].row("company")["company_name"]) in text
    assert compared > 100
    assert "staat ook in een andere opgave" in text_of(given.folders[identity[len(MADE) - 1]])
    assert len(SHARED_EAN) == 2


def test_what_did_not_change_is_left_as_it_is(data: DataFolder, filings: list[Filing]) -> None:
    first = give_feedback(data, settings(data))
    before = {path: path.stat().st_mtime_ns for folder in first.folders.values() for path in folder.iterdir()}
    again = give_feedback(data, settings(data))
    assert (again.answered, again.written, again.removed) == (first.answered, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    (first.folders[by_name(data, filings)[0]] / WORKBOOK).unlink()
    assert give_feedback(data, settings(data)).written == 1


def test_a_mended_submission_loses_its_feedback(data: DataFolder, filings: list[Filing]) -> None:
    give_feedback(data, settings(data))
    old = by_name(data, filings)[1]
    (data.feedback(ROUND) / "van-iemand-anders").mkdir()
    (data.round_folder(ROUND) / f"{filings[1].name}.xlsx").unlink()
    take_in(data, settings(data))
    given = give_feedback(data, settings(data))
    assert (given.written, given.removed) == (0, 1)
    assert not (data.feedback(ROUND) / old).exists()
    assert (data.feedback(ROUND) / "van-iemand-anders").exists()


def test_a_file_that_is_not_the_one_that_was_examined_is_not_copied(data: DataFolder, filings: list[Filing]) -> None:
    path, identity = data.round_folder(ROUND) / f"{filings[0].name}.xlsx", by_name(data, filings)
    path.write_bytes((data.round_folder(ROUND) / f"{filings[1].name}.xlsx").read_bytes())
    given = give_feedback(data, settings(data), only=[identity[0]])
    assert given.without_workbook == 1
    assert not (given.folders[identity[0]] / WORKBOOK).exists()
    assert strings(filings[1]).isdisjoint(text_of(given.folders[identity[0]]).split('"'))


def test_a_file_that_ends_its_process_still_gets_a_page(
    data: DataFolder, filings: list[Filing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.01)
    given = give_feedback(data, settings(data), only=[by_name(data, filings)[0]])
    (folder,) = given.folders.values()
    assert given.without_workbook == 1
    assert "kon geen werkmap" in (folder / PAGE).read_text(encoding="utf-8")


def test_a_round_that_was_never_run_has_no_feedback(data: DataFolder) -> None:
    shutil.rmtree(data.curated)
    with pytest.raises(MissingTable):
        give_feedback(data, settings(data))


def pces(data: DataFolder, *words: str) -> Any:
    return CliRunner().invoke(main, ["--data", str(data.root), "feedback", *words], prog_name="pces")


def test_the_command_writes_and_says_where(data: DataFolder, filings: list[Filing], tmp_path: Path) -> None:
    identity = by_name(data, filings)[0]
    done = pces(data, "--indiening", identity, "--out", str(tmp_path / "uit"))
    assert done.exit_code == 0, done.output
    assert "1 indiening met bevindingen: 1 gemaakt, 0 ongewijzigd" in " ".join(done.output.split())
    assert [path.name for path in (tmp_path / "uit").iterdir()] == [identity]
    assert not data.feedback(ROUND).exists()


def test_the_command_takes_the_name_of_a_file_and_finds_its_round(data: DataFolder, filings: list[Filing]) -> None:
    write_round(data.round_folder("andere"), Round(round="andere"))
    done = pces(data, "--indiening", f"{filings[0].name}.xlsx")
    assert done.exit_code == 0, done.output
    assert [path.name for path in data.feedback(ROUND).iterdir()] == [by_name(data, filings)[0]]


def test_the_command_says_why_there_is_no_feedback(data: DataFolder, filings: list[Filing]) -> None:
    identity = by_name(data, filings)[0]
    withdrawals.write_down(data, ROUND, identity, withdrawals.WITHDRAW, "vergissing", "A. Analist")
    take_in(data, settings(data))
    said = " ".join(pces(data, "--indiening", identity).output.split())
    assert "zij is ingetrokken" in said
    assert f"pces withdraw {identity} --undo" in said
    (data.round_folder(ROUND) / "nieuw.xlsx").write_bytes(b"geen werkmap")
    assert "nog niet doorgerekend" in " ".join(pces(data, "--indiening", "nieuw.xlsx").output.split())


def test_the_command_complains_in_dutch(data: DataFolder) -> None:
    unknown = pces(data, "--indiening", "f" * 16)
    assert (unknown.exit_code, "Geen opgave gevonden" in unknown.output) == (3, True)
    assert pces(data, "--round", "bestaat-niet").exit_code != 0
    shutil.rmtree(data.curated)
    done = pces(data)
    assert done.exit_code == 2
    assert "nog niet doorgerekend" in " ".join(done.output.split())
