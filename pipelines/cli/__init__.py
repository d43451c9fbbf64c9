"""The command line `pces`, in Dutch. What a command does is called here, not made here."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from assets.intake.beforehand import begin
from pipelines.cli.dutch import speak_dutch

# The command that examines new files beforehand, in a process that loads while this one does.
RUN = "run"

speak_dutch()  # click takes its texts when it is imported


def pces() -> NoReturn:
    """Run a command and end at once: taking down thousands of modules would cost half a second."""
    if RUN in sys.argv:
        begin()
    # Not above: every child process that reads files imports this module, and runs no command.
    from pipelines.cli.main import main

    code: object = 0
    try:
        main(prog_name="pces")
    except SystemExit as ended:
        code = ended.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
