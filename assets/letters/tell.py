"""Tells a company in plain Dutch what came of its filing, what is planned in its area, and what does not come sooner.

Where the rows come from stands in `gather`, which plan goes with which wish in `outlook`, the layout in
`assets.strategy`.
"""

from __future__ import annotations

from assets.letters.figures import figures
from assets.letters.gather import Company
from assets.letters.infrastructure import planned, sooner
from assets.letters.outcome import filed, outcome
from assets.strategy.document import INTERNAL, Block, Bullets, Document, Paragraph, Section
from assets.strategy.words import clean, enumerated
from blueprint.load import blueprint


def letter(company: Company, loaded: str) -> Document:
    """The letter to one company; `loaded` says when the plans were loaded."""
    told = [
        ("opgave", "Wat u opgaf en wat ervan werd", outcome(company)),
        ("cijfers", "Welke cijfers meetellen", figures(company)),
        ("gepland", "Wat er in uw gebied is gepland", planned(company, loaded)),
        ("wanneer", "Wat niet eerder komt, en wat dat voor uw plannen betekent", sooner(company)),
        ("contact", "Bij wie u terechtkunt", _contact(company)),
    ]
    core = Bullets((*filed(company), *_core(company)))
    sections = [Section("kern", "In het kort", (core,)), *(Section(*each) for each in told)]
    name = company.name or "uw bedrijf"
    provinces = company.provinces
    return Document(
        province_code=provinces[0] if provinces else "",
        province=_named(provinces),
        round=company.settings.round,
        round_title=clean(company.settings.title),
        tier=INTERNAL,
        edition=f"Ronde {company.settings.round}",
        sections=tuple(sections),
        heading=f"Uw opgave voor de cluster-energiestrategie: {name}",
        mark=f"VERTROUWELIJK. Deze brief is alleen voor {name} en gaat alleen over uw eigen opgave. Wij delen haar niet"
        " met andere bedrijven.",
    )


def _core(company: Company) -> tuple[str, ...]:
    """The one thing to know of infrastructure: what comes later than the company counts on."""
    late = [block for block in sooner(company) if isinstance(block, Paragraph)][:1]
    return tuple(block.text for block in late)


def _contact(company: Company) -> tuple[Block, ...]:
    """Per province of the company whom it can ask; without a name it is told where else."""
    lines = []
    for code in company.provinces:
        who = clean(company.settings.contact_in(code), 500)
        asked = (
            f": {who.removesuffix('.')}."
            if who
            else " noemt in deze ronde geen contactpersoon; bel het algemene nummer."
        )
        lines.append(f"Provincie {_named((code,))}{asked}")
    if not lines:
        who = clean(company.settings.contact, 500) or "de provincie waaraan u hebt ingeleverd"
        lines.append(f"Wij weten niet in welke provincie uw vestigingen liggen. Vragen kunt u stellen aan: {who}.")
    references = enumerated([row["submission_id"] for row in company.standing])
    asked = f"Noem bij vragen het kenmerk van uw opgave: {references}." if references else ""
    own = "Vragen over een aanvraag of aansluiting beantwoordt uw netbeheerder; de provincie gaat daar niet over."
    return (Bullets(tuple(lines)), Paragraph(f"{asked} {own}".strip()))


def _named(provinces: tuple[str, ...]) -> str:
    return enumerated([blueprint().codes["provinces"].label(code) for code in provinces])
