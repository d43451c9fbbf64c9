"""Checks that every label of the flow chart stands beside its own block, however small that is."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from assets.strategy.look import SIZES, Size
from assets.strategy.sankey import Flow, sankey

BLOCK = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" width="12" height="([\d.]+)"')
LABEL = re.compile(r'<text x="[\d.]+" y="([\d.]+)"[^>]*>([^<]+)<')


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)
@pytest.mark.parametrize("small", [1, 4, 18])
def test_a_label_stands_at_the_middle_of_its_block_and_none_cover_another(size: Size, small: int) -> None:
    flows = [Flow("electricity", "chemistry", "energetic", 90.0), Flow("natural_gas", "food", "energetic", 60.0)]
    flows += [Flow(f"c{n}", f"s{n}", "energetic", 0.01) for n in range(small)]
    drawn = sankey(flows, lambda field, code: code, 2, size)
    blocks, labels = BLOCK.findall(drawn), LABEL.findall(drawn)
    assert len(blocks) == len(labels) == 2 * (small + 2) + 1
    letters = int(re.findall(r'font-size="(\d+)"', drawn)[0])
    seen: dict[str, list[float]] = {}
    for (x, top, height), (y, _) in zip(blocks, labels, strict=True):
        assert float(y) - letters * 0.35 == pytest.approx(float(top) + float(height) / 2, abs=1.1)
        seen.setdefault(x, []).append(float(y))
    assert all(b - a >= letters for ys in seen.values() for a, b in pairwise(ys))
    bottom = float(re.findall(r'viewBox="0 0 \d+ (\d+)"', drawn)[0])
    assert max(float(top) + float(height) for _, top, height in blocks) <= bottom
