"""The command line `pces`, in Dutch. What a command does is called here, not made here."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import NoReturn

from assets.intake.beforehand import begin
from pipelines.cli.dutch import speak_dutch

# The command that examines new files beforehand, in a process that loads while this one does.
RUN = "run"

speak_dutch()  # click takes its texts when it is imported


def asks_to_run(words: list[str]) -> bool:
    """Whether the words of a command are those of `pces run`: the first that is no option, nor the folder of one."""
    if "-h" in words or "--help" in words:
        return False
    commands = (word for before, word in pairwise(["", *words]) if not word.startswith("-") and before != "--data")
    return next(commands, "") == RUN


def pces() -> NoReturn:
    """Run a command and end at once: taking down thousands of modules would cost half a second."""
    if asks_to_run(sys.argv[1:]):
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
