"""Landed costs: finding them, what they are spread by, and what of received goods is still here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import ProductCost
from shundan.fulfilment.models import InspectionLine, LandedCharge, LandedCost, LandedPart, LandedRaise, ReceiptLine
from shundan.fulfilment.scopes import visible_receipts
from shundan.inventory.models import StockMove, StockPosition
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO
from shundan.kernel.timeline import events_of_unscoped
from shundan.kernel.undo import UndoOffer
from shundan.orders.models import Order


@dataclass(frozen=True, slots=True)
class Borne:
    """A received line that costs are spread over: the units we keep, how many of them are still here, and weights."""

    line: ReceiptLine
    quantity: Decimal
    here: Decimal
    value: Decimal
    weight: Decimal | None


class CostReversed(Refused):
    """The landed cost was taken back before."""

    code = "landed_cost_reversed"
    sentence = _("Landed cost %(number)s is reversed already.")


class CostSetSince(Refused):
    """Somebody has set the cost of a product since: taking the rise off it would be wrong."""

    code = "cost_set_since"
    sentence = _("The cost of %(sku)s was set by hand after %(number)s. Correct it there instead.")


def list_landed_costs(
    *,
    by: Actor,
    state: str = "",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[LandedCost]:
    """Return one page of landed costs with their charges, newest first. Raises: NotPermitted, Malformed."""
    require(by, "landed_cost.read")
    rows = LandedCost.objects.prefetch_related("charges")
    if state:
        rows = rows.filter(state=state)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(
            Q(number__iexact=wanted)
            | Q(reference=wanted)
            | Q(charges__parts__receipt_line__receipt__number__iexact=wanted)
        ).distinct()
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_landed_cost(number: str, *, by: Actor) -> LandedCost:
    """Return a landed cost with charges, parts and raises. Raises: NotPermitted, NotFound."""
    require(by, "landed_cost.read")
    parts = LandedPart.objects.select_related("receipt_line__receipt", "receipt_line__order_line__product__unit")
    rows = LandedCost.objects.prefetch_related(
        Prefetch("charges", queryset=LandedCharge.objects.select_related("billed_cost").order_by("position")),
        Prefetch("charges__parts", queryset=parts.order_by("receipt_line_id")),
        Prefetch("raises", queryset=LandedRaise.objects.select_related("product", "cost").order_by("product__sku")),
    )
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="landed cost", key=number[:100])
    return found


def skus_without_cost(cost: LandedCost) -> list[str]:
    """Return the goods of a fetched landed cost that it could not raise: nobody knows what they cost."""
    parts = [part for charge in cost.charges.all() for part in charge.parts.all()]
    here = {part.receipt_line.order_line.product_id for part in parts if part.on_stock > 0}
    return [one.product.sku for one in cost.raises.all() if one.cost_id is None and one.product_id in here]


def events_of_landed_cost(cost: LandedCost, *, by: Actor) -> list[Event]:
    """Return what happened to a landed cost that the actor fetched, newest first."""
    return events_of_unscoped([cost.subject]) if by.may("event.read") else []


def bearing_lines(numbers: Sequence[str], *, by: Actor) -> list[Borne]:
    """Return the lines of visible purchase receipts that stand, with what we keep of each and what is still here.

    What is still here follows the lots, and of goods without lots the order in which they came: the last are the last
    to go. Raises: NotFound, naming a receipt that is none.
    """
    wanted = list(dict.fromkeys(number.replace("\x00", "").strip() for number in numbers))
    receipts = visible_receipts(by).filter(number__in=wanted, state="posted", order__kind="purchase")
    found = {one.number: one.pk for one in receipts}
    for number in wanted:
        if number not in found:
            raise NotFound(what="receipt", key=number[:100])
    rejected = InspectionLine.objects.filter(receipt_line=OuterRef("pk"), decided_at__isnull=False)
    rows = ReceiptLine.objects.filter(receipt_id__in=found.values(), accepted__gt=0)
    lines = list(
        rows.annotate(
            rejected=Coalesce(Subquery(rejected.values("receipt_line").annotate(q=Sum("rejected")).values("q")), ZERO)
        )
        .select_related("receipt", "order_line__order", "order_line__product__unit")
        .order_by("id")
    )
    here = _still_here(lines)
    return [
        Borne(
            line=line,
            quantity=kept,
            here=min(kept, here[line.pk]),
            value=_value(line, kept),
            weight=None if line.order_line.product.weight is None else line.order_line.product.weight * kept,
        )
        for line in lines
        if (kept := line.accepted - line.rejected) > 0
    ]


def own_units(product_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return how many units of products are ours, wherever they lie or travel."""
    rows = StockPosition.objects.filter(product_id__in=set(product_ids), owner=None)
    return dict(rows.values_list("product_id").annotate(q=Sum("quantity")))


def check_cost_reversal(cost: LandedCost) -> None:
    """Refuse to take back what was taken back, or what others built on. Raises: CostReversed, CostSetSince."""
    if cost.state != "posted":
        raise CostReversed(number=cost.number)
    for one in cost.raises.exclude(cost=None).select_related("product"):
        later = ProductCost.objects.filter(product_id=one.product_id, id__gt=one.cost_id or 0)
        raises = LandedRaise.objects.filter(Q(cost=OuterRef("pk")) | Q(cost_back=OuterRef("pk")))
        if later.exclude(Exists(raises)).exists():
            raise CostSetSince(sku=one.product.sku, number=cost.number)


def undo_of_landed_cost(cost: LandedCost, *, by: Actor) -> list[UndoOffer]:
    """Return what can be undone of a landed cost that the actor fetched."""
    if cost.state != "posted":
        return []
    refusal: Refused | None = None
    try:
        check_cost_reversal(cost)
    except Refused as refused:
        refusal = refused
    return [
        UndoOffer(
            done="posted",
            verb="reverse_landed_cost",
            permission="landed_cost.reverse",
            is_yours=by.may("landed_cost.reverse"),
            refusal=refusal,
            asks_reason=True,
            target=("landed_cost", cost.number),
        )
    ]


def _value(line: ReceiptLine, quantity: Decimal) -> Decimal:
    """Return what units of a received line cost without tax, in company currency."""
    ordered = line.order_line
    return ordered.net * ordered.order.exchange_rate * quantity / ordered.quantity if ordered.quantity else ZERO


def _still_here(lines: Sequence[ReceiptLine]) -> dict[int, Decimal]:
    products = {line.order_line.product_id for line in lines}
    lots: dict[int, dict[int, Decimal]] = defaultdict(dict)
    moves = StockMove.objects.filter(
        source_kind="receipt", source_id__in={line.receipt_id for line in lines}, lot__isnull=False, kind="receipt"
    )
    key = {(line.receipt_id, line.order_line_id): line.pk for line in lines}
    for receipt_id, line_id, lot_id, delta in moves.values_list("source_id", "source_line_id", "lot_id", "delta"):
        of_line = lots[key[(receipt_id or 0, line_id or 0)]]  # taken over from several places it is several rows
        of_line[lot_id or 0] = of_line.get(lot_id or 0, ZERO) + delta
    lot_ids = {lot_id for brought in lots.values() for lot_id in brought}
    rows = StockPosition.objects.filter(lot_id__in=lot_ids, owner=None)
    of_lots = dict(rows.values_list("lot_id").annotate(q=Sum("quantity")))
    of_products = own_units(products)
    here = {}
    for line in lines:
        if line.pk in lots:
            here[line.pk] = sum((min(q, of_lots.get(lot, ZERO)) for lot, q in lots[line.pk].items()), ZERO)
        else:
            left = of_products.get(line.order_line.product_id, ZERO) - _came_later(line)
            here[line.pk] = max(ZERO, min(left, line.accepted))
    return here


def _came_later(line: ReceiptLine) -> Decimal:
    product_id = line.order_line.product_id
    papers = ReceiptLine.objects.filter(order_line__product_id=product_id, receipt__state="posted", id__gt=line.pk)
    by_paper = papers.exclude(receipt__order__kind="transfer").aggregate(q=Sum("accepted"))["q"]
    by_hand = StockMove.objects.filter(
        product_id=product_id, kind="receipt", source_id=None, owner=None, at__gt=line.receipt.posted_at
    ).aggregate(q=Sum("delta"))["q"]
    return (by_paper or ZERO) + (by_hand or ZERO)


def landed_costs_of_order(order: Order, *, by: Actor) -> list[LandedCost]:
    """Return the landed costs that receipts of an order bear, oldest first; none for actors who may not see them."""
    if not by.may("landed_cost.read"):
        return []
    rows = LandedCost.objects.filter(charges__parts__receipt_line__receipt__order_id=order.pk, state="posted")
    return list(rows.distinct().order_by("id"))
