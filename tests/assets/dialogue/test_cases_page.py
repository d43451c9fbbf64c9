"""Checks the page with candidates for casework: what it says, leaves out, and that it escapes what people typed.

Which groups there are is checked in `tests/assets/pmiek`.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assets.dialogue.cases_page import gather, write_page
from assets.recipes import MissingTable
from assets.rounds import Round
from assets.store import DataFolder, write_table
from tests.assets.cooked import Cook

SETTINGS = Round(round="proef")
TODAY = dt.date(2026, 6, 1)


@pytest.fixture
def data(tmp_path: Path, cook: Cook) -> DataFolder:
    """One group without an end to its consent, one with, and one request for help without consent."""
    numbers = (1, 2, 3)
    own = [{"submission_id": f"s{number}"} for number in numbers]
    parks = ("Noord <b>& Zuid</b>", "Oost", "West")
    until = (None, dt.date(2026, 6, 30))
    made = cook(
        {
            "company": [{**one, "kvk_number": f"1000000{n}"} for one, n in zip(own, numbers, strict=True)],
            "submission": [{**one, "submitted_on": dt.date(2026, 3, 1)} for one in own],
            "site": [{**one, "business_park": park} for one, park in zip(own, parks, strict=True)],
            "bottleneck": [{**one, "help_requested": True, "escalation": "case_team"} for one in own],
            "consent": [
                {**one, "consent_purpose": "case_based_approach", "granted": True, "valid_until": end}
                for one, end in zip(own, until, strict=False)
            ],
        }
    )
    data = DataFolder(tmp_path)
    for name in ("pmiek_bottlenecks", "case_candidates"):
        write_table(data, name, "proef", made[name])
    return data


def test_page_says_that_it_is_no_ranking_and_names_no_company(data: DataFolder) -> None:
    path = write_page(data, SETTINGS, TODAY)
    text = path.read_text(encoding="utf-8")
    assert path.name == "casussen.VERTROUWELIJK.html"
    assert "Dit is geen rangorde." in text
    assert "geen betere plaats in een wachtrij" in text
    assert "3 knelpunten opgegeven; bij 3 is hulp gevraagd, waarvan 1 zonder toestemming." in text
    assert "Noord &lt;b&gt;&amp; Zuid&lt;/b&gt;" in text
    assert '<li class="now" aria-current="step">Casusteam</li>' in text
    assert "Provincie Utrecht, Gemeente Utrecht, Netbeheerder (nog niet bekend), TenneT" in text
    assert "1000000" not in text


@pytest.mark.parametrize(("today", "shown", "ended"), [(dt.date(2026, 6, 30), 2, 0), (dt.date(2026, 7, 1), 1, 1)])
def test_group_is_left_out_once_a_consent_has_ended(data: DataFolder, today: dt.date, shown: int, ended: int) -> None:
    (province,) = gather(data, SETTINGS, today)
    assert (len(province.groups), province.ended) == (shown, ended)
    said = "afgelopen: 1 groep." in write_page(data, SETTINGS, today).read_text(encoding="utf-8")
    assert said == bool(ended)


def test_same_day_same_page(data: DataFolder) -> None:
    assert write_page(data, SETTINGS, TODAY).read_bytes() == write_page(data, SETTINGS, TODAY).read_bytes()


def test_round_that_was_not_run_has_no_page(tmp_path: Path) -> None:
    with pytest.raises(MissingTable):
        write_page(DataFolder(tmp_path), SETTINGS, TODAY)
