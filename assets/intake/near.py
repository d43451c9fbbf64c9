"""Finds the spelling that an unknown text is most like, and none when none is truly near.

What a text means when it is known is decided in `cells` and `headings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache

from assets.intake.cells import fold
from blueprint.load import blueprint

WORD = re.compile(r"[^\W_]+")
ALIKE = 0.75
# Of a word as short as this one letter may differ.
SHORT = 5
# A word tells which label is meant when it is this much of it, and more than a letter or two.
TELLING, LEAST_WORD = 0.4, 3


@cache
def nearest(value: str, list_name: str) -> str:
    """A Dutch sentence with the nearest entry of the list, or all entries when the list is short."""
    codes = blueprint().codes[list_name]
    choices = [code.label for code in codes.filed]
    others = {code.code: code.label for code in codes.filed}
    others |= {alias: others[code] for alias, code in codes.aliases.items() if code in others}
    meant = most_like(value, choices, others)
    hint = f"Bedoelt u '{meant}'? " if meant else ""
    shown = ", ".join(choices[:20]) + (", ..." if len(choices) > 20 else "")
    return f"{hint}Kies uit: {shown}."


def most_like(text: str, labels: Iterable[str], aliases: Mapping[str, str] | None = None) -> str:
    """The label that is meant: the only one that has the text as whole words, else the one that is spelt most alike.

    `aliases` maps other spellings to their label. '' when none is near, or two are equally near.
    """
    spellings = {fold(label): label for label in labels}
    words = _words(text)
    holding = [label for label in spellings.values() if words in _words(label)]
    if len(words.strip()) >= LEAST_WORD and len(holding) == 1 and len(words) >= TELLING * len(_words(holding[0])):
        return holding[0]
    found = fold(text)
    alike: dict[str, float] = {}
    for spelling, label in ({fold(alias): label for alias, label in (aliases or {}).items()} | spellings).items():
        if _is_near(found, spelling):
            alike[label] = max(alike.get(label, 0), _likeness(found, spelling))
    best = [label for label, likeness in alike.items() if likeness == max(alike.values())]
    return best[0] if len(best) == 1 else ""


def _words(text: str) -> str:
    """The words of a text, each between spaces."""
    return f" {' '.join(fold(word) for word in WORD.findall(text))} "


def _is_near(one: str, other: str) -> bool:
    if min(len(one), len(other)) <= SHORT and not _is_one_edit(*sorted((one, other), key=len)):
        return False
    return _likeness(one, other) >= ALIKE


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0.0


def _is_one_edit(shorter: str, longer: str) -> bool:
    """Whether one letter is other, too many or too few."""
    same = next((at for at, pair in enumerate(zip(shorter, longer, strict=False)) if len({*pair}) > 1), len(shorter))
    return longer[same + 1 :] == shorter[same + (len(shorter) == len(longer)) :]
