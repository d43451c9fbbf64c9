"""A round made up for the tests of letters: firms that count, one that was sent back, and one that lies nowhere."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from assets.parquet import write_parquet
from assets.store import DataFolder, write_table
from tests.assets.given import Filed, Row, completed, joined
from tests.assets.strategy.made import HARM, HOSTILE, PLENTY, SETTINGS, firm

AS_FILED = ("register", "findings", "submission_status", "site", "connection", "project", "filed_sites")
COOKED = ("site_place", "site_demand")
SETTLED = SETTINGS.model_copy(update={"province_contacts": {HOSTILE: f"Anna {HARM}"}, "contact": "het loket"})
NAMES = {"s1": "Bakkerij Aardbei", "s2": f"Smederij {HARM}", "s3": "Bierbrouwerij Framboos", "s4": "Slachterij Mispel"}
PLAN: Row = {
    "plan_id": "P-1",
    "plan_name": f"Station {HARM}",
    "province_code": PLENTY,
    "municipality_code": "GM0344",
    "carrier": "electricity",
    "grid_operator": "stedin",
    "ready_year": 2031,
    "fact_source": "investeringsplan",
}


def number(code: str) -> str:
    return f"1{int(code[1:]):07}"


def filed() -> Filed:
    """Three firms that count, one of which is hostile and one of which lies nowhere, and one that was sent back."""
    firms = joined(firm("s1", PLENTY, NAMES["s1"]), firm("s2", HOSTILE, NAMES["s2"]), firm("s3", PLENTY, NAMES["s3"]))
    for row in firms["project"]:
        row["project_name"] = f"Oven van {NAMES[row['submission_id']]}"
    for row in firms["site"]:
        if row["submission_id"] == "s3":
            row |= {"municipality_code": "GM9999", "latitude": None, "longitude": None}
    states = {"s1": "accepted_with_remarks", "s2": "accepted", "s3": "accepted", "s4": "returned"}
    back: Row = {"submission_id": "s4", "kvk_number": number("s4"), "site_id": "V9", "accepted": False}
    firms["filed_sites"].append({**back, "municipality_code": "GM0344"})
    firms["register"] = [
        {"submission_id": code, "kvk_number": number(code), "company_name": NAMES[code], "state": state, "file": code}
        for code, state in states.items()
    ]
    firms["register"].append({"submission_id": "s5", "state": "unreadable", "file": "s5"})
    message = {"rule": "number", "severity": "error", "table_name": "energy_demand", "sheet": "Energievraag"}
    firms["findings"] = [
        {**message, "submission_id": code, "file": code, "message": f"Getal van {NAMES[code]}."}
        | {"cell": "I3", "row_number": 3, "column_letter": "I"}
        for code in ("s1", "s4")
    ]
    firms["submission_status"] = [
        {"round": "proef", "submission_id": code, "file": code, "table_name": name, "state": state}
        | {"rows_in": 9, "rows_accepted": 8, "rows_refused": 1}
        for code, state in states.items()
        for name in ("*", "energy_demand")
    ]
    return firms


NEEDED = ("company", "site", "connection", "energy_demand")


def write_tables(data: DataFolder, tables: Mapping[str, pa.Table], rows: Filed) -> None:
    """The tables of which letters are made; `tables` is what the recipes make of the rows that are needed."""
    for name in COOKED:
        write_table(data, name, SETTLED.round, tables[name])
    for name in AS_FILED:
        write_table(data, name, SETTLED.round, completed(name, *rows[name]))


def load_plan(data: DataFolder) -> None:
    write_parquet(data.reference / "infrastructure.parquet", completed("infrastructure", PLAN))
