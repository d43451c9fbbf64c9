"""The named jobs: each runs for one round and needs nothing typed in but the round."""

from __future__ import annotations

import dagster as dg

from assets.declare import STAGES
from assets.intake.assets import proven

whole_round = dg.define_asset_job(
    "hele_ronde",
    selection=dg.AssetSelection.all() - dg.AssetSelection.checks(proven),
    description="Alles voor een ronde: inname, vraag en pMIEK-tabellen.",
)
only_intake = dg.define_asset_job(
    "alleen_inname",
    selection=dg.AssetSelection.groups(STAGES["intake"]) - dg.AssetSelection.checks(proven),
    description="Alleen de inname: bestanden lezen, controleren en bevindingen maken.",
)
control = dg.define_asset_job(
    "controle",
    selection=dg.AssetSelection.checks(proven),
    description="Toetst de aanvaarde rijen van alle open rondes nog eens aan de kolomregels.",
)
JOBS = [whole_round, only_intake, control]
