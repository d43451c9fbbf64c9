"""What the environment says: where the data folder is, and the secret rules of disclosure. Nothing else reads it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assets.disclosure.rules import TierRules
    from assets.store import DataFolder


DATA_VARIABLE = "PCES_DATA"
DEFAULT_DATA = "data"

DAGSTER_YAML = """\
# Made by pces. Telemetry is off: this is company data.
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: pipelines.history
  class: OpenHistory
  config:
    base_dir: {runs}
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
concurrency:
  runs:
    max_concurrent_runs: 2
    tag_concurrency_limits:
      - key: dagster/partition
        value:
          applyLimitPerUniqueValue: true
        limit: 1
"""


def data_root(given: str | None = None) -> Path:
    """The data folder: what was given, else PCES_DATA, else ./data."""
    return Path(given or os.environ.get(DATA_VARIABLE) or DEFAULT_DATA).resolve()


def disclosure_rules() -> TierRules:
    """The rules by which figures are protected, per tier; raises RulesError (Dutch), in which no value stands."""
    from assets.disclosure.rules import rules_from

    return rules_from(os.environ)


def prepare_dagster_home(data: DataFolder) -> Path:
    """Make the folder in which Dagster keeps its state, with telemetry off, and point Dagster at it."""
    home = data.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(
        DAGSTER_YAML.format(runs=json.dumps(str(home / "history" / "runs"))), encoding="utf-8"
    )
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ[DATA_VARIABLE] = str(data.root)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"
    return home
