"""Tells how the figures were made: versions, factors, what each mark in a table means, and where open data is from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from assets.rounds import Round
from assets.strategy.document import Block, Bullets, Grid, Paragraph, Source
from assets.strategy.story import Story, Told, label
from assets.strategy.words import Amount, enumerated
from blueprint.load import blueprint
from blueprint.model import Factor
from blueprint.words import number as plain_number

# Sources stand in the Blueprint as they are written by machines, with a point.
DOTTED = re.compile(r"(\d)\.(\d)")
PUBLIC_RULES = (
    "Een cijfer waaruit een bedrijf te herkennen is, staat er niet: 'niet getoond'. Ook andere cijfers vervallen soms,"
    " omdat het eerste anders is terug te rekenen. Dat is nooit hetzelfde als nul."
)
CONFIDENTIAL = (
    "In dit document is niets beveiligd: het laat zien wat afzonderlijke bedrijven opgaven. Verspreid het niet en neem"
    " er geen cijfers uit over in een openbaar stuk."
)


def method(story: Story, is_public: bool) -> Told:
    """The last section of both tiers."""
    settings = story.settings
    made_of = (
        "ramingen uit open data, geen opgaven van bedrijven," if settings.open_data else "de opgaven van bedrijven"
    )
    items = (
        f"De cijfers komen uit {made_of} in ronde {settings.round}, volgens Blueprint"
        f" {settings.blueprint_version} met de factoren van {settings.factor_version}. De Blueprint is een voorstel.",
        f"Basisjaar {settings.base_year}; gevraagde jaren {', '.join(map(str, settings.years[1:]))}."
        if settings.years[1:]
        else f"Basisjaar {settings.base_year}; naar latere jaren is niet gevraagd.",
        "Energie in PJ op de onderwaarde, vermogen in MW, CO2 en grondstof in kt. CO2 telt nooit mee als energie.",
        "Leeg is niet nul: 'niet opgegeven' betekent dat niemand een waarde invulde, '0' dat iemand nul invulde.",
        "Een bedrijf met meer vestigingen telt als één bedrijf.",
        *_judged(settings),
        PUBLIC_RULES if is_public else CONFIDENTIAL,
        "Kaarten en gemeenten: CBS / Kadaster, CC BY 4.0.",
    )
    blocks: list[Block] = [Bullets(items), _factors(story)]
    if not is_public:
        blocks += [_weights(story)]
    blocks.append(Paragraph(f"Alle figuren en tabellen: {story.tables.edition.lower()}."))
    return Told(tuple(blocks))


def _judged(settings: Round) -> Iterator[str]:
    """What had to hold for a row to count, where the round was milder, and whether something is estimated."""
    yield "Elke ingevulde regel is gecontroleerd; een regel met een fout telt niet mee."
    if settings.relaxed_rules:
        titles = [_relaxed(name) for name in dict.fromkeys(settings.relaxed_rules)]
        yield f"In deze ronde was dit geen fout maar een waarschuwing: {enumerated(titles)}."
    if settings.interpolate or settings.impute:
        yield "Een deel van wat ontbreekt is geschat. Een schatting telt nooit mee als opgave."


def _relaxed(name: str) -> str:
    """A relaxed rule as people call it, with the field where it is of one."""
    field, _, rule = name.rpartition(".")
    title = blueprint().rules[rule].title.lower()
    return f"{title} ('{blueprint().fields[field.rpartition('.')[2]].title}')" if field else title


def _factors(story: Story) -> Grid:
    """The factors that turn what was filed into PJ and kt."""
    rows = tuple(
        (
            label("carriers", factor.carrier),
            _from_to(factor),
            plain_number(_shown(factor.factor)),
            DOTTED.sub(r"\1,\2", factor.source),
        )
        for factor in blueprint().factors
    )
    source = Source((("Factoren van de Blueprint", "factors.csv"),), f"Versie {story.settings.factor_version}")
    return Grid("factoren", "Factoren waarmee is gerekend", ("Drager", "Van en naar", "Factor", "Bron"), rows, source)


def _shown(factor: Decimal) -> Decimal:
    """With at most four digits that say something; what is reckoned with has all of them."""
    places = max(4 - factor.adjusted() - 1, 0)
    return round(factor, places).normalize() if places else factor


def _from_to(factor: Factor) -> str:
    """mln m3 naar PJ; PJ (onderwaarde) naar kt CO2."""
    basis = f" ({label('heating_value_bases', factor.basis).lower()})" if factor.basis else ""
    emitted = " CO2" if (factor.from_unit, factor.to_unit) == ("PJ", "kt") else ""
    return f"{factor.from_unit.replace('_', ' ')}{basis} naar {factor.to_unit}{emitted}"


def _weights(story: Story) -> Grid:
    source = Source((("Codelijst zekerheid", "certainty"),), f"Blueprint {story.settings.blueprint_version}")
    rows = tuple(
        (code.label, Amount(Decimal(code.attributes["weight_pct"]), 0)) for code in blueprint().codes["certainty"].filed
    )
    return Grid(
        "wegingen", "Weging per zekerheid, als een bedrijf geen kans opgaf", ("Zekerheid", "Procent"), rows, source
    )
