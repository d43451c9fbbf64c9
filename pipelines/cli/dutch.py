"""Gives the command line library its Dutch texts, from the catalogue in `locale/`.

The texts of our own commands are Dutch where they stand.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "pces"


def speak_dutch() -> None:
    """Point gettext at our catalogue, whatever the language of the machine is."""
    os.environ["LANGUAGE"] = "nl"
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
