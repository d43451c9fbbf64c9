"""The asset of the feedback to companies; what it says and how it is written stands in `feedback`."""

from typing import Any

import dagster as dg

from assets.declare import OWNERS, ROUNDS, STAGES, Data, explained

TEXT = (
    "**Terugkoppeling.** Per indiening met bevindingen een pagina, een gemarkeerde kopie van de werkmap en JSON, om aan"
    " het bedrijf te sturen. Alleen wat veranderd is wordt opnieuw gemaakt."
)


@dg.asset(
    deps=["register", "findings", "submission_status"],
    description=TEXT,
    group_name=STAGES["intake"],
    kinds={"python", "html", "excel"},
    owners=OWNERS,
    partitions_def=ROUNDS,
)
def feedback(context: dg.AssetExecutionContext, data: Data) -> dg.MaterializeResult[Any]:
    """Feedback to the sender, one folder per submission with findings."""
    from assets.dialogue.feedback import give_feedback

    with explained("De terugkoppeling"):
        settings = data.settings(context.partition_key)
        given = give_feedback(data.folder, settings)
        counts = {
            "indieningen": given.answered,
            "gemaakt": given.written,
            "zonder werkmap": given.without_workbook,
            "vervallen": given.removed,
        }
        return dg.MaterializeResult(metadata=counts)
