"""The commands that release protected tables, look at them beforehand, and attack what was released."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import dagster as dg

from assets.disclosure.audit import AuditFailure
from assets.disclosure.lp import SolverFailure
from assets.disclosure.rules import Rules, RulesError, TierRules
from assets.known_rounds import known_rounds, only_open
from assets.recipes import MissingTable
from assets.release.advice import advise
from assets.release.again import audited, remembered
from assets.release.facts import Stream, read_facts, streams
from assets.release.holdings import contradicting, holdings
from assets.release.known import NAME as OPERATOR_SITES
from assets.release.known import knowledge
from assets.release.ladder import Rung, choose
from assets.release.ledger import OPERATOR, PUBLIC, Released, in_force, releases, taken_step
from assets.release.levels import levels_of
from assets.release.operators import operator_facts
from assets.release.retract import RetractError, day, in_place, retract
from assets.release.scan import scan, secrets_of
from assets.release.table import with_unit
from assets.release.waivers import waivers_in_force
from assets.rounds import Round, read_round, today
from assets.store import DataFolder, read_table
from blueprint.disclosure import Product, disclosure
from blueprint.load import blueprint
from pipelines.cli import show
from pipelines.cli.run import run_job
from pipelines.settings import disclosure_rules, prepare_dagster_home

CONFIDENTIAL = "Vertrouwelijk: alleen voor de analist."


def one_round(data: DataFolder, name: str | None) -> Round:
    """The round that was asked for, else the only open one; raises RoundError."""
    return read_round(data.round_folder(name)) if name else only_open(known_rounds(data))


def _explained(command: Callable[..., int]) -> Callable[..., int]:
    """The command, with code 2 and a sentence when the rules cannot be read or the round was never run."""

    @wraps(command)
    def call(data: DataFolder, name: str | None, *given: Any, **named: Any) -> int:
        try:
            return command(data, name, *given, **named)
        except RulesError as error:
            show.complain(str(error))
        except SolverFailure:
            show.complain("De rekenmachine vond geen zeker antwoord bij het beschermen. Er is niets vrijgegeven.")
        except MissingTable:
            round_name = one_round(data, name).round
            show.complain(
                f"Ronde {round_name} is nog niet doorgerekend, of met een eerdere Blueprint."
                f" Doe eerst: pces run --round {round_name}"
            )
        return 2

    return call


@_explained
def make_release(data: DataFolder, name: str | None, sure: bool) -> int:
    """Make the next release of a round, after a trial and a question; 0 when it was released, 1 when not."""
    settings = one_round(data, name)
    # Before anything is begun: in the job they are asked for again.
    rules = disclosure_rules()
    if not sure and not (_tried(data, settings, rules) and show.is_sure("Vrijgeven?")):
        show.say("Er is niets vrijgegeven.")
        return 1
    prepare_dagster_home(data)
    from pipelines.jobs import publish

    with dg.DagsterInstance.get() as instance:
        if not run_job(data, settings, instance, publish.name):
            return 1
    released = releases(data, settings.round)[-1]
    _summary(data, settings, released.number, released.note)
    show.say(f"Openbare bestanden: {show.place(released.folder / PUBLIC)}")
    show.say(f"Per netbeheerder, alleen voor hem: {show.place(released.folder)}/{OPERATOR}*")
    show.say(f"Controleren: pces audit disclosure --round {settings.round}")
    return 0


@_explained
def try_release(data: DataFolder, name: str | None) -> int:
    """Show what the next release of a round would be; 0 when it could be released, 1 when not."""
    settings = one_round(data, name)
    if not _tried(data, settings, disclosure_rules()):
        return 1
    show.say("Dit was een proef: er is niets vrijgegeven.")
    return 0


def _tried(data: DataFolder, settings: Round, rules: TierRules) -> bool:
    """Say what a release of today would show; whether it would be safe."""
    from assets.release.make import ReleaseError, release

    try:
        with show.err.status("Proef: beschermen en controleren, zonder iets vrij te geven"):
            report = release(data, settings, rules, today(), is_trial=True)
    except ReleaseError as error:
        show.complain(str(error))
        return False
    _summary(data, settings, report.number, dataclasses.asdict(report))
    show.say("Wat openbaar is, blijft bekend en telt voor altijd mee.")
    return True


def _summary(data: DataFolder, settings: Round, number: int, made: Mapping[str, Any]) -> None:
    show.out.rule(f"Vrijgave {number} van ronde {settings.round}", align="left")
    rows = []
    for name, proof in sorted(made["proofs"].items()):
        if blueprint().tables[name].kind != "public":
            continue
        title, step = blueprint().tables[name].title, made["steps"].get(name, "aantallen in klassen")
        step, carried = step if proof["cells"] else "niets opgegeven", made["carried"].get(name, 0)
        rows.append((title, step, f"{proof['shown']} van {proof['cells']}", str(carried), str(proof["misses"])))
    headings = ("Tabel", "Fijnheid", "Cijfers getoond", "Eerder cijfer", "Missers")
    show.table("Openbaar", headings, rows, numbers=(2, 3, 4))
    if made.get("same_as"):
        show.say(f"Alle openbare cijfers zijn dezelfde als in vrijgave {made['same_as']}.")
    if any(made["carried"].values()):
        show.say(
            "Eerder cijfer: niet vernieuwd, want het verschil zou een bedrijf verraden. Samen wijzen ze aan waar iets"
            " veranderde: weeg dat voor u publiceert."
        )
    if number := contradicting(data, settings):
        many = show.counted(number, "concern is", "concerns zijn")
        show.say(f"{many} samengesteld uit opgaven die elk een ander concern noemen: zij tellen als één.")
    operators = made["operators"]
    if operators:
        label = blueprint().codes["grid_operators"].label
        lines = [
            (label(name), str(agreed), str(agreed - held), str(held))
            for name, (agreed, held) in sorted(operators.items())
        ]
        headings = ("Netbeheerder", "Stemden toe", "Getoond", "In de rest")
        show.table("Per netbeheerder: vestigingen", headings, lines, numbers=(1, 2, 3))
        show.say("In de rest: zonder die vestiging zou uit de openbare cijfers een ander bedrijf te herkennen zijn.")


@_explained
def show_ladder(data: DataFolder, name: str | None) -> int:
    """Print the ladder of every public table with what would stay to be seen."""
    settings = one_round(data, name)
    earlier = releases(data, settings.round)
    for table, product, given, rules in _products(data, settings):
        choice = choose(given, product, disclosure(), rules)
        taken = taken_step(earlier, table) or choice.step
        rows = [_rung(rung, rung.step == taken) for rung in choice.rungs]
        headings = ("Fijnheid", "Waarde te zien", "Cijfers te zien", "")
        show.table(blueprint().tables[table].title, headings, rows, numbers=(1, 2), wrap=(0,))
        show.say()
    agreed = disclosure()
    show.say(
        f"Genoeg is {show.number(agreed.value_percent)}% van de waarde en {show.number(agreed.cell_percent)}% van de"
        " cijfers, over het basisjaar en het plan, elk jaar op zich. 'Hooguit': zonder wat mee moet verdwijnen is het"
        " al te weinig. Een vrijgave toont minder dan hier staat: wat jaren, scenario's en eerdere vrijgaven samen"
        " zouden verraden, gaat er nog af."
    )
    show.say(CONFIDENTIAL)
    return 0


def _products(data: DataFolder, settings: Round) -> Iterator[tuple[str, Product, list[Stream], Rules]]:
    """Every public table with its streams as they would be released today, and the rules."""
    rules, waivers = disclosure_rules().public, waivers_in_force(data, settings, today())
    before = releases(data, settings.previous_round) if settings.previous_round else []
    about = knowledge(operator_facts(data, settings), [*before, *releases(data, settings.round)])
    for table, product in disclosure().products.items():
        given = about.added(table, streams(read_facts(data, settings, table, rules), table, waivers))
        yield table, product, given, with_unit(rules, product)


def _rung(rung: Rung, is_taken: bool) -> tuple[str, str, str, str]:
    most = "" if rung.exact else "hooguit "
    value, cells = (f"{most}{show.number(share)}%" for share in (rung.value_percent, rung.cell_percent))
    return rung.step.name, value, cells, "gekozen" if is_taken else ""


@_explained
def show_waivers(data: DataFolder, name: str | None, most: int) -> int:
    """Print whose consent to be recognised would show how much more."""
    settings = one_round(data, name)
    earlier, known = releases(data, settings.round), holdings(data, settings)
    names: dict[str, set[str]] = {}
    for row in read_table(data, "company", settings.round).to_pylist():
        names.setdefault(known[row["kvk_number"]], set()).add(row["company_name"])
    for table, product, given, rules in _products(data, settings):
        step = taken_step(earlier, table) or choose(given, product, disclosure(), rules).step
        rows = [
            (", ".join(sorted(names[one.holding])), str(one.cells), f"{show.number(one.value_percent, 1)}%")
            for one in advise(given, step, rules, most)
        ]
        headings = ("Bedrijf of concern", "Cijfers erbij", "Van de waarde")
        show.table(f"{blueprint().tables[table].title}: {step.name}", headings, rows, numbers=(1, 2), wrap=(0,))
        show.say()
    show.say("Een bovengrens: wat mee moet verdwijnen is er niet af. Toestemming: doel 'Herkenbaar publiceren'.")
    show.say(f"{CONFIDENTIAL} Wie toestemt of niet, verraadt wie er achter een cijfer zit.")
    return 0


@_explained
def show_audit(data: DataFolder, name: str | None, number: int | None) -> int:
    """Attack the files of a release as they are now; 0 when nothing was found, 1 when something was."""
    settings = one_round(data, name)
    known = releases(data, settings.round)
    found = in_force(known) if number is None else [one for one in known if one.number == number]
    if not found:
        none = f"Ronde {settings.round} heeft {f'geen vrijgave {number}' if number else 'geen vrijgave die nog geldt'}."
        show.complain(f"{none} Vrijgeven: pces release --round {settings.round}")
        return 2
    one = found[-1]
    try:
        proofs = audited(data, settings, one, disclosure_rules())
        secrets = secrets_of(data, settings)
        scanned, kept = scan([one.folder / PUBLIC], secrets), scan([data.dagster_home], secrets)
    except (SolverFailure, AuditFailure):
        show.complain("De controle kon niet vaststellen dat deze vrijgave veilig is. Zie haar als onveilig.")
        return 1
    rows = []
    for table, proof in proofs.items():
        facts = dataclasses.asdict(proof)
        shown = (
            facts[key] for key in ("cells", "shown", "primaries", "complements", "bounds", "insiders", "differences")
        )
        worst = show.number(100 * min(proof.worst, 1.0), 1)
        rows.append((blueprint().tables[table].title, *map(show.number, shown), f"{worst}%", str(proof.misses)))
    headings = (
        "Tabel", "Cijfers", "Getoond", "Onveilig", "Mee verborgen", "Grenzen", "Insiders", "Verschillen",
        "Krapste grens", "Missers",
    )  # fmt: skip
    title = f"Aanval op vrijgave {one.number} van ronde {settings.round}"
    show.table(title, headings, rows, numbers=range(1, len(headings)))
    _say_levels(data, settings, one)
    for what, some in (("Openbare bestanden", scanned), ("Opslag en logboeken van Dagster", kept)):
        size = f"{some.files} bestanden, {show.number(some.bytes)} bytes"
        show.say(f"{what}: {size} doorzocht; in {show.counted(len(some.found), 'bestand', 'bestanden')} iets gevonden.")
    for table, proof in proofs.items():
        for reason in proof.reasons:
            show.complain(f"{blueprint().tables[table].title}: {reason}")
    for path, hits in (*scanned.found, *kept.found):
        show.complain(f"{path.name}: {hits} verschillende namen, nummers of bedragen van bedrijven.")
    show.say(CONFIDENTIAL)
    if not all(proof.safe for proof in proofs.values()) or scanned.found:
        show.say("Er is iets gevonden: publiceer deze bestanden niet, en haal ze weg waar ze al staan.")
        return 1
    if kept.found:
        show.say(
            "De openbare bestanden zijn goed. In wat Dagster op deze machine bewaart staat iets van een bedrijf: meld"
            " dit, en deel die bestanden met niemand."
        )
        return 1
    show.say("Niets gevonden.")
    return 0


def _say_levels(data: DataFolder, settings: Round, one: Released) -> None:
    """How much of each level of each table is shown."""
    fields = blueprint().fields
    before = releases(data, settings.previous_round) if settings.previous_round else []
    earlier = [*before, *(other for other in releases(data, settings.round) if other.number < one.number)]
    about = knowledge(one.facts(OPERATOR_SITES), earlier)
    rows = [
        (
            blueprint().tables[level.table].title,
            " × ".join(fields[name].title for name in level.dimensions) or "Nederland",
            f"{show.number(level.shown)} van {show.number(level.cells)}",
            f"{show.number(level.value_percent, 1)}%",
        )
        for level in levels_of(one, remembered(one, about))
    ]
    headings = ("Tabel", "Niveau", "Cijfers getoond", "Waarde getoond")
    show.table("Getoond per niveau, over alle jaren en plannen", headings, rows, numbers=(2, 3))


def take_back(data: DataFolder, name: str | None, number: int, reason: str, by: str, sure: bool) -> int:
    """Take a release out of what is served, after a question; 0 when that is done, 1 when not, 2 when it cannot."""
    settings = one_round(data, name)
    try:
        in_place(data, settings, number)
        show.say("Intrekken haalt de bestanden weg, niet wat mensen al hebben. Het kan niet ongedaan worden gemaakt.")
        if not sure and not show.is_sure(f"Vrijgave {number} van ronde {settings.round} intrekken?"):
            show.say("Er is niets ingetrokken.")
            return 1
        done = retract(data, settings, number, reason, by, today())
    except RetractError as error:
        show.complain(str(error))
        return 2
    show.say(f"Vrijgave {number} van ronde {settings.round} is ingetrokken op {day(done.release.retracted_on or '')}.")
    show.say(f"De bestanden zijn bewaard, vertrouwelijk: {show.place(done.kept)}")
    for pages in done.pages:
        show.say(f"Weggehaald, want uit deze vrijgave gemaakt: {show.place(pages)}")
    if done.operators:
        label = blueprint().codes["grid_operators"].label
        show.say(f"Vraag wie ze kreeg om ze te verwijderen: {', '.join(label(one) for one in done.operators)}.")
    show.say("Haal ze ook weg waar u ze zelf heen bracht, zoals een website. Wat openbaar was, telt als bekend.")
    show.say(f"Opnieuw vrijgeven: pces release --round {settings.round}")
    return 0
