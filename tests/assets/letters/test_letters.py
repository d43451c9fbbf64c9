"""The letters of a whole round: each tells of one company and of nobody else, and stays whole whatever was filed."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest

from assets.letters import gather
from assets.letters.make import PAGE, Letter, make_letters
from assets.recipes import MissingTable
from assets.store import DataFolder, write_parquet, write_table
from tests.assets.cooked import Cook
from tests.assets.given import Filed, Row, completed, joined
from tests.assets.strategy.made import HARM, HOSTILE, PLENTY, SETTINGS, firm

AS_FILED = ("register", "findings", "submission_status", "site", "connection", "project", "filed_sites")
COOKED = ("site_place", "site_demand")
SETTLED = SETTINGS.model_copy(update={"province_contacts": {HOSTILE: f"Anna {HARM}"}, "contact": "het loket"})
TODAY = dt.date(2026, 6, 1)
NAMES = {"s1": "Bakkerij Aardbei", "s2": f"Smederij {HARM}", "s3": "Bierbrouwerij Framboos", "s4": "Slachterij Mispel"}
PLAN: Row = {
    "plan_id": "P-1",
    "plan_name": f"Station {HARM}",
    "province_code": PLENTY,
    "municipality_code": "GM0344",
    "carrier": "electricity",
    "grid_operator": "stedin",
    "ready_year": 2031,
    "fact_source": "investeringsplan",
}


def number(code: str) -> str:
    return f"1{int(code[1:]):07}"


def filed() -> Filed:
    """Three firms that count, one of which is hostile and one of which lies nowhere, and one that was sent back."""
    firms = joined(firm("s1", PLENTY, NAMES["s1"]), firm("s2", HOSTILE, NAMES["s2"]), firm("s3", PLENTY, NAMES["s3"]))
    for row in firms["project"]:
        row["project_name"] = f"Oven van {NAMES[row['submission_id']]}"
    for row in firms["site"]:
        if row["submission_id"] == "s3":
            row |= {"municipality_code": "GM9999", "latitude": None, "longitude": None}
    states = {"s1": "accepted_with_remarks", "s2": "accepted", "s3": "accepted", "s4": "returned"}
    back: Row = {"submission_id": "s4", "kvk_number": number("s4"), "site_id": "V9", "accepted": False}
    firms["filed_sites"].append({**back, "municipality_code": "GM0344"})
    firms["register"] = [
        {"submission_id": code, "kvk_number": number(code), "company_name": NAMES[code], "state": state, "file": code}
        for code, state in states.items()
    ]
    firms["register"].append({"submission_id": "s5", "state": "unreadable", "file": "s5"})
    message = {"rule": "number", "severity": "error", "table_name": "energy_demand", "sheet": "Energievraag"}
    firms["findings"] = [
        {**message, "submission_id": code, "file": code, "message": f"Getal van {NAMES[code]}."}
        | {"cell": "I3", "row_number": 3, "column_letter": "I"}
        for code in ("s1", "s4")
    ]
    firms["submission_status"] = [
        {"round": "proef", "submission_id": code, "file": code, "table_name": name, "state": state}
        | {"rows_in": 9, "rows_accepted": 8, "rows_refused": 1}
        for code, state in states.items()
        for name in ("*", "energy_demand")
    ]
    return firms


@pytest.fixture(scope="module")
def data(cook: Cook, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder with the round, without plans; not to be changed."""
    found, rows = DataFolder(tmp_path_factory.mktemp("brieven") / "data"), filed()
    made = cook({name: rows[name] for name in ("company", "site", "connection", "energy_demand")}, SETTLED)
    for name in COOKED:
        write_table(found, name, SETTLED.round, made[name])
    for name in AS_FILED:
        write_table(found, name, SETTLED.round, completed(name, *rows[name]))
    return found


@pytest.fixture(autouse=True)
def same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "today", lambda: TODAY)


@pytest.fixture
def planned(data: DataFolder):
    """The same folder with a plan, for as long as a test takes."""
    path = data.reference / "infrastructure.parquet"
    write_parquet(path, completed("infrastructure", PLAN))
    yield data
    path.unlink()


def written(data: DataFolder) -> dict[str, tuple[Letter, str]]:
    """Each letter as its page, by the number of its company."""
    made, _ = make_letters(data, SETTLED)
    return {one.kvk_number: (one, one.path.read_text(encoding="utf-8")) for one in made}


def shown(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html[html.index("<body>") :])))


def test_a_letter_holds_nothing_of_another_company(planned: DataFolder) -> None:
    letters = written(planned)
    assert list(letters) == [number(code) for code in NAMES]
    for code, name in NAMES.items():
        _, html = letters[number(code)]
        said = html + unescape(html)
        assert name in said
        others = {other: called for other, called in NAMES.items() if other != code}
        for other, called in others.items():
            assert called not in said
            assert number(other) not in said
            assert f"kenmerk {other}" not in said


def test_a_letter_is_marked_and_its_place_names_nobody(planned: DataFolder) -> None:
    for one, html in written(planned).values():
        assert f"VERTROUWELIJK. Deze brief is alleen voor {one.name}" in unescape(html)
        assert one.path.name == PAGE == "brief.VERTROUWELIJK.html"
        assert re.fullmatch(r"[0-9a-f]{12}", one.path.parent.name)
        assert not any(number(code) in str(one.path) for code in NAMES)


def test_a_letter_needs_no_script_and_no_network_and_is_whole(data: DataFolder, planned: DataFolder) -> None:
    for _, html in written(planned).values():
        assert "<script" not in html
        assert not re.search(r"(src|href)=\"(?!data:|#)", html)
        assert '<html lang="nl">' in html
        assert not re.search(r"\b(None|nan|Undefined|Decimal)\b", shown(html))
        assert not re.search("[\ue000-\uf8ff]", html)


def test_the_same_round_gives_the_same_bytes(planned: DataFolder) -> None:
    first = {number: html for number, (_, html) in written(planned).items()}
    assert first == {number: html for number, (_, html) in written(planned).items()}


def test_what_counts_what_is_open_and_what_comes_later_is_said(planned: DataFolder) -> None:
    text = shown(written(planned)[number("s1")][1])
    assert "Uw opgave telt mee, op 1 regel van de 9 na; die is afgekeurd." in text
    assert "Fout, tabblad Energievraag, I3: Getal van Bakkerij Aardbei." in text
    assert "u rekent op 2029): niet voor 2031. Dat is 2 jaar later dan u rekent." in text
    assert "Uw aanvraag van 3 MW" in text
    assert "nodig is: 1 komt volgens de plannen later dan u rekent en 1 is een aanvraag waarvoor een plan is." in text
    assert "Provincie Utrecht: het loket." in text
    assert re.search(r"Elektriciteit .* TJ 100 100 100 100", text)


def test_without_plans_nothing_is_said_to_come_or_not_to_come(data: DataFolder) -> None:
    text = shown(written(data)[number("s1")][1])
    assert "Voor Utrecht zijn bij ons nog geen plannen voor infrastructuur bekend." in text
    assert "wij kunnen niet zeggen wanneer het komt" in text
    assert "niet voor 20" not in text


def test_a_site_that_lies_nowhere_is_told_so(planned: DataFolder) -> None:
    text = shown(written(planned)[number("s3")][1])
    assert "Van uw vestigingen weten wij de plaats niet" in text
    assert "wij weten niet waar deze vestiging ligt" in text
    assert "stellen aan: het loket." in text


def test_what_was_sent_back_counts_for_nothing_and_is_told_what_to_mend(planned: DataFolder) -> None:
    one, html = written(planned)[number("s4")]
    text = shown(html)
    assert not one.counts
    assert "Van uw opgave telt nog niets mee." in text
    assert "Getal van Slachterij Mispel." in text
    assert "nog geen enkel cijfer over energie mee" in text
    assert "Stedin" in text
    assert "Provincie Utrecht: het loket." in text


def test_the_contact_of_its_province_is_escaped(planned: DataFolder) -> None:
    assert f"Provincie Gelderland: Anna {HARM}." in shown(written(planned)[number("s2")][1])


def test_one_company_at_a_time_and_those_that_are_gone(planned: DataFolder) -> None:
    stale, own = planned.letters(SETTLED.round) / ("0" * 12), planned.letters(SETTLED.round) / "eigen"
    for folder in (stale, own):
        folder.mkdir(parents=True, exist_ok=True)
    made, removed = make_letters(planned, SETTLED, number("s2"))
    assert ([one.kvk_number for one in made], removed, stale.exists()) == ([number("s2")], 0, True)
    _, removed = make_letters(planned, SETTLED)
    assert (removed, stale.exists(), own.exists()) == (1, False, True)
    with pytest.raises(KeyError):
        make_letters(planned, SETTLED, "99999999")


def test_a_round_that_was_never_run_has_no_letters(tmp_path: Path) -> None:
    with pytest.raises(MissingTable):
        make_letters(DataFolder(tmp_path), SETTLED)


def test_a_closed_round_counts_from_its_deadline() -> None:
    closed = SETTLED.model_copy(update={"status": "closed", "deadline": dt.date(2025, 3, 31)})
    assert gather.day_of(closed) == dt.date(2025, 3, 31)
    assert gather.day_of(SETTLED) == TODAY
