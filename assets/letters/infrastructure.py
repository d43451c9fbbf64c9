"""Tells which infrastructure is planned in the area of a company, and what of its plans that holds up.

Which plan goes with which wish is decided in `outlook`; nothing here promises a connection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from assets.letters.gather import PLANS, Company, Row
from assets.letters.outlook import Outlook, Wish, in_area, is_decided, is_past, outlook, ready_by
from assets.strategy.document import Block, Bullets, Grid, Paragraph, Source
from assets.strategy.story import label
from assets.strategy.words import NOT_APPLICABLE, Amount, amount, clean, counted, enumerated, said, verb
from blueprint.geography import places
from blueprint.load import blueprint

NO_PROMISE = (
    "Een plan voor uw gebied is geen toezegging aan uw bedrijf. Wie wanneer wordt aangesloten beslist de netbeheerder;"
    " deze brief verandert uw plaats in een wachtrij niet."
)
# What is said of how many, in the singular and plural; together they are all there is.
SUMMED = {
    "later": ("komt volgens de plannen later dan u rekent", "komen volgens de plannen later dan u rekent"),
    "tight": ("kan net op tijd zijn", "kunnen net op tijd zijn"),
    "in_time": ("kan volgens de plannen op tijd", "kunnen volgens de plannen op tijd"),
    "from": ("is een aanvraag waarvoor een plan is", "zijn aanvragen waarvoor een plan is"),
    "nothing": ("staat in geen plan dat wij kennen", "staan in geen plan dat wij kennen"),
    "done": (
        "hoort bij een plan dat volgens de bron al klaar is",
        "horen bij een plan dat volgens de bron al klaar is",
    ),
    "wish_past": ("heeft een datum die al voorbij is", "hebben een datum die al voorbij is"),
    "no_plans": ("kunnen wij met geen plan vergelijken", "kunnen wij met geen plan vergelijken"),
    "place_unknown": ("heeft geen bekende plaats", "hebben geen bekende plaats"),
}
ORDER = ("later", "tight", "nothing", "done", "from", "place_unknown", "no_plans", "wish_past", "in_time")


def planned(company: Company, loaded: str) -> tuple[Block, ...]:
    """The plans for the municipalities and provinces of the company's sites; that none are known is said."""
    if not company.provinces:
        return (Paragraph("Van uw vestigingen weten wij de plaats niet, dus ook niet wat daar is gepland.", "note"),)
    known = {plan["province_code"] for plan in company.plans}
    blocks: list[Block] = []
    without = [code for code in company.provinces if code not in known]
    if without:
        names = enumerated([label("provinces", code) for code in without])
        text = (
            f"Voor {names} zijn bij ons nog geen plannen voor infrastructuur bekend. Dat betekent niet dat er niets"
            " komt. Vraag het uw netbeheerder."
        )
        blocks.append(Paragraph(text, "note"))
    found = {id(plan): plan for place in company.places for plan in in_area(place, company.plans)}
    if found:
        blocks += [_grid(company, list(found.values()), loaded), Paragraph(NO_PROMISE, "note")]
    elif len(without) < len(company.provinces):
        there = [place.municipality for place in company.places if place.province_code in known]
        towns = enumerated(list(dict.fromkeys(there)))
        blocks.append(Paragraph(f"In de plannen die wij kennen staat niets voor {towns}.", "note"))
    return tuple(blocks)


def sooner(company: Company) -> tuple[Block, ...]:
    """Of each request and project when there can be infrastructure for it, the most pressing first."""
    if company.counted is None:
        return (Paragraph("Zodra uw opgave meetelt, leggen wij uw projecten en aanvragen naast de plannen."),)
    seen = [(wish, outlook(wish, company.plans, company.today)) for wish in company.wishes]
    if not seen:
        text = (
            "U gaf geen aanvraag op, en geen project dat volgens uw opgave een zwaarder net of een leiding nodig heeft."
        )
        return (Paragraph(text),)
    seen.sort(key=lambda pair: ORDER.index(pair[1].kind))
    return (_summed(seen), Bullets(tuple(_said(*pair) for pair in seen)))


def _summed(seen: list[tuple[Wish, Outlook]]) -> Paragraph:
    """In a sentence or two what the plans mean for all that the company wants; and what nobody knows."""
    kinds = Counter(found.kind for _, found in seen)
    many = counted(len(seen), "project of aanvraag", "projecten en aanvragen")
    text = f"U hebt {many} waarvoor een net of leiding nodig is"
    parts = [f"{said(kinds[kind], 0)} {verb(kinds[kind], *words)}" for kind, words in SUMMED.items() if kinds[kind]]
    if len(seen) == 1:
        parts = [f"dat {SUMMED[seen[0][1].kind][0]}"]
    return Paragraph(f"{text}: {enumerated(parts)}.", "warning" if kinds["later"] or kinds["nothing"] else "")


def _grid(company: Company, plans: list[Row], loaded: str) -> Grid:
    used = {wish.carrier for wish in company.wishes}
    plans.sort(key=lambda plan: (plan["carrier"] not in used, plan["ready_year"], plan["plan_id"]))
    return Grid(
        "plannen",
        "Plannen voor infrastructuur in uw gebied",
        ("Plan", "Voor", "Drager", "Beheerder", "Klaar", "Extra MW", "Stand", "Bron"),
        tuple(
            (
                clean(plan["plan_name"], 200),
                _where(plan),
                label("carriers", plan["carrier"]),
                label("grid_operators", plan["grid_operator"]) or "niet bekend",
                _years(plan) + (", volgens de bron al klaar" if is_past(plan, company.today) else ""),
                amount(plan["plan_extra_mw"], 1) if plan["plan_extra_mw"] is not None else _none(),
                label("certainty", plan["certainty"]) or "niet bekend",
                clean(plan["fact_source"], 200),
            )
            for plan in plans
        ),
        Source(((blueprint().tables[PLANS].title, PLANS),), loaded),
    )


def _none() -> Amount:
    return Amount(None, 0, NOT_APPLICABLE)


def _where(plan: Row) -> str:
    if plan["municipality_code"] is None:
        return f"heel {label('provinces', plan['province_code'])}"
    return places.municipality_name(plan["municipality_code"]) or plan["municipality_code"]


def _years(plan: Row) -> str:
    last = ready_by(plan)
    return str(last) if last == plan["ready_year"] else f"{plan['ready_year']}\u2013{last}"


def _said(wish: Wish, found: Outlook) -> str:
    """One request or project: what it is, where, what it counts on, and what the plans say."""
    carrier = label("carriers", wish.carrier).lower().replace("co2", "CO2")
    asked = f", u rekent op {wish.wanted.year}" if wish.wanted else ""
    return (
        f"{wish.what} ({carrier}, {wish.place.name}, {wish.place.municipality}{asked}): {SAID[found.kind](wish, found)}"
    )


def _later(wish: Wish, found: Outlook) -> str:
    wait = found.first - wish.wanted.year if wish.wanted else 0
    flexible = " Vraag uw netbeheerder wat tot die tijd kan, zoals een contract met flexibele afname."
    meanwhile = flexible if wish.carrier == "electricity" else ""
    return (
        f"niet voor {found.first}. Dat is {wait} jaar later dan u rekent.{_by(found)}{meanwhile} Pas"
        " zo nodig de datum in uw opgave aan."
    )


def _by(found: Outlook) -> str:
    """Which plan it waits for, how long that may take, and whether it is decided."""
    names = enumerated([f"'{clean(plan['plan_name'], 120)}'" for plan in found.plans[:3]])
    until = f" Het kan duren tot en met {found.last}." if found.last > found.first else ""
    unsure = "" if all(is_decided(plan) for plan in found.plans) else " Over de aanleg is nog geen besluit bekend."
    first = verb(len(found.plans), "Het eerste plan is", "De eerste plannen zijn")
    return f" {first} {names}.{until}{unsure}"


SAID: dict[str, Callable[[Wish, Outlook], str]] = {
    "later": _later,
    "tight": lambda wish, found: (
        f"volgens de plannen op zijn vroegst in {found.first}. Dat kan net op tijd zijn.{_by(found)}"
    ),
    "in_time": lambda wish, found: f"volgens de plannen op tijd, vanaf {found.first}.{_by(found)}",
    "from": lambda wish, found: f"niet voor {found.first}, volgens de plannen.{_by(found)}",
    "nothing": lambda wish, found: (
        "in de plannen die wij kennen staat hiervoor niets in uw gebied. Reken er niet op zonder toezegging van de"
        " netbeheerder."
    ),
    "done": lambda wish, found: (
        f"volgens de bron is dit sinds {found.first} klaar.{_by(found).split(' Over de')[0]} Vraag uw netbeheerder of"
        " het er ligt en of er ruimte is."
    ),
    "wish_past": lambda wish, found: (
        "de datum in uw opgave is al voorbij. Draait het project nog niet, geef dan een nieuwe datum op."
    ),
    "no_plans": lambda wish, found: (
        "van deze provincie zijn bij ons geen plannen bekend, dus wij kunnen niet zeggen wanneer het komt."
    ),
    "place_unknown": lambda wish, found: "wij weten niet waar deze vestiging ligt, dus ook niet wat daar is gepland.",
}
