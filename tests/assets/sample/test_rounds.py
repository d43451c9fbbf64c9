"""The rounds that are written: their files, their settings, and the published answer of the open data."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import pytest

from assets.intake.examine import Received, examine
from assets.rounds import RoundError, read_round
from assets.sample.open_data import open_data_filings, published
from assets.sample.rounds import write_open_data_round, write_sample_round
from blueprint.conversions import conversions
from blueprint.load import blueprint


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def received(folder: Path) -> list[Received]:
    return [
        Received(digest[:16], folder / name, name) for name, digest in hashes(folder).items() if name != "round.yaml"
    ]


def test_sample_round(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    number = write_sample_round(tmp_path / "one", progress=lambda done, of: told.append((done, of)))
    files = hashes(tmp_path / "one" / "voorbeeld-2026")
    assert len(files) - 1 == number >= 60
    assert told == [(done, number) for done in range(1, number + 1)]
    assert {Path(name).suffix for name in files} == {".xlsx", ".ods", ".zip", ".yaml"}
    assert len({Path(name).parts[0] for name in files if "/" in name}) == 2
    assert len(set(files.values())) == len(files) - 1  # one identical copy
    assert read_round(tmp_path / "one" / "voorbeeld-2026").deadline is not None
    write_sample_round(tmp_path / "two")
    assert hashes(tmp_path / "two" / "voorbeeld-2026") == files


def test_a_round_is_never_overwritten(tmp_path: Path) -> None:
    write_open_data_round(tmp_path)
    before = hashes(tmp_path)
    with pytest.raises(RoundError):
        write_open_data_round(tmp_path)
    assert hashes(tmp_path) == before


def test_most_companies_of_the_sample_round_have_no_error(tmp_path: Path) -> None:
    write_sample_round(tmp_path)
    folder = tmp_path / "voorbeeld-2026"
    unique = list({one.submission_id: one for one in received(folder)}.values())
    examined = examine(unique, read_round(folder))
    wrong = {f["file"] for f in examined.findings if f["severity"] == "error"}
    assert 12 <= len(wrong) <= 20
    assert sum(not line["readable"] for line in examined.files) == 5


def test_open_data_equals_what_is_published(tmp_path: Path) -> None:
    """Filed, read and judged as any round; the published figures have eight decimals, hence the absolute 1e-8 TJ."""
    write_open_data_round(tmp_path)
    folder = tmp_path / "open-data-2023"
    examined = examine(received(folder), read_round(folder))
    assert {f["severity"] for f in examined.findings} <= {"warning", "info"}
    sector = {row["submission_id"]: row["sector"] for row in examined.accepted["company"].to_pylist()}
    factor = {(c.carrier, c.unit, c.basis): float(c.factor) for c in conversions()}
    total: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in examined.accepted["energy_demand"].to_pylist():
        pj = row["value"] * factor[(row["carrier"], row["unit"], row["heating_value_basis"] or "")]
        total[(sector[row["submission_id"]], row["carrier"], row["use"])] += pj * 1000
    answer = {(cell.sector, cell.carrier, cell.use): cell.tj for cell in published()}
    assert dict(total) == pytest.approx(answer, rel=1e-6, abs=1e-8)


def test_open_data_is_complete_and_mixed() -> None:
    filings = open_data_filings("open-data-2023")
    assert len({site["municipality_code"] for filing in filings for site in filing.rows("site")}) == 26
    numbers = [filing.row("company")["kvk_number"] for filing in filings]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 8 and number.startswith("99") for number in numbers)
    assert all("geen bedrijf" in filing.row("company")["company_name"] for filing in filings)
    rows = [row for filing in filings for row in filing.rows("energy_demand")]
    assert {row["unit"] for row in rows} == {"TJ", "GWh", "MWh", "PJ"}
    assert {row["use"] for row in rows} == set(blueprint().codes["uses"].names)
