"""What companies write is shown and kept as text: no output runs it as a formula, an escape code or markup.

The workbook and page with feedback have tests of their own. Parquet keeps what was filed; nothing runs it there.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click.testing
import pytest

from assets.intake import bounded
from assets.intake.take_in import take_in
from assets.records import FORMULA_STARTS, write
from assets.rounds import Round, write_round
from assets.store import DataFolder, read_table
from assets.workbooks.pack import pack
from pipelines.cli import show
from pipelines.cli.main import main
from tests.fuzz.filings import SETTINGS, draw_filing
from tests.fuzz.forms import Form, make_form

STARTS = ("=", "+", "-", "@", "\t", "\r")
ESCAPE = "\x1b[2J\x1b]0;gekaapt\x07"
MARKUP = "[bold red]rood[/] <script>alert(1)</script>"
BIDI = "\u202ecod.exe\u2066"
EVIL = (
    *(f"{start}cmd|' /C calc'!A0" for start in STARTS),
    f"a{ESCAPE}b",
    MARKUP,
    BIDI,
    "\x00\x9b31m\x7f",
    "{value}{0}",
)


def harmless(text: str) -> bool:
    """Whether a terminal or page shows it and obeys none of it: no control, format or bidi characters."""
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text.replace("\n", ""))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A round in which every place that a company can write in is used for evil: cells, headings, sheets, names."""
    data = DataFolder(tmp_path_factory.mktemp("evil"))
    folder = data.round_folder(SETTINGS.round)
    write_round(folder, SETTINGS)
    for number, evil in enumerate(EVIL):
        for kind in ("nl", "xlsx"):
            if kind == "nl" and "\x00" in evil:
                continue  # a CSV with that is refused as a whole
            form = make_form(draw_filing(700 + number), kind)
            _fill(form, evil)
            suffix = "zip" if form.is_csv else kind
            name = f"{number}-{evil.replace('/', ' ').replace(chr(0), ' ')}.{suffix}"
            (folder / name).write_bytes(form.data() if not form.is_csv else _with_evil_part(form, evil))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])
        take_in(data, SETTINGS)
    return data


def _fill(form: Form, evil: str) -> None:
    shown = evil if form.is_csv else "".join(c for c in evil if c.isprintable() or c in "\t\r\u202e\u2066")
    for table, name, row in (
        ("company", "company_name", 2), ("site", "site_name", 2), ("site", "municipality_code", 3),
        ("connection", "carrier", 2), ("connection", "pressure_bar", 3), ("project", "depends_on", 2),
        ("project", "commissioning_date", 3), ("flexibility", "flex_direction", 2), ("bottleneck", "site_id", 2),
    ):  # fmt: skip
        form.put(form.place(table, name, row), shown)
    for cells in form.sheets.values():
        cells[0].append(shown)
        for row in cells[1:]:
            row.append(shown)


def _with_evil_part(form: Form, evil: str) -> bytes:
    from assets.sample.damage import unpacked

    name = evil.replace("/", " ").replace("\\", " ").replace("\x00", " ")
    return pack({**unpacked(form.data()), f"{name}.csv": b"a;b\n1;2\n", f"site {name}.txt": b"x"})


def test_findings_register_and_status_hold_no_control_characters(data: DataFolder) -> None:
    seen = 0
    for name in ("findings", "register", "submission_status"):
        for row in read_table(data, name, SETTINGS.round).to_pylist():
            row.pop("company_name", None)  # as filed: see the module's first lines
            for text in texts(row):
                seen += 1
                assert harmless(text), (name, text)
    assert seen > 1_000


def test_every_evil_text_was_met(data: DataFolder) -> None:
    """The test above means something only when the texts came as far as the findings."""
    found = [row for row in read_table(data, "findings", SETTINGS.round).to_pylist() if row["value_as_filed"]]
    for number, evil in enumerate(EVIL):
        mine = {row["value_as_filed"] for row in found if row["file"].startswith(f"{number}-")}
        longest = max("".join(c if c.isprintable() else "\n" for c in evil).split("\n"), key=len).strip()
        assert any(longest in value for value in mine), (evil, mine)


def test_message_repeats_what_was_filed_without_filling_it_in(data: DataFolder) -> None:
    rows = read_table(data, "findings", SETTINGS.round).to_pylist()
    mine = [row for row in rows if row["rule"] == "code" and "{value}{0}" in (row["value_as_filed"] or "")]
    assert mine
    assert all("'{value}{0}'" in row["message"] for row in mine)


def test_message_never_begins_with_what_a_company_wrote(data: DataFolder) -> None:
    for row in read_table(data, "findings", SETTINGS.round).to_pylist():
        assert not row["message"].startswith(FORMULA_STARTS)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command line as a person sees it: what it writes to a terminal with colours."""

    def run(data: DataFolder, *arguments: str) -> str:
        from rich.console import Console

        for name in ("out", "err"):
            monkeypatch.setattr(show, name, Console(highlight=False, width=200, no_color=True, force_terminal=False))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])
            result = click.testing.CliRunner().invoke(main, ["--data", str(data.root), *arguments])
        assert result.exit_code in (0, 1), result.output
        return result.output

    return run


def test_status_on_the_terminal(data: DataFolder, terminal: Callable[..., str]) -> None:
    shown = terminal(data, "status", "--round", SETTINGS.round)
    assert harmless(shown)
    assert "[bold red]rood[" in shown


def test_check_on_the_terminal_and_as_json(data: DataFolder, terminal: Callable[..., str]) -> None:
    folder = data.round_folder(SETTINGS.round)
    files = [str(path) for path in sorted(folder.iterdir()) if path.suffix in (".zip", ".xlsx")]
    shown = terminal(data, "check", *files)
    assert harmless(shown)
    assert "[bold red]rood[" in shown
    found = json.loads(terminal(data, "check", "--json", *files))
    assert len(found) > 100
    assert all(harmless(text) for text in texts(found))


@pytest.mark.parametrize("evil", [evil for evil in EVIL if "\x00" not in evil])
def test_record_in_csv_runs_nothing(evil: str, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    write(path, ("who", "why"), [{"who": evil, "why": evil}])
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]


def test_a_round_cannot_be_named_like_a_formula() -> None:
    from assets.rounds import is_round_name

    assert not any(map(is_round_name, EVIL))
    assert is_round_name(Round(round="2026-1").round)
