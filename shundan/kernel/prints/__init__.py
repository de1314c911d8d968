"""Papers and labels as PDF: what stands on them comes from above, how they look from the templates beside."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Literal

import segno
import typst
from barcode import Code128
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.kernel.layouts import Layout
from shundan.kernel.letterhead import Letterhead

HERE = Path(__file__).resolve().parent
FONTS = HERE.parents[2] / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
WEIGHTS = ("400Regular", "700Bold")
# A compiler is not shared by threads at work; a paper takes milliseconds.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a paper; `width` is a share of what is left, or 0 for as wide as its content.

    A column with a code may be left out by whoever chooses how papers look.
    """

    heading: str
    width: float = 0
    is_number: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper: its number as bars, its address or number as a square, facts, one table, sums, lines to sign on.

    A cell may have several lines; those after the first are drawn smaller.

    `kind` says which choices of looks hold for it. `opens` is the path of its page, which the square opens.
    """

    kind: str = ""
    title: str
    number: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    totals: Sequence[str] = ()
    sums: Sequence[tuple[str, str]] = ()
    in_words: str = ""
    signatures: Sequence[str] = ()
    note: str = ""
    opens: str = ""
    terms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label: a line to read from afar, lines below, the code as bars and square."""

    code: str
    title: str
    lines: Sequence[str] = ()
    corner: str = ""
    # What the bars say where that is not the code: a GTIN.
    bars: str = ""


@dataclass(frozen=True, slots=True)
class LabelSize:
    """Millimetres."""

    width: int
    height: int


def pdf_of_paper(paper: Paper, head: Letterhead | None, layout: Layout | None = None) -> bytes:
    """Return a paper as PDF, under the letterhead of whoever sends it, as its kind shall look."""
    return pdf_of_papers([data_of_paper(paper, head, layout)])


def pdf_of_papers(papers: Sequence[dict[str, object]]) -> bytes:
    """Return papers, each as `data_of_paper` describes it, as one PDF that holds every letter once."""
    return _compiled("paper.typ", {"papers": list(papers)})


def picture_of_paper(paper: Paper, head: Letterhead | None, layout: Layout | None = None) -> str:
    """Return the first page of a paper as SVG, to be looked at beside a form."""
    made = _made("paper.typ", {"papers": [data_of_paper(paper, head, layout)]}, kind="svg")
    first = made[0] if isinstance(made, list) else made
    assert isinstance(first, bytes)
    return first.decode()


def data_of_paper(paper: Paper, head: Letterhead | None, layout: Layout | None = None) -> dict[str, object]:
    """Return all that is drawn of a paper as plain data, in the language that is active now."""
    look = layout or Layout()
    shown = [at for at, one in enumerate(paper.columns) if not one.code or one.code not in look.hidden]
    return asdict(paper) | {
        "columns": [asdict(paper.columns[at]) for at in shown],
        "rows": [[row[at] for at in shown] for row in paper.rows],
        "totals": [paper.totals[at] for at in shown] if paper.totals else [],
        "signatures": list(look.signatures or paper.signatures),
        "layout": asdict(look) | {"terms": look.terms or paper.terms},
        "bars": bars(paper.number),
        "square": square(f"{settings.PUBLIC_URL}{paper.opens}" if paper.opens else paper.number),
        "page": _("Page"),
        "in_words_label": _("Amount in words"),
        "language": _language(),
        "head": head.as_data() if head else None,
    }


def pdf_of_labels(labels: Sequence[Label], size: LabelSize) -> bytes:
    """Return labels as PDF, one a page."""
    rows = [asdict(one) | {"bars": bars(one.bars or one.code), "square": square(one.code)} for one in labels]
    return _compiled("labels.typ", {"labels": rows, "width": size.width, "height": size.height})


def bars(code: str) -> str:
    """Return a Code 128 as SVG, or nothing for what Code 128 cannot write."""
    if not code.isascii() or not code.isprintable() or not code:
        return ""
    modules = Code128(code).build()[0]
    drawn = "".join(
        f'<rect x="{run.start()}" y="0" width="{len(run[0])}" height="40"/>' for run in re.finditer("1+", modules)
    )
    view = f'viewBox="-10 0 {len(modules) + 20} 40" preserveAspectRatio="none"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{len(modules) + 20}" height="40" {view}>{drawn}</svg>'


def square(code: str) -> str:
    """Return a QR code as SVG."""
    drawn = BytesIO()
    segno.make(code or " ", error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _compiled(template: str, data: dict[str, object]) -> bytes:
    made = _made(template, data, kind="pdf")
    assert isinstance(made, bytes)  # a PDF is one file, however many pages it has
    return made


def _made(template: str, data: dict[str, object], *, kind: Literal["pdf", "svg"]) -> object:
    inputs = {"data": json.dumps(data | {"language": _language()}, ensure_ascii=False)}
    with _ONE_AT_A_TIME:
        return _compiler(template).compile(format=kind, sys_inputs=inputs, pdf_tags=False)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@cache
def _compiler(template: str) -> typst.Compiler:
    """Return the compiler of a template, which keeps its fonts."""
    fonts = [str(FONTS / weight) for weight in WEIGHTS]
    return typst.Compiler(str(HERE / template), root=str(HERE), font_paths=fonts, ignore_system_fonts=True)
