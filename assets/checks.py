"""Runs the checks that prove tables after they are written: each is SQL that returns the rows that break it.

Which checks there are is in `assets.check_list`; what a company filed is judged before, in `assets.intake`.
"""

from __future__ import annotations

from assets.check_list import Check
from assets.recipes import expose
from assets.reference import register_reference
from assets.rounds import Round
from assets.store import DataFolder, connect
from blueprint.load import blueprint


def breaches(data: DataFolder, settings: Round, check: Check) -> int:
    """The number of rows that break a check in a round; 0 when it holds."""
    with connect() as connection:
        register_reference(connection, settings)
        expose(connection, data, settings, check.inputs)
        return len(connection.execute(check.sql).fetchall())


def key_breaches(data: DataFolder, settings: Round, table_name: str) -> int:
    """The number of keys that stand twice in a table of a round; 0 for a table without a key."""
    key = blueprint().tables[table_name].primary_key
    if not key:
        return 0
    with connect() as connection:
        expose(connection, data, settings, (table_name,))
        names = ", ".join(key)
        # Where no two hashes are equal no two keys are, and numbers are told apart in half the time of names.
        all_differ = connection.execute(f"select count(distinct hash({names})) = count(*) from {table_name}").fetchone()
        if all_differ == (True,):
            return 0
        sql = f"select count(*) from (select {names} from {table_name} group by {names} having count(*) > 1)"
        found = connection.execute(sql).fetchone()
        return found[0] if found else 0
