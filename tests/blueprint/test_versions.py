"""What belongs to which version of the Blueprint: fields and codes come and go, unknown versions count as this one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blueprint.load import blueprint
from blueprint.model import Blueprint, Code, CodeList, Versioned

OLDEST, OLDER = "a", "b"


@pytest.fixture
def agreed() -> Blueprint:
    """The Blueprint with two earlier versions: in them `site.city` is new or not there, and a use had another name."""
    now = blueprint()
    site = now.tables["site"]
    fields = tuple(f.model_copy(update={"since": OLDER}) if f.name == "city" else f for f in site.fields)
    ended = (site.field("street").model_copy(update={"name": "lane", "title": "Laan", "until": OLDEST}),)
    tables = {**now.tables, "site": site.model_copy(update={"fields": fields, "ended": ended})}
    former = Code(code="raw", label="Ruw", until=OLDEST, successor="feedstock")
    uses = CodeList("uses", now.codes["uses"].codes, {}, (former,))
    return replace(now, earlier_versions=(OLDEST, OLDER), tables=tables, codes={**now.codes, "uses": uses})


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, [True, True, True, True]),
        (OLDER, None, [False, True, True, True]),
        (None, OLDEST, [True, False, False, False]),
        (OLDER, OLDER, [False, True, False, False]),
    ],
)
def test_has(agreed: Blueprint, since: str | None, until: str | None, found: list[bool]) -> None:
    item = Versioned(since=since, until=until)
    assert [agreed.has(item, version) for version in (OLDEST, OLDER, agreed.version, "onbekend")] == found


def test_at_an_earlier_version(agreed: Blueprint) -> None:
    old = agreed.at(OLDEST)
    assert (old.version, old.versions) == (OLDEST, (OLDEST,))
    assert "city" not in old.tables["site"].field_names
    assert "lane" in old.tables["site"].field_names
    assert old.codes["uses"].names == ("energetic", "feedstock", "raw")
    later = agreed.at(OLDER)
    assert "city" in later.tables["site"].field_names
    assert "lane" not in later.tables["site"].field_names
    assert later.codes["uses"].names == ("energetic", "feedstock")


def test_at_this_version_nothing_changes(agreed: Blueprint) -> None:
    assert blueprint().at(blueprint().version) == blueprint()
    with pytest.raises(ValueError, match="z"):
        agreed.at("z")
