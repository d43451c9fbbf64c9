"""The README is true today: its examples are run, and what they print is what it shows (`--fix` renews it)."""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assets.intake.expectations import KEY
from blueprint.arrow import row_schema
from blueprint.column_rules import column_rules
from blueprint.load import load

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CHANGING = ROOT / "pipelines" / "README.md"
COMPANY, FORM = "98000007", "formulier.xlsx"
FAULTY = Path("data/raw/voorbeeld-2026/portaal/b003.xlsx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample rounds were written and run, as `make run` does."""
    place = tmp_path_factory.mktemp("readme")
    _pces(place, "sample", "--if-empty")
    return place


def test_run_prints_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    printed = _pces(folder, "run")
    start = printed.index("Ronde voorbeeld-2026")
    _compare("run", _until(printed[start:], "Nederland "), request)


def test_check_prints_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    printed = _pces(folder, "check", str(FAULTY), code=1)
    lines = printed.strip().splitlines()
    number = next(at for at, line in enumerate(lines) if line.startswith("fout") and line.rstrip().endswith(" code"))
    told = "\n".join(["", *lines[:number], "...", lines[-1]])
    _compare("check", f"$ pces check {FAULTY}{told}", request)


def test_template_prints_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    if not (folder / "data" / "curated").exists():
        _pces(folder, "run")
    (folder / FORM).unlink(missing_ok=True)
    words = ("template", "--round", "voorbeeld-2026", "--company", COMPANY, "--out", FORM)
    _compare("template", f"$ pces {' '.join(words)}\n{_pces(folder, *words)}", request)
    checked = _pces(folder, "check", FORM, code=1)
    assert checked.count("Datum van indiening") == 1
    assert "1 fout" in checked or "2 fouten" in checked


def test_feedback_prints_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    if not (folder / "data" / "curated").exists():
        _pces(folder, "run")
    printed = _pces(folder, "feedback", "--round", "voorbeeld-2026")
    last = "\n".join(printed.strip().splitlines()[-2:])
    _compare("feedback", f"$ pces feedback --round voorbeeld-2026\n...\n{last}\n", request)


def test_status_prints_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    if not (folder / "data" / "curated").exists():
        _pces(folder, "run")
    printed = _pces(folder, "status", "--round", "voorbeeld-2026")
    _compare("status", _until(printed[printed.index("Dekking van ronde") :], "Nederland "), request)


def test_second_source_and_waiver_print_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    if not (folder / "data" / "curated").exists():
        _pces(folder, "run")
    load = ("reference", "load", "ets_emissions", "data/reference/voorbeeld-ets-emissies.csv", "--source", "verzonnen")
    rule = ("--round", "voorbeeld-2026", "--rule", "full_load_hours_low", "--submission", "b015.xlsx")
    who = ("--reden", "Noodstroom, draait zelden", "--naam", "A. de Vries", "--tot", "2035-12-31")
    printed = ""
    for words in (load, ("waive", *rule, *who)):
        shown = " ".join(f'"{word}"' if " " in word else word for word in words)
        printed += f"$ pces {shown}\n{_pces(folder, *words)}\n"
    _compare("plausible", printed, request)


def test_release_prints_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    if not (folder / "data" / "curated").exists():
        _pces(folder, "run")
    words = ("release", "--round", "voorbeeld-2026", "--ja")
    _compare("release", f"$ pces {' '.join(words)}\n{_pces(folder, *words)}", request)


def test_strategy_prints_what_the_readme_shows(folder: Path, request: pytest.FixtureRequest) -> None:
    if not (folder / "data" / "releases").exists():
        if not (folder / "data" / "curated").exists():
            _pces(folder, "run")
        _pces(folder, "release", "--round", "voorbeeld-2026", "--ja")
    words = ("strategy", "--round", "voorbeeld-2026", "--province", "fryslân")
    _compare("strategy", f"$ pces {' '.join(words)}\n{_pces(folder, *words)}", request)


def test_first_query_runs(folder: Path) -> None:
    if not (folder / "data" / "curated").exists():
        _pces(folder, "run")
    ran = subprocess.run(
        [sys.executable, "-c", _block("query")], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("Zuid-Holland") == 2


def test_adding_a_field_and_a_rule_works_as_shown(tmp_path: Path) -> None:
    copy = tmp_path / "blueprint"
    shutil.copytree(ROOT / "blueprint", copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    field, line = _block("field", page=CHANGING).split("# blueprint/tables/site.yaml, under fields\n")
    _append(copy / "fields.yaml", field)
    _append(copy / "tables" / "site.yaml", line)
    _append(copy / "rules.yaml", _block("rule", page=CHANGING))
    sql = _block("rule", "sql", CHANGING)
    (copy / "rules" / "storage_without_power.sql").write_text(sql, encoding="utf-8")
    agreed = load(copy)
    rules = {(rule.field, rule.rule) for rule in column_rules(agreed.tables["site"], agreed)}
    assert ("roof_area_m2", "minimum") in rules
    assert agreed.rules["storage_without_power"].severity == "warning"
    assert _failing(sql) == [("a", 2, "", "5", "")]


def _failing(sql: str) -> list[tuple]:
    import pyarrow as pa

    from assets.reference import register_reference
    from assets.rounds import Round
    from assets.store import connect
    from blueprint.load import blueprint

    wanted = row_schema(blueprint().tables["flexibility"])
    place = dict.fromkeys(wanted.names)
    rows = [
        {**place, **dict(zip(KEY, ("a", 2, ""), strict=True)), "storage_mwh": 5.0},
        {**place, **dict(zip(KEY, ("a", 3, ""), strict=True)), "storage_mwh": 5.0, "flexible_mw": 1.0},
        {**place, **dict(zip(KEY, ("a", 4, ""), strict=True))},
    ]
    with connect() as connection:
        register_reference(connection, Round(round="proef"))
        connection.register("flexibility", pa.Table.from_pylist(rows, schema=wanted))
        return connection.execute(sql).fetchall()


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")


def _pces(place: Path, *words: str, code: int = 0) -> str:
    command = [sys.executable, "-c", "from pipelines.cli import pces; pces()", *words]
    ran = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stderr
    return ran.stdout


def _until(printed: str, last: str) -> str:
    """The lines up to and with the first that begins so, and that there is more."""
    lines = printed.splitlines()
    end = next(at for at, line in enumerate(lines) if line.startswith(last))
    return "\n".join([*lines[: end + 1], "..."])


def _block(name: str, language: str = r"\w+", page: Path = README) -> str:
    """The code block of that language after the mark `test: name` or `example: name`."""
    text = page.read_text(encoding="utf-8").split(f": {name} -->")[1]
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found, f"README has no block for {name}"
    return found[1]


def _compare(name: str, printed: str, request: pytest.FixtureRequest) -> None:
    now = "\n".join(line.rstrip() for line in printed.strip().splitlines()) + "\n"
    shown = _block(name)
    if shown == now:
        return
    if request.config.getoption("--fix"):
        text = README.read_text(encoding="utf-8")
        before, after = text.split(f"<!-- example: {name} -->")
        after = after.split("<!-- end -->", 1)[1]
        block = f"<!-- example: {name} -->\n```text\n{now}```\n<!-- end -->"
        README.write_text(before + block + after, encoding="utf-8")
        return
    diff = "\n".join(difflib.unified_diff(shown.splitlines(), now.splitlines(), "README", "printed", lineterm=""))
    pytest.fail(f"README is not what pces prints (renew: pytest tests/test_readme.py --fix)\n{diff}")
