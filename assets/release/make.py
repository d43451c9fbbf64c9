"""Makes one release of a round, whole or not at all: protects, writes aside, proves from what was written, moves.

How figures are protected and proven is in the modules beside this one; who asks for a release, in `pipelines`.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from assets.disclosure.audit import AuditFailure
from assets.disclosure.lp import SolverFailure
from assets.disclosure.rules import Rules
from assets.disclosure.system import Key
from assets.records import DamagedRecord
from assets.release import ledger
from assets.release.changes import Known, renew
from assets.release.coverage import NAME as COVERAGE
from assets.release.coverage import coverage_rows
from assets.release.facts import Stream, StreamKey, agreeing, read_facts, streams, with_codes
from assets.release.figures import Figure, columns_of, nothing_shown, safe_cells
from assets.release.insight import PublicStream
from assets.release.ladder import choose
from assets.release.ledger import OPERATOR, PUBLIC, Released, releases
from assets.release.operators import NAME as OPERATOR_SITES
from assets.release.operators import Earlier, consenting, operator_facts, shared
from assets.release.prove import Proof, numbered, prove
from assets.release.public import figures_of, public_rows, write_public
from assets.release.scan import Scan, scan, secrets_of
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.disclosure import Product, Step, disclosure
from blueprint.load import blueprint
from blueprint.model import TIERS

CARRIED = "carried_forward"


class ReleaseError(Exception):
    """Nothing is released; the text is Dutch, says why, and names no cell and no company."""


@dataclass(frozen=True, eq=False)
class Made:
    """A public table as it is to be released, and what the proof of it needs."""

    name: str
    step: Step
    given: tuple[Stream, ...]
    figures: tuple[Mapping[Key, Figure], ...]
    carried: int
    nothing_new: int


@dataclass(frozen=True)
class Report:
    """What came of a release: its number and folder, per table the step and the proof, per operator the sites."""

    number: int
    folder: Path
    steps: dict[str, str]
    proofs: dict[str, Proof]
    carried: dict[str, int]
    nothing_new: dict[str, int]
    operators: dict[str, tuple[int, int]]
    scanned: Scan


def release(data: DataFolder, settings: Round, rules: Rules, today: dt.date) -> Report:
    """Make the next release of a round. Raises ReleaseError (then nothing left), MissingTable and DamagedRecord."""
    data.ledger(settings.round).mkdir(parents=True, exist_ok=True)
    with FileLock(data.ledger(settings.round) / ".vrijgave.lock"):
        try:
            return _release(data, settings, rules, today)
        except SolverFailure:
            raise ReleaseError(
                "De rekenmachine vond geen zeker antwoord bij het beschermen. Er is niets vrijgegeven."
            ) from None
        except AuditFailure:
            raise ReleaseError(
                "De controle kon niet vaststellen dat de cijfers veilig zijn. Er is niets vrijgegeven."
            ) from None


def _release(data: DataFolder, settings: Round, rules: Rules, today: dt.date) -> Report:
    earlier = releases(data, settings.round)
    before = releases(data, settings.previous_round) if settings.previous_round else []
    number = max((one.number for one in earlier), default=0) + 1
    waiving = agreeing(data, settings, today)
    made = {name: _made(data, settings, name, rules, waiving, earlier, before) for name in disclosure().products}
    aside = data.release(settings.round, number).with_name(f".vrijgave-{number:03}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        tables = _write_public(aside, made, data, settings, number)
        proofs = {name: _proven(aside, one, rules, waiving, earlier, before) for name, one in made.items()}
        facts = operator_facts(data, settings)
        consents = consenting(data, settings, today)
        operators = _write_operators(
            aside, facts, consents, made, [*before, *earlier], settings, number, rules, waiving
        )
        check_tiers(aside)
        scanned = scan([aside / PUBLIC], secrets_of(data, settings))
        _refuse(proofs, scanned)
        final = data.release(settings.round, number)
        shutil.rmtree(final, ignore_errors=True)
        aside.replace(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    note = {
        "released_on": today.isoformat(),
        "tables": tables,
        "steps": {name: one.step.name for name, one in made.items()},
        "proofs": {name: asdict(proof) for name, proof in proofs.items()},
        "operators": operators,
        "waiving": sorted(waiving),
    }
    behind = {name: _all(one.given) for name, one in made.items()} | {OPERATOR_SITES: facts}
    ledger.remember(data, settings.round, number, note, behind)
    return Report(
        number=number,
        folder=final,
        steps={name: one.step.name for name, one in made.items()},
        proofs=proofs,
        carried={name: one.carried for name, one in made.items()},
        nothing_new={name: one.nothing_new for name, one in made.items()},
        operators=operators,
        scanned=scanned,
    )


def _all(given: Sequence[Stream]) -> pa.Table:
    """The facts of all streams again, with the columns that tell the streams apart."""
    parts = []
    for stream in given:
        rows = stream.rows
        for at, part in enumerate(stream.key):
            rows = rows.append_column(f"stream_{at}", pa.array([part] * rows.num_rows))
        parts.append(rows)
    return pa.concat_tables(parts) if parts else pa.table({})


def _rows_of(facts: pa.Table, key: StreamKey) -> pa.Table | None:
    """The facts of one stream out of a ledger's; None when it was not there."""
    found = with_codes(facts, {f"stream_{at}": part for at, part in enumerate(key)})
    names = [name for name in found.column_names if not name.startswith("stream_")]
    return found.select(names) if found.num_rows else None


def _made(
    data: DataFolder,
    settings: Round,
    name: str,
    rules: Rules,
    waiving: frozenset[str],
    earlier: list[Released],
    before: list[Released],
) -> Made:
    finished: list[dict[Key, Figure]] = []
    product = disclosure().products[name]
    rules = with_unit(rules, product)
    given = streams(read_facts(data, settings, name), product)
    step = ledger.taken_step(earlier, name) or choose(given, product, disclosure(), rules, waiving).step
    known = known_streams(name, [*before, *earlier])
    last = _last_figures(earlier, name, columns_of(step))
    shown: dict[StreamKey, dict[Key, Figure]] = {}
    withheld: set[Key] = set()
    carried = nothing_new = 0
    for stream in given:
        beside = [*known.get(stream.key, ()), *_sisters(product, stream, given, shown, step)]
        outcome, held = renew(stream, step, rules, waiving, beside, withheld)
        if outcome is None:
            nothing_new += 1
            figures, held = nothing_shown(stream, step), safe_cells(stream, step, rules, waiving)
        else:
            figures, withheld = dict(outcome.figures), set(outcome.figures) - outcome.shown
        shown[stream.key] = dict(figures)
        for key, old in last.get(stream.key, {}).items():
            if key in held and old.value is not None and figures[key].value is None:
                figures[key] = replace(old, status=CARRIED)
                carried += 1
        finished.append(figures)
    return Made(name, step, tuple(given), tuple(finished), carried, nothing_new)


def _sisters(
    product: Product,
    stream: Stream,
    given: Sequence[Stream],
    shown: Mapping[StreamKey, Mapping[Key, Figure]],
    step: Step,
) -> list[Known]:
    """The scenarios of the same year that were protected before this one: each two may be subtracted."""
    return [
        Known(columns_of(step), one.rows, numbered(shown[one.key]))
        for one in given
        if one.key in shown and are_beside(product, one.key, stream.key)
    ]


def are_beside(product: Product, one: StreamKey, other: StreamKey) -> bool:
    """Whether two streams are different scenarios of the same figures."""
    at = product.streams.index("scenario")
    return one != other and (*one[:at], *one[at + 1 :]) == (*other[:at], *other[at + 1 :])


def known_streams(name: str, earlier: Sequence[Released]) -> dict[StreamKey, list[Known]]:
    """What was released before of a table, by stream; figures that were carried forward are of an earlier release."""
    product = disclosure().products[name]
    found: dict[StreamKey, list[Known]] = {}
    for one in earlier:
        facts = one.facts(name)
        for key, figures in figures_of(one.figures(name), name, product.dimensions).items():
            rows, values = _rows_of(facts, key), numbered(figures)
            if rows is not None and values:
                found.setdefault(key, []).append(Known(product.dimensions, rows, values))
    return found


def _last_figures(
    earlier: Sequence[Released], name: str, columns: tuple[str, ...]
) -> dict[StreamKey, dict[Key, Figure]]:
    return figures_of(earlier[-1].figures(name), name, columns) if earlier else {}


def with_unit(rules: Rules, product: Product) -> Rules:
    """The rules with the unit to which the figures of a product are rounded."""
    return rules.model_copy(update={"unit": product.rounding})


def _write_public(
    aside: Path, made: Mapping[str, Made], data: DataFolder, settings: Round, number: int
) -> dict[str, str]:
    tables = {
        name: public_rows(name, number, settings, one.step, one.given, one.figures, columns_of(one.step))
        for name, one in made.items()
    }
    tables[COVERAGE] = coverage_rows(data, settings, number)
    return {name: write_public(aside / PUBLIC / f"{name}.parquet", rows) for name, rows in tables.items()}


def _proven(
    folder: Path, one: Made, rules: Rules, waiving: frozenset[str], earlier: list[Released], before: list[Released]
) -> Proof:
    """The proof of a written table, beside everything that was released before."""
    product = disclosure().products[one.name]
    written = figures_of(pq.ParquetFile(folder / PUBLIC / f"{one.name}.parquet").read(), one.name, columns_of(one.step))
    keys = sorted((stream.key for stream in one.given), key=str)
    pairs = [pair for pair in combinations(keys, 2) if are_beside(product, *pair)]
    known = known_streams(one.name, [*before, *earlier])
    return prove(one.given, written, one.step, with_unit(rules, product), waiving, known, pairs)


def audited(data: DataFolder, settings: Round, one: Released, rules: Rules) -> dict[str, Proof]:
    """The proofs of a release again, from its files as they are now and what stood behind them then.

    Raises AuditFailure, and DamagedRecord when a file is not the one of then.
    """
    earlier = [other for other in releases(data, settings.round) if other.number < one.number]
    before = releases(data, settings.previous_round) if settings.previous_round else []
    found = {}
    for name, product in disclosure().products.items():
        step, facts = ledger.step_of(product, one.step(name)), one.facts(name)
        if step is None:
            raise DamagedRecord(f"De ladder heeft de trede van vrijgave {one.number} niet meer; zet haar terug.")
        keys = list(figures_of(one.figures(name), name, columns_of(step)))
        given = [Stream(key, rows) for key in keys if (rows := _rows_of(facts, key)) is not None]
        made = Made(name, step, tuple(given), (), 0, 0)
        found[name] = _proven(one.folder, made, rules, frozenset(one.note["waiving"]), earlier, before)
    return found


def _write_operators(
    aside: Path,
    facts: pa.Table,
    consents: frozenset[str],
    made: Mapping[str, Made],
    earlier: Sequence[Released],
    settings: Round,
    number: int,
    rules: Rules,
    waiving: frozenset[str],
) -> dict[str, tuple[int, int]]:
    """A folder per operator; how many of its sites agreed, and how many of those are held back."""
    public = [
        PublicStream(stream, one.step, figures, with_unit(rules, disclosure().products[one.name]), waiving)
        for one in made.values()
        for stream, figures in zip(one.given, one.figures, strict=True)
    ]
    before: dict[str, list[Earlier]] = {}
    for one in earlier:
        then = one.facts(OPERATOR_SITES)
        for path in sorted(one.folder.glob(f"{OPERATOR}*/{OPERATOR_SITES}.parquet")):
            operator = path.parent.name.removeprefix(OPERATOR)
            own = with_codes(then, {"grid_operator": operator})
            before.setdefault(operator, []).append(Earlier(own, pq.ParquetFile(path).read()))
    found = {}
    for share in shared(facts, consents, public, before, settings, number, rules):
        write_public(aside / f"{OPERATOR}{share.operator}" / f"{OPERATOR_SITES}.parquet", share.rows)
        found[share.operator] = (share.agreed, share.held_back)
    return found


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


def _refuse(proofs: Mapping[str, Proof], scanned: Scan) -> None:
    reasons = [reason for proof in proofs.values() for reason in proof.reasons]
    if scanned.found:
        reasons.append(f"een naam, nummer of bedrag van een bedrijf staat in een bestand: {len(scanned.found)}")
    if reasons:
        raise ReleaseError(
            f"De controle vond iets dat niet naar buiten mag ({'; '.join(reasons)}). Er is niets vrijgegeven."
        )
