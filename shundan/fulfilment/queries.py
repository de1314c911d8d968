"""Finding shipments and receipts."""

from collections.abc import Iterable

from django.db.models import Prefetch, Q

from shundan.fulfilment.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from shundan.fulfilment.scopes import visible_receipts, visible_shipments
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.orders.models import Order

# Whatever a list names of the order a paper belongs to.
_ORDER = ("order", "order__customer", "order__supplier", "order__target_warehouse")


def list_shipments(
    *,
    by: Actor,
    state: str = "",
    search: str = "",
    warehouse: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Shipment]:
    """Return one page of shipments, newest first. Raises: NotPermitted, Malformed."""
    require(by, "shipment.read")
    rows = visible_shipments(by).select_related("warehouse", *_ORDER).prefetch_related("lines")
    if warehouse:
        rows = rows.filter(warehouse__code=warehouse)
    if state:
        rows = rows.filter(state=state)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(Q(number__iexact=wanted) | Q(order__number__iexact=wanted) | Q(tracking_number=wanted))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_shipment(number: str, *, by: Actor, permission: str = "shipment.read") -> Shipment:
    """Return a shipment with its lines. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = visible_shipments(by, permission).select_related("warehouse", "order__type", *_ORDER)
    shipment = rows.prefetch_related(_lines()).filter(number=number.replace("\x00", "")).first()
    if shipment is None:
        raise NotFound(what="shipment", key=number[:100])
    return shipment


def shipment_numbers(ids: Iterable[int | None], *, by: Actor) -> dict[int, str]:
    """Return the numbers of visible shipments by id, for the ledger of stock."""
    if not by.may("shipment.read"):
        return {}
    wanted = {one for one in ids if one is not None}
    return dict(visible_shipments(by).filter(pk__in=wanted).values_list("pk", "number"))


def shipments_of(order: Order, *, by: Actor) -> list[Shipment]:
    """Return an order's shipments, oldest first; none for actors who may not see shipments."""
    if not by.may("shipment.read"):
        return []
    rows = visible_shipments(by).filter(order_id=order.pk).select_related("warehouse")
    return list(rows.prefetch_related(_lines()).order_by("id"))


def list_receipts(
    *,
    by: Actor,
    order: str = "",
    state: str = "",
    search: str = "",
    cursor: str | None = None,
    limit: int = 50,
    counted: bool = False,
) -> Page[Receipt]:
    """Return one page of receipts, newest first. Raises: NotPermitted, Malformed."""
    require(by, "receipt.read")
    rows = visible_receipts(by).select_related("warehouse", *_ORDER).prefetch_related("lines")
    if order:
        rows = rows.filter(order__number=order.replace("\x00", ""))
    if state:
        rows = rows.filter(state=state)
    wanted = search.strip().replace("\x00", "")[:80]
    if wanted:
        rows = rows.filter(Q(number__iexact=wanted) | Q(order__number__iexact=wanted) | Q(reference=wanted))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def get_receipt(number: str, *, by: Actor, permission: str = "receipt.read") -> Receipt:
    """Return a receipt with its lines. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = visible_receipts(by, permission).select_related("warehouse", "order__type", *_ORDER)
    receipt = rows.prefetch_related(_receipt_lines()).filter(number=number.replace("\x00", "")).first()
    if receipt is None:
        raise NotFound(what="receipt", key=number[:100])
    return receipt


def receipts_of(order: Order, *, by: Actor) -> list[Receipt]:
    """Return what came in for an order, oldest first; none for actors who may not see receipts."""
    if not by.may("receipt.read"):
        return []
    rows = visible_receipts(by).filter(order_id=order.pk).select_related("warehouse")
    return list(rows.prefetch_related(_receipt_lines()).order_by("id"))


def receipt_numbers(ids: Iterable[int | None], *, by: Actor) -> dict[int, str]:
    """Return the numbers of visible receipts by id, for the ledger of stock."""
    if not by.may("receipt.read"):
        return {}
    wanted = {one for one in ids if one is not None}
    return dict(visible_receipts(by).filter(pk__in=wanted).values_list("pk", "number"))


def _receipt_lines() -> "Prefetch[str]":
    lines = ReceiptLine.objects.select_related("order_line", "order_line__product").order_by("order_line__position")
    return Prefetch("lines", queryset=lines)


def _lines() -> "Prefetch[str]":
    lines = ShipmentLine.objects.select_related("order_line", "order_line__product").order_by("order_line__position")
    return Prefetch("lines", queryset=lines)
