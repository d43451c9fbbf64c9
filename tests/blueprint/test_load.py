"""Breaks one thing at a time in a copy of the Blueprint and checks that loading refuses it by file, key and value.

Whether the facts of the Blueprint are right is not judged here.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from blueprint.checks import BlueprintError
from blueprint.load import HERE, blueprint, load, read_yaml


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Blueprint's data."""
    kept = shutil.ignore_patterns("*.py", "__pycache__", "geography", "generated", "README.md")
    return Path(shutil.copytree(HERE, tmp_path / "blueprint", ignore=kept))


def replace(old: str, new: str) -> Callable[[Path], None]:
    """Put `new` where the file has `old`, the first time it stands there."""

    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def append(line: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + line + "\n", encoding="utf-8")

    return change


def write(content: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.write_bytes(content)

    return change


BAD_FIELD = """
nieuw_veld:
  type: string
  title: Nieuw veld
  description: Een veld.
  class: public
"""


def field(line: str) -> Callable[[Path], None]:
    """A new field with one more line."""
    return append(f"{BAD_FIELD}  {line}")


def rule(text: str) -> Callable[[Path], None]:
    return append(f"nieuwe_regel: {{severity: error, check: reader, title: Nieuw, {text}}}")


# What is broken, in which file, how, and the words (beside the file) that the refusal must hold.
CASES: dict[str, tuple[str, Callable[[Path], None], tuple[str, ...]]] = {
    # versions and the form
    "a version twice": (
        "blueprint.yaml",
        replace("earlier_versions: []", 'earlier_versions: ["2026.1-voorstel"]'),
        ("earlier_versions", "2026.1-voorstel", "twice"),
    ),
    "since a version that is unknown": (
        "tables/site.yaml",
        replace("{name: city}", '{name: city, since: "2019"}'),
        ("fields.city.since", "2019", "no version"),
    ),
    "until a version that is unknown": (
        "tables/site.yaml",
        replace("{name: city}", '{name: city, until: "2019"}'),
        ("fields.city.until", "2019", "no version"),
    ),
    "until the present version": (
        "tables/site.yaml",
        replace("{name: city}", '{name: city, until: "2026.1-voorstel"}'),
        ("fields.city.until", "2026.1-voorstel", "present"),
    ),
    "a successor of what goes on": (
        "tables/site.yaml",
        replace("{name: city}", "{name: city, successor: street}"),
        ("fields.city.successor", "street", "until"),
    ),
    "ended fields declared": ("tables/site.yaml", append("ended: []"), ("ended", "[]", "until")),
    "an ended code without a successor": (
        "codes/uses.csv",
        write(b"code,label,description,until,successor\nenergetic,Energetisch,,,\nfeedstock,Grondstof,,2025,\n"),
        ("feedstock.successor", "None"),
    ),
    "a code until an unknown version": (
        "codes/uses.csv",
        write(b"code,label,description,until,successor\nenergetic,E,,,\nfeedstock,G,,,\nraw,R,,2025,feedstock\n"),
        ("raw.until", "2025", "no version"),
    ),
    "a sheet of the form called after a table": (
        "blueprint.yaml",
        replace("guide: Uitleg", "guide: Vestigingen"),
        ("form", "Vestigingen", "table"),
    ),
    "a sheet name that is too long": (
        "blueprint.yaml",
        replace("guide: Uitleg", f"guide: {'U' * 32}"),
        ("form", "U" * 32, "31"),
    ),
    "a header row that intake would not find": (
        "blueprint.yaml",
        replace("header_row: 4", "header_row: 41"),
        ("form.header_row", "41"),
    ),
    # fields
    "unknown key in a field": ("fields.yaml", field("kleur: rood"), ("nieuw_veld.kleur", "rood")),
    "field without a title": ("fields.yaml", replace("  title: Sector\n", ""), ("sector.title", "required")),
    "field with an empty title": ("fields.yaml", replace("title: Sector\n", 'title: ""\n'), ("sector.title", "''")),
    "unknown type": ("fields.yaml", replace("type: year", "type: jaar"), ("base_year.type", "jaar")),
    "unknown class": ("fields.yaml", replace("class: secret", "class: geheim"), ("not_filed_reason.class", "geheim")),
    "unknown constraint": ("fields.yaml", field("constraints: {grootte: 3}"), ("constraints.grootte", "3")),
    "code list that does not exist": ("fields.yaml", field("codes: kleuren"), ("nieuw_veld.codes", "kleuren")),
    "unit that does not exist": ("fields.yaml", field("unit: vadem"), ("nieuw_veld.unit", "vadem")),
    "the same field twice": ("fields.yaml", append("sector:\n  type: string"), ("fields", "sector", "twice")),
    "the same key twice": ("fields.yaml", field("class: secret"), ("nieuw_veld", "class", "twice")),
    "a field that is no field": ("fields.yaml", append("leeg_veld:"), ("leeg_veld", "None")),
    "required in fields.yaml": ("fields.yaml", field("required: true"), ("nieuw_veld.required", "True")),
    "a name other than the key": ("fields.yaml", field("name: anders"), ("nieuw_veld.name", "anders")),
    "list without a separator": ("fields.yaml", replace('  separator: ";"\n', ""), ("depends_on.separator", "None")),
    "pattern that is none": ("fields.yaml", field("constraints: {pattern: '[0-9'}"), ("nieuw_veld.pattern", "[0-9")),
    "minimum of a text": ("fields.yaml", field("constraints: {minimum: 1}"), ("nieuw_veld.minimum", "1.0")),
    "pattern of a number": (
        "fields.yaml",
        replace("  unit: kV\n  constraints: {", "  unit: kV\n  constraints: {pattern: '[0-9]+', "),
        ("voltage_level_kv.pattern", "[0-9]+"),
    ),
    "example against the pattern": ("fields.yaml", replace("8011AB", "8011 AB"), ("postcode.example", "8011 AB")),
    "example that is no code": ("fields.yaml", replace("example: food", "example: voer"), ("sector.example", "voer")),
    "example that may not be filed": (
        "fields.yaml",
        replace("example: food", "example: all"),
        ("sector.example", "all"),
    ),
    "example outside its list": ("fields.yaml", replace(";subsidy", ";geluk"), ("depends_on.example", "geluk")),
    "example below the minimum": ("fields.yaml", replace('"18500"', '"-1"'), ("co2_base_year_t.example", "-1")),
    "example above the maximum": ("fields.yaml", replace('"52.51"', '"92.51"'), ("latitude.example", "92.51")),
    "example that is too long": ("fields.yaml", replace("12a", "12" * 11), ("house_number.example", "12" * 11)),
    "example that is no number": ("fields.yaml", replace('"2.1"', '"2,1"'), ("contracted_offtake_mw.example", "2,1")),
    "example that is no date": ("fields.yaml", replace("2024-11-15", "15-11-2024"), ("requested_on", "15-11-2024")),
    "example that is no yes or no": ("fields.yaml", replace("example: ja", "example: wel"), ("is_ets.example", "wel")),
    "broken YAML": ("fields.yaml", append("sector: [een, twee"), ("fields.yaml", "cannot be read")),
    "YAML that holds no keys": ("fields.yaml", write(b"- sector\n"), ("fields.yaml", "holds no keys")),
    "YAML that is not UTF-8": ("fields.yaml", write("titel: Één".encode("latin-1")), ("fields.yaml", "utf-8")),
    # tables
    "unknown key in a table": ("tables/site.yaml", append("kleur: rood"), ("site.kleur", "rood")),
    "table without a title": ("tables/site.yaml", replace("title: Vestigingen\n", ""), ("site.title", "required")),
    "table under another name": ("tables/site.yaml", replace("name: site\n", "name: plek\n"), ("name", "plek")),
    "table with an unknown field": ("tables/site.yaml", append("  - {name: kleur}"), ("fields", "kleur")),
    "table with a field without a name": ("tables/site.yaml", append("  - {required: true}"), ("fields", "None")),
    "unknown key of a field in a table": (
        "tables/site.yaml",
        replace("{name: city}", "{name: city, kleur: rood}"),
        ("fields.city.kleur", "rood"),
    ),
    "code list of a field in a table": (
        "tables/site.yaml",
        replace("{name: city}", "{name: city, codes: steden}"),
        ("fields.city.codes", "steden"),
    ),
    "unit of a field in a table": (
        "tables/site.yaml",
        replace("{name: city}", "{name: city, unit: vadem}"),
        ("fields.city.unit", "vadem"),
    ),
    "two equal titles": (
        "tables/site.yaml",
        replace("{name: city}", "{name: city, title: straat}"),
        ("street.title", "Straat"),
    ),
    "the same field twice in a table": ("tables/site.yaml", append("  - {name: city}"), ("city.title", "Plaats")),
    "primary key on an unknown field": (
        "tables/site.yaml",
        replace("primaryKey: [site_id]", "primaryKey: [kleur]"),
        ("primaryKey", "kleur"),
    ),
    "foreign key on an unknown field": (
        "tables/flexibility.yaml",
        replace("{fields: [site_id],", "{fields: [kleur],"),
        ("foreignKeys", "kleur"),
    ),
    "foreign key to an unknown table": (
        "tables/flexibility.yaml",
        replace("resource: site", "resource: plek"),
        ("foreignKeys", "plek"),
    ),
    "foreign key to what is no key": (
        "tables/flexibility.yaml",
        replace("resource: site, fields: [site_id]", "resource: site, fields: [city]"),
        ("foreignKeys", "city"),
    ),
    "years side by side on an unknown field": (
        "tables/energy_demand.yaml",
        replace('peak_mw: "{year} piek (MW)"', 'piek: "{year} piek"'),
        ("wide", "piek"),
    ),
    "condition on an unknown field": (
        "tables/connection.yaml",
        replace("{request_pending: [true]}", "{aanvraag: [true]}"),
        ("requested_extra_mw.required_if", "aanvraag"),
    ),
    "condition on an unknown attribute": (
        "tables/energy_demand.yaml",
        replace("carrier.gaseous", "carrier.vloeibaar"),
        ("heating_value_basis.required_if", "carrier.vloeibaar", "no attribute"),
    ),
    "condition on an attribute value that no code has": (
        "tables/energy_demand.yaml",
        replace("unit.quantity: energy", "unit.quantity: energie"),
        ("heating_value_basis.required_if.unit.quantity", "energie"),
    ),
    "condition on a value that is no code": (
        "tables/connection.yaml",
        replace("{carrier: [electricity]}", "{carrier: [stroom]}"),
        ("voltage_level_kv.required_if.carrier", "stroom"),
    ),
    "condition on a text in a yes-or-no field": (
        "tables/connection.yaml",
        replace("{request_pending: [true]}", "{request_pending: [ja]}"),
        ("requested_extra_mw.required_if.request_pending", "ja"),
    ),
    "condition on free text": (
        "tables/energy_demand.yaml",
        replace("{not_filed_reason: empty}", "{not_filed_reason: leeg}"),
        ("value.required_if.not_filed_reason", "leeg"),
    ),
    "condition without a value": (
        "tables/connection.yaml",
        replace("{carrier: [electricity]}", "{carrier: []}"),
        ("voltage_level_kv.required_if.carrier", "[]"),
    ),
    # code lists
    "duplicate code": ("codes/uses.csv", append("feedstock,Nog een,Dubbel."), ("code", "feedstock", "twice")),
    "duplicate label": ("codes/uses.csv", append("fuel,Grondstof,Dubbel."), ("label", "Grondstof", "twice")),
    "code without a label": ("codes/uses.csv", append("fuel,,Geen label."), ("fuel.label", "''")),
    "row with a cell too many": ("codes/uses.csv", append("fuel,Brandstof,Een, twee."), ("row", "fuel")),
    "row with a cell too few": ("codes/uses.csv", append("fuel,Brandstof"), ("row", "fuel")),
    "list that is not UTF-8": ("codes/uses.csv", write("code,label\nx,één\n".encode("latin-1")), ("uses.csv", "utf-8")),
    "alias to an unknown code": ("codes/aliases.csv", append("uses,kracht,power"), ("uses.kracht", "power")),
    "alias in an unknown list": ("codes/aliases.csv", append("kleuren,rood,red"), ("list", "kleuren")),
    "alias that means two codes": ("codes/aliases.csv", append("carriers,stroom,heat"), ("carriers", "stroom")),
    "alias in another case": ("codes/aliases.csv", append("carriers,STROOM,heat"), ("carriers.STROOM", "heat")),
    "alias that is another's label": ("codes/aliases.csv", append("carriers,aardgas,oil"), ("carriers.aardgas", "oil")),
    "aliases under other headings": ("codes/aliases.csv", replace("list,", "lijst,"), ("header", "lijst")),
    "attribute outside the list it is called after": (
        "codes/grid_operators.csv",
        append("nieuw,Nieuw,Nieuwe beheerder.,stroom,true,regional,"),
        ("nieuw.carriers", "stroom"),
    ),
    # units and factors
    "unit with the factor 0": ("units.csv", append("vadem,vadem,length,vadem,0,false"), ("vadem.factor", "0")),
    "unit with no number": ("units.csv", append("vadem,vadem,length,vadem,veel,false"), ("vadem.factor", "veel")),
    "unit with an endless factor": (
        "units.csv",
        append("vadem,vadem,length,vadem,Infinity,false"),
        ("vadem.factor", "Inf"),
    ),
    "unit without a label": ("units.csv", append("vadem,,length,vadem,1,false"), ("vadem.label", "required")),
    "unit with an unknown canon": ("units.csv", append("vadem,vadem,length,meter,1.8,false"), ("vadem.canon", "meter")),
    "unit with a canon of another kind": (
        "units.csv",
        append("vadem,vadem,length,PJ,1.8,false"),
        ("vadem.canon", "PJ"),
    ),
    "unit that is no canon of itself": (
        "units.csv",
        append("vadem,vadem,length,vadem,2,false"),
        ("vadem.canon", "vadem"),
    ),
    "the same unit twice": ("units.csv", append("PJ,nog een,energy,PJ,1,true"), ("unit", "PJ", "twice")),
    "carrier with an unknown unit": (
        "codes/carriers.csv",
        replace("energetic,kWh;", "energetic,vadem;kWh;"),
        ("electricity.units", "vadem"),
    ),
    "carrier with a unit without a factor": (
        "codes/carriers.csv",
        replace("TJ;PJ\nnatural_gas", "TJ;PJ;m3\nnatural_gas"),
        ("electricity.units", "m3"),
    ),
    "carrier of mass in a unit of energy": (
        "codes/carriers.csv",
        append("as,As,As.,mass,false,feedstock,kt;PJ"),
        ("as.units", "PJ"),
    ),
    "carrier without a unit": ("codes/carriers.csv", append("as,As,As.,mass,false,feedstock,"), ("as.units", "''")),
    "carrier of an unknown quantity": (
        "codes/carriers.csv",
        append("as,As,As.,volume,false,feedstock,m3"),
        ("as.quantity", "volume"),
    ),
    "factor of an unknown carrier": ("factors.csv", append("turf,kt,,PJ,0.01,2000,,bron,"), ("carrier", "turf")),
    "factor of an unknown unit": ("factors.csv", append("coal,vadem,,PJ,0.01,2000,,bron,"), ("from_unit", "vadem")),
    "factor to an unknown unit": ("factors.csv", append("coal,kt,,vadem,0.01,2000,,bron,"), ("to_unit", "vadem")),
    "factor on an unknown basis": ("factors.csv", append("coal,kt,XHV,PJ,0.01,2000,,bron,"), ("coal.basis", "XHV")),
    "factor of 0": ("factors.csv", append("coal,kt,,PJ,0,2000,,bron,"), ("coal.factor", "0")),
    "factor without a source": ("factors.csv", append("coal,kt,,PJ,0.01,2000,,,"), ("coal.source", "required")),
    "two factors for one step": (
        "factors.csv",
        append("hydrogen,kt,,PJ,0.11,2030,,bron,"),
        ("from_unit", "hydrogen kt  PJ", "twice"),
    ),
    # rules
    "unknown key in a rule": ("rules.yaml", rule("message: Tekst., kleur: rood"), ("nieuwe_regel.kleur", "rood")),
    "rule without a message": ("rules.yaml", rule("bound: {}"), ("nieuwe_regel.message", "required")),
    "rule of an unknown severity": (
        "rules.yaml",
        replace("severity: error", "severity: erg"),
        ("file_empty.severity", "erg"),
    ),
    "a field that only warns of what would be counted wrong": (
        "fields.yaml",
        replace("warns: [pattern]", "warns: [code]"),
        ("contact_email.warns", "code", "relaxed"),
    ),
    "a required field that only warns": (
        "fields.yaml",
        replace("title: KvK-nummer\n", "title: KvK-nummer\n  warns: [pattern]\n"),
        ("kvk_number.warns", "required"),
    ),
    "a warning that is kept from the company": (
        "rules.yaml",
        replace("province_share_high: {severity: info", "province_share_high: {severity: warning"),
        ("province_share_high.audience", "analyst", "only an info"),
    ),
    "the same rule twice": ("rules.yaml", append("number: {severity: error}"), ("rules", "number", "twice")),
    "a rule that is no rule": ("rules.yaml", append("nieuwe_regel: fout"), ("nieuwe_regel", "fout")),
    "rule with its own SQL": ("rules.yaml", rule("message: Tekst., sql: select 1"), ("nieuwe_regel.sql", "select 1")),
    "rule with an unknown placeholder": (
        "rules.yaml",
        rule('message: "Bij {kop} staat iets."'),
        ("nieuwe_regel.message", "kop"),
    ),
    "message for a missing column with an unknown placeholder": (
        "rules.yaml",
        rule('message: Tekst., without_column: "De kolom {kop} ontbreekt."'),
        ("nieuwe_regel.without_column", "kop"),
    ),
    "rule with a placeholder without a name": (
        "rules.yaml",
        rule('message: "Bij {} staat iets."'),
        ("nieuwe_regel.message", "''"),
    ),
    "rule with an open brace": (
        "rules.yaml",
        rule('message: "Bij {value staat iets."'),
        ("nieuwe_regel.message", "{value"),
    ),
    "rule on a table without SQL": (
        "rules.yaml",
        rule("message: Tekst., table: site"),
        ("nieuwe_regel.table", "site"),
    ),
    "SQL rule without a table": (
        "rules.yaml",
        replace("check: sql, table: submission, field: round", "check: sql, field: round"),
        ("round_other.table", "None"),
    ),
    "SQL rule on an unknown table": (
        "rules.yaml",
        replace("table: submission, field: round", "table: opgave, field: round"),
        ("round_other.table", "opgave"),
    ),
    "SQL rule on an unknown field": (
        "rules.yaml",
        replace("table: submission, field: round", "table: submission, field: ronde"),
        ("round_other.field", "ronde"),
    ),
    "SQL rule without a file": (
        "rules.yaml",
        append("nieuwe_regel: {severity: error, check: sql, table: site, field: city, title: N, message: T}"),
        ("nieuwe_regel", "nieuwe_regel.sql"),
    ),
    "parameter without a bound": (
        "rules.yaml",
        replace("bound: {times: 7}", "bound: {}"),
        ("growth_high.bound", "times"),
    ),
    "bound that no SQL asks for": (
        "rules.yaml",
        replace("bound: {times: 7}", "bound: {times: 7, keer: 8}"),
        ("growth_high.bound", "keer"),
    ),
    "bound of a rule without SQL": (
        "rules.yaml",
        rule("message: Tekst., bound: {keer: 8}"),
        ("nieuwe_regel.bound", "keer"),
    ),
    # the whole
    "unknown key of the whole": ("blueprint.yaml", append("kleur: rood"), ("blueprint.kleur", "rood")),
    "no version": ("blueprint.yaml", replace("version:", "versie:"), ("blueprint.version", "required")),
}


def test_the_copy_that_is_broken_below_loads_whole(folder: Path) -> None:
    assert load(folder) == blueprint()


@pytest.mark.parametrize("name", CASES)
def test_what_is_broken_is_refused_by_file_key_and_value(name: str, folder: Path) -> None:
    file, change, words = CASES[name]
    change(folder / file)
    with pytest.raises(BlueprintError) as refused:
        load(folder)
    text = str(refused.value)
    assert [word for word in (str(folder / file), *words) if word.casefold() not in text.casefold()] == [], text


def test_an_sql_file_of_no_rule_is_refused(folder: Path) -> None:
    (folder / "rules" / "oude_regel.sql").write_text("select 1", encoding="utf-8")
    with pytest.raises(BlueprintError, match=r"rules: file = 'oude_regel'"):
        load(folder)


def test_an_sql_file_of_a_rule_without_sql_is_refused(folder: Path) -> None:
    (folder / "rules" / "number.sql").write_text("select 1", encoding="utf-8")
    with pytest.raises(BlueprintError, match=r"rules\.yaml: number = 'number\.sql'"):
        load(folder)


@pytest.mark.parametrize("file", ["blueprint.yaml", "fields.yaml", "rules.yaml", "units.csv", "factors.csv"])
def test_a_file_that_is_missing_is_refused(file: str, folder: Path) -> None:
    (folder / file).unlink()
    with pytest.raises(BlueprintError, match=rf"{file}: file = '{file}': cannot be read"):
        load(folder)


def test_a_factor_that_is_taken_away_is_missed_by_the_carrier_that_needs_it(folder: Path) -> None:
    replace("hydrogen,mln_m3,,PJ", "hydrogen,kt,HHV,PJ")(folder / "factors.csv")
    with pytest.raises(BlueprintError, match=r"carriers\.csv: hydrogen\.units = 'm3': has no factor in factors\.csv"):
        load(folder)


@pytest.mark.parametrize("name", ["carriers", "heating_value_bases"])
def test_a_code_list_that_the_factors_need_is_refused_when_missing(name: str, folder: Path) -> None:
    (folder / "codes" / f"{name}.csv").unlink()
    aliases = (folder / "codes" / "aliases.csv").read_text(encoding="utf-8").splitlines()
    write("\n".join(line for line in aliases if not line.startswith(name)).encode())(folder / "codes" / "aliases.csv")
    with pytest.raises(BlueprintError, match=rf"{name}\.csv: file = '{name}\.csv': does not exist"):
        load(folder)


def test_a_code_list_that_is_missing_is_missed_by_its_aliases(folder: Path) -> None:
    (folder / "codes" / "sectors.csv").unlink()
    with pytest.raises(BlueprintError, match=r"aliases\.csv: list = 'sectors': is no code list"):
        load(folder)


def test_a_refusal_keeps_file_key_and_value_apart(folder: Path) -> None:
    append("vadem,vadem,length,meter,1.8,false")(folder / "units.csv")
    with pytest.raises(BlueprintError) as refused:
        load(folder)
    found = refused.value
    assert (found.file, found.key, found.value) == (str(folder / "units.csv"), "vadem.canon", "meter")


def test_a_rule_that_the_program_asks_for_and_that_was_renamed_is_named(folder: Path) -> None:
    replace("\nheader_moved:", "\nheader_verplaatst:")(folder / "rules.yaml")
    with pytest.raises(BlueprintError, match=r"rules\.yaml: header_moved") as refused:
        load(folder).rules["header_moved"]
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.yaml")), ids=lambda path: str(path.relative_to(HERE)))
def test_every_file_reads_the_same_without_the_c_loader(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML was built without libyaml the plain loader reads them, and it is stricter."""
    quick = read_yaml(path)
    monkeypatch.setattr("blueprint.load.LOADER", yaml.SafeLoader)
    assert read_yaml(path) == quick
