"""Shows where rounds stand: what became of each file, who was invited and who is missing, on the screen or as a page.

What a run says of itself when it ends belongs in `pipelines.cli.run`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from assets.dialogue.status import Company, Counts, Status, days_text, gather
from assets.intake import receipts, register, withdrawals
from assets.intake.compare import not_read
from assets.release.ledger import releases
from assets.release.retract import day
from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint
from pipelines.cli import show
from pipelines.cli.rounds import no_round

# Of the missing companies so many are shown; the page has all.
SHOWN = 10
FILES = (
    "Bestand\nKenmerk           Ontvangen",
    "Bedrijf",
    "Staat",
    "Regels",
    "Goed",
    "Fout",
    "Fouten",
    "Waar-\nsch.",
    "Opm.",
    "Afge-\ndaan",
)
COUNTS = ("rows_in", "rows_accepted", "rows_refused", "error_count", "warning_count", "info_count", "settled_count")


def show_status(data: DataFolder, name: str | None) -> None:
    """Per file of a round what became of it; then who was invited and who is missing."""
    names = [name] if name else data.rounds()
    if not names:
        show.complain(no_round(data))
    for round_name in names:
        settings = read_round(data.round_folder(round_name))
        for note in not_read(data, settings):
            show.say(f"Let op: {note}")
        _taken_back(data, settings)
        if not data.table("submission_status", settings.round).exists():
            show.say(f"Ronde {settings.round} is nog niet doorgerekend: pces run --round {settings.round}")
            continue
        if lines := _files(data, settings):
            show.table(f"Ronde {settings.round}", FILES, lines, numbers=range(3, 10), wrap=(1,), widths={0: 34, 2: 13})
        else:
            show.say(f"Ronde {settings.round} is doorgerekend. Er is nog niets ingediend.")
        _since_the_run(data, settings)
        show_coverage(data, settings)


def _since_the_run(data: DataFolder, settings: Round) -> None:
    """Which filings were withdrawn after the last run, or are no longer."""
    state = {row["submission_id"]: row["state"] for row in register.last_register(data, settings.round)}
    withdrawn = set(withdrawals.withdrawn(data, settings.round))
    gone = sorted(one for one in withdrawn & state.keys() if state[one] != "withdrawn")
    back = sorted(one for one in state.keys() - withdrawn if state[one] == "withdrawn")
    for which, done in ((gone, "ingetrokken"), (back, "niet meer ingetrokken")):
        if which:
            show.say(f"Na de laatste run {done}: {', '.join(which)}. Verwerken: pces run --round {settings.round}")


def _taken_back(data: DataFolder, settings: Round) -> None:
    """Which releases were taken back, and why."""
    for one in releases(data, settings.round):
        if one.retracted:
            show.say(
                f"Let op: vrijgave {one.number} is op {day(one.retracted['retracted_on'])} ingetrokken door"
                f" {one.retracted['by']}: {one.retracted['reason']}"
            )


def _files(data: DataFolder, settings: Round) -> list[tuple[str, ...]]:
    """A line for each file of the last run and each that came since."""
    rows = read_table(data, "submission_status", settings.round).to_pylist()
    known = {row["file"]: row for row in register.last_register(data, settings.round)}
    names = receipts.given_names(data, settings.round)
    label = blueprint().codes["submission_states"].label
    lines = []
    for row in (row for row in rows if row["table_name"] == "*"):
        file = known.get(row["file"], {})
        counts = tuple(show.number(row[key]) for key in COUNTS)
        about = _about_file(names, row["file"], row["submission_id"], file.get("first_seen"))
        lines.append((about, file.get("company_name") or "", label(row["state"]), *counts))
    received_at = receipts.received_at(data, settings.round)
    for file in register.scan(data.round_folder(settings.round)):
        if file.file not in known or known[file.file]["sha256"] != file.sha256:
            at = received_at.get(file.submission_id)
            seen = dt.datetime.fromisoformat(at) if at else None
            about = _about_file(names, file.file, file.submission_id, seen)
            lines.append((about, "", label("received"), *["-"] * len(COUNTS)))
    return lines


def _about_file(names: Mapping[str, str], file: str, submission_id: str, seen: dt.datetime | None) -> str:
    """A file as its company calls it, when that is known, and below it its reference and the moment it came."""
    return f"{names.get(file, file)}\n{submission_id}  {show.moment(seen) if seen else '-'}"


def show_coverage(data: DataFolder, settings: Round) -> None:
    """Per province who was invited, filed and is missing, with the deadline; then the first missing companies."""
    try:
        status = gather(data, settings, dt.date.today())
    except RoundError as error:
        show.complain(str(error))
        return
    if status is None:
        return
    show.say()
    lines = [_line(area.name, area.counts, status) for area in status.areas]
    lines.append(_line("Nederland", status.total, status))
    headings = ("Provincie", *_headings(status))
    show.table(f"Dekking van ronde {settings.round}", headings, lines, numbers=range(1, len(headings)))
    show.say("Aantallen bedrijven. Een bedrijf in meer provincies telt in elke provincie, en in Nederland één keer.")
    deadline = f"Deadline: {settings.deadline:%d-%m-%Y}, " if settings.deadline else "Deadline: "
    show.say(f"{deadline}{days_text(status.days_left)}.")
    if status.unreadable:
        number = show.counted(len(status.unreadable), "onleesbaar bestand", "onleesbare bestanden")
        show.say(f"Niet bij een bedrijf te plaatsen: {number}.")
    if not status.has_list and not status.is_list_newer:
        show.say("Er is geen lijst van uitgenodigde bedrijven geladen; wie ontbreekt is daarom niet bekend.")
        show.say(f"Laad een lijst: pces expected load BESTAND --round {settings.round}")
    if status.is_list_newer:
        show.say(f"De lijst is na de laatste run veranderd; reken de ronde door: pces run --round {settings.round}")
    _missing(data, status)


def _headings(status: Status) -> tuple[str, ...]:
    received = ("Ontvangen", "Aanvaard", "Teruggestuurd")
    if not status.has_list:
        return received
    return ("Uitgenodigd", *received, "Ontbreekt", "Elders ingediend", "Niet op lijst", "ETS gedekt")


def _line(name: str, counts: Counts, status: Status) -> list[str]:
    received = [counts.received, counts.accepted, counts.returned]
    if not status.has_list:
        return [name, *map(show.number, received)]
    numbers = [counts.invited, *received, counts.missing, counts.elsewhere, counts.uninvited]
    share = "-" if counts.ets_share_pct is None else f"{show.number(counts.ets_share_pct, 1)}%"
    return [name, *map(show.number, numbers), share]


def _missing(data: DataFolder, status: Status) -> None:
    missing = status.missing
    if not missing:
        return
    show.say()
    rows = [_about(company) for company in missing[:SHOWN]]
    show.table("Ontbreekt", ("Bedrijf", "Provincie", "Sector", "EU ETS", "KvK-nummer"), rows, wrap=(0, 1))
    if missing[SHOWN:]:
        where = f"pces status --html --round {status.settings.round}"
        show.say(f"... en nog {len(missing) - SHOWN}; alle staan op de pagina die dit maakt: {where}")


def _about(company: Company) -> tuple[str, ...]:
    places, sectors = ", ".join(company.provinces), ", ".join(company.sectors)
    return company.name, places, sectors, "ja" if company.is_ets else "nee", company.kvk_number


def summary(data: DataFolder, settings: Round) -> str:
    """One line about who was invited and who is missing; '' when no list was loaded."""
    if not read_table(data, "expected", settings.round).num_rows:
        return ""
    status = gather(data, settings, dt.date.today())
    if status is None:
        return ""
    total = status.total
    return (
        f"Bedrijven: {show.number(total.invited)} uitgenodigd, {show.number(total.received)} ingediend,"
        f" {show.number(total.missing)} ontbreken, {show.number(total.uninvited)} niet op de lijst (pces status)"
    )


def write_pages(data: DataFolder, name: str | None, out: Path | None) -> int:
    """Write the page of a round, or of every round; 0 when all are written, 2 when there is nothing to write."""
    from assets.dialogue.status_page import write_page

    names = [name] if name else data.rounds()
    if not names:
        show.complain("Er is nog geen ronde. Open er een met 'pces round open NAAM'.")
        return 2
    if out and names[1:]:
        show.complain("Er is meer dan één ronde. Noem er een: pces status --html --round NAAM --out BESTAND")
        return 2
    written = 0
    for round_name in names:
        settings = read_round(data.round_folder(round_name))
        status = gather(data, settings, dt.date.today())
        if status is None:
            show.say(f"Ronde {settings.round} is nog niet doorgerekend: pces run --round {settings.round}")
            continue
        written += 1
        path = write_page(data, status, out)
        show.say(f"Stand van ronde {settings.round} (vertrouwelijk): {show.place(path)}")
    return 0 if written else 2
