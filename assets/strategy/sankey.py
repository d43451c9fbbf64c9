"""Draws how carriers flow through sectors to uses, since the chart library has no such chart.

Only the layout is here: three columns of blocks as high as what flows through them. Which flows there are, is for the
sections.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple

from assets.strategy.look import INK, LETTER, LETTERS, OTHER, Size, carrier_colour, cut
from assets.strategy.words import number

HEIGHT, BLOCK, BETWEEN = 340, 12, 4
# However many blocks there are, so much of the height is left for what flows.
FLOWING = 200


class Flow(NamedTuple):
    """An amount of a carrier that a sector puts to a use."""

    carrier: str
    sector: str
    use: str
    value: float


class Block(NamedTuple):
    top: float
    height: float
    value: float


def sankey(flows: list[Flow], names: Callable[[str, str], str], decimals: int, size: Size) -> str:
    """The flows as SVG; `names` gives the label of a code in a column (carrier, sector, use)."""
    fields = ("carrier", "sector", "use")
    wide = size.name == "wide"
    label_rooms, middle = ((200, 200, 150), 0.46) if wide else ((104, 104, 104), 0.36)
    xs = [0.0, size.width * middle, size.width - BLOCK]
    letters = LETTER if wide else 11
    sums = [_sums(flows, field) for field in fields]
    slot = letters + 3
    height = max(HEIGHT, FLOWING + max(map(len, sums)) * (slot + BETWEEN))
    per_unit = min(_scale(list(each.values()), slot, height) for each in sums)
    columns = [_column(each, slot, per_unit) for each in sums]
    drawn = _ribbons(flows, columns, xs)
    for index, (field, blocks) in enumerate(zip(fields, columns, strict=True)):
        for code, block in blocks.items():
            at = block.top + block.height / 2
            colour = carrier_colour(code) if field == "carrier" else OTHER
            drawn.append(
                f'<rect x="{xs[index]:.1f}" y="{block.top:.1f}" width="{BLOCK}" height="{max(block.height, 1):.1f}"'
                f' fill="{colour}"/>'
            )
            is_last = index == len(columns) - 1
            x, anchor = (xs[index] - 5, "end") if is_last else (xs[index] + BLOCK + 5, "start")
            shown = number(block.value, decimals)
            text = f"{cut(names(field, code), label_rooms[index] - len(shown) * 7, letters)} {shown}"
            drawn.append(
                f'<text x="{x:.1f}" y="{at + letters * 0.35:.1f}" text-anchor="{anchor}" font-size="{letters}"'
                f' fill="{INK}" stroke="white" stroke-width="3" paint-order="stroke">{escape(text)}</text>'
            )
    inner = "".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width} {height + 8}">'
        f'<rect width="{size.width}" height="{height + 8}" fill="white"/>'
        f'<g font-family="{LETTERS}" stroke-linejoin="round">{inner}</g></svg>'
    )


def _sums(flows: list[Flow], field: str) -> dict[str, float]:
    """What flows through each block of a column, the largest one first."""
    sums: dict[str, float] = {}
    for flow in flows:
        sums[getattr(flow, field)] = sums.get(getattr(flow, field), 0.0) + flow.value
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _scale(values: list[float], slot: float, height: float) -> float:
    """How many pixels a unit may be when every block, however small, has the room of its label."""
    room = height - BETWEEN * (len(values) - 1)
    large = list(values)
    while True:
        per_unit = (room - slot * (len(values) - len(large))) / sum(large)
        still = [value for value in large if value * per_unit >= slot]
        if len(still) == len(large) or not still:
            return per_unit
        large = still


def _column(sums: Mapping[str, float], slot: float, per_unit: float) -> dict[str, Block]:
    """The blocks of a column, each in the middle of its room, so that its label stands beside it."""
    blocks, top = {}, 4.0
    for code, value in sums.items():
        room = max(value * per_unit, slot)
        blocks[code] = Block(top + (room - value * per_unit) / 2, value * per_unit, value)
        top += room + BETWEEN
    return blocks


def _ribbons(flows: list[Flow], columns: list[dict[str, Block]], xs: list[float]) -> list[str]:
    """The bands between the columns, in the order of the blocks, each in the colour of its carrier."""
    drawn = []
    for side, (left_field, right_field) in enumerate((("carrier", "sector"), ("sector", "use"))):
        left, right = columns[side], columns[side + 1]
        carriers = list(columns[0])
        taken_left, taken_right = dict.fromkeys(left, 0.0), dict.fromkeys(right, 0.0)
        ends_right = {}
        ordered = sorted(flows, key=lambda flow: (list(right).index(getattr(flow, right_field)),
                                                  list(left).index(getattr(flow, left_field)),
                                                  carriers.index(flow.carrier)))  # fmt: skip
        for flow in ordered:
            ends_right[flow] = _taken(right, taken_right, getattr(flow, right_field), flow.value)
        for flow in sorted(flows, key=lambda flow: (list(left).index(getattr(flow, left_field)),
                                                    list(right).index(getattr(flow, right_field)),
                                                    carriers.index(flow.carrier))):  # fmt: skip
            start, height = _taken(left, taken_left, getattr(flow, left_field), flow.value)
            end, end_height = ends_right[flow]
            x, x2 = xs[side] + BLOCK, xs[side + 1]
            bend = (x + x2) / 2
            drawn.append(
                f'<path d="M{x:.1f},{start:.1f}C{bend:.1f},{start:.1f} {bend:.1f},{end:.1f} {x2:.1f},{end:.1f}'
                f"V{end + end_height:.1f}C{bend:.1f},{end + end_height:.1f} {bend:.1f},{start + height:.1f}"
                f' {x:.1f},{start + height:.1f}Z" fill="{carrier_colour(flow.carrier)}" fill-opacity="0.45"/>'
            )
    return drawn


def _taken(blocks: Mapping[str, Block], taken: dict[str, float], code: str, value: float) -> tuple[float, float]:
    """Where in its block the next flow lies, and how high it is there."""
    block = blocks[code]
    top = block.top + taken[code]
    height = block.height * value / block.value
    taken[code] += height
    return top, height
