"""The commands of `pces` and their options; each hands over to the module that does the work."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assets.rounds import RoundError
from assets.store import DataFolder
from pipelines.cli import show
from pipelines.settings import DATA_VARIABLE, DEFAULT_DATA, data_root

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
OPTIONS, COMMAND = "[OPTIES]", "OPDRACHT [ARGUMENTEN]..."
YEAR = "JAAR"


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
        except RoundError as error:
            show.complain(str(error))
        except OSError as error:
            show.complain(f"Lezen of schrijven lukt niet: {error.strerror or type(error).__name__}.")
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            from assets.declare import place_of

            text = f"Er ging iets mis in het programma ({type(error).__name__} bij {place_of(error)}). Meld deze regel."
            show.complain(text)
        raise click.exceptions.Exit(3)


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
    """Een ronde openen."""


@round_.command("open")
@click.argument("naam")
@click.option("--titel", "--title", "title", default="", metavar="TEKST", help="Naam zoals mensen de ronde noemen.")
@click.option("--deadline", metavar="JJJJ-MM-DD", help="Laatste dag om in te dienen.")
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
@click.pass_obj
def open_(data: DataFolder, naam: str, **given: str | int | None) -> None:
    """Open ronde NAAM; de instellingen komen in data/raw/NAAM/round.yaml."""
    from pipelines.cli.rounds import open_round

    open_round(data, naam, given)


@main.command()
@click.pass_obj
def rounds(data: DataFolder) -> None:
    """Toon alle rondes."""
    from pipelines.cli.rounds import show_rounds

    show_rounds(data)


@main.command()
@click.option("--round", "--ronde", "name", metavar="NAAM", help="Alleen deze ronde (anders alle open rondes).")
@click.pass_obj
def run(data: DataFolder, name: str | None) -> None:
    """Reken rondes door: van de bestanden tot en met de pMIEK-tabellen."""
    from pipelines.cli.run import run_rounds

    sys.exit(run_rounds(data, name))


@main.command()
@click.argument("bestand", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--round", "--ronde", "name", metavar="NAAM", help="Controleer met de instellingen van deze ronde.")
@click.option("--json", "as_json", is_flag=True, help="Uitvoer voor een programma (JSON).")
@click.pass_obj
def check(data: DataFolder, bestand: tuple[Path, ...], name: str | None, as_json: bool) -> None:
    """Controleer bestanden zonder iets te bewaren. Eindigt met code 1 als er een fout is."""
    from pipelines.cli.check import check_files

    sys.exit(check_files(data, bestand, name, as_json))


@main.command()
@click.option("--round", "--ronde", "name", metavar="NAAM", help="Alleen deze ronde (anders alle rondes).")
@click.option("--html", "as_page", is_flag=True, help="Maak een pagina (HTML) om te openen of te printen.")
@click.option("--out", metavar="BESTAND", type=click.Path(path_type=Path), help="Schrijf de pagina hier (met --html).")
@click.pass_obj
def status(data: DataFolder, name: str | None, as_page: bool, out: Path | None) -> None:
    """Toon per bestand wat ervan werd, en per provincie wie is uitgenodigd en wie ontbreekt."""
    if as_page or out:
        from pipelines.cli.status import write_pages

        sys.exit(write_pages(data, name, out))
    from pipelines.cli.run import show_status

    show_status(data, name)


@main.group(subcommand_metavar=COMMAND)
def expected() -> None:
    """Laad de lijst van bedrijven die voor een ronde zijn uitgenodigd."""


@expected.command("load")
@click.argument("bestand", type=click.Path(path_type=Path))
@click.option("--round", "--ronde", "name", metavar="NAAM", help="Voor deze ronde (anders de enige open ronde).")
@click.pass_obj
def load_(data: DataFolder, bestand: Path, name: str | None) -> None:
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
