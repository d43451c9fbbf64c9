"""What a firm that alone changed a withheld difference, or two of them, learn of what another changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.release import prove, renew
from assets.release.changes import Change
from assets.release.make import ReleaseError
from tests.assets.release.attacks import Law, Leak, moments_differ, releases_differ, waived
from tests.assets.release.made import BASE, PLAN, Site, changed, folder, kvk, random_sites, released

# A round in which a pattern that is made without such firms tells them something, in one release and in two.
SEED, LAW = 2, Law()
SITES = random_sites(SEED, 26, 2, consenting=0.5)


def by_attack(leaks: list[Leak]) -> set[str]:
    return {leak.attack for leak in leaks}


def test_firm_takes_its_own_change_off_what_two_years_withhold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    law = waived(SITES)
    assert not moments_differ(released(folder(tmp_path, "ours"), SITES).folder, SITES, law)
    monkeypatch.setattr(renew, "exposed", lambda *_, **__: {})
    with pytest.raises(ReleaseError, match="een bedrijf rekent een wijziging uit"):
        released(folder(tmp_path, "refused"), SITES)
    monkeypatch.setattr(prove, "_prove_movers", lambda *_: None)
    assert by_attack(moments_differ(released(folder(tmp_path, "leaking"), SITES).folder, SITES, law)) == {"movers"}


def test_firm_takes_its_own_change_off_what_two_releases_withhold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now = changed(SITES, SEED, 0.4)
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        both = (released(data, SITES).folder, SITES), (released(data, now).folder, now)
        found = by_attack(releases_differ(*both, waived(now)))
        assert found == (set() if name == "ours" else {"movers"})
        monkeypatch.setattr(renew, "exposed", lambda *_, **__: {})
        monkeypatch.setattr(prove, "_prove_movers", lambda *_: None)


def test_what_nobody_filed_at_one_moment_is_known_of_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hydrogen is new in the plan: with the totals it leaves what one firm changes in electricity and gas."""
    sites = [planned(number) for number in range(8)]
    sites[0] = planned(0, electricity=27.0, natural_gas=41.0)
    sites[1:5] = [planned(number, hydrogen=40.0 + number) for number in range(1, 5)]
    assert not moments_differ(released(folder(tmp_path, "ours"), sites).folder, sites, LAW)
    monkeypatch.setattr(Change, "visible", Change.subtracted)
    path = released(folder(tmp_path, "leaking"), sites).folder
    assert by_attack(moments_differ(path, sites, LAW)) == {"moments of sums"}


def planned(number: int, **plan: float) -> Site:
    """A site that plans what it uses, but for these carriers."""
    uses = {"electricity": 20.0 + number, "natural_gas": 30.0 + number}
    base = {(carrier, *BASE): (amount, 0.0) for carrier, amount in uses.items()}
    return Site(kvk(number), base | {(carrier, *PLAN): (amount, 0.0) for carrier, amount in (uses | plan).items()})
