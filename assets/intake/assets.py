"""The assets of the intake: accepted rows, findings, register and status of a round, made in one step.

How a round is taken in stands in `assets.intake.take_in`; this only shows it to Dagster.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.checks import FILED
from assets.declare import ROUNDS, Data, check_results, check_specs, explained, result, spec
from assets.store import file_hash

RECORDS = ("register", "filed_sites", "findings", "submission_status")
TABLES = (*FILED, *RECORDS)


@dg.multi_asset(
    name="inname",
    specs=[spec(name, "intake") for name in TABLES],
    check_specs=[check for name in TABLES for check in check_specs(name)],
    partitions_def=ROUNDS,
)
def intake(context: dg.AssetExecutionContext, data: Data) -> Iterator[Any]:
    """Everything a round's files give: accepted rows per table, findings, register and status."""
    from assets.intake.take_in import take_in

    with explained("De inname"):
        settings = data.settings(context.partition_key)
        taken = take_in(data.folder, settings, progress=_log_progress(context))
        counts = {
            "findings": taken.severities,
            "register": {"ontvangen": taken.received, "nu gelezen": taken.read_now, **taken.states},
        }
        for name in TABLES:
            path = data.folder.table(name, settings.round)
            rows = taken.rows[name]
            yield result(name, rows, file_hash(path), counts.get(name))
        for name in TABLES:
            yield from check_results(data.folder, settings, name)


def _log_progress(context: dg.AssetExecutionContext):
    def report(done: int, of: int) -> None:
        if done == of or done % 100 == 0:
            context.log.info(f"{done} van {of} nieuwe bestanden gelezen")

    return report
