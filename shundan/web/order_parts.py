"""Everything that the page of one order reads, fetched once: the same number of queries for any number of lines."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from shundan.accounts.scopes import may_with_kind
from shundan.billing.queries import (
    Allocation,
    Bill,
    Credit,
    Deposit,
    Invoice,
    PlanPart,
    Prepayment,
    Refund,
    bills_of,
    credit_of,
    deposits_of,
    goes_by_plan,
    invoice_plan,
    invoices_of,
    payments_of,
    prepayments_of,
    refunds_of,
)
from shundan.catalog.queries import COMPANY_CURRENCY, NoExchangeRate
from shundan.fulfilment.queries import (
    DirectDelivery,
    Receipt,
    Shipment,
    Waybill,
    direct_deliveries_of,
    receipts_of,
    shipments_of,
    waybills_of,
)
from shundan.inventory.queries import availability_unscoped, available_of, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.kernel.undo import UndoOffer
from shundan.orders.queries import (
    Direction,
    Event,
    OfferedReasons,
    Order,
    OrderAmendment,
    OrderHold,
    OrderLine,
    Progress,
    PromisedLine,
    backordered_of_line,
    direction_of,
    followers_of,
    is_direct_purchase,
    is_live,
    lines_of,
    margin_of_order,
    neighbours_of,
    offers_of_order,
    open_amendment_of,
    open_holds,
    progress_of,
    promises_of,
    receivable_of,
    returnable_of,
    timeline_of,
    undo_of_order,
)
from shundan.orders.queries.differences import TransferDifference, transfer_differences
from shundan.ui.formatting import money
from shundan.web.words import name_of, unit_words
from shundan.workflow.queries import ApprovalStory, Offer, approvals_of


@dataclass(frozen=True, slots=True)
class Parts:
    """An order with its lines, papers, history and what may be done next."""

    order: Order
    lines: list[OrderLine]
    progress: Progress
    shipments: list[Shipment]
    waybills: list[Waybill]
    invoices: list[Invoice]
    payments: list[Allocation]
    # What was paid back of them.
    refunds: list[Refund]
    deposits: list[Deposit]
    # Of an invoice plan; none where its parts are all invoiced.
    plan: list[PlanPart]
    receipts: list[Receipt]
    # What suppliers sent to the customer.
    deliveries: list[DirectDelivery]
    bills: list[Bill]
    # What was paid to the supplier before them.
    prepayments: list[Prepayment]
    followers: list[Order]
    direction: Direction
    awaited: Decimal
    returnable: Decimal
    events: list[Event]
    approvals: list[ApprovalStory]
    holds: list[OrderHold]
    offers: list[Offer]
    credit: Credit | None
    available: dict[int, Decimal]
    neighbours: tuple[str | None, str | None]
    units: dict[str, str]
    amendment: OrderAmendment | None
    undo: list[UndoOffer]
    differences: list[TransferDifference]
    # By line position; none of an order whose goods are all there.
    promises: dict[int, PromisedLine]
    reasons: OfferedReasons
    # Names of the warehouses that lines ship from, by id, where there are several.
    places: dict[int, str]


def load_parts(order: Order, *, by: Actor) -> Parts:
    """Return all parts of an order that this actor fetched."""
    lines = lines_of(order)
    shipments, invoices = shipments_of(order, by=by), invoices_of(order, by=by)
    payments = payments_of(order, by=by)
    direction = direction_of(order)
    receipts = receipts_of(order, by=by) if direction.comes_in else []
    bills = bills_of(order, by=by) if direction.is_billed else []
    prepayments = prepayments_of(order, by=by)
    deliveries = direct_deliveries_of(order) if _may_come_from_suppliers(order, lines) else []
    deposits = deposits_of(order, by=by)
    papers = [one.subject for one in shipments] + [one.subject for one in invoices]
    papers += [one.subject for one in receipts] + [one.subject for one in bills]
    waybills = waybills_of([one.pk for one in shipments], by=by) if shipments else []
    papers += [one.subject for one in waybills]
    papers += [one.subject for one in deliveries] + [one.subject for one in deposits]
    papers += [one.subject for one in prepayments]
    papers += dict.fromkeys(one.payment.subject for one in payments)
    return Parts(
        order=order,
        lines=lines,
        progress=progress_of(order),
        shipments=shipments,
        waybills=waybills,
        invoices=invoices,
        payments=payments,
        refunds=refunds_of(payments),
        deposits=deposits,
        plan=invoice_plan(order, by=by) if by.may("invoice.issue") and goes_by_plan(order) else [],
        receipts=receipts,
        deliveries=deliveries,
        bills=bills,
        prepayments=prepayments,
        followers=followers_of(order, by=by) if order.kind in ("sale", "purchase", "service") else [],
        direction=direction,
        awaited=sum(receivable_of(order).values(), ZERO) if direction.comes_in else ZERO,
        returnable=_returnable(order, by),
        events=timeline_of(order, by=by, papers=papers),
        approvals=approvals_of(order.subject),
        holds=open_holds(order) if order.holds else [],
        offers=offers_of_order(order, by=by),
        credit=_credit(order, by),
        available=_available(order, lines, by),
        neighbours=neighbours_of(order, by=by),
        units=unit_words(by),
        amendment=open_amendment_of(order) if is_live(order) else None,
        undo=undo_of_order(order, by=by),
        differences=transfer_differences(order, by=by) if direction.is_transfer else [],
        promises=_promises(order, lines),
        reasons=OfferedReasons(),
        places=_places(lines, by),
    )


def _may_come_from_suppliers(order: Order, lines: list[OrderLine]) -> bool:
    """Tell whether suppliers may have sent something; a line that they began is still theirs or has shipped goods."""
    if order.kind == "purchase":
        return is_direct_purchase(order)
    return order.kind == "sale" and any(line.is_direct or line.shipped > 0 for line in lines)


def _places(lines: list[OrderLine], by: Actor) -> dict[int, str]:
    if len({line.warehouse_id for line in lines if line.warehouse_id is not None}) < 2:
        return {}
    return {one.pk: name_of(one) for one in list_warehouses(by=by, active=False)}


def _promises(order: Order, lines: list[OrderLine]) -> dict[int, PromisedLine]:
    lacks = is_live(order) and any(backordered_of_line(line) > 0 for line in lines)
    return {one.line.position: one for one in promises_of(order)} if lacks else {}


def margin_words(order: Order, *, by: Actor) -> dict[str, str] | None:
    """Return what an order earns, in words, for those who may know it; a note where some costs are unknown."""
    one = margin_of_order(order, by=by)
    if one is None:
        return None
    percent = "" if one.percent is None else f" · {one.percent:.1f} %"
    note = _("%(known)s of %(lines)s lines have a known cost") % {"known": one.known, "lines": one.lines}
    return {"text": money(one.amount, COMPANY_CURRENCY) + percent, "note": "" if one.known == one.lines else note}


def _returnable(order: Order, by: Actor) -> Decimal:
    if order.kind not in ("sale", "purchase") or not may_with_kind(by, "order.create", "return"):
        return ZERO
    return sum(returnable_of(order).values(), ZERO)


def _credit(order: Order, by: Actor) -> Credit | None:
    if not by.may("customer.read") or order.customer is None or order.customer.credit_limit is None:
        return None
    try:
        return credit_of(order.customer, by=by)
    except NoExchangeRate:
        return None


def _available(order: Order, lines: list[OrderLine], by: Actor) -> dict[int, Decimal]:
    if not by.may("stock.read"):
        return {}
    stocked = [line.product_id for line in lines if line.is_stocked]
    levels = availability_unscoped(stocked, warehouse_id=order.warehouse_id)
    return {product_id: available_of(product_id, levels) for product_id in stocked}
