"""The command line `pces`, in Dutch. What a command does is called here, not made here."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from pipelines.cli.dutch import speak_dutch

speak_dutch()

from pipelines.cli.main import main  # noqa: E402 - click takes its texts when it is imported

__all__ = ["main", "pces"]


def pces() -> NoReturn:
    """Run a command and end at once: taking down thousands of modules would cost half a second."""
    code: object = 0
    try:
        main(prog_name="pces")
    except SystemExit as ended:
        code = ended.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
