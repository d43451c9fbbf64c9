"""What somebody can tell who keeps every release: of firms that change their name, of other years, of remainders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.disclosure.system import Key
from assets.release import make
from assets.release.changes import Known
from assets.release.facts import Stream
from assets.release.figures import Figure
from assets.release.holdings import holdings, one_name
from assets.release.ledger import releases
from assets.release.make import ReleaseError
from assets.release.prove import prove
from blueprint.disclosure import Step
from tests.assets.release.attacks import ENERGY, operator_rows, read
from tests.assets.release.made import (
    BASE,
    PLAN,
    RECOGNISED,
    RULES,
    SETTINGS,
    SITE,
    TIERS,
    TODAY,
    Site,
    folder,
    kvk,
    released,
    simple,
    write,
)


def nation(path: Path, *stream: Any) -> tuple[str, float | None]:
    """The figure of the country, all carriers together."""
    found = read(path, ENERGY)[stream]
    figure = next(figure for key, figure in found.items() if not any(key))
    return figure.status, figure.value


def electric(number: int, base: float, plan: float, **more: Any) -> Site:
    uses = {("electricity", *BASE): (base, base * 30), ("electricity", *PLAN): (plan, plan * 30)}
    return replace(simple(number, base), uses=uses, **more)


def test_firms_that_name_a_group_since_are_no_movers(tmp_path: Path) -> None:
    then = [simple(number, 10.0 + number) for number in range(8)]
    grown = replace(then[0], uses={use: (a + 5, b + 90) for use, (a, b) in then[0].uses.items()})
    for name, group in (("same", None), ("renamed", "70000009")):
        data = folder(tmp_path, name)
        first = released(data, then).folder
        now = [grown, *(replace(one, group=group) for one in then[1:3]), *then[3:]]
        second = released(data, now).folder
        assert nation(first, *BASE)[0] == "shown"
        assert nation(second, *BASE)[0] == "carried_forward", name


def test_firm_of_before_and_of_now_has_one_name() -> None:
    then, now = {"1": "1", "2": "2", "3": "2"}, {"1": "1", "2": "1", "3": "3"}
    found = one_name(then, now)
    assert found["1"] == found["2"] == found["3"]


def test_group_in_capitals_is_the_same_group(tmp_path: Path) -> None:
    data = folder(tmp_path)
    write(data, [simple(0, 10.0, group="Shell"), simple(1, 11.0, group="SHELL"), simple(2, 12.0, group="Aap")])
    found = holdings(data, SETTINGS)
    assert found[kvk(0)] == found[kvk(1)] != found[kvk(2)]


def test_year_of_before_is_subtracted_too(tmp_path: Path) -> None:
    """The base year is corrected to what was planned, by all but one: the old plan and the new base differ by that."""
    then = [electric(number, 10.0 + number, 12.0 + 1.2 * number) for number in range(8)]
    now = [electric(number, 12.0 + 1.2 * number, 30.0 + number) for number in range(8)]
    now[0] = electric(0, 25.6, 30.0)
    data = folder(tmp_path)
    first, second = released(data, then).folder, released(data, now).folder
    old, new = nation(first, *PLAN), nation(second, *BASE)
    assert old[0] == "shown"
    assert new[0] != "shown"


def test_remainder_of_another_year_is_subtracted_too(tmp_path: Path) -> None:
    sites = [electric(number, 10.0 + number, 10.0 + number) for number in range(8)]
    sites[0] = electric(0, 10.0, 17.0)
    rows = [row for row in operator_rows(released(folder(tmp_path), sites).folder)["stedin"]]
    rest = {row["year"]: row["figure_status"] for row in rows if row["operator_row_kind"] == "remainder"}
    assert rest == {2023: "shown", 2030: "withheld"}


def test_site_without_consent_stops_a_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shared = make.shared

    def careless(facts: pa.Table, consents: frozenset[str], *more: Any) -> Any:
        return shared(facts, frozenset(facts["site"].to_pylist()), *more)

    monkeypatch.setattr(make, "shared", careless)
    sites = [simple(number, 10.0 + number, agrees=(SITE,) if number < 2 else ()) for number in range(8)]
    data = folder(tmp_path)
    with pytest.raises(ReleaseError, match="zonder toestemming"):
        released(data, sites)
    assert not releases(data, SETTINGS.round)
    assert not list((data.root / "releases").rglob("*.parquet"))


STEP = Step(name="x", tables=(("region_code",),))
ROWS = pa.table({"holding": list("abcd"), "value": [10.0, 11.0, 12.0, 40.0], "region_code": ["p", "p", "p", "q"]})
SAFE: dict[Key, Figure] = {
    (None,): Figure("withheld"),
    ("p",): Figure("shown", Decimal(33), "3-5"),
    ("q",): Figure("withheld"),
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda figures: figures | {("q",): Figure("withheld", Decimal(40))}, "onder een andere status"),
        (lambda figures: figures | {("q",): Figure("carried_forward", Decimal(40))}, "nooit getoond"),
        (lambda figures: figures | {("q",): Figure("not_filed")}, "ontbreekt"),
        (lambda figures: {key: figure for key, figure in figures.items() if key != ("q",)}, "ontbreekt"),
    ],
)
def test_planted_status_is_found(change: Callable[[dict], dict], reason: str) -> None:
    stream = Stream((), ROWS)
    rules = RULES.model_copy(update={"unit": 1.0})
    assert prove([stream], {(): SAFE}, STEP, rules, {}).safe
    found = prove([stream], {(): change(SAFE)}, STEP, rules, {})
    assert any(reason in one for one in found.reasons)


def test_figure_of_before_is_the_one_that_was_shown() -> None:
    stream, rules = Stream((), ROWS), RULES.model_copy(update={"unit": 1.0})
    known = {(): [Known.of(Stream((), ROWS), ("region_code",), {("p",): Decimal(33)})]}
    for value, of, is_safe in ((33, None, True), (34, None, False), (33, 2, False)):
        figures = SAFE | {("p",): Figure("carried_forward", Decimal(value), release=of)}
        assert prove([stream], {(): figures}, STEP, rules, known).safe == is_safe


def country_rows(path: Path) -> list[dict[str, Any]]:
    rows = pq.read_table(path / "openbaar" / f"{ENERGY}.parquet").to_pylist()
    every = ("municipality_code", "park_code", "sector", "energy_carrier", "operator_code")
    return [row for row in rows if row["region_code"] == "NL" and all(row[name] == "all" for name in every)]


def test_figure_that_outlives_a_leaver_says_of_which_release_it_is(tmp_path: Path) -> None:
    """What was public stays so, but nobody may take it for a sum without the one who left."""
    data = folder(tmp_path)
    sites = [simple(number, 10.0 + number) for number in range(8)]
    paths = [released(data, some).folder for some in (sites, sites[:-1], sites[:-1])]
    found = [
        [(row["figure_status"], row["figure_release"], row["energy_pj"]) for row in country_rows(p)] for p in paths
    ]
    assert [status for some in found for status, _, _ in some] == ["shown", "carried_forward", "carried_forward"]
    assert {of for some in found for _, of, _ in some} == {1}
    assert len({value for some in found for _, _, value in some}) == 1


def test_figure_that_is_shown_by_a_consent_is_not_carried_beyond_it(tmp_path: Path) -> None:
    """One large firm: recognisable, and only as long as it agrees."""
    data = folder(tmp_path)
    sites = [*(simple(number, 1.0 + number / 10) for number in range(4)), simple(9, 90.0)]
    agreeing = [*sites[:-1], replace(sites[-1], agrees=(RECOGNISED,))]
    found = [country_rows(released(data, some).folder) for some in (agreeing, sites)]
    assert [(row["figure_status"], row["figure_release"]) for some in found for row in some] == [
        ("shown", 1),
        ("withheld", None),
    ]


def test_site_called_after_a_town_stops_no_release(tmp_path: Path) -> None:
    data = folder(tmp_path)
    sites = [simple(number, 10.0 + number) for number in range(6)]
    write(data, sites)
    path = data.table("site", SETTINGS.round)
    rows = pq.read_table(path)
    for column, text in (("site_name", "Groningen"), ("street", "noord")):
        at = rows.column_names.index(column)
        rows = rows.set_column(at, rows.schema.field(at), pa.array([text] * rows.num_rows))
    pq.write_table(rows, path)
    assert make.release(data, SETTINGS, TIERS, TODAY).scanned.found == ()


def test_release_in_which_no_public_figure_differs_says_so(tmp_path: Path) -> None:
    data = folder(tmp_path)
    sites = [simple(number, 10.0 + number) for number in range(8)]
    grown = [simple(number, 20.0 + number) for number in range(8)]
    said = [released(data, some).same_as for some in (sites, sites, grown, grown)]
    assert said == [None, 1, None, 3]


def test_trial_tells_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    data = folder(tmp_path)
    then = [simple(number, 10.0 + number) for number in range(8)]
    released(data, then)
    write(data, [simple(0, 30.0), *then[1:]])
    trial = make.release(data, SETTINGS, TIERS, TODAY, is_trial=True)
    assert [one.number for one in releases(data, SETTINGS.round)] == [1]
    assert not trial.folder.exists()
    real = make.release(data, SETTINGS, TIERS, TODAY)
    assert (real.number, real.proofs, real.carried) == (trial.number, trial.proofs, trial.carried)
    assert sum(trial.carried.values()) > 0
    assert releases(data, SETTINGS.round)[-1].note["carried"] == trial.carried
