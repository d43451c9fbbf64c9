"""The command that checks files without keeping anything."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import quote
from threading import Thread
from typing import TYPE_CHECKING, Any

from assets.known_rounds import known_rounds
from assets.rounds import Round, read_round
from assets.store import DataFolder
from pipelines.cli import show

if TYPE_CHECKING:
    from assets.intake.examine import Examined, Received
    from assets.intake.extracted import Extract

NO_ROUND = ""
# What a file that is only checked cannot have.
HIDDEN = ("submission_id", "round", "settled_name", "settled_until")


def check_files(data: DataFolder, paths: tuple[Path, ...], name: str | None, as_json: bool) -> int:
    """Check files and print what was found; 1 when a file has an error, 2 when one is not there or is a folder."""
    from assets.intake.examine import Received, read_files
    from assets.intake.expectations import warm_up
    from assets.intake.register import shown_name

    if not _are_files(paths):
        return 2
    asked = read_round(data.round_folder(name)) if name is not None else None
    unique = list(dict.fromkeys(path.resolve() for path in paths))
    received = [Received(f"{position:06d}", path, shown_name(path.name)) for position, path in enumerate(unique)]
    Thread(target=warm_up).start()  # a file with an error needs the library; while it is read there is time to load it
    examined = _judge(data, received, dict(read_files(received)), asked)
    findings = [finding for each in examined.values() for finding in each.findings]
    if as_json:
        print(json.dumps(_for_machines(findings), indent=2))  # noqa: T201
    else:
        for settings, each in examined.items():
            if settings.round and asked is None:
                show.say(f"Gecontroleerd met de instellingen van ronde {settings.round}.")
            named = {line["submission_id"] for line in each.files}
            for file in (one for one in received if one.submission_id in named):
                mine = [finding for finding in each.findings if finding["submission_id"] == file.submission_id]
                counts = [value for key, value in each.counts.items() if key[0] == file.submission_id]
                _print(file.file, mine, sum(c.came for c in counts), sum(c.accepted for c in counts))
    return 1 if any(finding["severity"] == "error" for finding in findings) else 0


def _are_files(paths: tuple[Path, ...]) -> bool:
    """Whether all are files; says which are not."""
    from assets.intake.register import shown_name

    folders = [shown_name(str(path)) for path in paths if path.is_dir()]
    missing = [shown_name(str(path)) for path in paths if not path.is_dir() and not path.is_file()]
    if missing:
        show.complain(f"Bestand niet gevonden: {', '.join(missing)}")
    if folders:
        example = f"{quote(folders[0])}/*.xlsx"
        show.complain(
            f"Dit is een map, geen bestand: {', '.join(folders)}. Geef de bestanden, bijvoorbeeld: pces check {example}"
        )
    return not missing and not folders


def _judge(
    data: DataFolder, received: list[Received], extracts: dict[str, Extract], asked: Round | None
) -> dict[Round, Examined]:
    """What is found in the files, by the round whose settings they were judged with.

    That is the round asked for, the round the file names, the only open one, or else none in particular: then the
    Blueprint's own settings hold.
    """
    from assets.intake.examine import declared_round, judge_settled
    from assets.intake.operators import operator_areas

    known = {settings.round: settings for settings in known_rounds(data)}
    opened = [settings for settings in known.values() if settings.status == "open"]
    otherwise = opened[0] if len(opened) == 1 else Round(round=NO_ROUND)
    areas = operator_areas(data)
    groups: dict[Round, list[Received]] = {}
    for file in received:
        declared = declared_round(extracts[file.submission_id]) or NO_ROUND
        groups.setdefault(asked or known.get(declared) or otherwise, []).append(file)
    return {
        settings: judge_settled(files, {f.submission_id: extracts[f.submission_id] for f in files}, settings, areas)
        for settings, files in groups.items()
    }


def _for_machines(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in f.items() if key not in HIDDEN} for f in findings]


def _print(file: str, findings: list[dict[str, Any]], came: int, kept: int) -> None:
    kinds = ("error", "warning", "info")
    open_ones = [finding for finding in findings if finding["settled_by"] == "none"]
    numbers = {kind: sum(finding["severity"] == kind for finding in open_ones) for kind in kinds}
    show.findings(file, findings)
    settled = f" ({len(findings) - len(open_ones)} toegelicht)" if len(open_ones) < len(findings) else ""
    verdict = "Er moet iets worden hersteld." if numbers["error"] else "Het bestand kan worden ingediend."
    show.say(
        f"{file}: {show.findings_counted(*numbers.values())}{settled}; {kept} van {came} regels aanvaard. {verdict}"
    )
