"""The command line `pces`, in Dutch. What a command does is called here, not made here."""

from __future__ import annotations

from pipelines.cli.dutch import speak_dutch

speak_dutch()

from pipelines.cli.main import main  # noqa: E402 - click takes its texts when it is imported

__all__ = ["main"]
