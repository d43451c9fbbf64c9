"""The words for who may see something, as people type them; what each tier holds is decided elsewhere."""

from __future__ import annotations

from typing import Any

import click

from assets.strategy.document import INTERNAL, PUBLIC

OPERATOR = "operator"
# What is shown first is what the help and the README say.
WORDS = {
    PUBLIC: ("openbaar", "public", "publiek", "extern"),
    INTERNAL: ("vertrouwelijk", "internal", "intern", "confidential"),
    OPERATOR: ("netbeheerder", "operator"),
}


class TierWord(click.ParamType):
    """A tier by any of its words."""

    name = "tier"

    def __init__(self, *tiers: str) -> None:
        self._tiers = tiers

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        typed = str(value).strip().casefold()
        for tier in self._tiers:
            if typed in WORDS[tier]:
                return tier
        words = " of ".join(WORDS[tier][0] for tier in self._tiers)
        return self.fail(f"'{value}' is geen soort. Kies {words}.", param, ctx)
