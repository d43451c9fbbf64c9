"""Writes the pages that are checked in a browser: the site of the troubled round, confidential documents, and letters.

Run as `python -m tests.browser.pages FOLDER`; what is checked stands in `check.mjs`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from assets.letters.make import make_letters
from assets.store import DataFolder, connect
from assets.strategy.make import make_strategies
from assets.strategy.site import make_site
from tests.assets.cooked import Cooked, Kitchen
from tests.assets.letters import made as letter_round
from tests.assets.strategy.made import (
    EMPTY,
    HOSTILE,
    PLENTY,
    SETTINGS,
    trouble,
    write_round,
)
from tests.assets.strategy.released import publish, released_rows

OWN_TEXT = """## Ons net

Wij werken **samen** met de netbeheerder.

- eerst het net
- dan het bedrijf

3. nog een stap

| Station | Wat er gebeurt op dit station, in een lange zin zonder einde | Klaar |
|---|---|---|
| Drachten | uitbreiding | **2029** |
"""


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
    # The same documents stand in the site.
    shutil.rmtree(data.strategy(SETTINGS.round, "openbaar"))
    make_strategies(data, SETTINGS, [EMPTY, HOSTILE, PLENTY], "internal")
    letters(DataFolder(folder / "letters"))


def letters(data: DataFolder) -> None:
    """Letters of a round of their own: to firms that count, to one that was sent back and to one that lies nowhere."""
    filed = letter_round.filed()
    with connect() as connection:
        needed = {name: filed[name] for name in letter_round.NEEDED}
        letter_round.write_tables(data, Cooked(Kitchen(connection), needed, letter_round.SETTLED, 1), filed)
    letter_round.load_plan(data)
    make_letters(data, letter_round.SETTLED)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
