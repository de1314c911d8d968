"""One paper as PDF: found within the reader's rights, drawn in its receiver's language, under the company's head."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.layouts import SIZES
from shundan.kernel.prints import Paper, data_of_paper, pdf_of_paper
from shundan.papers.queries.looks import layout_of, paper_kind
from shundan.papers.registries import PaperKind
from shundan.parties.queries import letterhead

PAPER_LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A paper as a file: its name without ending, and the PDF."""

    name: str
    content: bytes


def pdf_of(paper: Paper, *, size: str = "") -> bytes:
    """Return a paper as PDF, as its kind shall look, in the language that is active."""
    return pdf_of_paper(paper, letterhead(), layout_of(paper.kind, size=size))


def print_paper(kind: str, number: str, *, by: Actor, language: str = "", size: str = "") -> PrintedFile:
    """Return a document's paper of a kind; without a language in that of its receiver.

    Raises: NotFound, Malformed, and as its kind's `find` and `draw`.
    """
    wrong = [
        Detail(path, "unknown", _("Choose one of the offered values."))
        for path, value, known in (("language", language, PAPER_LANGUAGES), ("size", size, SIZES))
        if value and value not in known
    ]
    if wrong:
        raise Malformed(details=wrong)
    of = paper_kind(kind)
    document = of.find(number, by)
    with _spoken(of, document, language):
        paper = of.draw(document, by)
        return PrintedFile(f"{paper.kind}-{paper.number}", pdf_of(paper, size=size))


def document_of_paper(kind: str, number: str, *, by: Actor) -> Paper:
    """Return what stands on a document's paper, in the language that is active. Raises: as print_paper."""
    of = paper_kind(kind)
    return of.draw(of.find(number, by), by)


def draw_document(kind: str, number: str, *, by: Actor, language: str = "") -> dict[str, object]:
    """Return what is drawn of a document's paper as plain data, without head, for a file of many.

    Raises: as print_paper.
    """
    of = paper_kind(kind)
    document = of.find(number, by)
    with _spoken(of, document, language):
        paper = of.draw(document, by)
        return data_of_paper(paper, None, layout_of(paper.kind))


def _spoken(of: PaperKind, document: Any, language: str) -> override:
    return override(language or of.language_of(document) or get_language() or PAPER_LANGUAGES[0])
