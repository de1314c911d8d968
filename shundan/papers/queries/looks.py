"""How each kind of paper looks now and looked before, and a sample to look at."""

from decimal import Decimal

from django.utils.translation import get_language, gettext

from shundan.kernel.actor import Actor
from shundan.kernel.capitals import amount_in_capitals
from shundan.kernel.errors import NotFound, require
from shundan.kernel.layouts import Layout
from shundan.kernel.prints import Paper
from shundan.papers.models import PaperTemplate
from shundan.papers.registries import PAPER_KINDS, PaperKind
from shundan.papers.rules import PaperLook, look_from

SAMPLE_LINES = 4


def paper_kind(code: str) -> PaperKind:
    """Return a kind of paper. Raises: NotFound."""
    found = PAPER_KINDS.get(code)
    if found is None:
        raise NotFound(what="paper", key=code[:100])
    return found


def current_look(kind: str) -> tuple[PaperLook, int]:
    """Return how a kind of paper looks now, and the version that says so; 0 is as shipped."""
    found = PaperTemplate.objects.filter(kind=kind).order_by("-version").first()
    return (look_from(found.content), found.version) if found else (PaperLook(), 0)


def layout_of(kind: str, *, size: str = "") -> Layout:
    """Return how a kind of paper looks in the language that is active; `size` is another paper for once."""
    return current_look(kind)[0].layout(is_english=(get_language() or "").startswith("en"), size=size)


def versions_of_paper(kind: str, *, by: Actor) -> list[PaperTemplate]:
    """Return all versions of how a kind of paper looks, newest first. Raises: NotPermitted, NotFound."""
    require(by, "company.edit")
    paper_kind(kind)
    return list(PaperTemplate.objects.filter(kind=kind).order_by("-version"))


def sample_paper(kind: str) -> Paper:
    """Return a made-up paper of a kind, for those who choose its looks."""
    of = paper_kind(kind)
    columns = of.columns()
    rows = [[_cell(one.code or one.heading, at) for one in columns] for at in range(1, SAMPLE_LINES + 1)]
    return Paper(
        kind=kind,
        title=str(of.label),
        number="SAMPLE-0001",
        facts=[
            (gettext("Customer"), gettext("Sample customer")),
            (gettext("Date"), "2026-01-31"),
            (gettext("Contact"), "138 0000 0000"),
            (gettext("Your reference"), "PO-88"),
        ],
        columns=columns,
        rows=rows,
        in_words=amount_in_capitals(Decimal("1234.50"), "CNY", language=get_language() or ""),
        signatures=[gettext("Seller"), gettext("Customer")],
    )


def _cell(code: str, at: int) -> str:
    return {
        "#": str(at),
        "position": str(at),
        "sku": f"ABC-{at}",
        "product": gettext("Product"),
        "quantity": str(at * 10),
        "price": "12.50",
        "tax": "13%",
        "amount": f"{at * 125}.00",
        "day": "2026-01-31",
    }.get(code, "…")
