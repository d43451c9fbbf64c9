"""Checks the site of a round: whole, public only, every link leads somewhere, and the same bytes again."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from assets.release.retract import retract
from assets.store import DataFolder
from assets.strategy import make, site
from assets.strategy.site import make_site
from blueprint.ces3.clusters import delivered
from blueprint.load import blueprint
from tests.assets.strategy.made import ALONE, FRISIAN, SETTINGS
from tests.assets.strategy.released import publish, released_rows


@pytest.fixture(scope="module")
def folder(data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the troubled round after two releases, for two provinces; not to be changed."""
    found = DataFolder(tmp_path_factory.mktemp("site") / "data")
    rows = released_rows()
    publish(found, rows)
    rows["public_energy_demand"][0]["energy_pj"] = Decimal("1.750")
    publish(found, rows, number=2)
    (found.root / "curated").symlink_to(data.root / "curated")
    with pytest.MonkeyPatch.context() as patch:
        for module in (site, make):
            patch.setattr(module, "all_provinces", lambda: (ALONE, "PV21"))
        first = make_site(found, SETTINGS)[0].parent
        before = {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}
        make_site(found, SETTINGS)
    assert before == {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}
    return first


def test_every_link_leads_to_a_file(folder: Path) -> None:
    for path in folder.glob("*.html"):
        for href in re.findall(r'href="([^"#][^"]*)"', path.read_text(encoding="utf-8")):
            assert href.startswith("data:") or (path.parent / href).is_file(), (path.name, href)


def test_nothing_of_a_company_or_a_confidential_table_is_in_it(folder: Path) -> None:
    for path in folder.rglob("*.*"):
        content = path.read_bytes()
        assert FRISIAN.encode() not in content
        assert b"pmiek_" not in content
        assert "VERTROUWELIJK" not in path.name


def test_tables_hold_every_row_and_end_no_script(folder: Path) -> None:
    text = (folder / "tabel-public_energy_demand.html").read_text(encoding="utf-8")
    held = text.split('type="application/json">')[1].split("</script>")[0]
    rows = json.loads(held)
    assert len(rows) == len(released_rows()["public_energy_demand"])
    assert {"niet getoond", "niet opgegeven"} <= {cell for row in rows for cell in row}
    assert "<" not in held
    cells = {cell for row in rows for cell in row}
    assert "Elektriciteit" in cells
    assert not cells & {code for codes in blueprint().codes.values() for code in codes.names if code.islower()}
    lines = (folder / "gegevens" / "public_energy_demand.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(rows) + 1


def test_a_column_that_says_one_thing_is_said_once_above_the_table(folder: Path) -> None:
    text = (folder / "tabel-public_energy_demand.html").read_text(encoding="utf-8")
    headings = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", text)
    fields = {field.name: field.title for field in blueprint().tables["public_energy_demand"].fields}
    assert fields["park_code"] not in headings
    assert f"{fields['park_code']}: Alle" in text
    assert {fields["energy_pj"], fields["figure_status"], fields["year"]} <= set(headings)


def test_changes_say_what_a_release_made_other(folder: Path) -> None:
    text = re.sub(r"\s+", " ", (folder / "index.html").read_text(encoding="utf-8"))
    second = re.search(r"Vrijgave 2, [^<]*</th>(.*?)</tr>", text)
    assert second is not None
    counts = re.findall(r">([\d.]+)</td>", second[1])
    assert counts[1:] == ["0", "1", "0"]


def test_a_release_that_was_taken_back_is_said_on_the_first_page(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also while the one before it is shown again."""
    found = DataFolder(tmp_path / "data")
    for number in (1, 2):
        publish(found, released_rows(), number)
    (found.root / "curated").symlink_to(data.root / "curated")
    retract(found, SETTINGS, 2, "Een fout", "A. de Vries", dt.date(2026, 11, 20))
    for module in (site, make):
        monkeypatch.setattr(module, "all_provinces", lambda: (ALONE, "PV21"))
    text = make_site(found, SETTINGS)[0].read_text(encoding="utf-8")
    assert "Vrijgave 2 is op 20-11-2026 ingetrokken." in text
    assert f"Vrijgave 1 van ronde {SETTINGS.round}" in text
    assert "Een fout" not in text


def test_a_cluster_that_delivered_nothing_is_no_nought(folder: Path) -> None:
    text = (folder / "nederland.html").read_text(encoding="utf-8")
    assert "Chemelot staat in het werkboek met nul op elke regel" in text
    assert not any(cluster == "chemelot" or value <= 0 for (cluster, _, _), value in delivered().items())
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)]
    column = next(row for row in rows if "Chemelot (2021)" in row).index("Chemelot (2021)")
    clusters = [row for row in rows if len(row) > column and row[0] in ("Aardgas", "Alles wat er is, samen")]
    assert {row[column] for row in clusters} == {"niet geleverd"}
    assert "135,0" in {row[-1] for row in clusters}  # natural gas of Zeeland in 2021: 69,95 + 65,04
