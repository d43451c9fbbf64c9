"""Writes whole rounds to data/raw: the sample round of fictional companies, and the round of open data.

Reading or running a round does not belong here. A round that exists is never overwritten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from assets.rounds import Round, write_round
from assets.sample.companies import ROUND, generate
from assets.sample.figures import rounded
from assets.sample.mistakes import MISTAKES, write_faulty
from assets.sample.open_data import open_data_filings
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_csv_zip, write_ods, write_xlsx

Progress = Callable[[int, int], None]
Write = Callable[[], object]

COMPANIES = 60
FOLDERS, AGAIN = ("portaal", "per-e-mail"), "nogmaals"
BY_MAIL_EVERY = 4
# How the files of some companies are written; all others are xlsx.
ODS = ("b008", "b025", "b044", "b058")
CSV_NL, CSV_EN = ("b010", "b033", "b052"), ("b021", "b047")

# Companies that make mistakes, and which; all of them in one workbook.
FAULTY: dict[str, tuple[str, ...]] = {
    "b003": ("number_with_text", "number_ambiguous", "unit_unknown", "header_moved"),
    "b007": ("cell_not_available", "cell_lost_reference", "formula_without_value", "number_percent"),
    "b012": ("municipality_bergen", "kvk_with_spaces", "sheet_unknown"),
    "b015": ("mwh_for_gwh", "co2_versus_gas", "row_hidden"),
    "b018": ("cells_merged", "header_unknown", "date_with_words"),
    "b023": ("two_companies",),
    "b029": ("ean_as_number", "branch_as_number", "kvk_as_number", "demand_negative"),
    "b031": ("municipality_abolished", "dates_from_1904", "number_dutch"),
    "b036": ("sheet_missing",),
    "b040": ("round_other",),
    "b041": ("ean_check_digit", "basis_missing", "number_with_currency", "sheet_hidden"),
    "b050": ("row_twice", "site_unknown", "hours_too_high", "year_not_asked"),
    "b055": ("version_unknown", "header_double"),
}
UNREADABLE: dict[str, str] = {
    "b061": "file_empty",
    "b062": "file_with_password",
    "b063": "file_cut_off",
    "b064": "file_is_pdf",
    "b065": "file_old_xls",
}
REPLACED, COPIED = "b005", "b014"
SHARED_EAN = "b016", "b017"


def write_sample_round(raw: Path, name: str = ROUND, seed: int = 2026, progress: Progress | None = None) -> int:
    """Write a round of fictional companies below `raw`, with the mistakes that companies make in a few of them.

    Returns the number of files. Raises RoundError when the round exists. `progress` gets (written, in all).
    """
    settings = Round(round=name, title="Voorbeeldronde met verzonnen bedrijven", deadline=dt.date(2026, 5, 31))
    folder = raw / name
    write_round(folder, settings)
    made = {filing.name: filing for filing in generate(seed, COMPANIES + len(UNREADABLE), name)}
    first, second = (made[company].row("connection") for company in SHARED_EAN)
    second["ean_code"] = first["ean_code"]
    portal, mail = (folder / sub for sub in FOLDERS)
    (mail / AGAIN).mkdir(parents=True)
    portal.mkdir()
    writes = [
        _write_of(filing, mail if number % BY_MAIL_EVERY == 0 else portal, settings)
        for number, filing in enumerate(made.values(), start=1)
    ]
    later, copied = _replacement(made[REPLACED]), made[COPIED]
    writes.append(lambda: write_xlsx(later, mail / f"{later.name}.xlsx", settings.years))
    writes.append(lambda: write_xlsx(copied, mail / AGAIN / f"{copied.name} (1).xlsx", settings.years))
    return _run(writes, progress)


def write_open_data_round(raw: Path, name: str = "open-data-2023", progress: Progress | None = None) -> int:
    """Write the round of regionalised national figures below `raw`, one workbook per Utrecht gemeente and sector.

    Returns the number of files. Raises RoundError when the round exists. Open data has no peak power, so that
    rule only warns in this round.
    """
    settings = Round(
        round=name,
        title="Open data 2023: geregionaliseerde landelijke cijfers van Quintel (MIT), geen gegevens van bedrijven",
        target_years=(),
        relaxed_rules=("energy_demand.peak_mw.required_if",),
        open_data=True,
    )
    folder = raw / name
    write_round(folder, settings)
    writes: list[Write] = []
    for filing in open_data_filings(name):
        path = folder / filing.name.partition("-")[0] / f"{filing.name}.xlsx"
        path.parent.mkdir(exist_ok=True)
        writes.append(lambda filing=filing, path=path: write_xlsx(filing, path, settings.years))
    return _run(writes, progress)


def _run(writes: list[Write], progress: Progress | None) -> int:
    for done, write in enumerate(writes, start=1):
        write()
        if progress is not None:
            progress(done, len(writes))
    return len(writes)


def _write_of(filing: Filing, folder: Path, settings: Round) -> Write:
    years, stem = settings.years, folder / filing.name
    if filing.name in UNREADABLE:
        mistake = MISTAKES[UNREADABLE[filing.name]]
        return lambda: write_faulty(filing, [mistake], stem.with_suffix(".xlsx"), years)
    if filing.name in FAULTY:
        mistakes = [MISTAKES[name] for name in FAULTY[filing.name]]
        return lambda: write_faulty(filing, mistakes, stem.with_suffix(".xlsx"), years)
    if filing.name in ODS:
        return lambda: write_ods(filing, stem.with_suffix(".ods"), years)
    if filing.name in CSV_NL:
        return lambda: write_csv_zip(filing, stem.with_suffix(".zip"), years, "nl")
    if filing.name in CSV_EN:
        return lambda: write_csv_zip(filing, stem.with_suffix(".zip"), years, "en")
    return lambda: write_xlsx(filing, stem.with_suffix(".xlsx"), years)


def _replacement(filing: Filing) -> Filing:
    """A newer filing of the same company, with a little more demand in the base year."""
    later = filing.copy(f"{filing.name}-herzien")
    later.row("submission")["submitted_on"] += dt.timedelta(days=30)
    for row in later.rows("energy_demand"):
        if row["scenario"] == "base" and row["carrier"] != "electricity":
            row["value"] = rounded(row["value"] * 1.01, 6)
    return later
