"""The settings of a round: what `data/raw/<round>/round.yaml` says, with the Blueprint's defaults.

How rounds become partitions and who runs them belongs in `pipelines`.
"""

from __future__ import annotations

import datetime as dt
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, field_validator

from assets.files import beside
from blueprint.load import blueprint

SETTINGS_FILE = "round.yaml"
MAX_SETTINGS = 100_000
# In which deadlines pass and moments are shown.
DUTCH_TIME = ZoneInfo("Europe/Amsterdam")
# The line of round.yaml that says whether it is open; a remark behind it goes with it.
STATUS = re.compile(r"^(?:status|'status'|\"status\")\s*:.*$", re.MULTILINE)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def today() -> dt.date:
    """The date in the Netherlands."""
    return dt.datetime.now(DUTCH_TIME).date()


class RoundError(Exception):
    """A round cannot be opened or read; the message is Dutch and says what to do."""


class Round(BaseModel):
    """One round of filing: its name, whether it is open, its years and versions, and what it relaxes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    round: str
    title: str = ""
    status: Literal["open", "closed"] = "open"
    deadline: dt.date | None = None
    contact: str = ""
    # Whom companies can ask, by province (code, or name as people write it); where none is given it is `contact`.
    province_contacts: dict[str, str] = {}
    base_year: int = Field(default_factory=lambda: blueprint().base_year, ge=2000, le=2100)
    target_years: tuple[int, ...] = Field(default_factory=lambda: blueprint().target_years)
    geography_year: int = Field(default_factory=lambda: blueprint().geography_year, ge=2018, le=2100)
    blueprint_version: str = Field(default_factory=lambda: blueprint().version)
    factor_version: str = Field(default_factory=lambda: blueprint().factor_version)
    # The round whose filings these are compared with; none when it is not given.
    previous_round: str | None = None
    # Rules that only warn in this round: "rule" or "table.field.rule".
    relaxed_rules: tuple[str, ...] = ()
    # Whether years between two filed ones, and companies that filed nothing, are estimated beside what was filed.
    interpolate: StrictBool = False
    impute: StrictBool = False
    # Whether what lies in the round are estimates from open data, and no filings of companies: documents say so.
    open_data: StrictBool = False

    def __hash__(self) -> int:
        """By its name: settings that are equal have the same, and contacts cannot be hashed."""
        return hash(self.round)

    @field_validator("relaxed_rules")
    @classmethod
    def _known_rules(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            rule = blueprint().rules.get(name.rpartition(".")[2])
            if rule is None:
                raise ValueError(f"'{name}' is geen regel van de Blueprint")
            if not rule.may_relax:
                raise ValueError(f"de regel '{rule.id}' kan niet worden versoepeld, omdat er dan verkeerd wordt geteld")
        return names

    @field_validator("province_contacts")
    @classmethod
    def _known_provinces(cls, contacts: dict[str, str]) -> dict[str, str]:
        known = blueprint().codes["provinces"]
        spelled = {code.label.lower(): code.code for code in known.filed}
        spelled |= {code.code.lower(): code.code for code in known.filed}
        spelled |= {alias.lower(): code for alias, code in known.aliases.items()}
        for name in contacts:
            if name.strip().lower() not in spelled:
                raise ValueError(f"'{name}' is geen provincie")
        return {spelled[name.strip().lower()]: text for name, text in contacts.items()}

    @field_validator("previous_round")
    @classmethod
    def _round_name(cls, name: str | None) -> str | None:
        if name is not None and not is_round_name(name):
            raise ValueError(f"'{name}' kan geen naam van een ronde zijn")
        return name

    def contact_in(self, province_code: str | None) -> str:
        """Whom a company in a province can ask; empty when nobody is named."""
        return self.province_contacts.get(province_code or "", self.contact)

    @property
    def years(self) -> tuple[int, ...]:
        """The base year and the target years, in order."""
        return tuple(sorted({self.base_year, *self.target_years}))

    def severity(self, rule: str, table: str = "", field: str = "") -> str:
        """How bad a breach of `rule` is in this round; an error that is relaxed, or only warns there, is a warning."""
        declared = blueprint().rules[rule].severity
        relaxed = rule in self.relaxed_rules or f"{table}.{field}.{rule}" in self.relaxed_rules
        only_warns = field in blueprint().fields and rule in blueprint().fields[field].warns
        return "warning" if declared == "error" and (relaxed or only_warns) else declared


def is_round_name(name: str) -> bool:
    """Whether `name` can be a round: letters, digits, dots and hyphens, so that it is also a folder."""
    return NAME.fullmatch(name) is not None and ".." not in name


def read_round(folder: Path) -> Round:
    """The settings of the round in `folder` (data/raw/<round>).

    Raises RoundError, in Dutch, when the file is missing, is no YAML or holds something unknown.
    """
    try:
        content = _content(folder / SETTINGS_FILE)
    except FileNotFoundError:
        raise RoundError(_unknown(folder)) from None
    except _Refused as refusal:
        raise RoundError(f"{SETTINGS_FILE} van ronde '{folder.name}' {refusal}") from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        raise RoundError(f"{SETTINGS_FILE} van ronde '{folder.name}' is niet te lezen.") from None
    if not isinstance(content, dict):
        raise RoundError(f"{SETTINGS_FILE} van ronde '{folder.name}' is leeg of geen lijst van instellingen.")
    try:
        settings = Round.model_validate({"round": folder.name, **content})
    except ValidationError as error:
        raise RoundError(f"{SETTINGS_FILE} van ronde '{folder.name}': {what_is_wrong(error)}") from None
    check_previous(folder.parent, settings)
    agreed = (blueprint().version, blueprint().factor_version)
    if (settings.blueprint_version, settings.factor_version) != agreed:
        raise RoundError(
            f"Ronde '{folder.name}' hoort bij Blueprint {settings.blueprint_version} en factoren"
            f" {settings.factor_version}, maar dit programma rekent met {agreed[0]} en {agreed[1]}."
            f" Pas beide in {SETTINGS_FILE} aan om met de nieuwe te rekenen."
        )
    if settings.round != folder.name:
        raise RoundError(f"{SETTINGS_FILE} van ronde '{folder.name}' noemt een andere ronde: '{settings.round}'.")
    return settings


class _Plain(yaml.SafeLoader):
    """Reads YAML without anchors and aliases, with which a few lines can stand for more than a memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.peek_event().anchor is not None:
            raise _Refused(
                "gebruikt '&' of '*' om iets te herhalen. Schrijf het uit, of zet de tekst tussen aanhalingstekens."
            )
        return super().compose_node(parent, index)


class _Refused(Exception):
    """Settings that are not read, and why; follows the name of the file."""


def _content(path: Path) -> Any:
    with path.open("rb") as file:
        text = file.read(MAX_SETTINGS + 1)
    if len(text) > MAX_SETTINGS:
        raise _Refused(f"is groter dan {MAX_SETTINGS // 1000} kB. Zet er alleen de instellingen van de ronde in.")
    return yaml.load(text.decode("utf-8"), _Plain)  # noqa: S506 (a safe loader)


def check_previous(raw: Path, settings: Round) -> None:
    """Raise RoundError (Dutch) when the previous round of a round does not exist below `raw`, or is itself."""
    name = settings.previous_round
    if name is None:
        return
    if name == settings.round:
        raise RoundError(f"Ronde '{name}' kan niet haar eigen vorige ronde zijn.")
    known = sorted(path.parent.name for path in raw.glob(f"*/{SETTINGS_FILE}"))
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f" Bedoelt u '{near[0]}'?" if near else ""
        raise RoundError(
            f"De vorige ronde '{name}' van ronde '{settings.round}' bestaat niet.{hint} Alle rondes: pces rounds"
        )


def _unknown(folder: Path) -> str:
    known = [path.parent.name for path in folder.parent.glob(f"*/{SETTINGS_FILE}")]
    near = get_close_matches(folder.name, known, n=1)
    if near:
        return f"Ronde '{folder.name}' bestaat niet. Bedoelt u '{near[0]}'? Alle rondes: pces rounds"
    return f"Ronde '{folder.name}' is niet geopend. Gebruik: pces round open {folder.name}"


def what_is_wrong(error: ValidationError) -> str:
    """The first thing wrong with the settings of a round, in Dutch."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if name not in Round.model_fields:
        return f"de instelling '{name}' bestaat niet. Kies uit: {', '.join(Round.model_fields)}."
    if first["type"] == "value_error":
        return f"'{name}' klopt niet: {first.get('ctx', {}).get('error')}."
    return f"de waarde bij '{name}' klopt niet: {first['input']!r}. {EXPECTED.get(name, '')}".rstrip()


def write_round(folder: Path, settings: Round) -> Path:
    """Write round.yaml for a new round; raises RoundError when the round exists already."""
    path = folder / SETTINGS_FILE
    if path.exists():
        raise RoundError(f"Ronde '{settings.round}' bestaat al. Pas zo nodig {SETTINGS_FILE} aan.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_explained(settings), encoding="utf-8")
    return path


def set_status(folder: Path, status: Literal["open", "closed"]) -> Round:
    """Write in round.yaml whether a round is open, and leave all else that stands there; raises RoundError."""
    read_round(folder)  # what cannot be read is not written either
    path = folder / SETTINGS_FILE
    text, count = STATUS.subn(f"status: {status}", path.read_text(encoding="utf-8"), count=1)
    if not count:
        text = f"{text.rstrip()}\nstatus: {status}\n"
    with beside(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    settings = read_round(folder)
    if settings.status != status:
        raise RoundError(f"Bij ronde '{folder.name}' is 'status' niet te veranderen. Pas {SETTINGS_FILE} zelf aan.")
    return settings


EXPLANATIONS = {
    "title": "Naam van de ronde zoals mensen hem noemen",
    "status": "open: loopt mee in elke run; closed: alleen als u de ronde noemt",
    "deadline": "Laatste dag waarop bedrijven kunnen indienen (jjjj-mm-dd)",
    "contact": "Waar bedrijven met vragen terechtkunnen (e-mail, telefoon); staat in de terugkoppeling",
    "province_contacts": "Contact per provincie in de brieven, zoals {Drenthe: 'naam, telefoon'}; anders contact",
    "base_year": "Basisjaar van het opgegeven verbruik",
    "target_years": "Jaren waarvoor plannen worden gevraagd",
    "geography_year": "Indeling van gemeenten en provincies per 1 januari van dit jaar",
    "previous_round": "Ronde waarmee deze wordt vergeleken (of null)",
    "relaxed_rules": "Regels die in deze ronde alleen waarschuwen, als regel of tabel.veld.regel",
    "interpolate": "true: reken ontbrekende jaren tussen twee opgegeven jaren uit, gemerkt en naast de opgaven",
    "impute": "true: schat genodigde bedrijven die niets indienden uit hun ETS-uitstoot, gemerkt en naast de opgaven",
    "open_data": "true: de bestanden zijn ramingen uit open data, geen opgaven van bedrijven; de documenten zeggen dat",
}

EXPECTED = {
    "status": "Kies open of closed.",
    "deadline": "Schrijf jjjj-mm-dd.",
    "province_contacts": "Geef per provincie een tekst, bijvoorbeeld {Drenthe: 'naam, telefoon'}, of {}.",
    "base_year": "Geef een jaar van 2000 tot en met 2100.",
    "target_years": "Geef jaren, bijvoorbeeld [2030, 2040].",
    "geography_year": "Geef een jaar van 2018 tot en met 2100.",
    "previous_round": "Geef de naam van een eerdere ronde, of null.",
    "relaxed_rules": "Geef een lijst van regels, of [].",
    "interpolate": "Geef true of false.",
    "impute": "Geef true of false.",
    "open_data": "Geef true of false.",
}


def _explained(settings: Round) -> str:
    lines = [f"# Instellingen van ronde {settings.round}. Aanpassen mag; de volgende run rekent ermee."]
    for key, value in settings.model_dump(mode="json").items():
        if key in EXPLANATIONS:
            lines.append(f"\n# {EXPLANATIONS[key]}")
        written = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=1000)
        lines.append(f"{key}: {written.removesuffix('...' + chr(10)).strip()}")
    return "\n".join(lines) + "\n"
