"""Hostile and strange files, each made by code: what it is, the rules that may answer it, or that it is read.

Damage by chance stands in `damage`, mistakes in cells in `mutations`; nothing here is judged or measured.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Parts = Mapping[str, str | bytes]
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
ODS = "application/vnd.oasis.opendocument.spreadsheet"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION = f'<!DOCTYPE l [<!ENTITY l0 "ha">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
MILLION = 1_000_000


@dataclass(frozen=True)
class Hostile:
    """A file and how intake must end: with one of `rules` as the only finding, or, without any, read.

    A `slow` one is large or takes seconds: for the benchmark, and not for every run of the tests.
    """

    name: str
    make: Callable[[], bytes]
    rules: frozenset[str] = frozenset()
    slow: bool = False


def zipped(parts: Parts) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return data.getvalue()


def xlsx(
    rows: str = ONE, after: str = "", before: str = "", names: tuple[str, ...] = ("Vraag",), parts: Parts | None = None
) -> bytes:
    """A workbook of hand-written sheets, all alike; `parts` come beside or instead of its own."""
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, start=1))
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    sheet = f'{HEAD}<worksheet {MAIN} xmlns:r="{LINKS}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    own = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{TYPES}"/>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{RELATED}"><Relationship Id="rId1" Type="{LINKS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        WORKBOOK: f'{HEAD}<workbook {MAIN} xmlns:r="{LINKS}"><sheets>{sheets}</sheets></workbook>',
        RELATIONS: f'{HEAD}<Relationships xmlns="{RELATED}">{links}</Relationships>',
        STYLES: f'{HEAD}<styleSheet {MAIN}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        **{f"xl/worksheets/sheet{n}.xml": sheet for n in range(1, len(names) + 1)},
    }
    return zipped({**own, **(parts or {})})


def ods(rows: str, parts: Parts | None = None, before: str = "") -> bytes:
    content = (
        f"{HEAD}{before}<office:document-content {ODS_NAMES}><office:body><office:spreadsheet>"
        f'<table:table table:name="Vraag">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": ODS, "content.xml": content, "META-INF/manifest.xml": "<manifest/>", **(parts or {})})


def _row(*cells: str, repeated: int | str = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def _cell(more: str = "", text: str = "1") -> str:
    value = f'office:value-type="float" office:value="1" {more}'
    return f"<table:table-cell {value}><text:p>{text}</text:p></table:table-cell>"


def _cells(kind: str, value: str) -> bytes:
    return xlsx(f'<row r="1"><c r="A1" t="{kind}"><v>{value}</v></c></row>')


def _number(value: str, style: int = 0) -> bytes:
    return xlsx(f'<row r="1"><c r="A1" s="{style}"><v>{value}</v></c></row>')


def _strings(part: str | bytes) -> bytes:
    return xlsx('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', parts={STRINGS: part})


def _many(one: str, number: int) -> str:
    return "".join(one.format(n=n) for n in range(1, number + 1))


def _directory(data: bytes, name: str, offset: int, value: bytes) -> bytes:
    """Overwrite bytes of the entry of a name in the central directory."""
    changed = bytearray(data)
    entry = changed.index(name.encode(), changed.index(b"PK\x01\x02")) - 46
    changed[entry + offset : entry + offset + len(value)] = value
    return bytes(changed)


def _overlapping() -> bytes:
    """Many entries in the directory that all point at the same compressed bytes, as David Fifield's bomb does."""
    first = zipped({"a.csv": b"a;b\n" * 2_000_000})
    start = first.index(b"PK\x01\x02")
    entry = first[start : first.index(b"PK\x05\x06")]
    entries = [entry.replace(b"a.csv", f"{n:05d}"[:5].encode()) for n in range(200)]
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 200, 200, sum(map(len, entries)), start, 0)
    return first[:start] + b"".join(entries) + end


def _quine() -> bytes:
    """A zip that holds itself, as far as a zip can: a zip in a zip under its own name."""
    inner = zipped({"a.zip": b""})
    return zipped({"a.csv": "a;b", "a.zip": inner})


def _zip64() -> bytes:
    """Sizes that stand in the 64-bit field and claim sixteen exabytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, archive.open("a.csv", "w", force_zip64=True) as part:
        part.write(b"a;b\n1;2\n")
    plain = zipped({"a.csv": b"a;b\n1;2\n"})
    extra = struct.pack("<HHQQ", 1, 16, 2**64 - 1, 2**64 - 1)
    start, end = plain.index(b"PK\x01\x02"), plain.index(b"PK\x05\x06")
    entry = bytearray(plain[start:end])
    entry[20:28] = b"\xff" * 8
    entry[30:32] = struct.pack("<H", len(extra))
    longer = bytes(entry) + extra
    tail = bytearray(plain[end:])
    tail[12:16] = struct.pack("<I", len(longer))
    return plain[:start] + longer + bytes(tail)


def _raw_deflate_bomb() -> bytes:
    """A cell of a gigabyte: zeros that deflate packs a thousand times smaller, with a size of ten bytes declared."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = b"a" * 10_000_000
    packed = b"".join(stream.compress(piece) for _ in range(100)) + stream.flush()
    name = STRINGS.encode()
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(packed), 10, len(name), 0)
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, 0, len(packed), 10, len(name), 0, 0, 0, 0, 0, 0
    )
    body = local + name + packed
    return body + entry + name + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(entry + name), len(body), 0)


def _nested(depth: int) -> str:
    return "<a>" * depth + "</a>" * depth


def _csv(part: str | bytes, name: str = "energy_demand.csv") -> bytes:
    return zipped({name: part})


def _wide(columns: int) -> str:
    return ";".join(["Vestiging", "Energiedrager", *(f"k{n}" for n in range(columns - 2))]) + "\n"


def many_findings(rows: int, columns: int) -> bytes:
    """A sheet in which nearly every cell is wrong."""
    from blueprint.load import blueprint

    titles = [f.title for f in blueprint().tables["connection"].fields][:columns]
    head = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in titles)
    bad = "<c t='str'><v>?</v></c>" * len(titles)
    body = f"<row>{head}</row>" + f"<row>{bad}</row>" * rows
    return xlsx(body, names=("Aansluitingen",))


def many_years(rows: int) -> bytes:
    """A wide sheet with a column for every year of the century: each row becomes a hundred."""
    years = "".join(f'<c t="str"><v>{year}</v></c>' for year in range(2000, 2095))
    row = "<row><c t='str'><v>V1</v></c>" + "<c><v>1</v></c>" * 95 + "</row>"
    head = f"<row><c t='str'><v>Vestiging</v></c>{years}</row>"
    return xlsx(head + row * rows, names=("Energievraag",))


def _entities() -> Iterator[Hostile]:
    wrong = frozenset({"file_entities"})
    for part in ("[Content_Types].xml", WORKBOOK, RELATIONS, STYLES, STRINGS, SHEET, "docProps/core.xml"):
        yield Hostile(f"billion laughs in {part}", lambda p=part: xlsx(parts={p: f"{BILLION}<l>&l9;</l>"}), wrong)
        yield Hostile(f"external entity in {part}", lambda p=part: xlsx(parts={p: f"{OUTSIDE}<l>&l9;</l>"}), wrong)
    for part in ("content.xml", "styles.xml", "META-INF/manifest.xml"):
        yield Hostile(f"billion laughs in ods {part}", lambda p=part: ods("", {p: f"{BILLION}<l>&l9;</l>"}), wrong)
        yield Hostile(f"external entity in ods {part}", lambda p=part: ods("", {p: f"{OUTSIDE}<l>&l9;</l>"}), wrong)
    hidden = f"<!-- > -->{BILLION}<sst>&l9;</sst>"
    yield Hostile("billion laughs behind a comment", lambda: _strings(hidden), wrong)
    yield Hostile("billion laughs in UTF-16", lambda: _strings(f"{BILLION}<sst/>".encode("utf-16")), _damaged())
    yield Hostile("parameter entity", lambda: _strings('<!DOCTYPE a SYSTEM "http://x.example/a.dtd"><sst/>'), wrong)


def _damaged(*more: str) -> frozenset[str]:
    return frozenset({"file_damaged", *more})


def _containers() -> Iterator[Hostile]:
    expands, names = frozenset({"file_expands_too_much"}), frozenset({"file_unsafe_names"})
    yield Hostile("overlapping entries", _overlapping, frozenset({"file_expands_too_much", "file_damaged"}))
    yield Hostile("zip in itself", _quine, frozenset({"file_nested_zip"}))
    yield Hostile("sizes of 64 bits", _zip64, _damaged())
    yield Hostile("a cell of a gigabyte", _raw_deflate_bomb, expands, slow=True)
    yield Hostile("strings of 40 MB of blanks", lambda: _strings(b"<sst>" + b" " * 40_000_000), expands)
    size = struct.pack("<I", 3)
    yield Hostile("size too small", lambda: _directory(zipped({"a.csv": "a;b;c"}), "a.csv", 24, size), _damaged())
    huge = struct.pack("<I", 2**32 - 2)
    yield Hostile("size too large", lambda: _directory(zipped({"a.csv": "a;b;c"}), "a.csv", 24, huge), _damaged())
    yield Hostile("wrong check sum", lambda: _directory(zipped({"a.csv": "a;b"}), "a.csv", 16, size), _damaged())
    yield Hostile("offset beyond the end", lambda: _directory(zipped({"a.csv": "a;b"}), "a.csv", 42, huge), _damaged())
    lzma = struct.pack("<H", 14)
    yield Hostile("unusual compression", lambda: _directory(zipped({"a.csv": "a"}), "a.csv", 10, lzma), _damaged())
    yield Hostile("name twice", lambda: zipped({"a.csv": "a", "A.CSV": "b"}), _damaged())
    yield Hostile("name twice by slash", lambda: zipped({"m/a.csv": "a", "m\\a.csv": "b"}), _damaged())
    for name in (
        "/etc/a.csv",
        "..\\..\\a.csv",
        "x/../../a.csv",
        "C:\\a.csv",
        "\\\\server\\a.csv",
        "..",
        "a\x00/../b.csv",
    ):
        yield Hostile(f"name {name!r}", lambda n=name: _named(n), names)
    for name in ("\u202excslx.csv", "\u2025/a.csv", "．．/a.csv", "CON.csv", "a\r\nb.csv", "=1+1.csv", "-.csv"):
        yield Hostile(f"strange name {name!r}", lambda n=name: _csv("a;b\n1;2\n", n))
    yield Hostile("too many parts", lambda: zipped({f"{n}.csv": "" for n in range(6_000)}), expands)
    yield Hostile("not a name in UTF-8", lambda: _csv("a").replace(b"energy_demand.csv", b"\xff" * 13 + b".csv"))


def _named(name: str) -> bytes:
    """A zip with a name that zipfile itself would clean: written under another and put in its place."""
    raw = name.encode()
    filler = "x" * (len(raw) - 4) + ".csv" if len(raw) > 4 else "x" * len(raw)
    return zipped({filler: "a;b"}).replace(filler.encode(), raw)


def _workbooks() -> Iterator[Hostile]:
    macros = frozenset({"file_macros"})
    kept = f'<Relationships xmlns="{RELATED}"><Relationship Id="rId1" Type="{LINKS}/worksheet" '
    kept += 'Target="worksheets/sheet1.xml"/>'
    link = f'{kept}<Relationship Id="rId9" Type="{LINKS}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    external = f"<externalLink {MAIN}><externalBook/></externalLink>"
    links = {"xl/externalLinks/externalLink1.xml": external, RELATIONS: f"{link}</Relationships>"}
    yield Hostile("link to another workbook", lambda: xlsx(parts=links))
    dde = "<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>"
    yield Hostile("DDE link", lambda: xlsx(parts={**links, "xl/externalLinks/externalLink1.xml": dde}))
    formula = '<row r="1"><c r="A1" t="str"><f>cmd|&apos;/c calc&apos;!A0</f><v>x</v></c></row>'
    yield Hostile("DDE formula", lambda: xlsx(formula))
    yield Hostile("data connection", lambda: xlsx(parts={"xl/connections.xml": f"<connections {MAIN}/>"}))
    yield Hostile("custom XML", lambda: xlsx(parts={"customXml/item1.xml": "<a/>"}))
    away = "<Relationships><Relationship Id='rId1' TargetMode='External' Target='file:///etc/passwd'/></Relationships>"
    yield Hostile("sheet that is a link", lambda: xlsx(parts={RELATIONS: away}), _damaged())
    up = f'<Relationships><Relationship Id="rId1" Type="{LINKS}/worksheet" Target="../../sheet1.xml"/></Relationships>'
    yield Hostile("sheet above the workbook", lambda: xlsx(parts={RELATIONS: up}), _damaged())
    yield Hostile("macros", lambda: xlsx(parts={"xl/vbaProject.bin": b"\x00"}), macros)
    yield Hostile("macros under another name", lambda: xlsx(parts={"xl/VBAPROJECT.BIN": b"\x00"}), macros)
    types = '<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    yield Hostile("xlsm named xlsx", lambda: xlsx(parts={"[Content_Types].xml": types}), macros)
    moved = '<Types><Override PartName="/xl/x.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
    yield Hostile(
        "macros in a part of another name", lambda: xlsx(parts={"[Content_Types].xml": moved, "xl/x.bin": "x"}), macros
    )
    yield Hostile("macros in ods", lambda: ods("", {"Basic/Standard/Module1.xml": "<a/>"}), macros)
    controls = ("x" * 32, "a\u202eb", "&#1;", "a&#10;b", "=1+1", "../../x", "'; drop table site; --")
    for name in controls:
        rules = _damaged() if name == "&#1;" else frozenset()
        yield Hostile(f"sheet named {name!r}", lambda n=name: xlsx(names=(n,)), rules)
    yield Hostile("sheets of one name", lambda: xlsx(names=("Vraag", "Vraag")))
    yield Hostile("2,000 sheets", lambda: xlsx(names=tuple(f"b{n}" for n in range(2_000))), slow=True)
    far = frozenset({"file_far_cell"})
    row = "".join(f'<c r="{letters}1"><v>1</v></c>' for letters in ("A", "CV", "XFD"))
    yield Hostile("16,384 columns", lambda: xlsx(f'<row r="1">{row}</row>'), far)
    cells = "<c><v>1</v></c>" * 16_384
    yield Hostile("16,384 columns without places", lambda: xlsx(f"<row>{cells}</row>"), far)


def _bulk() -> Iterator[Hostile]:
    """Much of something that is nothing: it must cost little."""
    yield Hostile("a million empty rows", lambda: xlsx(ONE + _many('<row r="{n}"/>', MILLION)), slow=True)
    styled = '<row r="{n}" s="1" customFormat="1" ht="15"><c r="A{n}" s="1"/></row>'
    yield Hostile("300,000 rows with only a format", lambda: xlsx(ONE + _many(styled, 300_000)), slow=True)
    yield Hostile(
        "a million rows without a place",
        lambda: xlsx(ONE + "<row><c/></row>" * MILLION),
        frozenset({"READ", "reader_timeout"}),
        slow=True,
    )
    merged = '<mergeCell ref="A{n}:B{n}"/>'
    yield Hostile("100,000 merged cells", lambda: xlsx(after=f"<mergeCells>{_many(merged, 100_000)}</mergeCells>"))
    number = "9" * 5_000
    yield Hostile("merged cell in row 10^5000", lambda: xlsx(after=f'<mergeCell ref="A{number}:B2"/>'))
    hidden = f'<row hidden="1" r="{number}"><c r="A1"><v>1</v></c></row>'
    yield Hostile("hidden row 10^5000", lambda: xlsx(hidden), _damaged())
    links = _many('<hyperlink ref="A{n}" r:id="x"/>', 100_000)
    yield Hostile("100,000 links", lambda: xlsx(after=f"<hyperlinks>{links}</hyperlinks>"), slow=True)
    formats = _many('<conditionalFormatting sqref="A{n}"><cfRule type="expression"/></conditionalFormatting>', 100_000)
    yield Hostile("100,000 conditional formats", lambda: xlsx(after=formats), slow=True)
    comments = _many('<comment ref="A{n}"><text><t>x</t></text></comment>', 100_000)
    yield Hostile("100,000 comments", lambda: xlsx(parts={"xl/comments1.xml": comments}), slow=True)
    defined = _many('<definedName name="n{n}">Vraag!$A$1</definedName>', 100_000)
    book = f'<workbook {MAIN} xmlns:r="{LINKS}"><sheets><sheet name="Vraag" sheetId="1" r:id="rId1"/></sheets>'
    yield Hostile(
        "100,000 defined names",
        lambda: xlsx(parts={WORKBOOK: f"{book}<definedNames>{defined}</definedNames></workbook>"}),
        slow=True,
    )
    deep = frozenset({"file_damaged", "file_expands_too_much"})
    yield Hostile("nested 100,000 deep", lambda: xlsx(after=_nested(100_000)))
    yield Hostile("strings nested 100,000 deep", lambda: _strings(f"<sst>{_nested(100_000)}</sst>"), deep)
    yield Hostile("nested 100,000 deep in ods", lambda: ods(_row(_cell()) + _nested(100_000)))


def _styles_of_50_mb() -> bytes:
    noise = _noise(4_000)
    styles = "".join(f'<xf numFmtId="{n}" x="{noise[n % 4_000]}"/>' for n in range(1_200_000))
    return xlsx(parts={STYLES: f"<styleSheet {MAIN}><cellXfs>{styles}</cellXfs></styleSheet>"})


def _strings_of_80_mb() -> bytes:
    noise = _noise(4_000)
    return _strings(f"<sst {MAIN}>{''.join(f'<si><t>{noise[n % 4_000]}{n}</t></si>' for n in range(2_000_000))}</sst>")


def _cell_of_75_mb() -> bytes:
    one = "".join(_noise(100)) * 47_000
    return _strings(f"<sst {MAIN}><si><t>{one}</t></si></sst>")


def _never_closed(tag: str) -> bytes:
    """Starts without an end: each is looked for to the end of the part by a careless expression."""
    noise = _noise(4_000)
    return xlsx("".join(f'<{tag} r="{"A" if tag == "c" else ""}{n}" x{noise[n % 4_000]} ' for n in range(200_000)))


def _noise(number: int) -> list[str]:
    """Texts that do not pack well, so that the zip does not tell."""
    return [f"{n * 2654435761 % 2**64:016x}" for n in range(number)]


def large() -> Iterator[Hostile]:
    """Larger than any form, but not by so much that the zip tells: bounded in time or memory, or just read."""
    stopped = frozenset({"file_expands_too_much", "reader_timeout", "reader_memory", "file_damaged"})
    maybe = stopped | {"READ"}
    yield Hostile("styles of 50 MB", _styles_of_50_mb, frozenset({"file_expands_too_much"}), slow=True)
    yield Hostile("strings of 80 MB", _strings_of_80_mb, maybe, slow=True)
    yield Hostile("a cell of 75 MB", _cell_of_75_mb, maybe, slow=True)
    yield Hostile("cells that never close", lambda: _never_closed("c"), stopped, slow=True)
    yield Hostile("rows that never close", lambda: _never_closed("row"), stopped, slow=True)
    yield Hostile("a wrong value in 340,000 cells", lambda: many_findings(19_999, 17), stopped, slow=True)
    yield Hostile("95 years in 19,999 rows", lambda: many_years(19_999), stopped, slow=True)


def _numbers() -> Iterator[Hostile]:
    for value in ("NaN", "Infinity", "-INF", "1e308", "1e309", "-1e-320", "9" * 400, "0." + "1" * 400, "0x10", ""):
        yield Hostile(f"number {value[:12]!r}", lambda v=value: _number(v), _damaged("READ"))
    for value in ("-1", "0", "60", "2958466", "1e12", "-693594", "0.99999999999"):
        yield Hostile(f"date {value}", lambda v=value: _number(v, style=1))
    book = f'<workbook {MAIN} xmlns:r="{LINKS}"><workbookPr date1904="1"/><sheets>'
    book += '<sheet name="Vraag" sheetId="1" r:id="rId1"/></sheets></workbook>'
    rows = '<row r="1"><c r="A1" s="1"><v>2958466</v></c></row>'
    yield Hostile("date beyond 9999 from 1904", lambda: xlsx(rows, parts={WORKBOOK: book}))
    for kind, value in (("s", "5"), ("s", "-1"), ("s", "x"), ("d", "0000-00-00"), ("d", "99999-01-01")):
        yield Hostile(f"cell t={kind} {value}", lambda k=kind, v=value: _cells(k, v), _damaged("READ"))
    both = "<sst><si><t>a</t></si><si><t>b</t></si></sst>"
    for quote in "\"'":
        for kind, value in (("s", "1>1"), ("s", ""), ("s", " 1"), ("s", "x"), ("b", "false"), ("b", "2"), ("b", "")):
            cell = f'<row r="1"><c r="A1" t={quote}{kind}{quote}><v>{value}</v></c></row>'
            yield Hostile(
                f"cell t={quote}{kind}{quote} of {value!r}", lambda c=cell: xlsx(c, parts={STRINGS: both}), _damaged()
            )
    for value in ("0000-00-00", "99999-99-99", "x", "-0001-01-01T00:00:00"):
        cell = f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        yield Hostile(f"ods date {value}", lambda c=cell: ods(_row(c)), _damaged("READ"))
    for value in ("NaN", "1e309", "x", ""):
        cell = f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        yield Hostile(f"ods number {value!r}", lambda c=cell: ods(_row(c)), _damaged("READ"))


def _csvs() -> Iterator[Hostile]:
    far = frozenset({"file_far_cell"})
    yield Hostile("a line of 24 MB", lambda: _csv("x" * 24_000_000), _damaged("file_expands_too_much"))
    noise = "".join(f"{n * 2654435761 % 2**64:016x}" for n in range(60_000))
    yield Hostile("a field of a megabyte", lambda: _csv(f"a;b\n1;{noise}\n"), _damaged())
    yield Hostile("100,000 short fields", lambda: _csv(f"a;b\n{'1;' * 100_000}\n"), far)
    yield Hostile("NUL", lambda: _csv("a;b\n1;\x00\n"), frozenset({"csv_encoding"}))
    yield Hostile("UTF-16", lambda: _csv("a;b\n1;2\n".encode("utf-16")), frozenset({"csv_encoding"}))
    yield Hostile("UTF-8 with a lone surrogate", lambda: _csv(b"a;b\n1;\xed\xa0\x80\n"), frozenset({"csv_encoding"}))
    yield Hostile("quote never closed", lambda: _csv('a;b\n"1;2\n3;4\n'), _damaged())
    yield Hostile("text after a quote", lambda: _csv('a;b\n"1"x;2\n'), _damaged())
    yield Hostile("mixed line ends", lambda: _csv("a;b\r1;2\r\n3;4\n\r\n"))
    yield Hostile("1,000 columns", lambda: _csv(_wide(1_000)), far)
    yield Hostile("a value below 50,000 empty lines", lambda: _csv("a;b\n" + "\n" * 50_000 + "1;2\n"), far)
    yield Hostile("a million empty lines", lambda: _csv("\n" * MILLION), slow=True)
    yield Hostile("formula", lambda: _csv("a;b\n=cmd|' /C calc'!A0;@SUM(1)\n"))
    deep = "[" * 200_000
    yield Hostile("datapackage nested deep", lambda: zipped({"site.csv": "a", "datapackage.json": deep}), _damaged())
    odd = '{"resources": [{"path": {"a": 1}}, 3, null], "dialect": []}'
    yield Hostile("datapackage of nonsense", lambda: zipped({"site.csv": "a", "datapackage.json": odd}))


def _sheets_of_ods() -> Iterator[Hostile]:
    far = frozenset({"file_far_cell"})
    blank = '<table:table-cell table:number-columns-repeated="{}"/>'
    billion = 1_000_000_000
    yield Hostile("ods blank a billion times", lambda: ods(_row(_cell(), blank.format(billion))))
    yield Hostile("ods row a billion times", lambda: ods(_row(_cell(), repeated=billion)), far)
    yield Hostile("ods blank row a billion times", lambda: ods(_row(_cell()) + _row(blank.format(9), repeated=billion)))
    yield Hostile(
        "ods cell a billion times", lambda: ods(_row(_cell(f'table:number-columns-repeated="{billion}"'))), far
    )
    merged = f'<table:table-cell table:number-columns-spanned="2" table:number-columns-repeated="{billion}"/>'
    yield Hostile("ods merged blank a billion times", lambda: ods(_row(_cell(), merged)))
    yield Hostile("ods rows 10^5000", lambda: ods(_row(_cell(), repeated="9" * 5_000)), _damaged())
    yield Hostile("ods columns 10^4000", lambda: ods(_row(_cell(), blank.format("9" * 4_000))), _damaged("READ"))
    nested = f'<table:table-cell><table:table table:name="b">{_row(_cell())}</table:table></table:table-cell>'
    yield Hostile("ods table in a cell", lambda: ods(_row(_cell(), nested)), _damaged("READ"))
    inner = f'<table:table table:name="b">{_row(_cell())}</table:table>'
    yield Hostile("ods table in a table", lambda: ods(_row(_cell()) + inner + _row(_cell())), _damaged("READ"))
    broken = '<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p>'
    for said in (
        'value-type="float"', 'value-type="date"', 'value-type="flot" office:value="1"', 'value="1"',
        'value-typt="date" office:date-value="2025-01-01"', 'boolean-value="true"', 'string-value="a"',
    ):  # fmt: skip
        cell = f"<table:table-cell office:{said}><text:p>1</text:p></table:table-cell>"
        yield Hostile(f"ods cell of office:{said}", lambda c=cell: ods(_row(c)), _damaged())
    yield Hostile("ods not closed", lambda: ods(broken), _damaged())


HOSTILE: tuple[Hostile, ...] = (
    *_containers(),
    *_entities(),
    *_workbooks(),
    *_numbers(),
    *_csvs(),
    *_sheets_of_ods(),
    *_bulk(),
)
