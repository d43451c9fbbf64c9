"""A figure that is withheld in one release or year and shown in another, with the same amounts behind it, is known."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from assets.disclosure.system import Key
from assets.release.changes import Known
from assets.release.facts import Stream, StreamKey
from assets.release.figures import Figure, protect_stream, to_unit
from assets.release.prove import numbered, prove
from assets.release.renew import renew
from blueprint.disclosure import Step
from tests.assets.release.made import RULES

STEP = Step(name="x", tables=(("region_code",),))
RULE = RULES.model_copy(update={"unit": 0.001})
# Of heat the first firm is a hair too large: whoever knows the sum to the third decimal, knows that firm within 10 %.
HEAT = {"a": 0.62021, "b": 0.060458, "c": 0.059751}
AMOUNTS = {
    "electricity": {firm: 10.0 + at for at, firm in enumerate("abcdefgh")},
    "gas": {firm: 30.0 + at for at, firm in enumerate("abcdefgh")},
    "hydrogen": dict.fromkeys("abcde", 1.0),
    "steam": dict.fromkeys("defgh", 2.0),
    "heat": HEAT,
}


def stream(key: StreamKey, **changed: dict[str, float]) -> Stream:
    lines = [(firm, firm, value, name) for name, some in (AMOUNTS | changed).items() for firm, value in some.items()]
    names = ("holding", "site", "value", "region_code")
    return Stream(key, pa.table(dict(zip(names, zip(*lines, strict=True), strict=True))))


def figures(of: Stream, *withheld: str | None) -> dict[Key, Figure]:
    """Every figure of a stream but these; None stands for the sum of all."""
    rows = of.rows.group_by("region_code").aggregate([("value", "sum")]).to_pylist()
    value = {row["region_code"]: row["value_sum"] for row in rows}
    cells = {None: sum(value.values()), **value}
    return {
        (name,): Figure("withheld") if name in withheld else Figure("shown", to_unit(amount, 0.001), "6-10")
        for name, amount in cells.items()
    }


def known(of: Stream, *withheld: str | None) -> Known:
    return Known.of(of, ("region_code",), numbered(figures(of, *withheld)))


ONE, OTHER = stream(("one",)), stream(("other",))
LESS = stream(("one",), electricity=AMOUNTS["electricity"] | {"h": 1.0})


def test_what_nobody_changed_stays_withheld() -> None:
    """One firm wants less electricity: that and the sum are not renewed, so that heat would need no other cover."""
    alone = protect_stream(LESS, STEP, RULE, levels={(None,): 1.0, ("electricity",): 1.0})
    assert ("hydrogen",) in alone.shown
    found, held = renew(LESS, STEP, RULE, [known(ONE, "heat", "hydrogen")], [], set(), {})
    assert found is not None
    assert held == {(None,), ("electricity",)}
    assert found.shown == {("gas",), ("steam",)}


@pytest.mark.parametrize("cover", ["hydrogen", "steam"])
def test_years_that_are_the_same_have_the_same_cover(cover: str) -> None:
    found, _ = renew(OTHER, STEP, RULE, [], [known(ONE, "heat", cover)], set(), {})
    assert found is not None
    assert found.shown == set(figures(OTHER, "heat", cover)) - {("heat",), (cover,)}


def test_proof_finds_what_is_withheld_in_another_release() -> None:
    before = {ONE.key: [known(ONE, "heat", "hydrogen")]}
    carried = {
        key: replace(figure, status="carried_forward") if key in {(None,), ("electricity",)} else figure
        for key, figure in figures(ONE, "heat").items()
    }
    for is_safe in (True, False):
        written = carried | ({("hydrogen",): Figure("withheld")} if is_safe else {})
        found = prove([LESS], {LESS.key: written}, STEP, RULE, before)
        assert found.safe == is_safe
        assert is_safe or found.reasons == ["een cijfer dat elders niet wordt getoond, is daar hetzelfde: 1"]


def test_proof_finds_two_years_with_another_cover() -> None:
    pair = [(ONE.key, OTHER.key)]
    for other, is_safe in (("hydrogen", True), ("steam", False)):
        written = {ONE.key: figures(ONE, "heat", "hydrogen"), OTHER.key: figures(OTHER, "heat", other)}
        assert prove([ONE, OTHER], written, STEP, RULE, {}).safe
        assert prove([ONE, OTHER], written, STEP, RULE, {}, pair).safe == is_safe


def test_what_was_shown_before_cannot_be_taken_back() -> None:
    """A leak of an earlier release is no reason to refuse every later one that adds nothing to it."""
    leak = [known(ONE, "heat", "hydrogen"), known(ONE, "heat", "steam")]
    found = prove([ONE], {ONE.key: figures(ONE, "heat", "hydrogen")}, STEP, RULE, {ONE.key: leak})
    assert found.reasons == []
