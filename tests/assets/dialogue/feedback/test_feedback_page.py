"""The page is short, plain, safe, and says what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assets.dialogue.feedback import Feedback, as_json, fingerprint
from assets.dialogue.feedback_page import page, steps, verdict
from assets.dialogue.feedback_text import DIFFERENT_TEXTS, counted, day, lines, places, sections
from assets.dialogue.feedback_workbook import Copied, NoCopy

SCRIPT = "<script>alert('x')</script>"


def finding(
    cell: str = "A1", sheet: str | None = "Energievraag", severity: str = "error", **more: Any
) -> dict[str, Any]:
    letters, digits = cell.rstrip("0123456789"), cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return {
        "sheet": sheet,
        "cell": cell if letters and digits else None,
        "row_number": int(digits) if digits else None,
        "column_letter": letters or None,
        "table_name": "energy_demand" if sheet else None,
        "field_name": None,
        "rule": "number",
        "severity": severity,
        "severity_label": {"error": "fout", "warning": "waarschuwing", "info": "opmerking"}[severity],
        "title": "Geen getal",
        "message": "Dat is geen getal.",
        "value_as_filed": None,
        "allowed": None,
        "consequence": False,
        **more,
    }


def answer(*findings: dict[str, Any], state: str = "accepted_with_remarks", **more: Any) -> Feedback:
    given: dict[str, Any] = {
        "submission_id": "0123456789abcdef",
        "round": "proef",
        "round_title": "Proefronde",
        "deadline": "2026-05-31",
        "contact": "",
        "file": "b.xlsx",
        "company_name": "Bakkerij",
        "state": state,
        "rows_in": 10,
        "rows_accepted": 9,
        "rows_refused": 1,
        "tables": [],
        "findings": list(findings),
        "settled": 0,
    }
    return Feedback(**{**given, **more})


def shown(said: Feedback, copied: Copied | NoCopy | None = None) -> str:
    return page(said, copied or Copied({}), "terugkoppeling.xlsx")


def test_cells_are_told_as_ranges() -> None:
    cells = ["B7", "B8", "B9", "M4", "M5", "C12", "AA3"]
    assert places([finding(cell) for cell in cells]) == "B7 t/m B9, C12, M4, M5 en AA3"
    assert places([finding("4"), finding("5")]) == "regel 4 en regel 5"
    assert places([finding("")]) == "hele tabblad"


def test_equal_findings_are_one_line() -> None:
    (line,) = lines([finding(f"B{row}") for row in range(7, 206)])
    assert line.where == "B7 t/m B205"


def test_of_many_different_findings_in_a_column_a_few_are_shown_and_all_are_placed() -> None:
    found = [finding(f"B{row}", message=f"'{row} m3' is geen getal.") for row in range(2, 20_002)]
    made = lines(found)
    assert len(made) == DIFFERENT_TEXTS
    assert made[-1].more == "En nog 19995 cellen in deze kolom met dezelfde soort melding: B7 t/m B20001."
    assert len(shown(answer(*found))) < 20_000


def test_errors_come_first_and_sheets_in_the_order_of_the_form() -> None:
    found = [
        finding("A2", "Energievraag", "info", message="c"),
        finding("A3", "Energievraag", message="d"),
        finding("A9", "Toelichting", "info", table_name=None, message="b"),
        finding("", None, message="a"),
    ]
    made = sections(found, {})
    assert [section.name for section in made] == ["", "Energievraag", "Toelichting"]
    assert [line.message for line in made[1].lines] == ["d", "c"]


def test_everything_filed_is_text_on_the_page() -> None:
    said = answer(
        finding(message=SCRIPT, sheet=f"Blad {SCRIPT}", title=SCRIPT), company_name=SCRIPT, file=SCRIPT, contact=SCRIPT
    )
    html = shown(said)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 6
    assert not re.search(r"(src|href)=", html)
    assert "http" not in html.replace("http-equiv", "")
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert '<html lang="nl">' in html
    assert html.count("<h1>") == 1
    assert "<th>" not in html  # every heading has a scope


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("accepted", "Uw indiening is aanvaard"),
        ("accepted_with_remarks", "Uw indiening is aanvaard, met aandachtspunten"),
        ("returned", "Uw indiening is teruggestuurd"),
        ("unreadable", "Wij kunnen uw bestand niet lezen"),
        ("superseded", "Deze indiening is vervangen door een nieuwere"),
    ],
)
def test_the_state_is_said_in_plain_words(state: str, headline: str) -> None:
    assert f"<h1>{headline}</h1>" in shown(answer(finding(), state=state))


@pytest.mark.parametrize(
    ("refused", "came", "said"),
    [
        (1, 10, "1 van 10 regels telt nog niet mee."),
        (1, 1, "1 van 1 regel telt nog niet mee."),
        (1200, 3000, "1.200 van 3.000 regels tellen nog niet mee."),
    ],
)
def test_the_verdict_counts_what_does_not_count_yet(refused: int, came: int, said: str) -> None:
    made = answer(finding(), rows_in=came, rows_accepted=came - refused, rows_refused=refused)
    assert verdict(made).startswith(f"Aanvaard met opmerkingen: {said}")
    html = shown(made)
    assert html.index(f"Aanvaard met opmerkingen: {said}") < html.index("Wat u nu doet")
    assert verdict(answer(finding(severity="warning"), rows_refused=0)).startswith("Alle gelezen regels tellen mee.")


def test_what_is_settled_is_counted_apart() -> None:
    warned = finding(severity="warning")
    assert "Daarnaast" not in shown(answer(warned))
    assert "geen fouten, 1 waarschuwing en geen opmerkingen. Daarnaast is 1 bevinding" in shown(
        answer(warned, settled=1)
    )
    assert "Daarnaast zijn 2 bevindingen al afgehandeld" in shown(answer(warned, settled=2))


def test_a_warning_on_a_row_is_explained_and_another_is_not() -> None:
    on_row, on_sheet = finding(severity="warning"), finding("", severity="warning")
    elsewhere = finding("A2", severity="warning", table_name="submission")

    def step(*found: dict[str, Any]) -> str:
        return next(text for text in steps(answer(*found), "x") if text.startswith("Controleer"))

    assert "de kolom 'Toelichting' van die regel; dan is de waarschuwing afgehandeld" in step(on_row)
    assert "niets te doen" not in step(on_row)
    for other in (on_sheet, elsewhere):
        assert "Toelichting" not in step(other)
        assert "Klopt het wel? Dan hoeft u niets te doen." in step(other)
        assert "Toelichting" in step(on_row, other)
        assert "hoeft u niets te doen als het klopt" in step(on_row, other)


def test_the_steps_fit_what_was_found() -> None:
    errors = steps(answer(finding(), finding("A2", severity="warning")), "terugkoppeling.xlsx")
    assert [step.split()[0] for step in errors] == ["Open", "Herstel", "Controleer", "Vul"]
    assert "uiterste datum is 31 mei 2026" in errors[-1]
    assert "0123456789abcdef" in errors[-1]
    assert steps(answer(finding(severity="info"), state="accepted"), "x") == []
    assert steps(answer(finding(), state="superseded"), "x") == []
    (again,) = [step for step in steps(answer(finding(), state="unreadable"), None) if "Lever" in step]
    assert again.startswith("Lever het hele bestand opnieuw in")


def test_that_warnings_may_come_after_mending_is_said_where_rows_were_refused() -> None:
    later = "die kunnen er na uw herstel bij komen"
    assert later in " ".join(steps(answer(finding(), state="returned"), None))
    assert later not in " ".join(steps(answer(finding(), rows_refused=0), None))
    assert later not in " ".join(steps(answer(finding(severity="warning"), rows_refused=0), None))


def test_what_follows_from_an_error_is_told_apart() -> None:
    html = shown(answer(finding(), finding("A2", consequence=True, message="hier gebeurt het door")))
    assert "2 fouten (waarvan 1 volgt uit een andere fout)" in html
    assert html.count("Dat is geen getal.") == html.count("hier gebeurt het door") == 1
    assert html.index("Dat is geen getal.") < html.index("Verdwijnt vanzelf") < html.index("hier gebeurt het door")


def test_sheets_are_called_as_in_the_copy() -> None:
    html = shown(answer(finding(sheet="energy_demand")), Copied({"energy_demand": "Energievraag"}))
    assert "<h3>Energievraag</h3>" in html
    assert '"workbook_sheet": "Energievraag"' in as_json(
        answer(finding(sheet="energy_demand")), Copied({"energy_demand": "Energievraag"})
    )


@pytest.mark.parametrize("reason", ["unreadable", "csv", "too_large"])
def test_without_a_copy_the_page_says_why(reason: Any) -> None:
    html = shown(answer(finding()), NoCopy(reason))
    assert "gekleurde cellen" in html
    assert "Open de werkmap" not in html


def test_a_fingerprint_follows_what_is_said() -> None:
    one = fingerprint(answer(finding()))
    assert one == fingerprint(answer(finding()))
    assert one != fingerprint(answer(finding(message="anders")))
    assert one != fingerprint(answer(finding(), contact="iemand anders"))


def test_numbers_and_days_are_dutch() -> None:
    assert (counted(0, "fout", "fouten"), counted(1, "fout", "fouten")) == ("geen fouten", "1 fout")
    assert counted(1234, "fout", "fouten") == "1.234 fouten"
    assert (day("2026-05-31"), day(None)) == ("31 mei 2026", "")
