"""The linked system: every cell of all tables of one audience, what is in it, and the equations between them.

Holds for one measure in one year and scenario. What is unsafe in it is for `rules`, what is withheld for `suppress`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

import numpy as np
import pyarrow as pa

from assets.disclosure.filed import Filed, Grouping
from assets.disclosure.rules import Contributions

# Figures are compared to so many digits, so that another unit or order of rows does not turn a choice around.
DIGITS = 12


# By column the level above it, and of each code the code there.
Parents = dict[str, tuple[str, dict[str, str]]]
# The codes of a cell in the order of the system's columns; None: total.
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Table:
    """One published table: per dimension its levels as columns, finest first; each also has its total.

    (("municipality", "province"), ("carrier",)) has cells per municipality and carrier, province and carrier, ...
    """

    name: str
    dimensions: tuple[tuple[str, ...], ...]
    totals: bool = True

    def groupings(self) -> Iterator[frozenset[str]]:
        """The sets of columns by which the table sums."""
        total = (None,) if self.totals else ()
        for chosen in product(*((*levels, *total) for levels in self.dimensions)):
            yield frozenset(column for column in chosen if column)


@dataclass(frozen=True, eq=False)
class Equations:
    """Rows of a sparse matrix A with A·a = 0 over the variables: `start`, `index` and `coefficient` as in CSR."""

    start: np.ndarray
    index: np.ndarray
    coefficient: np.ndarray

    def __len__(self) -> int:
        return len(self.start) - 1

    def transposed_times(self, duals: np.ndarray, columns: int) -> np.ndarray:
        """A'·duals, an element for each variable."""
        rows = np.repeat(np.arange(len(self)), np.diff(self.start))
        return np.bincount(self.index, self.coefficient * duals[rows], columns)


@dataclass(frozen=True, eq=False)
class System:
    """Cells, their values and equations. Cells with the same contents are one variable: shown or withheld together.

    `cells` has a row per published cell: the dimension columns (null: total) and `variable`. `value` is per variable
    in the unit of the rows, `scaled` the same around a median of 1, and `multiple` says how many cells it stands for
    (0: only needed to tie tables together, never published). Variables are numbered in order of key. `parents` maps a
    column to the level above it, and each of its codes to the code there. `derived` are the variables of the sums of
    rows that were asked for besides the tables: never published, but tied to what is.
    """

    cells: pa.Table
    columns: tuple[str, ...]
    value: np.ndarray
    scaled: np.ndarray
    scale: float
    multiple: np.ndarray
    contributions: Contributions
    signed: bool
    parents: Parents
    derived: np.ndarray
    _made: _Cells
    _filed: Filed

    def without(self, known: np.ndarray) -> Contributions:
        """The contributions when some rows are taken off; `known` has an element per row that was built from."""
        left = self._filed.without(known)
        return left.per_variable(self._made.groupings, self.size, self.contributions.holdings, self.signed)[1]

    def sums(self, amounts: np.ndarray) -> np.ndarray:
        """Per variable the sum of other amounts than the values; there is one per row that was built from."""
        found, each = np.zeros(self.size), amounts[self._filed.row]
        for labels, variables in self._made.groupings:
            found[variables] = np.bincount(labels[self._filed.inner], each, len(variables))
        return found

    @cached_property
    def equations(self) -> Equations:
        return self._made.equations()

    @property
    def size(self) -> int:
        return len(self.value)

    @cached_property
    def keys(self) -> list[Key]:
        """The key of each cell, in the order of `cells`."""
        codes = [self.cells[name].to_pylist() for name in self.columns]
        return list(zip(*codes, strict=True)) if codes else [()] * self.cells.num_rows

    @cached_property
    def variable(self) -> np.ndarray:
        """The variable of each cell, in the order of `cells`."""
        return self.cells["variable"].to_numpy()

    def seen(self, value: np.ndarray) -> pa.Table:
        """The cells as an attacker sees them: the dimension columns, and `value` per cell (null where not a number)."""
        return self.cells.select(list(self.columns)).append_column("value", pa.array(value, from_pandas=True))


def build(rows: pa.Table, tables: Sequence[Table], signed: bool = False, derived: Sequence[np.ndarray] = ()) -> System:
    """The system of `rows`: a holding, a value and the tables' columns for each amount filed.

    `derived` are sums of rows that stand in no table while somebody works them out; each says which rows it takes.
    Null values were not filed and make no cell. Raises ValueError when a column or code is missing, a value is not a
    finite number, one is negative in a measure that is not `signed` (an attacker knows what cannot be negative), or a
    code lies in two codes of the level above it.
    """
    columns = tuple(sorted({column for table in tables for levels in table.dimensions for column in levels}))
    place = np.flatnonzero(rows["value"].is_valid().to_numpy()) if "value" in rows.column_names else np.zeros(0, int)
    rows = _checked(rows, columns, signed)
    codes = [np.unique(_texts(rows, column), return_inverse=True) for column in columns]
    holdings, holding = np.unique(_texts(rows, "holding"), return_inverse=True)
    keys = np.column_stack([numbers for _, numbers in codes]) if codes else np.zeros((len(rows), 0), dtype=np.int64)
    taken = [mask[place] for mask in derived]
    inner, inner_of_row = _distinct(np.column_stack([keys, *taken]).astype(np.int64))
    cells = _Cells(tables, columns, inner, len(taken))
    filed = Filed.of(inner_of_row, holding, rows["value"].to_numpy(), place)
    names = tuple(holdings.tolist())
    value, contributions = filed.per_variable(cells.groupings, len(cells.members), names, signed)
    magnitude = np.abs(value)
    scale = float(np.median(magnitude[magnitude > 0])) if (magnitude > 0).any() else 1.0
    return System(
        cells=_cell_table(cells, columns, [names for names, _ in codes]),
        columns=columns,
        value=value,
        scaled=to_digits(value / scale),
        scale=scale,
        multiple=np.array(cells.multiple, dtype=np.int64),
        contributions=contributions,
        signed=signed,
        parents=_parents(rows, tables),
        derived=cells.derived(),
        _made=cells,
        _filed=filed,
    )


def to_digits(values: np.ndarray) -> np.ndarray:
    """Values to DIGITS significant digits."""
    with np.errstate(divide="ignore"):
        power = np.where(values == 0, 0.0, np.floor(np.log10(np.abs(values))))
    factor = 10.0 ** (DIGITS - 1 - power)
    return np.round(values * factor) / factor


def _checked(rows: pa.Table, columns: tuple[str, ...], signed: bool) -> pa.Table:
    wanted = ("holding", "value", *columns)
    if missing := [name for name in wanted if name not in rows.column_names]:
        raise ValueError(f"the rows lack {missing}")
    rows = rows.select(wanted)
    rows = rows.set_column(1, "value", rows["value"].cast(pa.float64())).combine_chunks()
    rows = rows.filter(rows["value"].is_valid())
    if empty := [name for name in wanted if rows[name].null_count]:
        raise ValueError(f"empty in {empty}: who filed and where is needed to protect it")
    value = rows["value"].to_numpy()
    if not np.isfinite(value).all():
        raise ValueError("a value is not a finite number")
    if not signed and (value < 0).any():
        raise ValueError("a value is negative: put feed-in in a table of its own, or protect the measure as signed")
    return rows


def _parents(rows: pa.Table, tables: Sequence[Table]) -> Parents:
    found: Parents = {}
    for fine, coarse in sorted({pair for table in tables for one in table.dimensions for pair in pairwise(one)}):
        pairs = set(zip(rows[fine].to_pylist(), rows[coarse].to_pylist(), strict=True))
        if len(dict(pairs)) < len(pairs) or found.get(fine, (coarse,))[0] != coarse:
            raise ValueError(f"a code of {fine} lies in two codes of the level above it")
        found[fine] = (coarse, dict(pairs))
    return found


def _texts(rows: pa.Table, column: str) -> np.ndarray:
    return np.array(rows[column].cast(pa.string()).to_pylist(), dtype=object).astype(str)


def _distinct(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows of numbers in order, and which of them each row is."""
    if keys.shape[1] == 0:
        return keys[:1], np.zeros(len(keys), dtype=np.int64)
    # One number per row in the same order: much faster than rows one by one, if it is not too large.
    sizes = keys.max(axis=0, initial=0) + 1
    if np.prod(sizes.astype(float)) < np.iinfo(np.int64).max:
        _, at, which = np.unique(
            np.ravel_multi_index(tuple(keys.T), tuple(sizes.tolist())), return_index=True, return_inverse=True
        )
        return keys[at], which
    found, which = np.unique(keys, axis=0, return_inverse=True)
    return found, which.reshape(-1)


class _Cells:
    """Groupings of the finest cells, and which of their cells are one variable because they hold the same."""

    def __init__(self, tables: Sequence[Table], columns: tuple[str, ...], inner: np.ndarray, derived: int = 0) -> None:
        published = {grouping for table in tables for grouping in table.groupings()}
        extra = [f"derived {number}" for number in range(derived)]
        asked = {frozenset({*columns, *extra}), *(frozenset({name}) for name in extra)}
        every = sorted(published | asked, key=lambda names: (len(names), sorted(names)))
        at = {name: number for number, name in enumerate((*columns, *extra))}
        self._derived = [every.index(frozenset({name})) for name in extra]
        self.inner = inner
        self.picked = [sorted(at[name] for name in names) for names in every]
        self.published = [names in published for names in every]
        found = [_distinct(inner[:, picked]) for picked in self.picked]
        self.keys = [keys for keys, _ in found]
        self.labels = [labels for _, labels in found]
        self.variable: list[np.ndarray] = []
        self.multiple: list[int] = []
        self.members: list[np.ndarray] = []
        self._number()

    def _number(self) -> None:
        known: dict[bytes, int] = {}
        for labels, keys, shown in zip(self.labels, self.keys, self.published, strict=True):
            numbers = []
            for members in _split(labels, len(keys)):
                variable = known.setdefault(members.tobytes(), len(known))
                if variable == len(self.members):
                    self.members.append(members)
                    self.multiple.append(0)
                self.multiple[variable] += shown
                numbers.append(variable)
            self.variable.append(np.array(numbers, dtype=np.int64))

    def derived(self) -> np.ndarray:
        """The variable of each derived sum, in which there must be a row."""
        taken = [self.variable[number][np.flatnonzero(self.keys[number][:, 0])] for number in self._derived]
        return np.array([variables[0] for variables in taken], dtype=np.int64)

    @property
    def groupings(self) -> list[Grouping]:
        return list(zip(self.labels, self.variable, strict=True))

    def equations(self) -> Equations:
        """For each variable that is a sum, the shortest equation that a finer grouping gives for it."""
        best: dict[int, list[int]] = {}
        order = sorted(range(len(self.keys)), key=lambda number: (len(self.keys[number]), number))
        for place, coarse in enumerate(order):
            for fine in order[place + 1 :]:
                for total, parts in self._sums(coarse, fine):
                    if len(parts) > 1 and len(parts) < len(best.get(total, [*parts, 0])):
                        best[total] = parts
        index = [number for total, parts in sorted(best.items()) for number in (total, *parts)]
        sizes = [len(parts) for _, parts in sorted(best.items())]
        start = np.cumsum([0, *(size + 1 for size in sizes)])
        coefficient = -np.ones(len(index))
        coefficient[start[:-1]] = 1.0
        return Equations(start.astype(np.int32), np.array(index, dtype=np.int32), coefficient)

    def _sums(self, coarse: int, fine: int) -> Iterator[tuple[int, list[int]]]:
        """Each cell of the coarse grouping with the fine cells that make it up; none when the fine does not refine."""
        above = np.zeros(len(self.keys[fine]), dtype=np.int64)
        above[self.labels[fine]] = self.labels[coarse]
        if (above[self.labels[fine]] != self.labels[coarse]).any():
            return
        for cell, parts in enumerate(_split(above, len(self.keys[coarse]))):
            yield int(self.variable[coarse][cell]), self.variable[fine][parts].tolist()


def _split(labels: np.ndarray, count: int) -> list[np.ndarray]:
    """Per label the positions where it stands, in order."""
    order = np.argsort(labels, kind="stable")
    begin = np.searchsorted(labels[order], np.arange(count + 1)).tolist()
    return [order[one:next_] for one, next_ in pairwise(begin)]


def _cell_table(cells: _Cells, columns: tuple[str, ...], codes: list[np.ndarray]) -> pa.Table:
    parts = []
    for picked, keys, variable, shown in zip(cells.picked, cells.keys, cells.variable, cells.published, strict=True):
        if not shown:
            continue
        at = {column: position for position, column in enumerate(picked)}
        arrays: list[pa.Array] = [
            pa.array(codes[number][keys[:, at[number]]].tolist() if number in at else [None] * len(keys), pa.string())
            for number in range(len(columns))
        ]
        parts.append(pa.table([*arrays, pa.array(variable)], names=[*columns, "variable"]))
    return pa.concat_tables(parts).combine_chunks()
