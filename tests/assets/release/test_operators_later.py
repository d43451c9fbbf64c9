"""What a grid operator tells from the difference of two releases, less the sites that it sees or saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from assets.release import insight, make, operators_again, prove, renew
from assets.release.facts import Stream
from assets.release.figures import Figure
from assets.release.insight import Moments, PublicStream, different, moments
from assets.release.make import ReleaseError
from blueprint.disclosure import Step
from tests.assets.release.attacks import Law, operator_rows, operators, operators_later, read, releases_differ
from tests.assets.release.made import RULES, SITE, Site, changed, folder, random_sites, released, simple
from tests.assets.release.test_operators_between import blind

LAW, AGREES = Law(), (SITE,)
REST = [simple(10 + number, 60.0 + number) for number in range(6)]
FILINGS = pytest.mark.parametrize("filing", ["s", "t"], ids=["same filings", "filed anew"])
THEN = [simple(0, 100.0, agrees=AGREES), simple(1, 30.0), simple(2, 31.0), *REST]


def of_one_release(public: Sequence[PublicStream]) -> Iterator[Moments]:
    return (pair for pair in moments(public) if pair[0].origin == pair[1].origin)


def of_now(public: Sequence[PublicStream]) -> Iterator[Moments]:
    return (pair for pair in moments(public) if pair[1].is_now or pair[0].origin == pair[1].origin)


def later(value: float, agrees: tuple[str, ...], filing: str = "s") -> list[Site]:
    """Three change: the one that was shown, to this value, and two that nobody sees. All may have filed anew."""
    sites = [simple(0, value, agrees=agrees), simple(1, 80.0), simple(2, 80.0), *REST]
    return [replace(one, filing=filing) for one in sites]


def shown(path: Path) -> bool:
    """Whether its operator sees the site that agreed."""
    return THEN[0].kvk in {row["kvk_number"] for row in operator_rows(path)["stedin"]}


@FILINGS
def test_operator_takes_the_sites_that_it_sees_off_the_difference_of_two_releases(
    filing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It sees one of three that change: that one is held back, since of two each would know the other."""
    now = later(160.0, AGREES, filing)
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        both = (released(data, THEN).folder, THEN), (released(data, now).folder, now)
        assert not releases_differ(*both, LAW)
        assert _country(both[1][0]).status == "shown"
        assert shown(both[0][0])
        assert shown(both[1][0]) == bool(operators_later(*both, LAW)) == (name == "leaking")
        for module in (insight, operators_again):
            monkeypatch.setattr(module, "moments", of_one_release)


def test_proof_finds_what_two_releases_tell_an_operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = folder(tmp_path)
    monkeypatch.setattr(insight, "moments", of_one_release)
    released(data, THEN)
    with pytest.raises(ReleaseError, match="een netbeheerder rekent uit wat een ander verandert"):
        released(data, later(160.0, AGREES))


@FILINGS
def test_site_that_was_seen_and_is_about_the_same_is_taken_off_a_later_difference(
    filing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three change, one of them was shown and hardly changes: it cannot be unseen, so the figure is not renewed."""
    now = later(94.0, (), filing)
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        both = (released(data, THEN).folder, THEN), (released(data, now).folder, now)
        assert shown(both[0][0])
        assert not releases_differ(*both, LAW)
        leaks, figure = operators_later(*both, LAW), _country(both[1][0])
        if name == "ours":
            assert not leaks
            assert figure.status == "carried_forward"
        else:
            assert {leak.where[0] for leak in leaks} == {"stedin"}
            assert figure.status == "shown"
        blind(monkeypatch, renew, prove)


@FILINGS
def test_site_that_was_seen_changes_by_the_difference_and_not_by_all_that_it_files(filing: str, tmp_path: Path) -> None:
    """It is seen no more and no longer about the same: what its operator lacks is one change among three."""
    data = folder(tmp_path)
    released(data, [simple(0, 1000.0, agrees=AGREES), *THEN[1:]])
    assert _country(released(data, later(1150.0, (), filing)).folder).status == "shown"


def test_site_that_is_seen_first_now_is_taken_off_the_difference_of_two_earlier_releases(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three changed then, nobody saw any of them, and all others change now: who sees one now has the other two."""
    then, between = [simple(0, 100.0), *THEN[1:]], later(94.0, ())
    now = [simple(0, 97.0, agrees=AGREES), *between[1:3], *(simple(10 + n, 90.0 + n) for n in range(6))]
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        one, two, three = past = [(released(data, some).folder, some) for some in (then, between, now)]
        assert not operators_later(one, three, LAW) + operators_later(two, three, LAW)
        assert not releases_differ(one, two, LAW)
        assert _country(two[0]).status == "shown"
        assert shown(three[0]) == bool(operators_later(one, two, LAW, past)) == (name == "leaking")
        for module in (insight, operators_again):
            monkeypatch.setattr(module, "moments", of_now)


def test_what_a_release_leaves_as_it_was_need_not_be_asked_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Most of three releases is the same: operators get the same when every version is asked for itself."""
    sites = random_sites(7, 24, 2, consenting=0.6)
    asked: list[int] = []
    got = []
    for name in ("ours", "each for itself"):
        data = folder(tmp_path, name)
        paths = [released(data, some).folder for some in (sites, sites, changed(sites, 1, 0.1))]
        got.append(operator_rows(paths[-1]))
        monkeypatch.setattr(
            make, "different", lambda public: asked.append(len(public) - len(different(public))) or public
        )
    assert got[0] == got[1]
    assert max(asked) > 0


@pytest.mark.parametrize("moved", ["nothing", "sector", "park"])
def test_site_of_which_a_code_changed_is_still_the_same_site(moved: str, tmp_path: Path) -> None:
    """Less the site that is seen now, two were left then; its sector was corrected, or its park became a place."""
    park = "Havenpark" if moved == "park" else None
    others = [simple(1, 40.0, operator="liander"), simple(2, 45.0, operator="liander")]
    new = [
        simple(10 + n, 60.0 + n, operator="stedin" if n % 2 else "liander", park=park if n < 5 else None)
        for n in range(10)
    ]
    then = [simple(0, 50.0, park=park), *others]
    now = [simple(0, 50.0, park=park, agrees=AGREES, sector="metals" if moved == "sector" else "food"), *others, *new]
    data = folder(tmp_path)
    first, second = released(data, then).folder, released(data, now).folder
    assert _country(first).status == "shown"
    assert not shown(second)
    assert not operators(first, then, LAW, [(second, now)])


@FILINGS
def test_site_that_is_gone_is_one_site_in_the_releases_before(filing: str, tmp_path: Path) -> None:
    """Of two earlier releases it may have filed anew between them: what it changed is no more than that."""
    far = {"operator": "liander"}
    rest = [simple(10 + n, 60.0 + n, **far) for n in range(6)]
    seen = [simple(5, value, agrees=AGREES) for value in (3000.0, 3600.0, 3700.0)]
    then = [
        simple(0, 10000.0),
        seen[0],
        simple(1, 899.0, agrees=AGREES),
        simple(2, 2000.0, **far),
        simple(3, 1300.0, **far),
    ]
    gone = simple(1, 1000.0, filing=filing)
    between = [simple(0, 10500.0), seen[1], gone, simple(2, 3100.0, **far), simple(3, 1411.0, **far)]
    now = [simple(0, 10200.0, agrees=AGREES), seen[2], simple(2, 3700.0, **far), simple(3, 2700.0, **far)]
    others = [simple(10 + n, 600.0 + 9 * n, **far) for n in range(6)]
    data = folder(tmp_path)
    past = [(released(data, some).folder, some) for some in ([*then, *rest], [*between, *rest], [*now, *others])]
    assert not operators_later(past[0], past[1], LAW, past)
    assert not shown(past[2][0])


def public(
    value: float = 3.0,
    status: str = "shown",
    table: str = "public_energy_demand",
    waiving: frozenset[str] = frozenset(),
) -> PublicStream:
    lines = {"holding": ["a", "b"], "site": ["s a", "s b"], "region_code": ["PV20", "PV24"], "value": [value, 2.0]}
    stream = Stream(("offtake", 2023, "base"), pa.table(lines), waiving)
    step = Step(name="provincie", tables=(("region_code",),))
    figures = {(code,): Figure(status, Decimal(5)) for code in (None, "PV20", "PV24")}
    return PublicStream(stream, {}, step, figures, RULES, origin=("", 0, table))


@pytest.mark.parametrize(
    "other",
    [public(4.0), public(status="withheld"), public(table="public_power_demand"), public(waiving=frozenset({"a"}))],
    ids=["amount", "figure", "table", "waiver"],
)
def test_only_what_tells_just_the_same_is_left_out(other: PublicStream) -> None:
    one = public()
    assert different([one, other, public()]) == [one, other]


def _country(path: Path):
    (figures,) = read(path, "public_energy_demand").values()
    return figures[(None,) * 6]
