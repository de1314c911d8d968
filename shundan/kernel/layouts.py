"""How a kind of paper looks, apart from what makes papers: those who only keep the choice need no printing."""

from collections.abc import Sequence
from dataclasses import dataclass

# A4; A5 lying; continuous paper of 241 × 139.7 mm for needles (half a sheet).
SIZES = ("a4", "a5", "needle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What an administrator chose for a kind of paper, in one language.

    Columns are named by their codes; without `signatures` a paper has those of its kind. Each name under `copies` is
    one copy of the paper, with that name in its head.
    """

    size: str = "a4"
    hidden: Sequence[str] = ()
    copies: Sequence[str] = ()
    signatures: Sequence[str] = ()
    head_note: str = ""
    foot_note: str = ""
    terms: str = ""
