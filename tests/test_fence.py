"""Checks that imports go one way, blueprint <- assets <- pipelines, and that each outside thing has one door."""

from __future__ import annotations

import ast
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

import blueprint

ROOT = Path(blueprint.__file__).parent.parent
PACKAGES = ("blueprint", "assets", "pipelines")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imported(path: Path) -> frozenset[str]:
    """Every module that is imported anywhere in the file, as a dotted name; relative ones are made absolute."""
    package = path.relative_to(ROOT).parent.parts
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            within = package[: len(package) - node.level + 1] if node.level else ()
            names.add(".".join((*within, *([node.module] if node.module else []))))
    return frozenset(names)


def used(path: Path) -> set[str]:
    """Every attribute chain in the file, such as os.environ or duckdb.connect."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {ast.unparse(node) for node in tree if isinstance(node, ast.Attribute)}


def importers(package: str) -> set[str]:
    return {name_of(p) for p in MODULES if any(n == package or n.startswith(f"{package}.") for n in imported(p))}


def users(*chains: str) -> set[str]:
    return {name_of(path) for path in MODULES if used(path) & set(chains)}


def test_there_is_something_to_look_at() -> None:
    assert {name_of(path).split("/")[0] for path in MODULES} == set(PACKAGES)
    assert len(MODULES) > 40


@pytest.mark.parametrize(
    ("package", "above"), [("blueprint", "assets"), ("blueprint", "pipelines"), ("assets", "pipelines")]
)
def test_imports_go_one_way(package: str, above: str) -> None:
    assert {name for name in importers(above) if name.startswith(f"{package}/")} == set()


def test_steps_do_not_import_later_steps() -> None:
    for stage, later in combinations(("intake", "demand", "pmiek", "release", "strategy"), 2):
        assert {name for name in importers(f"assets.{later}") if name.startswith(f"assets/{stage}/")} == set()


def test_sample_data_is_used_by_the_command_that_writes_it_only() -> None:
    outside = {name for name in importers("assets.sample") if not name.startswith("assets/sample/")}
    assert outside == {"pipelines/cli/rounds.py"}


def test_duckdb_is_opened_in_one_place() -> None:
    assert users("duckdb.connect") == {"assets/store.py"}
    assert {name for name in importers("duckdb") if not _only_for_types(name)} == {"assets/store.py"}


def test_great_expectations_is_known_in_one_place() -> None:
    assert importers("great_expectations") == {"assets/intake/expectations.py"}


def test_highs_is_known_twice_since_the_audit_shares_no_code() -> None:
    assert importers("highspy") == {"assets/disclosure/lp.py", "assets/disclosure/audit.py"}
    audit = imported(ROOT / "assets/disclosure/audit.py")
    assert {name for name in audit if name.split(".")[0] in PACKAGES} == set()


def test_the_engine_that_tests_compare_with_is_imported_by_nothing_that_runs() -> None:
    assert importers("pytauargus") == set()


def test_environment_is_read_in_one_place() -> None:
    # Two libraries take a switch from it: Great Expectations (telemetry) and gettext (language), each at its door.
    switches = {"assets/intake/expectations.py", "pipelines/cli/dutch.py"}
    found = users("os.environ", "os.getenv", "os.putenv", "os.environb")
    assert found == {"pipelines/settings.py"} | switches
    for name in switches:
        assert _reads_of_environment(ROOT / name) == []


def test_dagster_is_known_in_the_declaring_modules_only() -> None:
    declaring = {"assets/declare.py", "assets/from_sql.py"}
    declaring |= {
        f"assets/{stage}/assets.py"
        for stage in ("intake", "demand", "dialogue", "pmiek", "release", "strategy", "letters")
    }
    inside = {name for name in importers("dagster") if name.startswith(("assets/", "blueprint/"))}
    assert inside <= declaring
    assert {"assets/declare.py", "assets/from_sql.py"} <= inside


def test_nothing_reaches_the_network() -> None:
    for package in ("requests", "urllib.request", "http", "httpx", "socket", "aiohttp", "ftplib"):
        assert importers(package) == set()


def _only_for_types(name: str) -> bool:
    """Whether every import of duckdb in the file stands under TYPE_CHECKING."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return all(id(node) in guarded for node in imports if any(alias.name == "duckdb" for alias in node.names))


def _reads_of_environment(path: Path) -> list[str]:
    """Uses of os.environ that are no assignment to one key of it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    targets = {
        id(t.value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Assign)
        for t in n.targets
        if isinstance(t, ast.Subscript)
    }
    chains = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ"]
    return [ast.unparse(node) for node in chains if id(node) not in targets]
