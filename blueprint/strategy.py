"""What a strategy document consists of: its sections in order, and the task it measures projects against.

What the sections say is made in `assets.strategy`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field as Key

from blueprint.checks import BlueprintError
from blueprint.load import blueprint, build, read_yaml
from blueprint.model import Strict

COLOUR = r"#[0-9A-F]{6}"
PATH = Path(__file__).parent / "strategy.yaml"


class Chapter(Strict):
    """One section: its name in links and file names, its title, and what the public document says without figures."""

    name: str = Key(pattern=r"[a-z]+")
    title: str = Key(min_length=1)
    public_none: str


class Task(Strict):
    """What projects are measured against: the share of today's emissions to be gone before a year, and who says so."""

    year: int
    share: float = Key(gt=0, le=1)
    source: str = Key(min_length=1)


class Strategy(Strict):
    """The contents of a strategy; `milestone_year` is the year between now and the end that texts name."""

    co2_task: Task
    milestone_year: int
    sections: tuple[Chapter, ...] = Key(min_length=1)
    map_shades: tuple[Annotated[str, Key(pattern=COLOUR)], ...] = Key(min_length=2)
    carrier_colours: dict[str, Annotated[str, Key(pattern=COLOUR)]]


@cache
def strategy() -> Strategy:
    """The contents of this installation, loaded once; raises BlueprintError, naming file, key and value."""
    found = build(PATH, Strategy, "strategy", read_yaml(PATH))
    names = [section.name for section in found.sections]
    for name in names:
        if names.count(name) > 1:
            raise BlueprintError(PATH, "sections.name", name, "stands twice")
    for code in sorted(set(found.carrier_colours) ^ set(blueprint().codes["carriers"].names)):
        raise BlueprintError(PATH, "carrier_colours", code, "has a colour or is a carrier, but not both")
    return found
