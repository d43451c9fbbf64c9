"""Finds the filing that an analyst means, whatever she calls it; what a command does with it is for the command."""

from __future__ import annotations

from assets.intake import receipts, register
from assets.intake.register import ReceivedFile
from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder


def find(data: DataFolder, which: str, name: str | None) -> tuple[Round, ReceivedFile]:
    """The one filing whose reference begins with `which`, or whose file is called so; raises RoundError.

    A file is called as it is kept, and as its company calls it.
    """
    names = [name] if name else data.rounds()
    found: dict[tuple[str, str], tuple[Round, ReceivedFile]] = {}
    for each in names:
        settings = read_round(data.round_folder(each))
        given = receipts.given_names(data, each)
        for file in register.scan(data.round_folder(each)):
            is_named = which in (file.file, given.get(file.file))
            if is_named or (len(which) >= 6 and file.submission_id.startswith(which.lower())):
                found.setdefault((each, file.submission_id), (settings, file))
    if not found:
        raise RoundError(f"Geen opgave gevonden met kenmerk of bestand '{which}'. Zie: pces status")
    within = sorted({each for each, _ in found})
    if len(within) > 1:
        raise RoundError(
            f"'{which}' staat in meer dan één ronde ({', '.join(within)}). Zeg met --round welke u bedoelt."
        )
    if len(found) > 1:
        raise RoundError(f"'{which}' past in ronde {within[0]} bij meer dan één opgave. Geef het hele kenmerk.")
    return next(iter(found.values()))
