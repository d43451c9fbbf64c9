"""The assets of the demand stage: one per SQL table. The SQL and its inputs stand in `assets.recipes`."""

from __future__ import annotations

from assets.from_sql import sql_assets

ASSETS = sql_assets("demand")
