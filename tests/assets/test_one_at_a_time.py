"""Checks that a round is worked on by one run at a time, and that who must wait is told so."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assets import one_at_a_time
from assets.one_at_a_time import working_on
from assets.rounds import RoundError
from assets.store import DataFolder


def ask(data: DataFolder, name: str) -> list[str]:
    """What another thread hears that asks for a round."""
    said: list[str] = []

    def work() -> None:
        try:
            with working_on(data, name, lambda: said.append("wachten")):
                said.append("bezig")
        except RoundError as error:
            said.append(str(error))

    with ThreadPoolExecutor(1) as other:
        other.submit(work).result()
    return said


def test_second_run_waits_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_at_a_time, "LOCK_SECONDS", 0.1)
    data = DataFolder(tmp_path)
    with working_on(data, "r"):
        with working_on(data, "r"):
            pass
        assert ask(data, "r") == [
            "wachten",
            "Ronde 'r' wordt al door een andere run doorgerekend. Wacht tot die klaar is.",
        ]
        assert ask(data, "andere") == ["bezig"]
    assert ask(data, "r") == ["bezig"]


def test_round_of_a_run_that_was_killed_is_free(tmp_path: Path) -> None:
    code = f"""
        import os
        from pathlib import Path
        from assets.one_at_a_time import working_on
        from assets.store import DataFolder
        with working_on(DataFolder(Path({str(tmp_path)!r})), "r"):
            os.abort()
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=environment).returncode < 0
    assert ask(DataFolder(tmp_path), "r") == ["bezig"]


def test_what_is_no_name_of_a_round_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(RoundError, match="kan geen naam van een ronde zijn"), working_on(DataFolder(tmp_path), "../r"):
        pass
    assert list(tmp_path.rglob("*")) == []
