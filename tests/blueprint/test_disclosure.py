"""Breaks one thing at a time in a ladder, or in the tier of a table, and checks that loading refuses it.

Which step is taken is tested with `assets.release`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from blueprint.checks import BlueprintError, check
from blueprint.disclosure import PATH, disclosure, load
from blueprint.load import HERE, blueprint
from blueprint.model import TIERS, Blueprint

PUBLIC = "public_energy_demand"


def test_every_ladder_ends_at_the_nation_or_the_coarsest_dimension() -> None:
    for product in disclosure().products.values():
        assert len(product.ladder[-1].tables[0]) == 0


@pytest.mark.parametrize(
    ("old", "new", "key", "value"),
    [
        ("value_percent: 60", "value_percent: 160", "disclosure.value_percent", 160),
        ("value_percent: 60", "aandeel: 60", "disclosure.value_percent", None),
        ("public_power_demand:", "public_power_demands:", "products", "public_power_demands"),
        ("public_power_demand:", "pmiek_power_demand:", "products", "pmiek_power_demand"),
        ("value: power_mw", "value: company_band", "public_power_demand.value", "company_band"),
        ("streams: [power_measure, year, scenario]", "streams: [year, scenario]", "public_power_demand", None),
        ("[[region_code, operator_code]]", "[[region_code, sector]]", "public_power_demand.ladder", "sector"),
        (
            "chosen_on: {power_measure: [peak,",
            "chosen_on: {sector: [peak,",
            "public_power_demand.chosen_on",
            "sector",
        ),
    ],
)
def test_wrong_ladder_is_refused(tmp_path: Path, old: str, new: str, key: str, value: object) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / PATH.name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BlueprintError) as refused:
        load(tmp_path / PATH.name, blueprint())
    assert PATH.name in str(refused.value)
    assert key in str(refused.value)
    assert value is None or str(value) in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("made_from: [site_bottleneck]", "made_from: [site_bottlenecks]", "public_bottlenecks.made_from"),
        ("made_from: [site_project]", "made_from: []", "public_project_energy.made_from"),
        ("dimensions: [region_code, bottleneck_kind]", "dimensions: [region_code]", "public_bottlenecks"),
        ("  public_bottlenecks:", "  pmiek_bottlenecks:", "counts"),
        ("operators_know: {}", "operators_know: {sector: [food]}", "public_energy_demand.operators_know"),
        ("[contracted_offtake, contracted_feed_in, requested_extra]}", "[contracted_oftake]}", "operators_hold"),
        ("chosen_on: {direction: [offtake]", "chosen_on: {direction: [oftake]", "chosen_on.direction"),
        ("table: public_energy_demand", "table: public_project_co2", "public_project_energy.explains.table"),
        ("streams: {power_measure: peak}", "streams: {direction: offtake}", "public_project_power.explains.streams"),
        ("{energy_carrier: hydrogen,", "{carrier: hydrogen,", "public_project_energy.explains.alike"),
    ],
)
def test_wrong_source_or_count_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    text = PATH.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / PATH.name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BlueprintError) as refused:
        load(tmp_path / PATH.name, blueprint())
    assert key in str(refused.value)


def test_every_dimension_of_a_count_has_so_many_codes_that_no_class_follows_from_others() -> None:
    """The highest class begins at eleven, and the lowest may hold two."""
    lists = {"region_code": "provinces", "bottleneck_kind": "bottleneck_kinds"}
    for count in disclosure().counts.values():
        for dimension in count.dimensions:
            assert 2 * (len([code for code in blueprint().codes[lists[dimension]].filed]) - 1) >= 11


@pytest.mark.parametrize(
    "facts",
    [{"public_reason": None}, {"public_forms": ("public_nothing",)}, {"public_forms": ("pmiek_supply",)}],
)
def test_pmiek_table_that_does_not_say_what_is_public_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(BlueprintError, match="public"):
        check(HERE, changed("pmiek_storage", **facts))


def test_every_public_table_is_the_form_of_a_pmiek_table() -> None:
    forms = {name for table in blueprint().tables.values() for name in table.public_forms}
    assert forms == {table.name for table in blueprint().tables.values() if table.kind == "public"}


def test_every_protected_table_can_be_named_in_a_consent() -> None:
    assert set(blueprint().codes["public_tables"].names) == set(disclosure().products)


def test_the_page_on_releases_says_which_pmiek_table_has_which_public_form() -> None:
    page = (HERE.parent / "assets" / "release" / "README.md").read_text(encoding="utf-8")
    for table in (table for table in blueprint().tables.values() if table.kind == "pmiek"):
        forms = ", ".join(f"`{name}`" for name in table.public_forms) or "none"
        assert f"| `{table.name}` | {forms} |" in page


def test_protected_table_without_a_ladder_is_refused(tmp_path: Path) -> None:
    text = PATH.read_text(encoding="utf-8")
    (tmp_path / PATH.name).write_text(text[: text.index("  public_storage:")], encoding="utf-8")
    with pytest.raises(BlueprintError, match="public_storage"):
        load(tmp_path / PATH.name, blueprint())


def changed(name: str, **facts: object) -> Blueprint:
    agreed = blueprint()
    return replace(agreed, tables=agreed.tables | {name: agreed.tables[name].model_copy(update=facts)})


@pytest.mark.parametrize("name", ["kvk_number", "energy_pj", "contact_email"])
def test_field_above_the_tier_of_its_table_is_refused(name: str) -> None:
    table = blueprint().tables[PUBLIC]
    for kind in TIERS:
        field = blueprint().fields[name]
        fields = (field, *(one for one in table.fields if one.name != name))
        broken = changed(PUBLIC, kind=kind, fields=fields, protected=())
        if kind == "operator" and field.confidentiality == "restricted":
            check(HERE, broken)
            continue
        with pytest.raises(BlueprintError, match=f"{name}.class"):
            check(HERE, broken)


@pytest.mark.parametrize("facts", [{"protected": ("power_mw",)}, {"kind": "curated"}])
def test_only_fields_of_a_public_table_are_protected(facts: dict[str, object]) -> None:
    with pytest.raises(BlueprintError, match="protected"):
        check(HERE, changed(PUBLIC, **facts))
