"""Gives every grid operator the sites in its own area that agreed to it, and the rest of that area as one remainder.

Consented and remainder make the total. A site whose figures would tell, beside the public ones, about somebody else
is held back in the remainder. What the public sees is decided in `figures`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.disclosure.protect import Key
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import Table, build
from assets.recipes import expose
from assets.reference import register_reference
from assets.release.facts import Stream, with_codes
from assets.release.figures import Figure, rounded, tables_of
from assets.release.holdings import holdings, tied
from assets.release.prove import prove_operator
from assets.rounds import Round
from assets.store import DataFolder, connect
from blueprint.arrow import schema
from blueprint.disclosure import Step
from blueprint.load import blueprint

NAME = "grid_operator_sites"
SQL = Path(__file__).parent / "sql" / f"{NAME}.sql"
PURPOSE = "operator_site_level"
STREAM = ("carrier", "direction", "year", "scenario")
MEASURES = {"energy_pj": 1e-6, "peak_mw": 1e-3}
NOBODY = ("own_network", "other_operator", "unknown")


@dataclass(frozen=True, eq=False)
class Shared:
    """What one operator gets: its rows, how many sites agreed, and how many of those are held back."""

    operator: str
    rows: pa.Table
    agreed: int
    held_back: int


@dataclass(frozen=True, eq=False)
class PublicStream:
    """A public stream with what is shown of it: what an operator knows besides its own sites."""

    stream: Stream
    step: Step
    figures: Mapping[Key, Figure]


@dataclass(frozen=True, eq=False)
class Earlier:
    """What an operator got before: the amounts behind it, and the rows."""

    facts: pa.Table
    rows: pa.Table

    def remainders(self) -> set[tuple]:
        """The streams of which the remainder was shown."""
        rows = with_codes(self.rows, {"operator_row_kind": "remainder"}).to_pylist()
        return {tuple(row[name] for name in STREAM) for row in rows if row["figure_status"] in ("shown", "zero")}

    def open_sites(self) -> set[tuple[str, str]]:
        rows = with_codes(self.rows, {"operator_row_kind": "site"}).to_pylist()
        return {(row["kvk_number"], row["site_id"]) for row in rows}


def operator_facts(data: DataFolder, settings: Round) -> pa.Table:
    """The amounts per site and operator, in the order of `SQL`; raises MissingTable when the round was never run."""
    with connect() as connection:
        register_reference(connection, settings)
        expose(connection, data, settings, ("site_demand", "site_connection", "company"))
        rows = connection.sql(SQL.read_text(encoding="utf-8")).to_arrow_table()
    place = rows.column_names.index("holding")
    return rows.set_column(place, "holding", tied(holdings(data, settings), rows["holding"]))


def consenting(data: DataFolder, settings: Round, on: dt.date) -> frozenset[str]:
    """The sites of which the company agrees, on a day, that their operator sees them; by filing and site."""
    with connect() as connection:
        register_reference(connection, settings)
        expose(connection, data, settings, ("consent", "site"))
        rows = connection.execute(
            """
            with said as (
                select *, granted and coalesce(valid_until >= $on, true) and coalesce(granted_on <= $on, true) as holds
                from consent
                where consent_purpose = $purpose
            ),
            scoped as (
                select submission_id, trim(unnest(string_split(consent_sites, ';'))) as site_id, holds
                from said
                where consent_sites is not null
                union all
                select said.submission_id, site.site_id, holds
                from said
                join site using (submission_id)
                where consent_sites is null
            )
            select submission_id || ' ' || site_id from scoped group by all having bool_and(holds)
            """,
            {"purpose": PURPOSE, "on": on},
        ).fetchall()
    return frozenset(site for (site,) in rows)


def shared(
    facts: pa.Table,
    consents: frozenset[str],
    public: Sequence[PublicStream],
    earlier: Mapping[str, Sequence[Earlier]],
    settings: Round,
    number: int,
    rules: Rules,
) -> Iterator[Shared]:
    """What every operator with anything in its area gets; `earlier` is what each got before."""
    for operator in sorted(set(facts["grid_operator"].to_pylist()) - set(NOBODY)):
        own = with_codes(facts, {"grid_operator": operator})
        sites = frozenset(own["site"].to_pylist()) & consents
        open_ = safe_sites(sites, public, rules)
        rows = _rows(operator, own, open_, earlier.get(operator, ()), settings, number, rules)
        yield Shared(operator, rows, len(sites), len(sites - open_))


def safe_sites(sites: frozenset[str], public: Sequence[PublicStream], rules: Rules) -> frozenset[str]:
    """The sites that may be shown: less them, the public figures still tell about nobody else.

    None at all when the sums of what is shown would. Raises AuditFailure.
    """
    open_ = sites
    while open_:
        telling = {site for one in public for site in _telling(one, open_, rules)}
        if not telling:
            break
        open_ -= telling
    misses = sum(prove_operator(one.stream, one.figures, one.step, rules, open_).misses for one in public)
    return frozenset() if misses else open_


def _telling(one: PublicStream, sites: frozenset[str], rules: Rules) -> set[str]:
    """Of every shown figure that they leave unsafe for the others in it, the largest of those sites."""
    known = pc.field("site").isin(sorted(sites))
    taken, left = one.stream.rows.filter(known), one.stream.rows.filter(~known)
    if not taken.num_rows or not left.num_rows:
        return set()
    system = build(left, tables_of(one.step))
    unsafe = primaries(system.contributions, rules).unsafe
    found: set[str] = set()
    mine = taken.select(["site", "value", *system.columns]).to_pylist()
    for row in system.cells.to_pylist():
        key = tuple(row[name] for name in system.columns)
        figure = one.figures.get(key)
        if unsafe[row["variable"]] and figure is not None and figure.value is not None:
            code = {name: part for name, part in zip(system.columns, key, strict=True) if part is not None}
            inside = [amount for amount in mine if code.items() <= amount.items()]
            if inside:
                found.add(max(inside, key=lambda amount: (amount["value"], amount["site"]))["site"])
    return found


def _rows(
    operator: str,
    own: pa.Table,
    open_: frozenset[str],
    earlier: Sequence[Earlier],
    settings: Round,
    number: int,
    rules: Rules,
) -> pa.Table:
    groups = _by_stream(own)
    telling: set[tuple] = set()
    for one in earlier:
        telling |= _telling_changes(one, groups, open_, rules)
    found = []
    for stream in sorted(groups):
        lines = groups[stream]
        base = {
            "round": settings.round,
            "release": number,
            "grid_operator": operator,
            "blueprint_version": settings.blueprint_version,
            "factor_version": settings.factor_version,
            **dict(zip(STREAM, stream, strict=True)),
        }
        found += [base | line for line in _lines(lines, open_, stream not in telling, rules)]
    wanted = schema(NAME)
    found.sort(key=lambda row: tuple(row[name] for name in blueprint().tables[NAME].primary_key))
    arrays = [pa.array([row.get(field.name) for row in found], field.type) for field in wanted]
    return pa.Table.from_arrays(arrays, schema=wanted)


def _by_stream(facts: pa.Table) -> dict[tuple, list[dict[str, Any]]]:
    groups: dict[tuple, list[dict[str, Any]]] = {}
    for row in facts.to_pylist():
        groups.setdefault(tuple(row[name] for name in STREAM), []).append(row)
    return groups


def _telling_changes(
    before: Earlier, now: Mapping[tuple, list[dict[str, Any]]], open_: frozenset[str], rules: Rules
) -> set[tuple]:
    """The streams of which the remainder, beside the one of before, would tell what a holding changed."""
    then, were_open = _by_stream(before.facts), before.open_sites()
    telling = set()
    for stream in before.remainders() & now.keys():
        changes: dict[str, dict[tuple[str, str], float]] = {name: {} for name in MEASURES}
        holding: dict[tuple[str, str], str] = {}
        for sign, lines in ((1, now[stream]), (-1, then.get(stream, []))):
            for line in lines:
                site = (line["kvk_number"], line["site_id"])
                holding[site] = line["holding"]
                if not (line["site"] in open_ and site in were_open):
                    for name, moved in changes.items():
                        moved[site] = moved.get(site, 0.0) + sign * (line[name] or 0.0)
        for name, moved in changes.items():
            some = {site: change for site, change in moved.items() if abs(change) > MEASURES[name] / 2}
            if some and not _all_safe([holding[site] for site in some], list(some.values()), rules):
                telling.add(stream)
    return telling


def _lines(
    lines: list[dict[str, Any]], open_: frozenset[str], may_renew: bool, rules: Rules
) -> Iterator[dict[str, Any]]:
    """The open sites of one stream, its remainder, and the total when the remainder may be seen."""
    shown = [line for line in lines if line["site"] in open_]
    rest = [line for line in lines if line["site"] not in open_]
    for line in shown:
        amounts = {name: _amount([line], name) for name in MEASURES}
        same = {
            name: line[name] for name in ("kvk_number", "site_id", "company_name", "municipality_code", "substation")
        }
        yield {"operator_row_kind": "site", "figure_status": _status(amounts), **same, **amounts}
    nobody = {"kvk_number": "", "site_id": ""}
    is_safe = not rest
    if rest:
        is_safe = may_renew and _is_safe(rest, rules)
        amounts = {name: _amount(rest, name) for name in MEASURES} if is_safe else {}
        status = _status(amounts) if is_safe else "withheld"
        yield {"operator_row_kind": "remainder", "figure_status": status, **nobody, **amounts}
    amounts = {name: _sum(lines, name, open_) for name in MEASURES} if is_safe else {}
    status = _status(amounts) if is_safe else "withheld"
    yield {"operator_row_kind": "total", "figure_status": status, **nobody, **amounts}


def _is_safe(rest: list[dict[str, Any]], rules: Rules) -> bool:
    """Whether the remainder tells about none of the holdings in it, in energy and in power."""
    for name in MEASURES:
        some = [line for line in rest if line[name] is not None]
        if some and not _all_safe([line["holding"] for line in some], [line[name] for line in some], rules):
            return False
    return True


def _all_safe(holdings: list[str], values: list[float], rules: Rules) -> bool:
    system = build(pa.table({"holding": holdings, "value": values}), (Table("remainder", ()),), signed=True)
    return not bool(np.any(primaries(system.contributions, rules).unsafe))


def _amount(lines: list[dict[str, Any]], name: str) -> Decimal | None:
    some = [line[name] for line in lines if line[name] is not None]
    return rounded(float(sum(some)), MEASURES[name]) if some else None


def _sum(lines: list[dict[str, Any]], name: str, open_: frozenset[str]) -> Decimal | None:
    """The total as its published parts: what is rounded is added up, not the other way round."""
    parts = [_amount([line], name) for line in lines if line["site"] in open_]
    parts.append(_amount([line for line in lines if line["site"] not in open_], name))
    some = [part for part in parts if part is not None]
    return sum(some, Decimal(0)) if some else None


def _status(amounts: Mapping[str, Decimal | None]) -> str:
    known = [amount for amount in amounts.values() if amount is not None]
    return "not_filed" if not known else "shown" if any(known) else "zero"
