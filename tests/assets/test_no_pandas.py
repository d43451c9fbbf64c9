"""Checks that pandas is not loaded before somebody asks for it, and is all there then."""

from __future__ import annotations

import os
import subprocess
import sys


def test_pandas_comes_when_it_is_asked_for() -> None:
    code = """if True:
        import sys
        import pyarrow as pa
        from assets.store import connect
        with connect() as connection:
            connection.register("t", pa.table({"a": ["x", None]}))
            assert connection.sql("from t").to_arrow_table().num_rows == 2
        assert "pandas" not in sys.modules
        import pandas as pd
        frame = pa.table({"a": ["x", None]}).to_pandas(types_mapper=pd.ArrowDtype)
        assert frame["a"].isna().tolist() == [False, True]
        assert pa.Table.from_pandas(frame).column("a").null_count == 1
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
