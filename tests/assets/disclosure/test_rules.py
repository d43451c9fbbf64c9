"""Each primary rule is seen to bite, at holding level; parameters come from the environment and are never shown."""

from __future__ import annotations

import numpy as np
import pytest

from assets.disclosure.rules import OPERATOR_PREFIX, PREFIX, Rules, RulesError, primaries, rules_from
from tests.assets.disclosure.made import contributions

ONE_RULE = Rules(p_percent=None, min_holdings=1, dominance=((1, 75.0),))


def test_too_few_holdings() -> None:
    found = primaries(contributions({"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}), Rules(p_percent=None))
    assert found.too_few.tolist() == [True, False]
    assert found.level.tolist() == [pytest.approx(0.2), 0]


def test_p_percent_takes_the_second_largest_for_the_attacker() -> None:
    # What is left beside the two largest is 9 and 11, against 10 % of 100.
    found = primaries(contributions({"a": 100, "b": 50, "c": 9}, {"a": 100, "b": 50, "c": 11}), Rules())
    assert found.p_percent.tolist() == [True, False]
    assert found.level.tolist() == [pytest.approx(1.0), 0]


def test_dominance_of_the_largest_and_strict_profile() -> None:
    cells = contributions({"a": 80, "b": 12, "c": 10}, {"a": 70, "b": 16, "c": 14})
    assert primaries(cells, Rules()).unsafe.tolist() == [False, False]
    assert primaries(cells, ONE_RULE).dominance.tolist() == [True, False]
    strict = rules_from({f"{PREFIX}PROFILE": "strict"}).public
    assert primaries(contributions({"a": 60, "b": 32, "c": 8}), strict).p_percent.tolist() == [True]
    assert primaries(contributions({"a": 60, "b": 32, "c": 8}), Rules()).unsafe.tolist() == [False]


def test_level_of_dominance() -> None:
    found = primaries(contributions({"a": 90, "b": 5, "c": 5}), ONE_RULE)
    assert found.level.tolist() == [pytest.approx(90 / 0.75 - 100)]


def test_zeros_tell_about_those_who_filed_them() -> None:
    few, many = {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 0.0, "c": 0.0}
    padded = {"a": 5.0, "b": 4.0, "c": 0.0, "d": 0.0}
    found = primaries(contributions(few, many, padded, {"a": 7.0, "b": 5.0, "c": 6.0}), Rules(unit=0.1))
    assert found.unsafe.tolist() == [True, False, True, False]
    assert found.level[0] == 0.1


def test_empty_cell_is_safe_and_level_has_a_floor() -> None:
    found = primaries(contributions({}, {"a": 1000, "b": 500, "c": 99.999}), Rules(unit=0.5))
    assert found.unsafe.tolist() == [False, True]
    assert found.level.tolist() == [0, pytest.approx(1.599999)]
    assert primaries(contributions({"a": 10, "b": 10}), Rules(unit=5.0)).level.tolist() == [5.0]


def test_waiver_protects_the_largest_of_those_who_did_not_waive() -> None:
    cell = contributions({"a": 100, "b": 50, "c": 4, "d": 3})
    assert primaries(cell, Rules()).unsafe.tolist() == [True]
    # b against a: what is left is 7, more than 10 % of 50.
    assert primaries(cell, Rules(), frozenset("a")).unsafe.tolist() == [False]
    assert primaries(cell, Rules(), frozenset("b")).unsafe.tolist() == [True]
    # The minimum number of holdings stays, whoever waives.
    alone = primaries(contributions({"a": 100}), Rules(), frozenset("a"))
    assert (alone.too_few.tolist(), alone.p_percent.tolist(), alone.level.tolist()) == ([True], [False], [10.0])


def test_environment_replaces_parameters_and_nothing_shows_them() -> None:
    rules = rules_from({f"{PREFIX}P": "17.25", f"{PREFIX}N": "4", f"{PREFIX}DOMINANCE": "1:76.5;2:91"}).public
    assert (rules.p_percent, rules.min_holdings, rules.dominance) == (17.25, 4, ((1, 76.5), (2, 91.0)))
    for text in (repr(rules), str(rules), f"{rules}", f"{rules!r}", repr([rules])):
        assert not any(secret in text for secret in ("17", "76", "91", "4"))


def test_operators_have_the_public_rules_unless_they_have_their_own() -> None:
    public = {f"{PREFIX}P": "17", f"{PREFIX}N": "4"}
    assert rules_from(public).operator == rules_from(public).public
    own = rules_from(public | {f"{OPERATOR_PREFIX}N": "2", f"{OPERATOR_PREFIX}DOMINANCE": "1:90"})
    assert (own.operator.min_holdings, own.operator.p_percent, own.operator.dominance) == (2, 17.0, ((1, 90.0),))
    assert (own.public.min_holdings, own.public.dominance) == (4, ())
    strict = rules_from(public | {f"{OPERATOR_PREFIX}PROFILE": "strict"})
    assert (strict.operator.min_holdings, strict.operator.p_percent) == (3, 15.0)
    assert strict.public == rules_from(public).public
    assert "17" not in repr(strict)


@pytest.mark.parametrize("prefix", [PREFIX, OPERATOR_PREFIX])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("P", "0"),
        ("P", "173"),
        ("P", "tien"),
        ("N", "0"),
        ("N", "2.57"),
        ("DOMINANCE", "1"),
        ("DOMINANCE", "1:173"),
        ("PROFILE", "los173"),
        ("FEW", "nan"),
        ("FLOOR", "-173"),
        ("MIN", "173"),
    ],
)
def test_wrong_parameter_is_refused_without_telling_it(prefix: str, name: str, value: str) -> None:
    with pytest.raises(RulesError) as refused:
        rules_from({prefix + name: value})
    said = [str(refused.value), repr(refused.value), repr(refused.value.__cause__), repr(refused.value.__context__)]
    assert f"{prefix}{name}" in said[0]
    assert not any(value in text for text in said if len(value) > 1)


def test_units_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    cells = [{f"h{i}": float(v) for i, v in enumerate(rng.lognormal(0, 2, n))} for n in rng.integers(1, 9, 200)]
    small = primaries(contributions(*cells), Rules())
    large = primaries(contributions(*({h: v * 1e6 for h, v in cell.items()} for cell in cells)), Rules())
    assert small.unsafe.tolist() == large.unsafe.tolist()
    assert large.level == pytest.approx(small.level * 1e6)
