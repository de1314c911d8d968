"""What goods that come and go ask of the books: stock at standard cost, cost of what is sold, what differs."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate, TruncMonth

from shundan.catalog.models import ProductCost
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.fulfilment.models import Receipt, Shipment
from shundan.inventory.models import StockMove
from shundan.kernel.days import company_day, company_zone
from shundan.kernel.money import ZERO, round_amount
from shundan.ledger.models import AccountingPeriod, OpeningBalances
from shundan.ledger.rules.choosing import CREDIT, DEBIT, Part, Posting
from shundan.orders.models import OrderLine

# Goods between two warehouses have this state.
IN_TRANSIT = "transit"
# What changes how much is ours; places, states and the way between two warehouses do not.
_WORTHY = Q(owner=None) & (
    Q(kind__in=("issue", "receipt", "reversal", "adjustment", "scrap")) & ~Q(status=IN_TRANSIT) | Q(kind="lost")
)
_PAPERS = ("shipment", "receipt")
_WORDS = {
    "issue": "出库",
    "receipt": "入库",
    "reversal": "冲回入库",
    "adjustment": "库存调整",
    "scrap": "报废",
    "lost": "在途损失",
}
# Why stock was entered by hand (inventory.rules), as the summary of a voucher says it.
_REASONS = {
    "purchase": "采购",
    "production": "生产",
    "opening": "期初",
    "found": "盘盈",
    "count": "盘点",
    "damaged": "损坏",
    "expired": "过期",
    "lost": "丢失",
    "sample": "样品",
    "correction": "更正",
}


def first_moves() -> QuerySet[StockMove]:
    """Return the first move of each posting of goods: all of one paper, kind and moment are booked together."""
    own = StockMove.objects.filter(_WORTHY)
    earlier = own.filter(
        source_kind=OuterRef("source_kind"),
        source_id=OuterRef("source_id"),
        kind=OuterRef("kind"),
        at=OuterRef("at"),
        pk__lt=OuterRef("pk"),
    )
    day = TruncDate(F("effective_at"), tzinfo=company_zone(), output_field=DateField())
    moved = OrderLine.objects.filter(pk=OuterRef("source_line_id"), order__kind="transfer").values("pk")
    # What a transfer moves stays ours; what it loses does not.
    kept = own.annotate(day=day).exclude(~Q(kind="lost") & Q(source_kind__in=_PAPERS) & Exists(moved))
    # Until November 2026 what was scrapped had no journal: closed months and those before the books stay as they are.
    closed = AccountingPeriod.objects.filter(state="closed", starts_on=OuterRef("month"))
    begun = OpeningBalances.objects.filter(reversed_at=None, starts_on__gt=OuterRef("day"))
    kept = kept.annotate(month=TruncMonth("day", output_field=DateField()))
    kept = kept.exclude(Q(kind="scrap") & (Exists(closed.values("pk")) | Exists(begun.values("pk"))))
    return kept.filter(~Exists(earlier.values("pk")))


def postings_of_moves(firsts: Sequence[StockMove]) -> list[Posting]:
    """Return what goods post, at what a unit cost at that moment; what nobody knows the cost of is worth nothing."""
    groups = {one.pk: _group(one) for one in firsts}
    moves = [move for group in groups.values() for move in group]
    line_ids = {move.source_line_id for move in moves if move.source_kind in _PAPERS}
    lines = OrderLine.objects.select_related("order").in_bulk([one for one in line_ids if one is not None])
    numbers = _numbers(firsts)
    found = []
    for first in firsts:
        group = groups[first.pk]
        number = numbers.get((first.source_kind, first.source_id or 0), "")
        subject = (first.source_kind, number) if number else ("", "")
        found.append(
            Posting(
                source=("goods", first.pk),
                on=company_day(first.effective_at),
                number=number or f"#{first.pk}",
                subject=subject,
                currency=COMPANY_CURRENCY,
                exchange_rate=Decimal(1),
                text=f"{_word(first)} {number or _REASONS.get(first.reason, first.reason)}".strip(),
                parts=[part for move in group for part in _parts(move, lines.get(move.source_line_id or 0))],
            )
        )
    return found


def _word(first: StockMove) -> str:
    return "冲回出库" if (first.kind, first.source_kind) == ("reversal", "shipment") else _WORDS[first.kind]


def _group(first: StockMove) -> list[StockMove]:
    if first.source_id is None:
        rows = StockMove.objects.filter(pk=first.pk)
    else:
        rows = StockMove.objects.filter(
            _WORTHY, source_kind=first.source_kind, source_id=first.source_id, kind=first.kind, at=first.at
        )
    cost = ProductCost.objects.filter(product_id=OuterRef("product_id"))
    # What was called back costs what it cost when it left, so that nothing of it stays in the books.
    left = rows.none()
    if first.kind == "reversal" and first.source_kind == "shipment":
        left = StockMove.objects.filter(source_kind="shipment", source_id=first.source_id, kind="issue")
    moment = left.values_list("effective_at", flat=True).first()
    known = cost.filter(at__lte=OuterRef("effective_at") if moment is None else moment)
    then = known.order_by("-at", "-id").values("cost")[:1]
    # Before the first known cost, that one.
    earliest = cost.filter(cost__isnull=False).order_by("at", "id").values("cost")[:1]
    return list(
        rows.select_related("product").annotate(worth=Coalesce(Subquery(then), Subquery(earliest))).order_by("pk")
    )


def _numbers(firsts: Sequence[StockMove]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for kind, rows in (("shipment", Shipment.objects), ("receipt", Receipt.objects)):
        ids = [one.source_id for one in firsts if one.source_kind == kind and one.source_id is not None]
        found |= {(kind, pk): number for pk, number in rows.filter(pk__in=ids).values_list("pk", "number")}
    return found


def _parts(move: StockMove, line: OrderLine | None) -> list[Part]:
    """Return stock at its cost against what the goods came from or went to."""
    cost: Decimal = move.worth or ZERO  # type: ignore[attr-defined]
    worth = round_amount(abs(move.delta) * cost) * (1 if move.delta > 0 else -1)
    category = move.product.category_id
    order = line.order if line is not None else None
    if line is None or order is None or move.kind in ("lost", "adjustment", "scrap") or order.kind == "transfer":
        return _different(worth, category)
    department = order.department_id
    if order.supplier_id is None:
        return _against("cost_of_goods", worth, category, customer_id=order.customer_id, department_id=department)
    price = line.net * order.exchange_rate / line.quantity if line.quantity else ZERO
    agreed = round_amount(abs(move.delta) * price) * (1 if move.delta > 0 else -1)
    bought = Part(
        role="received_goods",
        side=CREDIT,
        amount=agreed,
        document_amount=agreed,
        supplier_id=order.supplier_id,
        department_id=department,
        category_id=category,
    )
    # A unit without a known cost is worth what was agreed for it.
    worth = agreed if move.worth is None else worth  # type: ignore[attr-defined]
    stock = Part(role="stock", side=DEBIT, amount=worth, document_amount=worth, category_id=category)
    variance = agreed - worth
    if not variance:
        return [stock, bought]
    other = Part(role="cost_variance", side=DEBIT, amount=variance, document_amount=variance, category_id=category)
    return [stock, other, bought]


def _different(worth: Decimal, category: int | None) -> list[Part]:
    """Return stock that was found or entered as debit of stock, and what is missing as credit of it; neither is red."""
    stock, other = (DEBIT, CREDIT) if worth >= 0 else (CREDIT, DEBIT)
    amount = abs(worth)
    return [
        Part(role=role, side=side, amount=amount, document_amount=amount, category_id=category)
        for role, side in sorted([("stock", stock), ("stock_difference", other)], key=lambda one: one[1] != DEBIT)
    ]


def _against(
    role: str, worth: Decimal, category: int | None, *, customer_id: int | None = None, department_id: int | None = None
) -> list[Part]:
    """Return goods that left for so much, as debit of the role and credit of stock; what came back is red."""
    return [
        Part(
            role=role,
            side=DEBIT,
            amount=-worth,
            document_amount=-worth,
            customer_id=customer_id,
            department_id=department_id,
            category_id=category,
        ),
        Part(role="stock", side=CREDIT, amount=-worth, document_amount=-worth, category_id=category),
    ]
