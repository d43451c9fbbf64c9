"""The command that writes tables as an Excel workbook; what is in it is made in `assets.export`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.known_rounds import known_rounds, only_open
from assets.rounds import read_round
from assets.store import DataFolder
from blueprint.load import blueprint
from pipelines.cli import show


def write(data: DataFolder, name: str | None, tables: Sequence[str], tier: str, operator: str, out: Path) -> int:
    """Write the workbook; 0 when it is there, 2 when it could not be made."""
    from assets.export.make import ExportError, export

    settings = read_round(data.round_folder(name)) if name else only_open(known_rounds(data))
    try:
        with show.err.status("Werkmap maken"):
            made = export(data, settings, tier, out, tables, operator)
    except ExportError as error:
        show.complain(str(error))
        return 2
    rows = [(blueprint().tables[table].title, table, show.number(count)) for table, count in made.rows.items()]
    show.table(f"Tabellen van ronde {settings.round}", ("Tabblad", "Tabel", "Regels"), rows, numbers=(2,))
    show.say(f"Werkmap geschreven: {show.place(made.path)}")
    if tier == "internal":
        show.say("Vertrouwelijk: alleen voor de analist.")
    elif tier == "operator":
        show.say("Vertrouwelijk: alleen voor deze netbeheerder.")
    return 0
