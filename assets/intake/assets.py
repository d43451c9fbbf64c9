"""The assets of the intake: what files give, made in one step; the invited companies, and who of them answered.

How a round is taken in stands in `assets.intake.take_in`; this only shows it to Dagster.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg

from assets.check_list import FILED
from assets.declare import ROUNDS, Data, Turns, check_results, check_specs, explained, failed, hold, result, spec
from assets.files import file_hash
from assets.from_sql import ahead_of, sql_assets
from assets.summary import counts_of, labelled

RECORDS = ("register", "filed_sites", "findings", "submission_status")
TABLES = (*FILED, *RECORDS)
RULES_HOLD = "rules_hold"
RULES_HOLD_TEXT = "Regels van de Blueprint waar ingeleverde rijen van deze tabel niet aan voldoen; die zijn afgekeurd."
PROVEN = "accepted_rows_proven"
PROVEN_TEXT = "De aanvaarde rijen van alle open rondes voldoen nog steeds aan de kolomregels (job 'controle')."


@dg.multi_asset(
    name="inname",
    specs=[spec(name, "intake") for name in TABLES],
    check_specs=[
        *(check for name in TABLES for check in check_specs(name)),
        *(dg.AssetCheckSpec(RULES_HOLD, asset=name, description=RULES_HOLD_TEXT) for name in FILED),
    ],
    partitions_def=ROUNDS,
)
def intake(context: dg.AssetExecutionContext, data: Data, turns: Turns) -> Iterator[Any]:
    """Everything a round's files give: accepted rows per table, findings, register and status."""
    from assets.intake.compare import notes
    from assets.intake.prove import errors_by_rule
    from assets.intake.take_in import take_in

    with explained("De inname"):
        ahead = ahead_of(context, data, turns)
        settings = data.settings(context.partition_key)
        # Nothing that is made of them is put in its place before this step holds.
        taken = take_in(data.folder, settings, _log_progress(context), accepted=partial(ahead.prove, FILED))
        for note in notes(data.folder, settings):
            context.log.warning(note)
        counts = {
            "findings": labelled("severities", taken.severities),
            "register": {
                "ontvangen": taken.received,
                "nu gelezen": taken.read_now,
                **labelled("submission_states", taken.states),
            },
        }
        for name in TABLES:
            path = data.folder.table(name, settings.round)
            rows = taken.rows[name]
            yield result(name, rows, file_hash(path), counts.get(name) or counts_of(path))
        checked = [one for name in TABLES for one in check_results(data.folder, settings, name)]
        yield from checked
        errors = errors_by_rule(data.folder, settings)
        for name in FILED:
            yield _by_rule(RULES_HOLD, name, errors.get(name, {}))
        if not hold(checked):
            raise failed("De inname klopt niet; wat ervan wordt gemaakt blijft zoals het was.", checked)
        ahead.prove(RECORDS)


@dg.multi_asset(
    name="expected",
    specs=[spec("expected", "intake")],
    check_specs=check_specs("expected"),
    partitions_def=ROUNDS,
)
def invited(context: dg.AssetExecutionContext, data: Data, turns: Turns) -> Iterator[Any]:
    """The list of invited companies that was loaded for a round; no rows when there is none."""
    from assets.intake.expected import write_expected

    with explained("De lijst van uitgenodigde bedrijven"):
        ahead = ahead_of(context, data, turns)
        settings = data.settings(context.partition_key)
        rows = write_expected(data.folder, settings)
        path = data.folder.table("expected", settings.round)
        yield result("expected", rows, file_hash(path), counts_of(path))
        checked = list(check_results(data.folder, settings, "expected"))
        yield from checked
        if not hold(checked):
            raise failed("De lijst van uitgenodigde bedrijven klopt niet.", checked)
        ahead.prove(["expected"])


ANSWERS = sql_assets("intake")


def _log_progress(context: dg.AssetExecutionContext):
    def report(done: int, of: int) -> None:
        if done == of or done % 100 == 0:
            context.log.info(f"{done} van {of} nieuwe bestanden gelezen")

    return report


def _by_rule(check: str, table_name: str, rules: dict[str, int]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=table_name,
        passed=not rules,
        severity=dg.AssetCheckSeverity.WARN if check == RULES_HOLD else dg.AssetCheckSeverity.ERROR,
        metadata={name: number for name, number in sorted(rules.items())},
    )


@dg.multi_asset_check(
    name="controle_aanvaarde_rijen",
    specs=[dg.AssetCheckSpec(PROVEN, asset=name, description=PROVEN_TEXT) for name in FILED],
)
def proven(data: Data) -> Iterator[dg.AssetCheckResult]:
    """Validate what stands in the tables once more, with the function that accepted it."""
    from assets.intake.prove import broken_rules

    with explained("De controle van aanvaarde rijen"):
        rounds = [data.settings(name) for name in data.open_rounds()]
        for name in FILED:
            broken: Counter[str] = Counter()
            for settings in rounds:
                broken.update(broken_rules(data.folder, settings, name))
            yield _by_rule(PROVEN, name, dict(broken))
