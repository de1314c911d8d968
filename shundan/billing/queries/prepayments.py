"""Prepayments to suppliers: found, what of them is open, of a purchase and of a supplier."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, Prefetch, Q, Sum

from shundan.billing.models import Bill, Disbursement, Prepayment, PrepaymentReturn
from shundan.billing.scopes import visible_bills, visible_prepayments
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO
from shundan.kernel.timeline import events_of_unscoped
from shundan.orders.models import Order
from shundan.orders.queries import direction_of, is_released, may_do

ENDED = ("cancelled", "closed", "completed")
_OPEN = Q(amount__gt=F("offset") + F("returned"))
PREPAYMENT_VIEWS = {
    "open": _OPEN,
    # Its purchase has ended and the supplier still holds money of ours.
    "to_return": _OPEN & Q(order__category__in=ENDED),
    "free": _OPEN & Q(order=None),
    "used": ~_OPEN,
}


def list_prepayments(
    *,
    by: Actor,
    view: str = "all",
    search: str = "",
    supplier: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Prepayment]:
    """Return one page of prepayments; views: all, open, to_return, free, used. Raises: NotPermitted."""
    require(by, "bill.read")
    rows = visible_prepayments(by).select_related("supplier", "order").filter(PREPAYMENT_VIEWS.get(view, Q()))
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        exact = Q(number__iexact=wanted) | Q(order__number__iexact=wanted) | Q(reference=wanted)
        rows = rows.filter(exact | Q(supplier__search_text__contains=wanted.lower()))
    if supplier:
        rows = rows.filter(supplier__number=supplier.replace("\x00", ""))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_prepayment(number: str, *, by: Actor, permission: str = "bill.read") -> Prepayment:
    """Return a prepayment with its offsets and returns, oldest first. Raises: NotPermitted, NotFound."""
    require(by, permission)
    offsets = Disbursement.objects.select_related("bill__order").order_by("pk")
    rows = visible_prepayments(by, permission).select_related("supplier", "order")
    found = (
        rows.prefetch_related(
            Prefetch("offsets", queryset=offsets), Prefetch("returns", PrepaymentReturn.objects.order_by("pk"))
        )
        .filter(number=number.replace("\x00", ""))
        .first()
    )
    if found is None:
        raise NotFound(what="prepayment", key=number[:100])
    return found


def prepayments_of(order: Order, *, by: Actor) -> list[Prepayment]:
    """Return what was prepaid for a purchase, oldest first; none for actors who may not see bills."""
    if order.kind != "purchase" or not by.may("bill.read"):
        return []
    return list(visible_prepayments(by).filter(order_id=order.pk).select_related("supplier", "order").order_by("pk"))


def is_prepayable(order: Order) -> bool:
    """Tell whether money may go out for an order before its bill: a purchase that is released and still runs."""
    is_purchase = order.kind == "purchase" and direction_of(order).is_billed and order.supplier_id is not None
    return is_purchase and is_released(order) and order.category not in ENDED and not order.is_history


def unpaid_of(order: Order) -> Decimal:
    """Return what of a purchase is neither paid nor prepaid."""
    return max(ZERO, order.total - order.paid - prepaid_open(order.pk))


def prepaid_open(order_id: int) -> Decimal:
    """Return what of a purchase's prepayments no bill has taken off and the supplier has not returned."""
    rows = Prepayment.objects.filter(_OPEN, order_id=order_id)
    held = rows.aggregate(held=Sum(F("amount") - F("offset") - F("returned")))["held"]
    return held or ZERO


def prepaid_of(supplier_id: int, *, by: Actor) -> dict[str, Decimal]:
    """Return by currency what a supplier holds of ours. Raises: NotPermitted."""
    return {currency: held for (_supplier, currency), held in prepaid_to([supplier_id], by=by).items()}


def prepaid_to(supplier_ids: Iterable[int], *, by: Actor) -> dict[tuple[int, str], Decimal]:
    """Return what suppliers hold of ours by supplier and currency. Raises: NotPermitted."""
    require(by, "bill.read")
    rows = visible_prepayments(by).filter(supplier_id__in=list(supplier_ids)).filter(_OPEN)
    sums = rows.order_by().values_list("supplier_id", "currency")
    held = sums.annotate(held=Sum(F("amount") - F("offset") - F("returned")))
    return {(supplier, currency): amount for supplier, currency, amount in held}


def offsettable_bills(one: Prepayment, *, by: Actor) -> list[Bill]:
    """Return the open bills that a prepayment may pay, the first due first."""
    rows = visible_bills(by, "bill.pay").filter(
        supplier_id=one.supplier_id, currency=one.currency, kind="normal", total__gt=F("paid") + F("debited")
    )
    if one.order is not None and one.order.category not in ENDED:
        rows = rows.filter(order=one.order)
    return list(rows.select_related("order").order_by("due_on", "pk")[:100])


def timeline_of_prepayment(one: Prepayment, *, by: Actor) -> list[Event]:
    """Return what happened to a prepayment; none for actors who may not read events of it."""
    may_read = may_do("event.read", one.order, by=by) if one.order is not None else by.may("event.read")
    return events_of_unscoped([one.subject]) if may_read else []
