"""The sensor: a round runs when what it reads changed, not when time passed."""

import hashlib
import json

import dagster as dg

from assets.declare import ROUNDS, Data
from assets.files import file_hash
from assets.intake.register import content_key, scan
from assets.rounds import SETTINGS_FILE
from pipelines.jobs import whole_round


@dg.sensor(
    name="nieuwe_bestanden",
    job=whole_round,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Rekent een open ronde door zodra er bestanden bij komen, veranderen of weggaan.",
)
def new_files(context: dg.SensorEvaluationContext, data: Data) -> dg.SensorResult | dg.SkipReason:
    """One run for each open round of which something that it reads differs from the last time."""
    seen: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    now = {name: _key(data, name) for name in data.open_rounds()}
    changed = [name for name, key in now.items() if seen.get(name) != key]
    if not changed:
        return dg.SkipReason("Geen nieuwe of gewijzigde bestanden.")
    return dg.SensorResult(
        # No run key: files that come back as they once were must be run again.
        run_requests=[dg.RunRequest(partition_key=name) for name in changed],
        dynamic_partitions_requests=[ROUNDS.build_add_request(changed)],
        cursor=json.dumps(now, sort_keys=True),
    )


def _key(data: Data, name: str) -> str:
    """One hash over all that a run of the round reads: its files and settings, what analysts decided and loaded."""
    folder = data.folder.round_folder(name)
    previous = data.settings(name).previous_round
    beside = [
        folder / SETTINGS_FILE,
        *sorted(data.folder.records(name).glob("*.csv")),
        *sorted(data.folder.reference.glob("*.parquet")),
        *([data.folder.table(table, previous) for table in ("energy_demand", "site_demand")] if previous else []),
    ]
    read = [f"{path.name} {file_hash(path)}" for path in beside if path.exists()]
    return hashlib.sha256("\n".join([content_key(scan(folder)), *read]).encode()).hexdigest()
