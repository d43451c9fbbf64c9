"""Makes one release of a round, whole or not at all: protects, writes aside, proves from what was written, moves.

How figures are protected and proven is in the modules beside this one; who asks for a release, in `pipelines`.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from assets.disclosure.audit import AuditFailure
from assets.disclosure.lp import SolverFailure
from assets.disclosure.rules import TierRules
from assets.one_at_a_time import working_on
from assets.release import ledger
from assets.release.again import proven, proven_counts, proven_coverage, proven_rest, public_before
from assets.release.counts import before_of, count_rows, counted
from assets.release.coverage import NAME as COVERAGE
from assets.release.coverage import coverage_before, coverage_rows, covered
from assets.release.holdings import holdings
from assets.release.insight import PublicStream, different, remembering
from assets.release.known import NAME as OPERATOR_SITES
from assets.release.known import knowledge, operator_files
from assets.release.ledger import HOLDINGS, OPERATOR, PUBLIC, Past, Released, in_force, releases
from assets.release.operators import consenting, operator_facts, shared
from assets.release.operators_again import Now, operators_before, operators_proven
from assets.release.prove import Proof
from assets.release.public import public_rows, write_public
from assets.release.round_change import NAME as CHANGE
from assets.release.round_change import SOURCE as CHANGED
from assets.release.round_change import round_change_rows
from assets.release.scan import Scan, scan, secrets_of
from assets.release.table import Made, facts_of, protected, with_unit
from assets.release.waivers import waivers_in_force
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.disclosure import disclosure
from blueprint.load import blueprint
from blueprint.model import TIERS


class ReleaseError(Exception):
    """Nothing is released; the text is Dutch, says why, and names no cell and no company."""


@dataclass(frozen=True)
class Report:
    """What came of a release: its number and folder, per table the step and the proof, per operator the sites.

    `same_as` is the release before, when every public figure is the same as in that one.
    """

    number: int
    folder: Path
    steps: dict[str, str]
    proofs: dict[str, Proof]
    carried: dict[str, int]
    nothing_new: dict[str, int]
    operators: dict[str, tuple[int, int]]
    scanned: Scan
    same_as: int | None


def release(data: DataFolder, settings: Round, rules: TierRules, today: dt.date, *, is_trial: bool = False) -> Report:
    """Make the next release of a round; a trial is made and proven just so, and then thrown away.

    Raises ReleaseError (then nothing left), MissingTable, DamagedRecord, and RoundError while a run takes too long.
    """
    data.ledger(settings.round).mkdir(parents=True, exist_ok=True)
    # What it reads must be of one run.
    with working_on(data, settings.round), FileLock(data.ledger(settings.round) / ".vrijgave.lock"):
        return _release(data, settings, rules, today, is_trial)


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Turns what goes wrong with a table into what the analyst is told of it."""
    title = blueprint().tables[name].title
    try:
        yield
    except SolverFailure:
        raise ReleaseError(
            f"De rekenmachine vond bij de tabel '{title}' geen zeker antwoord bij het beschermen."
            " Er is niets vrijgegeven."
        ) from None
    except AuditFailure:
        raise ReleaseError(
            f"De controle kon van de tabel '{title}' niet vaststellen dat de cijfers veilig zijn. Dat komt voor als"
            " heel grote en heel kleine bedragen naast elkaar staan: kijk of een bedrijf zich in de eenheid vergiste."
            " Er is niets vrijgegeven."
        ) from None


@remembering()
def _release(data: DataFolder, settings: Round, rules: TierRules, today: dt.date, is_trial: bool) -> Report:
    earlier = releases(data, settings.round)
    before = releases(data, settings.previous_round) if settings.previous_round else []
    number = max((one.number for one in earlier), default=0) + 1
    waivers = waivers_in_force(data, settings, today)
    facts = operator_facts(data, settings)
    names = holdings(data, settings)
    past = Past((*before, *earlier), names)
    about = knowledge(facts, past.releases)
    made: dict[str, Made] = {}
    for name in disclosure().products:
        with _about(name):
            made[name] = protected(data, settings, name, rules.public, waivers, in_force(earlier), past, about, made)
    counts = {name: counted(data, settings, name, before_of(past, name), rules.public) for name in disclosure().counts}
    coverage = covered(data, settings, coverage_before(past), rules.public)
    aside = data.release(settings.round, number).with_name(f".vrijgave-{number:03}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        rows = _public_tables(made, settings, number)
        rows |= {COVERAGE: coverage_rows(coverage.figures, settings, number)}
        rows |= {name: count_rows(name, number, settings, one.figures) for name, one in counts.items()}
        newest = next(reversed(in_force(before)), None)
        rows[CHANGE] = round_change_rows(rows[CHANGED], newest, settings, number)
        tables = {name: write_public(aside / PUBLIC / f"{name}.parquet", some) for name, some in rows.items()}
        proofs: dict[str, Proof] = {}
        for name, one in made.items():
            with _about(name):
                proofs[name] = proven(aside, one, rules.public, past, about)
        for name in made:
            with _about(name):
                proven_rest(proofs, aside, name, list(made.values()), rules.public, past)
        proofs |= {name: proven_counts(aside, name, one.facts, past, rules.public) for name, one in counts.items()}
        proofs[COVERAGE] = proven_coverage(aside, coverage.facts, past, rules.public)
        consents = consenting(data, settings, today)
        then = public_before(Now(about, past, list(made.values())), rules)
        public = different([*_known_to_operators(made, rules), *then])
        shown_before = operators_before(past)
        operators, written = {}, {}
        with _about(OPERATOR_SITES):
            for share in shared(facts, consents, public, shown_before, settings, number, rules.operator):
                path = aside / f"{OPERATOR}{share.operator}" / f"{OPERATOR_SITES}.parquet"
                written[share.operator] = write_public(path, share.rows)
                operators[share.operator] = (share.agreed, share.held_back)
            files = operator_files(aside)
            proofs[OPERATOR_SITES] = operators_proven(files, facts, consents, public, shown_before, rules)
        check_tiers(aside)
        scanned = scan([aside / PUBLIC], secrets_of(data, settings))
        _refuse(proofs, scanned, is_first=not past.releases)
        behind = {name: facts_of(one.given) for name, one in made.items()} | {OPERATOR_SITES: facts}
        behind |= {name: one.facts for name, one in counts.items()} | {COVERAGE: coverage.facts}
        behind[HOLDINGS] = pa.table({"name": list(names), "holding": list(names.values())})
        final = data.release(settings.round, number)
        report = Report(
            number=number,
            folder=final,
            steps={name: one.step.name for name, one in made.items()},
            proofs=proofs,
            carried={name: one.carried for name, one in made.items()},
            nothing_new={name: one.nothing_new for name, one in made.items()},
            operators=operators,
            scanned=scanned,
            same_as=_same_as(rows, in_force(earlier)),
        )
        if is_trial:
            return report
        hashes = ledger.remember_behind(data, settings.round, number, behind)
        aside.replace(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    note = {
        "released_on": today.isoformat(),
        "tables": tables,
        "behind": hashes,
        "steps": report.steps,
        "carried": report.carried,
        "proofs": {name: asdict(proof) for name, proof in proofs.items()},
        "operators": operators,
        "operator_files": written,
        "consents": sorted(consents),
        "waivers": waivers.to_json(),
        "same_as": report.same_as,
    }
    ledger.remember(data, settings.round, number, note)
    return report


def _public_tables(made: Mapping[str, Made], settings: Round, number: int) -> dict[str, pa.Table]:
    return {
        name: public_rows(name, number, settings, one.step, one.given, one.figures, one.step.columns)
        for name, one in made.items()
    }


def _same_as(rows: Mapping[str, pa.Table], earlier: Sequence[Released]) -> int | None:
    """The last of these releases if no public figure differs from its own."""
    if earlier and all(_figures(some) == _figures(earlier[-1].figures(name)) for name, some in rows.items()):
        return earlier[-1].number
    return None


def _figures(rows: pa.Table) -> list[dict[str, Any]]:
    """The rows without the number of the release that they stand in, or were shown in first."""
    return rows.select([name for name in rows.column_names if name not in ("release", "figure_release")]).to_pylist()


def _known_to_operators(made: Mapping[str, Made], rules: TierRules) -> list[PublicStream]:
    """The public figures of today that operators can take their sites off."""
    return [
        PublicStream(
            stream,
            product.codes(stream.key),
            one.step,
            figures,
            with_unit(rules.public, product),
            origin=("", 0, one.name),
        )
        for one in made.values()
        for stream, figures in zip(one.given, one.figures, strict=True)
        if (product := disclosure().products[one.name]).is_known_to_operators(stream.key)
    ]


def check_tiers(folder: Path) -> None:
    """Look in the written files for a field above the tier of its table, and a key that stands twice.

    Raises ReleaseError.
    """
    for path in sorted(folder.rglob("*.parquet")):
        table = blueprint().tables[path.stem]
        tier = "public" if path.parent.name == PUBLIC else "operator"
        written = pq.ParquetFile(path).read()
        keys = written.select(table.primary_key)
        if keys.group_by(table.primary_key).aggregate([]).num_rows != keys.num_rows:
            raise ReleaseError(f"In {path.name} staat een cijfer twee keer. Er is niets vrijgegeven.")
        for field in written.schema:
            found = (field.metadata or {}).get(b"class", b"").decode()
            if table.kind != tier or not (found in TIERS[tier] or field.name in table.protected):
                raise ReleaseError(
                    f"In {path.name} staat een veld dat daar niet hoort: {field.name}. Er is niets vrijgegeven."
                )


def _refuse(proofs: Mapping[str, Proof], scanned: Scan, is_first: bool) -> None:
    reasons = [
        f"{blueprint().tables[name].title}: {', '.join(proof.reasons)}"
        for name, proof in proofs.items()
        if proof.reasons
    ]
    if scanned.found:
        reasons.append(f"een naam, nummer of bedrag van een bedrijf staat in een bestand: {len(scanned.found)}")
    if reasons:
        later = (
            " Zijn de regels (PCES_DISCLOSURE_...) strenger gesteld dan bij een eerdere vrijgave? Wat toen is"
            " vrijgegeven, is bekend en kan met die regels onveilig zijn: stel ze in zoals toen."
        )
        raise ReleaseError(
            f"De controle vond iets dat niet naar buiten mag ({'; '.join(reasons)}). Er is niets vrijgegeven."
            f"{'' if is_first else later}"
        )
