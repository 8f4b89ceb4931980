"""Numbers as people export them: 1,234.50 and 1.234,50 and 1 234,5 are amounts, with or without a currency sign."""

from __future__ import annotations

import math
import re

_AROUND = re.compile(r"[\s\u00a0\u202f'’€$£¥]|\b[A-Z]{3}\b")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+")


def to_amount(value: str) -> float:
    """Return a number. A lone comma before exactly three digits parts thousands, else decimals. Raises ValueError."""
    digits = _AROUND.sub("", value)
    if "," in digits and "." in digits:
        decimal = max(",.", key=digits.rindex)
        digits = digits.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    elif _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    number = float(digits.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number
