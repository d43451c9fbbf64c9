"""How charts look: sizes, letters, colours, and labels that do not cover one another; and the way from chart to SVG.

Altair is imported here and in `charts`, within functions, since it takes half a second.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assets.strategy.words import digits_for, number
from blueprint.load import blueprint
from blueprint.strategy import strategy

INK, QUIET, LINE, OWN, OTHER = "#1b1b1b", "#4a4f55", "#d6dbe0", "#123F73", "#7A8B9C"
LETTERS = "Arial, 'Liberation Sans', Helvetica, sans-serif"
LETTER = 13
# For a phone, where names would else be cut.
SMALL = 11
# The room that a letter takes, as a share of its height; on the safe side.
LETTER_WIDTH = 0.53
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')
_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
# Boxes that only a mouse would need, and groups that hold nothing.
_IDLE = re.compile(r'<path class="background" d="[^"]*" pointer-events="none"></path>|<g></g>')


@dataclass(frozen=True)
class Size:
    """For which page a chart is drawn: the whole width, and what stays left and right of the plot for labels."""

    name: str
    width: int
    left: int
    right: int

    @property
    def plot(self) -> int:
        return self.width - self.left - self.right


WIDE, NARROW = Size("wide", 680, 50, 170), Size("narrow", 320, 30, 120)
SIZES = (WIDE, NARROW)


def carrier_colour(code: str) -> str:
    """The colour of a carrier, the same everywhere; grey for what is no carrier."""
    return strategy().carrier_colours.get(code, OTHER)


def carrier_label(code: str) -> str:
    return blueprint().codes["carriers"].label(code)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels near where they are wanted (ascending), at least `gap` from one another, within bounds.

    When they cannot all have that room they share what there is.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    places: list[float] = []
    for at in wanted:
        places.append(max(at, places[-1] + gap, low) if places else max(at, low))
    ceiling = high
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return places


def cut(text: str, width: float, size: float = LETTER) -> str:
    """A label that fits in so many pixels."""
    room = max(int(width / (size * LETTER_WIDTH)), 4)
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def label(value: float | None, decimals: int) -> str:
    """A number in a chart; with more decimals where it would else say nought and is not."""
    if value is None:
        return ""
    return number(value, decimals if value == 0 or round(value, decimals) else digits_for(value))


def unchecked() -> Any:
    """Within this charts are not held against their schema, which takes half of the time; `test_charts` does that."""
    from altair.utils.schemapi import debug_mode

    return debug_mode(False)


def svg(chart: Any, size: Size, height: int, top: int = 16, bottom: int = 28) -> str:
    """The chart as SVG that scales with the page; without roles, since the page names it as one image."""
    import vl_convert

    placed = (
        chart.properties(
            width=size.plot,
            height=height,
            padding={"left": size.left, "right": size.right, "top": top, "bottom": bottom},
            autosize="none",
        )
        .configure(font=LETTERS, aria=False)
        .configure_view(stroke=None, clip=False)
        .configure_axis(
            labelFont=LETTERS, labelFontSize=LETTER, labelColor=INK, domainColor=QUIET, gridColor=LINE, ticks=False,
            labelPadding=6, title=None, labelOverlap=False,
        )
        .configure_text(font=LETTERS, fontSize=LETTER, color=INK)
    )  # fmt: skip
    made = vl_convert.vegalite_to_svg(placed.to_dict(validate=False), format_locale="nl-NL")
    return _IDLE.sub("", _ROLES.sub("", _SIZE.sub(r"\1", made)))
