"""A form of an earlier version of the Blueprint is judged by what that version had.

The Blueprint has no earlier version yet, so a copy is given one: in another process, which reads the copy.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import blueprint

ROOT = Path(blueprint.__file__).parent.parent
EARLIER, NOW = "2025.2-proefversie", "2026.1-voorstel"

# What differs since: a field that is asked now, one that is asked no more, one with another name, a code likewise.
CHANGES = (
    ("blueprint.yaml", "earlier_versions: []", f'earlier_versions: ["{EARLIER}"]'),
    (
        "tables/site.yaml",
        "  - {name: industrial_cluster, required: true}",
        f'  - {{name: industrial_cluster, required: true, since: "{NOW}"}}\n'
        f'  - {{name: roof_area_m2, until: "{EARLIER}"}}\n'
        f'  - {{name: town, until: "{EARLIER}", successor: city}}',
    ),
    ("tables/site.yaml", "  - {name: city}", f'  - {{name: city, since: "{NOW}"}}'),
    (
        "fields.yaml",
        "# --- Aansluiting (connection) ---",
        "roof_area_m2:\n  type: number\n  title: Dakoppervlak (m2)\n  description: Het dak.\n  class: restricted\n"
        "town:\n  type: string\n  title: Woonplaats\n  description: De woonplaats.\n  class: restricted\n",
    ),
)
SCRIPT = """
import json, sys
from pathlib import Path
from assets.dialogue.form import make_form
from assets.dialogue.template import template_bytes
from assets.intake import bounded
from assets.intake.examine import Received, examine
from assets.rounds import Round

version, ending, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
bounded.read_many = lambda paths, work, *_: [(path, work(path)) for path in paths]
settings = Round(round="2026-1")
filed = json.loads((folder / "filed.json").read_text())
import datetime as dt
filed["submission"][0]["submitted_on"] = dt.date(2026, 3, 31)
declared = filed.pop("declared", version)
form = make_form(settings, filed, version=version)
form.filed["submission"][0]["blueprint_version"] = declared
path = folder / f"formulier{ending}"
path.write_bytes(template_bytes(form, ending))
result = examine([Received("a", path, path.name)], settings)
site = form.sheet("site")
print(json.dumps({
    "findings": [[f["rule"], f["severity"], f["field_name"], f["value_as_filed"]] for f in result.findings],
    "headings": [column.heading for column in site.columns],
    "sectors": list(form.lists["sectors"]),
    "company": result.accepted["company"].to_pylist(),
    "site": result.accepted["site"].to_pylist(),
}))
"""
FILED = {
    "submission": [{}],
    "company": [
        {
            "kvk_number": "98000001",
            "company_name": "Bakkerij Voorbeeld (fictief) B.V.",
            "sector": "nutrition",
            "sbi_code": "1071",
            "sbi_version": "2008",
        }
    ],
    "site": [
        {"site_id": "V1", "municipality_code": "GM0344", "is_ets": False, "roof_area_m2": 1200, "town": "Utrecht"}
    ],
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the Blueprint, code and data, with an earlier version."""
    folder = tmp_path_factory.mktemp("versies")
    copy = Path(shutil.copytree(ROOT / "blueprint", folder / "blueprint"))
    for name, old, new in CHANGES:
        text = (copy / name).read_text(encoding="utf-8")
        assert old in text
        (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    sectors = copy / "codes" / "sectors.csv"
    header, *rows = sectors.read_text(encoding="utf-8").splitlines()
    rows = [f"{row},{NOW if row.startswith('food,') else ''},," for row in rows]
    rows.append(f"nutrition,Voeding,,,true,4000,8600,,{EARLIER},food")
    sectors.write_text("\n".join([f"{header},since,until,successor", *rows]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def file_form(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict]:
    """file_form(version, ending): what the intake says of a form of that version, filled in by that version."""

    def run(version: str, ending: str, filed: dict | None = None) -> dict:
        folder = tmp_path_factory.mktemp("formulier")
        (folder / "filed.json").write_text(json.dumps(filed or FILED), encoding="utf-8")
        command = [sys.executable, "-c", SCRIPT, version, ending, str(folder)]
        path = {"PYTHONPATH": f"{copied}:{ROOT}", "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=folder, env=path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.mark.parametrize("ending", [".xlsx", ".zip"])
def test_earlier_form_passes_and_is_read_in_the_words_of_today(file_form: Callable[..., dict], ending: str) -> None:
    result = file_form(EARLIER, ending)
    assert "Industriecluster" not in result["headings"]
    assert {"Dakoppervlak (m2)", "Woonplaats"} <= set(result["headings"])
    assert "Voeding" in result["sectors"]
    assert "Levensmiddelen" not in result["sectors"]
    assert result["findings"] == [["sheet_unfilled", "warning", None, "Energievraag"]]
    assert result["company"][0]["sector"] == "food"
    assert result["site"][0]["city"] == "Utrecht"
    assert result["site"][0]["industrial_cluster"] is None


def test_heading_that_ended_is_unknown_in_a_form_of_today(file_form: Callable[..., dict]) -> None:
    """An old sheet below a new declaration: what it says is not read, so it is told, and what is new is missed."""
    result = file_form(EARLIER, ".zip", {**FILED, "declared": NOW})
    assert [found[:2] + found[3:] for found in result["findings"] if found[0].startswith("header")] == [
        ["header_required", "error", None],
        ["header_unknown", "warning", "Dakoppervlak (m2)"],
    ]


def test_form_of_today_is_asked_what_came_since(file_form: Callable[..., dict]) -> None:
    result = file_form(NOW, ".xlsx")
    assert "Industriecluster" in result["headings"]
    assert not {"Dakoppervlak (m2)", "Woonplaats"} & set(result["headings"])
    assert "Voeding" not in result["sectors"]
    assert "Levensmiddelen" in result["sectors"]
    assert ["required", "error", "industrial_cluster", None] in result["findings"]
    assert result["site"] == []
