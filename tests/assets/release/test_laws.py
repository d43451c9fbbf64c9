"""Laws of releases on random rounds: no attack finds anything, and order, unit and repetition change no figure.

PCES_ATTACK_ROUNDS runs them on so many rounds each, of up to PCES_ATTACK_COMPANIES companies; many more rounds under
attack, for `benchmarks.attacks`.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from assets.disclosure.rules import Rules
from assets.release.facts import Stream, read_facts, streams
from assets.release.figures import Figure, protect_stream
from assets.release.make import release
from assets.release.prove import prove
from assets.release.waivers import Waivers
from blueprint.disclosure import disclosure
from tests.assets.given import FEW, SEEDS
from tests.assets.release.made import (
    SETTINGS,
    TIERS,
    TODAY,
    folder,
    random_sites,
    write,
)
from tests.assets.release.rounds import SHARES, leaks_of

ROUNDS = settings(FEW, max_examples=int(os.environ.get("PCES_ATTACK_ROUNDS", "2")))
MOST = int(os.environ.get("PCES_ATTACK_COMPANIES", "24"))
SIZES = st.integers(20, MOST) | st.sampled_from([size for size in (20, 60, 200, 700, 2000) if size <= MOST])
ENERGY = "public_energy_demand"
PROVINCE_CARRIER = [step.name for step in disclosure().products[ENERGY].ladder].index("provincie × energiedrager")


@ROUNDS
@drawn(SEEDS, SIZES, st.sampled_from(SHARES))
def test_no_attack_finds_anything_in_three_releases(seed: int, companies: int, share: float) -> None:
    with TemporaryDirectory() as place:
        assert not leaks_of(Path(place), seed, companies, share)


@ROUNDS
@drawn(SEEDS)
def test_order_of_rows_and_a_second_time_change_nothing(seed: int) -> None:
    with TemporaryDirectory() as place:
        sites = random_sites(seed, 20, 2)
        paths = []
        for name, order in (("as filed", None), ("otherwise", seed)):
            data = folder(Path(place), name)
            write(data, sites, order)
            paths.append(release(data, SETTINGS, TIERS, TODAY).folder)
        again = release(data, SETTINGS, TIERS, TODAY).folder
        files = sorted(path.relative_to(paths[0]) for path in paths[0].rglob("*.parquet"))
        for file in files:
            assert (paths[0] / file).read_bytes() == (paths[1] / file).read_bytes()
            once, twice = (pq.read_table(path / file) for path in (paths[1], again))
            numbers = [name for name in ("release", "figure_release") if name in once.column_names]
            assert once.drop_columns(numbers) == twice.drop_columns(numbers)


def some_streams(place: str, seed: int) -> list[Stream]:
    data = folder(Path(place))
    write(data, random_sites(seed, 25, 3))
    return streams(read_facts(data, SETTINGS, ENERGY, Rules()), ENERGY, Waivers())


@ROUNDS
@drawn(SEEDS, st.sampled_from([1e-3, 3.6, 1e6]))
def test_units_change_nothing(seed: int, factor: float) -> None:
    step = disclosure().products[ENERGY].ladder[PROVINCE_CARRIER]
    with TemporaryDirectory() as place:
        for stream in some_streams(place, seed)[:2]:
            at = stream.rows.column_names.index("value")
            values = np.array(stream.rows["value"].to_pylist()) * factor
            other = Stream(stream.key, stream.rows.set_column(at, "value", [values]))
            first = protect_stream(stream, step, Rules(unit=1e-3))
            second = protect_stream(other, step, Rules(unit=1e-3 * factor))
            assert first.shown == second.shown


@ROUNDS
@drawn(SEEDS)
def test_publishing_less_never_fails_and_more_does(seed: int) -> None:
    step, rules = disclosure().products[ENERGY].ladder[PROVINCE_CARRIER], Rules(unit=1e-3)
    rng = np.random.default_rng(seed)
    more = 0
    with TemporaryDirectory() as place:
        for stream in some_streams(place, seed):
            figures = protect_stream(stream, step, rules).figures
            assert prove([stream], {stream.key: figures}, step, rules, {}).safe
            fewer = {key: Figure("withheld") if rng.random() < 0.3 else figure for key, figure in figures.items()}
            assert prove([stream], {stream.key: fewer}, step, rules, {}).safe
            for key in [key for key, figure in figures.items() if figure.value is None][:3]:
                total = sum(
                    row["value"]
                    for row in stream.rows.to_pylist()
                    if all(
                        code in (None, row[name])
                        for code, name in zip(key, ("energy_carrier", "region_code"), strict=True)
                    )
                )
                shown = dict(figures) | {key: Figure("shown", Decimal(str(round(total, 3))), "0-2")}
                more += not prove([stream], {stream.key: shown}, step, rules, {}).safe
    assert more
