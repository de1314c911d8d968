"""Receiving goods: from a supplier, back from a customer, at the other end of a transfer; and undoing it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.inspections import open_inspection, void_inspection
from shundan.fulfilment.models import Receipt, ReceiptLine
from shundan.fulfilment.queries import Awaited, awaited_of, check_reversal
from shundan.fulfilment.scopes import visible_receipts
from shundan.inventory.actions import (
    LotInput,
    Want,
    take_back_stock,
    take_in_stock,
    take_in_transit,
    take_over_stock,
)
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO
from shundan.kernel.numbering import next_number
from shundan.orders.actions import note_arrived, note_received, note_taken_back, refuse_held
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import (
    Choice,
    Direction,
    direction_of,
    get_order,
    is_live,
    lock_order_unscoped,
)
from shundan.orders.queries.choosing import decimals_fault, too_fine_of

Quantities = Mapping[int, Decimal]


class NothingToReceive(Refused):
    """No goods are awaited for the order."""

    code = "nothing_to_receive"
    sentence = _("No goods are expected for %(number)s now.")


class TooManyReceived(Refused):
    """More came than is awaited."""

    code = "quantity_not_awaited"
    sentence = _("The quantity received exceeds what is expected. See the marked lines.")


class NotFromSupplier(Refused):
    """Only what a supplier sends can have lain here as theirs."""

    code = "not_from_supplier"
    sentence = _("%(number)s is not a purchase: only goods of its supplier can have been consigned here.")


CAME = Choice(
    nothing=NothingToReceive,
    too_many=TooManyReceived,
    unknown=_("The order has no such line of goods."),
    exceeded=_("%(sku)s: %(wanted)s received, at most %(free)s may come in."),
)
# More than was sent is the sender's mistake in counting (docs/adr/0035).
ARRIVED = replace(
    CAME,
    exceeded=_(
        "%(sku)s: %(wanted)s counted, but only %(free)s are on their way. Receive those; the sending warehouse"
        " corrects its count and sends the rest by another transfer."
    ),
)


@action
def receive_goods(
    order_number: str,
    *,
    by: Actor,
    quantities: Quantities | None = None,
    rejected: Quantities | None = None,
    reference: str = "",
    remark: str = "",
    lots: Mapping[int, Sequence[LotInput]] | None = None,
    consigned: bool = False,
) -> Receipt:
    """Post what came in for an order: all that is awaited, or the given quantities by line position.

    A purchase takes more than was ordered, and closes what little is missing, within its tolerance. What its rule wants
    examined stands in quarantine until its inspection is decided.

    What is `rejected` of them does not go on the shelf: a purchase leaves it with the supplier, a return counts it as
    back, a transfer as lost. `lots` of goods that are kept by lot are named by line position; those of a transfer are
    known. What was `consigned` lies here already as the supplier's: it becomes ours where it lies, of the lots named
    or else what expires or came first.

    Raises: NotPermitted, NotFound, Malformed, OrderOnHold, NothingToReceive, TooManyReceived, LotsNeeded,
    NoLotsKept, SerialTwice, ExpiryNeeded, NotFromSupplier, ConsignedShort.
    """
    require(by, "receipt.post")
    order = get_order(order_number, by=by, lock=True, permission="receipt.post")
    refuse_held(order, "ship")
    direction = direction_of(order)
    if not is_live(order) or not direction.comes_in:
        raise NothingToReceive(number=order.number)
    awaited = awaited_of(order)
    if consigned and not direction.is_billed:
        raise NotFromSupplier(number=order.number)
    may_come = {line: one.open if quantities is None else one.most for line, one in awaited.items()}
    came = (ARRIVED if direction.is_transfer else CAME).of(order, may_come, quantities)
    bad = _bad(came, rejected or {})
    warehouse_id = order.target_warehouse_id if direction.is_transfer else order.warehouse_id
    assert warehouse_id is not None  # every order with goods has one
    receipt = Receipt.objects.create(
        number=next_number("receipt", prefix="GR", on=by.today),
        order=order,
        order_revision=order.revision,
        warehouse_id=warehouse_id,
        is_consigned=consigned,
        reference=_clean(reference),
        remark=_clean(remark),
        posted_at=by.at,
        posted_by_name=by.name,
    )
    rows = ReceiptLine.objects.bulk_create(
        _row(receipt, line, quantity, quantity - bad.get(line, ZERO), awaited[line]) for line, quantity in came.items()
    )
    record("receipt.posted", subject=receipt.subject, by=by, data=_facts(receipt, order))
    _count(order, direction, rows, by, sign=1, receipt=receipt.number)
    wants = _wants(rows, warehouse_id)
    if direction.is_transfer:
        sent = {row.order_line_id: row.quantity for row in rows}
        take_in_transit(wants, came=sent, source=receipt.subject, by=by)
    else:
        left_with = {line.pk: line.source_line_id for line in came if line.source_line_id is not None}
        named = {line.pk: (lots or {})[line.position] for line in came if line.position in (lots or {})}
        rules = {row.order_line_id: awaited[row.order_line].rule for row in rows if row.accepted}
        examined = {line_id: rule for line_id, rule in rules.items() if rule.examined != "none"}
        if consigned:
            assert order.supplier_id is not None  # asked above
            shares = take_over_stock(
                wants, owner_id=order.supplier_id, source=receipt.subject, by=by, lots=named, quarantined=examined
            )
        else:
            shares = take_in_stock(
                wants, source=receipt.subject, by=by, lots=named, left_with=left_with, quarantined=examined
            )
        if examined:
            open_inspection(receipt, rows, examined, shares, by=by)
    return receipt


@action
def reverse_receipt(number: str, *, by: Actor, reason: str = "") -> Receipt:
    """Undo a receipt while its goods are still free and not billed.

    Raises: NotPermitted, NotFound, ReceiptGone, ReceiptBilled, InspectionDecided, StockInUse.
    """
    require(by, "receipt.reverse")
    found = visible_receipts(by, "receipt.reverse").filter(number=number.replace("\x00", ""))
    key = found.values_list("pk", "order_id").first()
    if key is None:
        raise NotFound(what="receipt", key=number[:100])
    order = lock_order_unscoped(key[1])
    receipt = Receipt.objects.select_for_update().get(pk=key[0])
    check_reversal(receipt, order)
    rows = list(receipt.lines.select_related("order_line"))
    receipt.state, receipt.reversed_at, receipt.reversed_by_name = "reversed", by.at, by.name
    receipt.save()
    record("receipt.reversed", subject=receipt.subject, by=by, data=_facts(receipt, order) | {"reason": _clean(reason)})
    _count(order, direction_of(order), rows, by, sign=-1, receipt=receipt.number)
    void_inspection(receipt, by=by)
    take_back_stock(source=receipt.subject, by=by)
    return receipt


def _count(order: Order, direction: Direction, rows: list[ReceiptLine], by: Actor, *, sign: int, receipt: str) -> None:
    accepted = {row.order_line_id: sign * row.accepted for row in rows}
    if direction.is_transfer:
        lost = {row.order_line_id: sign * (row.quantity - row.accepted) for row in rows}
        note_arrived(order, accepted, lost=lost, receipt=receipt, by=by)
    elif direction.is_return:
        came = {row.order_line_id: sign * row.quantity for row in rows}
        note_taken_back(order, came, by=by)
        note_received(order, came, by=by)
    else:
        closed = {row.order_line_id: sign * row.closed for row in rows}
        note_received(order, accepted, closed=closed, by=by)


def _row(receipt: Receipt, line: OrderLine, quantity: Decimal, accepted: Decimal, awaited: Awaited) -> ReceiptLine:
    """Return what a receipt says of a line: what is over, and what little is missing and closed with it."""
    over = max(ZERO, accepted - awaited.open)
    missing = max(ZERO, awaited.open - accepted)
    return ReceiptLine(
        receipt=receipt,
        order_line=line,
        quantity=quantity,
        accepted=accepted,
        over=over,
        over_percent=awaited.rule.over_percent if over else ZERO,
        closed=missing if missing <= awaited.forgiven else ZERO,
    )


def _wants(rows: list[ReceiptLine], warehouse_id: int) -> list[Want]:
    return [
        Want(row.order_line_id, row.order_line.product_id, warehouse_id, row.accepted)
        for row in rows
        if row.accepted > 0
    ]


def _bad(came: Mapping[OrderLine, Decimal], rejected: Quantities) -> dict[OrderLine, Decimal]:
    by_position = {line.position: line for line in came}
    wrong = [
        Detail(f"lines[{position - 1}].rejected", "out_of_range", _("Reject at most the quantity received."))
        for position, quantity in rejected.items()
        if position not in by_position or not ZERO <= quantity <= came[by_position[position]]
    ]
    if not wrong:
        finer = too_fine_of({by_position[at]: (bad, came[by_position[at]]) for at, bad in rejected.items()})
        wrong = [
            decimals_fault(f"lines[{line.position - 1}].rejected", line.unit, decimals)
            for line, decimals in finer.items()
        ]
    if wrong:
        raise Malformed(details=wrong)
    return {by_position[position]: quantity for position, quantity in rejected.items()}


def _facts(receipt: Receipt, order: Order) -> dict[str, str]:
    facts = {"number": receipt.number, "order": order.number, "order_id": str(order.pk), "reference": receipt.reference}
    return facts | ({"consigned": "true"} if receipt.is_consigned else {})


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:200]
