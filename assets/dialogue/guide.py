"""Writes the first sheet of the form: what it is for, who sees it, how to fill it in, and what to do afterwards.

Dutch in plain words (B1). What single fields mean stands in the Blueprint, how a sheet looks in `template_xlsx`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from assets.dialogue.form import MANY_ROWS, Form, FormSheet

Kind = Literal["title", "subtitle", "heading", "text", "point", "step", "colour", "fact", "answer"]
FileKind = Literal["xlsx", "ods", "zip"]
CONTACT = "[naam, e-mailadres en telefoonnummer van uw contactpersoon bij de provincie]"


class Line(NamedTuple):
    """One line: its kind, its text, a label before it (a number, a name), and where it leads or which colour it has."""

    kind: Kind
    text: str
    label: str = ""
    mark: str = ""


def guide(form: Form, kind: FileKind = "xlsx") -> list[Line]:
    """The explanation of a form, in the order in which one reads it, for a kind of file: not all can do the same."""
    in_sheets = kind != "zip"
    return [
        Line("title", "Opgave energievraag industrie"),
        Line("subtitle", "Formulier voor de provinciale Cluster Energie Strategie (pCES) en het pMIEK"),
        *_purpose(),
        *_order(form, kind),
        *(_colours(kind) if in_sheets else []),
        *_how(form, kind),
        *_unknown(),
        *_send(form, kind),
        *_about(form),
    ]


def _purpose() -> list[Line]:
    return [
        Line("heading", "Waarvoor is dit formulier?"),
        Line(
            "text",
            "Provincies en netbeheerders moeten weten hoeveel energie de industrie straks nodig heeft: waar, hoeveel, "
            "wanneer en hoe zeker dat is. Met dit formulier geeft u dat op voor uw bedrijf. De opgaven van alle "
            "bedrijven samen vormen de pCES van uw provincie en de cijfers voor het pMIEK, het programma voor nieuwe "
            "energie-infrastructuur.",
        ),
        Line("heading", "Wie ziet uw gegevens?"),
        Line(
            "text",
            "Uw opgave is vertrouwelijk. De provincie gebruikt haar om de vraag van alle bedrijven op te tellen. Uw "
            "gegevens per vestiging delen, of herkenbaar publiceren, mag alleen als u dat toestaat op tabblad "
            "'Toestemming'. Vult u daar niets in, dan is er geen toestemming. Stuur dit bestand alleen langs de weg "
            "die in de uitnodiging staat.",
        ),
    ]


def _order(form: Form, kind: FileKind) -> list[Line]:
    steps = [Line("step", _step(sheet), f"{place}. {sheet.title}", sheet.title) for place, sheet in _numbered(form)]
    check = form.agreed.form.check
    if kind == "xlsx":
        steps.append(Line("step", "Hier ziet u wat er nog ontbreekt.", f"{len(steps) + 1}. {check}", check))
    return [Line("heading", "In welke volgorde vult u in?"), *steps]


def _numbered(form: Form) -> list[tuple[int, FormSheet]]:
    return list(enumerate(form.sheets, start=1))


def _step(sheet: FormSheet) -> str:
    needed = {"exactly_one": "Verplicht.", "at_least_one": "Verplicht: ten minste één rij.", "any": ""}
    optional = "Vul in als het voor u geldt." if not sheet.table.expected else "Vul in voor elke vestiging."
    return f"{sheet.table.description} {needed[sheet.table.rows] or optional}"


def _colours(kind: FileKind) -> list[Line]:
    cells = [
        Line("colour", "Deze cel moet u nog invullen.", "Cel", "missing"),
        Line("colour", "Al ingevuld; deze cel kunt u niet veranderen.", "Cel", "fixed"),
    ]
    return [
        Line("heading", "Wat betekenen de kleuren?"),
        Line("colour", "Kolom die u altijd invult.", "Kolomkop", "required"),
        Line("colour", "Kolom die soms verplicht is. Klik op een cel om te zien wanneer.", "Kolomkop", "conditional"),
        Line("colour", "Kolom die u mag overslaan, maar die ons helpt.", "Kolomkop", "optional"),
        *(cells if kind == "xlsx" else []),
    ]


def _how(form: Form, kind: FileKind) -> list[Line]:
    base, *later = form.settings.years
    years = f"{base} is het basisjaar: uw werkelijke verbruik. " + (
        f"Daarna staan de jaren {', '.join(map(str, later))} naast elkaar; daar vult u uw plan in." if later else ""
    )
    rows = f"{MANY_ROWS:,}".replace(",", ".")
    sheets = [
        Line("point", "Klik op een cel: dan verschijnt uitleg."),
        Line("point", "Staat er een pijltje naast de cel? Kies dan uit de lijst. Typen mag ook."),
    ]
    files = [
        Line("point", "Elk tabblad is hier een CSV-bestand. De jaren staan er onder elkaar: een regel per jaar."),
        Line("point", f"Kies bij een keuzeveld een antwoord uit {form.agreed.form.lists}.csv."),
        Line("point", "Bewaar elk bestand als CSV in UTF-8 en doe alle bestanden samen in één zip."),
    ]
    room = [
        Line(
            "point",
            f"Per tabblad controleert het formulier {rows} regels terwijl u typt. Daaronder kunt u ook invullen. "
            "Verander de kolomkoppen en de namen van de tabbladen niet.",
        )
    ]
    return [
        Line("heading", "Zo vult u in"),
        *(files if kind == "zip" else sheets),
        Line("point", "Vul in een getal alleen cijfers in, met een komma voor de decimalen: 1234,5. Geen eenheid."),
        Line("point", "De eenheid staat in de kolomkop, of u kiest haar in de kolom 'Eenheid'."),
        Line("point", "Schrijf een datum als dag-maand-jaar: 31-12-2027."),
        Line("point", f"{years} Maak voor het basisjaar en voor elk scenario een eigen regel."),
        Line("point", "Gebruik voor een vestiging, aansluiting of project op alle tabbladen dezelfde code."),
        *(room if kind != "zip" else []),
    ]


def _unknown() -> list[Line]:
    return [
        Line("heading", "Weet u iets niet?"),
        Line(
            "text",
            "Laat de cel dan leeg. Vul geen 0 in: nul betekent dat u echt niets gebruikt. Geef bij 'Energievraag' in "
            "de kolom 'Reden van niet invullen' kort aan waarom een waarde ontbreekt. Is een waarde niet precies "
            "bekend? Schat haar, en kies bij 'Herkomst van de waarde' voor 'Schatting'.",
        ),
    ]


def _send(form: Form, kind: FileKind) -> list[Line]:
    deadline = form.settings.deadline
    until = f" Dat kan tot en met {deadline:%d-%m-%Y}." if deadline else " De uiterste datum staat in de uitnodiging."
    look = f"Kijk op tabblad '{form.agreed.form.check}' of alles is ingevuld. " if kind == "xlsx" else ""
    return [
        Line("heading", "Controleren, insturen en verbeteren"),
        Line(
            "text",
            f"{look}Vul op tabblad 'Indiening' de datum in en stuur het hele bestand in.{until}",
        ),
        Line(
            "text",
            "U krijgt een terugmelding. Daarin staat per cel wat er niet klopt en wat u kunt doen. Verbeter dat in "
            "dit bestand, zet bij 'Datum van indiening' de nieuwe datum, vul bij 'Vervangt indiening' het kenmerk uit "
            "de terugmelding in, en stuur het hele bestand opnieuw in. De nieuwste goede opgave telt.",
        ),
        Line("heading", "Vragen?"),
        Line("answer", form.settings.contact or CONTACT),
    ]


def _about(form: Form) -> list[Line]:
    settings = form.settings
    years = ", ".join(map(str, settings.years[1:])) or "geen"
    known = [
        Line(
            "fact",
            settings.title or settings.round or "nog niet bekend; u vult haar in op tabblad 'Indiening'",
            "Ronde",
        ),
        Line("fact", str(settings.base_year), "Basisjaar"),
        Line("fact", years, "Jaren van de plannen"),
        Line("fact", form.agreed.version, "Versie van de Blueprint"),
        Line("fact", form.agreed.form.version, "Versie van het formulier"),
        Line("fact", form.agreed.status, "Stand"),
    ]
    if form.prefilled_from:
        known.insert(1, Line("fact", _prefilled(form), "Vooraf ingevuld"))
    return [Line("heading", "Over dit formulier"), *known]


def _prefilled(form: Form) -> str:
    text = (
        f"Met uw aanvaarde opgave in ronde {form.prefilled_from}. Loop alles na en pas aan wat is veranderd. Uw "
        "toestemming is niet ingevuld: die geeft u bij elke opgave opnieuw."
    )
    if form.refused == 1:
        return f"{text} In die opgave is 1 regel afgekeurd; die is hier niet ingevuld."
    if form.refused:
        rows = f"{form.refused:,}".replace(",", ".")
        return f"{text} In die opgave zijn {rows} regels afgekeurd; die zijn hier niet ingevuld."
    return text
