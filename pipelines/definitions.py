"""The definitions that Dagster loads: assets, jobs, schedule, sensor and the data resource."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from assets.declare import Data, Turns
from assets.demand.assets import ASSETS as DEMAND
from assets.dialogue.assets import feedback
from assets.intake.assets import ANSWERS, intake, invited, proven
from assets.letters.assets import letters
from assets.pmiek.assets import ASSETS as PMIEK
from assets.release.assets import release
from assets.strategy.assets import strategy
from pipelines.jobs import JOBS
from pipelines.schedules import nightly
from pipelines.sensors import new_files
from pipelines.settings import data_root, disclosure_rules


def build_defs(root: Path) -> dg.Definitions:
    """Fresh definitions over the data folder `root`."""
    return dg.Definitions(
        assets=[intake, invited, *ANSWERS, feedback, *DEMAND, *PMIEK, release, strategy, letters],
        asset_checks=[proven],
        jobs=JOBS,
        schedules=[nightly],
        sensors=[new_files],
        resources={
            "data": Data(root=str(root)),
            "turns": Turns(),
            # A function, so that the secret parameters are in no configuration.
            "rules": dg.ResourceDefinition.hardcoded_resource(disclosure_rules),
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    return build_defs(data_root())
