"""The asset of a release; what it holds and how it is proven stands in `make`."""

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import pyarrow.parquet as pq

from assets.declare import ROUNDS, Data, explained, result, spec
from assets.disclosure.rules import TierRules
from assets.files import file_hash
from assets.release.coverage import AGREED
from assets.release.coverage import NAME as COVERAGE
from assets.release.known import NAME as OPERATORS
from assets.release.ledger import PUBLIC
from assets.rounds import today
from assets.summary import counts_of, markdown
from blueprint.disclosure import disclosure

PROTECTED = (*disclosure().products, *disclosure().counts, COVERAGE)
TABLES = (*PROTECTED, "public_round_change")
MADE_FROM = {**disclosure().products, **disclosure().counts, COVERAGE: AGREED}
SOURCES = {name for table in MADE_FROM.values() for name in table.made_from}
NEEDED = tuple(sorted({*SOURCES, "site_demand", "site_connection", "company", "consent"}))


@dg.multi_asset(
    name="release",
    specs=[spec(name, "release", NEEDED) for name in (*TABLES, OPERATORS)],
    check_specs=[
        dg.AssetCheckSpec(
            "disclosure_audit",
            asset=name,
            description="Uit de bestanden, en alles wat eerder is vrijgegeven, is niemand af te leiden.",
            blocking=True,
        )
        for name in (*PROTECTED, OPERATORS)
    ],
    partitions_def=ROUNDS,
)
def release(
    context: dg.AssetExecutionContext, data: Data, rules: dg.ResourceParam[Callable[[], TierRules]]
) -> Iterator[Any]:
    """The next release of a round, per audience; nothing is left behind when it cannot be proven safe."""
    from assets.release.make import ReleaseError
    from assets.release.make import release as make_release

    with explained("De vrijgave"):
        settings = data.settings(context.partition_key)
        try:
            made = make_release(data.folder, settings, rules(), today())
        except ReleaseError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from None
        for name in TABLES:
            metadata: dict[str, Any] = {"vrijgave": made.number}
            if name in made.proofs:
                proof = made.proofs[name]
                metadata |= {"getoond": proof.shown, "cellen": proof.cells}
            if name in made.steps:
                metadata |= {"trede": made.steps[name], "niet vernieuwd": made.carried[name]}
            path = made.folder / PUBLIC / f"{name}.parquet"
            yield result(name, pq.read_metadata(path).num_rows, file_hash(path), counts_of(path), metadata)
        operators = {"netbeheerders": len(made.operators)}
        metadata = {"vrijgave": made.number, **operators, "samenvatting": dg.MetadataValue.md(markdown(operators))}
        yield dg.MaterializeResult(asset_key=OPERATORS, metadata=metadata)
        for name, proof in made.proofs.items():
            checked = {"grenzen": proof.bounds, "bedrijven als aanvaller": proof.insiders, "missers": proof.misses}
            yield dg.AssetCheckResult(
                check_name="disclosure_audit", asset_key=name, passed=proof.safe, metadata=checked
            )
