"""Renders the data dictionary, blueprint/README.md, in Markdown that a code host shows well.

Words shared with the command line are in `blueprint.words`; the facts themselves are data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from blueprint import words
from blueprint.load import HERE
from blueprint.model import ENTERED, Blueprint, CodeList, Factor, Field, Rule, Table

# What a person who files has no use for: how codes are sorted, and which are kept for results.
HIDDEN_ATTRIBUTES = {"order", "filed"}
EXAMPLES = {path.stem for path in (HERE / "examples").glob("*.md")}
INTRODUCTION = """\
# Gegevenswoordenboek van de Blueprint pCES

> **Dit is een voorstel**, versie {version}. {status}

De Blueprint pCES legt vast wat een industrieel bedrijf opgeeft voor de provinciale Cluster Energie Strategie (pCES) en
wat daaruit wordt gemaakt. Elk feit staat één keer, als gegeven: velden in [fields.yaml](fields.yaml), tabellen in
[tables](tables), codelijsten in [codes](codes), eenheden in [units.csv](units.csv), omrekenfactoren (versie
{factor_version}) in [factors.csv](factors.csv) en regels in [rules.yaml](rules.yaml).

Deze pagina is daaruit gemaakt. Verander de gegevens en niet deze pagina, en maak haar opnieuw met
`pytest tests/blueprint/test_generated.py --fix`.

## Hoe een opgave is opgebouwd

- Een opgave is één werkboek (xlsx of ods) met een tabblad per tabel, of één zip met een CSV-bestand per tabel, in
  UTF-8 en met de naam van de tabel (`site.csv`).
- Een kolom heeft de Nederlandse kop of de naam uit dit woordenboek. Bij een keuze mag het label of de code worden
  ingevuld.
- Basisjaar {base_year}; gevraagd worden daarna {years}. Een ronde kan daarvan afwijken.
- Leeg is niet nul: een waarde die niet is ingevuld telt als niet opgegeven.
- Gerekend wordt in PJ op de onderwaarde, MW en kt; de ingevulde waarde en eenheid blijven bewaard.
"""


def data_dictionary(agreed: Blueprint) -> str:
    """The whole page; equal for equal data."""
    asked = [str(year) for year in agreed.target_years]
    intro = INTRODUCTION.format(
        version=agreed.version,
        status=agreed.status,
        factor_version=agreed.factor_version,
        base_year=agreed.base_year,
        years=", ".join(asked[:-1]) + f" en {asked[-1]}",
    )
    parts = [
        intro,
        *_classes(agreed),
        "## Inhoud\n",
        _contents(agreed),
        "## Tabellen die een bedrijf indient\n",
        *(_table(table, agreed) for table in agreed.filed_tables),
        "## Tabellen die daaruit worden gemaakt\n",
        f"> De pMIEK-tabellen dragen het merk: {agreed.unprotected_mark}\n",
        "De uitgewerkte voorbeelden worden door de tests nagerekend.\n",
        *(_table(table, agreed) for table in _emitted(agreed)),
        "## Tabellen die een analist laadt\n",
        "Wie is uitgenodigd (`pces expected load BESTAND`), en openbare gegevens waarmee opgaven worden vergeleken "
        "(`pces reference load NAAM BESTAND`). Het bestand is een CSV in UTF-8 of een werkmap, met de koppen of namen "
        "hieronder.\n",
        *(_table(table, agreed) for table in agreed.loaded_tables),
        "## Codelijsten\n",
        "Ook andere schrijfwijzen worden herkend; die staan in [codes/aliases.csv](codes/aliases.csv).\n",
        *(_code_list(codes, agreed) for codes in _lists(agreed)),
        *_units(agreed),
        *_rules(agreed),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def anchor(heading: str) -> str:
    """The fragment under which code hosts put a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _emitted(agreed: Blueprint) -> list[Table]:
    made = (table for table in agreed.tables.values() if table.kind not in ENTERED)
    return sorted(made, key=lambda table: table.order)


def _lists(agreed: Blueprint) -> list[CodeList]:
    """Every list but the units, which have a section of their own."""
    return [agreed.codes[name] for name in sorted(agreed.codes) if name != "units"]


def _classes(agreed: Blueprint) -> list[str]:
    codes = agreed.codes["confidentiality_classes"].codes
    return ["De klassen van vertrouwelijkheid:\n", *(f"- **{code.label}**: {code.description}" for code in codes), ""]


def _contents(agreed: Blueprint) -> str:
    rows = [(_link(t.title, t.title), f"`{t.name}`", t.description) for t in _in_order(agreed)]
    lists = ", ".join(_link(codes.name, codes.name) for codes in _lists(agreed))
    ends = " en ".join(_link(title, title) for title in ("Eenheden en factoren", "Regels"))
    return f"{_grid(('Tabel', 'Naam', 'Inhoud'), rows)}\nCodelijsten: {lists}.\n\nVerder: {ends}.\n"


def _in_order(agreed: Blueprint) -> list[Table]:
    return [*agreed.filed_tables, *_emitted(agreed), *agreed.loaded_tables]


def _table(table: Table, agreed: Blueprint) -> str:
    filed = table.kind in ENTERED
    kop = ("Kop", "Naam", "Type", "Eenheid", "Verplicht", "Lijst", "Vertrouwelijkheid", "Omschrijving")
    heading = kop if filed else (*kop[:4], "Altijd gevuld", *kop[5:])
    rows = [_field(table, field, agreed) for field in table.fields]
    size = f" In een opgave: {words.ROWS[table.rows]}." if table.kind == "filed" else ""
    lines = [f"### {table.title}\n", f"`{table.name}` · {table.description}{size}\n", _grid(heading, rows)]
    worked = f"[Uitgewerkt voorbeeld](examples/{table.name}.md)." if table.name in EXAMPLES else ""
    notes = [*words.keys(table, agreed), words.wide_columns(table, agreed), worked, *_public_form(table, agreed)]
    return "\n".join([*lines, " ".join(filter(None, notes)) + "\n" if any(notes) else ""])


def _public_form(table: Table, agreed: Blueprint) -> list[str]:
    if table.public_reason is None:
        return []
    titles = [agreed.tables[name].title for name in table.public_forms]
    forms = ", ".join(_link(title, title) for title in titles) or "geen"
    return [f"Openbare vorm: {forms}. {table.public_reason}"]


def _field(table: Table, field: Field, agreed: Blueprint) -> tuple[str, ...]:
    section = "Eenheden en factoren" if field.codes == "units" else field.codes
    return (
        field.title,
        f"`{field.name}`",
        words.type_of(field),
        field.unit or "",
        words.required(table, field, agreed),
        _link(field.codes, section) if field.codes and section else "",
        agreed.codes["confidentiality_classes"].label(field.confidentiality),
        words.about(field, agreed) if table.kind in ENTERED else field.description,
    )


def _code_list(codes: CodeList, agreed: Blueprint) -> str:
    attributes = [name for name in codes.codes[0].attributes if name not in HIDDEN_ATTRIBUTES]
    heading = ("Code", "Label", "Omschrijving", *(f"`{name}`" for name in attributes))
    rows = [
        (f"`{code.code}`", code.label, code.description, *(_spaced(code.attributes[name]) for name in attributes))
        for code in codes.codes
    ]
    used = words.users(codes, agreed)
    lines = [f"### {codes.name}\n", f"Gebruikt bij: {', '.join(used)}.\n" if used else "", _grid(heading, rows)]
    return "\n".join(filter(None, lines))


def _units(agreed: Blueprint) -> list[str]:
    rows = [
        (f"`{u.unit}`", u.label, words.QUANTITIES.get(u.quantity, u.quantity), f"{words.number(u.factor)} {u.canon}")
        for u in agreed.units.values()
    ]
    heading = ("Energiedrager", "1 eenheid", "is", "Geldig", "Bron", "Opmerking")
    factors = [_factor(factor, agreed) for factor in agreed.factors]
    return [
        "## Eenheden en factoren\n",
        "Elke eenheid heeft één vaste eenheid waarin wordt gerekend.\n",
        _grid(("Eenheid", "Label", "Grootheid", "1 eenheid is"), rows),
        "Factoren die van de energiedrager afhangen. LHV is de onderwaarde, HHV de bovenwaarde. In de opmerking "
        "betekent [F] gevonden in een openbaar document, [I] daaruit afgeleid, [M] algemene kennis, nog na te gaan.\n",
        _grid(heading, factors),
    ]


def _factor(factor: Factor, agreed: Blueprint) -> tuple[str, ...]:
    from_basis = f" {factor.basis}" if factor.basis else ""
    kind = {"PJ": "PJ LHV", "kt": "kt CO2"}.get(factor.to_unit, factor.to_unit)
    until = f" tot en met {factor.valid_until}" if factor.valid_until else ""
    return (
        agreed.codes["carriers"].label(factor.carrier),
        f"1 {factor.from_unit}{from_basis}",
        f"{words.number(factor.factor)} {kind}",
        f"vanaf {factor.valid_from}{until}",
        factor.source,
        factor.remark,
    )


def _rules(agreed: Blueprint) -> list[str]:
    marks = ", ".join(words.PLACEHOLDERS.values())
    parts = [
        "## Regels\n",
        "Een fout weigert de regel of de hele opgave; een waarschuwing of opmerking laat haar staan. Een ronde kan de "
        f"ernst aanpassen. Waar {marks} staat, staat in de melding zelf om welke kolom en waarde het gaat.\n",
    ]
    for check, title in words.CHECKS.items():
        rows = [_rule(rule, agreed) for rule in agreed.rules.values() if rule.check == check]
        if rows:
            parts += [f"### {title}\n", _grid(("Regel", "Ernst", "Titel", "Wat de inzender leest"), rows)]
    return parts


def _rule(rule: Rule, agreed: Blueprint) -> tuple[str, ...]:
    severity = agreed.codes["severities"].label(rule.severity)
    reader = "Alleen voor de analist: " if rule.audience == "analyst" else ""
    return f"`{rule.id}`", severity, rule.title, reader + words.message(rule.message)


def _grid(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns that are empty in every row are left out."""
    cells = [[_cell(text) for text in row] for row in rows]
    kept = [index for index in range(len(heading)) if any(row[index] for row in cells)]
    lines = [
        [heading[index] for index in kept],
        ["---"] * len(kept),
        *([row[index] for index in kept] for row in cells),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _link(text: str, heading: str) -> str:
    return f"[{text}](#{anchor(heading)})"


def _spaced(value: str) -> str:
    return {"true": "ja", "false": "nee"}.get(value, value.replace(";", ", "))
