"""How a table shows itself in Dagster: its description, columns, row count and checks.

Counts and rule names only: what companies filed never reaches metadata, logs or error texts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from assets.ahead import Ahead
from assets.check_list import CHECKS
from assets.checks import breaches, key_breaches
from assets.files import why
from assets.known_rounds import open_rounds
from assets.recipes import MissingTable
from assets.records import DamagedRecord
from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder, spill_into
from assets.summary import markdown
from blueprint.checks import BlueprintError
from blueprint.load import blueprint

# What Dagster is told of a table: that it is there, and of each check whether it holds.
Outcome = list[dg.MaterializeResult | dg.AssetCheckResult]
ROUNDS = dg.DynamicPartitionsDefinition(name="round")
# How many rows break a check.
NUMBER = "aantal"
OWNERS = ["team:provincie-analisten"]
STAGES = {
    "intake": "1_inname",
    "demand": "2_vraag",
    "pmiek": "3_pmiek",
    "release": "4_vrijgave",
    "strategy": "5_strategie",
}


class Data(dg.ConfigurableResource):
    """The data folder in which rounds, tables and caches stand."""

    root: str

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """What does not fit in memory goes to the data folder; Dagster calls this before a run."""
        spill_into(self.folder)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(Path(self.root))

    def settings(self, round_name: str) -> Round:
        return read_round(self.folder.round_folder(round_name))

    def open_rounds(self) -> list[str]:
        """The rounds that are open; one whose settings cannot be read is left out, `pces rounds` says why."""
        return [settings.round for settings in open_rounds(self.folder)]


class Turns(dg.ConfigurableResource):
    """What is made ahead of its turn in one run."""

    _ahead: Ahead[Any] | None = PrivateAttr(default=None)
    _run: ExitStack = PrivateAttr(default_factory=ExitStack)

    def of_run(self, begin: Callable[[], AbstractContextManager[Ahead[Any]]]) -> Ahead[Any]:
        """The same for all steps of the run; `begin` makes it for the first that asks."""
        if self._ahead is None:
            self._ahead = self._run.enter_context(begin())
        return self._ahead

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Nothing is made after a run, however it ended; Dagster calls this after it."""
        self._ahead = None
        self._run.close()


def spec(table_name: str, stage: str, inputs: tuple[str, ...] = ()) -> dg.AssetSpec:
    """The asset of one table: Dutch description, columns and kinds from the Blueprint."""
    table = blueprint().tables[table_name]
    provenance = [blueprint().fields["submission_id"]] if table.kind == "filed" else []
    columns = [
        dg.TableColumn(field.name, field.type, description=_column_text(field.title, field.unit, field.description))
        for field in (*provenance, *table.fields)
    ]
    mark = f"\n\n**{blueprint().unprotected_mark}**" if table.kind == "pmiek" else ""
    return dg.AssetSpec(
        table_name,
        deps=list(inputs),
        description=f"**{table.title}.** {table.description}{mark}",
        group_name=STAGES[stage],
        kinds={"duckdb", "parquet"} if stage != "intake" else {"python", "parquet"},
        owners=OWNERS,
        partitions_def=ROUNDS,
        metadata={"dagster/column_schema": dg.TableSchema(columns)},
    )


def check_specs(table_name: str) -> list[dg.AssetCheckSpec]:
    """The checks of a table; those of severity error stop what is made from it."""
    specs = [
        dg.AssetCheckSpec(c.name, asset=table_name, description=c.description, blocking=c.severity == "error")
        for c in CHECKS
        if c.table == table_name
    ]
    if blueprint().tables[table_name].kind != "filed" and blueprint().tables[table_name].primary_key:
        text = "Elke sleutel komt één keer voor."
        specs.append(dg.AssetCheckSpec("keys_unique", asset=table_name, description=text, blocking=True))
    return specs


def check_results(data: DataFolder, settings: Round, table_name: str) -> Iterator[dg.AssetCheckResult]:
    """Run the checks of a table that was just written."""
    for check in CHECKS:
        if check.table == table_name:
            yield _result(check.name, table_name, breaches(data, settings, check), check.severity == "error")
    if any(spec.name == "keys_unique" for spec in check_specs(table_name)):
        yield _result("keys_unique", table_name, key_breaches(data, settings, table_name), blocking=True)


def hold(outcome: Iterable[dg.MaterializeResult | dg.AssetCheckResult]) -> bool:
    """Whether no check that stops what comes after was broken."""
    return not any(_broken(outcome))


def shown(table_name: str, outcome: Outcome) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Hand a table and its checks to Dagster; of one that does not hold only the checks, and then dg.Failure."""
    yield from outcome if hold(outcome) else (one for one in outcome if isinstance(one, dg.AssetCheckResult))
    if not hold(outcome):
        title = blueprint().tables[table_name].title
        raise failed(f"{title} ({table_name}) klopt niet, en de tabel van een eerdere run blijft staan.", outcome)


def failed(what: str, outcome: Iterable[dg.MaterializeResult | dg.AssetCheckResult]) -> dg.Failure:
    """What stops a run when checks that must hold are broken: which they are, and how many rows break each."""
    broken = [f"{_text_of(one)} (afwijkingen: {one.metadata[NUMBER].value})" for one in _broken(outcome)]
    text = f"{what} Niet waar is: {' '.join(broken)} De fout zit in het programma, niet in een opgave; meld deze regel."
    return dg.Failure(description=text, allow_retries=False)


def _text_of(checked: dg.AssetCheckResult) -> str:
    specs = check_specs(checked.asset_key.to_user_string()) if checked.asset_key else []
    return next((spec.description or spec.name for spec in specs if spec.name == checked.check_name), "")


def _broken(outcome: Iterable[dg.MaterializeResult | dg.AssetCheckResult]) -> Iterator[dg.AssetCheckResult]:
    for one in outcome:
        if isinstance(one, dg.AssetCheckResult) and not one.passed and one.severity == dg.AssetCheckSeverity.ERROR:
            yield one


def result(
    table_name: str, row_count: int, file_hash: str, counts: Mapping[str, int], more: Mapping[str, Any] | None = None
) -> Any:
    """What Dagster remembers of a table that was written: rows, a summary of counts, and its version."""
    summary = markdown({"rijen": row_count, **counts})
    metadata = {"dagster/row_count": row_count, "samenvatting": dg.MetadataValue.md(summary), **(more or {})}
    return dg.MaterializeResult(asset_key=table_name, metadata=metadata, data_version=dg.DataVersion(file_hash))


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn any failure into one Dutch sentence that says what to do, without a value of a company in it."""
    try:
        yield
    except dg.Failure:
        raise
    except (RoundError, DamagedRecord) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    except MissingTable as error:
        text = (
            f"{what}: de tabel {error} is er nog niet, of van een eerdere Blueprint. Maak eerst de voorgaande stap"
            " (knop 'Materialize all')."
        )
        raise dg.Failure(description=text, allow_retries=False) from None
    except OSError as error:
        text = (
            f"{what}: schrijven of lezen in de datamap lukt niet ({why(error)}). Herstel dat en geef de opdracht"
            " opnieuw, bijvoorbeeld: pces run"
        )
        raise dg.Failure(description=text) from None
    except BlueprintError as error:
        raise dg.Failure(description=f"De Blueprint klopt niet. {error}", allow_retries=False) from None
    except Exception as error:
        place = place_of(error)
        text = (
            f"{what} is mislukt door een fout in het programma ({type(error).__name__} bij {place}). De ingeleverde"
            " bestanden zijn onveranderd. Probeer het nog eens; blijft het misgaan, meld dan deze regel."
        )
        raise dg.Failure(description=text, allow_retries=False) from None


def place_of(error: Exception) -> str:
    """Module and line of our own code where it went wrong; the error's text may hold a company's value."""
    trace, place = error.__traceback__, "onbekend"
    while trace is not None:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if name.split(".")[0] in ("assets", "blueprint", "pipelines"):
            place = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _result(name: str, table_name: str, number: int, blocking: bool) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN
    metadata = {NUMBER: number}
    return dg.AssetCheckResult(
        check_name=name, asset_key=table_name, passed=number == 0, severity=severity, metadata=metadata
    )


def _column_text(title: str, unit: str | None, description: str) -> str:
    return f"{title}{f' [{unit}]' if unit else ''}: {description}"
