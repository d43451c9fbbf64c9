"""Writes the site of a round: one folder of public pages that opens from disk and can be put on any web server.

Only what was released is in it. What a document of a province says is made elsewhere.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from markupsafe import Markup

from assets.dialogue.html_template import template
from assets.release.ledger import PUBLIC as RELEASED
from assets.release.ledger import Released, in_force, releases
from assets.release.retract import day
from assets.rounds import Round
from assets.store import DataFolder
from assets.strategy import national
from assets.strategy.document import PUBLIC, Document, Grid, Links, Paragraph, Section, Source, numbered
from assets.strategy.make import FOLDERS, Made, Progress, all_provinces, make_strategies
from assets.strategy.page import HERE, file_name, page
from assets.strategy.public import COVERAGE
from assets.strategy.released import CODES, ROUND_CHANGE, dimensions, value_of
from assets.strategy.story import EVERY, Story, label
from assets.strategy.tables import Row, Tables
from assets.strategy.words import Amount, amount
from blueprint.geography.places import municipality_name
from blueprint.load import blueprint
from blueprint.model import Field

TABLES = tuple(table.name for table in blueprint().tables.values() if table.kind == "public")
VALUES = {name: value for name in TABLES if name != COVERAGE and (value := value_of(name))}
OTHER_CODES = {"later": "Later"}
# A page shows so many rows at once; all of them are searched, and in the CSV file.
ROWS_SHOWN = 200
# What stays in a table on a page, even when every row has the same.
IN_VIEW = ("figure_status", *VALUES.values())
# What stands in every row alike, and what a reader has no use for.
LEFT_OUT = ("round", "release", "blueprint_version", "factor_version", "region_code")


def make_site(data: DataFolder, settings: Round, progress: Progress = lambda done, of: None) -> tuple[Path, list[Made]]:
    """Write the whole site beside the old one and then in its place; its first page, and the documents that are in it.

    Raises what making documents raises.
    """
    tables = Tables(data, settings, PUBLIC)
    documents = make_strategies(data, settings, all_provinces(), PUBLIC, progress=progress)
    final = data.site(settings.round)
    aside = final.with_name(f".{final.name}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        for folder in ("documenten", "gegevens"):
            (aside / folder).mkdir(parents=True)
        made = data.strategy(settings.round, FOLDERS[PUBLIC])
        for code in all_provinces():
            for ending in ("html", "pdf"):
                name = f"pces-{file_name(label('provinces', code))}.{ending}"
                shutil.copyfile(made / name, aside / "documenten" / name)
        known, held = releases(data, settings.round), _held(tables)
        for name in held:
            shutil.copyfile(
                in_force(known)[-1].folder / RELEASED / f"{name}.parquet", aside / "gegevens" / f"{name}.parquet"
            )
            rows = tables.rows(name)
            (aside / "gegevens" / f"{name}.csv").write_bytes(_csv(name, rows))
            (aside / f"tabel-{name}.html").write_text(_table_page(tables, name, rows), encoding="utf-8")
        story = Story(tables, national.NATION, "Nederland")
        pages = {
            "index.html": _home(tables, known),
            "nederland.html": _page(tables, "Nederland: Cluster 6 naast de andere clusters", national.sections(story)),
            "woordenboek.html": _page(tables, "Gegevenswoordenboek", tuple(_dictionary(name) for name in held)),
        }
        for name, document in pages.items():
            (aside / name).write_text(page(document), encoding="utf-8")
        shutil.rmtree(final, ignore_errors=True)
        aside.replace(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return final / "index.html", documents


def _held(tables: Tables) -> tuple[str, ...]:
    return tuple(name for name in TABLES if tables.has(name))


def _page(tables: Tables, heading: str, sections: tuple[Section, ...], home: str = "index.html") -> Document:
    settings = tables.settings
    return Document("", "", settings.round, settings.title, PUBLIC, tables.edition, numbered(sections), heading, home)


def _home(tables: Tables, known: list[Released]) -> Document:
    settings = tables.settings
    coverage = tables.rows("public_coverage")
    deadline = f" De deadline was {settings.deadline:%d-%m-%Y}." if settings.deadline else ""
    taking_part = Grid(
        "deelname",
        "Bedrijven per provincie, in klassen",
        ("Provincie", "Uitgenodigd", "Telt mee"),
        tuple((row["region_name"], *(label("company_bands", row[field]).lower()
               for field in ("invited_band", "accepted_band"))) for row in coverage),
        tables.source("public_coverage"),
    )  # fmt: skip
    documents = tuple(
        target
        for code in all_provinces()
        for target in (
            (f"{label('provinces', code)}: lezen", f"documenten/pces-{file_name(label('provinces', code))}.html"),
            (f"{label('provinces', code)}: PDF", f"documenten/pces-{file_name(label('provinces', code))}.pdf"),
        )
    )
    titles = {name: blueprint().tables[name].title for name in _held(tables)}
    files = tuple((f"{titles[name]} ({ending})", f"gegevens/{name}.{ending.lower()}")
                  for name in titles for ending in ("CSV", "Parquet"))  # fmt: skip
    state = "open" if settings.status == "open" else "gesloten"
    return _page(
        tables,
        settings.title or f"Ronde {settings.round}",
        (
            Section(
                "stand",
                "Stand en deelname",
                (Paragraph(f"De ronde is {state}.{deadline}"), *_taken_back(known), taking_part),
            ),
            Section("provincies", "De strategie per provincie", (Links(documents),)),
            Section("nederland", "Nederland", (Links((("Cluster 6 naast de vijf clusters", "nederland.html"),)),)),
            Section(
                "tabellen",
                "Tabellen om in te zoeken",
                (Links(tuple((title, f"tabel-{name}.html") for name, title in titles.items())),),
            ),
            Section("gegevens", "Gegevens om mee te nemen", (Links(files),)),
            Section("woordenboek", "Wat elk veld betekent", (Links((("Gegevenswoordenboek", "woordenboek.html"),)),)),
            Section("wijzigingen", "Wat er veranderde", (_changes(tables, known),)),
        ),
        home="",
    )


def _taken_back(known: list[Released]) -> tuple[Paragraph, ...]:
    """Which releases were taken back: whoever has them must know."""
    return tuple(
        Paragraph(
            f"Vrijgave {one.number} is op {day(one.retracted_on)} ingetrokken. Gebruik haar cijfers niet meer en"
            " verwijder kopieën."
        )
        for one in known
        if one.retracted_on
    )


def _changes(tables: Tables, known: list[Released]) -> Grid:
    """Per release how many figures it shows, and how many are new, other or gone since the one before."""
    lines, before = [], dict[Any, Any]()
    for one in known:
        now = {
            (name, *(row[field] for field in blueprint().tables[name].primary_key if field != "release")): row[value]
            for name, value in VALUES.items()
            if name in one.note["tables"] and name != ROUND_CHANGE
            for row in one.figures(name).to_pylist()
            if row[value] is not None
        }
        added, gone = now.keys() - before.keys(), before.keys() - now.keys()
        other = sum(now[key] != before[key] for key in now.keys() & before.keys())
        counts = (len(now), len(added), other, len(gone))
        state = f", ingetrokken op {day(one.retracted_on)}" if one.retracted_on else ""
        lines.append((f"Vrijgave {one.number}, {_day(one)}{state}", *(Amount(amount(n, 0).value, 0) for n in counts)))
        before = now
    return Grid(
        "wijzigingen",
        "Vrijgaven van deze ronde",
        ("Vrijgave", "Cijfers getoond", "Nieuw", "Anders", "Vervallen"),
        tuple(reversed(lines)),
        tables.source(*(name for name in VALUES if tables.has(name) and name != ROUND_CHANGE)),
    )


def _day(one: Released) -> str:
    year, month, day = (one.note.get("released_on") or "--").split("-", 2)
    return f"{day}-{month}-{year}" if year else "zonder datum"


def _dictionary(name: str) -> Section:
    table = blueprint().tables[name]
    rows = tuple((field.title, field.name, field.unit or "–", field.description) for field in table.fields)
    source = Source(((table.title, name),), f"Blueprint {blueprint().version}")
    grid = Grid(f"velden-{name}", f"Velden van {table.title}", ("Veld", "Naam", "Eenheid", "Betekenis"), rows, source)
    return Section(name.replace("_", ""), table.title, (Paragraph(table.description), grid))


def _columns(name: str) -> list[Field]:
    return [field for field in blueprint().tables[name].fields if field.name not in LEFT_OUT]


def _texts(name: str, rows: list[Row]) -> list[list[str]]:
    """The rows as people read them: labels for codes, Dutch numbers, and the status where there is no number."""
    columns = _columns(name)
    return [[_text(name, field, row) for field in columns] for row in rows]


def _text(name: str, field: Field, row: Row) -> str:
    value = row[field.name]
    if field.name == VALUES.get(name):
        return amount(value, field.decimals or 0, row["figure_status"]).text
    if value is None:
        return "–"
    if name != COVERAGE and field.name in dimensions(name) and value == EVERY:
        return "Alle"
    if field.name == "municipality_code":
        return municipality_name(value) or str(value)
    if field.name == "phase_in":
        return OTHER_CODES.get(value, str(value))
    codes = CODES.get(field.name, field.codes)
    return blueprint().codes[codes].label(value) if codes and field.name != "region_name" else str(value)


def _csv(name: str, rows: list[Row]) -> bytes:
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([field.title for field in _columns(name)])
    writer.writerows(_texts(name, rows))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _table_page(tables: Tables, name: str, rows: list[Row]) -> str:
    script = (HERE / "table.js").read_text(encoding="utf-8")
    texts, columns = _texts(name, rows), _columns(name)
    # What every row has alike is said once, so that the figure stays in view.
    kept = [at for at, field in enumerate(columns) if at == 0 or field.name in IN_VIEW or not _is_same(texts, at)]
    same = [f"{field.title}: {texts[0][at]}" for at, field in enumerate(columns) if at not in kept]
    texts, columns = [[row[at] for at in kept] for row in texts], [columns[at] for at in kept]
    choices = [sorted({row[at] for row in texts}) for at in range(len(columns))]
    return template("table.html.j2", folder=HERE).render(
        table=blueprint().tables[name],
        columns=columns,
        values=(VALUES.get(name),),
        same=same,
        choices=[options if len(options) <= 40 else [] for options in choices],
        rows=texts[:ROWS_SHOWN],
        count=len(texts),
        shown=ROWS_SHOWN,
        data=Markup(_as_script(texts)),  # noqa: S704 - escaped
        script=Markup(script),  # noqa: S704 - our own
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        edition=tables.edition,
        settings=tables.settings,
        name=name,
    )


def _is_same(texts: list[list[str]], at: int) -> bool:
    return len({row[at] for row in texts}) == 1


def _as_script(rows: list[list[str]]) -> str:
    """As data within a page, where nothing in it can end the script."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
