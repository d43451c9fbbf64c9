"""The command with which an analyst accepts a finding for a while, or takes that back.

What a waiver does to a finding is decided in `assets.intake.settle`.
"""

from __future__ import annotations

import datetime as dt
import re
from difflib import get_close_matches
from pathlib import Path

from assets.intake import waivers
from assets.intake.register import scan
from assets.intake.waivers import Waiver
from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint
from pipelines.cli import show
from pipelines.cli.filings import find

CELL = re.compile(r"(?P<sheet>[^!]+)!(?P<cell>[A-Za-z]{1,3}[0-9]{1,7})")
ENOUGH = 5


def waive(data: DataFolder, round_name: str, given: dict[str, str | None], withdraw: bool) -> None:
    """Record a waiver, or its withdrawal; raises RoundError (Dutch) for what cannot be."""
    settings = read_round(data.round_folder(round_name))
    rule = _rule(given["rule"] or "")
    waivers.may_waive(rule, settings)
    _, filing = find(data, given["submission"] or "", settings.round)
    cell = _cell(given["cell"])
    if withdraw:
        _withdraw(data, settings, (filing.submission_id, rule, cell.casefold()))
        return
    waiver = Waiver(
        rule,
        filing.submission_id,
        _text(given["reason"], "--reden", ENOUGH),
        _text(given["name"], "--naam", 2),
        _day(given["until"], settings),
        cell,
    )
    path = waivers.record(data, settings, waivers.WAIVE, waiver)
    until = waiver.until.strftime("%d-%m-%Y")
    where = f"{filing.file}, {given['cell']}" if cell else filing.file
    show.say(f"Geaccepteerd tot en met {until}: '{rule}' in {where}.")
    if not _is_found(data, settings, waiver):
        show.say("Let op: in de laatste run staat daar geen bevinding van deze regel.")
    _tell_where(path, settings)


def show_waivers(data: DataFolder, round_name: str) -> None:
    """List the waivers of a round that were not withdrawn."""
    settings = read_round(data.round_folder(round_name))
    files = {file.submission_id: file.file for file in scan(data.round_folder(settings.round))}
    holding = set(waivers.holding(data, settings).given)
    rows = [
        (
            files.get(w.submission_id, w.submission_id),
            w.rule,
            w.cell,
            w.reason,
            w.name,
            w.until.strftime("%d-%m-%Y") + ("" if w.key in holding else " (verlopen)"),
        )
        for w in waivers.recorded(data, settings)
    ]
    if not rows:
        show.say(f"In ronde {settings.round} is geen bevinding geaccepteerd.")
        return
    headings = ("Bestand", "Regel", "Cel", "Reden", "Naam", "Tot en met")
    show.table(f"Ronde {settings.round}", headings, rows, wrap=(3,))


def _withdraw(data: DataFolder, settings: Round, key: tuple[str, str, str]) -> None:
    known = {waiver.key: waiver for waiver in waivers.recorded(data, settings)}
    if key not in known:
        if cells := [one.cell for one in known.values() if one.key[:2] == key[:2]]:
            said = " of ".join(f"--cel '{cell}'" if cell else "zonder --cel" for cell in cells)
            raise RoundError(f"Zo is er niets geaccepteerd, maar wel elders in deze opgave. Noem die plaats: {said}")
        raise RoundError(f"Er is niets in te trekken. Wat is geaccepteerd: pces waive --round {settings.round}")
    path = waivers.record(data, settings, waivers.WITHDRAW, known[key])
    show.say(f"Ingetrokken: '{key[1]}' geldt weer voor {key[0]}.")
    _tell_where(path, settings)


def _tell_where(path: Path, settings: Round) -> None:
    show.say(f"Vastgelegd in {show.place(path)}. Verwerken: pces run --round {settings.round}")


def _rule(name: str) -> str:
    known = blueprint().rules
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f" Bedoelt u '{near[0]}'?" if near else ""
        raise RoundError(f"'{name}' is geen regel van de Blueprint.{hint} Alle regels: pces describe")
    return name


def _cell(text: str | None) -> str:
    if text is None:
        return ""
    match = CELL.fullmatch(text.strip())
    if match is None:
        raise RoundError(f"'{text}' is geen cel. Schrijf tabblad!cel, bijvoorbeeld Energievraag!I3.")
    return waivers.shown_cell(match["sheet"], match["cell"])


def _text(text: str | None, option: str, least: int) -> str:
    cleaned = " ".join((text or "").split())
    if len(cleaned) < least:
        raise RoundError(f"Vul bij {option} een tekst in van ten minste {least} tekens.")
    return cleaned


def _day(text: str | None, settings: Round) -> dt.date:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        raise RoundError(f"'{text or ''}' bij --tot is geen datum. Schrijf jjjj-mm-dd.") from None
    first = waivers.day_of_reckoning(settings, dt.date.today())
    if day < first:
        raise RoundError(f"De datum bij --tot is al voorbij. Kies {first.isoformat()} of later.")
    return day


def _is_found(data: DataFolder, settings: Round, waiver: Waiver) -> bool:
    found = read_table(data, "findings", settings.round).select(["submission_id", "rule", "sheet", "cell"]).to_pylist()
    return any(
        (f["submission_id"], f["rule"]) == (waiver.submission_id, waiver.rule)
        and waiver.cell.casefold() in ("", waivers.shown_cell(f["sheet"], f["cell"]).casefold())
        for f in found
    )
