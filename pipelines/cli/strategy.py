"""The command that makes the strategy documents of provinces; what they say is made in `assets.strategy`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.progress import Progress

from assets.known_rounds import known_rounds, only_open
from assets.recipes import MissingTable
from assets.rounds import Round, read_round
from assets.store import DataFolder
from assets.strategy.document import Tier
from blueprint.strategy import strategy
from pipelines.cli import show

if TYPE_CHECKING:
    from assets.strategy.make import Made


def _round(data: DataFolder, name: str | None) -> Round:
    """The round that was asked for, else the only open one; raises RoundError."""
    return read_round(data.round_folder(name)) if name else only_open(known_rounds(data))


def make(
    data: DataFolder, name: str | None, provinces: Sequence[str], tier: Tier, with_docx: bool, is_reviewed: bool
) -> int:
    """Make the documents; 0 when all were written, 1 when one may not be, 2 when there is nothing to make them of."""
    from assets.strategy.make import StrategyError, all_provinces, find_province, make_strategies
    from assets.strategy.tables import NoRelease

    settings = _round(data, name)
    try:
        # However often or in whatever spelling a province was named.
        codes = tuple(dict.fromkeys(find_province(text) for text in provinces)) or all_provinces()
        with Progress(console=show.err, transient=True) as progress:
            task = progress.add_task(f"Ronde {settings.round}: strategie maken")
            made = make_strategies(
                data,
                settings,
                codes,
                tier,
                with_docx=with_docx,
                is_reviewed=is_reviewed,
                progress=lambda done, of: progress.update(task, completed=done, total=of),
            )
    except StrategyError as error:
        show.complain(str(error))
        return 1
    except NoRelease as error:
        show.complain(str(error))
        return 2
    except MissingTable:
        show.complain(f"Ronde {settings.round} is nog niet doorgerekend: pces run --round {settings.round}")
        return 2
    rows = [
        (one.province, show.number(one.figures), show.number(one.own_texts), one.page.name.removesuffix(".html"))
        for one in made
    ]
    kind = "openbaar" if tier == "public" else "vertrouwelijk"
    headings = ("Provincie", "Figuren", "Eigen teksten", "Bestand")
    show.table(f"Strategie, {kind}", headings, rows, numbers=(1, 2))
    endings = "html, pdf en docx" if with_docx else "html en pdf"
    show.say(f"Per provincie {endings}, en de tabellen in csv/: {show.place(made[0].page.parent)}")
    _say_own_texts(data, made)
    if tier == "internal":
        show.say("Vertrouwelijk: alleen voor de analist.")
    return 0


def _say_own_texts(data: DataFolder, made: Sequence[Made]) -> None:
    """What is to be done about own texts: no reader of a public document is told of it."""
    from assets.strategy.make import lost_texts

    for one in made:
        if one.stale_texts:
            many = show.counted(one.stale_texts, "eigen tekst past", "eigen teksten passen")
            show.say(f"{one.province}: {many} niet meer bij de cijfers. Nagekeken? pces strategy ... --reviewed")
    strangers = [one for one in made if one.strangers]
    for one in strangers:
        show.say(
            f"{one.province}: bij geen hoofdstuk hoort {', '.join(one.strangers)}. Het staat niet in het document."
        )
    if strangers:
        names = ", ".join(chapter.name for chapter in strategy().sections)
        show.say(f"Een eigen tekst heet naar zijn hoofdstuk, met .md erachter: {names}.")
    if lost := lost_texts(data):
        show.say(
            f"In {show.place(data.own_texts)} staat wat bij geen provincie of soort hoort en niet is gebruikt:"
            f" {', '.join(lost)}. Een tekst staat in provincie/openbaar of provincie/VERTROUWELIJK, met de provincie"
            " zoals in de bestandsnaam: fryslan, noord-holland."
        )


def make_pages(data: DataFolder, name: str | None) -> int:
    """Make the site of a round; 0 when it was written, 1 when a document may not be, 2 when nothing was released."""
    from assets.strategy.make import StrategyError
    from assets.strategy.site import make_site
    from assets.strategy.tables import NoRelease

    settings = _round(data, name)
    try:
        with Progress(console=show.err, transient=True) as progress:
            task = progress.add_task(f"Ronde {settings.round}: pagina's maken")
            index, made = make_site(data, settings, lambda done, of: progress.update(task, completed=done, total=of))
    except StrategyError as error:
        show.complain(str(error))
        return 1
    except NoRelease as error:
        show.complain(str(error))
        return 2
    show.say(f"Openbare pagina's van ronde {settings.round}: {show.place(index)}")
    show.say("Open dat bestand in een browser, of zet de hele map op een webserver.")
    _say_own_texts(data, made)
    return 0
