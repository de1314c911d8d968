"""Finding shipments and receipts."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from shundan.accounts.scopes import Reader, reader_of
from shundan.fulfilment.models import LandedPart, Receipt, ReceiptLine, Shipment, ShipmentLine
from shundan.fulfilment.rules import LIVE_WAYBILLS, NOT_ON_ITS_WAY
from shundan.fulfilment.scopes import visible_receipts, visible_shipments
from shundan.inventory.actions import StockInUse
from shundan.inventory.queries import availability_unscoped, available_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused, require
from shundan.kernel.kept import kept
from shundan.kernel.listing import Page, page_of
from shundan.kernel.money import ZERO, plain
from shundan.kernel.undo import UndoOffer
from shundan.orders.models import Order
from shundan.orders.queries import direction_of, is_live, lines_of, may_do, returnable_of

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
    rows = visible_shipments(by, permission).select_related("warehouse", "round", "order__type", *_ORDER)
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
    return _shipments(order.pk, reader=reader_of(by))


@kept
def _shipments(order_id: Any, *, reader: Reader) -> QuerySet[Shipment]:
    rows = visible_shipments(reader.by).filter(order_id=order_id).select_related("warehouse")
    return rows.prefetch_related(_lines()).order_by("id")


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
    return _receipts(order.pk, reader=reader_of(by))


@kept
def _receipts(order_id: Any, *, reader: Reader) -> QuerySet[Receipt]:
    rows = visible_receipts(reader.by).filter(order_id=order_id).select_related("warehouse")
    return rows.prefetch_related(_receipt_lines()).order_by("id")


def receipt_numbers(ids: Iterable[int | None], *, by: Actor) -> dict[int, str]:
    """Return the numbers of visible receipts by id, for the ledger of stock."""
    if not by.may("receipt.read"):
        return {}
    wanted = {one for one in ids if one is not None}
    return dict(visible_receipts(by).filter(pk__in=wanted).values_list("pk", "number"))


class ReceiptGone(Refused):
    """The receipt was reversed before, or its order has ended."""

    code = "receipt_reversed"
    sentence = _("Receipt %(number)s is reversed already.")


class ReceiptBilled(Refused):
    """What came in was billed."""

    code = "receipt_billed"
    sentence = _("The goods of %(number)s are billed already. Send them back with a supplier return instead.")


class GoodsOnTheirWay(Refused):
    """The carrier has the goods, or the customer."""

    code = "carrier_took_it"
    sentence = _("The goods of %(number)s are with the carrier or the customer. Take them back with a return order.")


class ShipmentBilled(Refused):
    """An invoice stands on the goods."""

    code = "shipment_billed"
    sentence = _("What %(number)s brought is invoiced. Issue a credit note first, or take the goods back by a return.")


class GoodsComeBack(Refused):
    """A return of the goods is on its way, or done."""

    code = "goods_come_back"
    sentence = _("Goods of %(number)s are returned by an order of their own. Cancel that return first.")


class TransferArrived(Refused):
    """The other warehouse has received the goods, or they were given up on the way."""

    code = "transfer_arrived"
    sentence = _("Goods of %(number)s have arrived or were lost. Reverse the receipt, or transfer them back.")


class OrderOver(Refused):
    """The order is completed or closed."""

    code = "order_over"
    sentence = _("%(number)s is completed or closed, so its goods come back by a return order only.")


class WaybillStands(Refused):
    """A carrier is to fetch the goods."""

    code = "waybill_stands"
    sentence = _("%(carrier)s is to fetch the goods of %(number)s. Cancel the waybill first, then try again.")


class CarrierHasGoods(Refused):
    """A carrier has the goods on the road, or has delivered them."""

    code = "carrier_has_goods"
    sentence = _(
        "%(carrier)s has the goods of %(number)s. Once they are back, enter “Sent back” on the waybill and"
        " try again; what stays with the customer comes back by a return."
    )


class ReceiptBearsCosts(Refused):
    """Landed costs are spread over what came."""

    code = "receipt_bears_costs"
    sentence = _("Landed costs are spread over the goods of %(number)s. Take %(cost)s back first.")


def check_reversal(receipt: Receipt, order: Order) -> None:
    """Refuse to reverse a receipt that does not stand, that is billed, or that bears costs.

    Raises: ReceiptGone, ReceiptBilled, ReceiptBearsCosts.
    """
    if receipt.state != "posted":
        raise ReceiptGone(number=receipt.number)
    parts = LandedPart.objects.filter(receipt_line__receipt=receipt, charge__landed_cost__state="posted")
    cost = parts.values_list("charge__landed_cost__number", flat=True).first()
    if cost is not None:
        raise ReceiptBearsCosts(number=receipt.number, cost=cost)
    lines = {line.pk: line for line in lines_of(order)}
    for row in receipt.lines.all():
        line = lines[row.order_line_id]
        if direction_of(order).is_billed and line.invoiced > line.shipped - line.returned - row.accepted:
            raise ReceiptBilled(number=receipt.number)
    if not (is_live(order) or direction_of(order).is_transfer):
        raise ReceiptGone(number=receipt.number)


def check_cancellation(shipment: Shipment) -> None:
    """Refuse to cancel a pick list that has left, or that a carrier is to fetch.

    Raises: GoodsOnTheirWay, WaybillStands, CarrierHasGoods.
    """
    if shipment.state != "picking":
        raise GoodsOnTheirWay(number=shipment.number)
    _refuse_waybill(shipment)


def check_recall(shipment: Shipment) -> None:
    """Refuse to call back goods that somebody has: the carrier, the customer, another warehouse; or that are billed.

    Raises: GoodsOnTheirWay, OrderOver, WaybillStands, CarrierHasGoods, ShipmentBilled, GoodsComeBack, TransferArrived.
    """
    order = shipment.order
    if shipment.state != "shipped" or shipment.is_history:
        raise GoodsOnTheirWay(number=shipment.number)
    if not is_live(order):
        raise OrderOver(number=order.number)
    _refuse_waybill(shipment)
    lines = {line.pk: line for line in lines_of(order)}
    is_transfer = direction_of(order).is_transfer
    returnable = {} if is_transfer or order.kind == "return" else returnable_of(order)
    free = {line.pk: left for line, left in returnable.items()}
    for row in shipment.lines.all():
        line = lines[row.order_line_id]
        left = line.shipped - row.quantity
        if is_transfer and line.delivered + line.returned > left:
            raise TransferArrived(number=shipment.number)
        if line.invoiced > left:
            raise ShipmentBilled(number=shipment.number)
        if row.quantity > free.get(line.pk, row.quantity):
            raise GoodsComeBack(number=shipment.number)


def _refuse_waybill(shipment: Shipment) -> None:
    # What came back to us is with no carrier any more.
    rows = shipment.waybills.filter(state__in=LIVE_WAYBILLS).exclude(tracking="returned")
    live = rows.select_related("account").first()
    if live is not None and live.tracking not in NOT_ON_ITS_WAY:
        raise CarrierHasGoods(carrier=live.account.name, number=shipment.number)
    if live is not None:
        raise WaybillStands(carrier=live.account.name, number=shipment.number)


def undo_of_shipment(shipment: Shipment, *, by: Actor) -> list[UndoOffer]:
    """Return what can be undone of a shipment that the actor fetched: picking it, or posting that it left."""
    if shipment.state == "cancelled":
        return []
    if shipment.state == "shipped":
        return [
            UndoOffer(
                done="shipped",
                verb="recall_shipment",
                permission="shipment.ship",
                is_yours=may_do("shipment.ship", shipment.order, by=by),
                refusal=_refusal_of(check_recall, shipment),
                asks_reason=True,
                target=("shipment", shipment.number),
            )
        ]
    return [
        UndoOffer(
            done="picked" if shipment.state == "picking" else shipment.state,
            verb="cancel_shipment",
            permission="shipment.create",
            is_yours=may_do("shipment.create", shipment.order, by=by),
            refusal=_refusal_of(check_cancellation, shipment),
            target=("shipment", shipment.number),
        )
    ]


def undo_of_receipt(receipt: Receipt, *, by: Actor) -> list[UndoOffer]:
    """Return what can be undone of a receipt that the actor fetched: booking it, while its goods are free."""
    if receipt.state != "posted":
        return []
    return [
        UndoOffer(
            done="received",
            verb="reverse_receipt",
            permission="receipt.reverse",
            is_yours=may_do("receipt.reverse", receipt.order, by=by),
            refusal=_refusal_of_reversal(receipt),
            asks_reason=True,
            target=("receipt", receipt.number),
        )
    ]


def _refusal_of(check: Callable[..., None], *facts: Any) -> Refused | None:
    try:
        check(*facts)
    except Refused as refusal:
        return refusal
    return None


def _refusal_of_reversal(receipt: Receipt) -> Refused | None:
    refusal = _refusal_of(check_reversal, receipt, receipt.order)
    if refusal is not None:
        return refusal
    wanted: dict[int, Decimal] = {}
    skus: dict[int, str] = {}
    for row in receipt.lines.all():
        product_id = row.order_line.product_id
        wanted[product_id] = wanted.get(product_id, ZERO) + row.accepted
        skus[product_id] = row.order_line.sku
    levels = availability_unscoped(wanted, warehouse_id=receipt.warehouse_id)
    for product_id, quantity in wanted.items():
        free = available_of(product_id, levels)
        if quantity > free:
            return StockInUse(sku=skus[product_id], available=plain(free))
    return None


def _receipt_lines() -> "Prefetch[str]":
    lines = ReceiptLine.objects.select_related("order_line", "order_line__product").order_by("order_line__position")
    return Prefetch("lines", queryset=lines)


def _lines() -> "Prefetch[str]":
    lines = ShipmentLine.objects.select_related("order_line", "order_line__product").order_by("order_line__position")
    return Prefetch("lines", queryset=lines)
