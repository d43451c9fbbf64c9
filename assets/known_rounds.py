"""Looks up the rounds of a data folder: those that can be read, those that are open, and the only open one.

What the settings of one round are, and what may be in them, belongs in `assets.rounds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder

Skipped = Callable[[RoundError], None]


def known_rounds(data: DataFolder, skipped: Skipped | None = None) -> list[Round]:
    """The rounds whose settings can be read, by name; `skipped` is told why another one cannot."""
    found = []
    for name in data.rounds():
        try:
            found.append(read_round(data.round_folder(name)))
        except RoundError as error:
            if skipped is not None:
                skipped(error)
    return found


def open_rounds(data: DataFolder, skipped: Skipped | None = None) -> list[Round]:
    """The open rounds among those whose settings can be read."""
    return [settings for settings in known_rounds(data, skipped) if settings.status == "open"]


def only_open(rounds: Iterable[Round]) -> Round:
    """The one of these rounds that is open; raises RoundError when there is none, or more than one."""
    opened = [settings for settings in rounds if settings.status == "open"]
    if not opened:
        raise RoundError("Er is geen open ronde. Open er een met: pces round open NAAM")
    if len(opened) > 1:
        names = ", ".join(settings.round for settings in opened)
        raise RoundError(f"Er is meer dan één open ronde ({names}). Zeg met --round welke u bedoelt.")
    return opened[0]
