"""The public table of who took part: how many firms were invited and accepted per province, in classes.

Which class may be renewed is decided in `counts`; how complete the figures are is in the pMIEK.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from assets.disclosure.rules import Rules
from assets.disclosure.system import Key
from assets.release.codes import REGION
from assets.release.counts import Before, Counted, Members, classes
from assets.release.facts import read_amounts
from assets.release.figures import Figure
from assets.release.ledger import Past
from assets.release.public import table_of
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.disclosure import Count
from blueprint.load import blueprint

NAME = "public_coverage"
KINDS = {"invited": "invited_band", "accepted": "accepted_band"}
AGREED = Count(made_from=("expected", "filed_sites", "register"), dimensions=(REGION, "taking_part"))


def covered(data: DataFolder, settings: Round, before: Sequence[Before], rules: Rules) -> Counted:
    """The classes per province, beside the releases before it, the last one last; raises MissingTable."""
    facts = read_amounts(data, settings, NAME, AGREED, rules)
    members = takers_part(facts)
    provinces = [code.code for code in blueprint().codes["provinces"].codes]
    keys = [(province, kind) for province in provinces for kind in KINDS]
    return Counted(facts, members, classes(keys, members, before, rules))


def coverage_rows(figures: Mapping[Key, Figure], settings: Round, number: int) -> pa.Table:
    """One row per province, those without any firm included."""
    same = {
        "round": settings.round,
        "release": number,
        "blueprint_version": settings.blueprint_version,
        "factor_version": settings.factor_version,
    }
    return table_of(
        NAME,
        [
            {"region_code": province.code, "region_name": province.label, **same}
            | {field: figures[province.code, kind].band for kind, field in KINDS.items()}
            for province in blueprint().codes["provinces"].codes
        ],
    )


def coverage_figures(rows: pa.Table) -> dict[Key, Figure]:
    """The classes that stand in a written table; the reverse of `coverage_rows`."""
    return {
        (row[REGION], kind): Figure("shown", None, row[field])
        for row in rows.to_pylist()
        for kind, field in KINDS.items()
    }


def takers_part(facts: pa.Table) -> Members:
    """Who was invited, and who was accepted, in each province."""
    found: dict[Key, set[str]] = {}
    for row in facts.to_pylist():
        found.setdefault((row[REGION], row["taking_part"]), set()).add(row["holding"])
    return {key: frozenset(some) for key, some in found.items()}


def coverage_before(past: Past) -> list[Before]:
    """The earlier releases with what they published."""
    return [
        Before(takers_part(one.facts(NAME)), coverage_figures(one.figures(NAME)), past.one_name(one))
        for one in past.releases
    ]
