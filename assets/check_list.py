"""Lists the checks that prove tables after they are written, with the tables that each reads.

The SQL of a check stands in `assets/<stage>/sql/checks`; how checks are run is in `assets.checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
FILED = (
    "submission",
    "company",
    "site",
    "connection",
    "energy_demand",
    "project",
    "flexibility",
    "bottleneck",
    "consent",
)


@dataclass(frozen=True)
class Check:
    """One check of a table: the tables it reads, and whether a breach stops what comes after or only warns."""

    name: str
    table: str
    stage: str
    inputs: tuple[str, ...]
    description: str
    severity: Literal["error", "warning"] = "error"

    @property
    def sql(self) -> str:
        return (HERE / self.stage / "sql" / "checks" / f"{self.name}.sql").read_text(encoding="utf-8")


CHECKS = (
    Check(
        "rows_balance",
        "submission_status",
        "intake",
        ("submission_status", *FILED),
        "Elke regel die binnenkwam is aanvaard of afgekeurd; wat is aanvaard staat in de tabellen.",
    ),
    Check(
        "refusals_explained",
        "submission_status",
        "intake",
        ("submission_status", "findings"),
        "Bij elke afgekeurde regel hoort een fout die zegt waarom.",
    ),
    Check("no_errors", "findings", "intake", ("findings",), "Fouten die bedrijven nog moeten herstellen.", "warning"),
    Check(
        "all_sites_placed",
        "site_place",
        "demand",
        ("site_place",),
        "Van elke vestiging die meetelt is de provincie bekend.",
        "warning",
    ),
    Check(
        "all_rows_converted",
        "site_demand",
        "demand",
        ("site_demand", "energy_demand"),
        "Elke aanvaarde regel energievraag telt één keer mee en is omgerekend.",
    ),
    Check(
        "sites_make_municipalities",
        "municipality_demand",
        "demand",
        ("site_demand", "municipality_demand"),
        "De vestigingen tellen op tot de gemeenten, tot op de laatste decimaal.",
    ),
    Check(
        "municipalities_make_provinces",
        "province_demand",
        "demand",
        ("municipality_demand", "province_demand"),
        "De gemeenten tellen op tot de provincies, tot op de laatste decimaal.",
    ),
    Check(
        "provinces_make_nation",
        "national_demand",
        "demand",
        ("province_demand", "national_demand"),
        "De provincies tellen op tot Nederland, tot op de laatste decimaal.",
    ),
    Check(
        "pmiek_equals_demand",
        "pmiek_energy_demand",
        "pmiek",
        ("pmiek_energy_demand", "province_demand"),
        "De pMIEK-tabel is gelijk aan de vraag per provincie; alle sectoren samen zijn de som.",
    ),
    Check(
        "certainties_make_plans",
        "pmiek_energy_demand",
        "pmiek",
        ("pmiek_energy_demand", "site_path"),
        "Wat projecten in de plannen toevoegen is per zekerheid samen hetzelfde, en dat van de vestigingen.",
    ),
    Check(
        "all_provinces_there",
        "pmiek_energy_demand",
        "pmiek",
        ("pmiek_energy_demand",),
        "Alle twaalf provincies staan in de tabel, ook zonder opgave.",
    ),
    Check(
        "power_equals_contracts",
        "pmiek_power_demand",
        "pmiek",
        ("pmiek_power_demand", "connection", "site_demand", "flexibility"),
        "Het vermogen in de tabel is dat van alle aansluitingen en vestigingen samen, op elk moment.",
    ),
    Check(
        "projects_complete",
        "pmiek_projects",
        "pmiek",
        ("pmiek_projects", "site_project"),
        "Elk aanvaard project telt op elk niveau één keer mee, met al zijn cijfers.",
    ),
    Check(
        "conversion_complete",
        "pmiek_conversion",
        "pmiek",
        ("pmiek_conversion", "site_project"),
        "Elk aanvaard project staat één keer bij zijn techniek en energiedragers, met al zijn cijfers.",
    ),
    Check(
        "coverage_balances",
        "pmiek_coverage",
        "pmiek",
        ("pmiek_coverage", "expected", "invitations"),
        "Wie is uitgenodigd heeft ingediend of ontbreekt, en de aantallen zijn die van de lijst.",
    ),
    Check(
        "estimates_capped",
        "pmiek_energy_demand",
        "pmiek",
        ("pmiek_energy_demand", "province_demand", "estimated_demand"),
        "Een cijfer staat er, tenzij er te veel van is geschat; wat is geschat staat ernaast.",
    ),
    Check(
        "combined_adds_up",
        "pmiek_combined_demand",
        "pmiek",
        ("pmiek_combined_demand",),
        "Alle sectoren samen zijn de delen die meetellen, met de industrie één keer.",
    ),
    Check(
        "combined_equals_sources",
        "pmiek_combined_demand",
        "pmiek",
        ("pmiek_combined_demand", "site_demand", "other_demand"),
        "Elk deel is gelijk aan wat bedrijven opgaven of wat is geladen.",
    ),
    Check(
        "projects_once",
        "site_project",
        "demand",
        ("site_project", "project"),
        "Elk aanvaard project staat er één keer en is omgerekend; wegen maakt een toename nooit groter.",
    ),
    Check(
        "steps_make_projects",
        "site_project_step",
        "demand",
        ("site_project_step", "site_project"),
        "De stappen van elk project zijn samen zijn hele verandering, en het komt één keer in gebruik.",
    ),
    Check(
        "path_adds_up",
        "site_path",
        "demand",
        ("site_path", "site_project_step", "site_demand"),
        "Basisjaar, projecten en onverklaard zijn samen het plan, en geen project of plan is weg of dubbel.",
    ),
    Check(
        "path_equals_sites",
        "pmiek_project_path",
        "pmiek",
        ("pmiek_project_path", "site_path"),
        "Het pad per provincie is de som van de vestigingen; de zekerheden zijn samen alle projecten.",
    ),
    Check(
        "dependent_demand_complete",
        "pmiek_dependent_demand",
        "pmiek",
        ("pmiek_dependent_demand", "site_project_step"),
        "Elk project staat één keer bij alle projecten en bij alles waarvan het afhangt.",
    ),
    Check(
        "connections_complete",
        "site_connection",
        "demand",
        ("site_connection", "connection"),
        "Elke aanvaarde aansluiting telt één keer mee, en een vestiging heeft per energiedrager één hoofdaansluiting.",
    ),
    Check(
        "areas_make_provinces",
        "pmiek_area_demand",
        "pmiek",
        ("pmiek_area_demand", "site_demand", "site_connection", "pmiek_power_demand"),
        "Gemeenten, bedrijventerreinen, onderstations en netbeheerders tellen elk op tot dezelfde provincie.",
    ),
    Check(
        "gas_equals_demand",
        "pmiek_gas_heat_co2",
        "pmiek",
        ("pmiek_gas_heat_co2", "site_demand", "site_connection"),
        "De tabel is per provincie en energiedrager gelijk aan de vraag, en per transporteur aan de aansluitingen; de"
        " zekerheden tellen op tot alle projecten.",
    ),
    Check(
        "hydrogen_equals_demand",
        "pmiek_hydrogen_branches",
        "pmiek",
        ("pmiek_hydrogen_branches", "site_demand", "pmiek_gas_heat_co2"),
        "De gemeenten tellen op tot de waterstof van de provincie.",
    ),
    Check(
        "bottlenecks_complete",
        "pmiek_bottlenecks",
        "pmiek",
        ("pmiek_bottlenecks", "site_bottleneck", "bottleneck"),
        "Elk aanvaard knelpunt telt één keer mee in zijn cel, en één keer in elk totaal.",
    ),
    Check(
        "waiting_counted_once",
        "pmiek_bottlenecks",
        "pmiek",
        ("pmiek_bottlenecks", "bottleneck", "project", "site_place"),
        "Een project waarop meer knelpunten wachten telt één keer mee in een cel.",
    ),
    Check(
        "help_is_a_case_or_counted",
        "case_candidates",
        "pmiek",
        ("case_candidates", "pmiek_bottlenecks"),
        "Een knelpunt met een hulpvraag staat in één kandidaat-casus, of is geteld als zonder toestemming.",
    ),
    Check(
        "changes_add_up",
        "round_change",
        "pmiek",
        ("round_change", "site_demand", "previous_site_demand"),
        "De redenen tellen op tot het verschil, en het verschil is dat van de twee rondes.",
    ),
    Check(
        "supply_equals_demand",
        "pmiek_supply",
        "pmiek",
        ("pmiek_supply", "site_demand"),
        "De levering in de tabel is die van alle vestigingen samen, in elke eenheid.",
    ),
    Check(
        "storage_complete",
        "pmiek_storage",
        "pmiek",
        ("pmiek_storage", "flexibility", "site_place"),
        "De opslag in de tabel is die van alle vestigingen; de soorten opwek tellen op tot het geheel.",
    ),
    Check(
        "nothing_promised_twice",
        "area_opportunities",
        "pmiek",
        ("area_opportunities", "site_demand"),
        "Wat op elkaar past is nooit meer dan aanbod of vraag, en niets is twee keer meegeteld.",
    ),
)
