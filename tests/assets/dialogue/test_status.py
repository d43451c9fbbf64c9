"""The status of a round and its page: what it counts, that nothing of a text runs, and that it needs nobody else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pytest

from assets import records
from assets.dialogue.status import Counts, Status, days_text, gather
from assets.dialogue.status_page import bar, write_page
from assets.intake import receipts
from assets.intake.expected import keep_list
from assets.recipes import RECIPES, make
from assets.rounds import Round
from assets.store import DataFolder, write_table

Row = dict[str, Any]
Rows = Callable[..., pa.Table]

SETTINGS = Round(round="proef", title="Proef <b>", deadline=dt.date(2026, 5, 31), geography_year=2025)
TODAY = dt.date(2026, 5, 20)
EVIL = "<script>alert(1)</script>"
LISTED = [
    {"company_name": 'Aardappel & Zn "Oost"'},
    {"kvk_number": "10000002", "company_name": EVIL, "province_code": "PV31", "is_ets": True},
    {"kvk_number": "10000003", "company_name": "Zuivel", "province_code": "PV20"},
    {"kvk_number": "10000003", "company_name": "Zuivel", "province_code": "PV31"},
]
FILES = [
    {"file": "een.xlsx", "kvk_number": "10000001", "company_name": "Aardappel"},
    {"file": "een nogmaals.xlsx", "kvk_number": "10000001", "state": "duplicate"},
    {
        "file": f"{EVIL}.xlsx",
        "submission_id": "s2",
        "kvk_number": "10000007",
        "company_name": EVIL,
        "state": "returned",
    },
    {"file": "drie.xlsx", "submission_id": "s3", "state": "returned"},
    {"file": "kapot.xlsx", "submission_id": "s4", "state": "unreadable"},
    {"file": "oud.xlsx", "submission_id": "s5", "kvk_number": "10000003", "state": "withdrawn"},
]
SITES = [
    {"accepted": True, "municipality_code": "GM0344"},
    {"submission_id": "s2", "kvk_number": "10000007", "accepted": False, "municipality_code": "GM0193"},
]


@pytest.fixture
def data(tmp_path: Path, rows: Rows) -> DataFolder:
    """A round after a run, with a list of which two companies filed nothing."""
    folder = DataFolder(tmp_path / "data")
    keep_list(folder, SETTINGS, rows("expected", *LISTED))
    _run(folder, rows, LISTED)
    return folder


NO_DEMAND: dict[str, list[Row]] = {"findings": [], "site_demand": [], "estimated_demand": []}


def _run(data: DataFolder, rows: Rows, listed: list[Row]) -> None:
    for name, lines in {**NO_DEMAND, "expected": listed, "register": FILES, "filed_sites": SITES}.items():
        write_table(data, name, "proef", rows(name, *lines))
    for recipe in RECIPES:
        if recipe.table in ("invitations", "pmiek_coverage"):
            make(data, SETTINGS, recipe)


def gathered(data: DataFolder) -> Status:
    status = gather(data, SETTINGS, TODAY)
    assert status is not None
    return status


def test_status_counts_each_company_once(data: DataFolder) -> None:
    status = gathered(data)
    total = Counts(invited=3, received=3, accepted=1, returned=2, missing=2, uninvited=2)
    assert status.total == total
    assert [(c.name, c.provinces) for c in status.missing] == [
        ("Zuivel", ("Groningen", "Limburg")),
        (EVIL, ("Limburg",)),
    ]
    assert [(c.name, c.file, c.is_invited) for c in status.answered] == [
        (EVIL, f"{EVIL}.xlsx", False),
        ("", "drie.xlsx", False),
        ('Aardappel & Zn "Oost"', "een.xlsx", True),
    ]
    assert status.answered[0].provinces == ("Overijssel",)
    assert [file["file"] for file in status.unreadable] == ["kapot.xlsx"]
    (limburg,) = (area for area in status.areas if area.name == "Limburg")
    assert (limburg.counts.invited, limburg.counts.missing) == (2, 2)
    assert [name for name, _ in limburg.sectors] == ["Levensmiddelen"]
    assert (status.days_left, status.has_list, status.is_list_newer) == (11, True, False)


def test_without_a_list_nobody_is_missing(data: DataFolder, rows: Rows) -> None:
    _run(data, rows, [])
    status = gathered(data)
    assert (status.has_list, status.is_list_newer) == (False, True)
    assert status.total == Counts(invited=None, received=3, accepted=1, returned=2, missing=None)
    text = write_page(data, status).read_text(encoding="utf-8")
    assert "geen lijst van uitgenodigde bedrijven geladen" in text
    assert "Ontbreekt" not in text


def test_list_that_was_loaded_after_the_run_is_said(data: DataFolder, rows: Rows) -> None:
    keep_list(data, SETTINGS, rows("expected", *LISTED[:2]))
    status = gathered(data)
    assert status.is_list_newer
    assert "na de laatste run veranderd" in write_page(data, status).read_text(encoding="utf-8")


def test_round_that_was_never_run_has_no_status(tmp_path: Path) -> None:
    assert gather(DataFolder(tmp_path), SETTINGS, TODAY) is None


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (None, "geen deadline ingesteld"),
        (-1, "deadline verstreken"),
        (0, "vandaag is de laatste dag"),
        (1, "nog 1 dag"),
        (2, "nog 2 dagen"),
    ],
)
def test_days_in_words(days: int | None, text: str) -> None:
    assert days_text(days) == text


def test_bar_is_as_long_as_its_parts() -> None:
    parts = bar(Counts(invited=9, received=4, accepted=3, returned=1, missing=4, elsewhere=1))
    assert [part.kind for part in parts] == ["accepted", "returned", "elsewhere", "missing"]
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.05)
    assert all(a.start + a.width == pytest.approx(b.start, abs=0.02) for a, b in pairwise(parts))
    assert bar(Counts(0, 0, 0, 0, 0)) == []


class Reader(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def test_page_escapes_every_text(data: DataFolder) -> None:
    path = write_page(data, gathered(data))
    reader = read(path)
    assert reader.of("script", "b", "img", "iframe", "object", "link") == [{}] * len(reader.of("b"))
    assert reader.text.count(EVIL) >= 3
    assert "Proef <b>" in reader.text
    assert 'Aardappel & Zn "Oost"' in reader.text


def test_file_has_the_name_that_the_company_gave_it(data: DataFolder) -> None:
    given = {"een.xlsx": "Onze opgave.xlsx", "kapot.xlsx": f"{EVIL}kapot.xlsx"}
    rows = [{**dict.fromkeys(receipts.COLUMNS, ""), "file": file, "given_name": name} for file, name in given.items()]
    records.write(data.records("proef") / receipts.RECORD, receipts.COLUMNS, rows)
    status = gathered(data)
    assert [company.file for company in status.answered] == [f"{EVIL}.xlsx", "drie.xlsx", "Onze opgave.xlsx"]
    reader = read(write_page(data, status))
    assert "Onze opgave.xlsx" in reader.text
    assert f"{EVIL}kapot.xlsx" in reader.text
    assert reader.of("script") == []
    assert "een.xlsx" not in reader.text


def test_page_needs_nothing_from_outside(data: DataFolder) -> None:
    path = write_page(data, gathered(data))
    text, reader = path.read_text(encoding="utf-8"), read(path)
    assert not re.search(r"https?:|//|@import|src=|\bon\w+=", text.replace("</", ""))
    assert re.findall(r"url\(([^)]*)\)", text) == ["#hatch", "#dots"]
    policies = [
        meta.get("content") for meta in reader.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_page_can_be_read_by_ear(data: DataFolder) -> None:
    reader = read(write_page(data, gathered(data)))
    assert reader.of("html") == [{"lang": "nl"}]
    for landmark in ("header", "main", "footer", "h1", "title"):
        assert len(reader.of(landmark)) == 1, landmark
    assert len(reader.of("table")) == len(reader.of("caption")) == 4
    assert all(heading.get("scope") in ("row", "col") for heading in reader.of("th"))
    ids = {attributes["id"] for _, attributes in reader.tags if "id" in attributes}
    for _, attributes in reader.tags:
        for name in ("aria-labelledby",):
            assert attributes.get(name) is None or attributes[name] in ids
        target = attributes.get("href") or ""
        assert not target.startswith("#") or target[1:] in ids
    assert all(drawing.get("aria-hidden") == "true" for drawing in reader.of("svg"))


def test_page_says_that_it_is_confidential_and_how_long_is_left(data: DataFolder) -> None:
    path = write_page(data, gathered(data))
    text = " ".join(read(path).text.split())
    assert path == data.curated / "status" / "round=proef" / "status.VERTROUWELIJK.html"
    assert "Vertrouwelijk: deze pagina noemt bedrijven." in text
    assert "deadline 31-05-2026 · nog 11 dagen" in text
    assert "Van de 3 uitgenodigde bedrijven heeft er 1 iets ingediend: 33%." in text


@pytest.mark.parametrize(("missing", "of", "share"), [(1, 3, 67), (2, 3, 33), (1, 8, 88), (3, 8, 63), (0, 7, 100)])
def test_share_that_filed_is_rounded(data: DataFolder, missing: int, of: int, share: int) -> None:
    total = Counts(invited=of, received=of - missing, accepted=0, returned=of - missing, missing=missing)
    text = " ".join(read(write_page(data, replace(gathered(data), total=total))).text.split())
    assert f"iets ingediend: {share}%." in text


@pytest.mark.parametrize("name", [None, "elders/stand van zaken.html"])
def test_links_lead_to_feedback_that_was_made(data: DataFolder, tmp_path: Path, name: str | None) -> None:
    made = [data.feedback("proef") / submission / "terugkoppeling.html" for submission in ("s1", "s4")]
    for path in made:
        path.parent.mkdir(parents=True)
        path.write_text("hallo")
    page = write_page(data, gathered(data), tmp_path / name if name else None)
    links = [str(link["href"]) for link in read(page).of("a") if not str(link["href"]).startswith("#")]
    assert {(page.parent / unquote(link)).resolve() for link in links} == {path.resolve() for path in made}
    assert sorted(path.name for path in page.parent.iterdir() if path.is_file()) == [page.name]
