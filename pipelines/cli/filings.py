"""Finds the filing that an analyst means, whatever she calls it; what a command does with it is for the command."""

from __future__ import annotations

from difflib import get_close_matches

from assets.intake import receipts, register
from assets.intake.register import ReceivedFile
from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder

# So many signs of a reference tell a filing apart.
ENOUGH = 6


def find(data: DataFolder, which: str, name: str | None) -> tuple[Round, ReceivedFile]:
    """The one filing whose reference begins with `which`, or whose file is called so; raises RoundError.

    A file is called as it is kept, with or without its folder, and as its company calls it.
    """
    exact: dict[tuple[str, str], tuple[Round, ReceivedFile]] = {}
    about: dict[tuple[str, str], tuple[Round, ReceivedFile]] = {}
    known: list[str] = []
    for each in [name] if name else data.rounds():
        settings = read_round(data.round_folder(each))
        given = receipts.given_names(data, each)
        for file in register.scan(data.round_folder(each)):
            reference, begins = file.submission_id, len(which) >= ENOUGH and which.lower()
            known += [file.file, reference]
            if which == file.file or which.lower() == reference:
                exact.setdefault((each, reference), (settings, file))
            elif which in (file.path.name, given.get(file.file)) or (begins and reference.startswith(begins)):
                about.setdefault((each, reference), (settings, file))
    found = exact or about
    if not found:
        near = get_close_matches(which, known, n=1)
        hint = f" Bedoelt u '{near[0]}'?" if near else ""
        raise RoundError(f"Geen opgave gevonden met kenmerk of bestand '{which}'.{hint} Zie: pces status")
    within = sorted({each for each, _ in found})
    if len(within) > 1:
        raise RoundError(
            f"'{which}' staat in meer dan één ronde ({', '.join(within)}). Zeg met --round welke u bedoelt."
        )
    if len(found) > 1:
        raise RoundError(f"'{which}' past in ronde {within[0]} bij meer dan één opgave. Geef het hele kenmerk.")
    return next(iter(found.values()))
