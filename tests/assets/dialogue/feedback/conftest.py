"""One filing that can be broken in every way, and what the intake finds in the files made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.intake.examine import Examined, Received, examine
from assets.rounds import Round
from assets.sample.companies import ROUND, generate
from assets.workbooks.filing import Filing


def suitable(filing: Filing) -> bool:
    """One site under the ETS on gas alone, with an address, and a first project on electricity."""
    site, projects = filing.row("site"), filing.rows("project")
    carriers = {row["carrier"] for row in filing.rows("energy_demand")}
    return (
        len(filing.rows("site")) == 1
        and site["is_ets"]
        and site["postcode"] is not None
        and carriers == {"electricity", "natural_gas"}
        and bool(projects)
        and projects[0]["carrier_to"] == "electricity"
    )


@pytest.fixture(scope="session")
def clean() -> Filing:
    return next(filing for filing in generate(companies=300) if suitable(filing))


@pytest.fixture(scope="session")
def look() -> Callable[[Path], Examined]:
    """What the intake finds in all files of a folder, each known by its name."""

    def examined(folder: Path) -> Examined:
        paths = sorted(folder.iterdir())
        identity = {path.name: hashlib.sha256(path.name.encode()).hexdigest()[:16] for path in paths}
        return examine([Received(identity[path.name], path, path.name) for path in paths], Round(round=ROUND))

    return examined
