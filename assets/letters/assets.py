"""The asset of the letters to companies; what they say and how they are written stands in `tell` and `make`."""

from typing import Any

import dagster as dg

from assets.declare import OWNERS, ROUNDS, STAGES, Data, explained

# The plans for infrastructure are loaded by the analyst and are no asset.
MADE_OF = (
    "register",
    "findings",
    "submission_status",
    "filed_sites",
    "site",
    "connection",
    "project",
    "site_place",
    "site_demand",
)
TEXT = (
    "**Brieven aan bedrijven.** Per bedrijf een brief als HTML en PDF: wat het opgaf en wat ervan werd, welke"
    " infrastructuur in zijn gebied is gepland, en wat later komt dan het rekent. Vertrouwelijk: elke brief is alleen"
    " voor dat ene bedrijf. Er wordt niets verstuurd."
)


@dg.asset(
    deps=MADE_OF,
    description=TEXT,
    group_name=STAGES["strategy"],
    kinds={"python", "html"},
    owners=OWNERS,
    partitions_def=ROUNDS,
)
def letters(context: dg.AssetExecutionContext, data: Data) -> dg.MaterializeResult[Any]:
    """The letters of a round; what Dagster remembers of them is counts."""
    from assets.letters.make import make_letters

    with explained("De brieven"):
        made, removed = make_letters(data.folder, data.settings(context.partition_key))
        counts = {
            "brieven": len(made),
            "waarvan de opgave meetelt": sum(one.counts for one in made),
            "vervallen": removed,
        }
        return dg.MaterializeResult(metadata=counts)
