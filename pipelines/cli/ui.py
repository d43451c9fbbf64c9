"""The command that opens the Dagster UI, with telemetry off and its state in the data folder."""

from __future__ import annotations

import os
import sys

import dagster as dg

from assets.declare import ROUNDS
from assets.store import DataFolder
from pipelines.cli import show
from pipelines.settings import prepare_dagster_home


def serve(data: DataFolder, port: int) -> None:
    """Replace this process by the Dagster UI and its daemon, reachable from this machine only."""
    prepare_dagster_home(data)
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions(ROUNDS.name or "", data.rounds())
    show.say(f"Het scherm van Dagster komt op http://127.0.0.1:{port} (stoppen met Ctrl+C)")
    module = ["-m", "pipelines.definitions"]
    command = [sys.executable, "-m", "dagster", "dev", *module, "-h", "127.0.0.1", "-p", str(port)]
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell
