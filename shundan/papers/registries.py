"""The kinds of papers that rooms above make: who may see one, and how it is drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from shundan.kernel.actor import Actor
from shundan.kernel.prints import Column, Paper

_KINDS: dict[str, "PaperKind"] = {}
PAPER_KINDS: Mapping[str, "PaperKind"] = _KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """One kind of paper (Any: the document it is about, of whatever room).

    `find` fetches a document by its number within the actor's rights, `draw` makes its paper in the language that is
    active, `language_of` says which language its receiver reads; empty is the reader's own.
    """

    code: str
    label: str | Promise
    find: Callable[[str, Actor], Any]
    draw: Callable[[Any, Actor], Paper]
    columns: Callable[[], Sequence[Column]]
    language_of: Callable[[Any], str] = lambda _document: ""


def offer_paper(kind: PaperKind) -> None:
    """Let a kind of paper be printed, chosen and laid out."""
    _KINDS[kind.code] = kind
