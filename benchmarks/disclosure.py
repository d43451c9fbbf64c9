"""Protects and audits made-up tables of the sizes that were asked for, and writes how long it took and what it cost.

Run as `python -m benchmarks.disclosure`; writes disclosure.md. How long whole rounds take is measured in `run`. Beside
another engine where that is installed, the extra `oracle`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from pebble import ProcessPool

from assets.disclosure.audit import Verdict, audit
from assets.disclosure.optimal import optimum
from assets.disclosure.protect import NATION_WEIGHT, PROVINCE_WEIGHT, Protected, protect
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.suppress import suppress, task
from assets.disclosure.system import Key, System, Table, build
from benchmarks.pace import PACE_SAID, slowness

RESULTS = Path(__file__).parent / "disclosure.md"
CUBE = (Table("demand", (("province",), ("sector",), ("carrier",))),)
PROVINCES = (Table("provinces", (("province",), ("carrier",))),)
SECTORS = (Table("sectors", (("province",), ("sector",))),)
LINKED = (
    *CUBE,
    Table("operators", (("operator",), ("carrier",))),
    Table("municipalities", (("municipality", "province"), ("carrier",))),
)
WEIGHTS = {
    **{frozenset(names): NATION_WEIGHT for names in ((), ("sector",), ("carrier",), ("sector", "carrier"))},
    frozenset({"province"}): PROVINCE_WEIGHT,
}
YEARS, SCENARIOS, PROCESSES = 6, 3, 2
FEW, MANY, SEED = 200, 2_000, 2026
# So many other draws of the sites say whether what is shown was luck.
DRAWS = 20
MUNICIPALITIES = 342
# What was asked for: seconds, and the share of the nation's demand.
YEAR_S, SERIES_S, LINKED_S, RATIO, SHOWN = 10.0, 120.0, 300.0, 1.15, 0.9
T = TypeVar("T")


def made_rows(sites: int, seed: int = SEED) -> pa.Table:
    """One year of demand: skewed sizes, uneven provinces and sectors, 8 % of sites under another site's holding."""
    rng = np.random.default_rng(seed)
    holding = np.where(rng.random(sites) < 0.08, rng.integers(0, sites, sites), np.arange(sites))
    province = rng.choice(12, sites, p=rng.dirichlet(np.full(12, 3.0)))
    sector = rng.choice(10, sites, p=rng.dirichlet(np.full(10, 3.0)))
    size = rng.lognormal(0, 1.6, sites)
    # Electricity everywhere, gas nearly, the others now and then.
    uses = rng.random((sites, 6)) < np.array([1.0, 0.8, 0.15, 0.15, 0.15, 0.15])
    site, carrier = np.nonzero(uses)
    value = size[site] * rng.lognormal(0, 0.7, len(site))
    municipality, operator = _places(province, np.random.default_rng([seed, 1]))
    return pa.table(
        {
            "holding": [f"H{number:05}" for number in holding[site]],
            "province": [f"P{number:02}" for number in province[site]],
            "municipality": [f"M{number:03}" for number in municipality[site]],
            "operator": [f"O{number}" for number in operator[site]],
            "sector": [f"S{number:02}" for number in sector[site]],
            "carrier": [f"C{number}" for number in carrier],
            "value": value,
        }
    )


def _places(province: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Uneven municipalities in the provinces; an operator for two provinces, but for some at a border."""
    size, lies_in = rng.dirichlet(np.ones(MUNICIPALITIES)), np.arange(MUNICIPALITIES) % 12
    share = np.where(lies_in == np.arange(12)[:, None], size, 0.0)
    share /= share.sum(axis=1, keepdims=True)
    municipality = np.array([rng.choice(MUNICIPALITIES, p=share[each]) for each in province])
    return municipality, (province // 2 + (municipality % 40 == 0)) % 6


def later(rows: pa.Table, year: int, scenario: int) -> pa.Table:
    """The same sites in another year and scenario, each grown in its own way."""
    rng = np.random.default_rng([SEED, year, scenario if year else 0])
    grown = rows["value"].to_numpy() * rng.lognormal(0.02 * year, 0.1 * np.sqrt(year), len(rows))
    return rows.set_column(rows.column_names.index("value"), "value", pa.array(grown))


@dataclass
class Findings:
    """Lines of the tables that are written, and whether all is as it must be."""

    seconds: list[tuple[Any, ...]] = field(default_factory=list)
    figures: list[tuple[Any, ...]] = field(default_factory=list)
    beside: list[tuple[Any, ...]] = field(default_factory=list)
    well: bool = True

    def timed(self, name: str, within: float, step: Callable[[], T]) -> T:
        """Run a step; it is well when it was in time on this machine, however slow that is."""
        begin = time.perf_counter()
        made = step()
        wall = time.perf_counter() - begin
        slow = slowness()
        self.seconds.append((name, f"{wall:.1f}", f"{wall / slow:.1f}", f"{slow:.1f}", f"{within:.0f}"))
        self.well &= wall < within
        return made

    def outcome(self, name: str, made: Protected, report: Verdict) -> None:
        """What was shown of a table and what the audit said of it."""
        variable = made.system.cells["variable"].to_numpy()
        hidden, unsafe = made.pattern.hidden[variable], made.task.level[variable] > 0
        self.figures.append(
            (name, len(variable), int(unsafe.sum()), int((hidden & ~unsafe).sum()),
             f"{made.pattern.cost(made.task):.1f}", int((~hidden).sum()), report.checked, len(report.misses),
             f"{report.worst:.4f}")
        )  # fmt: skip
        self.well &= report.safe


def both(
    rows: pa.Table, tables: tuple[Table, ...], earlier: Collection[Key] = (), *, pairs: bool = True
) -> tuple[Protected, Verdict]:
    """Protected, and audited."""
    made = as_in_a_round(rows, tables, earlier, pairs=pairs)
    return made, audited(made, rows)


def as_in_a_round(
    rows: pa.Table,
    tables: tuple[Table, ...],
    earlier: Collection[Key] = (),
    *,
    waiving: frozenset[str] = frozenset(),
    pairs: bool = True,
) -> Protected:
    """Against outsiders and insiders, with what a round asks for besides."""
    return protect(
        rows,
        tables,
        Rules(),
        waiving=waiving,
        forced=(frozenset(),),
        weights=WEIGHTS,
        earlier=earlier,
        pairs=pairs,
    )


def audited(made: Protected, rows: pa.Table) -> Verdict:
    """What the audit says of what would be published, given that everybody knows which province a place is in."""
    parents = {}
    if "municipality" in made.system.columns:
        names = ("municipality", "province")
        pairs = zip(*(rows[name].to_pylist() for name in names), strict=True)
        parents["municipality"] = ("province", dict(pairs))
    return audit(made.published(), made.required(), parents)


def one_year(found: Findings) -> None:
    for sites in (FEW, MANY):
        rows, name = made_rows(sites), f"12 × 10 × 6, {sites} vestigingen, een jaar"
        found.outcome(name, *found.timed(name, YEAR_S, partial(both, rows, CUBE)))


def series(found: Findings) -> None:
    """Six years of three scenarios: each year by itself, its scenarios one after another for stable patterns."""
    name = f"{YEARS} jaren × {SCENARIOS} scenario's, {MANY} vestigingen, {PROCESSES} processen"
    pool = ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))
    with pool:
        years = found.timed(name, SERIES_S, lambda: list(pool.map(_scenarios, range(YEARS))))
    reports = [report for year in years for _, report in year]
    changed = sum(len(withheld ^ year[0][0]) for year in years for withheld, _ in year[1:])
    cells, checked = sum(len(withheld) for year in years for withheld, _ in year), sum(one.checked for one in reports)
    misses, worst = sum(len(one.misses) for one in reports), min(one.worst for one in reports)
    found.figures.append(
        (f"{name}: {cells} afgeschermd, {changed} anders dan in het eerste scenario", "", "", "", "", "", checked,
         misses, f"{worst:.4f}")
    )  # fmt: skip
    found.well &= misses == 0


def _scenarios(year: int) -> list[tuple[set[tuple], Verdict]]:
    """Per scenario the keys of what is withheld, and the audit."""
    rows, earlier, found = made_rows(MANY), set[Key](), []
    for scenario in range(SCENARIOS):
        made, report = both(later(rows, year, scenario), CUBE, earlier)
        system, hidden = made.system, made.pattern.hidden[made.system.variable].tolist()
        withheld = {key for key, is_hidden in zip(system.keys, hidden, strict=True) if is_hidden}
        earlier = earlier or withheld
        found.append((withheld, report))
    return found


def linked(found: Findings) -> None:
    # Pairs in a line of all municipalities are more than ten thousand, and take longer than was given.
    rows = made_rows(MANY)
    name = f"gekoppeld: ook netbeheerder en gemeente × drager, {MANY} vestigingen, houdsters zonder paren"
    with ProcessPool(max_workers=1, context=get_context("spawn")) as pool:
        running = pool.schedule(both, args=(rows, LINKED), kwargs={"pairs": False}, timeout=LINKED_S)
        try:
            found.outcome(name, *found.timed(name, LINKED_S, running.result))
        except TimeoutError:
            found.seconds.append((name, f"gestopt na {LINKED_S:.0f}", "", "", f"{LINKED_S:.0f}"))
            found.well = False


def shown(found: Findings) -> str:
    """Which share of the nation's demand province × carrier shows, beside what the rules leave at most.

    And how far consent to be recognised brings it.
    """
    rows, name = made_rows(FEW), f"12 × 6, {FEW} vestigingen"
    made, report = both(rows, PROVINCES)
    found.outcome(name, made, report)
    share, most = _share(made, ~made.pattern.hidden), _share(made, ~made.primary.unsafe)
    agreed, more = _agreeing(rows, made)
    verdict = audited(more, rows)
    found.outcome(f"{name}, {len(agreed)} houdsters stemmen in", more, verdict)
    further, few = _share(more, ~more.pattern.hidden), _share(more, more.primary.too_few)
    found.well &= bool(share >= SHOWN)
    said = (
        f"Van de landelijke vraag staat {share:.1%} in de cellen van {name} (gevraagd: {SHOWN:.0%}); zonder secundaire "
        f"afscherming, dus door de primaire regels alleen, was dat {most:.1%}: meer kan geen methode tonen. Stemmen "
        f"{len(agreed)} houdsters ermee in herkenbaar te zijn, telkens die waarvan de toestemming het meest laat zien, "
        f"dan is het {further:.1%}, {'veilig' if verdict.safe else 'NIET veilig'} volgens de audit."
    )
    if further < SHOWN:
        said += (
            f" Meer levert geen toestemming van een volgende op: in cellen met {few:.1%} van de vraag zitten te weinig "
            "houdsters, en die cellen en wat ze beschermt blijven dicht, wie er ook instemt."
        )
    return f"{said} {_other_draws()}"


def _other_draws() -> str:
    """The same of other sites, drawn in the same way: what is shown, and what the rules leave at most."""
    found = []
    for seed in range(SEED + 1, SEED + 1 + DRAWS):
        made = as_in_a_round(made_rows(FEW, seed), PROVINCES)
        found.append((_share(made, ~made.pattern.hidden), _share(made, ~made.primary.unsafe)))
    shown, most = (
        f"{min(some):.0%} tot {max(some):.0%} (mediaan {np.median(some):.0%})" for some in zip(*found, strict=True)
    )
    enough = sum(limit >= SHOWN for _, limit in found)
    return (
        f"Bij {DRAWS} andere trekkingen van {FEW} vestigingen is het {shown}; de primaire regels alleen laten {most} "
        f"over, en bij {enough} daarvan ten minste {SHOWN:.0%}."
    )


def _share(made: Protected, among: np.ndarray) -> float:
    """Which share of all demand is in the finest cells of these variables."""
    finest = [None not in key for key in made.system.keys]
    inner = made.system.variable[finest]
    return float(made.system.value[inner[among[inner]]].sum() / made.system.value[inner].sum())


def _agreeing(rows: pa.Table, made: Protected) -> tuple[frozenset[str], Protected]:
    """Whose consent shows most, one by one, until enough is shown or none shows more; and what is shown then."""
    agreed: frozenset[str] = frozenset()
    while (share := _share(made, ~made.pattern.hidden)) < SHOWN:
        given = made.system.contributions
        inside = np.unique(given.holding[np.isin(given.cell, np.flatnonzero(made.primary.unsafe))]).tolist()
        tried = {
            name: as_in_a_round(rows, PROVINCES, waiving=agreed | {name})
            for name in sorted({given.holdings[number] for number in inside} - agreed)
        }
        best = max(tried, key=lambda name: _share(tried[name], ~tried[name].pattern.hidden), default="")
        if not best or _share(tried[best], ~tried[best].pattern.hidden) <= share:
            break
        agreed, made = agreed | {best}, tried[best]
    return agreed, made


def beside(found: Findings, minutes: int) -> None:
    """Our cost against outsiders beside the proven optimum and the other engine, priced as that prices."""
    few, many = made_rows(FEW), made_rows(MANY)
    for name, rows, tables, exact in (
        (f"12 × 6, {FEW}", few, PROVINCES, True),
        (f"12 × 10, {FEW}", few, SECTORS, True),
        (f"12 × 6, {MANY}", many, PROVINCES, True),
        (f"12 × 10, {MANY}", many, SECTORS, True),
        (f"12 × 10 × 6, {FEW}", few, CUBE, False),
        (f"12 × 10 × 6, {MANY}", many, CUBE, False),
    ):
        _compared(found, name, rows, tables, exact, minutes)


def _compared(found: Findings, name: str, rows: pa.Table, tables: tuple[Table, ...], exact: bool, minutes: int) -> None:
    from tests.assets.disclosure import oracle

    rows = rows.set_column(rows.column_names.index("value"), "value", pa.array(np.round(rows["value"].to_numpy(), 4)))
    system = build(rows, tables)
    primary = primaries(system.contributions, oracle.RULES)
    given = oracle.priced_by_value(task(system, primary.level))
    took, ours = _took(lambda: suppress(given))
    cost = ours.cost(given)
    line: list[Any] = [name, system.size, f"{cost:.1f}", f"{took:.1f}", "", "", ""]
    if exact:
        took, best = _took(lambda: optimum(given, rounds=200))
        proven = "" if best.proven else " (niet bewezen)"
        line[4:] = [f"{best.cost:.1f}{proven}", f"{cost / best.cost:.3f}" if best.cost else "", f"{took:.1f}"]
        # Where it is small enough, protecting takes the optimum itself.
        ours = best.pattern
        found.well &= not best.proven or cost <= best.cost * RATIO
    made = Protected(system, primary, given, ours)
    found.outcome(f"{name}, alleen buitenstaanders, prijs is de waarde", made, audited(made, rows))
    for method in (oracle.optimal(minutes), oracle.modular(minutes)):
        line += _theirs(rows, made, method, minutes * 60 + 30.0)
    found.beside.append(tuple(line))


def _theirs(rows: pa.Table, made: Protected, method: str, limit: float) -> list[str]:
    """Its cost, ours as a part of it, its seconds, and what our audit finds missing in its pattern.

    In a process of its own: once begun, it looks at no clock.
    """
    with ProcessPool(max_workers=1, context=get_context("spawn")) as pool:
        try:
            took, opinion = pool.schedule(_asked, args=(rows, made.system, method), timeout=limit).result()
        except TimeoutError:
            return [f"geen in {limit:.0f} s", "", "", ""]
    if opinion is None:
        return ["geen", "", f"{took:.1f}", ""]
    pattern = opinion.pattern(made.task)
    report = audited(replace(made, pattern=pattern), rows)
    theirs, ours = pattern.cost(made.task), made.pattern.cost(made.task)
    return [f"{theirs:.1f}", f"{ours / theirs:.3f}" if theirs else "", f"{took:.1f}", str(len(report.misses))]


def _asked(rows: pa.Table, system: System, method: str) -> tuple[float, Any]:
    from tests.assets.disclosure.oracle import opinion

    with tempfile.TemporaryDirectory() as folder:
        return _took(lambda: opinion(rows, system, method, Path(folder)))


def _took(step: Callable[[], T]) -> tuple[float, T]:
    begin = time.perf_counter()
    made = step()
    return time.perf_counter() - begin, made


def table(headings: tuple[str, ...], lines: Iterable[tuple[Any, ...]]) -> str:
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (headings, ("---",) * len(headings), *lines))


STEPS: dict[str, Callable[[Findings], None]] = {
    "jaar": one_year,
    "reeks": series,
    "gekoppeld": linked,
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--only", action="append", choices=[*STEPS, "getoond", "naast"], help="nothing is written then"
    )
    options.add_argument("--minutes", type=int, default=1, help="how long the other engine may take for a table")
    asked = options.parse_args()
    only = asked.only or [*STEPS, "getoond", "naast"]
    found, share = Findings(), ""
    for name, step in STEPS.items():
        if name in only:
            step(found)
    if "getoond" in only:
        share = shown(found)
    if "naast" in only:
        if find_spec("pytauargus"):
            beside(found, asked.minutes)
        else:
            share += " De andere motor is hier niet geïnstalleerd."
    text = _text(found, share)
    sys.stdout.write(text + "\n")
    if not asked.only:
        RESULTS.write_text(text + "\n", encoding="utf-8")
    return 0 if found.well else 1


def _text(found: Findings, share: str) -> str:
    load = f"{os.cpu_count()} kernen, belasting {os.getloadavg()[0]:.1f} aan het eind."
    theirs = [f"{name} {what}" for name in ("OPT", "MOD") for what in ("kosten", "onze/die", "s", "missers")]
    return "\n\n".join(
        [
            "# Afscherming: tijden en cijfers",
            f"Geschreven door `python -m benchmarks.disclosure`. {load} {PACE_SAID}",
            table(("stap", "seconden", "op tempo", "trager", "gevraagd"), found.seconds),
            table(
                ("tabel", "cellen", "primair", "secundair", "kosten", "getoond", "grenzen", "missers",
                 "kleinste verhouding"),
                found.figures,
            ),
            "Ook bestand tegen houdsters alleen en in paren, tenzij anders vermeld. Kosten: wortel van de waarde maal "
            "het gewicht van het niveau; een misser is een grens die een aanvaller kan uitsluiten.",
            share,
            table(
                ("tabel", "variabelen", "stapsgewijs", "s", "optimum", "stapsgewijs/optimum", "s", *theirs),
                found.beside,
            ),
            "Onze kosten in de laatste tabel zijn die van het optimum waar dat er staat, anders van de stapsgewijze "
            "methode; kosten zijn er de waarde, zoals de andere motor telt.",
        ]
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
