"""The named jobs: for one round, with nothing typed in but the round, or for the check of all open ones."""

from __future__ import annotations

import dagster as dg

from assets.declare import STAGES
from assets.dialogue.assets import feedback
from assets.intake.assets import proven
from assets.letters.assets import letters
from assets.release.assets import release
from assets.strategy.assets import strategy

whole_round = dg.define_asset_job(
    "hele_ronde",
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.checks(proven)
    - dg.AssetSelection.assets(feedback)
    - dg.AssetSelection.assets(release, strategy, letters),
    description="Alles voor een ronde: inname, vraag en pMIEK-tabellen.",
)
only_intake = dg.define_asset_job(
    "alleen_inname",
    selection=dg.AssetSelection.groups(STAGES["intake"])
    - dg.AssetSelection.checks(proven)
    - dg.AssetSelection.assets(feedback),
    description="Alleen de inname: bestanden lezen, controleren en bevindingen maken.",
)
control = dg.define_asset_job(
    "controle",
    selection=dg.AssetSelection.checks(proven),
    description="Toetst de aanvaarde rijen van alle open rondes nog eens aan de kolomregels.",
)
# A job of its own: writing a workbook for every company takes longer than all the tables of a round together.
answers = dg.define_asset_job(
    "terugkoppeling",
    selection=dg.AssetSelection.assets(feedback),
    description="Maakt de terugkoppeling voor bedrijven bij wie iets is gevonden; alleen wat veranderd is.",
)
# What is published once is known for good, so that only an analyst asks for it.
publish = dg.define_asset_job(
    "vrijgave",
    selection=dg.AssetSelection.assets(release),
    description="Geeft de beschermde tabellen vrij voor iedereen en voor elke netbeheerder; telt voor altijd mee.",
)
documents = dg.define_asset_job(
    "strategie",
    selection=dg.AssetSelection.assets(strategy),
    description="Maakt de strategie van provincies: openbaar uit de nieuwste vrijgave, of vertrouwelijk.",
)
to_companies = dg.define_asset_job(
    "brieven",
    selection=dg.AssetSelection.assets(letters),
    description="Maakt de brief aan elk bedrijf dat indiende; vertrouwelijk, en er wordt niets verstuurd.",
)
JOBS = [whole_round, only_intake, control, answers, publish, documents, to_companies]
