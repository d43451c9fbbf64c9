"""What is wrong or odd in a round ends on the safe side, and is said in Dutch."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from assets.disclosure import audit, lp
from assets.disclosure.audit import AuditFailure
from assets.disclosure.lp import SolverFailure
from assets.disclosure.suppress import Unprotectable
from assets.records import DamagedRecord
from assets.release import make, prove, renew
from assets.release.figures import Figure
from assets.release.make import ReleaseError, release
from assets.release.operators import consenting
from assets.release.waivers import Scope, Waivers, waivers_in_force
from assets.store import DataFolder
from tests.assets.release.attacks import (
    COUNTRY,
    all_streams,
    implied_sums,
    insiders,
    margins,
    operator_rows,
    operators,
    read,
    waived,
)
from tests.assets.release.made import (
    PROVINCES,
    RECOGNISED,
    SETTINGS,
    SITE,
    TIERS,
    TODAY,
    Site,
    folder,
    random_sites,
    released,
    simple,
    write,
)

ENERGY = "public_energy_demand"
ELECTRICITY = ("offtake", 2023, "base")
NATION = (*COUNTRY[:4], "electricity", None)
MANY = [simple(number, 10.0 + number) for number in range(6)]


def nothing_left(data: DataFolder) -> bool:
    """Neither a release, nor one that was being made, nor a note of it."""
    places = [data.root / "releases", data.ledger(SETTINGS.round)]
    return not [path for place in places for path in place.rglob("*") if path.is_file() and path.suffix != ".lock"]


def safe(path: Path, sites: list[Site]) -> bool:
    law = waived(sites)
    attacks = (margins, implied_sums, insiders)
    return not operators(path, sites, law) and not any(
        all_streams(path, sites, lambda given, attack=attack: attack(given, law)) for attack in attacks
    )


def national(path: Path) -> str:
    figures = read(path, ENERGY)[ELECTRICITY]
    return figures.get(NATION, figures.get(COUNTRY)).status  # type: ignore[union-attr]


def test_firm_with_two_numbers_in_one_group_counts_once(tmp_path: Path) -> None:
    apart = [simple(1, 9.0), simple(2, 10.0), simple(3, 11.0)]
    assert national(released(folder(tmp_path, "apart"), apart).folder) == "shown"
    same = [replace(apart[0], group="70000001"), replace(apart[1], group="70000001"), apart[2]]
    assert national(released(folder(tmp_path, "same"), same).folder) == "withheld"


def test_without_a_group_a_firm_is_its_own(tmp_path: Path) -> None:
    sites = [replace(simple(1, 9.0), site=f"V{at}") for at in range(5)]
    assert national(released(folder(tmp_path), [*sites, simple(2, 9.0)]).folder) == "withheld"


@pytest.mark.parametrize(
    "sites",
    [
        [simple(number, 0.0) for number in range(2)],
        [*MANY, simple(50, 0.0, province="PV20"), simple(51, 0.0, province="PV20")],
        [simple(at, 10.0 + at, province=province) for at, province in enumerate(PROVINCES)],
        [simple(1, 5.0)],
        [replace(simple(at, 10.0 + at), province=None) for at in range(2)] + MANY[2:],
        [simple(at, value) for at, value in enumerate((1e11, 2e11, 1.5e11, 1e-3, 2e-3, 3e-3))],
        [simple(at, value, "heat" if at % 2 else "steam") for at, value in enumerate((1e8, 2e8, 1.5e8, 1e-3, 2e-3))],
    ],
    ids=["zeros", "zeros of two", "one firm per province", "one firm", "no province", "large and small", "apart"],
)
def test_odd_rounds_are_safe(sites: list[Site], tmp_path: Path) -> None:
    path = released(folder(tmp_path), sites).folder
    assert safe(path, sites)


def test_province_with_nothing_stands_there(tmp_path: Path) -> None:
    sites = random_sites(3, 30, 2)
    figures = read(released(folder(tmp_path), sites).folder, ENERGY)[ELECTRICITY]
    zeeland = [figure.status for key, figure in figures.items() if key[0] == "PV29"]
    assert set(zeeland) <= {"not_filed"}


def test_nobody_filed(tmp_path: Path) -> None:
    made = released(folder(tmp_path), [])
    assert made.proofs[ENERGY].shown == 0
    assert read(made.folder, ENERGY) == {}


def test_consent_past_its_date_or_of_another(tmp_path: Path) -> None:
    data = folder(tmp_path)
    past = replace(MANY[0], agrees=(SITE, RECOGNISED), until=dt.date(2026, 5, 31))
    still = replace(MANY[1], agrees=(SITE, RECOGNISED), until=TODAY)
    sites = [past, still, *MANY[2:]]
    write(data, sites)
    assert consenting(data, SETTINGS, TODAY) == {f"s{still.kvk} {still.site}"}
    assert waivers_in_force(data, SETTINGS, TODAY).of(ENERGY, 2030) == {still.kvk}
    assert waivers_in_force(data, SETTINGS, TODAY + dt.timedelta(days=1)).of(ENERGY, 2030) == frozenset()
    rows = operator_rows(released(data, sites).folder)["stedin"]
    assert past.kvk not in {row["kvk_number"] for row in rows}


def test_group_agrees_only_when_all_its_firms_do(tmp_path: Path) -> None:
    data = folder(tmp_path)
    group = [replace(one, group="70000001") for one in MANY[:2]]
    write(data, [replace(group[0], agrees=(RECOGNISED,)), group[1], *MANY[2:]])
    assert waivers_in_force(data, SETTINGS, TODAY).of(ENERGY, 2030) == frozenset()
    write(data, [replace(one, agrees=(RECOGNISED,)) for one in group])
    assert waivers_in_force(data, SETTINGS, TODAY).of(ENERGY, 2030) == {min(one.kvk for one in group)}


SOME = Scope(frozenset({ENERGY}), 2025, 2030)


def test_waiver_holds_in_its_tables_and_years_only() -> None:
    waivers = Waivers({"all": (Scope(),), "some": (SOME,), "both": (SOME, Scope(None, 2030, None))})
    assert waivers.of(ENERGY, 2030) == {"all", "some", "both"}
    assert waivers.of(ENERGY, 2025) == {"all", "some"}
    assert waivers.of(ENERGY, 2035) == waivers.of("public_power_demand", 2030) - {"both"} == {"all"}
    assert waivers.of("public_storage", None) == waivers.of(ENERGY, None) == {"all"}
    assert Waivers.from_json(waivers.to_json()) == waivers


def test_group_waives_only_where_all_its_firms_do(tmp_path: Path) -> None:
    """One for the base year, one for all; nobody for a table that neither named."""
    data = folder(tmp_path)
    group = [replace(one, group="70000001", agrees=(RECOGNISED,)) for one in MANY[:2]]
    group[0] = replace(group[0], scope=(f"{ENERGY};public_storage", None, 2023))
    group[1] = replace(group[1], scope=(ENERGY, 2020, None))
    write(data, [*group, *MANY[2:]])
    found, holding = waivers_in_force(data, SETTINGS, TODAY), {min(one.kvk for one in group)}
    assert found.of(ENERGY, 2023) == holding
    assert found.of(ENERGY, 2030) == found.of("public_storage", 2023) == found.of("public_storage", None) == set()


def test_waiver_unlocks_the_figures_of_its_scope_alone(tmp_path: Path) -> None:
    """One large firm among small ones: who recognises it in the base year does not in the plan."""
    uses = {("electricity", *ELECTRICITY): (500.0, 9000.0), ("electricity", "offtake", 2030, "plan"): (500.0, 9000.0)}
    large = replace(simple(1, 500.0), uses=uses, agrees=(RECOGNISED,), scope=(ENERGY, 2023, 2023))
    small = [
        replace(one, uses={use: amounts for year in uses for use, amounts in ((year, (10.0, 200.0)),)})
        for one in (simple(at, 10.0) for at in range(2, 6))
    ]
    path = released(folder(tmp_path), [large, *small]).folder
    figures = read(path, ENERGY)
    assert figures[ELECTRICITY][COUNTRY].status == "shown"
    assert figures["offtake", 2030, "plan"][COUNTRY].status == "withheld"
    assert {one[None, None].status for one in read(path, "public_power_demand").values()} == {"withheld"}


def test_consent_of_a_firm_that_is_not_there_unlocks_nothing(tmp_path: Path) -> None:
    data = folder(tmp_path)
    write(data, [*MANY, replace(simple(77, 1.0), uses={}, agrees=(RECOGNISED, SITE))])
    made = release(data, SETTINGS, TIERS, TODAY)
    assert safe(made.folder, MANY)
    assert "60000077" not in {row["kvk_number"] for rows in operator_rows(made.folder).values() for row in rows}


def test_infeasible_beside_what_was_released_carries_forward(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No pattern protects what is new beside what is known: then nothing is renewed, and the old figures stay."""
    data = folder(tmp_path)
    sites = [replace(one, uses={use: (a * 1.5, b * 1.5) for use, (a, b) in one.uses.items()}) for one in MANY]
    released(data, MANY)

    def impossible(*_: object, **__: object) -> None:
        raise Unprotectable([0])

    monkeypatch.setattr(renew, "protect_stream", impossible)
    made = released(data, sites)
    assert made.nothing_new[ENERGY] == 1
    assert {f.status for f in read(made.folder, ENERGY)[ELECTRICITY].values()} <= {
        "carried_forward",
        "withheld",
        "not_filed",
    }
    assert national(made.folder) == "carried_forward"


def _raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("where", "name", "error"),
    [
        (renew, "protect_stream", SolverFailure("kTimeLimit")),
        (prove, "audit", AuditFailure("kUnknown")),
        (make, "shared", SolverFailure("kTimeLimit")),
        (make, "shared", AuditFailure("kUnknown")),
    ],
)
def test_solver_without_an_answer_releases_nothing(
    where: object, name: str, error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = folder(tmp_path)
    sites = random_sites(5, 20, 2)
    monkeypatch.setattr(where, name, _raising(error))
    with pytest.raises(ReleaseError, match=r"Er is niets vrijgegeven\.$") as refused:
        released(data, sites)
    assert nothing_left(data)
    assert not any(one.kvk in str(refused.value) for one in sites)
    assert "kTimeLimit" not in str(refused.value)


def test_leak_that_is_found_in_the_written_files_releases_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever makes the pattern forgets to withhold: the proof refuses."""
    data = folder(tmp_path)
    sites = random_sites(5, 20, 2)
    real = make.public_rows

    def telling(name, number, settings, step, given, figures, columns):  # type: ignore[no-untyped-def]
        shown = [{key: Figure("shown", f.value or Decimal(12), "0-2") for key, f in some.items()} for some in figures]
        return real(name, number, settings, step, given, shown, columns)

    monkeypatch.setattr(make, "public_rows", telling)
    with pytest.raises(ReleaseError, match="De controle vond iets dat niet naar buiten mag"):
        released(data, sites)
    assert nothing_left(data)


def test_earlier_release_that_is_damaged_stops_the_next(tmp_path: Path) -> None:
    data = folder(tmp_path)
    made = released(data, MANY)
    file = made.folder / "openbaar" / f"{ENERGY}.parquet"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(DamagedRecord, match="reservekopie"):
        released(data, MANY)
    assert not (data.release(SETTINGS.round, 2)).exists()


@pytest.mark.parametrize("lost", [1, 2])
def test_lost_note_of_a_release_stops_the_next_and_overwrites_nothing(lost: int, tmp_path: Path) -> None:
    data = folder(tmp_path)
    released(data, MANY)
    made = released(data, MANY)
    file = made.folder / "openbaar" / f"{ENERGY}.parquet"
    published = file.read_bytes()
    shutil.rmtree(data.ledger(SETTINGS.round) / f"{lost:03}")
    with pytest.raises(DamagedRecord, match="reservekopie"):
        released(data, MANY)
    assert file.read_bytes() == published
    assert not data.release(SETTINGS.round, 3).exists()


@pytest.mark.parametrize("text", ['{"release": 1}', '{"release": 2, "tables": {}, "behind": {}, "steps": {}}', "[]"])
def test_note_that_is_not_of_its_release_stops_the_next(text: str, tmp_path: Path) -> None:
    data = folder(tmp_path)
    released(data, MANY)
    (data.ledger(SETTINGS.round) / "001" / "vrijgave.json").write_text(text, encoding="utf-8")
    with pytest.raises(DamagedRecord, match="reservekopie"):
        released(data, MANY)


@pytest.mark.parametrize("where", [lp, audit])
def test_solver_that_takes_too_long_has_no_answer(
    where: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The programs themselves are stopped: what protects, and what audits."""
    data = folder(tmp_path)
    monkeypatch.setattr(where, "TIME_LIMIT", 0.0)
    with pytest.raises(ReleaseError, match=r"Er is niets vrijgegeven"):
        released(data, random_sites(5, 20, 2))
    assert nothing_left(data)
