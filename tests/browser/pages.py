"""Writes the pages that are checked in a browser: the site of the troubled round, and confidential documents.

Run as `python -m tests.browser.pages FOLDER`; what is checked stands in `check.mjs`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assets.store import DataFolder, connect
from assets.strategy.make import make_strategies
from assets.strategy.site import make_site
from tests.assets.cooked import Cooked, Kitchen
from tests.assets.strategy.made import (
    EMPTY,
    HOSTILE,
    PLENTY,
    SETTINGS,
    trouble,
    write_round,
)
from tests.assets.strategy.released import publish, released_rows

OWN_TEXT = "## Ons net\n\nWij werken **samen** met de netbeheerder.\n\n- eerst het net\n- dan het bedrijf\n"


def main(folder: Path) -> None:
    """The pages of a few provinces, one of which wrote something itself."""
    data = DataFolder(folder / "data")
    filed = trouble()
    with connect() as connection:
        write_round(data, Cooked(Kitchen(connection), filed, SETTINGS, 1), filed)
    publish(data, released_rows())
    place = data.strategy_texts("fryslan", "openbaar")
    place.mkdir(parents=True)
    (place / "vermogen.md").write_text(OWN_TEXT, encoding="utf-8")
    make_site(data, SETTINGS)
    make_strategies(data, SETTINGS, [EMPTY, HOSTILE, PLENTY], "internal")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
