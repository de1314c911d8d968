"""How each kind of paper looks now and looked before, and a sample to look at."""

from decimal import Decimal

from django.utils.translation import get_language, gettext, gettext_noop

from shundan.kernel.actor import Actor
from shundan.kernel.capitals import amount_in_capitals
from shundan.kernel.errors import NotFound, require
from shundan.kernel.layouts import Layout
from shundan.kernel.prints import Column, Paper
from shundan.papers.models import PaperTemplate
from shundan.papers.registries import PAPER_KINDS, PaperKind
from shundan.papers.rules import PaperLook, look_from

SAMPLE_LINES = 4
# Headings of columns that hold money, and the papers that go to suppliers.
AMOUNTS = (gettext_noop("Amount with tax"), gettext_noop("Amount"), gettext_noop("Open"))
BOUGHT = ("purchase_order",)


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
    """Return a made-up paper of a kind, for those who choose its looks: sums and 大写 only where it has amounts."""
    of = paper_kind(kind)
    columns = of.columns()
    rows = [[_cell(one, at) for one in columns] for at in range(1, SAMPLE_LINES + 1)]
    total = Decimal(sum(range(1, SAMPLE_LINES + 1)) * 125)
    has_amounts = any(one.heading in _words(*AMOUNTS) for one in columns)
    is_bought = kind in BOUGHT
    return Paper(
        kind=kind,
        title=str(of.label),
        number="SAMPLE-0001",
        facts=[
            (gettext("Supplier"), gettext("Sample supplier"))
            if is_bought
            else (gettext("Customer"), gettext("Sample customer")),
            (gettext("Date"), "2026-01-31"),
            (gettext("Contact"), "138 0000 0000"),
            (gettext("Your reference"), "PO-88"),
        ],
        columns=columns,
        rows=rows,
        sums=[(gettext("Total"), f"{total:,.2f}")] if has_amounts else [],
        in_words=amount_in_capitals(total, "CNY", language=get_language() or "") if has_amounts else "",
        signatures=[gettext("Buyer"), gettext("Supplier")] if is_bought else [gettext("Seller"), gettext("Customer")],
    )


def _words(*texts: str) -> set[str]:
    return {gettext(text) for text in texts}


def _cell(column: Column, at: int) -> str:
    """Return what stands in a column of a sample; a column without a code is known by its heading."""
    known = {
        "#": str(at),
        "position": str(at),
        "sku": f"ABC-{at}",
        "price": "12.50",
        "tax": "13%",
        "amount": f"{at * 125:,}.00",
        "lot": f"L2601-{at}",
        "weight": f"{at * 2}.5 kg",
        "order": f"SO-2026-00000{at}",
        "due_on": "2026-02-28",
        "late": str(at * 10),
        "balance": f"{sum(range(1, at + 1)) * 125:,}.00",
    }
    if column.code in known:
        return known[column.code]
    by_heading = {
        "#": str(at),
        gettext("Product"): gettext("Sample product %(number)s") % {"number": at},
        gettext("Quantity"): str(at * 10),
        gettext("Location"): f"A-01-0{at}",
        gettext("Parcel"): f"{at} / {SAMPLE_LINES}",
        gettext("Invoice"): f"INV-2026-00000{at}",
        gettext("Number"): f"INV-2026-00000{at}",
        gettext("Day"): f"2026-01-{at * 7:02}",
        gettext("Due on"): "2026-02-28",
        gettext("Document"): gettext("Invoice"),
    } | dict.fromkeys(_words(*AMOUNTS), f"{at * 125:,}.00")
    return by_heading.get(column.heading, "…")
