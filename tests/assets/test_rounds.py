"""Checks the settings of a round: defaults, what is refused and in which words, and reading back what was written."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from assets.rounds import EXPLANATIONS, Round, RoundError, is_round_name, read_round, write_round
from blueprint.load import blueprint

# Words of the libraries underneath; a person who mends round.yaml must not meet them.
ENGLISH = ("input", "should", "value", "error", "valid", "extra", "permitted", "list of", "mapping", "field")


def folder_with(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "proef"
    folder.mkdir()
    (folder / "round.yaml").write_text(text, encoding="utf-8")
    return folder


def test_round_has_the_blueprints_defaults() -> None:
    settings, agreed = Round(round="proef"), blueprint()
    assert (settings.status, settings.title, settings.deadline, settings.relaxed_rules) == ("open", "", None, ())
    assert (settings.base_year, settings.target_years) == (agreed.base_year, agreed.target_years)
    assert (settings.blueprint_version, settings.factor_version) == (agreed.version, agreed.factor_version)
    assert settings.geography_year == agreed.geography_year


def test_years_are_in_order_and_once() -> None:
    assert Round(round="proef", base_year=2023, target_years=(2030, 2023, 2025)).years == (2023, 2025, 2030)


def test_empty_settings_give_defaults_but_the_file_must_say_something(tmp_path: Path) -> None:
    assert read_round(folder_with(tmp_path, "status: open")) == Round(round="proef")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is leeg of geen lijst van instellingen"),
        ("- status\n- open\n", "is leeg of geen lijst van instellingen"),
        ("open", "is leeg of geen lijst van instellingen"),
        ("status: [open", "is niet te lezen"),
        ("status: open\n\tdeadline: 1\n", "is niet te lezen"),
        ("kleur: rood", "de instelling 'kleur' bestaat niet"),
        ("12: rood", "de instelling '12' bestaat niet"),
        ("relaxed_rules: [bestaat_niet]", "'bestaat_niet' is geen regel van de Blueprint"),
        ("relaxed_rules: [site.is_ets.bestaat_niet]", "'site.is_ets.bestaat_niet' is geen regel van de Blueprint"),
        ("relaxed_rules: required", "de waarde bij 'relaxed_rules' klopt niet"),
        ("round: andere", "noemt een andere ronde: 'andere'"),
        ("base_year: 1999", "de waarde bij 'base_year' klopt niet: 1999. Geef een jaar van 2000 tot en met 2100."),
        ("base_year: tweeduizend", "de waarde bij 'base_year' klopt niet: 'tweeduizend'"),
        ("base_year:", "de waarde bij 'base_year' klopt niet: None"),
        ("geography_year: 2017", "de waarde bij 'geography_year' klopt niet: 2017"),
        ("target_years: [2030, later]", "de waarde bij 'target_years' klopt niet: 'later'"),
        ("status: dicht", "de waarde bij 'status' klopt niet: 'dicht'. Kies open of closed."),
        ("deadline: 31-05-2026", "de waarde bij 'deadline' klopt niet: '31-05-2026'. Schrijf jjjj-mm-dd."),
    ],
)
def test_bad_settings_are_refused_in_dutch(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RoundError) as caught:
        read_round(folder_with(tmp_path, text))
    message = str(caught.value)
    assert said in message
    assert "round.yaml van ronde 'proef'" in message
    quoted_away = message.lower().replace("niet te lezen", "")
    assert [word for word in ENGLISH if f" {word}" in quoted_away] == []


DOUBLED = (f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairwise("abcdefghijklmnopqrstuvw"))
BOMB = "a: &a [x, x]\n" + "".join(DOUBLED)


@pytest.mark.parametrize("text", [BOMB, "title: &t Proef\n", "title: *t\n", "status: open\n<<: *alles\n"])
def test_settings_that_repeat_themselves_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RoundError, match=r"^round\.yaml van ronde 'proef' gebruikt '&' of '\*' om iets te herhalen"):
        read_round(folder_with(tmp_path, text))


def test_marks_of_yaml_in_a_quoted_text_are_text(tmp_path: Path) -> None:
    text = "title: 'R&D *'\ncontact: helpdesk & balie *\n"
    assert read_round(folder_with(tmp_path, text)).contact == "helpdesk & balie *"


def test_settings_that_are_too_large_are_refused(tmp_path: Path) -> None:
    filler = "# " + "x" * 97 + "\n"
    folder = folder_with(tmp_path, "status: open\n" + filler * 999)
    assert read_round(folder) == Round(round="proef")
    (folder / "round.yaml").write_text("status: open\n" + filler * 1000)
    with pytest.raises(RoundError, match=r"round\.yaml van ronde 'proef' is groter dan 100 kB"):
        read_round(folder)


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "")
    (folder / "round.yaml").write_bytes(b"\xff\xfe\x00titel")
    with pytest.raises(RoundError, match="is niet te lezen"):
        read_round(folder)


def test_round_that_was_not_opened_says_how_to(tmp_path: Path) -> None:
    with pytest.raises(RoundError, match=r"Ronde 'proef' is niet geopend\. Gebruik: pces round open proef"):
        read_round(tmp_path / "proef")


@pytest.mark.parametrize(
    "settings",
    [
        Round(round="proef"),
        Round(
            round="proef",
            title="Ronde met: 'tekens' # en ë",
            status="closed",
            deadline=dt.date(2026, 5, 31),
            base_year=2024,
            target_years=(2030,),
            geography_year=2023,
            relaxed_rules=("pattern", "energy_demand.peak_mw.required_if"),
        ),
        Round(round="proef", title="ja", target_years=()),
    ],
)
def test_written_settings_are_read_back(tmp_path: Path, settings: Round) -> None:
    path = write_round(tmp_path / "proef", settings)
    assert read_round(path.parent) == settings
    text = path.read_text(encoding="utf-8")
    assert [key for key in EXPLANATIONS if f"\n# {EXPLANATIONS[key]}\n{key}: " not in text] == []
    assert set(yaml.safe_load(text)) == set(Round.model_fields)


def test_a_round_is_not_opened_twice(tmp_path: Path) -> None:
    path = write_round(tmp_path / "proef", Round(round="proef", title="eerste"))
    with pytest.raises(RoundError, match="Ronde 'proef' bestaat al"):
        write_round(tmp_path / "proef", Round(round="proef", title="tweede"))
    assert read_round(path.parent).title == "eerste"


def test_relaxed_rule_only_warns() -> None:
    rule = "required_if"
    plain, everywhere = Round(round="proef"), Round(round="proef", relaxed_rules=(rule,))
    one_field = Round(round="proef", relaxed_rules=(f"energy_demand.peak_mw.{rule}",))
    assert plain.severity(rule, "energy_demand", "peak_mw") == "error"
    assert everywhere.severity(rule, "site", "postcode") == "warning"
    assert one_field.severity(rule, "energy_demand", "peak_mw") == "warning"
    assert one_field.severity(rule, "energy_demand", "temperature_c") == "error"


def test_a_field_may_only_warn_in_every_round() -> None:
    plain = Round(round="proef")
    assert plain.severity("pattern", "submission", "contact_email") == "warning"
    assert plain.severity("length", "submission", "contact_email") == "error"
    assert plain.severity("pattern", "company", "kvk_number") == "error"


@pytest.mark.parametrize("rule", ["required", "key_duplicate", "unit_not_allowed", "file_damaged"])
def test_rule_without_which_sums_go_wrong_cannot_be_relaxed(rule: str) -> None:
    assert blueprint().rules[rule].severity == "error"
    with pytest.raises(ValueError, match=f"'{rule}' kan niet worden versoepeld"):
        Round(round="proef", relaxed_rules=(rule,))


@pytest.mark.parametrize("setting", ["blueprint_version", "factor_version"])
def test_round_of_another_version_is_not_run_as_if_it_were_of_this_one(tmp_path: Path, setting: str) -> None:
    path = write_round(tmp_path / "proef", Round.model_validate({"round": "proef", setting: "2019.1"}))
    with pytest.raises(RoundError, match=r"2019\.1.*Pas beide in round\.yaml aan"):
        read_round(path.parent)


@pytest.mark.parametrize("name", ["2026-1", "a", "open-data-2023", "A.b_c-9", "x" * 40])
def test_round_name(name: str) -> None:
    assert is_round_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a..b", "-a", ".a", "a/b", "a\\b", "a b", "é", "a\n", "x" * 41, "a|b", "a=b", "../a"]
)
def test_no_round_name(name: str) -> None:
    assert not is_round_name(name)


def test_a_contact_per_province_may_be_named_as_people_write_it(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "round.yaml").write_text(
        "contact: loket\nprovince_contacts: {Drenthe: Anna, pv21: Bouke}\n", encoding="utf-8"
    )
    settings = read_round(tmp_path / "r")
    assert [settings.contact_in(code) for code in ("PV22", "PV21", "PV20", None)] == ["Anna", "Bouke", "loket", "loket"]
    assert hash(settings) == hash(read_round(tmp_path / "r"))
    (tmp_path / "r" / "round.yaml").write_text("province_contacts: {Holland: Anna}\n", encoding="utf-8")
    with pytest.raises(RoundError, match="'Holland' is geen provincie"):
        read_round(tmp_path / "r")
