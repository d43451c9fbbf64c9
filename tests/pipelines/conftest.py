"""A small round of fictional filings, and one run of it that several tests look at.

One of the companies has a name, numbers and a file name that stand nowhere else: they must not leave the tables.
"""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import NamedTuple

import dagster as dg
import pytest
from click.testing import CliRunner, Result

from assets.rounds import Round, write_round
from assets.sample.companies import generate
from assets.sample.edits import cell
from assets.store import DataFolder
from assets.workbooks.write import write_xlsx
from pipelines.cli.main import main

ROUND = "proef"
NAME, KVK, FILE = "Kwartelnest Poederlakkerij", "73917391", "kwartelnest-8841"
AMOUNT = 913.577731


class Ran(NamedTuple):
    """A run of the command: the data folder, what was said, and what Dagster remembers of it."""

    data: DataFolder
    result: Result
    instance: dg.DagsterInstance
    run_id: str
    events: list[dg.DagsterEvent]
    log: str


@pytest.fixture(scope="session")
def markers() -> tuple[str, ...]:
    """What only a company's filing says: its name, number, file, and an amount in both notations."""
    return (NAME, NAME.split()[0].lower(), KVK, "913.577731", "913,577731")


@pytest.fixture(scope="session")
def filings(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """An open round with two filings that are right and one with a fault; not to be changed."""
    data = DataFolder(tmp_path_factory.mktemp("filings"))
    settings = Round(round=ROUND, title="Proefronde")
    folder = data.round_folder(ROUND)
    write_round(folder, settings)
    plain, marked, faulty = generate(7, 3, ROUND)
    for filing, kvk in ((marked, KVK), (faulty, KVK[::-1])):
        filing.row("company").update(company_name=f"{NAME} {filing.name}", kvk_number=kvk)
        filing.row("site")["site_name"] = NAME
    marked.row("energy_demand")["value"] = AMOUNT
    (folder / "mail").mkdir()
    write_xlsx(plain, folder / "mail" / "b001.xlsx", settings.years)
    write_xlsx(marked, folder / f"{FILE}.xlsx", settings.years)
    broken = cell("energy_demand", "value", f"ongeveer {AMOUNT}", year=settings.base_year)
    write_xlsx(faulty, folder / f"{FILE}-fout.xlsx", settings.years, broken)
    return data


@pytest.fixture(scope="session")
def ran(filings: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """`pces run` on a copy of the filings, once, in this process; its tables are not to be changed."""
    data = DataFolder(tmp_path_factory.mktemp("ran") / "data")
    shutil.copytree(filings.root, data.root)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "PCES_DATA", "DAGSTER_DISABLE_TELEMETRY"):
            patch.setenv(name, "")  # so that what the command sets is put back
        with logged() as log:
            result = CliRunner().invoke(main, ["--data", str(data.root), "run"], prog_name="pces")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    with dg.DagsterInstance.from_config(str(data.dagster_home)) as instance:
        (run,) = instance.get_runs()
        events = [entry.dagster_event for entry in instance.all_logs(run.run_id) if entry.dagster_event]
        yield Ran(data, result, instance, run.run_id, events, log.getvalue())


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Everything that any library logs in this process meanwhile, and what it prints past the command."""
    text, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(text), redirect_stderr(text):
            yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
