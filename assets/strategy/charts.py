"""Draws charts from figures with Altair: stacked bars, a fan, bars on one axis, a timeline and a waterfall.

Each function takes plain numbers and gives SVG; which numbers, and what they tell, is for the sections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from assets.strategy.look import (
    INK,
    LETTER,
    LINE,
    OTHER,
    OWN,
    QUIET,
    SMALL,
    Size,
    apart,
    carrier_colour,
    carrier_label,
    cut,
    label,
    svg,
)
from assets.strategy.words import digits_for, places_for

GAP = LETTER + 4
# The part of a bar that is not shown.
HIDDEN = "hidden"


class Part(NamedTuple):
    """A stretch of a stacked bar; the same code has the same colour in every chart."""

    year: int
    code: str
    value: float


class Bar(NamedTuple):
    """A bar on a shared axis, of a group with one heading; `text` is what stands at its end."""

    group: str
    name: str
    start: float
    end: float
    text: str
    colour: str = OWN


class Spot(NamedTuple):
    """How much of a class falls in a year."""

    year: int
    row: str
    amount: int


def stacked(parts: Sequence[Part], totals: Mapping[int, float | None], years: Sequence[int], size: Size,
            rest: Mapping[int, float], absent: Mapping[int, str]) -> str:  # fmt: skip
    """Bars per year, stacked by carrier, each carrier named beside the last bar; a total only where it is known.

    The `rest` of a year, that is not shown, is an empty box; a year that is `absent` has words in place of a bar.
    """
    import altair as alt

    height = 300
    order = list(dict.fromkeys(part.code for part in parts))
    values = {(part.year, part.code): part.value for part in parts}
    rows, tops, last = [], dict.fromkeys(years, 0.0), {}
    for code in order:
        for year in years:
            low, tops[year] = tops[year], tops[year] + values.get((year, code), 0.0)
            rows.append({"x": str(year), "low": low, "high": tops[year], "colour": carrier_colour(code)})
            if year not in absent:
                last[code] = (low + tops[year]) / 2
    gaps = [
        {"x": str(year), "low": tops[year], "high": tops[year] + rest[year]}
        for year in years
        if rest.get(year, 0.0) > 0
    ]
    if gaps:
        order.append(HIDDEN)
        last[HIDDEN] = (gaps[-1]["low"] + gaps[-1]["high"]) / 2
    most = max([*tops.values(), *(total or 0.0 for total in totals.values())]) or 1.0
    digits = min(digits_for(most), 2)
    places = apart([last[code] for code in order], most * GAP / height, most * 0.02, most * 1.05)
    names = [
        {
            "y": at,
            "text": cut("Niet getoond" if code == HIDDEN else carrier_label(code), size.right - 26),
            "colour": "white" if code == HIDDEN else carrier_colour(code),
            "edge": QUIET if code == HIDDEN else carrier_colour(code),
        }
        for code, at in zip(order, places, strict=True)
    ]
    scale = alt.Scale(domain=[0, most * 1.05], nice=False)
    axis = alt.Axis(format=",~f", tickCount=5, domain=False)
    bars = (
        alt.Chart(_data([row for row in rows if row["high"] > row["low"]]))
        .mark_bar(stroke="white", strokeWidth=1, size=size.plot / len(years) * 0.72)
        .encode(
            x=alt.X("x:O", sort=[str(year) for year in years], axis=alt.Axis(labelAngle=0 if size.plot > 300 else -45),
                    scale=alt.Scale(domain=[str(year) for year in years])),
            y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q", color=alt.Color("colour:N", scale=None),
        )
    )  # fmt: skip
    boxes = (
        alt.Chart(_data(gaps))
        .mark_bar(fill="white", stroke=QUIET, strokeDash=[4, 3], strokeWidth=1.2, size=size.plot / len(years) * 0.7)
        .encode(x="x:O", y=alt.Y("low:Q", scale=scale), y2="high:Q")
    )
    reasons = (
        alt.Chart(_data([{"x": str(year), "y": 0, "text": text} for year, text in absent.items()]))
        .mark_text(angle=270, align="left", baseline="middle", dx=6, fontSize=LETTER if size.plot > 300 else SMALL)
        .encode(x="x:O", y=alt.Y("y:Q", scale=scale), text="text:N")
    )
    known = [{"x": str(year), "y": totals.get(year), "text": label(totals.get(year), digits)} for year in years]
    sums = (
        alt.Chart(_data([row for row in known if row["y"] is not None]))
        .mark_text(dy=-9, fontWeight="bold", fontSize=LETTER if size.plot > 300 else 9)
        .encode(x="x:O", y=alt.Y("y:Q", scale=scale), text="text:N")
    )
    swatches = (
        alt.Chart(_data(names)).mark_square(size=110, opacity=1, strokeWidth=1.2)
        .encode(x=alt.value(size.plot + 8), y=alt.Y("y:Q", scale=scale), fill=alt.Fill("colour:N", scale=None),
                stroke=alt.Stroke("edge:N", scale=None))
    )  # fmt: skip
    texts = (
        alt.Chart(_data(names)).mark_text(align="left", baseline="middle")
        .encode(x=alt.value(size.plot + 18), y=alt.Y("y:Q", scale=scale), text="text:N")
    )  # fmt: skip
    return svg(
        alt.layer(bars, boxes, sums, reasons, swatches, texts), size, height, bottom=28 if size.plot > 300 else 44
    )


def fan(lines: Mapping[str, Mapping[int, float]], size: Size) -> str:
    """A line per plan from a shared base year, the room between lowest and highest shaded, each named at its end."""
    import altair as alt

    height = 260
    rows = [{"x": x, "y": y, "line": name} for name, points in lines.items() for x, y in sorted(points.items())]
    years = sorted({row["x"] for row in rows})
    most = max(row["y"] for row in rows) or 1.0
    ends = sorted((points[max(points)], name) for name, points in lines.items())
    places = apart([end for end, _ in ends], most * 1.1 * GAP / height, most * 0.03, most * 1.08)
    names = [
        {"y": at, "text": cut(f"{name} {label(end, digits_for(most))}", size.right - 10)}
        for (end, name), at in zip(ends, places, strict=True)
    ]
    band = [
        {"x": year, "low": min(found), "high": max(found)}
        for year in years
        if len(found := [points[year] for points in lines.values() if year in points]) > 1
    ]
    scale = alt.Scale(domain=[0, most * 1.1], nice=False)
    shown = _with_room(years, size.plot / max(years[-1] - years[0], 1))
    x = alt.X("x:Q", scale=alt.Scale(domain=[years[0], years[-1]], nice=False),
              axis=alt.Axis(values=shown, format="d", grid=False))  # fmt: skip
    y = alt.Y("y:Q", scale=scale, axis=alt.Axis(format=",~f", tickCount=5, domain=False))
    area = alt.Chart(_data(band)).mark_area(color="#A9C8E6", opacity=0.6).encode(
        x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q")  # fmt: skip
    dashes = alt.Scale(domain=list(lines), range=[[5, 3], [1, 0], [2, 3]][: len(lines)])
    dots = alt.OverlayMarkDef(color=OWN, size=30)
    drawn = alt.Chart(_data(rows)).mark_line(color=OWN, strokeWidth=2.5, point=dots).encode(
        x=x, y=y, strokeDash=alt.StrokeDash("line:N", scale=dashes, legend=None))  # fmt: skip
    texts = alt.Chart(_data(names)).mark_text(align="left", baseline="middle").encode(
        x=alt.value(size.plot + 8), y=alt.Y("y:Q", scale=scale), text="text:N")  # fmt: skip
    return svg(alt.layer(area, drawn, texts), size, height)


def bars(rows: Sequence[Bar], size: Size, marks: Sequence[float] = ()) -> str:
    """Horizontal bars on one axis under the heading of their group, with the figure at the end of each.

    A bar that goes down from its start is hatched by a lighter colour of the caller; `marks` are lines across.
    """
    import altair as alt

    wide = size.plot > 300
    reach, name_room = (size.width - 70, 190) if wide else (size.width - 54, 0)
    low = min([0.0, *(min(row.start, row.end) for row in rows)])
    high = max([0.0, *(max(row.start, row.end) for row in rows)]) or 1.0
    span = high - low
    left = name_room + 4

    def at(value: float) -> float:
        return left + (value - low) / span * (reach - left)

    y, group, shapes, texts = 0.0, None, [], []
    for row in rows:
        if row.group != group:
            y += 8 if group is not None else 0
            if row.group:
                texts.append(_text(0, y + 10, cut(row.group, size.width), "left", weight="bold"))
                y += 22
            group = row.group
        name_y = y + (9 if wide else 7)
        texts.append(_text(name_room - 4 if wide else 0, name_y, cut(row.name, name_room - 8 if wide else size.width),
                           "right" if wide else "left"))  # fmt: skip
        bar_y = y if wide else y + 16
        ends = sorted((at(row.start), at(row.end)))
        if row.start != row.end:
            shapes.append(
                {"x": ends[0], "x2": max(ends[1], ends[0] + 1), "y": bar_y, "y2": bar_y + 18, "c": row.colour}
            )
        texts.append(_text(ends[1] + 5, bar_y + 9, row.text, "left"))
        y = bar_y + 23
    lines = [{"x": at(mark), "x2": at(mark), "y": 0, "y2": y} for mark in (0.0, *marks)]
    return _placed(alt, shapes, texts, lines, size, y)


def spots(found: Sequence[Spot], rows: Sequence[str], years: Sequence[int], size: Size) -> str:
    """A grid of classes against years: the more, the larger the square; how many stands in or beside it."""
    import altair as alt

    wide = size.plot > 300
    left, letters = (140, LETTER) if wide else (122, SMALL)
    step_x, step_y = (size.width - left - 8) / max(len(years), 1), 40
    most = max((spot.amount for spot in found), default=1)
    shapes, texts = [], []
    lines = [{"x": left, "x2": size.width, "y": row * step_y + 20, "y2": row * step_y + 20} for row in range(len(rows))]
    for place, row in enumerate(rows):
        texts.append(_text(left - 8, place * step_y + 20, cut(row, left - 8, letters), "right", size=letters))
    for spot in found:
        x = left + (years.index(spot.year) + 0.5) * step_x
        y = rows.index(spot.row) * step_y + 20
        side = (12 + 18 * (spot.amount / most) ** 0.5) / 2
        side = min(side, max(step_x / 2 - 1, 4))
        shapes.append({"x": x - side, "x2": x + side, "y": y - side, "y2": y + side, "c": OWN})
        texts.append(_text(x, y, str(spot.amount), "center", colour="white", weight="bold", size=11 if wide else 9))
    below = len(rows) * step_y + 12
    every = 1 if wide else max(1, -(-len(years) * 30 // (size.width - left)))
    for place, year in enumerate(years):
        if place % every == 0:
            texts.append(_text(left + (place + 0.5) * step_x, below, str(year), "center", size=LETTER if wide else 11))
    return _placed(alt, shapes, texts, lines, size, below + 12)


def dumbbells(rows: Sequence[tuple[str, float | None, float | None, bool]], ends: tuple[str, str], unit: str,
              decimals: int, size: Size) -> str:  # fmt: skip
    """A row per province on one axis: an open spot for the first year, a filled one for the second, joined by a line.

    The row that is marked stands out; a figure that is not known is not drawn.
    """
    import altair as alt

    wide = size.plot > 300
    left, reach, letters = (130, size.width - 60, LETTER) if wide else (98, size.width - 50, SMALL)
    most = max([value for _, *pair, _ in rows for value in pair if isinstance(value, float)] or [1.0]) or 1.0
    step = 26

    def at(value: float) -> float:
        return left + value / most * (reach - left)

    shapes, texts, lines, spots_, y = [], [], [], [], 24.0
    for name, first, second, is_own in rows:
        colour = OWN if is_own else OTHER
        weight = "bold" if is_own else "normal"
        texts.append(_text(left - 10, y, cut(name, left - 10, letters), "right", weight=weight, size=letters))
        lines.append({"x": left, "x2": reach, "y": y, "y2": y})
        if first is not None and second is not None:
            ends_x = sorted((at(first), at(second)))
            shapes.append({"x": ends_x[0], "x2": ends_x[1] + 0.5, "y": y - 2, "y2": y + 2, "c": colour})
        for value, fill in ((first, "white"), (second, colour)):
            if value is not None:
                spots_.append({"x": at(value), "y": y, "fill": fill, "c": colour})
        known = [value for value in (first, second) if value is not None]
        shown = second if second is not None else first
        told = label(shown, places_for(shown, decimals)) if shown is not None else "–"
        texts.append(
            _text((at(max(known)) if known else left) + 9, y, told, "left", weight="bold" if is_own else "normal")
        )
        y += step
    spots_ += [{"x": left + 6, "y": 4, "fill": "white", "c": INK}, {"x": left + 76, "y": 4, "fill": INK, "c": INK}]
    texts += [_text(left + 14, 4, ends[0], "left"), _text(left + 84, 4, f"{ends[1]} ({unit})", "left")]
    return _placed(alt, shapes, texts, lines, size, y, spots_)


def _with_room(years: Sequence[int], per_year: float) -> list[int]:
    """The years that can stand beside one another on an axis; the first and the last one always."""
    found = [years[0]]
    for year in years[1:-1]:
        if (year - found[-1]) * per_year >= 48 and (years[-1] - year) * per_year >= 40:
            found.append(year)
    return [*found, *years[-1:]] if years[-1] != years[0] else found


def _text(x: float, y: float, text: str, align: str, colour: str = INK, weight: str = "normal",
          size: float = LETTER) -> dict[str, Any]:  # fmt: skip
    return {"x": x, "y": y, "text": text, "align": align, "c": colour, "weight": weight, "size": size}


def _placed(alt: Any, shapes: list[Any], texts: list[Any], lines: list[Any], size: Size, height: float,
            spots_: Sequence[Any] = ()) -> str:  # fmt: skip
    """Rectangles, lines, spots and texts at pixels of the whole picture."""
    whole = Size(size.name, size.width, 0, 0)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, size.width], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, height], nice=False, reverse=True), axis=None)
    layers = [alt.Chart(_data(lines)).mark_rule(color=LINE).encode(x=x, y=y, x2="x2:Q", y2="y2:Q")]
    if shapes:
        boxes = alt.Chart(_data(shapes)).mark_rect(opacity=1)
        layers.append(boxes.encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=alt.Color("c:N", scale=None)))
    if spots_:
        drawn = alt.Chart(_data(spots_)).mark_circle(size=90, opacity=1, strokeWidth=2)
        layers.append(drawn.encode(x=x, y=y, fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("c:N", scale=None)))
    for align, weight in sorted({(text["align"], text["weight"]) for text in texts}):
        same = [text for text in texts if (text["align"], text["weight"]) == (align, weight)]
        marks = alt.Chart(_data(same)).mark_text(align=align, fontWeight=weight, baseline="middle")
        layers.append(marks.encode(x=x, y=y, text="text:N", color=alt.Color("c:N", scale=None),
                                   size=alt.Size("size:Q", scale=None)))  # fmt: skip
    return svg(alt.layer(*layers), whole, round(height), top=4, bottom=4)


def _data(rows: Sequence[Mapping[str, Any]]) -> Any:
    import altair as alt

    return alt.InlineData(values=[dict(row) for row in rows])
