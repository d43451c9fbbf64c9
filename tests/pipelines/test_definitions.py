"""Checks what Dagster shows and does: the assets and jobs there are, a run of them, and that nothing leaks.

What is in the tables is checked beside the assets.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets import from_sql
from assets.check_list import CHECKS
from assets.declare import ROUNDS, Data
from assets.files import file_hash
from assets.one_at_a_time import working_on
from assets.rounds import Round, write_round
from assets.store import DataFolder, read_table
from blueprint.checks import BlueprintError
from blueprint.disclosure import disclosure
from blueprint.load import blueprint
from pipelines.definitions import build_defs, defs
from pipelines.schedules import nightly
from pipelines.sensors import new_files

ROUND = "proef"
FILED = {table.name for table in blueprint().sheet_tables}
RECORDS = {"register", "filed_sites", "submission_status", "expected", "invitations", "same_site"}
INTAKE = FILED | RECORDS | {"findings"}
DEMAND = {
    "site_place",
    "site_demand",
    "municipality_demand",
    "province_demand",
    "national_demand",
    "estimated_demand",
    "site_project",
    "site_project_step",
    "site_path",
    "site_connection",
    "site_flexibility",
}
MARKED = {
    "pmiek_energy_demand",
    "pmiek_power_demand",
    "pmiek_projects",
    "pmiek_coverage",
    "pmiek_combined_demand",
    "pmiek_project_path",
    "pmiek_dependent_demand",
    "pmiek_conversion",
    "pmiek_area_demand",
    "pmiek_gas_heat_co2",
    "pmiek_hydrogen_branches",
    "pmiek_bottlenecks",
    "case_candidates",
    "round_change",
    "pmiek_supply",
    "pmiek_storage",
    "area_opportunities",
}
PMIEK = MARKED | {"site_bottleneck"}
RELEASED = {table.name for table in blueprint().tables.values() if table.kind in ("public", "operator")}
BLOCKING = {
    "submission_status:rows_balance",
    "submission_status:refusals_explained",
    "site_demand:all_rows_converted",
    "municipality_demand:sites_make_municipalities",
    "province_demand:municipalities_make_provinces",
    "national_demand:provinces_make_nation",
    "pmiek_energy_demand:pmiek_equals_demand",
    "pmiek_energy_demand:certainties_make_plans",
    "site_project_step:steps_make_projects",
    "pmiek_energy_demand:all_provinces_there",
    "pmiek_power_demand:power_equals_contracts",
    "pmiek_projects:projects_complete",
    "pmiek_coverage:coverage_balances",
    "pmiek_energy_demand:estimates_capped",
    "pmiek_combined_demand:combined_adds_up",
    "pmiek_combined_demand:combined_equals_sources",
    "site_project:projects_once",
    "site_path:path_adds_up",
    "pmiek_project_path:path_equals_sites",
    "pmiek_dependent_demand:dependent_demand_complete",
    "pmiek_conversion:conversion_complete",
    "site_connection:connections_complete",
    "pmiek_area_demand:areas_make_provinces",
    "pmiek_gas_heat_co2:gas_equals_demand",
    "pmiek_hydrogen_branches:hydrogen_equals_demand",
    "pmiek_bottlenecks:bottlenecks_complete",
    "pmiek_bottlenecks:waiting_counted_once",
    "case_candidates:help_is_a_case_or_counted",
    "round_change:changes_add_up",
    "pmiek_supply:supply_equals_demand",
    "pmiek_storage:storage_complete",
    "area_opportunities:nothing_promised_twice",
    *(f"{name}:keys_unique" for name in DEMAND | PMIEK | RECORDS),
}
WARNING = {
    "findings:no_errors",
    "site_place:all_sites_placed",
    *(f"{name}:rules_hold" for name in FILED),
}
ON_REQUEST = {f"{name}:accepted_rows_proven" for name in FILED}
# Of a release, which no run of a round makes.
AUDITED = {
    f"{name}:disclosure_audit"
    for name in (*disclosure().products, *disclosure().counts, "public_coverage", "grid_operator_sites")
}
# What goes to companies: files, not a table.
FEEDBACK = "feedback"
STRATEGY = "strategy"
LETTERS = "letters"
# English words that a forgotten description would begin with or hold.
ENGLISH = (" the ", " of the ", " is not ", " and ", " with ")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_defs(tmp_path_factory.mktemp("empty"))


def specs(definitions: dg.Definitions) -> list[dg.AssetSpec]:
    """The assets that are tables."""
    pages = (FEEDBACK, STRATEGY, LETTERS)
    return [spec for spec in definitions.resolve_all_asset_specs() if spec.key.to_user_string() not in pages]


def shown(keys: Any) -> set[str]:
    return {key.to_user_string() for key in keys}


def test_definitions_load_and_fit_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PCES_DATA", str(tmp_path))
    loaded = defs()
    dg.Definitions.validate_loadable(loaded)
    assert loaded.resources is not None
    assert loaded.resources["data"].root == str(tmp_path)


def test_groups_hold_the_tables_of_their_stage(definitions: dg.Definitions) -> None:
    groups: dict[str | None, set[str]] = {}
    for spec in specs(definitions):
        groups.setdefault(spec.group_name, set()).add(spec.key.to_user_string())
    assert groups == {"1_inname": INTAKE, "2_vraag": DEMAND, "3_pmiek": PMIEK, "4_vrijgave": RELEASED}


def test_every_emitted_table_is_an_asset(definitions: dg.Definitions) -> None:
    kinds = {name for name, table in blueprint().tables.items() if table.kind not in ("filed", "reference")}
    assert kinds <= {spec.key.to_user_string() for spec in specs(definitions)}


def test_jobs_schedules_and_sensors(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    jobs = {job.name: job for job in repository.get_all_jobs() if not job.name.startswith("__")}
    named = {"hele_ronde", "alleen_inname", "controle", "terugkoppeling", "vrijgave", "strategie", "brieven"}
    assert set(jobs) == named
    assert shown(jobs["brieven"].asset_layer.selected_asset_keys) == {LETTERS}
    assert shown(jobs["vrijgave"].asset_layer.selected_asset_keys) == RELEASED
    assert shown(jobs["strategie"].asset_layer.selected_asset_keys) == {STRATEGY}
    assert shown(jobs["terugkoppeling"].asset_layer.selected_asset_keys) == {FEEDBACK}
    assert shown(jobs["hele_ronde"].asset_layer.selected_asset_keys) == INTAKE | DEMAND | PMIEK
    assert shown(jobs["alleen_inname"].asset_layer.selected_asset_keys) == INTAKE
    assert {(s.name, s.cron_schedule, s.execution_timezone, s.job_name) for s in repository.schedule_defs} == {
        ("elke_nacht", "0 3 * * *", "Europe/Amsterdam", "hele_ronde")
    }
    assert {(s.name, s.job_name) for s in repository.sensor_defs} == {("nieuwe_bestanden", "hele_ronde")}
    for known in (*jobs.values(), *repository.schedule_defs, *repository.sensor_defs):
        assert is_dutch(known.description), known.name


def is_dutch(text: str | None) -> bool:
    return bool(text) and not any(word in f" {text} ".lower() for word in ENGLISH)


def test_every_asset_says_what_it_is(definitions: dg.Definitions) -> None:
    for spec in specs(definitions):
        name = spec.key.to_user_string()
        assert is_dutch(spec.description), name
        assert blueprint().tables[name].title in (spec.description or "")
        assert spec.kinds == ({"python", "parquet"} if name in INTAKE else {"duckdb", "parquet"})
        assert spec.owners == ["team:provincie-analisten"]
        assert spec.partitions_def == ROUNDS
        columns = spec.metadata["dagster/column_schema"].columns
        assert {column.name for column in columns} >= set(blueprint().tables[name].field_names)
        assert all(is_dutch(column.description) for column in columns), name


def test_feedback_is_an_asset_after_the_intake(definitions: dg.Definitions) -> None:
    (spec,) = (s for s in definitions.resolve_all_asset_specs() if s.key.to_user_string() == FEEDBACK)
    assert is_dutch(spec.description)
    assert spec.group_name == "1_inname"
    assert {dep.asset_key.to_user_string() for dep in spec.deps} == {"register", "findings", "submission_status"}


def test_strategy_is_made_for_all_provinces_of_a_round_in_one_run(definitions: dg.Definitions) -> None:
    (spec,) = (s for s in definitions.resolve_all_asset_specs() if s.key.to_user_string() == STRATEGY)
    assert is_dutch(spec.description)
    assert spec.group_name == "5_strategie"
    assert isinstance(spec.partitions_def, dg.MultiPartitionsDefinition)
    assert {part.name for part in spec.partitions_def.partitions_defs} == {"round", "province"}
    asset = definitions.resolve_asset_graph().get(dg.AssetKey(STRATEGY))
    assert asset.backfill_policy == dg.BackfillPolicy.single_run()
    assert {dep.asset_key.to_user_string() for dep in spec.deps} >= {"public_energy_demand", "pmiek_energy_demand"}


def test_feedback_says_only_counts(ran: Any, markers: tuple[str, ...], tmp_path: Path) -> None:
    shutil.copytree(ran.data.root, tmp_path / "data")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("round", [ROUND])
        job = build_defs(tmp_path / "data").resolve_job_def("terugkoppeling")
        done = job.execute_in_process(partition_key=ROUND, instance=instance)
        (event,) = (e for e in done.all_events if e.is_step_materialization)
        counts = {key: value.value for key, value in event.materialization.metadata.items()}
        with_findings = set(read_table(ran.data, "findings", ROUND).column("submission_id").to_pylist())
        number = len(with_findings)
        assert counts == {"indieningen": number, "gemaakt": number, "zonder werkmap": 0, "vervallen": 0}
        said = everything_said(instance, done.run_id).lower()
    assert not [marker for marker in markers if marker.lower() in said]
    assert len(list((tmp_path / "data/curated/feedback" / f"round={ROUND}").iterdir())) == number


def test_strategies_are_one_run_that_says_only_counts(ran: Any, markers: tuple[str, ...], tmp_path: Path) -> None:
    shutil.copytree(ran.data.root, tmp_path / "data")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("round", [ROUND])
        job = build_defs(tmp_path / "data").resolve_job_def("strategie")
        span = {"start": f"PV20|{ROUND}", "end": f"PV21|{ROUND}"}
        tags = {f"dagster/asset_partition_range_{end}": key for end, key in span.items()}
        secret = {"ops": {STRATEGY: {"config": {"tier": "internal"}}}}
        done = job.execute_in_process(instance=instance, tags=tags, run_config=secret)
        events = [e for e in done.all_events if e.is_step_materialization]
        assert {event.partition for event in events} == set(span.values())
        assert [event.materialization.metadata["documenten"].value for event in events] == [2, 2]
        without = job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
        assert not without.success
        said = everything_said(instance, done.run_id).lower() + everything_said(instance, without.run_id).lower()
    assert not [marker for marker in markers if marker.lower() in said]
    assert "nog niets vrijgegeven" in said
    assert len(list((tmp_path / "data/strategy" / f"round={ROUND}" / "VERTROUWELIJK").glob("*.html"))) == 2


def test_letters_say_only_counts(ran: Any, markers: tuple[str, ...], tmp_path: Path) -> None:
    shutil.copytree(ran.data.root, tmp_path / "data")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("round", [ROUND])
        job = build_defs(tmp_path / "data").resolve_job_def("brieven")
        done = job.execute_in_process(partition_key=ROUND, instance=instance)
        (event,) = (e for e in done.all_events if e.is_step_materialization)
        counts = {key: value.value for key, value in event.materialization.metadata.items()}
        said = everything_said(instance, done.run_id).lower()
    assert not [marker for marker in markers if marker.lower() in said]
    written = list((tmp_path / "data/curated/letters" / f"round={ROUND}").iterdir())
    assert counts["brieven"] == len(written) == 3
    assert counts["vervallen"] == 0
    marked = {"brief.VERTROUWELIJK.html", "brief.VERTROUWELIJK.pdf"}
    assert all({path.name for path in folder.iterdir()} == marked for folder in written)
    assert not [marker for marker in markers for folder in written if marker.lower() in str(folder).lower()]


def test_letters_are_made_of_tables_that_there_are(definitions: dg.Definitions) -> None:
    found = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}
    assert {dep.asset_key.to_user_string() for dep in found[LETTERS].deps} <= set(found)
    assert found[LETTERS].group_name == "5_strategie"
    assert is_dutch(found[LETTERS].description)


def test_unprotected_tables_carry_their_mark(definitions: dg.Definitions) -> None:
    marked = {
        s.key.to_user_string() for s in specs(definitions) if blueprint().unprotected_mark in (s.description or "")
    }
    assert marked == MARKED


def test_checks_that_must_stop_a_run_are_blocking(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    blocking = {key.to_user_string() for key in graph.asset_check_keys if graph.get(key).blocking}
    assert blocking == BLOCKING | AUDITED
    assert shown(graph.asset_check_keys) - blocking == WARNING | ON_REQUEST
    assert {check.name for check in CHECKS} <= {name.partition(":")[2] for name in BLOCKING | WARNING}


def test_whole_job_succeeds(ran: Any) -> None:
    assert ran.instance.get_run_by_id(ran.run_id).is_success
    assert materialized(ran.events) == INTAKE | DEMAND | PMIEK
    results = {e.asset_check_evaluation_data.asset_check_key.to_user_string() for e in evaluations(ran)}
    assert results == BLOCKING | WARNING


def materialized(events: Sequence[dg.DagsterEvent]) -> set[str]:
    return shown(event.asset_key for event in events if event.is_step_materialization)


def evaluations(ran: Any) -> list[Any]:
    return [event for event in ran.events if event.event_type_value == "ASSET_CHECK_EVALUATION"]


def test_only_what_companies_did_wrong_warns(ran: Any) -> None:
    failed = {
        e.asset_check_evaluation_data.asset_check_key.to_user_string(): e.asset_check_evaluation_data.severity
        for e in evaluations(ran)
        if not e.asset_check_evaluation_data.passed
    }
    assert set(failed) == {"findings:no_errors", "energy_demand:rules_hold"}
    assert set(failed.values()) == {dg.AssetCheckSeverity.WARN}


def test_materializations_say_rows_and_version(ran: Any) -> None:
    for event in ran.events:
        if event.is_step_materialization:
            name, metadata = event.asset_key.to_user_string(), event.materialization.metadata
            assert metadata["dagster/row_count"].value == read_table(ran.data, name, ROUND).num_rows
            assert event.materialization.tags is not None
            assert len(event.materialization.tags["dagster/data_version"]) == 64
            assert counts_shown(metadata)["rijen"] == metadata["dagster/row_count"].value


def counts_shown(metadata: Mapping[str, Any]) -> dict[str, int]:
    """What the summary of a table counts."""
    assert isinstance(metadata["samenvatting"], dg.MarkdownMetadataValue)
    lines = metadata["samenvatting"].value.splitlines()
    assert lines[:2] == ["| | aantal |", "|---|---:|"]
    cells = [line.strip("| ").split(" | ") for line in lines[2:]]
    return {name: int(number) for name, number in cells}


def summaries(events: Sequence[dg.DagsterEvent]) -> dict[str, dict[str, int]]:
    made = [event.materialization for event in events if event.is_step_materialization]
    return {one.asset_key.to_user_string(): counts_shown(one.metadata) for one in made}


def test_summaries_count_in_dutch_what_the_tables_hold(ran: Any) -> None:
    found = summaries(ran.events)
    assert set(found) == INTAKE | DEMAND | PMIEK
    states = {"Aanvaard": 1, "Aanvaard met opmerkingen": 2}
    assert found["register"] == {"rijen": 3, "ontvangen": 3, "nu gelezen": 3, **states}
    severities = Counter(read_table(ran.data, "findings", ROUND)["severity"].to_pylist())
    assert found["findings"]["fout"] == severities["error"] > 0
    assert sum(found["findings"].values()) == 2 * severities.total()
    for name, of in {"energy_demand": {"year": "jaren"}, "site_place": {"province_code": "provincies"}}.items():
        rows = read_table(ran.data, name, ROUND)
        different = {title: len(set(rows[column].to_pylist())) for column, title in of.items()}
        assert found[name] == {"rijen": rows.num_rows, "opgaven": 3, **different}
    assert found["expected"] == {"rijen": 0, "provincies": 0}
    known = {"rijen", "ontvangen", "nu gelezen", "opgaven", "provincies", "jaren"}
    lists = ("cell_statuses", "submission_states", "severities")
    known |= {code.label for name in lists for code in blueprint().codes[name].codes}
    assert {name for counts in found.values() for name in counts} <= known


def test_summaries_of_a_release_count_in_dutch(ran: Any, markers: tuple[str, ...], tmp_path: Path) -> None:
    folder = copied(ran, tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("round", [ROUND])
        job = build_defs(folder.root).resolve_job_def("vrijgave")
        done = job.execute_in_process(partition_key=ROUND, instance=instance)
        said = everything_said(instance, done.run_id)
    found = summaries(done.all_events)
    assert set(found) == RELEASED
    labels = {code.label for code in blueprint().codes["figure_statuses"].codes}
    assert set(found["public_energy_demand"]) - {"rijen"} <= labels
    assert sum(found["public_energy_demand"].values()) == 2 * found["public_energy_demand"]["rijen"]
    assert [marker for marker in markers if marker in said] == []


def everything_said(instance: dg.DagsterInstance, run_id: str) -> str:
    return "\n".join(f"{entry.user_message} {entry!r}" for entry in instance.all_logs(run_id))


def test_nothing_of_a_company_leaves_the_tables(ran: Any, markers: tuple[str, ...]) -> None:
    # The markers are in the tables, else this would prove nothing.
    kept = "".join(str(read_table(ran.data, name, ROUND).to_pylist()) for name in ("company", "register", "findings"))
    assert [marker for marker in markers if marker not in kept] == ["913,577731"]
    said = everything_said(ran.instance, ran.run_id)
    assert len(said) > 10_000
    assert [marker for marker in markers if marker in said] == []
    files = [path for path in ran.data.dagster_home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        content = path.read_bytes()
        assert [marker for marker in markers if marker.encode() in content] == [], path.name


def test_second_run_logs_nothing_of_a_company_and_changes_nothing(
    ran: Any,
    markers: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    folder = copied(ran, tmp_path)
    with caplog.at_level(logging.DEBUG):
        done = execute(folder)
    output = capfd.readouterr()
    text = caplog.text + output.out + output.err + ran.log + ran.result.output
    assert done.success
    assert "STEP_SUCCESS" in text
    assert [marker for marker in markers if marker in text] == []
    for name in sorted(DEMAND | PMIEK):
        assert file_hash(folder.table(name, ROUND)) == file_hash(ran.data.table(name, ROUND)), name


def copied(ran: Any, tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(ran.data.root, folder.root)
    return folder


def execute(data: DataFolder, *tables: str, round_name: str = ROUND) -> dg.ExecuteInProcessResult:
    """Run the whole job, or some of its assets, in a fresh instance."""
    instance = dg.DagsterInstance.ephemeral()
    instance.add_dynamic_partitions("round", [round_name])
    return (
        build_defs(data.root)
        .resolve_job_def("hele_ronde")
        .execute_in_process(
            partition_key=round_name,
            instance=instance,
            raise_on_error=False,
            asset_selection=[dg.AssetKey(name) for name in tables] or None,
        )
    )


def failure_of(done: dg.ExecuteInProcessResult) -> str:
    """What a failed run tells the person who runs it."""
    assert not done.success
    data = next(event.step_failure_data for event in done.all_events if event.is_step_failure)
    return (data.user_failure_data.description if data.user_failure_data else None) or ""


@pytest.mark.parametrize("error", [ValueError, KeyError, RuntimeError])
def test_failing_asset_says_what_to_do_and_leaks_nothing(
    ran: Any, markers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type
) -> None:
    def fail(*_: Any) -> None:
        raise error(f"Could not convert string '{' '.join(markers)}' to DECIMAL")

    monkeypatch.setattr(from_sql, "make", fail)
    done = execute(ran.data, "site_place")
    text = failure_of(done)
    assert text.startswith("Plaats van de vestigingen is mislukt door een fout in het programma")
    assert f"({error.__name__} bij assets." in text
    assert "De ingeleverde bestanden zijn onveranderd." in text
    assert "Probeer het nog eens" in text
    said = caplog.text + "".join(repr(event) + str(event.message) for event in done.all_events)
    assert [marker for marker in markers if marker in said] == []


def test_missing_table_says_to_make_the_step_before(ran: Any, tmp_path: Path) -> None:
    folder = copied(ran, tmp_path)
    folder.table("site_demand", ROUND).unlink()
    text = failure_of(execute(folder, "province_demand"))
    assert text == (
        "Vraag per provincie: de tabel Vraag per vestiging (site_demand) is er nog niet, of van een eerdere Blueprint."
        " Maak eerst de voorgaande stap (knop 'Materialize all')."
    )


def test_round_that_was_not_opened_says_how_to_open_it(ran: Any) -> None:
    text = failure_of(execute(ran.data, "site_place", round_name="andere"))
    assert text == "Ronde 'andere' is niet geopend. Gebruik: pces round open andere"


def test_disk_that_refuses_is_named(ran: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(from_sql, "make", fail)
    text = failure_of(execute(ran.data, "site_place"))
    assert text == (
        "Plaats van de vestigingen: schrijven of lezen in de datamap lukt niet (de schijf is vol)."
        " Herstel dat en geef de opdracht opnieuw, bijvoorbeeld: pces run"
    )


def test_blueprint_that_is_wrong_is_named(ran: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise BlueprintError("fields.yaml", "unit", "MWhh", "no such unit")

    monkeypatch.setattr(from_sql, "make", fail)
    text = failure_of(execute(ran.data, "site_place"))
    assert text == "De Blueprint klopt niet. fields.yaml: unit = 'MWhh': no such unit"


def test_run_keeps_its_round_to_itself_until_all_is_in_place(ran: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else one that stood still for a while would put its tables in the place of later ones."""
    heard: list[str] = []
    make = from_sql.make
    monkeypatch.setattr("assets.one_at_a_time.LOCK_SECONDS", 0.1)

    def busy(data: DataFolder, *rest: Any) -> Path:
        def ask() -> None:
            with working_on(DataFolder(data.root), ROUND):
                pass

        with ThreadPoolExecutor(1) as other:
            heard.append(str(other.submit(ask).exception()))
        return make(data, *rest)

    monkeypatch.setattr(from_sql, "make", busy)
    assert execute(ran.data, "site_place", "site_demand").success
    assert set(heard) == {f"Ronde '{ROUND}' wordt al door een andere run doorgerekend. Wacht tot die klaar is."}
    with working_on(DataFolder(ran.data.root), ROUND):
        pass


def test_broken_check_stops_what_comes_after_and_the_table_stays_as_it_was(
    ran: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ran.data.table("site_demand", ROUND)
    before = made.stat().st_mtime_ns
    monkeypatch.setattr(
        "assets.declare.breaches", lambda data, settings, check: 3 * (check.name == "all_rows_converted")
    )
    done = execute(ran.data, "site_demand", "province_demand", "pmiek_energy_demand")
    assert failure_of(done) == (
        "Vraag per vestiging (site_demand) klopt niet, en de tabel van een eerdere run blijft staan. Niet waar is: Elke"
        " aanvaarde regel energievraag telt één keer mee en is omgerekend. (afwijkingen: 3) De fout zit in het"
        " programma, niet in een opgave; meld deze regel."
    )
    assert materialized(done.all_events) == set()
    broken = {
        event.asset_check_evaluation_data.check_name
        for event in done.all_events
        if event.event_type_value == "ASSET_CHECK_EVALUATION" and not event.asset_check_evaluation_data.passed
    }
    assert broken == {"all_rows_converted"}
    assert made.stat().st_mtime_ns == before


def test_broken_check_of_the_intake_leaves_all_that_is_made_of_it_as_it_was(
    ran: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that was made ahead of rows that do not hold is put in place, and nothing of it stays."""
    data = DataFolder(Path(ran.data.root))
    made = [data.table(name, ROUND) for name in (*DEMAND, *PMIEK)]
    before = [path.stat().st_mtime_ns for path in made]
    monkeypatch.setattr("assets.declare.breaches", lambda data, settings, check: int(check.name == "rows_balance"))
    done = execute(ran.data, *INTAKE - {"invitations", "same_site"}, *DEMAND, *PMIEK)
    assert failure_of(done).startswith("De inname klopt niet; wat ervan wordt gemaakt blijft zoals het was.")
    assert materialized(done.all_events) <= INTAKE
    assert [path.stat().st_mtime_ns for path in made] == before
    assert not data.ahead(ROUND).exists()


def test_warning_stops_nothing(ran: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.declare.breaches", lambda data, settings, check: int(check.name == "all_sites_placed"))
    done = execute(ran.data, "site_place", "site_demand")
    assert done.success


def open_rounds(root: Path, **states: str) -> Data:
    data = DataFolder(root)
    for name, state in states.items():
        write_round(data.round_folder(name), Round.model_validate({"round": name, "status": state}))
    return Data(root=str(root))


NIGHT = dt.datetime(2026, 3, 1, 2, tzinfo=dt.UTC)


def tick_of_schedule(data: Data, instance: dg.DagsterInstance) -> list[Any]:
    found: Any = nightly(dg.build_schedule_context(instance=instance, scheduled_execution_time=NIGHT), data=data)
    return list(found)


def test_schedule_runs_every_open_round_once(tmp_path: Path) -> None:
    data = open_rounds(tmp_path, eerste="open", dicht="closed", tweede="open")
    (data.folder.round_folder("kapot")).mkdir()
    (data.folder.round_folder("kapot") / "round.yaml").write_text("status: [")
    with dg.DagsterInstance.local_temp() as instance:
        requests = tick_of_schedule(data, instance)
        assert [request.partition_key for request in requests] == ["eerste", "tweede"]
        assert [request.run_key for request in requests] == ["eerste|2026-03-01", "tweede|2026-03-01"]
        assert set(instance.get_dynamic_partitions("round")) == {"eerste", "tweede"}


def test_schedule_says_that_no_round_is_open(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp() as instance:
        found = tick_of_schedule(open_rounds(tmp_path, dicht="closed"), instance)
    assert [type(request) for request in found] == [dg.SkipReason]
    assert found[0].skip_message == "Er is geen open ronde."


class Sensor:
    """The sensor with the cursor it would have kept."""

    def __init__(self, data: Data) -> None:
        self.data, self.cursor = data, None

    def tick(self) -> list[str]:
        """The rounds for which a run is asked."""
        with dg.DagsterInstance.ephemeral() as instance:
            found: Any = new_files(dg.build_sensor_context(instance=instance, cursor=self.cursor), data=self.data)
        if isinstance(found, dg.SkipReason):
            assert found.skip_message == "Geen nieuwe of gewijzigde bestanden."
            return []
        self.cursor = found.cursor
        assert found.dynamic_partitions_requests[0].partition_keys == [r.partition_key for r in found.run_requests]
        return [request.partition_key for request in found.run_requests]


def test_sensor_asks_for_a_run_when_content_changes_only(tmp_path: Path) -> None:
    data = open_rounds(tmp_path, eerste="open", tweede="open", dicht="closed")
    folder, sensor = data.folder.round_folder("eerste"), Sensor(data)
    (data.folder.round_folder("dicht") / "a.xlsx").write_bytes(b"a")
    assert sensor.tick() == ["eerste", "tweede"]
    assert sensor.tick() == []
    (folder / "mail").mkdir()
    (folder / "mail" / "a.xlsx").write_bytes(b"een")
    assert sensor.tick() == ["eerste"]
    assert sensor.tick() == []
    # Time alone is no change, nor is the same content written again.
    os.utime(folder / "mail" / "a.xlsx", (1, 1))
    (folder / "mail" / "a.xlsx").write_bytes(b"een")
    (folder / "~$a.xlsx").write_bytes(b"lock file")
    assert sensor.tick() == []
    (folder / "mail" / "a.xlsx").write_bytes(b"twee")
    assert sensor.tick() == ["eerste"]
    (folder / "mail" / "a.xlsx").rename(folder / "b.xlsx")
    assert sensor.tick() == ["eerste"]
    (folder / "b.xlsx").unlink()
    assert sensor.tick() == ["eerste"]
    settings = folder / "round.yaml"
    settings.write_text(settings.read_text().replace("title: ''", "title: Nieuw"))
    assert sensor.tick() == ["eerste"]
    assert sensor.tick() == []


@pytest.mark.parametrize("place", ["records/eerste/waivers.csv", "records/eerste/expected.csv"])
def test_sensor_sees_what_an_analyst_decides(place: str, tmp_path: Path) -> None:
    data = open_rounds(tmp_path, eerste="open", tweede="open")
    sensor = Sensor(data)
    assert sensor.tick() == ["eerste", "tweede"]
    record = data.folder.root / place
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text("een", encoding="utf-8")
    assert sensor.tick() == ["eerste"]
    assert sensor.tick() == []


def test_sensor_sees_that_emissions_were_loaded(tmp_path: Path) -> None:
    data = open_rounds(tmp_path, eerste="open", tweede="open")
    sensor = Sensor(data)
    sensor.tick()
    data.folder.reference.mkdir(parents=True)
    (data.folder.reference / "ets_emissions.parquet").write_bytes(b"een")
    assert sensor.tick() == ["eerste", "tweede"]
    assert sensor.tick() == []


def test_sensor_sees_a_round_that_is_opened_again(tmp_path: Path) -> None:
    data = open_rounds(tmp_path, eerste="closed")
    sensor, settings = Sensor(data), data.folder.round_folder("eerste") / "round.yaml"
    assert sensor.tick() == []
    settings.write_text(settings.read_text().replace("closed", "open"))
    assert sensor.tick() == ["eerste"]
