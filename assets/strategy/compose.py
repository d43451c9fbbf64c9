"""Composes the document of a province and a tier: the sections of the Blueprint in order, each told by its module.

How a document is written to files belongs in `make`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assets.strategy import (
    change,
    demand,
    firms,
    method,
    needs,
    others,
    plans,
    power,
    public,
    public_plans,
    public_projects,
    scenarios,
)
from assets.strategy.document import INTERNAL, Block, Bullets, Document, OwnText, Paragraph, Section, numbered
from assets.strategy.story import Story, Told
from assets.strategy.tables import Tables
from assets.strategy.words import sentence
from blueprint.load import blueprint
from blueprint.strategy import Chapter, strategy

Teller = Callable[[Story], Told]
OwnTexts = Callable[[Section], OwnText | None]
CORE = "kern"
MARK = "Vertrouwelijk"
INTERNAL_TELLERS: Mapping[str, Teller] = {
    "deelname": firms.coverage,
    "bedrijven": firms.where,
    "energievraag": demand.demand,
    "scenarios": scenarios.scenarios,
    "vermogen": power.power,
    "waterstof": power.hydrogen,
    "warmte": power.heat,
    "flexibiliteit": power.flexibility,
    "projecten": plans.projects,
    "knelpunten": plans.bottlenecks,
    "infrastructuur": needs.infrastructure,
    "nederland": others.beside_others,
    "verschil": change.change,
    "verantwoording": lambda story: method.method(story, is_public=False),
}
PUBLIC_TELLERS: Mapping[str, Teller] = {
    "deelname": public.coverage,
    "energievraag": public.demand,
    "scenarios": public.scenarios,
    "vermogen": public.power,
    "waterstof": public_plans.hydrogen,
    "warmte": public_plans.heat,
    "flexibiliteit": public_plans.flexibility,
    "projecten": public_projects.projects,
    "knelpunten": public_plans.bottlenecks,
    "nederland": public.beside_others,
    "verschil": public_plans.change,
    "verantwoording": lambda story: method.method(story, is_public=True),
}


def compose(tables: Tables, province_code: str, own: OwnTexts) -> Document:
    """The document of one province; what the province wrote itself comes after what the tables say."""
    name = blueprint().codes["provinces"].label(province_code)
    story = Story(tables, province_code, name)
    tellers = INTERNAL_TELLERS if tables.tier == INTERNAL else PUBLIC_TELLERS
    told = {
        chapter.name: tellers[chapter.name](story) if chapter.name in tellers else Told()
        for chapter in strategy().sections
    }
    told[CORE] = _core([text for each in told.values() for text in each.core])
    said = set[str]()
    sections = [_section(chapter, _once(told[chapter.name], said), own) for chapter in strategy().sections]
    return Document(
        province_code=province_code,
        province=name,
        round=tables.settings.round,
        round_title=tables.settings.title,
        tier=tables.tier,
        edition=tables.edition,
        sections=numbered(tuple(sections)),
    )


def _core(texts: list[str]) -> Told:
    return Told((Bullets(tuple(sentence(f"{text.removesuffix('.')}.") for text in texts)),)) if texts else Told()


def _once(told: Told, said: set[str]) -> Told:
    """Without the notes that an earlier section said in the same words; these are added to `said`."""
    blocks = tuple(
        block
        for block in told.blocks
        if not (isinstance(block, Paragraph) and block.kind == "note" and block.text in said)
    )
    said |= {block.text for block in blocks if isinstance(block, Paragraph)}
    return Told(blocks, told.core)


def _section(chapter: Chapter, told: Told, own: OwnTexts) -> Section:
    blocks: tuple[Block, ...] = told.blocks or (Paragraph(chapter.public_none, "note"),)
    section = Section(chapter.name, chapter.title, blocks)
    text = own(section)
    return Section(chapter.name, chapter.title, (*blocks, text)) if text else section
