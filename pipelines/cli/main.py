"""The commands of `pces` and their options; each hands over to the module that does the work."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assets.files import why
from assets.records import DamagedRecord
from assets.rounds import RoundError
from assets.store import DataFolder
from assets.strategy.document import INTERNAL, PUBLIC, Tier
from blueprint.checks import BlueprintError
from pipelines.cli import show
from pipelines.cli.imports import lasting
from pipelines.cli.tiers import OPERATOR, TierWord
from pipelines.settings import DATA_VARIABLE, DEFAULT_DATA, data_root

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
OPTIONS, COMMAND = "[OPTIES]", "OPDRACHT [ARGUMENTEN]..."
YEAR = "JAAR"

json_option = click.option("--json", "as_json", is_flag=True, help="Uitvoer voor een programma (JSON).")
by_option = click.option("--naam", "--name", "by", required=True, metavar="NAAM", help="Wie dit besluit.")


def round_option(which: str = "Deze ronde (anders de enige open ronde).", *, required: bool = False):
    """The option that names a round, with what it means for a command."""
    return click.option("--round", "--ronde", "name", metavar="NAAM", required=required, help=which)


class Dutch(click.Group):
    """The group of commands: what goes wrong is said in one Dutch sentence, never as a trace-back."""

    group_class = type

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """As click does, with the line of use in Dutch."""
        cmd.options_metavar = OPTIONS
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except (RoundError, DamagedRecord) as error:
            show.complain(str(error))
        except BlueprintError as error:
            show.complain(f"De Blueprint klopt niet. {error}")
        except OSError as error:
            show.complain(f"Lezen of schrijven lukt niet: {why(error)}.")
        except KeyboardInterrupt:
            show.complain("Afgebroken.")
            raise click.exceptions.Exit(130) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            show.complain(_went_wrong(error, ctx.obj))
        raise click.exceptions.Exit(3)


def _went_wrong(error: Exception, data: DataFolder) -> str:
    from sqlalchemy.exc import OperationalError

    from assets.declare import place_of

    if isinstance(error, OperationalError):
        folder = show.place(data.dagster_home)
        return f"De geschiedenis van de runs in {folder} is niet te lezen of te schrijven. Is de schijf vol of op slot?"
    return f"Er ging iets mis in het programma ({type(error).__name__} bij {place_of(error)}). Meld deze regel."


@click.group(cls=Dutch, context_settings=CONTEXT, options_metavar=OPTIONS, subcommand_metavar=COMMAND)
@click.option(
    "--data",
    metavar="MAP",
    envvar=DATA_VARIABLE,
    help=f"Map met de gegevens (anders {DATA_VARIABLE}, anders ./{DEFAULT_DATA}).",
)
@click.pass_context
def main(ctx: click.Context, data: str | None) -> None:
    """Van bedrijfsopgaven naar provinciale cluster-energiestrategieën (pCES) en pMIEK-tabellen."""
    ctx.obj = DataFolder(data_root(data))


@main.command()
@click.option(
    "--ronde",
    "--which",
    "which",
    type=click.Choice(["voorbeeld", "open-data", "alles"]),
    default="alles",
    help="Welke voorbeeldronde.",
)
@click.option("--if-empty", "if_empty", is_flag=True, help="Alleen als er nog geen enkele ronde is.")
@click.pass_obj
def sample(data: DataFolder, which: str, if_empty: bool) -> None:
    """Zet voorbeeldrondes klaar in data/raw."""
    from pipelines.cli.rounds import write_samples

    if not (if_empty and data.rounds()):
        write_samples(data, which)


@main.group("round", subcommand_metavar=COMMAND)
def round_() -> None:
    """Een ronde openen of sluiten."""


@round_.command("open")
@click.argument("naam")
@click.option("--titel", "--title", "title", default="", metavar="TEKST", help="Naam zoals mensen de ronde noemen.")
@click.option("--deadline", metavar="JJJJ-MM-DD", help="Laatste dag om in te dienen.")
@click.option("--contact", default="", metavar="TEKST", help="Waar bedrijven met vragen terechtkunnen.")
@click.option("--basisjaar", "--base-year", "base_year", type=int, metavar=YEAR, help="Basisjaar van het verbruik.")
@click.option("--jaren", "--years", "years", metavar="J,J,...", help="Jaren waarvoor plannen worden gevraagd.")
@click.option(
    "--gemeente-indeling",
    "--geography-year",
    "geography_year",
    type=int,
    metavar=YEAR,
    help="Jaar van de gemeente-indeling.",
)
@click.option(
    "--vorige", "--previous", "previous_round", metavar="NAAM", help="Ronde waarmee de opgaven worden vergeleken."
)
@click.pass_obj
def open_(data: DataFolder, naam: str, **given: str | int | None) -> None:
    """Open ronde NAAM; de instellingen komen in data/raw/NAAM/round.yaml. Een gesloten ronde gaat weer open."""
    from pipelines.cli.rounds import open_round

    open_round(data, naam, given)


@round_.command("close")
@click.argument("naam")
@click.pass_obj
def close_(data: DataFolder, naam: str) -> None:
    """Sluit ronde NAAM: zij wordt niet meer vanzelf doorgerekend. Er wordt niets verwijderd."""
    from pipelines.cli.rounds import close_round

    close_round(data, naam)


@main.command()
@click.pass_obj
def rounds(data: DataFolder) -> None:
    """Toon alle rondes."""
    from pipelines.cli.rounds import show_rounds

    show_rounds(data)


@main.command()
@round_option("Alleen deze ronde (anders alle open rondes).")
@click.pass_obj
def run(data: DataFolder, name: str | None) -> None:
    """Reken rondes door: van de bestanden tot en met de pMIEK-tabellen."""
    from assets.intake.beforehand import examining_beforehand

    with examining_beforehand(data.root, name):
        with lasting():
            import pipelines.definitions  # noqa: F401 - asked for later on
            from pipelines.cli.run import run_rounds

        code = run_rounds(data, name)
    sys.exit(code)


@main.command()
@click.argument("bestand", nargs=-1, required=True, type=click.Path(path_type=Path))
@round_option("Controleer met de instellingen van deze ronde.")
@json_option
@click.pass_obj
def check(data: DataFolder, bestand: tuple[Path, ...], name: str | None, as_json: bool) -> None:
    """Controleer bestanden zonder iets te bewaren. Eindigt met code 1 als er een fout is."""
    from pipelines.cli.check import check_files

    sys.exit(check_files(data, bestand, name, as_json))


@main.command()
@click.argument("bestand", nargs=-1, required=True, type=click.Path(path_type=Path))
@round_option("In deze ronde (anders de enige open ronde).")
@json_option
@click.pass_obj
def submit(data: DataFolder, bestand: tuple[Path, ...], name: str | None, as_json: bool) -> None:
    """Dien bestanden in: bewaar ze in de ronde en geef een ontvangstbewijs."""
    from pipelines.cli.submit import submit_files

    sys.exit(submit_files(data, bestand, name, as_json))


@main.command()
@click.argument("nieuw")
@click.argument("oud", required=False)
@round_option("In deze ronde (anders wordt gezocht).")
@json_option
@click.pass_obj
def diff(data: DataFolder, nieuw: str, oud: str | None, name: str | None, as_json: bool) -> None:
    """Toon wat de opgave NIEUW verandert aan de opgave OUD (anders: de vorige van dat bedrijf)."""
    from pipelines.cli.submit import show_changes

    sys.exit(show_changes(data, nieuw, oud, name, as_json))


@main.command()
@click.argument("opgave")
@round_option("In deze ronde (anders wordt gezocht).")
@click.option("--reden", "--reason", "reason", required=True, metavar="TEKST", help="Waarom.")
@by_option
@click.option("--undo", "--herstel", "undo", is_flag=True, help="Maak een eerdere intrekking ongedaan.")
@click.pass_obj
def withdraw(data: DataFolder, opgave: str, name: str | None, reason: str, by: str, undo: bool) -> None:
    """Trek OPGAVE (kenmerk of bestand) in; het bestand blijft bewaard."""
    from pipelines.cli.submit import withdraw_filing

    sys.exit(withdraw_filing(data, opgave, name, reason, by, undo))


@main.command()
@round_option("Met de jaren en de deadline van deze ronde.")
@click.option("--company", "--bedrijf", "company", metavar="KVK", help="Vul in wat dit bedrijf eerder opgaf.")
@click.option(
    "--out",
    "--uit",
    "out",
    metavar="BESTAND",
    required=True,
    type=click.Path(path_type=Path),
    help="Waar het formulier komt: .xlsx, .ods of .zip (CSV).",
)
@click.pass_obj
def template(data: DataFolder, name: str | None, company: str | None, out: Path) -> None:
    """Maak het formulier dat bedrijven invullen."""
    from pipelines.cli.template import make_template

    sys.exit(make_template(data, name, company, out))


@main.command()
@round_option("Alleen deze ronde (anders alle rondes).")
@click.option("--html", "as_page", is_flag=True, help="Maak een pagina (HTML) om te openen of te printen.")
@click.option("--out", metavar="BESTAND", type=click.Path(path_type=Path), help="Schrijf de pagina hier (met --html).")
@click.pass_obj
def status(data: DataFolder, name: str | None, as_page: bool, out: Path | None) -> None:
    """Toon per bestand wat ervan werd, en per provincie wie is uitgenodigd en wie ontbreekt."""
    if as_page or out:
        from pipelines.cli.status import write_pages

        sys.exit(write_pages(data, name, out))
    from pipelines.cli.status import show_status

    show_status(data, name)


@main.command()
@round_option("Alleen deze ronde (anders alle open rondes).")
@click.option("--out", metavar="BESTAND", type=click.Path(path_type=Path), help="Schrijf de pagina hier.")
@click.pass_obj
def cases(data: DataFolder, name: str | None, out: Path | None) -> None:
    """Maak de pagina met kandidaten voor de casusaanpak; zonder rangorde."""
    from pipelines.cli.cases import write_pages

    sys.exit(write_pages(data, name, out))


@main.command()
@round_option()
@click.option("--ja", "--yes", "sure", is_flag=True, help="Zonder proef vooraf en zonder vraag of u het zeker weet.")
@click.option("--proef", "--trial", "is_trial", is_flag=True, help="Laat alleen zien wat er vrij zou komen.")
@click.pass_obj
def release(data: DataFolder, name: str | None, sure: bool, is_trial: bool) -> None:
    """Geef de beschermde tabellen van een ronde vrij, voor iedereen en per netbeheerder."""
    from pipelines.cli.release import make_release, try_release

    sys.exit(try_release(data, name) if is_trial else make_release(data, name, sure))


@main.command("retract")
@click.argument("number", metavar="NUMMER", type=click.IntRange(1))
@round_option()
@click.option("--reden", "--reason", "reason", required=True, metavar="TEKST", help="Waarom; blijft vertrouwelijk.")
@by_option
@click.option("--ja", "--yes", "sure", is_flag=True, help="Zonder vraag of u het zeker weet.")
@click.pass_obj
def retract(data: DataFolder, number: int, name: str | None, reason: str, by: str, sure: bool) -> None:
    """Trek een vrijgave in die niet had mogen uitgaan; wat openbaar was, blijft als bekend meetellen."""
    from pipelines.cli.release import take_back

    sys.exit(take_back(data, name, number, reason, by, sure))


@main.command()
@round_option()
@click.option(
    "--province", "--provincie", "provinces", metavar="NAAM", multiple=True, help="Alleen deze provincie (mag vaker)."
)
@click.option(
    "--tier",
    type=TierWord(PUBLIC, INTERNAL),
    default=PUBLIC,
    metavar="SOORT",
    help="openbaar: alleen wat is vrijgegeven (zonder --tier); vertrouwelijk: alles, alleen voor de analist.",
)
@click.option("--docx", "with_docx", is_flag=True, help="Ook als DOCX, om in uw huisstijl af te maken.")
@click.option("--reviewed", "--nagekeken", "is_reviewed", is_flag=True, help="Uw eigen teksten passen bij de cijfers.")
@click.pass_obj
def strategy(
    data: DataFolder,
    name: str | None,
    provinces: tuple[str, ...],
    tier: Tier,
    with_docx: bool,
    is_reviewed: bool,
) -> None:
    """Maak het document van een provincie (pCES) als HTML en PDF; zonder provincie van alle twaalf."""
    from pipelines.cli.strategy import make

    sys.exit(make(data, name, provinces, tier, with_docx, is_reviewed))


@main.command()
@round_option()
@click.pass_obj
def site(data: DataFolder, name: str | None) -> None:
    """Maak de openbare pagina's van een ronde: een map die van schijf opent en op een webserver kan."""
    from pipelines.cli.strategy import make_pages

    sys.exit(make_pages(data, name))


@main.command()
@round_option()
@click.option("--table", "--tabel", "tables", metavar="TABEL", multiple=True, help="Alleen deze tabel (mag vaker).")
@click.option(
    "--tier",
    type=TierWord(PUBLIC, INTERNAL, OPERATOR),
    default=PUBLIC,
    metavar="SOORT",
    help="openbaar (zonder --tier), vertrouwelijk (voor de analist) of netbeheerder (met --operator).",
)
@click.option("--operator", "--netbeheerder", "operator", default="", metavar="NAAM", help="Voor welke netbeheerder.")
@click.option(
    "--out",
    "--uit",
    "out",
    metavar="BESTAND",
    required=True,
    type=click.Path(path_type=Path),
    help="Waar de werkmap komt (.xlsx).",
)
@click.pass_obj
def export(data: DataFolder, name: str | None, tables: tuple[str, ...], tier: str, operator: str, out: Path) -> None:
    """Schrijf tabellen als Excel-werkmap: een tabblad per tabel, met uitleg."""
    from pipelines.cli.export import write

    sys.exit(write(data, name, tables, OPERATOR if operator else tier, operator, out))


@main.group(subcommand_metavar=COMMAND)
def disclosure() -> None:
    """Kijk vooraf wat openbaar kan worden; vertrouwelijk, alleen voor de analist."""


@disclosure.command("ladder")
@round_option()
@click.pass_obj
def ladder(data: DataFolder, name: str | None) -> None:
    """Toon per openbare tabel hoe fijn zij kan zijn, en hoeveel er dan te zien blijft."""
    from pipelines.cli.release import show_ladder

    sys.exit(show_ladder(data, name))


@disclosure.command("waivers")
@round_option()
@click.option(
    "--most",
    "--hooguit",
    "most",
    type=click.IntRange(1, 200),
    default=10,
    metavar="AANTAL",
    help="Zoveel bedrijven (anders 10).",
)
@click.pass_obj
def waivers_(data: DataFolder, name: str | None, most: int) -> None:
    """Toon van welke bedrijven toestemming om herkenbaar te zijn het meeste zichtbaar zou maken."""
    from pipelines.cli.release import show_waivers

    sys.exit(show_waivers(data, name, most))


@main.group(subcommand_metavar=COMMAND)
def audit() -> None:
    """Val aan wat is vrijgegeven, en zeg wat dat oplevert."""


@audit.command("disclosure")
@round_option()
@click.option(
    "--release", "--vrijgave", "number", type=int, metavar="NUMMER", help="Deze vrijgave (anders de laatste)."
)
@click.pass_obj
def audit_disclosure(data: DataFolder, name: str | None, number: int | None) -> None:
    """Val de bestanden van een vrijgave aan zoals ze er staan. Met een misser is de code 1."""
    from pipelines.cli.release import show_audit

    sys.exit(show_audit(data, name, number))


@main.group(subcommand_metavar=COMMAND)
def expected() -> None:
    """Laad de lijst van bedrijven die voor een ronde zijn uitgenodigd."""


@expected.command("load")
@click.argument("bestand", type=click.Path(path_type=Path))
@round_option("Voor deze ronde (anders de enige open ronde).")
@click.pass_obj
def load_list(data: DataFolder, bestand: Path, name: str | None) -> None:
    """Laad de lijst in BESTAND (xlsx, ods of csv). Met een fout wordt niets geladen en is de code 1."""
    from pipelines.cli.expected import load_expected

    sys.exit(load_expected(data, bestand, name))


@expected.command("template")
@click.option("--out", metavar="BESTAND", required=True, type=click.Path(path_type=Path), help="Waar (.xlsx).")
def template_(out: Path) -> None:
    """Maak een lege lijst om in te vullen, met uitleg."""
    from pipelines.cli.expected import write_empty_list

    sys.exit(write_empty_list(out))


@main.command()
@round_option("Alleen deze ronde (anders alle open rondes).")
@click.option("--indiening", "only", metavar="KENMERK", multiple=True, help="Alleen deze indiening (mag vaker).")
@click.option("--out", "out", metavar="MAP", type=click.Path(path_type=Path), help="Schrijf in deze map.")
@click.pass_obj
def feedback(data: DataFolder, name: str | None, only: tuple[str, ...], out: Path | None) -> None:
    """Maak de terugkoppeling voor bedrijven: een pagina, een gemarkeerde werkmap en JSON per indiening."""
    from pipelines.cli.feedback import make_feedback

    sys.exit(make_feedback(data, name, only, out))


@main.command()
@round_option()
@click.option("--company", "--bedrijf", "company", metavar="KVK", help="Alleen de brief aan dit bedrijf.")
@click.pass_obj
def letters(data: DataFolder, name: str | None, company: str | None) -> None:
    """Maak per bedrijf een brief: wat ervan zijn opgave werd en wat er in zijn gebied is gepland."""
    from pipelines.cli.letters import make

    sys.exit(make(data, name, company))


@main.command()
@round_option("De ronde.", required=True)
@click.option("--rule", "--regel", "rule", metavar="REGEL", help="De regel; zonder regel volgt de lijst.")
@click.option("--indiening", "--submission", "submission", metavar="KENMERK", help="Kenmerk of bestandsnaam.")
@click.option("--reden", "--reason", "reason", metavar="TEKST", help="Waarom de bevinding mag blijven staan.")
@click.option("--naam", "--name", "who", metavar="NAAM", help="Uw naam.")
@click.option("--tot", "--until", "until", metavar="JJJJ-MM-DD", help="Laatste dag waarop dit geldt.")
@click.option("--cel", "--cell", "cell", metavar="TABBLAD!CEL", help="Alleen deze cel, bijvoorbeeld Energievraag!I3.")
@click.option("--intrekken", "--withdraw", "withdraw", is_flag=True, help="Trek een acceptatie in.")
@click.pass_obj
def waive(data: DataFolder, name: str, rule: str | None, who: str | None, withdraw: bool, **given: str | None) -> None:
    """Accepteer een waarschuwing of te versoepelen fout in één indiening, met een reden en een einddatum."""
    from pipelines.cli.waive import show_waivers
    from pipelines.cli.waive import waive as record

    if rule is None:
        show_waivers(data, name)
    else:
        record(data, name, {"rule": rule, "name": who, **given}, withdraw)


@main.group("reference", subcommand_metavar=COMMAND)
def reference_() -> None:
    """Openbare gegevens laden die naast de opgaven komen te staan."""


@reference_.command("load")
@click.argument("tabel")
@click.argument("bestand", type=click.Path(path_type=Path))
@click.option("--bron", "--source", "source", metavar="TEKST", required=True, help="Waar de gegevens vandaan komen.")
@click.pass_obj
def load_reference(data: DataFolder, tabel: str, bestand: Path, source: str) -> None:
    """Laad BESTAND (csv of xlsx) als TABEL, bijvoorbeeld other-demand. Wat erin hoort: pces describe TABEL"""
    from pipelines.cli.reference import load

    sys.exit(load(data, tabel, bestand, source))


@main.command()
@click.argument("naam", required=False)
def describe(naam: str | None) -> None:
    """Leg een tabel, veld, codelijst of regel van de Blueprint uit."""
    from blueprint.describe import describe as text
    from blueprint.load import blueprint

    try:
        show.say(text(blueprint(), naam))
    except KeyError as error:
        show.complain(str(error.args[0]))
        sys.exit(2)


@main.command()
@click.option("--port", "--poort", default=3000, metavar="NUMMER", show_default=True, help="Poort op deze computer.")
@click.pass_obj
def ui(data: DataFolder, port: int) -> None:
    """Open het scherm van Dagster op deze computer."""
    from pipelines.cli.ui import serve

    serve(data, port)
