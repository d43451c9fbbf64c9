"""The commands at the counter: hand files in, compare filings, withdraw one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any

from assets.dialogue.feedback import answer_receipt
from assets.files import why
from assets.intake import receipts, register, withdrawals
from assets.intake.expectations import warm_up
from assets.intake.receipts import Receipt
from assets.intake.register import ReceivedFile
from assets.known_rounds import only_open
from assets.records import DamagedRecord
from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint
from pipelines.cli import show
from pipelines.cli.filings import find

MOST_CHANGES = 40
# What needs more than this one file is compared in the run.
LATER = "Die vergelijkt haar ook met de vorige ronde en met andere opgaven; valt daar iets op, dan hoort u dat nog."
NEXT = {
    "accepted": f"U hoeft nu niets te doen. De opgave telt mee vanaf de volgende run. {LATER}",
    "accepted_with_remarks": f"De opgave telt mee vanaf de volgende run. {LATER} Kijk de aandachtspunten na; klopt er"
    " een niet, verbeter hem dan en dien opnieuw in.",
    "returned": "De opgave telt nog niet mee. Herstel de fouten en dien het hele bestand opnieuw in.",
    "unreadable": "De opgave kon niet worden gelezen en telt niet mee. Herstel het bestand en dien het opnieuw in.",
    "duplicate": "Dit bestand was al ingediend, met precies dezelfde inhoud; er is niets bewaard of veranderd.",
}


def submit_files(data: DataFolder, paths: tuple[Path, ...], name: str | None, as_json: bool) -> int:
    """Hand files in and print a receipt for each; 1 when one of them does not count, 2 when one was not taken in."""
    # A round that cannot be read may be the one that is meant: that stops here, and no other is taken for it.
    rounds = (read_round(data.round_folder(each)) for each in data.rounds())
    settings = read_round(data.round_folder(name)) if name else only_open(rounds)
    code, given = 0, []
    Thread(target=warm_up).start()  # as for `check`
    for path in paths:
        try:
            receipt = receipts.receive(data, settings, path)
        except (RoundError, DamagedRecord) as error:
            show.complain(str(error))
            code = 2
            continue
        except OSError as error:
            name = register.shown_name(path.name)
            show.complain(f"'{name}' is niet aangenomen: lezen of bewaren lukt niet ({why(error)}).")
            code = 2
            continue
        given.append(receipt)
        answer = None if receipt.again else answer_receipt(data, settings, receipt)
        if not as_json:
            _print(receipt, settings)
            if answer is not None:
                show.say(f"Terugkoppeling voor het bedrijf (pagina, werkmap en JSON): {show.place(answer)}")
        if receipt.state in ("returned", "unreadable"):
            code = max(code, 1)
    if as_json:
        print(json.dumps([_for_machines(receipt) for receipt in given], indent=2))  # noqa: T201
    return code


def _for_machines(receipt: Receipt) -> dict[str, Any]:
    """The receipt without what the filing before said: whoever hands in under a number need not be that company."""
    number = None if receipt.changes is None else len(receipt.changes)
    return {**asdict(receipt), "changes": number}


def _print(receipt: Receipt, settings: Round) -> None:
    labels = blueprint().codes["submission_states"]
    moment = show.moment(dt.datetime.fromisoformat(receipt.received_at))
    show.say()
    show.out.rule(f"Ontvangstbewijs {receipt.given_name}", align="left")
    lines = [
        ("Ronde", settings.round),
        ("Ontvangen", moment + (" (na de deadline)" if receipt.late else "")),
        ("Kenmerk", receipt.submission_id),
        ("SHA-256", receipt.sha256),
        ("Bestand", receipt.given_name),
        ("Bewaard als", receipt.file),
        ("Bedrijf", f"{receipt.company_name or 'niet herkend'} (KvK {receipt.kvk_number or 'niet herkend'})"),
        ("Vestigingen", show.number(receipt.sites)),
        ("Staat", labels.label(receipt.state)),
    ]
    show.table("", ("", ""), lines)
    titles = {table.name: table.title for table in blueprint().sheet_tables}
    rows = [(titles[name], show.number(came), show.number(kept)) for name, (came, kept) in receipt.rows.items() if came]
    if rows:
        show.table("Herkend", ("Tabblad", "Regels", "Goed"), rows, numbers=(1, 2))
    kinds = (receipt.severities.get(kind, 0) for kind in ("error", "warning", "info"))
    show.say(f"Bevindingen: {show.findings_counted(*kinds)}")
    _print_changes(receipt)
    show.say(f"En nu: {_what_next(receipt)}")


def _what_next(receipt: Receipt) -> str:
    if receipt.withdrawn:
        undo = f"pces withdraw {receipt.submission_id} --undo"
        return f"Deze opgave is eerder ingetrokken en telt niet mee. Ongedaan maken: {undo}"
    if receipt.state == "returned" and receipt.before:
        return f"{NEXT['returned']} Tot dan blijft de eerdere opgave {receipt.before} tellen."
    errors = receipt.severities.get("error", 0)
    if errors and register.counts(receipt.state):
        came, kept = (sum(numbers[place] for numbers in receipt.rows.values()) for place in (0, 1))
        return (
            f"Van {show.counted(came, 'regel', 'regels')} tellen er {show.number(kept)} mee vanaf de volgende run, de"
            f" andere niet. Herstel {show.counted(errors, 'fout', 'fouten')} en dien het hele bestand opnieuw in."
            f" {LATER}"
        )
    return NEXT[receipt.state]


def _print_changes(receipt: Receipt) -> None:
    if receipt.changes is None:
        return
    if not receipt.changes:
        show.say(f"Geen wijziging ten opzichte van {receipt.before}: alleen de versie of de datum is anders.")
        return
    number = show.counted(len(receipt.changes), "wijziging", "wijzigingen")
    show.say(
        f"{number} ten opzichte van {receipt.before}. Bekijk ze met: pces diff {receipt.submission_id} {receipt.before}"
    )


def show_changes(data: DataFolder, new: str, old: str | None, name: str | None, as_json: bool) -> int:
    """Print what one filing changes against another; by default against the one of its company before it."""
    settings, file = find(data, new, name)
    files = register.scan(data.round_folder(settings.round))
    if old is not None:
        _, before = find(data, old, settings.round)
    else:
        before = _before(data, settings, file, files)
    changes = receipts.compare([before, file])
    if as_json:
        print(json.dumps([change._asdict() for change in changes], ensure_ascii=False, indent=2))  # noqa: T201
        return 0
    if not changes:
        show.say(f"Geen wijziging: {file.submission_id} zegt hetzelfde als {before.submission_id}.")
        return 0
    title = f"Wat {file.submission_id} verandert aan {before.submission_id}"
    show.table(title, ("Tabblad", "Regel", "Veld", "Was", "Wordt"), changes[:MOST_CHANGES], wrap=(1, 3, 4))
    if len(changes) > MOST_CHANGES:
        show.say(f"... en nog {len(changes) - MOST_CHANGES}. Alles: voeg --json toe.")
    return 0


def _before(data: DataFolder, settings: Round, file: ReceivedFile, files: list[ReceivedFile]) -> ReceivedFile:
    """The filing that the company of `file` had sent before it, as the last run knows them."""
    known = {row["submission_id"]: row for row in register.last_register(data, settings.round)}
    own = known.get(file.submission_id)
    if own is None or not own["kvk_number"]:
        raise RoundError("Van deze opgave is nog geen bedrijf bekend. Start eerst pces run, of noem beide kenmerken.")
    others = [
        row
        for row in known.values()
        if row["kvk_number"] == own["kvk_number"] and row["submission_id"] != own["submission_id"]
    ]
    order = sorted(others, key=lambda row: (str(row["submitted_on"] or ""), row["first_seen"]))
    there = {each.submission_id: each for each in files}
    earlier = [row for row in order if row["first_seen"] < own["first_seen"]]
    for row in reversed(earlier or order):
        if row["submission_id"] in there:
            return there[row["submission_id"]]
    raise RoundError("Van dit bedrijf is geen andere opgave bekend om mee te vergelijken.")


def withdraw_filing(data: DataFolder, which: str, name: str | None, reason: str, by: str, undo: bool) -> int:
    """Write down that a filing is withdrawn, or no longer; nothing is deleted."""
    settings, file = find(data, which, name)
    is_withdrawn = file.submission_id in withdrawals.withdrawn(data, settings.round)
    if is_withdrawn != undo:
        state = "al ingetrokken" if is_withdrawn else "niet ingetrokken"
        raise RoundError(f"Opgave {file.submission_id} in ronde {settings.round} is {state}; er is niets veranderd.")
    action = withdrawals.RESTORE if undo else withdrawals.WITHDRAW
    withdrawals.write_down(data, settings.round, file.submission_id, action, reason, by)
    done = "telt weer mee als zij aanvaard is" if undo else "is ingetrokken; het bestand is bewaard"
    show.say(f"Opgave {file.submission_id} in ronde {settings.round} {done}.")
    for row in register.last_register(data, settings.round):
        if not undo and row["submission_id"] == file.submission_id and register.counts(row["state"]):
            earlier = _falls_back_to(data, settings, row)
            if earlier:
                show.say(
                    f"Let op: van dit bedrijf telt nu een eerdere opgave weer ({earlier})."
                    " Trek die ook in als dat niet de bedoeling is."
                )
            else:
                show.say("Let op: van dit bedrijf telt nu geen opgave meer.")
    show.say(f"De tabellen volgen bij de volgende run: pces run --round {settings.round}")
    return 0


def _falls_back_to(data: DataFolder, settings: Round, row: dict[str, Any]) -> str | None:
    """The last earlier filing of a company that was good by itself, as the last run knows them."""
    gone = withdrawals.withdrawn(data, settings.round)
    received = receipts.received_at(data, settings.round)
    status = read_table(data, "submission_status", settings.round).to_pylist()
    good = {line["submission_id"] for line in status if line["table_name"] == "*" and line["rows_accepted"]} - set(gone)
    mine = [
        other
        for other in register.last_register(data, settings.round)
        if other["kvk_number"] == row["kvk_number"]
        and other["state"] == "superseded"
        and other["submission_id"] in good
    ]
    mine.sort(key=lambda other: (str(other["submitted_on"] or ""), received.get(other["submission_id"], "")))
    return mine[-1]["submission_id"] if mine else None
