"""Counts in classes and differences of rounds: planted leaks are found, and what is released tells nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.disclosure.rules import Rules, TierRules
from assets.disclosure.system import Key
from assets.release import operators
from assets.release.again import audited
from assets.release.counts import Before, count_figures, prove_counts
from assets.release.coverage import coverage_figures, coverage_rows, covered
from assets.release.facts import Stream
from assets.release.figures import Figure
from assets.release.ledger import releases
from assets.release.make import ReleaseError, release
from assets.release.prove import prove
from assets.release.round_change import round_change_rows
from assets.rounds import Round
from assets.store import DataFolder, write_table
from blueprint.disclosure import Step
from tests.assets.given import completed
from tests.assets.release.attacks import DIMENSIONS, ENERGY, STREAMS
from tests.assets.release.made import (
    RULES,
    SETTINGS,
    TIERS,
    TODAY,
    Site,
    folder,
    kvk,
    random_sites,
    released,
    simple,
    write,
)

COUNTS, CHANGE = "public_bottlenecks", "public_round_change"
CONGESTION, FINANCE = "grid_congestion", "finance"
HERE = ("PV26", CONGESTION)


def stuck(*numbers: int, kinds: tuple[str, ...] = (CONGESTION,)) -> list[Site]:
    """Six firms of which these have a bottleneck."""
    return [replace(simple(at, 10.0 + at), stuck=kinds if at in numbers else ()) for at in range(6)]


def classes(path: Path) -> dict:
    return count_figures(pq.read_table(path / "openbaar" / f"{COUNTS}.parquet"), COUNTS)


def test_class_of_a_group_is_one_and_nobody_is_as_few(tmp_path: Path) -> None:
    group = [replace(one, group="70000001") for one in stuck(0, 1, 2)[:3]]
    figures = classes(released(folder(tmp_path), [*group, *stuck(0, 1, 2)[3:]]).folder)
    assert figures[HERE] == figures["PV26", FINANCE] == figures["PV20", CONGESTION] == Figure("shown", None, "0-2")
    assert {(None, None), ("PV31", None), (None, FINANCE)} <= figures.keys()


def test_class_stays_until_enough_have_moved(tmp_path: Path) -> None:
    data = folder(tmp_path)
    seen = []
    for numbers in ((0, 1), (0, 1, 2), (0, 1, 2, 3, 4), (0, 1, 2, 3)):
        seen.append(classes(released(data, stuck(*numbers)).folder)[HERE])
    one_more, three_more, one_less = seen[1:]
    assert seen[0] == Figure("shown", None, "0-2")
    assert one_more == Figure("shown", None, "0-2")
    assert three_more == one_less == Figure("shown", None, "3-5")


def test_class_of_who_takes_part_stays_until_enough_have_moved(tmp_path: Path) -> None:
    data, bands, before = folder(tmp_path), [], []
    write(data, [simple(at, 10.0) for at in range(6)])
    same = {"round": SETTINGS.round, "site_id": "V1", "province_code": "PV26"}
    standing = [{**same, "submission_id": f"s{at}", "file": f"{at}.xlsx", "state": "accepted"} for at in range(6)]
    names = ("round", "submission_id", "file", "state")
    rows = [{name: one[name] for name in names} for one in standing]
    write_table(data, "register", SETTINGS.round, completed("register", *rows))
    for accepted in (2, 3, 6, 5):
        rows = [
            {**same, "submission_id": f"s{at}", "kvk_number": kvk(at), "accepted": at < accepted} for at in range(6)
        ]
        write_table(data, "filed_sites", SETTINGS.round, completed("filed_sites", *rows))
        found = covered(data, SETTINGS, before, RULES)
        assert prove_counts(found.figures, found.members, before, RULES).safe
        before.append(Before(found.members, found.figures))
        bands.append((found.figures["PV26", "accepted"].band, found.figures["PV20", "accepted"].band))
    assert bands == [("0-2", "0-2"), ("0-2", "0-2"), ("6-10", "0-2"), ("6-10", "0-2")]
    table = coverage_rows(found.figures, SETTINGS, 1)
    assert coverage_figures(table) == found.figures


def test_planted_class_is_found() -> None:
    many, few = frozenset("abc"), frozenset("ab")
    before = [Before({HERE: few}, {HERE: Figure("shown", None, "0-2")})]
    for figure in (Figure("shown", None, "3-5"), Figure("shown", None, "6-10")):
        assert not prove_counts({HERE: figure}, {HERE: many}, before, RULES).safe
    kept = Figure("shown", None, "0-2")
    assert not prove_counts({HERE: kept}, {HERE: many}, [], RULES).safe
    assert prove_counts({HERE: kept}, {HERE: many}, before, RULES).safe
    assert prove_counts({HERE: Figure("shown", None, "3-5")}, {HERE: many}, [], RULES).safe
    assert not prove_counts({}, {HERE: many}, [], RULES).safe
    assert not prove_counts({HERE: Figure("shown", None, "3-5")}, {HERE: many}, before, Rules(min_holdings=1)).misses


def two_rounds(path: Path) -> tuple[DataFolder, Round, Path]:
    """A round after another, in which one of many firms changed and a lone one too."""
    data = folder(path)
    then = [simple(at, 10.0 + at, ("natural_gas", "electricity", "oil")[at % 3]) for at in range(18)]
    then += [simple(50 + at, 3.0 + at / 10, ("heat", "steam", "biomass")[at % 3]) for at in range(6)]
    now = [replace(one, uses={use: (a * 1.5, b * 1.5) for use, (a, b) in one.uses.items()}) for one in then]
    released(data, then)
    settings = Round(round="later", previous_round=SETTINGS.round)
    write(data, now)
    for table in sorted(data.curated.glob(f"*/round={SETTINGS.round}")):
        table.rename(table.with_name(f"round={settings.round}"))
    return data, settings, release(data, settings, TIERS, TODAY).folder


def test_difference_of_rounds_is_that_of_what_both_published(tmp_path: Path) -> None:
    data, _, path = two_rounds(tmp_path)
    key = (*DIMENSIONS[ENERGY], *STREAMS[ENERGY])
    (before,) = releases(data, SETTINGS.round)
    tables = [before.figures(ENERGY), pq.read_table(path / "openbaar" / f"{ENERGY}.parquet")]
    old, new = ({tuple(row[k] for k in key): row for row in table.to_pylist()} for table in tables)
    rows = pq.read_table(path / "openbaar" / f"{CHANGE}.parquet").to_pylist()
    assert {tuple(row[k] for k in key) for row in rows} == old.keys() & new.keys()
    assert {"shown", "withheld", "not_filed"} <= {row["figure_status"] for row in rows}
    for row in rows:
        pair = [some[tuple(row[k] for k in key)] for some in (old, new)]
        both = all(one["figure_status"] in ("shown", "zero") for one in pair)
        assert (row["change_pj"] is not None) == both
        assert not both or row["change_pj"] == pair[1]["energy_pj"] - pair[0]["energy_pj"]
        assert row["previous_round"] == SETTINGS.round


def test_no_difference_without_a_previous_round_or_with_a_figure_of_before(tmp_path: Path) -> None:
    data, settings, path = two_rounds(tmp_path)
    (before,) = releases(data, SETTINGS.round)
    now = pq.read_table(path / "openbaar" / f"{ENERGY}.parquet")
    assert round_change_rows(now, None, settings, 1).num_rows == 0
    carried = pa.array(["carried_forward"] * now.num_rows)
    old = now.set_column(now.column_names.index("figure_status"), "figure_status", carried)
    rows = round_change_rows(old, before, settings, 1).to_pylist()
    assert {(row["change_pj"], row["figure_status"]) for row in rows} <= {(None, "withheld"), (None, "not_filed")}
    assert Decimal(0) not in {row["change_pj"] for row in rows}


def test_operator_tier_has_rules_of_its_own(tmp_path: Path) -> None:
    """The same figures for everybody; of an area of five firms an operator sees the rest only when five are enough."""
    sites = [simple(at, 10.0 + at) for at in range(5)]
    statuses, public = [], []
    for number in (5, 6):
        rules = TierRules(RULES, Rules(min_holdings=number))
        path = released(folder(tmp_path, f"at {number}"), sites, rules).folder
        rows = pq.read_table(path / "netbeheerder-stedin" / "grid_operator_sites.parquet").to_pylist()
        statuses.append({row["figure_status"] for row in rows})
        public.append((path / "openbaar" / f"{ENERGY}.parquet").read_bytes())
    assert statuses == [{"shown"}, {"withheld"}]
    assert public[0] == public[1]


def test_release_and_audit_ask_what_operators_can_tell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is held back from an operator: the files say so, whatever made them."""
    sites, data = random_sites(24, 20, 2, consenting=0.5), folder(tmp_path)
    released(data, sites)
    (one,) = releases(data, SETTINGS.round)
    found = audited(data, SETTINGS, one, TIERS)["grid_operator_sites"]
    assert found.safe
    assert found.insiders > 0
    monkeypatch.setattr(operators, "safe_sites", lambda operator, sites, public: sites)
    with pytest.raises(ReleaseError, match="een netbeheerder rekent een ander uit"):
        released(folder(tmp_path, "leaking"), sites)


def test_two_lone_holdings_together_are_tried(tmp_path: Path) -> None:
    """Three firms, each alone at its carrier, hide each other; two of them know what the third is."""
    rows = [
        {"holding": who, "site": who, "region_code": code, "value": value}
        for who, code, value in (("a", "x", 40.0), ("b", "y", 41.0), ("c", "z", 42.0))
    ]
    rows += [{"holding": f"h{at}", "site": f"h{at}", "region_code": "w", "value": 10.0 + at} for at in range(6)]
    given = [Stream((), pa.Table.from_pylist(rows))]
    step = Step(name="provincie", tables=(("region_code",),))
    hidden: dict[Key, Figure] = {(code,): Figure("withheld") for code in "xyz"}
    figures: dict[Key, Figure] = hidden | {
        ("w",): Figure("shown", Decimal(75), "6-10"),
        (None,): Figure("shown", Decimal(198), "6-10"),
    }
    alone = prove(given, {(): figures}, step, RULES, {})
    together = prove(given, {(): figures}, step, RULES, {}, together=True)
    assert (alone.insiders, together.insiders) == (3, 6)
    assert together.misses > alone.misses
    assert "een bedrijf rekent een ander uit" in together.reasons[-1]
