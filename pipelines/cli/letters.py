"""The command that makes the letters to companies, and says where they stand."""

from __future__ import annotations

from assets.known_rounds import known_rounds, only_open
from assets.recipes import MissingTable
from assets.rounds import read_round
from assets.store import DataFolder
from pipelines.cli import show

SHOWN = 25


def make(data: DataFolder, name: str | None, kvk_number: str | None) -> int:
    """Make the letters of a round, or the one of a company; 0 when written, 2 when there is nothing to make it of."""
    from assets.letters.make import make_letters

    settings = read_round(data.round_folder(name)) if name else only_open(known_rounds(data))
    try:
        made, removed = make_letters(data, settings, kvk_number)
    except MissingTable:
        show.complain(f"Ronde {settings.round} is nog niet doorgerekend: pces run --round {settings.round}")
        return 2
    except KeyError:
        show.complain(
            f"Bedrijf {kvk_number} heeft in ronde {settings.round} niets leesbaars ingediend. Er is geen brief."
        )
        return 2
    if not made:
        show.complain(f"In ronde {settings.round} heeft nog geen bedrijf iets leesbaars ingediend. Er is geen brief.")
        return 2
    rows = [(one.kvk_number, one.name, "ja" if one.counts else "nee", one.path.parent.name) for one in made]
    show.table(f"Brieven van ronde {settings.round}", ("KvK", "Bedrijf", "Telt mee", "Map"), rows[:SHOWN])
    if rows[SHOWN:]:
        show.say(f"En nog {show.counted(len(rows) - SHOWN, 'bedrijf', 'bedrijven')}.")
    show.say(f"{show.counted(len(made), 'brief', 'brieven')} gemaakt, {show.number(removed)} vervallen.")
    show.say(f"Per bedrijf een map met brief.VERTROUWELIJK.html en .pdf: {show.place(data.letters(settings.round))}")
    if late := sum(one.unanswered for one in made):
        many = show.counted(late, "bedrijf", "bedrijven")
        show.say(
            f"Van {many} is de terugkoppeling niet gemaakt of niet bijgewerkt; de brief verwijst er dan niet naar."
            f" Maak haar eerst, en dan de brieven opnieuw: pces feedback --round {settings.round}"
        )
    show.say("Vertrouwelijk: elke brief is alleen voor dat ene bedrijf.")
    return 0
