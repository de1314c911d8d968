"""Codes of coupons: how they are typed, what they are made of; nothing here asks a table."""

import re
import unicodedata
from collections.abc import Callable, Sequence

# Nothing that looks like another one, printed or by hand: no 0 and O, no 1, I and L, no U beside V.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# A thousand guesses a second hit a code of a batch of 10,000 once in 1,700 years.
GROUPS, OF_EACH = 3, 4
MOST_AT_ONCE = 5000
CODE = re.compile(r"^[A-Z0-9][A-Z0-9_.-]{2,39}$")
_GAPS = re.compile(r"\s+")


def typed_code(text: str) -> str:
    """Return a code as it is kept: capitals, without gaps; what was typed in full width is the same code."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text)).upper()


def drawn_code(choose: Callable[[Sequence[str]], str]) -> str:
    """Return a code whose letters are drawn by `choose`, in groups that can be read out."""
    return "-".join("".join(choose(LETTERS) for _letter in range(OF_EACH)) for _group in range(GROUPS))
