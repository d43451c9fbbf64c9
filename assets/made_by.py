"""What a result was made by: the code, the Blueprint, the libraries and the settings of a round, as one short text.

It tells whether something made earlier may still stand. What was made, and of which rows, is for whoever made it.
"""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import blueprint.load
from assets.rounds import Round

ASSETS = Path(__file__).parent
# What changes no row.
DESCRIPTIVE = {"title", "deadline", "status", "contact", "province_contacts", "previous_round"}
LIBRARIES = ("duckdb", "great-expectations", "pandas", "pyarrow", "python-calamine")


def made_by(settings: Round, *packages: str) -> str:
    """16 hexadecimal digits that differ when the settings, a library, or a file of these packages of assets differs.

    What the packages share and the Blueprint are always looked at.
    """
    decisive = settings.model_dump(mode="json", exclude=DESCRIPTIVE)
    digest = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}".encode())
    shared = sorted(ASSETS.glob("*.py"))
    for folder in (Path(blueprint.load.__file__).parent, *(ASSETS / package for package in packages)):
        shared += sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".csv", ".sql"))
    for path in shared:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
