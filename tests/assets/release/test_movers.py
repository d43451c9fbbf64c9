"""What a firm that alone changed a withheld difference, or two of them, learn of what another changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.release import prove, renew
from assets.release.make import ReleaseError
from tests.assets.release.attacks import Leak, moments_differ, releases_differ, waived
from tests.assets.release.made import changed, folder, random_sites, released

# A round in which a pattern that is made without such firms tells them something, in one release and in two.
SEED = 2
SITES = random_sites(SEED, 26, 2, consenting=0.5)


def by_attack(leaks: list[Leak]) -> set[str]:
    return {leak.attack for leak in leaks}


def test_firm_takes_its_own_change_off_what_two_years_withhold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    law = waived(SITES)
    assert not moments_differ(released(folder(tmp_path, "ours"), SITES).folder, SITES, law)
    monkeypatch.setattr(renew, "exposed", lambda *_: {})
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
        monkeypatch.setattr(renew, "exposed", lambda *_: {})
        monkeypatch.setattr(prove, "_prove_movers", lambda *_: None)
