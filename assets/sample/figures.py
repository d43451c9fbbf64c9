"""Numbers that look real and are not: EAN codes that nobody has, and amounts rounded as people file them.

Which company files what does not belong here.
"""

from __future__ import annotations

# 17 digits and a check digit; no range of a Dutch grid operator begins like this.
EAN_PREFIX = "871699"


def check_digit(digits: str) -> str:
    """The last digit of an EAN code (GS1): weights 3 and 1 from the right over the digits before it."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def ean(company: int, site: int, connection: int) -> str:
    """A valid, fictional EAN code of 18 digits, unique per company (to 999,999), site and connection."""
    digits = f"{EAN_PREFIX}{company:06d}{site:02d}{connection:03d}"
    return digits + check_digit(digits)


def rounded(value: float, digits: int = 5) -> float:
    """The value to some significant digits, as people file it."""
    return float(f"{value:.{digits}g}")
