"""The nightly run of every open round."""

from collections.abc import Iterator

import dagster as dg

from assets.declare import ROUNDS, Data
from pipelines.jobs import whole_round


@dg.schedule(
    name="elke_nacht",
    job=whole_round,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Amsterdam",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Rekent elke nacht om drie uur alle open rondes door.",
)
def nightly(context: dg.ScheduleEvaluationContext, data: Data) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One run for each open round."""
    names = data.open_rounds()
    if not names:
        yield dg.SkipReason("Er is geen open ronde.")
        return
    context.instance.add_dynamic_partitions(ROUNDS.name or "", names)
    night = context.scheduled_execution_time.date()
    for name in names:
        yield dg.RunRequest(run_key=f"{name}|{night}", partition_key=name)
