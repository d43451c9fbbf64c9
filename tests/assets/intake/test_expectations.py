"""The shortcut of the column rules answers what Great Expectations would have answered."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from assets.intake import expectations
from assets.intake.expectations import KEY, failing_rows
from blueprint.arrow import row_schema
from blueprint.column_rules import column_rules
from blueprint.load import blueprint
from blueprint.model import Field, Table

ROWS = 12


def some_value(field: Field, rng: random.Random) -> Any:
    """A value that is right, empty or wrong, as chance has it."""
    limits = field.constraints
    if field.type in ("number", "integer", "year"):
        low, high = limits.minimum or 0, limits.maximum or 100
        return rng.choice([None, int(low), int(high), int(low) - 1, int(high) + 1])
    if field.type == "boolean":
        return rng.choice([None, True, False])
    if field.type == "date":
        return None
    codes = [code.code for code in blueprint().codes[field.codes].filed] if field.codes else []
    return rng.choice([None, "", "?", "x" * 600, field.example, *codes[:2]])


def columns_of(table: Table, rng: random.Random) -> pa.Table:
    """Rows in which some columns hold one value only, so that the shortcut decides some rules and not others."""
    wanted = row_schema(table).remove(row_schema(table).get_field_index("sheet"))
    rows: dict[str, list[Any]] = {
        "submission_id": ["s"] * ROWS,
        "row_number": list(range(2, ROWS + 2)),
        "series": [""] * ROWS,
    }
    for field in table.fields:
        values = [some_value(field, rng) for _ in range(rng.choice([1, 1, ROWS]))]
        rows[field.name] = (values * ROWS)[:ROWS]
    return pa.table({name: pa.array(rows[name], wanted.field(name).type) for name in [*KEY, *table.field_names]})


@pytest.mark.parametrize("table", blueprint().sheet_tables, ids=lambda table: table.name)
def test_shortcut_agrees_with_the_library(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(table.name)
    decided = 0
    for _ in range(2):
        rows = columns_of(table, rng)
        decided += sum(expectations._decided(rule, rows) for rule in column_rules(table))
        quick = failing_rows(table, rows)
        with monkeypatch.context() as patch:
            patch.setattr(expectations, "_decided", lambda rule, rows: False)
            assert sorted(quick) == sorted(failing_rows(table, rows))
    assert decided > 0


def test_clean_rows_need_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    table = blueprint().tables["consent"]
    rows = columns_of(table, random.Random(1)).slice(0, 1).to_pylist()[0]
    clean = {**dict.fromkeys(rows), "submission_id": "s", "row_number": 2, "series": ""}
    clean |= {"consent_purpose": blueprint().codes["consent_purposes"].names[0], "granted": True}
    monkeypatch.setattr(expectations, "_batch", lambda rows: pytest.fail("the library was asked"))
    schema = columns_of(table, random.Random(1)).schema
    assert failing_rows(table, pa.Table.from_pylist([clean], schema=schema)) == []


def all_answers() -> list[Any]:
    """What the library finds in random rows of every table, when it is asked for every rule."""
    expectations._decided = lambda rule, rows: False
    return [failing_rows(table, columns_of(table, random.Random(table.name))) for table in blueprint().sheet_tables]


def test_what_is_left_out_of_the_library_changes_no_answer() -> None:
    whole = "t.expectations.left_out = lambda *names: contextlib.nullcontext();"
    code = f"""
import contextlib, importlib.util, json, sys
spec = importlib.util.spec_from_file_location("t", {__file__!r})
t = importlib.util.module_from_spec(spec); spec.loader.exec_module(t)
{{}}
print(json.dumps([t.all_answers(), "sqlalchemy" in sys.modules]))
"""
    (quick, loaded), (slow, loaded_too) = (
        json.loads(subprocess.run([sys.executable, "-c", code.format(how)], capture_output=True, check=True).stdout)
        for how in ("", whole)
    )
    assert (loaded, loaded_too) == (False, True)
    assert quick == slow
    assert all(quick)


def test_what_is_left_out_exists() -> None:
    expectations.warm_up()
    for name in (*expectations.UNUSED, *expectations.OPTIONAL, *expectations._unused_kinds()):
        assert importlib.util.find_spec(name), name


def test_a_library_that_cannot_be_loaded_is_not_kept_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ImportError

    monkeypatch.setattr(expectations, "_loaded", broken)
    monkeypatch.setattr(expectations, "_decided", lambda rule, rows: False)
    expectations.warm_up()
    table = blueprint().tables["consent"]
    with pytest.raises(ImportError):
        failing_rows(table, columns_of(table, random.Random(1)))
