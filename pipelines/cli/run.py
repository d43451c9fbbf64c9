"""The commands that run rounds and say what came of them."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc
from dagster._core.events import RunFailureReason
from dagster._core.execution.plan.objects import ErrorSource
from rich.status import Status

from assets.declare import ROUNDS
from assets.intake import register
from assets.intake.compare import notes
from assets.rounds import Round
from assets.store import DataFolder, connect, read_table
from blueprint.load import blueprint
from pipelines.cli import show
from pipelines.cli.rounds import asked_rounds, no_round
from pipelines.cli.status import summary
from pipelines.settings import prepare_dagster_home

MOST_NOTES = 10
# When a disk is full every step fails.
MOST_REASONS = 3
# Dagster writes its history while another thread makes tables: it must not wait long for each of its turns.
SOON = 0.0005
# What a shell expects of a program that was stopped with Ctrl-C.
STOPPED = 130
# As filed: where too much of a cell of the pMIEK was estimated no figure stands there.
PROVINCES = """
select
    places.province_name,
    sum(energy_pj) filter (where year = $base) as base_pj,
    sum(electricity_twh) filter (where year = $base) as base_twh,
    sum(energy_pj) filter (where year = $target and scenario = 'plan') as target_pj,
    sum(electricity_twh) filter (where year = $target and scenario = 'plan') as target_twh
from (select distinct province_code, province_name from read_parquet($path, hive_partitioning = false)) as places
left join read_parquet($demand, hive_partitioning = false) as demand
    on demand.province_code = places.province_code and demand.direction = 'offtake'
group by places.province_code, places.province_name
order by places.province_code
"""


def run_rounds(data: DataFolder, name: str | None) -> int:
    """Run one round, or every open one; 0 when all went well."""
    rounds = asked_rounds(data, name)
    if not rounds:
        show.complain(no_round(data))
        return 2
    prepare_dagster_home(data)
    sys.setswitchinterval(SOON)
    from pipelines.jobs import whole_round

    good = True
    with dg.DagsterInstance.get() as instance:
        for settings in rounds:
            unfinished = f"Ronde {settings.round} is niet afgerond; tabellen van een eerdere run kunnen er nog staan."
            try:
                done = run_job(data, settings, instance, whole_round.name)
            except KeyboardInterrupt:
                show.complain(f"Afgebroken. {unfinished} Opnieuw beginnen: pces run")
                return STOPPED
            if done:
                summarise(data, settings)
            else:
                good = False
                show.complain(unfinished)
    return 0 if good else 1


def run_job(data: DataFolder, settings: Round, instance: dg.DagsterInstance, name: str) -> bool:
    """Run a job for a round with one moving line, and say what went wrong; whether it went well.

    Raises KeyboardInterrupt when somebody stopped it.
    """
    from pipelines.definitions import build_defs

    instance.add_dynamic_partitions(ROUNDS.name or "", [settings.round])
    with show.err.status(f"Ronde {settings.round}: beginnen") as status:
        loggers = {"console": _progress_logger(status, settings.round)}
        definitions = dg.Definitions.merge(build_defs(data.root), dg.Definitions(loggers=loggers))
        job = definitions.resolve_job_def(name)
        done = job.execute_in_process(
            partition_key=settings.round,
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {}}},
        )
    if any(_is_stop(event) for event in done.all_events):
        raise KeyboardInterrupt
    reasons = [_reason(event) for event in done.all_events if event.is_step_failure]
    for reason in reasons[:MOST_REASONS]:
        show.complain(reason)
    if len(reasons) > MOST_REASONS:
        more = show.counted(len(reasons) - MOST_REASONS, "stap is", "stappen zijn")
        show.complain(f"Nog {more} niet gelukt; bekijk de run: pces ui")
    return done.success


def _is_stop(event: dg.DagsterEvent) -> bool:
    """Whether it says that somebody stopped the run, not that something went wrong."""
    if event.is_step_failure:
        return event.step_failure_data.error_source is ErrorSource.INTERRUPT
    if event.is_job_failure:
        return event.job_failure_data.failure_reason is RunFailureReason.UNEXPECTED_TERMINATION
    return False


def _reason(event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data
    text = failure.user_failure_data.description if failure.user_failure_data else None
    return text or f"Stap {event.step_key} is niet gelukt door een fout in het programma. Bekijk de run: pces ui"


def _progress_logger(status: Status, name: str) -> dg.LoggerDefinition:
    """A Dagster logger that shows one moving line: the step, and what it says of its progress."""

    class Line(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            meta: dict[str, Any] = getattr(record, "dagster_meta", {})
            event = meta.get("dagster_event")
            if event is None:
                status.update(f"Ronde {name}: {meta.get('orig_message') or record.getMessage()}")
            elif event.is_step_start:
                table = blueprint().tables.get(event.step_key)
                status.update(f"Ronde {name}: {table.title if table else event.step_key}")

    @dg.logger
    def console(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("pces", level=logging.INFO)
        logger.addHandler(Line())
        return logger

    return console


def summarise(data: DataFolder, settings: Round) -> None:
    """The short account of a round: files, findings, PJ and TWh per province, and where the tables lie."""
    files = read_table(data, "register", settings.round)
    states = Counter(files.column("state").to_pylist())
    said = read_table(data, "findings", settings.round, ("severity", "settled_by"))
    findings: Counter[str] = Counter()
    for severity, settled_by, number in counted_by(said, "severity", "settled_by"):
        findings[severity if settled_by == "none" else settled_by] += number
    accepted = sum(number for state, number in states.items() if register.counts(state))
    labels = blueprint().codes["submission_states"]
    show.say()
    show.out.rule(f"Ronde {settings.round}", align="left")
    if settings.title:
        show.say(settings.title)
    others = [f"{labels.label(s).lower()} {n}" for s, n in sorted(states.items()) if not register.counts(s)]
    show.say(
        f"Bestanden: {files.num_rows} ontvangen, {accepted} aanvaard"
        f" (waarvan {states['accepted_with_remarks']} met aandachtspunten)" + "".join(f", {text}" for text in others)
    )
    if invited := summary(data, settings):
        show.say(invited)
    status = [r for r in read_table(data, "submission_status", settings.round).to_pylist() if r["table_name"] == "*"]
    came, refused = (sum(row[key] for row in status) for key in ("rows_in", "rows_refused"))
    counted = sum(row["rows_accepted"] for row in status if register.counts(row["state"]))
    rows = f"Regels: {show.number(came)} gelezen, {show.number(counted)} geteld, {show.number(refused)} afgekeurd"
    unused = came - counted - refused
    withdrawn = sum(row["rows_accepted"] for row in status if row["state"] == "withdrawn")
    others = [(unused - withdrawn, "vervangen"), (withdrawn, "ingetrokken")]
    show.say(rows + "".join(f", {show.number(number)} {how}" for number, how in others if number))
    show.say(_placed(data, settings))
    kinds = (findings["error"], findings["warning"], findings["info"])
    settled = [(findings["explanation"], "toegelicht"), (findings["waiver"], "geaccepteerd")]
    done = "".join(f", {number} {how}" for number, how in settled if number)
    show.say(f"Bevindingen: {show.findings_counted(*kinds)}{done}")
    for note in (*notes(data, settings), *_for_the_analyst(data, settings)):
        show.say(f"Let op: {note}")
    _provinces(data, settings)
    _outputs(data, settings)


def _placed(data: DataFolder, settings: Round) -> str:
    """How many sites that count were placed, and how sure that is."""
    labels = blueprint().codes["placement_sureness"]
    sites = read_table(data, "site_place", settings.round, ("placement_sureness",))
    surely = Counter(dict(counted_by(sites, "placement_sureness")))
    parts = [f"{show.number(surely[code.code])} {code.label.lower()}" for code in labels.codes if surely[code.code]]
    return f"Vestigingen: {show.number(surely.total())} geteld" + (f"; plaats: {', '.join(parts)}" if parts else "")


def _for_the_analyst(data: DataFolder, settings: Round) -> list[str]:
    """What the register warns of, and what it tells only the analyst, about filings that replace one another."""
    of_register = [rule for rule in blueprint().rules.values() if rule.check == "register"]
    rules = {rule.id for rule in of_register if rule.audience == "analyst" or rule.severity == "warning"}
    said = read_table(data, "findings", settings.round, ("rule", "submission_id", "message"))
    wanted = pc.SetLookupOptions(pa.array(sorted(rules), pa.string()))
    rows = said.filter(pc.call_function("is_in", [said.column("rule")], wanted)).to_pylist()
    found = [f"opgave {row['submission_id']}: {row['message']}" for row in rows]
    more = len(found) - MOST_NOTES
    return [*found[:MOST_NOTES], *([f"en nog {more} zulke opgaven; ze staan in de bevindingen."] if more > 0 else [])]


def _provinces(data: DataFolder, settings: Round) -> None:
    path, demand = (data.table(name, settings.round) for name in ("pmiek_energy_demand", "province_demand"))
    if not path.exists() or not demand.exists():
        return
    target = 2030 if 2030 in settings.target_years else max(settings.years)
    values = {"path": str(path), "demand": str(demand), "base": settings.base_year, "target": target}
    with connect() as connection:
        rows = connection.execute(PROVINCES, values).fetchall()
    plan = target != settings.base_year
    headings = ["Provincie", f"PJ {settings.base_year}", f"TWh elektr. {settings.base_year}"]
    headings += [f"PJ {target} (plan)", f"TWh elektr. {target} (plan)"] if plan else []
    lines = [_province_line(row, plan) for row in rows]
    lines.append(_province_line(("Nederland", *(_total(row[place] for row in rows) for place in range(1, 5))), plan))
    show.say()
    show.table("Vraag (afname) per provincie", headings, lines, numbers=(1, 2, 3, 4))
    show.say("PJ: alle energiedragers op onderwaarde, energetisch en grondstof; de elektriciteit zit daarin.")
    show.say("Een streep: niets opgegeven. Afgekeurde en vervangen regels tellen niet mee.")
    if settings.interpolate or settings.impute:
        cells = read_table(data, "pmiek_energy_demand", settings.round, ("certainty", "cell_status")).to_pylist()
        hidden = cells.count({"certainty": "all", "cell_status": "too_much_estimated"})
        count = show.counted(hidden, "cijfer staat", "cijfers staan")
        show.say(f"Schattingen zitten hier niet in; {count} niet in de pMIEK-tabel, omdat er te veel van is geschat.")
    show.say("Vertrouwelijk: op deze cijfers is nog geen beveiliging toegepast.")


def counted_by(rows: pa.Table, *names: str) -> Iterator[tuple[Any, ...]]:
    """Each combination of what stands in some columns, with the number of rows: a round has a hundred thousand."""
    counted = rows.group_by(list(names)).aggregate([([], "count_all")])
    return zip(*(column.to_pylist() for column in counted.select([*names, "count_all"]).columns), strict=True)


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _province_line(row: tuple, plan: bool) -> list[str]:
    name, *values = row
    shown = [show.number(value, 3) for value in values]
    return [name, *(shown if plan else shown[:2])]


def _outputs(data: DataFolder, settings: Round) -> None:
    show.say()
    show.say(f"Waar staat wat, in {show.place(data.curated)}:")
    tables = sorted(blueprint().tables.values(), key=lambda table: table.order)
    named = [table.name for table in tables if table.kind == "pmiek"]
    there = [n for n in (*named, "findings", "submission_status", "register") if data.table(n, settings.round).exists()]
    titles = {name: blueprint().tables[name].title for name in there}
    for name, title in titles.items():
        folder = data.table(name, settings.round).parent.relative_to(data.curated)
        show.say(f"  {title:{max(map(len, titles.values()))}}  {folder.as_posix()}")
    show.say()
    show.say(f"Terugkoppeling voor de bedrijven maken: pces feedback --round {settings.round}")
