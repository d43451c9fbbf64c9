"""Writes the strategy documents of a round: per province HTML, PDF, the tables as CSV and, when asked for, DOCX.

A public document is looked through for names, numbers and amounts of companies before it takes its place. Who asks
for documents is for `pipelines`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.files import beside
from assets.release.scan import Secrets
from assets.rounds import Round
from assets.store import DataFolder
from assets.strategy.compose import compose
from assets.strategy.document import INTERNAL, PUBLIC, Document, Tier, unflagged
from assets.strategy.leaks import leaks, secrets
from assets.strategy.own_leaks import Found, OwnSecrets, own_secrets
from assets.strategy.own_text import TEXT_ENDINGS, OwnTexts
from assets.strategy.page import file_name, page
from assets.strategy.paper import pdf
from assets.strategy.tables import Tables
from blueprint.load import blueprint

FOLDERS: dict[Tier, str] = {PUBLIC: "openbaar", INTERNAL: "VERTROUWELIJK"}
MARK = ".VERTROUWELIJK"
Progress = Callable[[int, int], None]


class StrategyError(Exception):
    """A document is not written; the text is Dutch, says why and names no company.

    `discreet` is what may be kept where others read it: without the words of a text that told too much.
    """

    def __init__(self, text: str, discreet: str = "") -> None:
        super().__init__(text)
        self.discreet = discreet or text


@dataclass(frozen=True)
class Made:
    """What was written for a province, and how many of its own texts stand in it and are to be looked at again.

    `strangers` are files beside those texts that belong to no section.
    """

    province: str
    page: Path
    figures: int
    own_texts: int
    stale_texts: int
    strangers: tuple[str, ...] = ()


def make_strategies(
    data: DataFolder,
    settings: Round,
    provinces: Sequence[str],
    tier: Tier,
    *,
    with_docx: bool = False,
    is_reviewed: bool = False,
    progress: Progress = lambda done, of: None,
) -> list[Made]:
    """Write the documents of these provinces (codes).

    Raises NoRelease, MissingTable, DamagedRecord and StrategyError; what was written before then stays.
    """
    tables = Tables(data, settings, tier)
    hidden = secrets(data, settings) if tier == PUBLIC else None
    own_hidden: OwnSecrets | None = None
    done = []
    for count, code in enumerate(provinces):
        progress(count, len(provinces))
        texts = OwnTexts(data.strategy_texts(file_name(_name(code)), FOLDERS[tier]), is_reviewed)
        document = compose(tables, code, texts)
        if hidden is not None and any(section.own_texts for section in document.sections):
            own_hidden = own_hidden or own_secrets(data, settings, hidden)
            _check_own(document, own_hidden)
        shown = unflagged(document) if tier == PUBLIC else document
        path = _write(data.strategy(settings.round, FOLDERS[tier]), shown, hidden, with_docx)
        texts.keep()
        own = [text for section in document.sections for text in section.own_texts]
        figures = sum(1 for section in document.sections for _ in section.charts)
        stale = sum(text.is_stale for text in own)
        strangers = texts.strangers(section.name for section in document.sections)
        done.append(Made(document.province, path, figures, len(own), stale, strangers))
    progress(len(provinces), len(provinces))
    return done


def all_provinces() -> tuple[str, ...]:
    return tuple(code.code for code in blueprint().codes["provinces"].filed)


def find_province(text: str) -> str:
    """The code of a province by its code or a spelling of its name; raises StrategyError."""
    known = blueprint().codes["provinces"]
    spellings = {file_name(code.label): code.code for code in known.filed}
    spellings |= {code.code.lower(): code.code for code in known.filed}
    spellings |= {file_name(alias): code for alias, code in known.aliases.items()}
    found = spellings.get(file_name(text))
    if found is None:
        names = ", ".join(code.label for code in known.filed)
        raise StrategyError(f"'{text}' is geen provincie. Kies uit: {names}.")
    return found


def lost_texts(data: DataFolder) -> tuple[str, ...]:
    """The folders and files among the own texts that belong to no province, or to none of the tiers, in order."""
    known = {file_name(_name(code)) for code in all_provinces()}
    lost: list[Path] = []
    for path in _texts_in(data.own_texts):
        if path.is_dir() and path.name in known:
            lost += (each for each in _texts_in(path) if not each.is_dir() or each.name not in FOLDERS.values())
        else:
            lost.append(path)
    return tuple(sorted(str(path.relative_to(data.own_texts)) for path in lost))


def _texts_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() or path.suffix.lower() in TEXT_ENDINGS]


def _name(code: str) -> str:
    return blueprint().codes["provinces"].label(code)


def _check_own(document: Document, known: OwnSecrets) -> None:
    """Refuse a public document of which an own text tells too much, and say in which file and what."""
    for section in document.sections:
        for text in section.own_texts:
            if found := known.found(text, document.province_code):
                place = f"{file_name(document.province)}/{FOLDERS[PUBLIC]}/{section.name}.md"
                written = f"Het openbare document van {document.province} is niet geschreven."
                raise StrategyError(
                    "\n".join((f"In de eigen tekst {place} staat wat niet openbaar is. {written}", *_told(found))),
                    f"In de eigen tekst {place} staat wat niet openbaar is. {written}"
                    " De opdracht 'pces strategy' zegt welke woorden het zijn.",
                )


def _told(found: Sequence[Found]) -> Iterator[str]:
    """What was found in an own text, each with the words around it, and what can be done about it."""
    for one in found:
        what = (
            "lijkt op een opgegeven of niet getoond cijfer" if one.is_amount else "is een naam of nummer uit een opgave"
        )
        yield f"- '{one.text}' {what}: \"{one.around}\""
    if any(one.is_amount for one in found):
        yield (
            "Rond een bedrag af op twee cijfers (dus 1,2 of 120 en niet 1,23 of 123): dat mag altijd. Of neem een"
            " cijfer over uit de openbare tabellen, zoals het daar staat."
        )
    if not all(one.is_amount for one in found):
        yield "Haal namen en nummers van bedrijven uit de tekst."


def _write(folder: Path, document: Document, hidden: Secrets | None, with_docx: bool) -> Path:
    """Write all files of a document, a public one only when it gives nobody away."""
    if hidden is not None and (found := leaks(document, hidden)):
        raise StrategyError(
            f"In het openbare document van {document.province} staan namen, nummers of bedragen van"
            f" bedrijven ({found}),"
            " misschien in een eigen tekst. Het is niet geschreven."
        )
    name = f"pces-{file_name(document.province)}{MARK if document.is_internal else ''}"
    files = {folder / f"{name}.html": page(document).encode(), folder / f"{name}.pdf": pdf(document)}
    if with_docx:
        from assets.strategy.office import docx

        files[folder / f"{name}.docx"] = docx(document)
    for grid in (grid for section in document.sections for grid in section.grids):
        files[folder / "csv" / f"{name}-{grid.name}.csv"] = b"\xef\xbb\xbf" + grid.csv.encode()
    for path, content in files.items():
        with beside(path) as temporary:
            temporary.write_bytes(content)
    return folder / f"{name}.html"
