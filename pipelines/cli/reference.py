"""The command that loads a table of public facts, such as the emissions of the EU ETS or the demand of other sectors.

Reading, checking and keeping it is done in `assets.intake.reference_files`.
"""

from __future__ import annotations

from pathlib import Path

from assets.store import DataFolder
from blueprint.load import blueprint
from pipelines.cli import show

# No table of a round is made of it.
LETTERS_ONLY = "infrastructure"


def load(data: DataFolder, name: str, path: Path, source: str) -> int:
    """Load a reference table and print what was found; 1 when nothing was kept because of an error."""
    from assets.intake.reference_files import load_reference

    loaded = load_reference(data, name, path, source)
    labels = blueprint().codes["severities"]
    rows = [(labels.label(f["severity"]), f["cell"] or "", f["message"], f["rule"]) for f in loaded.findings]
    if rows:
        show.table(path.name, ("Ernst", "Cel", "Wat er is en wat u kunt doen", "Regel"), rows, wrap=(2,))
        show.say()
    if not loaded.kept:
        show.say(f"{path.name}: niets geladen. Herstel de fouten en laad het bestand opnieuw.")
        return 1
    count = show.counted(loaded.rows, "regel", "regels")
    title = loaded.table.title
    show.say(f"{title}: {count} geladen uit {path.name} (bron: {source}); bewaard in {show.place(loaded.path)}")
    if loaded.replaced:
        before = show.counted(loaded.replaced, "regel", "regels")
        show.say(f"Daarmee {'is' if loaded.replaced == 1 else 'zijn'} {before} van een eerdere lijst vervangen.")
    if loaded.table.name == LETTERS_ONLY:
        show.say("De volgende brieven aan bedrijven gebruiken ze: pces letters")
    else:
        show.say("De volgende run rekent ermee: pces run")
    return 0
