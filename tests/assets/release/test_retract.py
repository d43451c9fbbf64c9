"""A release that is taken back: served no more, known for ever, and said to whoever looks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.release import retract as module
from assets.release.again import audited
from assets.release.ledger import RETRACTION, in_force, releases
from assets.release.retract import NOTICE, RetractError, retract
from assets.rounds import write_round
from assets.store import DataFolder
from assets.strategy.document import PUBLIC, Document
from assets.strategy.page import page
from assets.strategy.tables import NoRelease, Tables
from pipelines.cli.main import main
from pipelines.cli.status import show_status
from tests.assets.release.attacks import ENERGY, Law, read, releases_differ
from tests.assets.release.made import BASE, SETTINGS, SITE, TIERS, Site, folder, released, simple

DAY = dt.date(2026, 11, 20)
REASON = "Een bedrijf stond er met naam in"


def firms(number: int = 8) -> list[Site]:
    return [simple(at, 10.0 + at, agrees=(SITE,) if at == 1 else ()) for at in range(number)]


def grown(sites: list[Site]) -> list[Site]:
    """One of many moves: its change is told by who still has the figures of before."""
    last = {use: (a + 5, b + 90) for use, (a, b) in sites[-1].uses.items()}
    return [*sites[:-1], replace(sites[-1], uses=last)]


def taken_back(data: DataFolder, number: int = 1) -> module.Retracted:
    return retract(data, SETTINGS, number, REASON, "A. de Vries", DAY)


def nation(path: Path) -> str:
    return next(figure.status for key, figure in read(path, ENERGY)[BASE].items() if not any(key))


def test_nothing_is_served_and_nothing_is_lost(tmp_path: Path) -> None:
    data = folder(tmp_path)
    path = released(data, firms()).folder
    before = {file.relative_to(path): file.read_bytes() for file in path.rglob("*.parquet")}
    assert any("netbeheerder" in str(file) for file in before)
    done = taken_back(data)
    assert [file.name for file in (data.root / "releases").rglob("*") if file.is_file()] == [NOTICE]
    text = (path / NOTICE).read_text(encoding="utf-8")
    assert "20-11-2026" in text
    assert REASON not in text
    assert {file.relative_to(done.kept): file.read_bytes() for file in done.kept.rglob("*.parquet")} == before
    assert done.operators
    one = releases(data, SETTINGS.round)[0]
    assert one.retracted == {"retracted_on": "2026-11-20", "reason": REASON, "by": "A. de Vries"}
    assert in_force([one]) == []
    assert all(proof.safe for proof in audited(data, SETTINGS, one, TIERS).values())


def test_what_was_published_counts_as_known_for_ever(tmp_path: Path) -> None:
    """The next release is held against it, and does not bring its figures back as those of before."""
    data, then = folder(tmp_path), firms()
    released(data, then)
    kept, now = taken_back(data).kept, grown(then)
    report = released(data, now)
    assert report.number == 2
    assert nation(kept) == "shown"
    assert nation(report.folder) == "withheld"
    assert not releases_differ((kept, then), (report.folder, now), Law())
    forgetful = folder(tmp_path, "forgetful")
    assert nation(released(forgetful, now).folder) == "shown"


def test_figure_of_a_release_that_holds_is_still_carried_forward(tmp_path: Path) -> None:
    data, then = folder(tmp_path), firms()
    for some in (then, [*then, *(simple(20 + at, 11.0 + at) for at in range(5))]):
        released(data, some)
    taken_back(data, 2)
    assert nation(released(data, grown(then)).folder) == "carried_forward"


def test_public_pages_go_with_the_newest_release_and_not_with_an_older_one(tmp_path: Path) -> None:
    data, sites = folder(tmp_path), firms()
    for _ in range(2):
        released(data, sites)
    pages = [data.site(SETTINGS.round), data.strategy(SETTINGS.round, "openbaar")]
    for one in pages:
        one.mkdir(parents=True)
        (one / "index.html").write_text("cijfers", encoding="utf-8")
    assert taken_back(data, 1).pages == ()
    assert all(one.exists() for one in pages)
    assert "Vrijgave 2" in Tables(data, SETTINGS, PUBLIC).edition
    done = taken_back(data, 2)
    assert done.pages == tuple(pages)
    assert not any(one.exists() for one in pages)
    assert len(list(done.kept.rglob("index.html"))) == 2
    with pytest.raises(NoRelease, match="ingetrokken"):
        Tables(data, SETTINGS, PUBLIC)


def test_pages_of_before_the_newest_release_go_with_their_own(tmp_path: Path) -> None:
    data, sites = folder(tmp_path), firms()
    released(data, sites)
    documents, site = data.strategy(SETTINGS.round, "openbaar"), data.site(SETTINGS.round)
    write_page(documents / "pces-a.html", Tables(data, SETTINGS, PUBLIC).edition)
    released(data, sites)
    write_page(site / "documenten" / "pces-a.html", Tables(data, SETTINGS, PUBLIC).edition)
    assert taken_back(data, 1).pages == (documents,)
    assert site.exists()
    assert not documents.exists()


def write_page(path: Path, edition: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(page(Document("PV21", "Fryslân", SETTINGS.round, "", PUBLIC, edition, ())), encoding="utf-8")


def test_pages_that_were_made_again_after_a_stop_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data, sites = folder(tmp_path), firms()
    for _ in range(2):
        released(data, sites)
    site = data.site(SETTINGS.round)
    write_page(site / "pces-a.html", Tables(data, SETTINGS, PUBLIC).edition)
    monkeypatch.setattr(module, "notice", stopped)
    with pytest.raises(OSError, match="vol"):
        taken_back(data, 2)
    monkeypatch.undo()
    write_page(site / "pces-a.html", Tables(data, SETTINGS, PUBLIC).edition)
    assert taken_back(data, 2).pages == ()
    assert site.exists()


def stopped(*_: object) -> str:
    raise OSError("de schijf is vol")


def test_what_was_stopped_halfway_can_be_finished(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = folder(tmp_path)
    path = released(data, firms()).folder
    written = module._write

    def stopped(place: Path, text: str) -> None:
        if place.name == NOTICE:
            raise OSError("de schijf is vol")
        written(place, text)

    monkeypatch.setattr(module, "_write", stopped)
    with pytest.raises(OSError, match="vol"):
        taken_back(data)
    assert not path.exists()
    assert not in_force(releases(data, SETTINGS.round))
    monkeypatch.setattr(module, "_write", written)
    later = retract(data, SETTINGS, 1, REASON, "A. de Vries", dt.date(2026, 12, 1))
    assert later.release.retracted_on == "2026-11-20"
    assert (path / NOTICE).exists()


@pytest.mark.parametrize(
    ("number", "reason", "said"), [(3, REASON, "geen vrijgave 3"), (1, " ", "waarom"), (2, REASON, "al ingetrokken")]
)
def test_what_cannot_be_taken_back(number: int, reason: str, said: str, tmp_path: Path) -> None:
    data = folder(tmp_path)
    for _ in range(2):
        released(data, firms())
    taken_back(data, 2)
    with pytest.raises(RetractError, match=said):
        retract(data, SETTINGS, number, reason, "A. de Vries", DAY)
    assert (data.release(SETTINGS.round, 1) / "openbaar").exists()


def test_command_asks_says_what_to_do_and_status_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    data = folder(tmp_path)
    path = released(data, firms()).folder
    write_round(data.round_folder(SETTINGS.round), SETTINGS)
    asked = ["--data", str(data.root), "retract", "1", "--reden", REASON, "--naam", "A. de Vries"]
    unknown = CliRunner().invoke(main, [*asked[:3], "7", *asked[4:]])
    assert (unknown.exit_code, "?" in unknown.output) == (2, False)
    for answer in ("n", "nee", "", "wat\nNEE"):
        refused = CliRunner().invoke(main, asked, input=f"{answer}\n")
        assert refused.exit_code == 1
        assert "Er is niets ingetrokken" in refused.output
    assert "[j/N]" in refused.output
    assert "Antwoord met ja of nee" in refused.output
    assert (path / "openbaar").exists()
    done = CliRunner().invoke(main, asked, input="Ja\n")
    assert done.exit_code == 0
    assert "Stedin" in done.output
    assert not (path / "openbaar").exists()
    assert CliRunner().invoke(main, [*asked, "--ja"]).exit_code == 2
    monkeypatch.setattr("pipelines.cli.status._files", lambda *_: [("a",) * 10])
    show_status(data, SETTINGS.round)
    assert REASON in capsys.readouterr().out


def test_damaged_note_stops_a_release(tmp_path: Path) -> None:
    data = folder(tmp_path)
    released(data, firms())
    (taken_back(data).release.behind / RETRACTION).write_text("{}", encoding="utf-8")
    with pytest.raises(Exception, match=RETRACTION):
        released(data, firms())
