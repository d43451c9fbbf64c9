"""The command that checks files without keeping anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assets.rounds import Round, RoundError, read_round
from assets.store import DataFolder
from pipelines.cli import show

NO_ROUND = ""
# What a file that is only checked cannot have.
HIDDEN = ("submission_id", "round", "settled_name", "settled_until")


def check_files(data: DataFolder, paths: tuple[Path, ...], name: str | None, as_json: bool) -> int:
    """Check files and print what was found; 1 when a file has an error, 2 when a file is not there."""
    from assets.intake.examine import Received, examine
    from assets.intake.register import shown_name

    missing = [path for path in paths if not path.is_file()]
    if missing:
        show.complain(f"Bestand niet gevonden: {', '.join(str(path) for path in missing)}")
        return 2
    settings = _settings(data, name)
    unique = list(dict.fromkeys(path.resolve() for path in paths))
    received = [Received(f"{position:06d}", path, shown_name(path.name)) for position, path in enumerate(unique)]
    examined = examine(received, settings)
    findings = examined.findings
    if as_json:
        print(json.dumps(_for_machines(findings), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        for file in received:
            mine = [finding for finding in findings if finding["submission_id"] == file.submission_id]
            counts = [value for key, value in examined.counts.items() if key[0] == file.submission_id]
            _print(file.file, mine, sum(c.came for c in counts), sum(c.accepted for c in counts))
    return 1 if any(finding["severity"] == "error" for finding in findings) else 0


def _settings(data: DataFolder, name: str | None) -> Round:
    """The round asked for, else the only open one, else the Blueprint's own settings for no round in particular."""
    if name is not None:
        return read_round(data.round_folder(name))
    opened = []
    for known in data.rounds():
        try:
            settings = read_round(data.round_folder(known))
        except RoundError:
            continue
        if settings.status == "open":
            opened.append(settings)
    return opened[0] if len(opened) == 1 else Round(round=NO_ROUND)


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
