"""Municipalities within provinces, parks within municipalities and operators beside them: all hide in each other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.disclosure.rules import Rules
from assets.disclosure.sums import lines
from assets.disclosure.system import Table, build
from assets.release.facts import Stream, read_facts
from assets.release.figures import tables_of, upper_bound
from blueprint.disclosure import disclosure
from tests.assets.release.attacks import (
    COUNTRY,
    ENERGY,
    every_table,
    implied_sums,
    insiders,
    margins,
    operators,
    read,
    releases_differ,
    waived,
)
from tests.assets.release.made import SETTINGS, Site, changed, folder, released, simple, write

IN = {"PV26": ("GM0344", "GM0307"), "PV28": ("GM0599", "GM0505")}
LADDER = disclosure().products[ENERGY].ladder


def placed(seed: int = 3, firms: int = 12, lone: bool = True) -> list[Site]:
    """Firms in two municipalities of two provinces, half of them on a park; one is alone in a third municipality."""
    rng = np.random.default_rng(seed)
    found = []
    for province, municipalities in IN.items():
        for at, municipality in enumerate(municipalities):
            for number in range(firms):
                one = simple(len(found), float(rng.uniform(5, 9)), ("electricity", "natural_gas")[number % 2])
                park = "lage weide" if number < firms // 2 else None
                operator = "stedin" if number % 3 or at else "liander"
                found.append(replace(one, province=province, municipality=municipality, park=park, operator=operator))
    if lone:
        one = replace(simple(500, 4.0, province="PV26"), municipality="GM0353", operator="stedin")
        found.append(one)
    return found


@pytest.fixture(scope="module")
def fine(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[list[Site]]]:
    """Two releases on the finest step."""
    data = folder(tmp_path_factory.mktemp("fine"))
    sites = [placed(), changed(placed(), 4, 0.1)]
    return [released(data, some).folder for some in sites], sites


def test_finest_step_is_taken_and_nothing_is_found(fine: tuple[list[Path], list[list[Site]]]) -> None:
    paths, rounds = fine
    rows = pq.read_table(paths[0] / "openbaar" / f"{ENERGY}.parquet").to_pylist()
    parks = {row["park_code"] for row in rows if row["figure_status"] == "shown"} - {"all"}
    assert {"GM0505 lage weide", "GM0505 elders"} <= parks
    assert all(row["region_code"] == "PV26" for row in rows if row["municipality_code"] == "GM0344")
    for path, sites in zip(paths, rounds, strict=True):
        law = waived(sites)
        for table, _, given in every_table(path, sites):
            assert table != ENERGY or given.parents
            assert not [*margins(given, law), *implied_sums(given, law), *insiders(given, law)]
        assert not operators(path, sites, law)
    assert not releases_differ((paths[0], rounds[0]), (paths[1], rounds[1]), waived(rounds[1]))


def test_total_is_the_same_in_every_table(fine: tuple[list[Path], list[list[Site]]]) -> None:
    """The country stands there once, whatever is added up to it."""
    for figures in read(fine[0][0], ENERGY).values():
        assert sum(key == COUNTRY for key in figures) == 1


def test_municipality_that_is_its_province_less_the_others_is_found(
    fine: tuple[list[Path], list[list[Site]]], tmp_path: Path
) -> None:
    (path, _), (sites, _) = fine
    shutil.copytree(path, tmp_path / "leaking")
    file = tmp_path / "leaking" / "openbaar" / f"{ENERGY}.parquet"
    old = pq.read_table(file)
    rows = old.to_pylist()
    alone = {row["figure_status"] for row in rows if row["municipality_code"] == "GM0353"}
    assert alone <= {"withheld", "not_filed"}
    for row in rows:
        if row["figure_status"] == "withheld" and row["municipality_code"] != "GM0353":
            amount = sum(
                amount
                for one in sites
                for (carrier, *_), (amount, _) in one.uses.items()
                if row["region_code"] in ("NL", one.province)
                and row["municipality_code"] in ("all", one.place)
                and row["park_code"] in ("all", f"{one.place} {one.park or 'elders'}")
                and row["sector"] in ("all", one.sector)
                and row["energy_carrier"] in ("all", carrier)
                and row["operator_code"] in ("all", one.operator)
            )
            row.update({"figure_status": "shown", "energy_pj": round(Decimal(amount), 3)})
    pq.write_table(pa.Table.from_pylist(rows, schema=old.schema), file)
    law = waived(sites)
    given = next(given for table, _, given in every_table(tmp_path / "leaking", sites) if table == ENERGY)
    assert margins(given, law)
    assert len(implied_sums(given, law)) > len(implied_sums(replace(given, parents={}), law))


def test_park_of_few_or_called_after_a_firm_is_elsewhere(tmp_path: Path) -> None:
    sites = placed(lone=False)
    sites[0] = replace(sites[0], park="twee")
    sites[1] = replace(sites[1], park="twee")
    named = [replace(one, park=f"terrein zandkorrel {sites[3].kvk}") for one in sites[2:6]]
    path = released(folder(tmp_path), [*sites[:2], *named, *sites[6:]]).folder
    parks = {row["park_code"] for row in pq.read_table(path / "openbaar" / f"{ENERGY}.parquet").to_pylist()}
    assert not {park for park in parks if "twee" in park or "zandkorrel" in park}
    assert "GM0344 elders" in parks


@pytest.mark.parametrize(("fewest", "is_a_place"), [(6, True), (7, False)])
def test_how_many_firms_make_a_park_is_what_the_rules_ask(fewest: int, is_a_place: bool, tmp_path: Path) -> None:
    write(data := folder(tmp_path), placed(lone=False))
    facts = read_facts(data, SETTINGS, ENERGY, Rules(min_holdings=fewest))
    assert ("GM0344 lage weide" in facts["park_code"].to_pylist()) == is_a_place


def test_code_in_two_codes_of_the_level_above_is_refused() -> None:
    rows = pa.table({"holding": ["a", "b"], "value": [1.0, 2.0], "m": ["x", "x"], "p": ["1", "2"]})
    with pytest.raises(ValueError, match="two codes"):
        build(rows, [Table("places", (("m", "p"),))])


def test_province_is_a_line_of_its_municipalities() -> None:
    """Also where another sum of the province is shorter."""
    rows = [
        {"holding": f"{p}{m}{c}", "value": 1.0, "m": f"{p}{m}", "p": p, "c": c}
        for p in "AB"
        for m in "xyz"
        for c in "12"
    ]
    system = build(pa.Table.from_pylist(rows), [Table("places", (("m", "p"), ("c",)))])
    at = dict(zip(system.keys, system.variable.tolist(), strict=True))
    wanted = (at[None, None, "A"], tuple(sorted(at[None, f"A{m}", None] for m in "xyz")))
    assert wanted in lines(system)


def test_finest_steps_cost_little_where_too_little_would_stay() -> None:
    """Their bound is that of the primaries: nothing is protected, and the equations are never made."""
    columns = disclosure().products[ENERGY].dimensions
    rows = [
        {"holding": f"h{at}", "site": f"s{at}", "value": 1.0 + at}
        | {name: f"{name}{at}" for name in columns}
        | {"region_code": "PV26"}
        for at in range(60)
    ]
    value, all_value, cells, all_cells = upper_bound(
        Stream((), pa.Table.from_pylist(rows)), LADDER[0], Rules(unit=1e-3)
    )
    assert (value, cells) == (0.0, 0)
    assert all_value > 0
    assert all_cells == 60 * 3
    assert tables_of(LADDER[0])[0].dimensions[0] == ("park_code", "municipality_code", "region_code")
