"""The styles of a document for a word processor: A4, Dutch, and tables in which no word is broken.

What is said in it is written by `office`; a province replaces these styles by its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

NOTE, WARNING, SOURCE, CELL = "Opmerking", "Waarschuwing", "Bron", "Tabeltekst"
# For a table of many columns, such as seven years of 'niet opgegeven', which would break in the middle of a word.
SMALL_CELL = "Tabeltekst klein"
CELL_SIZE, SMALL_SIZE = 8.5, 6.5
TABLE = "Light List Accent 1"
LETTERS = "Arial"
BLUE, RED, QUIET = "123F73", "7A0000", "4A4F55"
# The colour that the table style comes with: too light under white letters.
ACCENT = "4F81BD"
# Of a page of 21 cm.
TEXT_WIDTH = 17.0
# What a letter takes at the size of a table, and the edges of a cell, in centimetres.
LETTER_WIDTH, BOLD, CELL_EDGES, NARROWEST = 0.18, 1.15, 0.4, 1.1
# Of the page; where the longest words take more of it, letters of another make may not fit.
CROWDED = 0.9


def prepare(out: Any) -> None:
    """Dutch as language of everything, the page, and the styles."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    for language in out.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "nl-NL")
    page = out.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21 - TEXT_WIDTH) / 2)
    page.top_margin = page.bottom_margin = Cm(2.2)
    for name, size in (("Normal", 10.5), ("Title", 22), ("Heading 1", 15), ("Heading 2", 11.5), ("Caption", 9)):
        _letters(out.styles[name], size, "" if name == "Normal" else BLUE)
    out.styles["Caption"].paragraph_format.keep_with_next = True
    out.styles["Caption"].paragraph_format.space_before = Pt(10)
    out.styles["Caption"].paragraph_format.space_after = Pt(3)
    for name, size, colour in ((NOTE, 10.5, ""), (WARNING, 10.5, ""), (SOURCE, 8.5, QUIET), (CELL, CELL_SIZE, ""),
                               (SMALL_CELL, SMALL_SIZE, "")):  # fmt: skip
        _letters(_added(out, name), size, colour)
    for name in (CELL, SMALL_CELL):
        out.styles[name].paragraph_format.space_after = Pt(0)
    out.styles[SOURCE].paragraph_format.space_before = Pt(3)
    _dark(out.styles[TABLE])
    _boxed(out.styles[NOTE], "1F5F9E", "EEF4FB")
    _boxed(out.styles[WARNING], "A35200", "FFF4E5")


def margins(out: Any, footer: str, mark: str) -> None:
    """The mark of a confidential document above every page; what it is and the number of the page below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    page = out.sections[0]
    if mark:
        above = page.header.paragraphs[0]
        above.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = above.add_run(mark)
        run.bold, run.font.color.rgb = True, RGBColor.from_string(RED)
    below = page.footer.paragraphs[0]
    below.style = SOURCE
    below.add_run(f"{footer} · bladzijde ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    below._p.append(field)


def finish_table(table: Any, caption: str, texts: Sequence[Sequence[str]]) -> None:
    """Widths in which the longest word of a column fits, a heading on every page, rows that stay whole, and a name."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table.autofit = False
    small = is_crowded(texts)
    if small:
        for paragraph in (each for row in table.rows for place in row.cells for each in place.paragraphs):
            paragraph.style = SMALL_CELL
    for column, width in zip(table.columns, widths(texts, small), strict=True):
        column.width = Cm(width)
        for place in column.cells:
            place.width = Cm(width)
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        look.set(qn("w:firstColumn"), "0")
        look.set(qn("w:val"), "0420")
    name = OxmlElement("w:tblCaption")
    name.set(qn("w:val"), caption)
    table._tbl.tblPr.append(name)


def is_crowded(texts: Sequence[Sequence[str]]) -> bool:
    """Whether the longest words of the columns hardly fit beside one another in the usual letters."""
    return sum(_least(texts, LETTER_WIDTH)) > TEXT_WIDTH * CROWDED


def _least(texts: Sequence[Sequence[str]], letter: float) -> list[float]:
    columns = zip(*texts, strict=True)
    words = [max(_longest(head) * BOLD, *map(_longest, rest), 0) for head, *rest in columns]
    return [max(longest * letter + CELL_EDGES, NARROWEST) for longest in words]


def widths(texts: Sequence[Sequence[str]], small: bool = False) -> list[float]:
    """Per column the room of its longest word; what is left goes to the columns in which most is written."""
    letter = LETTER_WIDTH * (SMALL_SIZE / CELL_SIZE if small else 1)
    columns, least = list(zip(*texts, strict=True)), _least(texts, letter)
    texts_ = (max(map(len, column)) * letter + CELL_EDGES for column in columns)
    whole = [max(width, text) for width, text in zip(least, texts_, strict=True)]
    left = TEXT_WIDTH - sum(least)
    if left <= 0:
        return [width * TEXT_WIDTH / sum(least) for width in least]
    wanted = [full - width for full, width in zip(whole, least, strict=True)]
    share = left / (sum(wanted) or 1.0)
    if share <= 1:
        return [width + more * share for width, more in zip(least, wanted, strict=True)]
    spare = (TEXT_WIDTH - sum(whole)) / len(whole)
    return [width + spare for width in whole]


def _longest(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _dark(style: Any) -> None:
    """The heading of a table in our blue, on which white can be read."""
    from docx.oxml.ns import qn

    for part in style.element.iter(qn("w:shd"), qn("w:top"), qn("w:bottom"), qn("w:left"), qn("w:right")):
        for name in ("w:fill", "w:color"):
            if part.get(qn(name)) == ACCENT:
                part.set(qn(name), BLUE)
                for theme in ("w:themeFill", "w:themeColor"):
                    part.attrib.pop(qn(theme), None)


def _added(out: Any, name: str) -> Any:
    from docx.enum.style import WD_STYLE_TYPE

    style = out.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = out.styles["Normal"]
    return style


def _letters(style: Any, size: float, colour: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = LETTERS, Pt(size)
    fonts = style.element.rPr.rFonts
    # A font of the theme goes before a named one.
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)


def _boxed(style: Any, edge: str, fill: str) -> None:
    """A coloured edge at the left and a light ground; what it means stands in the words."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    borders, left, ground = (OxmlElement(name) for name in ("w:pBdr", "w:left", "w:shd"))
    for name, value in (("val", "single"), ("sz", "24"), ("space", "6"), ("color", edge)):
        left.set(qn(f"w:{name}"), value)
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        ground.set(qn(f"w:{name}"), value)
    borders.append(left)
    properties.append(borders)
    properties.append(ground)
