"""Gathers where a round stands: who was invited, who filed, what came of it, and who is missing, per province.

For the analyst only: it names companies. How it is shown belongs in `status_page` and on the command line.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assets.intake import receipts, register
from assets.intake.expected import kept_list
from assets.rounds import DUTCH_TIME, Round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint

MISSING, UNREADABLE, ALL = "missing", "unreadable", "all"
Row = dict[str, Any]


@dataclass(frozen=True)
class Counts:
    """Numbers of companies. Without a list those invited, missing, elsewhere and uninvited are None."""

    invited: int | None
    received: int
    accepted: int
    returned: int
    missing: int | None
    elsewhere: int | None = None
    uninvited: int | None = None
    ets_share_pct: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.invited or self.received)


@dataclass(frozen=True)
class Area:
    """A province with its counts, those of all sectors together and those per sector that has any."""

    name: str
    counts: Counts
    sectors: tuple[tuple[str, Counts], ...]


@dataclass(frozen=True)
class Company:
    """One company of the list or with a filing; `submission_id` and `file` are those of the filing that got furthest.

    The name is empty when a filing does not tell it. The file has the name that the company gave it, when it came over
    the counter.
    """

    name: str
    kvk_number: str
    provinces: tuple[str, ...]
    sectors: tuple[str, ...]
    is_ets: bool | None
    state: str
    submission_id: str | None
    file: str
    is_invited: bool

    @property
    def label(self) -> str:
        return blueprint().codes["submission_states"].label(self.state)


@dataclass(frozen=True)
class Status:
    """Where a round stands; `total` counts a company once, however many provinces it is in.

    `unreadable` are the files that belong to no known company. `is_list_newer`: the list was loaded after the run.
    """

    settings: Round
    today: dt.date
    as_of: dt.datetime
    has_list: bool
    is_list_newer: bool
    total: Counts
    areas: tuple[Area, ...]
    companies: tuple[Company, ...]
    unreadable: tuple[Row, ...]

    @property
    def missing(self) -> list[Company]:
        """Who was invited and filed nothing, by province and name."""
        order = {code.label: place for place, code in enumerate(blueprint().codes["provinces"].codes)}
        silent = [company for company in self.companies if company.state == MISSING]
        return sorted(silent, key=lambda c: ([order[name] for name in c.provinces], c.name.casefold(), c.kvk_number))

    @property
    def answered(self) -> list[Company]:
        """Who filed: first those whose filing does not count, then by name; a company without a name comes last."""
        known = [company for company in self.companies if company.state != MISSING]
        return sorted(known, key=lambda c: (register.counts(c.state), not c.name, c.name.casefold(), c.file))

    @property
    def days_left(self) -> int | None:
        return (self.settings.deadline - self.today).days if self.settings.deadline else None


def gather(data: DataFolder, settings: Round, today: dt.date) -> Status | None:
    """The status of a round after its last run; None when it was never run with this version.

    Raises RoundError when the kept list cannot be read, DamagedRecord when the receipts cannot.
    """
    if not all(data.table(name, settings.round).exists() for name in ("pmiek_coverage", "invitations", "expected")):
        return None
    invitations, files, sites = (
        read_table(data, name, settings.round).to_pylist() for name in ("invitations", "register", "filed_sites")
    )
    names = receipts.given_names(data, settings.round)
    files = [{**file, "file": names.get(file["file"], file["file"])} for file in files]
    standing = [file for file in files if register.stands(file["state"])]
    known = [file for file in standing if file["kvk_number"] or file["state"] != UNREADABLE]
    companies = _companies(invitations, known, sites, settings.geography_year)
    listed = read_table(data, "expected", settings.round).to_pylist()
    made = data.table("pmiek_coverage", settings.round).stat().st_mtime
    return Status(
        settings=settings,
        today=today,
        as_of=dt.datetime.fromtimestamp(made, DUTCH_TIME).replace(second=0, microsecond=0),
        has_list=bool(listed),
        is_list_newer=kept_list(data, settings).to_pylist() != listed,
        total=_total(companies, has_list=bool(listed)),
        areas=_areas(read_table(data, "pmiek_coverage", settings.round).to_pylist()),
        companies=companies,
        unreadable=tuple(file for file in standing if file not in known),
    )


def days_text(days: int | None) -> str:
    """How long until the deadline, in words."""
    if days is None:
        return "geen deadline ingesteld"
    if days < 0:
        return "deadline verstreken"
    return {0: "vandaag is de laatste dag", 1: "nog 1 dag"}.get(days, f"nog {days} dagen")


def _areas(rows: list[Row]) -> tuple[Area, ...]:
    labels = blueprint().codes["sectors"]
    by_province: dict[tuple[str, str], dict[str, Counts]] = defaultdict(dict)
    for row in rows:
        by_province[row["province_code"], row["province_name"]][row["sector"]] = _counts(row)
    return tuple(
        Area(
            name,
            cells[ALL],
            tuple((labels.label(sector), cells[sector]) for sector in _order(cells) if not cells[sector].is_empty),
        )
        for (_, name), cells in sorted(by_province.items(), key=lambda item: (item[0][0] == "PV00", item[0][0]))
    )


def _order(cells: Iterable[str]) -> list[str]:
    known = set(cells)
    return [name for name in blueprint().codes["sectors"].names if name in known and name != ALL]


def _counts(row: Row) -> Counts:
    return Counts(
        invited=row["invited_count"],
        received=row["filed_count"],
        accepted=row["accepted_count"],
        returned=row["refused_count"],
        missing=row["missing_count"],
        elsewhere=row["elsewhere_count"],
        uninvited=row["uninvited_count"],
        ets_share_pct=row["ets_share_pct"],
    )


def _total(companies: Iterable[Company], has_list: bool) -> Counts:
    every = list(companies)
    received = [company for company in every if company.state != MISSING]
    accepted = sum(register.counts(company.state) for company in received)
    return Counts(
        invited=sum(company.is_invited for company in every) if has_list else None,
        received=len(received),
        accepted=accepted,
        returned=len(received) - accepted,
        missing=len(every) - len(received) if has_list else None,
        uninvited=sum(not company.is_invited for company in received) if has_list else None,
    )


def _companies(invitations: list[Row], known: list[Row], sites: list[Row], year: int) -> tuple[Company, ...]:
    by_id = {file["submission_id"]: file for file in known}
    invited: dict[str, list[Row]] = defaultdict(list)
    for row in invitations:
        invited[row["kvk_number"]].append(row)
    filed: dict[str, list[Row]] = defaultdict(list)
    for file in known:
        if file["kvk_number"] not in invited:
            filed[file["kvk_number"] or file["submission_id"]].append(file)
    sites_of: dict[str, list[Row]] = defaultdict(list)
    for site in sites:
        sites_of[site["submission_id"]].append(site)
    return tuple(
        [_invited(rows, by_id) for rows in invited.values()] + [_uninvited(rows, sites_of) for rows in filed.values()]
    )


def _invited(rows: list[Row], by_id: dict[str, Row]) -> Company:
    first = rows[0]
    return Company(
        name=first["company_name"],
        kvk_number=first["kvk_number"],
        provinces=_different(row["province_name"] for row in rows),
        sectors=_sector_labels(row["sector"] for row in rows),
        is_ets=any(row["is_ets"] for row in rows),
        state=first["state"],
        submission_id=first["submission_id"],
        file=by_id.get(first["submission_id"], {}).get("file", ""),
        is_invited=True,
    )


def _uninvited(files: list[Row], sites_of: dict[str, list[Row]]) -> Company:
    """A company that is not on the list, by the filing that counts, else the newest one."""

    def furthest(file: Row) -> tuple:
        counted = register.counts(file["state"]), file["state"] != UNREADABLE
        return *counted, str(file["submitted_on"] or ""), file["submission_id"]

    best = max(files, key=furthest)
    own = sites_of[best["submission_id"]]
    codes = {site["province_code"] or "PV00" for site in own}
    labels = blueprint().codes["provinces"]
    return Company(
        name=best["company_name"] or "",
        kvk_number=best["kvk_number"] or "",
        provinces=tuple(labels.label(code) for code in sorted(codes)),
        sectors=_sector_labels(site["sector"] or "other" for site in own),
        is_ets=None,
        state=best["state"],
        submission_id=best["submission_id"],
        file=best["file"],
        is_invited=False,
    )


def _sector_labels(sectors: Iterable[str]) -> tuple[str, ...]:
    return _different(blueprint().codes["sectors"].label(sector) for sector in _different(sectors))


def _different(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
