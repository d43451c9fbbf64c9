"""What the audit says of each level is what stands in the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.release.again import remembered
from assets.release.known import NAME as OPERATOR_SITES
from assets.release.known import knowledge
from assets.release.ledger import releases
from assets.release.levels import levels_of
from assets.rounds import write_round
from pipelines.cli.release import show_audit
from tests.assets.release.attacks import ENERGY, NEW, read, truth
from tests.assets.release.made import SETTINGS, folder, random_sites, released


def test_levels_are_those_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    data, sites = folder(tmp_path), random_sites(5, 40, 2)
    path = released(data, sites).folder
    one = releases(data, SETTINGS.round)[0]
    levels = {
        level.dimensions: level
        for level in levels_of(one, remembered(one, knowledge(one.facts(OPERATOR_SITES), [])))
        if level.table == ENERGY
    }
    filed, written = truth(sites, ENERGY), read(path, ENERGY)
    carriers = levels["energy_carrier",]
    totals: dict[tuple, float] = {}
    for stream, rows in filed.items():
        for _, _, codes, amount in rows:
            totals[stream, codes["energy_carrier"]] = totals.get((stream, codes["energy_carrier"]), 0.0) + amount
    shown = {
        (stream, key[4])
        for stream, figures in written.items()
        for key, figure in figures.items()
        if figure.status in NEW and key[4] and not any((*key[:4], *key[5:]))
    }
    assert (carriers.cells, carriers.shown) == (len(totals), len(shown))
    assert 0 < carriers.shown < carriers.cells
    share = sum(totals[cell] for cell in shown) / sum(totals.values())
    assert carriers.value_percent == pytest.approx(100 * share)
    write_round(data.round_folder(SETTINGS.round), SETTINGS)
    assert show_audit(data, SETTINGS.round, None) == 0
    said = capsys.readouterr().out
    assert "Getoond per niveau" in said
    assert f"{carriers.shown} van {carriers.cells}" in said
