"""The asset of the strategy documents; what they say and how they are written stands in `make`."""

import warnings
from typing import Any

import dagster as dg

from assets.declare import OWNERS, ROUNDS, STAGES, Data, explained
from blueprint.load import blueprint

PROVINCES = dg.StaticPartitionsDefinition([code.code for code in blueprint().codes["provinces"].filed])
PER_PROVINCE = dg.MultiPartitionsDefinition({"round": ROUNDS, "province": PROVINCES})
MADE_OF = (
    "public_energy_demand",
    "public_power_demand",
    "public_coverage",
    "public_material_flows",
    "public_project_energy",
    "public_project_power",
    "public_project_co2",
    "public_storage",
    "public_bottlenecks",
    "public_round_change",
    "pmiek_energy_demand",
    "pmiek_power_demand",
    "pmiek_area_demand",
    "pmiek_projects",
    "pmiek_dependent_demand",
    "pmiek_bottlenecks",
    "pmiek_coverage",
    "round_change",
)
# One run for many partitions is marked as new in Dagster; we hold its version, so nobody need be told each time.
warnings.filterwarnings("ignore", message=".*backfill_policy.*", category=dg.BetaWarning)
TEXT = (
    "**Strategie van een provincie (pCES).** Per provincie een document als HTML en PDF, met de"
    " tabellen als CSV. Openbaar"
    " wordt het alleen uit de nieuwste vrijgave gemaakt; vertrouwelijk uit de pMIEK-tabellen."
)


class StrategyConfig(dg.Config):
    """Which document is made: `public` or `internal`."""

    tier: str = "public"


@dg.asset(
    name="strategy",
    deps=MADE_OF,
    description=TEXT,
    group_name=STAGES["strategy"],
    kinds={"python", "html"},
    owners=OWNERS,
    partitions_def=PER_PROVINCE,
    # Twelve provinces are one run.
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def strategy(context: dg.AssetExecutionContext, config: StrategyConfig, data: Data) -> dg.MaterializeResult[Any]:
    """The document of a province in a round; what Dagster remembers of it is counts."""
    from assets.strategy.make import StrategyError, make_strategies
    from assets.strategy.tables import NoRelease

    with explained("De strategie"):
        if config.tier not in ("public", "internal"):
            raise dg.Failure(description="Kies als 'tier' public of internal.", allow_retries=False)
        wanted: dict[str, list[str]] = {}
        for key in context.partition_keys:
            # As Dagster writes it: the parts in the order of the names of the dimensions.
            province, round_name = key.split("|", 1)
            wanted.setdefault(round_name, []).append(province)
        try:
            made = [
                one
                for name, provinces in sorted(wanted.items())
                for one in make_strategies(
                    data.folder,
                    data.settings(name),
                    sorted(provinces),
                    "internal" if config.tier == "internal" else "public",
                )
            ]
        except NoRelease as error:
            raise dg.Failure(description=str(error), allow_retries=False) from None
        except StrategyError as error:
            raise dg.Failure(description=error.discreet, allow_retries=False) from None
        counts = {
            "documenten": len(made),
            "figuren": sum(one.figures for one in made),
            "eigen teksten": sum(one.own_texts for one in made),
            "eigen teksten na te kijken": sum(one.stale_texts for one in made),
        }
        return dg.MaterializeResult(metadata=counts)
