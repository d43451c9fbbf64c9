"""The commands that open, show and fill rounds."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.progress import Progress, TaskID

from assets.known_rounds import known_rounds, open_rounds
from assets.rounds import (
    SETTINGS_FILE,
    Round,
    RoundError,
    check_previous,
    read_round,
    set_status,
    what_is_wrong,
    write_round,
)
from assets.store import DataFolder
from pipelines.cli import show


def no_round(data: DataFolder) -> str:
    """That there is no round to work on, and where was looked: whoever stands in another folder finds none."""
    where = show.place(data.root.resolve())
    return (
        f"Er is geen open ronde in {where}{'' if data.root.is_dir() else ', en die map is er niet'}. Staan uw rondes"
        " elders? Noem de map: pces --data MAP. Anders: open een ronde met 'pces round open NAAM' of zet voorbeelden"
        " klaar met 'pces sample'."
    )


def write_samples(data: DataFolder, which: str) -> None:
    """Write the sample round, the open-data round, or both; a round that exists is left as it is."""
    from assets.intake.expected import keep_list
    from assets.sample.emissions import write_sample_emissions
    from assets.sample.expected import expected_companies
    from assets.sample.infrastructure import write_sample_plans
    from assets.sample.rounds import write_open_data_round, write_sample_round

    rounds = {"voorbeeld-2026": write_sample_round, "open-data-2023": write_open_data_round}
    kinds = {"voorbeeld": ("voorbeeld-2026",), "open-data": ("open-data-2023",), "alles": tuple(rounds)}
    for name in kinds[which]:
        if name in data.rounds():
            show.say(f"Ronde {name} bestaat al en is niet veranderd.")
            continue
        with Progress(console=show.err, transient=True) as progress:
            update = partial(_update, progress, progress.add_task(f"Ronde {name} schrijven"))
            number = rounds[name](data.raw, name, progress=update)
        show.say(f"Ronde {name}: {number} bestanden klaargezet in {show.place(data.round_folder(name))}")
        if name == "voorbeeld-2026":
            path = write_sample_emissions(data.reference)
            show.say(f"Verzonnen ETS-emissies bij die ronde: {show.place(path)} (laden: pces reference load)")
            plans = write_sample_plans(data.reference)
            show.say(f"Verzonnen plannen voor infrastructuur: {show.place(plans)} (laden: pces reference load)")
        if rounds[name] is write_sample_round:
            keep_list(data, read_round(data.round_folder(name)), expected_companies())


def _update(progress: Progress, task: TaskID, done: int, of: int) -> None:
    progress.update(task, completed=done, total=of)


def open_round(data: DataFolder, name: str, given: dict[str, Any]) -> None:
    """Open a round with the settings given; raises RoundError when one of them cannot be."""
    folder = data.round_folder(name)
    if (folder / SETTINGS_FILE).exists() and read_round(folder).status == "closed":
        _reopen(folder, name, given)
        return
    content = {key: value for key, value in given.items() if value not in (None, "")}
    if "years" in content:
        content["target_years"] = [part.strip() for part in content.pop("years").split(",") if part.strip()]
    try:
        settings = Round.model_validate({"round": name, **content})
    except ValidationError as error:
        raise RoundError(f"De ronde is niet geopend: {what_is_wrong(error)}") from None
    check_previous(data.raw, settings)
    if not data.root.is_dir():
        show.say(f"Nieuwe map met gegevens: {show.place(data.root.resolve())}")
    path = write_round(folder, settings)
    show.say(f"Ronde {name} is geopend. Instellingen: {show.place(path)}")
    show.say(f"Zet de bestanden van bedrijven in {show.place(path.parent)} en start: pces run --round {name}")


def _reopen(folder: Path, name: str, given: dict[str, Any]) -> None:
    if any(value not in (None, "") for value in given.values()):
        raise RoundError(
            f"Ronde '{name}' bestaat al en is gesloten. Open haar weer met 'pces round open {name}' en pas haar"
            f" instellingen aan in {SETTINGS_FILE}."
        )
    set_status(folder, "open")
    show.say(f"Ronde {name} is weer open. Zij loopt mee in elke run, ook 's nachts en als er bestanden bij komen.")


def close_round(data: DataFolder, name: str) -> None:
    """Close a round that is open and say what that does; nothing is deleted."""
    folder = data.round_folder(name)
    if read_round(folder).status == "closed":
        show.say(f"Ronde {name} was al gesloten. Weer openen: pces round open {name}")
        return
    settings = set_status(folder, "closed")
    show.say(f"Ronde {name} is gesloten.")
    show.say(f"Zij wordt niet meer vanzelf doorgerekend; wel als u haar noemt: pces run --round {name}")
    if settings.deadline:
        show.say(f"Wat tot een dag is geaccepteerd, telt voortaan naar de deadline ({settings.deadline:%d-%m-%Y}).")
    show.say(f"Bestanden, tabellen en vrijgaven blijven staan. Weer openen: pces round open {name}")


def asked_rounds(data: DataFolder, name: str | None) -> list[Round]:
    """The round that was asked for, else every open one; one whose settings cannot be read is said and left out."""
    if name:
        return [read_round(data.round_folder(name))]
    return open_rounds(data, lambda error: show.complain(f"{error} Deze ronde is overgeslagen."))


def show_rounds(data: DataFolder) -> None:
    """List the rounds with their state, deadline and number of files."""
    from assets.intake.register import scan

    rows, wrong = [], list[str]()
    for settings in known_rounds(data, lambda error: wrong.append(str(error))):
        deadline = settings.deadline.strftime("%d-%m-%Y") if settings.deadline else "-"
        days = (settings.deadline - dt.date.today()).days if settings.deadline else None
        left = "-" if days is None else f"nog {days} dagen" if days >= 0 else "verstreken"
        state = "open" if settings.status == "open" else "gesloten"
        number = str(len(scan(data.round_folder(settings.round))))
        rows.append((settings.round, state, deadline, left, str(settings.base_year), number))
    if not rows and not wrong:
        show.say(
            "Er is nog geen ronde. Open er een met 'pces round open NAAM' of zet voorbeelden klaar met 'pces sample'."
        )
        return
    show.table("", ("Ronde", "Staat", "Deadline", "", "Basisjaar", "Bestanden"), rows, numbers=(5,))
    for text in wrong:
        show.complain(text)
    stray = [path.name for path in sorted(data.raw.glob("*")) if path.name not in data.rounds()]
    stray = [name for name in stray if not name.startswith(".")]
    if stray:
        show.say(f"Let op: hoort bij geen ronde en telt niet mee, in {show.place(data.raw)}: {', '.join(stray)}")
