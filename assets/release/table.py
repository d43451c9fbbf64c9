"""Protects one public table, stream by stream, beside all that was released of it before.

How a stream is protected is in `figures` and `changes`; writing and proving it, in `make` and `again`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pyarrow as pa

from assets.disclosure.rules import Rules
from assets.disclosure.system import Key
from assets.release import ledger
from assets.release.changes import Known
from assets.release.facts import Stream, StreamKey, read_facts, rows_of, streams, year_of
from assets.release.figures import CARRIED, Figure, nothing_shown, numbered, safe_cells
from assets.release.known import Knowledge
from assets.release.ladder import choose
from assets.release.ledger import Past, Released
from assets.release.prove import prove
from assets.release.public import figures_of
from assets.release.renew import TRIES, renew
from assets.release.unexplained import Told, Version, explaining, unexplained
from assets.release.waivers import Waivers
from assets.release.years import guessed
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.disclosure import Product, Step, disclosure


@dataclass(frozen=True, eq=False)
class Made:
    """A public table as it is to be released, and what the proof of it needs."""

    name: str
    step: Step
    given: tuple[Stream, ...]
    figures: tuple[Mapping[Key, Figure], ...]
    carried: int
    nothing_new: int

    def version(self) -> Version:
        """The table beside those of earlier releases."""
        figures = {stream.key: some for stream, some in zip(self.given, self.figures, strict=True)}
        return Version(self.step, {stream.key: stream.rows for stream in self.given}, figures, is_now=True)


def protected(
    data: DataFolder,
    settings: Round,
    name: str,
    rules: Rules,
    waivers: Waivers,
    earlier: Sequence[Released],
    past: Past,
    about: Knowledge,
    before: Mapping[str, Made],
) -> Made:
    """One public table with every stream protected beside all that was released before, on the step of the round.

    `earlier` are the releases of this round that hold, `past` all that were ever made of it and of the round before it;
    `before` are the tables of this release that were protected already.
    """
    product = disclosure().products[name]
    own_rules = with_unit(rules, product)
    given = about.added(name, streams(read_facts(data, settings, name, own_rules), name, waivers))
    step = ledger.taken_step(earlier, name) or choose(given, product, disclosure(), own_rules).step
    table = _Table(name, step, tuple(given), own_rules, earlier, past, about, guessed(given, product, step, own_rules))
    versions = {one.name: one.version() for one in before.values()}
    asked = Asked()
    for at in range(TRIES):
        made = table.made(asked)
        tells = [told for told in _tells(made, versions, past, rules) if table.ask(asked, told, at == TRIES - 1)]
        if not tells:
            return made
    return table.made(asked)


def _tells(made: Made, versions: Mapping[str, Version], past: Past, rules: Rules) -> Iterator[Told]:
    """What these figures, beside those of the tables before and of all releases, leave unexplained and tell."""
    for name in explaining(made.name):
        if made.name == name or past.releases:
            yield from unexplained(name, {**versions, made.name: made.version()}, past, rules).told()


@dataclass
class Asked:
    """What must not be shown of each stream because of other tables: cells, sums that are in none, or anything.

    `stays` are the streams that are released as they were: everybody knows those, whatever is asked.
    """

    cells: dict[StreamKey, dict[Key, float]] = field(default_factory=dict)
    sums: dict[StreamKey, dict[tuple, Told]] = field(default_factory=dict)
    nothing: set[StreamKey] = field(default_factory=set)
    stays: set[StreamKey] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class _Table:
    """A public table that is being made: its streams, and all that they are protected beside."""

    name: str
    step: Step
    given: tuple[Stream, ...]
    rules: Rules
    earlier: Sequence[Released]
    past: Past
    about: Knowledge
    guessed: Mapping[StreamKey, Mapping[Key, float]]

    @cached_property
    def _known(self) -> dict[StreamKey, list[Known]]:
        return known_streams(self.name, self.past, self.about)

    @cached_property
    def _last(self) -> dict[StreamKey, dict[Key, Figure]]:
        return _last_figures(self.earlier, self.name, self.step.columns)

    @cached_property
    def _unchanged(self) -> dict[StreamKey, dict[Key, Figure]]:
        return _as_they_were(self.given, self.earlier, self.name, self.step)

    def made(self, asked: Asked) -> Made:
        """Every stream protected, with what is asked for besides."""
        product, step, rules = disclosure().products[self.name], self.step, self.rules
        shown: dict[StreamKey, dict[Key, Figure]] = {}
        withheld: set[Key] = set()
        finished: list[dict[Key, Figure]] = []
        nothing_new = 0
        for stream in self.given:
            own, beside = self._known.get(stream.key, []), _sisters(product, stream, self.given, shown, step)
            beside += beside_of(product, stream.key, self._known)
            stays = self._unchanged.get(stream.key)
            if stays and prove([stream], {stream.key: stays}, step, rules, {stream.key: [*own, *beside]}).safe:
                shown[stream.key] = stays
                asked.stays.add(stream.key)
                withheld = {key for key, figure in stays.items() if figure.value is None}
                finished.append(stays)
                continue
            kept_back = {**self.guessed[stream.key]}
            for key, level in asked.cells.get(stream.key, {}).items():
                kept_back[key] = max(level, kept_back.get(key, 0.0))
            sums = [(told.rows(stream.rows), told.level) for told in asked.sums.get(stream.key, {}).values()]
            outcome, held = None, set[Key]()
            if stream.key not in asked.nothing:
                outcome, held = renew(stream, step, rules, own, beside, withheld, kept_back, sums)
            if outcome is None:
                nothing_new += 1
                figures, held = nothing_shown(stream, step), safe_cells(stream, step, rules)
            else:
                figures, withheld = dict(outcome.figures), set(outcome.figures) - outcome.shown
                held |= asked.cells.get(stream.key, {}).keys()
            shown[stream.key] = dict(figures)
            for key, old in self._last.get(stream.key, {}).items():
                if key in held and old.value is not None and figures[key].value is None:
                    figures[key] = replace(old, status=CARRIED)
            finished.append(figures)
        carried = sum(figure.status == CARRIED for figures in finished for figure in figures.values())
        return Made(self.name, step, self.given, tuple(finished), carried, nothing_new)

    def ask(self, asked: Asked, told: Told, is_last: bool) -> bool:
        """Ask for what hides a rest; False when nothing of this table does. At last nothing of a stream stays."""
        if disclosure().products[self.name].explains:
            return "projects" in told.new and self._ask_sums(asked, told, is_last)
        stream = told.plan if "plan" in told.new else told.base
        if not told.new & {"plan", "base"}:
            return False
        key = tuple(told.cells[0].get(name) for name in self.step.columns)
        cells = asked.cells.setdefault(stream, {})
        if key in cells or is_last:
            asked.nothing.add(stream)
        cells[key] = max(told.level, cells.get(key, 0.0))
        return True

    def _ask_sums(self, asked: Asked, told: Told, is_last: bool) -> bool:
        """What projects add protects the sum if that is enough, else what they save, else both: what does not stay."""
        some = {one.key: one for one in self.given if one.key not in asked.stays and told.rows(one.rows).any()}
        amounts = {key: float(one.rows["value"].to_numpy()[told.rows(one.rows)].sum()) for key, one in some.items()}
        enough = [key for key, amount in amounts.items() if amount >= told.level]
        name = (told.year, told.regions, *sorted(told.route.items()))
        for key in [max(enough, key=lambda key: (amounts[key], key))] if enough else list(some):
            sums = asked.sums.setdefault(key, {})
            if is_last or (name in sums and sums[name].level >= told.level):
                asked.nothing.add(key)
            if name not in sums or sums[name].level < told.level:
                sums[name] = told
        return bool(some)


def _as_they_were(
    given: Sequence[Stream], earlier: Sequence[Released], name: str, step: Step
) -> dict[StreamKey, dict[Key, Figure]]:
    """The figures of the last release of every stream in which nobody changed anything since.

    Another pattern for the same amounts would only tell more.
    """
    product = disclosure().products[name]
    if not earlier or ledger.step_of(product, earlier[-1].step(name)) != step:
        return {}
    last = earlier[-1]
    facts, waivers = last.facts(name), Waivers.from_json(last.note["waivers"])
    figures = _last_figures([last], name, step.columns)
    return {
        stream.key: figures[stream.key]
        for stream in given
        if stream.key in figures
        and (then := rows_of(facts, stream.key)) is not None
        and waivers.of(name, year_of(product.codes(stream.key))) == stream.waiving
        and _sorted(then) == _sorted(stream.rows)
    }


def _sorted(rows: pa.Table) -> pa.Table:
    """The amounts in order; a site is called otherwise when its company filed the same again."""
    rows = rows.drop_columns(["site"])
    return rows.sort_by([(name, "ascending") for name in rows.column_names]).combine_chunks()


def _sisters(
    product: Product,
    stream: Stream,
    given: Sequence[Stream],
    shown: Mapping[StreamKey, Mapping[Key, Figure]],
    step: Step,
) -> list[Known]:
    """The years and scenarios that were protected before this one: each two may be subtracted."""
    return [
        Known.of(one, step.columns, numbered(shown[one.key]))
        for one in given
        if one.key in shown and product.are_beside(one.key, stream.key)
    ]


def known_streams(name: str, past: Past, about: Knowledge) -> dict[StreamKey, list[Known]]:
    """What was released before of a table, by stream; figures that were carried forward are of an earlier release."""
    product = disclosure().products[name]
    found: dict[StreamKey, list[Known]] = {}
    for one in past.releases:
        facts, names = one.facts(name), past.one_name(one)
        shown = {
            key: values
            for key, figures in figures_of(one.figures(name), name, product.dimensions).items()
            if (values := numbered(figures))
        }
        given = [Stream(key, rows) for key in shown if (rows := rows_of(facts, key)) is not None]
        number = one.number if one.round == past.releases[-1].round else 0
        for stream in about.then(name, one, given):
            known = Known.of(stream, product.dimensions, shown[stream.key], names, number)
            found.setdefault(stream.key, []).append(known)
    return found


def beside_of(product: Product, stream: StreamKey, known: Mapping[StreamKey, list[Known]]) -> list[Known]:
    """What was released before of other years and scenarios of the same figures."""
    return [one for key, some in known.items() if product.are_beside(key, stream) for one in some]


def _last_figures(
    earlier: Sequence[Released], name: str, columns: tuple[str, ...]
) -> dict[StreamKey, dict[Key, Figure]]:
    return figures_of(earlier[-1].figures(name), name, columns) if earlier else {}


def with_unit(rules: Rules, product: Product) -> Rules:
    """The rules with the unit to which the figures of a product are rounded."""
    return rules.model_copy(update={"unit": product.rounding})


def facts_of(given: Sequence[Stream]) -> pa.Table:
    """The facts of all streams again, with the columns that tell the streams apart."""
    parts = []
    for stream in given:
        rows = stream.rows
        for at, part in enumerate(stream.key):
            rows = rows.append_column(f"stream_{at}", pa.array([part] * rows.num_rows))
        parts.append(rows)
    return pa.concat_tables(parts) if parts else pa.table({})
