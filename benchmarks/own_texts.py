"""Measures how often a province's own text is refused for an innocent amount, and whether real ones still are.

`python -m benchmarks.own_texts --data FOLDER`, with the sample round run and released; writes own_texts.md. Only shares
are written, no figure of a company.
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assets.rounds import Round, read_round
from assets.store import DataFolder
from assets.strategy.document import OwnText
from assets.strategy.leaks import secrets
from assets.strategy.own_figures import Figure, confidential
from assets.strategy.own_leaks import OwnSecrets, own_secrets
from assets.strategy.own_text import parts_of
from benchmarks.processes import measure
from blueprint.load import blueprint

RESULTS = Path(__file__).with_name("own_texts.md")
PCES = [sys.executable, "-c", "from pipelines.cli import pces; pces()"]
ROUND, MANY, SEED = "voorbeeld-2026", 1500, 1
# Units with the amounts that one writes in them, evenly over their sizes.
INNOCENT = {"PJ": (0.05, 60), "TWh": (0.02, 7), "GWh": (1, 900), "TJ": (10, 5000), "MW": (1, 400), "kt": (1, 400)}
WRITTEN = {
    "zonder jaar": "Het plan gaat uit van {amount} {unit}.",
    "met een jaar": "In {year} gaat het plan uit van {amount} {unit}.",
}
REAL = {"energy": ("PJ", "GWh", "TJ"), "power": ("MW", "kW"), "mass": ("kt", "t")}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a data folder with the sample round, run and released")
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp())
    try:
        data = DataFolder(given.data or work / "data")
        if given.data is None:
            for words in (("sample", "--which", "voorbeeld"), ("run",), ("release", "--round", ROUND, "--ja")):
                measure([*PCES, "--data", str(data.root), *words], work / "log.txt")
        settings = read_round(data.round_folder(ROUND))
        known = own_secrets(data, settings, secrets(data, settings))
        real = list(_real(known, confidential(data, settings)))
        lines = [*_innocent(known, settings), *real]
    finally:
        shutil.rmtree(work, ignore_errors=True)
    head = [
        "# Eigen teksten: vals alarm en echte bedragen",
        "",
        "Gemaakt door `python -m benchmarks.own_texts`, op de voorbeeldronde. Verzonnen bedragen zijn willekeurig, over"
        " alle provincies; echte bedragen zijn opgaven en cijfers van de eigen provincie, afgerond en in andere"
        " eenheden, in een zin met hun jaar. Een echt bedrag dat niet wordt geweigerd, is afgerond gelijk aan een"
        " openbaar cijfer.",
        "",
        "| Wat er staat | Cijfers | Geweigerd |",
        "| --- | --- | --- |",
    ]
    RESULTS.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")
    sys.stdout.write("\n".join([*lines, ""]))


def _innocent(known: OwnSecrets, settings: Round) -> Iterator[str]:
    provinces = [code.code for code in blueprint().codes["provinces"].filed]
    for name, sentence in WRITTEN.items():
        for digits in (2, 3, 4, 5):
            chance = random.Random(SEED)  # noqa: S311 - no secret hangs on it
            refused = 0
            for low, high in INNOCENT.values():
                for _ in range(MANY):
                    value = math.exp(chance.uniform(math.log(low), math.log(high)))
                    unit = next(unit for unit, bounds in INNOCENT.items() if bounds == (low, high))
                    year, province = chance.choice(settings.years[1:]), chance.choice(provinces)
                    text = sentence.format(amount=rounded(value, digits), unit=unit, year=year)
                    refused += bool(known.found(OwnText(parts_of(text), False), province))
            yield f"| verzonnen bedrag, {name} | {digits} | {refused / MANY / len(INNOCENT):.1%} |"


def _real(known: OwnSecrets, figures: list[Figure]) -> Iterator[str]:
    """Of the figures of each province those that are more than nought, one in seven."""
    own = [figure for figure in figures if figure[0] and figure[1] in REAL][::7]
    for digits in (3, 4, 5):
        refused = count = 0
        for province, quantity, value, year in own:
            for code in REAL[quantity]:
                amount = rounded(abs(value) / float(blueprint().units[code].factor), digits)
                if significant(amount) < 3:
                    continue
                count += 1
                when = f" in {year}" if year else ""
                text = f"Het gaat om {amount} {code}{when}."
                refused += bool(known.found(OwnText(parts_of(text), False), province or ""))
        yield f"| echt bedrag van de eigen provincie | {digits} | {refused / max(count, 1):.1%} |"


def rounded(value: float, digits: int) -> str:
    """A number with so many digits that say something, in Dutch."""
    places = digits - 1 - math.floor(math.log10(value))
    return f"{round(value, places):.{max(places, 0)}f}".replace(".", ",")


def significant(text: str) -> int:
    """How many digits say something: noughts at the end of a whole number may be rounding."""
    digits = text.replace(",", "").lstrip("0")
    return len(digits if "," in text else digits.rstrip("0"))


if __name__ == "__main__":
    main()
