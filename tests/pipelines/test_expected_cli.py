"""The commands around who was invited: loading the list, the status with who is missing, and its page."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from assets.intake.expected import keep_list, list_path
from assets.rounds import Round, write_round
from assets.sample.expected import expected_companies
from assets.store import DataFolder, read_table
from blueprint.load import blueprint
from pipelines.cli.main import main

Pces = Callable[..., Result]

ROUND = "proef"
HEADING = "kvk_number;company_name;province_code;sector;is_ets;ets_emissions_t\n"
LIST = HEADING + "98000000;Zuivelfabriek;Groningen;Levensmiddelen;nee;\n10000001;Stille Fabriek;Zeeland;Glas;ja;5000\n"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    write_round(folder.round_folder(ROUND), Round(round=ROUND))
    return folder


@pytest.fixture
def pces(data: DataFolder) -> Pces:
    def call(*words: str, data: DataFolder = data) -> Result:
        result = CliRunner().invoke(main, ["--data", str(data.root), *words], prog_name="pces")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return call


def one_line(result: Result) -> str:
    return " ".join(result.output.split())


def test_load_says_what_changed(pces: Pces, data: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text(LIST, encoding="utf-8")
    result = pces("expected", "load", str(path))
    assert result.exit_code == 0
    assert "Lijst van uitgenodigde bedrijven van ronde proef geladen: 2 bedrijven, 2 rijen (0 fouten" in result.output
    assert "2 toegevoegd, 0 vervallen, 0 gewijzigd, 0 gelijk" in result.output
    assert "pces run --round proef" in result.output
    path.write_text(LIST.replace("10000001", "10000002"), encoding="utf-8")
    again = pces("expected", "load", str(path), "--round", ROUND)
    assert "1 toegevoegd, 1 vervallen, 0 gewijzigd, 1 gelijk" in again.output
    assert list_path(data, ROUND).exists()


def test_a_list_with_an_error_changes_nothing(pces: Pces, data: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text(LIST, encoding="utf-8")
    pces("expected", "load", str(path))
    before = list_path(data, ROUND).read_bytes()
    path.write_text(LIST.replace("Zeeland", "Zeelandia"), encoding="utf-8")
    result = pces("expected", "load", str(path))
    assert result.exit_code == 1
    assert "'Zeelandia'" in result.output
    assert "C3" in result.output
    assert "Bedoelt u 'Zeeland'?" in one_line(result)
    assert "De lijst is niet geladen; wat er stond is niet veranderd." in result.output
    assert list_path(data, ROUND).read_bytes() == before


def test_load_needs_a_file_and_a_round(pces: Pces, data: DataFolder, tmp_path: Path) -> None:
    assert pces("expected", "load", str(tmp_path / "weg.xlsx")).exit_code == 2
    path = tmp_path / "lijst.csv"
    path.write_text(LIST, encoding="utf-8")
    write_round(data.round_folder("tweede"), Round(round="tweede"))
    result = pces("expected", "load", str(path))
    assert result.exit_code == 3
    assert f"Er is meer dan één open ronde ({ROUND}, tweede). Zeg met --round welke u bedoelt." in one_line(result)
    assert not data.records(ROUND).exists()


def test_empty_list_can_be_filled_in_and_loaded(pces: Pces, tmp_path: Path) -> None:
    path = tmp_path / "leeg.xlsx"
    assert pces("expected", "template", "--out", str(path)).exit_code == 0
    assert pces("expected", "template", "--out", str(path)).exit_code == 2
    assert "geen enkele ingevulde regel" in one_line(pces("expected", "load", str(path)))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    assert titles == [field.title for field in blueprint().tables["expected"].fields]
    filled = dict(
        zip(titles, ["12345678", "Bakkerij", None, None, "Utrecht", None, "Levensmiddelen", "nee"], strict=False)
    )
    sheet.append([filled.get(title) for title in titles])
    book.save(path)
    result = pces("expected", "load", str(path))
    assert result.exit_code == 0, result.output
    assert "1 bedrijf, 1 rij" in result.output
    assert "(0 fouten, 0 waarschuwingen, 0 opmerkingen)" in one_line(result)


@pytest.fixture
def invited(ran: Any, tmp_path: Path) -> DataFolder:
    """The round of the other tests with a list, after a run: three companies filed, of which one is on the list."""
    folder = DataFolder(tmp_path / "uitgenodigd")
    shutil.copytree(ran.data.root, folder.root)
    keep_list(folder, Round(round=ROUND), expected_companies().slice(0, 30))
    return folder


def test_status_shows_who_is_missing_after_a_run(
    pces: Pces, invited: DataFolder, monkeypatch: pytest.MonkeyPatch, markers: tuple[str, ...], tmp_path: Path
) -> None:
    for name in ("DAGSTER_HOME", "PCES_DATA", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")
    before = pces("status", data=invited)
    assert "De lijst is na de laatste run veranderd" in before.output
    assert "Er is geen lijst van uitgenodigde bedrijven geladen" not in before.output
    own = tmp_path / "Wielewaal opgave.xlsx"
    own.write_bytes(b"geen werkmap")
    assert pces("submit", str(own), data=invited).exit_code == 1
    ran_again = pces("run", data=invited)
    assert ran_again.exit_code == 0, ran_again.output
    companies = len(set(read_table(invited, "expected", ROUND).column("kvk_number").to_pylist()))
    assert f"Bedrijven: {companies} uitgenodigd, 3 ingediend, {companies - 1} ontbreken, 2 niet op" in ran_again.output
    result = pces("status", "--round", ROUND, data=invited)
    assert result.exit_code == 0
    assert markers[0] in one_line(result)
    assert own.name in result.output
    assert [path for path in invited.root.rglob("*") if "Wielewaal" in path.name] == []
    assert "Dekking van ronde proef" in result.output
    assert "geen deadline ingesteld" in result.output
    assert f"... en nog {companies - 1 - 10}; alle staan op de pagina" in result.output
    said = b"".join(path.read_bytes() for path in invited.dagster_home.rglob("*") if path.is_file())
    assert b"invitations" in said
    assert b"Wielewaal" not in said
    assert b"98000005" not in said
    page = pces("status", "--html", data=invited)
    assert page.exit_code == 0
    text = invited.status_page(ROUND).read_text(encoding="utf-8")
    assert text.count('data-label="KvK-nummer"') == companies - 1
    assert invited.status_page(ROUND).name in "".join(page.output.split())


def test_page_of_one_round_goes_where_it_is_asked_for(pces: Pces, ran: Any, data: DataFolder, tmp_path: Path) -> None:
    out = tmp_path / "hier.html"
    assert pces("status", "--html", "--out", str(out), data=ran.data).exit_code == 0
    assert "geen lijst van uitgenodigde bedrijven" in out.read_text(encoding="utf-8")
    assert pces("status", "--html").exit_code == 2
    write_round(data.round_folder("tweede"), Round(round="tweede"))
    several = pces("status", "--html", "--out", str(out))
    assert several.exit_code == 2
    assert "Er is meer dan één ronde." in one_line(several)
