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

import pyarrow as pa

from assets.disclosure.rules import Rules
from assets.recipes import expose
from assets.reference import register_reference
from assets.release.area_changes import sums_of, telling_area_changes
from assets.release.areas import CARRIER, STREAM, carrier_in, measure_of
from assets.release.facts import with_codes
from assets.release.figures import to_unit
from assets.release.holdings import holdings, tied
from assets.release.insight import PublicStream, missed, safe_sites
from assets.release.known import NAME, NOBODY
from assets.release.remainders import (
    MEASURES,
    Earlier,
    all_safe,
    by_stream,
    telling_changes,
    telling_moments,
    telling_rests,
    telling_sites,
)
from assets.rounds import Round
from assets.store import DataFolder, connect
from blueprint.arrow import schema
from blueprint.load import blueprint

SQL = Path(__file__).parent / "sql" / f"{NAME}.sql"
PURPOSE = "operator_site_level"


@dataclass(frozen=True, eq=False)
class Shared:
    """What one operator gets: its rows, how many sites agreed, and how many of those are held back."""

    operator: str
    rows: pa.Table
    agreed: int
    held_back: int


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
    """What every operator with anything in its area gets, beside the public figures of today and of before.

    `earlier` is what each got before.
    """
    for operator in sorted(set(facts["grid_operator"].to_pylist()) - set(NOBODY)):
        own = with_codes(facts, {"grid_operator": operator})
        sites = frozenset(own["site"].to_pylist()) & consents
        groups, before = by_stream(own), earlier.get(operator, ())
        open_ = _open(operator, sites, public, before, groups, rules)
        telling = telling_rests(before, groups, open_, rules)
        for one in before:
            telling |= telling_changes(one, groups, open_, rules)
        telling |= telling_moments(groups, open_, telling, rules)
        hidden = {stream for stream, lines in groups.items() if not _is_safe(_rest(lines, open_), rules)}
        # Without one sum another may tell what it did not beside that.
        while told := telling_areas(operator, groups, open_, telling, public, rules) | telling_area_changes(
            sums_of(groups, open_, telling | hidden, before), public, rules
        ):
            telling |= told
        yield Shared(
            operator, _rows(operator, groups, open_, telling, settings, number, rules), len(sites), len(sites - open_)
        )


def _open(
    operator: str,
    sites: frozenset[str],
    public: Sequence[PublicStream],
    before: Sequence[Earlier],
    groups: Mapping[tuple, list[dict[str, Any]]],
    rules: Rules,
) -> frozenset[str]:
    """The sites that an operator is shown: beside the public figures, and beside the remainders that it got before."""
    open_ = safe_sites(operator, sites, public)
    while told := telling_sites(before, groups, open_, rules):
        open_ = safe_sites(operator, open_ - told, public)
    return open_


def telling_areas(
    operator: str,
    groups: Mapping[tuple, list[dict[str, Any]]],
    open_: frozenset[str],
    telling: set[tuple],
    public: Sequence[PublicStream],
    rules: Rules,
) -> set[tuple]:
    """The streams of which the sum over the area would tell, beside the public figures, about who is outside it.

    Beside those of before where the area is about what it was.
    """
    found: set[tuple] = set()
    for one in public:
        has_carriers = CARRIER in one.stream.rows.column_names
        area: dict[str, frozenset[str]] = {}
        streams: dict[str, tuple] = {}
        for stream, lines in groups.items():
            at = carrier_in(one.codes, has_carriers, stream)
            rest = _rest(lines, open_)
            if at is None or stream in telling | found or not rest or not _is_safe(rest, rules):
                continue
            sites = frozenset(line["site"] for line in rest)
            if one.is_about(sites, at, sum(line[measure_of(has_carriers)] or 0.0 for line in rest)):
                area[at], streams[at] = sites, stream
        while area and (cells := missed(one, one.known(operator, open_), area)):
            named = {code[CARRIER] for code in cells if code.get(CARRIER) in area}
            for carrier in named or set(area):
                del area[carrier]
                found.add(streams[carrier])
    return found


def _rows(
    operator: str,
    groups: Mapping[tuple, list[dict[str, Any]]],
    open_: frozenset[str],
    telling: set[tuple],
    settings: Round,
    number: int,
    rules: Rules,
) -> pa.Table:
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


def _lines(
    lines: list[dict[str, Any]], open_: frozenset[str], may_renew: bool, rules: Rules
) -> Iterator[dict[str, Any]]:
    """The open sites of one stream, its remainder, and the total when the remainder may be seen."""
    shown = [line for line in lines if line["site"] in open_]
    rest = _rest(lines, open_)
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


def _rest(lines: list[dict[str, Any]], open_: frozenset[str]) -> list[dict[str, Any]]:
    """What of a stream is not shown one by one."""
    return [line for line in lines if line["site"] not in open_]


def _is_safe(rest: list[dict[str, Any]], rules: Rules) -> bool:
    """Whether the remainder tells about none of the holdings in it, in energy and in power."""
    for name in MEASURES:
        some = [line for line in rest if line[name] is not None]
        if some and not all_safe([line["holding"] for line in some], [line[name] for line in some], rules):
            return False
    return True


def _amount(lines: list[dict[str, Any]], name: str) -> Decimal | None:
    some = [line[name] for line in lines if line[name] is not None]
    return to_unit(float(sum(some)), MEASURES[name]) if some else None


def _sum(lines: list[dict[str, Any]], name: str, open_: frozenset[str]) -> Decimal | None:
    """The total as its published parts: what is rounded is added up, not the other way round."""
    parts = [_amount([line], name) for line in lines if line["site"] in open_]
    parts.append(_amount([line for line in lines if line["site"] not in open_], name))
    some = [part for part in parts if part is not None]
    return sum(some, Decimal(0)) if some else None


def _status(amounts: Mapping[str, Decimal | None]) -> str:
    known = [amount for amount in amounts.values() if amount is not None]
    return "not_filed" if not known else "shown" if any(known) else "zero"
