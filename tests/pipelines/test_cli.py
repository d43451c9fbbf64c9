"""Checks the command line: Dutch in all it says, its exit codes, and that the same data gives the same tables.

What a run makes is checked beside the assets.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import openpyxl
import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result
from sqlalchemy.exc import OperationalError

from assets.dialogue.feedback import gather
from assets.files import file_hash
from assets.intake.take_in import take_in
from assets.intake.withdrawals import withdrawn
from assets.known_rounds import open_rounds
from assets.rounds import Round, read_round, write_round
from assets.sample.companies import generate
from assets.sample.emissions import write_sample_emissions
from assets.store import DataFolder, read_table, write_table
from assets.workbooks.write import write_xlsx
from blueprint.checks import BlueprintError
from blueprint.load import blueprint
from pipelines import cli
from pipelines.cli import dutch, show
from pipelines.cli.main import main
from pipelines.cli.run import _for_the_analyst
from pipelines.cli.tiers import TierWord
from tests.assets.given import completed

Pces = Callable[..., Result]

REPOSITORY = Path(dutch.__file__).parents[2]
ROUND = "proef"
CATALOGUE = Path(dutch.__file__).parent / "locale" / "nl" / "LC_MESSAGES" / "pces.po"
COMMAND = "pytest tests/pipelines/test_cli.py --fix"
# So that the same texts compile to the same file.
MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PMIEK = tuple(table.name for table in blueprint().tables.values() if table.kind == "pmiek")
ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments|args|error|show this|default|required|invalid|missing|try|no such|text|"
    r"integer|path|exit|traceback|file|value|is not)\b",
    re.IGNORECASE,
)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command sets in the environment is put back."""
    for name in ("DAGSTER_HOME", "PCES_DATA", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def pces(tmp_path: Path) -> Pces:
    """pces(*words, data=...): the command line in this process, on an empty data folder unless one is given."""

    def call(*words: str, data: Path | None = None) -> Result:
        result = CliRunner().invoke(main, ["--data", str(data or tmp_path / "data"), *words], prog_name="pces")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return call


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_help_is_dutch(pces: Pces, path: tuple[str, ...]) -> None:
    result = pces(*path, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Gebruik: {' '.join(('pces', *path))} [OPTIES]")
    assert "Toon deze uitleg." in result.output
    # What a person types is the only English: option names, and what they look like in the text.
    prose = re.sub(r"--?[a-z-]+|\[[a-z|-]+\]|PCES_DATA", "", result.output)
    assert ENGLISH.findall(prose) == []


def test_template_for_a_round_is_written_once(pces: Pces, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "formulier.xlsx"
    write_round(data / "raw" / ROUND, Round(round=ROUND, target_years=(2030, 2040)))
    made = pces("template", "--ronde", ROUND, "--uit", str(out), data=data)
    assert made.exit_code == 0
    assert "Voor ronde proef; jaren 2023, 2030, 2040" in made.output
    content = out.read_bytes()
    again = pces("template", "--round", ROUND, "--out", str(out), data=data)
    assert again.exit_code == 2
    assert "bestaat al" in again.output
    assert out.read_bytes() == content


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--out", "formulier.pdf"), 2, ".xlsx (Excel)"),
        (("--out", "nergens/formulier.xlsx"), 2, "bestaat niet"),
        (("--bedrijf", "12345678", "--out", "formulier.xlsx"), 2, "in geen enkele ronde"),
        (("--round", "onbekend", "--out", "formulier.xlsx"), 3, "niet geopend"),
        ((), 2, "--out"),
    ],
)
def test_template_that_cannot_be_made_says_why(
    pces: Pces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = pces("template", *words)
    assert result.exit_code == code
    assert said in result.output
    assert not list(tmp_path.glob("formulier*"))


def test_template_of_a_company_holds_that_company_only(
    pces: Pces, ran: Any, markers: tuple[str, ...], tmp_path: Path
) -> None:
    name, _, number, *_ = markers
    out = tmp_path / "formulier.zip"
    result = pces("template", "--company", number, "--out", str(out), data=ran.data.root)
    assert result.exit_code == 0
    assert "Vooraf ingevuld" in result.output
    with zipfile.ZipFile(out) as archive:
        text = archive.read("company.csv").decode("utf-8-sig")
    assert number in text
    assert len(text.splitlines()) == 2
    assert name not in result.output


def test_the_installed_command_is_dutch_on_an_english_machine(tmp_path: Path) -> None:
    environment = {**os.environ, "LANG": "en_US.UTF-8", "LANGUAGE": "en", "LC_ALL": "C.UTF-8"}
    code = "from pipelines.cli import pces; pces()"
    done = subprocess.run(
        [sys.executable, "-c", code, "bestaat-niet"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=REPOSITORY,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "Gebruik: pces [OPTIES] OPDRACHT [ARGUMENTEN]...\nUitleg: 'pces --help'.\n\n"
        "Fout: De opdracht 'bestaat-niet' bestaat niet.\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("bestaat-niet",),
        ("round",),
        ("round", "open"),
        ("round", "open", "a", "b"),
        ("round", "open", "a", "--basisjaar", "x"),
        ("run", "--round"),
        ("run", "--bestaat-niet"),
        ("run", "--roun", "a"),
        ("sample", "--which", "x"),
        ("check",),
        ("ui", "--port", "x"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_told_in_dutch(pces: Pces, words: tuple[str, ...]) -> None:
    result = pces(*words)
    assert result.exit_code == 2
    assert re.search("^(Gebruik|Fout): ", result.output)
    prose = re.sub(r"'[^']*'|--?[a-z-]+|\[[a-z|-]+\]|PCES_DATA|\.{3}", "", result.output)
    assert ENGLISH.findall(prose) == []


def test_round_open_writes_settings(pces: Pces, tmp_path: Path) -> None:
    words = ("--titel", "Ronde één", "--deadline", "2026-05-31", "--basisjaar", "2024", "--jaren", "2030, 2040")
    result = pces("round", "open", "2026-1", *words, "--gemeente-indeling", "2023")
    assert result.exit_code == 0
    assert "Ronde 2026-1 is geopend." in result.output
    assert "pces run --round 2026-1" in result.output
    settings = read_round(tmp_path / "data" / "raw" / "2026-1")
    assert (settings.title, settings.deadline, settings.base_year) == ("Ronde één", dt.date(2026, 5, 31), 2024)
    assert (settings.target_years, settings.geography_year) == ((2030, 2040), 2023)


def test_round_open_needs_nothing_but_a_name(pces: Pces, tmp_path: Path) -> None:
    assert pces("round", "open", "2026-1").exit_code == 0
    assert read_round(tmp_path / "data" / "raw" / "2026-1") == Round(round="2026-1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("../weg",), "'../weg' kan geen naam van een ronde zijn: gebruik letters, cijfers, punt en streepje."),
        (("met spatie",), "'met spatie' kan geen naam van een ronde zijn"),
        (("2026-1", "--deadline", "31-05-2026"), "de waarde bij 'deadline' klopt niet: '31-05-2026'."),
        (("2026-1", "--jaren", "2030,later"), "de waarde bij 'target_years' klopt niet: 'later'."),
        (("2026-1", "--basisjaar", "1900"), "de waarde bij 'base_year' klopt niet: 1900."),
    ],
)
def test_round_is_not_opened_when_something_is_wrong(
    pces: Pces, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    result = pces("round", "open", *words)
    assert result.exit_code == 3
    assert said in one_line(result)
    assert not (tmp_path / "data").exists()


def one_line(result: Result) -> str:
    """The output with the line breaks of a narrow terminal taken out."""
    return " ".join(result.output.split())


def test_round_that_exists_is_left_alone(pces: Pces, tmp_path: Path) -> None:
    pces("round", "open", "2026-1", "--titel", "eerste")
    result = pces("round", "open", "2026-1", "--titel", "tweede")
    assert result.exit_code == 3
    assert "Ronde '2026-1' bestaat al." in one_line(result)
    assert read_round(tmp_path / "data" / "raw" / "2026-1").title == "eerste"


def test_a_round_is_closed_and_opened_again_and_the_rest_of_its_settings_stays(pces: Pces, tmp_path: Path) -> None:
    pces("round", "open", "2026-1", "--titel", "eerste", "--deadline", "2026-05-31")
    path = tmp_path / "data" / "raw" / "2026-1" / "round.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# van ons\n", encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    result = pces("round", "close", "2026-1")
    assert result.exit_code == 0, result.output
    for text in ("Ronde 2026-1 is gesloten.", "niet meer vanzelf", "31-05-2026", "pces round open 2026-1"):
        assert text in one_line(result)
    assert path.read_text(encoding="utf-8") == before.replace("status: open", "status: closed")
    assert open_rounds(DataFolder(tmp_path / "data")) == []
    assert "was al gesloten" in one_line(pces("round", "close", "2026-1"))
    refused = pces("round", "open", "2026-1", "--titel", "tweede")
    assert (refused.exit_code, "is gesloten" in one_line(refused)) == (3, True)
    again = pces("round", "open", "2026-1")
    assert "Ronde 2026-1 is weer open." in one_line(again)
    assert path.read_text(encoding="utf-8") == before


def test_a_round_whose_settings_do_not_say_its_status_can_be_closed(pces: Pces, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "kort"
    folder.mkdir(parents=True)
    (folder / "round.yaml").write_text("title: Kort", encoding="utf-8")
    assert pces("round", "close", "kort").exit_code == 0
    assert (read_round(folder).status, read_round(folder).title) == ("closed", "Kort")
    (folder / "round.yaml").write_text("kleur: rood", encoding="utf-8")
    assert pces("round", "close", "kort").exit_code == 3
    assert (folder / "round.yaml").read_text(encoding="utf-8") == "kleur: rood"


@pytest.mark.parametrize(("word", "tier"), [("openbaar", "public"), ("public", "public"), ("Intern", "internal"),
                                            ("vertrouwelijk", "internal"), ("internal", "internal")])  # fmt: skip
def test_a_tier_has_the_words_that_people_use(word: str, tier: str) -> None:
    assert TierWord("public", "internal").convert(word, None, None) == tier


def test_tables_are_written_as_a_workbook(pces: Pces, ran: Any, tmp_path: Path) -> None:
    out = tmp_path / "tabellen.xlsx"
    early = pces("export", "--out", str(out), data=ran.data.root)
    assert (early.exit_code, "nog niets vrijgegeven" in one_line(early)) == (2, True)
    result = pces("export", "--tier", "intern", "--table", "register", "--out", str(out), data=ran.data.root)
    assert result.exit_code == 0, result.output
    assert "Vertrouwelijk: alleen voor de analist." in one_line(result)
    assert openpyxl.load_workbook(tmp_path / "tabellen.VERTROUWELIJK.xlsx").sheetnames == ["Uitleg", "Register"]


def test_an_unknown_tier_says_what_to_type(pces: Pces) -> None:
    result = pces("strategy", "--tier", "geheim")
    assert result.exit_code == 2
    assert "'geheim' is geen soort. Kies openbaar of vertrouwelijk." in one_line(result)


def test_rounds_are_listed_with_what_is_wrong_with_them(pces: Pces, tmp_path: Path) -> None:
    assert "Er is nog geen ronde." in one_line(pces("rounds"))
    raw = tmp_path / "data" / "raw"
    soon = dt.date.today() + dt.timedelta(days=3)
    write_round(raw / "eerste", Round(round="eerste", deadline=soon))
    write_round(raw / "oud", Round(round="oud", deadline=dt.date(2020, 1, 2), status="closed"))
    (raw / "eerste" / "a.xlsx").write_bytes(b"a")
    (raw / "kapot").mkdir()
    (raw / "kapot" / "round.yaml").write_text("kleur: rood")
    result = pces("rounds")
    assert result.exit_code == 0
    lines = [line.split() for line in result.output.splitlines()]
    assert ["eerste", "open", soon.strftime("%d-%m-%Y"), "nog", "3", "dagen", "2023", "1"] in lines
    assert ["oud", "gesloten", "02-01-2020", "verstreken", "2023", "0"] in lines
    assert "de instelling 'kleur' bestaat niet" in one_line(result)


@pytest.mark.parametrize(
    "words", [("run", "--round", "x"), ("status", "--round", "x"), ("check", "pyproject.toml", "--round", "x")]
)
def test_unknown_round_says_how_to_open_it(
    pces: Pces, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    result = pces(*words)
    assert result.exit_code == 3
    assert one_line(result) == "Ronde 'x' is niet geopend. Gebruik: pces round open x"


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("status",),
        ("status", "--html"),
        ("cases",),
        ("check", "a.xlsx"),
        ("submit", "a.xlsx"),
        ("diff", "0123456789"),
        ("withdraw", "0123456789", "--reden", "dubbel", "--naam", "A. Analist"),
        ("template", "--out", "b.xlsx"),
        ("expected", "load", "a.xlsx"),
        ("feedback",),
        ("waive",),
    ],
    ids=" ".join,
)
def test_round_cannot_be_a_path(
    pces: Pces, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_round(tmp_path / "x", Round(round="x"))
    monkeypatch.chdir(tmp_path)
    Path("a.xlsx").write_bytes(b"a")
    before = sorted(tmp_path.rglob("*"))
    result = pces(*words, "--round", "../../x")
    assert result.exit_code == 3
    assert one_line(result).startswith("'../../x' kan geen naam van een ronde zijn")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("run", True),
        ("--data elders run --round proef", True),
        ("--data=elders run", True),
        ("run --help", False),
        ("rounds", False),
        ("check run", False),
        ("--data run rounds", False),
        ("status --round run", False),
        ("", False),
    ],
)
def test_only_a_run_begins_to_examine_beforehand(monkeypatch: pytest.MonkeyPatch, words: str, begins: bool) -> None:
    begun: list[bool] = []

    def ended(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(cli, "begin", lambda: begun.append(True))
    monkeypatch.setattr(cli.os, "_exit", ended)
    monkeypatch.setattr("pipelines.cli.main.main", lambda **_: None)
    monkeypatch.setattr(sys, "argv", ["pces", *words.split()])
    with pytest.raises(SystemExit):
        cli.pces()
    assert begun == [True] * begins


def test_nothing_to_run_is_said(pces: Pces, tmp_path: Path) -> None:
    for words in (("run",), ("status",), ("cases",)):
        said = one_line(pces(*words))
        assert "Er is geen open ronde in" in said
        assert "en die map is er niet" in said
    assert pces("run").exit_code == 2
    write_round(tmp_path / "data" / "raw" / "oud", Round(round="oud", status="closed"))
    assert pces("run").exit_code == 2


def test_cases_are_a_page_that_says_it_is_no_ranking(pces: Pces, filings: DataFolder, ran: Any, tmp_path: Path) -> None:
    early = pces("cases", data=filings.root)
    assert early.exit_code == 2
    assert "nog niet doorgerekend: pces run --round proef" in one_line(early)
    out = tmp_path / "casussen.html"
    result = pces("cases", "--round", ROUND, "--out", str(out), data=ran.data.root)
    assert result.exit_code == 0, result.output
    assert "Geen rangorde" in one_line(result)
    assert "Dit is geen rangorde." in out.read_text(encoding="utf-8")


def test_status_before_a_run_says_to_run(pces: Pces, filings: DataFolder) -> None:
    result = pces("status", data=filings.root)
    assert result.exit_code == 0
    assert one_line(result) == "Ronde proef is nog niet doorgerekend: pces run --round proef"


def test_status_of_a_round_that_was_run_without_filings_says_so(pces: Pces, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    pces("round", "open", "leeg")
    take_in(data, read_round(data.round_folder("leeg")))
    result = one_line(pces("status"))
    assert "Ronde leeg is doorgerekend. Er is nog niets ingediend." in result
    assert "nog niet doorgerekend" not in result


def test_check_of_a_missing_file(pces: Pces, tmp_path: Path) -> None:
    result = pces("check", str(tmp_path / "weg.xlsx"))
    assert result.exit_code == 2
    assert f"Bestand niet gevonden: {tmp_path}/weg.xlsx" in "".join(result.output.split("\n"))


def test_check_of_a_folder_says_that_it_wants_files(pces: Pces, tmp_path: Path) -> None:
    folder = tmp_path / "mijn map"
    folder.mkdir()
    result = pces("check", str(folder))
    assert result.exit_code == 2
    assert one_line(result) == (
        f"Dit is een map, geen bestand: {folder}. Geef de bestanden, bijvoorbeeld: pces check '{folder}'/*.xlsx"
    )
    both = one_line(pces("check", str(folder), str(tmp_path / "weg.xlsx")))
    assert both.startswith(f"Bestand niet gevonden: {tmp_path}/weg.xlsx Dit is een map")


def test_folder_in_which_one_stands_is_not_called_a_dot(
    pces: Pces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")
    assert f"Er is geen open ronde in {tmp_path}/data. " in one_line(pces("run", data=Path()))
    assert show.place(tmp_path / "data") == show.place(Path()) == str(tmp_path / "data")
    assert show.place(tmp_path / "data" / "raw") == show.place(Path("raw")) == "raw"
    assert show.place(tmp_path / "elders") == str(tmp_path / "elders")


def test_check_of_a_good_file(pces: Pces, filings: DataFolder) -> None:
    before = sorted(filings.root.rglob("*"))
    result = pces("check", str(filings.round_folder(ROUND) / "mail" / "b001.xlsx"), data=filings.root)
    assert result.exit_code == 0
    assert "b001.xlsx: 0 fouten" in result.output
    assert "Het bestand kan worden ingediend." in one_line(result)
    assert sorted(filings.root.rglob("*")) == before


def test_check_of_files_with_faults(pces: Pces, filings: DataFolder, tmp_path: Path) -> None:
    odd = tmp_path / "geen-werkboek.xlsx"
    odd.write_text("hallo")
    wrong = filings.round_folder(ROUND) / "kwartelnest-8841-fout.xlsx"
    result = pces("check", str(wrong), str(odd), "--json", data=filings.root)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    errors = [finding for finding in found if finding["severity"] == "error"]
    assert {finding["file"] for finding in errors} == {wrong.name, odd.name}
    cells = [finding for finding in errors if finding["file"] == wrong.name and finding["cell"]]
    assert {(finding["sheet"], finding["row_number"]) for finding in cells} == {("Energievraag", 2)}
    assert all(finding["message"] and finding["rule"] for finding in found)


def test_check_lays_operators_beside_the_areas_that_an_analyst_loaded(pces: Pces, tmp_path: Path) -> None:
    (filing,) = generate(7, 1, ROUND)
    place, connection = filing.row("site"), filing.row("connection")
    place["municipality_code"], connection["grid_operator"] = "GM0344", "enexis"
    filing.tables["connection"] = [{**connection, "site_id": place["site_id"], "carrier": "electricity"}]
    write_xlsx(filing, tmp_path / "a.xlsx", Round(round=ROUND).years)
    areas = tmp_path / "gebieden.csv"
    heading = "municipality_code;carrier;grid_operator;below_kv;year;fact_source;fact_standing"
    areas.write_text(f"{heading}\nGM0344;electricity;enexis;;2026;Eigen lijst;found\n")

    def rules() -> set[str]:
        result = pces("check", str(tmp_path / "a.xlsx"), "--json", data=tmp_path / "data")
        return {finding["rule"] for finding in json.loads(result.stdout)}

    assert "operator_elsewhere" in rules()
    loaded = pces("reference", "load", "operator-areas", str(areas), "--source", "proef", data=tmp_path / "data")
    assert loaded.exit_code == 0, loaded.output
    assert "operator_elsewhere" not in rules()


def pmiek_hashes(data: DataFolder) -> dict[str, str]:
    return {name: file_hash(data.table(name, ROUND)) for name in PMIEK}


def test_run_succeeds_and_sums_up(ran: Any) -> None:
    assert ran.result.exit_code == 0
    said = one_line(ran.result)
    assert "Traceback" not in said
    assert "Proefronde" in said
    assert "Bestanden: 3 ontvangen, 3 aanvaard" in said
    assert re.search(r"Bevindingen: \d+ fout(en)?, \d+ waarschuwing(en)?, \d+ opmerking(en)?", said)
    for province in ("Groningen", "Zeeland", "Limburg"):
        assert re.search(rf"^{province} +(-|[0-9.]+,[0-9]{{3}}) ", ran.result.output, re.MULTILINE), province
    assert "PJ 2023" in said
    assert "Vertrouwelijk" in said
    for name in PMIEK:
        assert f" {name}/round=proef" in said


def test_same_data_gives_the_same_bytes(ran: Any, filings: DataFolder, tmp_path: Path, pces: Pces) -> None:
    data = DataFolder(tmp_path / "elsewhere")
    shutil.copytree(filings.root, data.root)
    result = pces("run", "--round", ROUND, data=data.root)
    assert result.exit_code == 0, result.output
    assert pmiek_hashes(data) == pmiek_hashes(ran.data)


def test_status_after_a_run(pces: Pces, ran: Any) -> None:
    result = pces("status", "--round", ROUND, data=ran.data.root)
    assert result.exit_code == 0
    for file in ("mail/b001.xlsx", "kwartelnest-8841.xlsx", "kwartelnest-8841-fout.xlsx"):
        assert file in result.output
    numbers = [re.findall(r"\s(\d+)\s+(\d+)\s+(\d+)\s", line) for line in result.output.splitlines()]
    balances = [tuple(map(int, found[0])) for found in numbers if found]
    assert len(balances) == 3
    assert all(came == kept + refused for came, kept, refused in balances)
    register = read_table(ran.data, "register", ROUND).to_pylist()
    assert len(register) == 3
    for row in register:
        seen = row["first_seen"].astimezone(ZoneInfo("Europe/Amsterdam")).strftime("%d-%m-%Y %H:%M")
        assert f"{row['submission_id']}  {seen}" in result.output


def test_status_shows_what_came_after_the_run(pces: Pces, ran: Any, tmp_path: Path) -> None:
    data = tmp_path / "later"
    shutil.copytree(ran.data.root, data)
    path = tmp_path / "later.xlsx"
    path.write_bytes(b"geen werkmap")
    (receipt,) = json.loads(pces("submit", "--json", str(path), data=data).output)
    lines = pces("status", data=data).output.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("later.xlsx ")]
    assert "Ontvangen" in lines[place]
    moment = dt.datetime.fromisoformat(receipt["received_at"]).astimezone(ZoneInfo("Europe/Amsterdam"))
    assert lines[place + 1].split() == [receipt["submission_id"], *moment.strftime("%d-%m-%Y %H:%M").split()]


def test_telemetry_is_off_and_state_is_in_the_data_folder(ran: Any) -> None:
    text = (ran.data.dagster_home / "dagster.yaml").read_text()
    assert "telemetry:\n  enabled: false" in text


@pytest.mark.parametrize("name", ["energy_demand", "value", "carriers", "required"])
def test_describe_explains(pces: Pces, name: str) -> None:
    result = pces("describe", name)
    assert result.exit_code == 0, result.output
    assert name in result.output


def test_describe_lists_and_tells_what_it_does_not_know(pces: Pces) -> None:
    assert "energy_demand" in pces("describe").output
    result = pces("describe", "bestaat-niet")
    assert result.exit_code == 2
    assert "bestaat-niet" in result.output
    assert ENGLISH.findall(result.output) == []


def test_a_fault_of_ours_is_one_sentence_without_a_value(pces: Pces, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("Kwartelnest 913.577731")

    monkeypatch.setattr("pipelines.cli.rounds.show_rounds", fail)
    result = pces("rounds")
    assert result.exit_code == 3
    assert one_line(result).startswith("Er ging iets mis in het programma (ZeroDivisionError bij pipelines.cli.main:")
    assert "Kwartelnest" not in result.output


def test_a_blueprint_that_is_wrong_names_file_key_and_value(pces: Pces, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise BlueprintError("fields.yaml", "unit", "MWhh", "no such unit")

    monkeypatch.setattr("pipelines.cli.rounds.show_rounds", fail)
    result = pces("rounds")
    assert result.exit_code == 3
    assert one_line(result) == "De Blueprint klopt niet. fields.yaml: unit = 'MWhh': no such unit"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(28, "No space left on device"), "Lezen of schrijven lukt niet: de schijf is vol."),
        (OSError(117, "Structure needs cleaning"), "Lezen of schrijven lukt niet: de schijf geeft een fout (EUCLEAN)."),
        (
            OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full")),
            "is niet te lezen of te schrijven. Is de schijf vol of op slot?",
        ),
    ],
)
def test_a_disk_that_refuses_is_told_in_dutch(
    pces: Pces, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("pipelines.cli.rounds.show_rounds", fail)
    result = pces("rounds")
    assert result.exit_code == 3
    assert one_line(result).endswith(text)


def test_who_stops_a_run_stops_the_rounds_after_it_too(
    pces: Pces, filings: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def stop(data: DataFolder, settings: Round, *_: object) -> None:
        begun.append(settings.round)
        raise KeyboardInterrupt

    folder = tmp_path / "twee"
    shutil.copytree(filings.root, folder)
    write_round(folder / "raw" / "zz-later", Round(round="zz-later"))
    monkeypatch.setattr("assets.intake.take_in._take_in", stop)
    result = pces("run", data=folder)
    assert result.exit_code == 130
    assert one_line(result) == (
        f"Afgebroken. Ronde {ROUND} is niet afgerond; tabellen van een eerdere run kunnen er nog staan."
        " Opnieuw beginnen: pces run"
    )
    assert begun == [ROUND]


def test_when_many_steps_fail_not_all_say_why(
    pces: Pces, filings: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "vol"
    shutil.copytree(filings.root, folder)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assets.from_sql.make", fail)
    monkeypatch.setattr("pipelines.cli.run.MOST_REASONS", 1)
    said = pces("run", data=folder).output.splitlines()
    assert sum("de schijf is vol" in line for line in said) == 1
    assert any(re.fullmatch(r"Nog \d+ stappen zijn niet gelukt; bekijk de run: pces ui", line) for line in said)


def catalogue() -> Any:
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def texts(read: Any) -> dict[Any, Any]:
    """The texts and their translations, each a tuple when there is a plural; the header is left out."""

    def plain(text: Any) -> Any:
        return text if isinstance(text, str) else tuple(text)

    return {plain(message.id): plain(message.string) for message in read if message.id}


def test_compiled_catalogue_is_in_step(pytestconfig: pytest.Config) -> None:
    target = CATALOGUE.with_suffix(".mo")
    if pytestconfig.getoption("--fix"):
        fixed = catalogue()
        fixed.creation_date = fixed.revision_date = MOMENT
        with target.open("wb") as file:
            write_mo(file, fixed)
    with target.open("rb") as file:
        assert texts(read_mo(file)) == texts(catalogue()), f"rewrite it with `{COMMAND}`"


def test_every_text_of_the_catalogue_is_still_one_of_click() -> None:
    files = importlib.metadata.files("click") or []
    source = "".join(Path(str(file.locate())).read_text(encoding="utf-8") for file in files if file.suffix == ".py")
    joined = re.sub(r'"\s*\n?\s*"', "", source)
    known = [text for key in texts(catalogue()) for text in (key if isinstance(key, tuple) else (key,))]
    assert len(known) > 20
    assert [text for text in known if json.dumps(text, ensure_ascii=False) not in joined] == []


def test_every_text_of_the_catalogue_is_translated() -> None:
    for key, translated in texts(catalogue()).items():
        assert all(translated if isinstance(translated, tuple) else (translated,)), key


# --- at the counter -------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(pces: Pces, filings: DataFolder, tmp_path: Path) -> DataFolder:
    """An open round in an empty data folder, and two filings beside it: mail/goed.xlsx and mail/fout.xlsx."""
    data = DataFolder(tmp_path / "data")
    pces("round", "open", "proef", "--titel", "Proefronde")
    (tmp_path / "mail").mkdir()
    shutil.copy(filings.round_folder("proef") / "mail" / "b001.xlsx", tmp_path / "mail" / "goed.xlsx")
    (tmp_path / "mail" / "fout.xlsx").write_bytes(b"geen werkmap")
    return data


def test_submit_gives_a_receipt(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    result = pces("submit", str(tmp_path / "mail" / "goed.xlsx"))
    assert result.exit_code == 0, result.output
    assert re.search(r"^Bestand +goed\.xlsx *$", result.output, re.MULTILINE)
    for text in ("Ontvangstbewijs goed.xlsx", "Kenmerk", "SHA-256", "Energievraag", "Aanvaard", "En nu:"):
        assert text in result.output
    again = pces("submit", str(tmp_path / "mail" / "goed.xlsx"))
    assert "precies dezelfde inhoud" in again.output
    assert len([path for path in desk.round_folder("proef").iterdir() if path.suffix == ".xlsx"]) == 1


def test_answer_to_a_company_names_its_own_file(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    (receipt,) = json.loads(pces("submit", "--json", str(tmp_path / "mail" / "fout.xlsx")).output)
    page = desk.feedback("proef") / receipt["submission_id"] / "terugkoppeling.html"
    said = page.read_text(encoding="utf-8")
    assert "bestand fout.xlsx" in said
    assert receipt["file"] not in said
    settings = read_round(desk.round_folder("proef"))
    take_in(desk, settings)
    (answer,) = gather(desk, settings)
    assert answer.file == "fout.xlsx"


def test_receipt_with_errors_says_what_counts_and_what_to_mend(
    pces: Pces, desk: DataFolder, filings: DataFolder, tmp_path: Path
) -> None:
    filing = tmp_path / "mail" / "half.xlsx"
    book = openpyxl.load_workbook(tmp_path / "mail" / "goed.xlsx")
    sheet = book["Energievraag"]
    heading = next(cell for row in sheet.iter_rows(max_row=5) for cell in row if cell.value == "Energiedrager")
    sheet.cell(heading.row + 1, heading.column or 0, "turf")
    book.save(filing)
    said = one_line(pces("submit", str(filing)))
    counted = re.search(r"En nu: Van (\d+) regels tellen er (\d+) mee vanaf de volgende run, de andere niet", said)
    assert counted, said
    assert int(counted[1]) > int(counted[2]) > 0
    assert "Herstel 1 fout en dien het hele bestand opnieuw in" in said


def test_lock_file_of_excel_is_no_filing(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    beside_open = tmp_path / "mail" / "~$goed.xlsx"
    beside_open.write_bytes(b"\x08A. Analist" + bytes(150))
    result = pces("submit", str(beside_open))
    assert (result.exit_code, "slotbestand" in result.output) == (2, True)
    assert [path.name for path in desk.round_folder("proef").iterdir()] == ["round.yaml"]


def test_submit_goes_on_after_a_file_that_is_not_there(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    result = pces("submit", str(mail / "weg.xlsx"), str(mail / "fout.xlsx"), str(mail / "goed.xlsx"))
    assert result.exit_code == 2
    assert "Bestand niet gevonden: weg.xlsx" in result.output
    assert "Onleesbaar" in result.output
    assert len([path for path in desk.round_folder("proef").iterdir() if path.suffix == ".xlsx"]) == 2


def test_submit_for_machines(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    (receipt,) = json.loads(pces("submit", "--json", str(tmp_path / "mail" / "goed.xlsx")).output)
    assert receipt["sha256"].startswith(receipt["submission_id"])
    assert receipt["state"] == "accepted"


def test_withdraw_needs_a_reason_and_a_known_filing(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    (receipt,) = json.loads(pces("submit", "--json", str(tmp_path / "mail" / "goed.xlsx")).output)
    assert pces("withdraw", receipt["submission_id"]).exit_code == 2
    why = ("--reden", "dubbel", "--naam", "A. Analist")
    assert "Geen opgave gevonden" in pces("withdraw", "0123456789abcdef", *why).output
    assert "is ingetrokken; het bestand is bewaard" in pces("withdraw", receipt["file"], *why).output
    assert "al ingetrokken" in pces("withdraw", receipt["submission_id"], *why).output
    assert "telt weer mee" in pces("withdraw", receipt["submission_id"], *why, "--undo").output


def test_withdraw_names_the_filing_that_counts_again_and_no_refused_one(
    pces: Pces, desk: DataFolder, tmp_path: Path
) -> None:
    path = tmp_path / "mail" / "goed.xlsx"
    given = []
    for day, version in ((1, None), (2, "onbekend"), (3, None)):
        book = openpyxl.load_workbook(path)
        letters = {cell.value: cell.coordinate[:-1] for cell in book["Indiening"][1]}
        book["Indiening"][f"{letters['Datum van indiening']}2"] = dt.date(2026, 3, day)
        if version:
            book["Indiening"][f"{letters['Versie van de Blueprint']}2"] = version
        copy = tmp_path / "mail" / f"dag{day}.xlsx"
        book.save(copy)
        given += json.loads(pces("submit", "--json", str(copy)).output)
    assert [receipt["state"] for receipt in given] == ["accepted", "returned", "accepted"]
    take_in(desk, read_round(desk.round_folder("proef")))
    first, _, last = (receipt["submission_id"] for receipt in given)
    why = ("--reden", "dubbel", "--naam", "A. Analist")
    assert f"telt nu een eerdere opgave weer ({first})" in one_line(pces("withdraw", last, *why))
    assert f"Na de laatste run ingetrokken: {last}." in one_line(pces("status"))
    take_in(desk, read_round(desk.round_folder("proef")))
    assert "Na de laatste run" not in one_line(pces("status"))
    assert "telt nu geen opgave meer" in one_line(pces("withdraw", first, *why))
    pces("withdraw", last, *why, "--undo")
    assert f"Na de laatste run niet meer ingetrokken: {last}." in one_line(pces("status"))


@pytest.mark.parametrize(
    "words", [("diff",), ("withdraw", "--reden", "dubbel", "--naam", "A. Analist")], ids=lambda words: words[0]
)
def test_filing_that_is_in_two_rounds_needs_the_round(
    pces: Pces, desk: DataFolder, tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = tmp_path / "mail" / "goed.xlsx"
    pces("round", "open", "tweede")
    (receipt,) = json.loads(pces("submit", "--json", "--round", "proef", str(path)).output)
    pces("submit", "--round", "tweede", str(path))
    identity = receipt["submission_id"]
    for which in (identity, identity[:8], path.name):
        result = pces(*words, which)
        assert result.exit_code == 3
        said = f"'{which}' staat in meer dan één ronde (proef, tweede). Zeg met --round welke u bedoelt."
        assert one_line(result) == said
    assert "meer dan één" not in pces(*words, identity, "--round", "tweede").output
    assert withdrawn(desk, "proef") == {}
    assert list(withdrawn(desk, "tweede")) == [identity] * (words[0] == "withdraw")


def test_name_that_two_companies_gave_needs_the_reference(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "mail" / "goed.xlsx"
    pces("submit", str(path))
    path.write_bytes(b"een ander bestand van die naam")
    pces("submit", str(path))
    result = pces("diff", path.name)
    assert result.exit_code == 3
    said = "'goed.xlsx' past in ronde proef bij meer dan één opgave. Geef het hele kenmerk."
    assert one_line(result) == said


def test_name_that_nobody_has_names_one_that_is_near(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "mail" / "goed.xlsx"
    (receipt,) = json.loads(pces("submit", "--json", str(path)).output)
    result = pces("diff", f"{receipt['submission_id'][:-1]}x")
    assert result.exit_code == 3
    assert f"Bedoelt u '{receipt['submission_id']}'?" in one_line(result)


def test_submit_asks_which_round_when_more_are_open(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    pces("round", "open", "tweede")
    result = pces("submit", str(tmp_path / "mail" / "goed.xlsx"))
    assert result.exit_code != 0
    assert "meer dan één open ronde (proef, tweede)" in result.output


def test_submit_takes_no_other_round_for_one_that_cannot_be_read(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    desk.round_folder("kapot").mkdir()
    (desk.round_folder("kapot") / "round.yaml").write_text("status: [")
    result = pces("submit", str(tmp_path / "mail" / "goed.xlsx"))
    assert result.exit_code == 3
    assert "round.yaml van ronde 'kapot' is niet te lezen." in one_line(result)
    assert [path.name for path in desk.round_folder("proef").iterdir()] == ["round.yaml"]


def test_a_waiver_is_recorded_listed_and_withdrawn(pces: Pces, filings: DataFolder, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(filings.root, data)
    rule = ("--rule", "full_load_hours_low", "--indiening", "b001.xlsx")
    who = ("--reden", "Noodaggregaat, draait zelden", "--naam", "A. de Vries", "--tot", "2099-12-31")
    done = pces("waive", "--round", ROUND, *rule, *who, "--cel", "Energievraag!I3")
    assert done.exit_code == 0
    assert "Geaccepteerd tot en met 31-12-2099" in done.output
    assert f"pces run --round {ROUND}" in done.output
    listed = pces("waive", "--round", ROUND).output
    assert all(text in listed for text in ("mail/b001.xlsx", "Energievraag!I3", "A. de Vries", "31-12-2099"))
    elsewhere = pces("waive", "--round", ROUND, *rule, "--intrekken")
    assert (elsewhere.exit_code, "Noem die plaats: --cel 'Energievraag!I3'" in one_line(elsewhere)) == (3, True)
    assert pces("waive", "--round", ROUND, *rule, "--cel", "energievraag!i3", "--intrekken").exit_code == 0
    assert "geen bevinding geaccepteerd" in pces("waive", "--round", ROUND).output
    assert len((data / "records" / ROUND / "waivers.csv").read_text(encoding="utf-8-sig").splitlines()) == 3


def test_a_filing_is_waived_by_the_name_that_its_company_gave(pces: Pces, desk: DataFolder, tmp_path: Path) -> None:
    pces("submit", str(tmp_path / "mail" / "goed.xlsx"))
    who = ("--reden", "Noodaggregaat, draait zelden", "--naam", "A. de Vries", "--tot", "2099-12-31")
    done = pces("waive", "--round", "proef", "--rule", "full_load_hours_low", "--indiening", "goed.xlsx", *who)
    assert done.exit_code == 0, done.output
    assert "Geaccepteerd tot en met 31-12-2099" in done.output


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--rule": "ean_chek_digit"}, "Bedoelt u 'ean_check_digit'?"),
        ({"--rule": "number"}, "kan niet worden geaccepteerd"),
        ({"--rule": "year_absent"}, "alleen opmerkingen"),
        ({"--indiening": "b002.xlsx"}, "Bedoelt u 'mail/b001.xlsx'?"),
        ({"--tot": "morgen"}, "is geen datum"),
        ({"--tot": "2020-01-01"}, "al voorbij"),
        ({"--reden": " "}, "--reden"),
        ({"--naam": ""}, "--naam"),
        ({"--cel": "I3"}, "Schrijf tabblad!cel"),
    ],
)
def test_what_cannot_be_waived_is_refused(
    changed: dict[str, str], said: str, pces: Pces, filings: DataFolder, tmp_path: Path
) -> None:
    shutil.copytree(filings.root, tmp_path / "data")
    good = {
        "--rule": "ean_check_digit",
        "--indiening": "b001.xlsx",
        "--reden": "Gebeld op 1 mei",
        "--naam": "A. de Vries",
    }
    words = [word for pair in ({**good, "--tot": "2099-12-31"} | changed).items() for word in pair]
    result = pces("waive", "--round", ROUND, *words)
    assert result.exit_code != 0
    assert said in result.output
    assert not (tmp_path / "data" / "records").exists()


def test_sample_emissions_can_be_loaded(pces: Pces, tmp_path: Path) -> None:
    path = write_sample_emissions(tmp_path)
    result = pces("reference", "load", "ets_emissions", str(path), "--bron", "verzonnen")
    assert result.exit_code == 0
    assert re.search(r"ETS-emissies: [0-9]+ regels geladen", result.output)
    path.write_text(path.read_text(encoding="utf-8").replace("2023", "vorig jaar"), encoding="utf-8")
    result = pces("reference", "load", "ets_emissions", str(path), "--bron", "verzonnen")
    assert result.exit_code == 1
    assert "niets geladen" in result.output


def test_a_round_may_be_opened_beside_an_earlier_one(pces: Pces, tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    assert pces("round", "open", "2026-1").exit_code == 0
    refused = pces("round", "open", "2027-1", "--vorige", "2026-2")
    assert refused.exit_code != 0
    assert "Bedoelt u '2026-1'?" in refused.output
    assert not (raw / "2027-1").exists()
    assert pces("round", "open", "2027-1", "--previous", "2026-1").exit_code == 0
    assert read_round(raw / "2027-1").previous_round == "2026-1"


@pytest.mark.parametrize(("number", "last"), [(2, "s1"), (14, "en nog 4 zulke opgaven; ze staan in de bevindingen.")])
def test_analyst_is_told_that_a_refused_filing_does_not_replace_the_one_before(
    tmp_path: Path, number: int, last: str
) -> None:
    settings = Round(round="proef")
    names = {"newer_refused": "telt nog mee", "superseded": "vervangen", "number": "geen getal"}
    rows = [
        {"submission_id": f"s{at}", "rule": rule, "message": message, "severity": "warning"}
        for at in range(number)
        for rule, message in names.items()
    ]
    write_table(DataFolder(tmp_path), "findings", "proef", completed("findings", *rows))
    told = _for_the_analyst(DataFolder(tmp_path), settings)
    assert told[0] == "opgave s0: telt nog mee"
    assert len(told) == min(number, 11)
    assert last in told[-1]


def test_a_child_process_that_imports_the_command_line_loads_no_command() -> None:
    code = "import sys, pipelines.cli; print(any(name in sys.modules for name in ('click', 'rich', 'pyarrow')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.strip() == "False"
