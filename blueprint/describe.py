"""Describes the Blueprint in plain Dutch text: one table, field, code list or rule, or all of it at a glance.

The data dictionary in Markdown is made in `blueprint.dictionary`; no fact is stated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from textwrap import fill, wrap

from blueprint import words
from blueprint.model import ENTERED, Blueprint, Code, CodeList, Field, Rule, Table

WIDTH = 110
GAP = "  "


def describe(agreed: Blueprint, name: str | None = None) -> str:
    """Text about everything that is called `name` (a name or a Dutch title, in any case); an overview without a name.

    Raises KeyError with a Dutch sentence that gives the nearest names.
    """
    if name is None:
        return overview(agreed)
    wanted = name.strip().casefold()
    kinds = (
        (((table.name, table.title) for table in agreed.tables.values()), table_text),
        (((field.name, field.title) for field in agreed.fields.values()), field_text),
        (((codes, codes) for codes in agreed.codes), list_text),
        (((rule.id, rule.title) for rule in agreed.rules.values()), rule_text),
    )
    known: dict[str, str] = {}
    texts = []
    for items, text in kinds:
        for key, title in items:
            known |= {key.casefold(): key, title.casefold(): title}
            if wanted in (key.casefold(), title.casefold()):
                texts.append(text(agreed, key))
    if not texts:
        raise KeyError(_unknown(name, wanted, known))
    return "\n\n".join(texts)


def overview(agreed: Blueprint) -> str:
    """All tables, code lists and rules by name."""
    filed = [(table.name, table.title, table.description) for table in agreed.filed_tables]
    made = [table for table in agreed.tables.values() if table.kind not in ENTERED]
    others = sorted(made, key=lambda table: table.order)
    loaded = [(table.name, table.title, table.description) for table in agreed.loaded_tables]
    parts = [
        f"Blueprint pCES, versie {agreed.version}\n{fill(agreed.status, WIDTH)}",
        f"Tabellen die een bedrijf indient:\n{_columns(filed)}",
        f"Tabellen die daaruit worden gemaakt:\n{_columns((t.name, t.title, t.description) for t in others)}",
        f"Tabellen die een analist laadt:\n{_columns(loaded)}",
        f"Codelijsten:\n{_names(sorted(agreed.codes))}",
        f"Regels:\n{_names(agreed.rules)}",
        "Meer over een tabel, veld, codelijst of regel: pces describe NAAM",
    ]
    return "\n\n".join(parts)


def table_text(agreed: Blueprint, name: str) -> str:
    """One table with its fields and keys; KeyError when there is none of that name."""
    table = agreed.tables[name]
    filed = table.kind == "filed"
    entered = table.kind in ENTERED
    heading = ("Naam", "Kop", "Verplicht" if entered else "Altijd gevuld")
    rows = [heading, *((f.name, f.title, words.required(table, f, agreed)) for f in table.fields)]
    notes = [*words.keys(table, agreed), words.wide_columns(table, agreed)]
    if table.kind == "pmiek":
        notes.append(agreed.unprotected_mark)
    size = f" In een opgave: {words.ROWS[table.rows]}." if filed else ""
    body = [f"Tabel {table.title} ({table.name})", fill(table.description + size, WIDTH), _columns(rows)]
    return "\n".join([*body, *(fill(note, WIDTH) for note in notes if note)])


def field_text(agreed: Blueprint, name: str) -> str:
    """One field: meaning, type, unit, limits, example, codes, and the tables it is in; KeyError when there is none."""
    field = agreed.fields[name]
    facts = [
        ("Type:", words.type_of(field)),
        ("Eenheid:", agreed.units[field.unit].label if field.unit else ""),
        ("Toegestaan:", words.limits(field)),
        ("Voorbeeld:", words.example(field, agreed)),
        ("Codelijst:", _short_list(agreed.codes[field.codes]) if field.codes else ""),
        ("Vertrouwelijkheid:", agreed.codes["confidentiality_classes"].label(field.confidentiality)),
        ("Staat in:", "; ".join(_places(agreed, field))),
        ("Regels:", ", ".join(rule.id for rule in agreed.rules.values() if rule.field == name)),
    ]
    body = _columns((label, text) for label, text in facts if text)
    return f"Veld {field.title} ({field.name})\n{fill(field.description, WIDTH)}\n{body}"


def list_text(agreed: Blueprint, name: str) -> str:
    """One code list with its codes; KeyError when there is none of that name."""
    codes = agreed.codes[name]
    used = words.users(codes, agreed)
    rows = ((code.code, code.label, f"{code.description}{_links(agreed, code)}") for code in codes.codes)
    lines = [f"Codelijst {name}", _columns(rows)]
    if used:
        lines.insert(1, fill(f"Gebruikt bij: {', '.join(used)}.", WIDTH))
    if codes.aliases:
        lines.append(f"Ook herkend: {len(codes.aliases)} andere schrijfwijzen.")
    return "\n".join(lines)


def rule_text(agreed: Blueprint, name: str) -> str:
    """One rule: how bad, where it looks, what the one who files reads; KeyError when there is none of that name."""
    rule = agreed.rules[name]
    facts = [
        ("Ernst:", agreed.codes["severities"].label(rule.severity)),
        ("Wanneer:", words.CHECKS[rule.check]),
        ("Bij:", _subject(agreed, rule)),
        ("Grens:", ", ".join(f"{key} = {words.number(value)}" for key, value in rule.bound.items())),
        ("Bron:", rule.source or ""),
        ("Voor:", "alleen de analist" if rule.audience == "analyst" else ""),
        ("Melding:", words.message(rule.message)),
    ]
    return f"Regel {rule.title} ({rule.id})\n{_columns((label, text) for label, text in facts if text)}"


def _subject(agreed: Blueprint, rule: Rule) -> str:
    if rule.table is None:
        return ""
    table = agreed.tables[rule.table]
    return f"{table.title}, {table.field(rule.field).title}" if rule.field else table.title


def _places(agreed: Blueprint, field: Field) -> list[str]:
    tables: list[Table] = sorted(agreed.tables.values(), key=lambda table: table.order)
    places = []
    for table in tables:
        if field.name in table.field_names:
            needed = words.required(table, table.field(field.name), agreed)
            shown = {"ja": " (verplicht)", "nee": ""}.get(needed, f" (verplicht {needed})")
            places.append(table.title + (shown if table.kind in ("filed", "reference") else ""))
    return places


def _links(agreed: Blueprint, code: Code) -> str:
    """The codes of other lists that go with a code, such as the units of a carrier."""
    linked = {name: value.replace(";", ", ") for name, value in code.attributes.items() if name in agreed.codes}
    return "".join(f" ({name}: {value})" for name, value in linked.items() if value)


def _short_list(codes: CodeList) -> str:
    return f"{codes.name}: {', '.join(code.label for code in codes.filed)}"


def _unknown(name: str, wanted: str, known: dict[str, str]) -> str:
    near = get_close_matches(wanted, known, n=4, cutoff=0.6) or [key for key in known if wanted and wanted in key][:4]
    meant = " of ".join(f"'{known[key]}'" for key in near)
    hint = f" Bedoelt u {meant}?" if meant else ""
    return f"'{name}' staat niet in de Blueprint.{hint} Alle namen: pces describe"


def _names(names: Iterable[str]) -> str:
    return fill(", ".join(names), WIDTH, initial_indent=GAP, subsequent_indent=GAP)


def _columns(rows: Iterable[Sequence[str]]) -> str:
    """Rows in aligned columns; the last column is wrapped under itself."""
    cells = [tuple(row) for row in rows]
    widths = [max(len(row[index]) for row in cells) for index in range(len(cells[0]) - 1)]
    lines = []
    for row in cells:
        start = GAP + "".join(text.ljust(width) + GAP for text, width in zip(row, widths, strict=False))
        last = wrap(row[-1], max(WIDTH - len(start), 30)) or [""]
        lines += [(start + last[0]).rstrip(), *(" " * len(start) + line for line in last[1:])]
    return "\n".join(lines)
