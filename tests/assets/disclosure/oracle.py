"""A second engine to compare with: τ-ARGUS in Python, which shares nothing with ours but the solver.

Installed for tests only, as the extra `oracle`. It writes what was filed to files in the folder it is given, and its
solvers write where they are run: in that folder too.
"""

from __future__ import annotations

from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from pytauargus import protect
from pytauargus.batch import BatchError
from pytauargus.result import parse_simple_tab

from assets.disclosure.rules import Rules
from assets.disclosure.suppress import Pattern, Task
from assets.disclosure.system import System

# The same rules for both, per holding: it knows no least width, so that ours is made too small to matter.
RULES = Rules(min_holdings=3, p_percent=10.0, few_percent=10.0, floor_per_mille=1e-9)
# The first rules of each kind are for single records, and zeros switch them off; the later ones are for holdings.
THEIRS = "P(0,0)|P(0,0)|P(10,1)|FREQ(0,0)|FREQ(3,10)"
EMPTY, UNSAFE, SECONDARY = "E", "U", "M"
DECIMALS = 6


@dataclass(frozen=True, eq=False)
class Opinion:
    """What the other engine says, per variable of our system: what is unsafe, how far to stay, what to withhold."""

    unsafe: np.ndarray
    level: np.ndarray
    hidden: np.ndarray

    def pattern(self, given: Task) -> Pattern:
        return Pattern(self.hidden | given.hidden_anyway, (), np.zeros(len(self.hidden), dtype=bool))


def optimal(minutes: int = 1) -> str:
    """Its method for the cheapest pattern; it stops after so many minutes with what it has."""
    return f"OPT(1,{minutes})"


def modular(minutes: int = 1) -> str:
    """Its method for large tables, without its options for insiders, which ours does apart."""
    return f"MOD(1,{minutes},0,0,0)"


def opinion(rows: pa.Table, system: System, method: str, folder: Path) -> Opinion | None:
    """What it makes of the same rows in one table; None when it gives up. Values must have DECIMALS at most."""
    columns = list(system.columns)
    # It knows a holding only where its records follow one another.
    rows = rows.select(["holding", *columns, "value"]).sort_by("holding")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with chdir(folder):
            found = protect(
                rows.to_pydict(),
                columns,
                response="value",
                safety_rules=THEIRS,
                suppress=method,
                holding_var="holding",
                decimals=DECIMALS,
                workdir=str(folder),
            )
    except BatchError:
        return None
    ours = {tuple(row[name] or "" for name in columns): row["variable"] for row in system.cells.to_pylist()}
    unsafe, hidden, level = np.zeros(system.size, dtype=bool), np.zeros(system.size, dtype=bool), np.zeros(system.size)
    for row in parse_simple_tab(found.files["tab1"], columns, "value"):
        if row["status"] != EMPTY:
            variable = ours[tuple("" if row[name] == "Total" else str(row[name]) for name in columns)]
            unsafe[variable] |= row["status"] == UNSAFE
            hidden[variable] |= row["status"] in (UNSAFE, SECONDARY)
            level[variable] = float(str(row["upper"]))
    return Opinion(unsafe, level, hidden)


def priced_by_value(given: Task) -> Task:
    """The same task where withholding costs what is in the cell, as the other engine counts."""
    return replace(given, cost=np.abs(given.system.value) * given.system.multiple)
