"""Looks up what the five geographic clusters delivered to CES 3.0; what stands beside it is for the national page."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("clusters.csv")
YEARS = (2021, 2035)
SOURCE = "RVO, Cluster Energiestrategieën 3.0, werkboek van december 2024 (MIT)"


@cache
def delivered() -> dict[tuple[str, str, int], Decimal]:
    """Energy in PJ by cluster, carrier and year; what was not delivered is not there, and is not nought."""
    with PATH.open(encoding="utf-8", newline="") as file:
        return {
            (row["cluster"], row["carrier"], int(row["year"])): Decimal(row["energy_pj"])
            for row in csv.DictReader(file)
        }
