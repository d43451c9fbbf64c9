"""Checks that what is generated from the Blueprint is in step with it and holds up with those who read it.

Run with --fix to rewrite the files. What the Blueprint says is not judged here.
"""

from __future__ import annotations

import copy
import difflib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from frictionless import FrictionlessException, Package

import blueprint
from assets.intake import cells
from blueprint import datapackage, dictionary
from blueprint.generate import artefacts
from blueprint.load import blueprint as agreed
from blueprint.model import Blueprint

ROOT = Path(blueprint.__file__).parent.parent
PATHS = sorted(artefacts(agreed()))
COMMAND = "pytest tests/blueprint/test_generated.py --fix"
DESCRIPTOR = datapackage.datapackage(agreed())


def fields_of(descriptor: dict[str, Any], table: str) -> dict[str, dict[str, Any]]:
    resource = next(resource for resource in descriptor["resources"] if resource["name"] == table)
    return {field["name"]: field for field in resource["schema"]["fields"]}


@pytest.mark.parametrize("path", PATHS)
def test_committed_file_is_what_the_blueprint_generates(path: str, pytestconfig: pytest.Config) -> None:
    target, text = ROOT / path, artefacts(agreed())[path]
    if pytestconfig.getoption("--fix"):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    present = target.read_text(encoding="utf-8") if target.exists() else ""
    if present != text:
        lines = difflib.unified_diff(present.splitlines(), text.splitlines(), path, "generated", lineterm="", n=1)
        shown = "\n".join(list(lines)[:60])
        pytest.fail(f"{path} is out of step with the Blueprint; rewrite it with `{COMMAND}`\n{shown}", pytrace=False)


def test_no_generated_file_is_left_from_before() -> None:
    present = {f"blueprint/generated/{file.name}" for file in (ROOT / "blueprint" / "generated").iterdir()}
    assert present == {path for path in PATHS if "/generated/" in path}


def test_every_link_in_the_dictionary_leads_to_one_heading_or_file() -> None:
    page = artefacts(agreed())["blueprint/README.md"]
    anchors = [dictionary.anchor(heading) for heading in re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)]
    links = set(re.findall(r"\]\(([^)]+)\)", page))
    inner = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert len(inner) > 40
    assert {link: anchors.count(link) for link in inner if anchors.count(link) != 1} == {}
    assert [link for link in links if not link.startswith("#") and not (ROOT / "blueprint" / link).exists()] == []


def test_every_row_of_a_table_in_the_dictionary_has_the_columns_of_its_heading() -> None:
    page = artefacts(agreed())["blueprint/README.md"]
    for block in re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block[:200]


def test_dictionary_says_at_the_top_that_it_is_a_proposal_and_shows_everything() -> None:
    page = artefacts(agreed())["blueprint/README.md"]
    assert "voorstel" in page[:200]
    assert agreed().status in page
    shown = set(re.findall(r"^\|(?: [^|`]+\|)? `([^`]+)` \|", page, flags=re.MULTILINE))
    fields = {name for table in agreed().tables.values() for name in table.field_names}
    codes = {code.code for codes in agreed().codes.values() for code in codes.codes}
    assert {*agreed().tables, *agreed().rules, *fields, *codes} - shown == set()


def test_frictionless_accepts_the_data_package() -> None:
    package = Package.from_descriptor(copy.deepcopy(DESCRIPTOR))
    assert package.resource_names == [table.name for table in agreed().filed_tables]
    schema = package.get_table_resource("energy_demand").schema
    assert schema.primary_key == ["site_id", "year", "scenario", "carrier", "use", "direction"]
    assert schema.foreign_keys[0]["reference"] == {"resource": "site", "fields": ["site_id"]}


BREAKS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "type": (lambda package: fields_of(package, "site")["city"].update(type="plaats"), "plaats"),
    "constraint": (lambda package: fields_of(package, "site")["is_ets"]["constraints"].update(minimum=1), "minimum"),
    "example": (lambda package: fields_of(package, "connection")["requested_on"].update(example="morgen"), "morgen"),
    "resource without a name": (lambda package: package["resources"][0].pop("name"), "'name' is a required"),
    "primary key": (lambda package: package["resources"][0]["schema"].update(primaryKey=["nergens"]), "nergens"),
    "same resource twice": (lambda package: package["resources"].append(package["resources"][0]), "not unique"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_frictionless_refuses_a_data_package_that_is_broken(name: str) -> None:
    broken = copy.deepcopy(DESCRIPTOR)
    spoil, word = BREAKS[name]
    spoil(broken)
    with pytest.raises(FrictionlessException) as refused:
        Package.from_descriptor(broken)
    notes = [refused.value.error.note, *(reason.note for reason in refused.value.reasons)]
    assert any(word in note for note in notes), notes


def test_data_package_reads_rows_in_the_long_form(tmp_path: Path) -> None:
    package = Package.from_descriptor(copy.deepcopy(DESCRIPTOR), basepath=str(tmp_path))
    names = ",".join(agreed().tables["consent"].field_names)
    good, bad = "operator_site_level,ja,2026-03-31,,,,,,Directeur", "iedereen,misschien,31-03-2026,,,,,,"
    for rows, errors in ([good], []), ([good, bad], ["constraint-error", "type-error", "type-error"]):
        (tmp_path / "consent.csv").write_text("\n".join([names, *rows]) + "\n", encoding="utf-8")
        report = package.get_resource("consent").validate()
        assert sorted(error[0] for error in report.flatten(["type"])) == errors


def test_data_package_carries_codes_unit_class_and_condition() -> None:
    connection, project = fields_of(DESCRIPTOR, "connection"), fields_of(DESCRIPTOR, "project")
    assert connection["contracted_offtake_mw"]["unit"] == "MW"
    assert connection["contracted_offtake_mw"]["class"] == "restricted"
    condition = [{"field": "carrier", "op": "in", "values": ["electricity"]}]
    assert connection["contracted_offtake_mw"]["condition"] == condition
    assert connection["connection_id"]["constraints"]["unique"] is True
    assert "unknown" not in connection["grid_operator"]["constraints"]["enum"]
    assert project["certainty"]["constraints"]["enum"][-1] == "operational"
    assert {"value": "nitrogen", "label": "Stikstof"} in project["depends_on"]["codes"]


def test_intake_reads_the_words_for_yes_and_no_of_the_data_package() -> None:
    assert [cells.boolean(word) for word in datapackage.TRUE_VALUES] == [True, True, True]
    assert [cells.boolean(word) for word in datapackage.FALSE_VALUES] == [False, False, False]


@pytest.mark.parametrize("table", [table.name for table in agreed().filed_tables])
def test_great_expectations_applies_exactly_the_generated_expectations(table: str) -> None:
    from assets.intake.expectations import suite

    described = json.loads((ROOT / "blueprint" / "generated" / "expectations.json").read_text("utf-8"))[table]
    applied = [expectation.configuration.to_json_dict() for expectation in suite(agreed().tables[table]).expectations]
    of_the_table = {"expect_table_columns_to_match_set", "expect_table_row_count_to_be_between"}
    assert {entry["type"] for entry in applied if "rule" not in entry["meta"]} == of_the_table
    assert [as_described(entry) for entry in applied if "rule" in entry["meta"]] == described


def as_described(applied: dict[str, Any]) -> dict[str, Any]:
    arguments = dict(applied["kwargs"])
    entry: dict[str, Any] = {"type": applied["type"], "column": arguments.pop("column")}
    condition = arguments.pop("row_condition", None)
    entry["arguments"] = arguments
    if condition:
        parts = condition["conditions"] if condition["type"] == "and" else [condition]
        entry["condition"] = [part_as_described(part) for part in parts]
    return {**entry, "rule": applied["meta"]["rule"]}


def part_as_described(part: dict[str, Any]) -> dict[str, Any]:
    if part["type"] == "nullity":
        return {"field": part["column"]["name"], "op": "empty" if part["is_null"] else "filled", "values": []}
    values = part["parameter"] if part["operator"] == "IN" else [part["parameter"]]
    assert part["operator"] in ("==", "IN")
    return {"field": part["column"]["name"], "op": "in", "values": values}


def test_artefacts_are_equal_when_made_twice_and_end_in_one_newline() -> None:
    first: Blueprint = agreed()
    assert artefacts(first) == artefacts(first)
    for path, text in artefacts(first).items():
        assert text == text.rstrip("\n") + "\n", path
        if path.endswith(".json"):
            assert json.loads(text)
