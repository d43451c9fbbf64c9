"""The command that makes the feedback for companies, and says where it stands."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path

from rich.progress import Progress, TaskID

from assets.dialogue.feedback import Given, gather, give_feedback
from assets.intake import register, withdrawals
from assets.recipes import MissingTable
from assets.rounds import Round, RoundError
from assets.store import DataFolder
from blueprint.load import blueprint
from pipelines.cli import show
from pipelines.cli.filings import find
from pipelines.cli.rounds import asked_rounds, no_round

SHOWN = 25


def make_feedback(data: DataFolder, name: str | None, only: Collection[str], out: Path | None) -> int:
    """Make the feedback of one round, or of every open one; 0 when all went well, 2 when there is nothing to do."""
    if only:
        found = [find(data, which, name) for which in only]
        name, only = found[0][0].round, [file.submission_id for _, file in found]
        if any(settings.round != name for settings, _ in found):
            raise RoundError("Deze opgaven zijn van meer dan één ronde. Vraag per ronde om de terugkoppeling.")
    rounds = asked_rounds(data, name)
    if not rounds:
        show.complain(no_round(data))
        return 2
    if name is None and out and rounds[1:]:
        show.complain("Er is meer dan één open ronde. Noem er een: pces feedback --round NAAM")
        return 2
    return 0 if all([_one(data, settings, only, out) for settings in rounds]) else 2


def _one(data: DataFolder, settings: Round, only: Collection[str], out: Path | None) -> bool:
    try:
        with Progress(console=show.err, transient=True) as progress:
            task = progress.add_task(f"Ronde {settings.round}: terugkoppeling maken")
            update = partial(_update, progress, task)
            given = give_feedback(data, settings, only, out, update)
    except MissingTable:
        show.complain(f"Ronde {settings.round} is nog niet doorgerekend: pces run --round {settings.round}")
        return False
    except KeyError as unknown:
        show.complain(_nothing_to_say(data, settings, unknown.args[0]))
        return False
    _say(data, settings, given, out)
    return True


def _nothing_to_say(data: DataFolder, settings: Round, submission_id: str) -> str:
    """Why there is no feedback on a filing that is there."""
    of = f"Van opgave {submission_id} in ronde {settings.round} is geen terugkoppeling te maken:"
    if submission_id in withdrawals.withdrawn(data, settings.round):
        return f"{of} zij is ingetrokken. Ongedaan maken: pces withdraw {submission_id} --undo"
    if all(row["submission_id"] != submission_id for row in register.last_register(data, settings.round)):
        return f"{of} zij is nog niet doorgerekend. Doe: pces run --round {settings.round}"
    return f"{of} er is niets over te zeggen, want zij heeft geen bevindingen."


def _update(progress: Progress, task: TaskID, done: int, of: int) -> None:
    progress.update(task, completed=done, total=of)


def _say(data: DataFolder, settings: Round, given: Given, out: Path | None) -> None:
    labels = blueprint().codes["submission_states"]
    place = out if out is not None else data.feedback(settings.round)
    answers = [answer for answer in gather(data, settings) if answer.submission_id in given.folders]
    rows = [
        (
            answer.file,
            labels.label(answer.state),
            *(show.number(answer.count(severity)) for severity in ("error", "warning", "info")),
            answer.submission_id,
        )
        for answer in sorted(answers, key=lambda answer: answer.file)
    ]
    if rows:
        headings = ("Bestand", "Staat", "Fouten", "Waarsch.", "Opm.", "Map (kenmerk)")
        show.table(f"Ronde {settings.round}", headings, rows[:SHOWN], numbers=(2, 3, 4))
    if rows[SHOWN:]:
        show.say(f"En nog {show.number(len(rows) - SHOWN)} indieningen.")
    unchanged = given.answered - given.written
    show.say(
        f"Terugkoppeling bij {show.counted(given.answered, 'indiening', 'indieningen')} met bevindingen:"
        f" {show.number(given.written)} gemaakt, {show.number(unchanged)} ongewijzigd,"
        f" {show.number(given.removed)} vervallen; {show.number(given.without_workbook)} zonder werkmap."
    )
    show.say(f"Per indiening een map met terugkoppeling.html, .xlsx en .json: {show.place(place)}")
