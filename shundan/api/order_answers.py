"""What the API says of an order: a row of a list, the order with its lines, and all that belongs to it."""

from typing import Annotated, Any

from django.utils.translation import get_language
from pydantic import Field

from shundan.api.approval_answers import Approval, approval_answer
from shundan.api.bills import Bill, bill_answer
from shundan.api.fields import (
    Amount,
    Answer,
    AttributeValues,
    DayText,
    Moment,
    Person,
    Plain,
    Row,
    amount,
    day,
    is_unknown,
    moment,
    number,
)
from shundan.api.invoices import Invoice, invoice_answer
from shundan.api.margins import Margin, margin_answer
from shundan.api.order_lines import OrderLine, line_content
from shundan.api.order_prices import OrderCoupon, RefusalAnswer, coupon_content
from shundan.api.pagination import Next
from shundan.api.receipts import Receipt, receipt_answer
from shundan.api.shipments import Shipment, shipment_answer
from shundan.billing.queries import bills_of, invoices_of, payments_of
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.fulfilment.queries import lots_of_receipts, lots_of_shipments, receipts_of, shipments_of
from shundan.inventory.queries import codes_of_warehouses_unscoped
from shundan.kernel.actor import Actor
from shundan.orders.queries import (
    OfferedReasons,
    line_quantities,
    lines_of,
    offers_of_order,
    open_holds,
    version_number_of,
)
from shundan.orders.queries.holds import reason_of_hold
from shundan.workflow.queries import Offer, approvals_of


class CustomerName(Answer):
    """A customer or supplier by number and name."""

    number: str
    name: str


class OrderRow(Answer):
    """An order as lists show it."""

    number: str
    kind: str
    type: str
    customer: CustomerName | None
    supplier: CustomerName | None
    owner: Person | None
    customer_reference: str
    state: str
    category: str
    approval: str
    fulfilment: str
    invoicing: str
    payment: str
    holds: list[str]
    attributes: AttributeValues
    currency: str
    net: Amount
    tax: Amount
    total: Amount
    company_total: Amount
    invoiced: Amount
    paid: Amount
    ordered_on: DayText
    requested_on: DayText | None
    due_on: DayText | None
    line_count: int
    source: str
    source_number: str
    is_history: bool
    revision: int
    version: int
    created_at: Moment
    changed_at: Moment


class OrderList(Answer):
    """One page of orders."""

    items: list[OrderRow]
    next: Next


class ShipToAddress(Answer):
    """Where the goods go."""

    contact: str
    phone: str
    country: str
    province: str
    city: str
    district: str
    street: str
    postal_code: str


class Order(OrderRow):
    """An order with its lines."""

    exchange_rate: Plain
    includes_tax: bool
    discount_percent: Plain | None
    discount_amount: Amount | None
    coupon: OrderCoupon | None
    exposure: Amount
    payment_term: str | None
    payment_method: str
    type_version: int
    origin: str | None
    warehouse: str | None
    target_warehouse: str | None
    source_department: str | None
    target_department: str | None
    allows_backorder: bool
    promised_on: DayText | None
    # When the goods of a transfer shall leave, and who answers for the warehouses on both sides.
    planned_on: DayText | None
    keeper: Person | None
    target_keeper: Person | None
    ship_to: ShipToAddress
    remark: str
    history_flags: list[str]
    lines: list[OrderLine]


class TransitionOffer(Answer):
    """A step that this user's roles allow from here; `refusal` says why it is closed now."""

    name: str
    label: str
    target: str
    asks: list[str]
    reason_codes: list[str]
    is_open: bool
    refusal: RefusalAnswer | None


class Hold(Answer):
    """Why the order waits."""

    code: str
    reason: str
    placed_by: str
    placed_at: Moment


class OrderPayment(Answer):
    """What a payment pays of one of the order's invoices; negative when it was taken back."""

    payment: str
    invoice: str
    amount: Amount
    method: str
    received_on: DayText
    at: Moment
    by: str


class OrderDetail(Order):
    """An order with its lines, papers, decisions and what this user may do next."""

    margin: Annotated[Margin | None, Field(exclude_if=is_unknown)] = None

    shipments: list[Shipment]
    receipts: list[Receipt]
    bills: list[Bill]
    invoices: list[Invoice]
    payments: list[OrderPayment]
    approvals: list[Approval]
    open_holds: list[Hold]
    transitions: list[TransitionOffer]


def order_row(order: Row, *, by: Actor) -> OrderRow:
    """Return an order as lists show it."""
    return OrderRow(**_row(order, by))


def order_answer(order: Row, *, by: Actor) -> Order:
    """Return an order with its lines."""
    return Order(**order_content(order, by=by))


def order_content(order: Row, *, by: Actor) -> dict[str, Any]:
    """Return the same as plain data in the schema's order, for answers that must be quick; a test compares the two."""
    return _row(order, by) | _body(order, by)


def order_detail(order: Row, *, by: Actor) -> OrderDetail:
    """Return an order with all that belongs to it, as far as the actor may see it."""
    reasons = OfferedReasons()
    shipments, receipts = shipments_of(order, by=by), receipts_of(order, by=by)
    gone, came = lots_of_shipments(shipments), lots_of_receipts(receipts)
    return OrderDetail(
        **_row(order, by),
        **_body(order, by),
        margin=margin_answer(order, by=by),
        shipments=[shipment_answer(one, order=order.number, lots=gone) for one in shipments],
        receipts=[receipt_answer(one, order=order.number, lots=came) for one in receipts],
        bills=[bill_answer(one) for one in bills_of(order, by=by)],
        invoices=[
            invoice_answer(one, order=order.number, customer=order.customer) for one in invoices_of(order, by=by)
        ],
        payments=[_payment(one) for one in payments_of(order, by=by)],
        approvals=[approval_answer(one, by=by) for one in approvals_of(order.subject)],
        open_holds=[
            Hold(
                code=one.code, reason=reason_of_hold(one), placed_by=one.placed_by_name, placed_at=moment(one.placed_at)
            )
            for one in open_holds(order)
        ],
        transitions=[_offer(one, reasons) for one in offers_of_order(order, by=by)],
    )


def _row(order: Row, by: Actor) -> dict[str, Any]:
    currency = order.currency
    return {
        "number": order.number,
        "kind": order.kind,
        "type": order.type.code,
        "customer": _party(order.customer),
        "supplier": _party(order.supplier),
        "owner": _owner(order, by),
        "customer_reference": order.customer_reference,
        "state": order.state,
        "category": order.category,
        "approval": order.approval,
        "fulfilment": order.fulfilment,
        "invoicing": order.invoicing,
        "payment": order.payment,
        "holds": list(order.holds),
        "attributes": order.attributes,
        "currency": currency,
        "net": amount(order.net, currency),
        "tax": amount(order.tax, currency),
        "total": amount(order.total, currency),
        "company_total": amount(order.company_total, COMPANY_CURRENCY),
        "invoiced": amount(order.invoiced, currency),
        "paid": amount(order.paid, currency),
        "ordered_on": day(order.ordered_on),
        "requested_on": day(order.requested_on),
        "due_on": day(order.due_on),
        "line_count": order.line_count,
        "source": order.source,
        "source_number": order.source_number,
        "is_history": order.is_history,
        "revision": order.revision,
        "version": order.version,
        "created_at": moment(order.created_at),
        "changed_at": moment(order.changed_at),
    }


def _party(party: Row) -> dict[str, str] | None:
    return None if party is None else {"number": party.number, "name": party.name}


def _owner(order: Row, by: Actor) -> dict[str, str] | None:
    if order.owner_id is None:
        return None
    # Whoever entered the order is at hand; that saves the read while orders are placed.
    return {"id": str(order.owner_id), "name": by.name if order.owner_id == by.id else order.owner.name}


def _keeper(warehouse: Row | None) -> dict[str, str] | None:
    return {"id": str(warehouse.keeper_id), "name": warehouse.keeper.name} if warehouse and warehouse.keeper else None


def _body(order: Row, by: Actor) -> dict[str, Any]:
    quantities = line_quantities(order)
    warehouses = _warehouse_codes(order)
    return {
        "exchange_rate": number(order.exchange_rate),
        "includes_tax": order.includes_tax,
        "discount_percent": None if order.discount_percent is None else number(order.discount_percent),
        "discount_amount": None if order.discount_amount is None else amount(order.discount_amount, order.currency),
        "coupon": coupon_content(order),
        "exposure": amount(order.exposure, order.currency),
        "payment_term": order.payment_term.code if order.payment_term else None,
        "payment_method": order.payment_method,
        "type_version": version_number_of(order),
        "origin": order.origin.number if order.origin else None,
        "warehouse": warehouses.get(order.warehouse_id),
        "target_warehouse": order.target_warehouse.code if order.target_warehouse else None,
        "source_department": order.department.code if order.target_department and order.department else None,
        "target_department": order.target_department.code if order.target_department else None,
        "allows_backorder": order.allows_backorder,
        "promised_on": day(order.promised_on),
        "planned_on": day(order.planned_on),
        "keeper": _keeper(order.warehouse) if order.target_warehouse_id else None,
        "target_keeper": _keeper(order.target_warehouse),
        "ship_to": {name: getattr(order, f"ship_{name}") for name in ShipToAddress.model_fields},
        "remark": order.remark,
        "history_flags": list(order.history_flags),
        "lines": [
            line_content(line, order.currency, warehouses.get(line.warehouse_id), quantities[line.position])
            for line in lines_of(order)
        ],
    }


def _warehouse_codes(order: Row) -> dict[int | None, str]:
    # The order's own warehouse is at hand; only lines from elsewhere cost a read.
    own: dict[int | None, str] = {order.warehouse_id: order.warehouse.code} if order.warehouse_id else {}
    others = {line.warehouse_id for line in lines_of(order) if line.warehouse_id} - set(own)
    return own | dict(codes_of_warehouses_unscoped(others))


def _payment(one: Row) -> OrderPayment:
    return OrderPayment(
        payment=one.payment.number,
        invoice=one.invoice.number,
        amount=amount(one.amount, one.payment.currency),
        method=one.payment.method,
        received_on=one.payment.received_on.isoformat(),
        at=moment(one.at),
        by=one.by_name,
    )


def _offer(offer: Offer, reasons: OfferedReasons) -> TransitionOffer:
    one, refusal = offer.transition, offer.refusal
    return TransitionOffer(
        name=one.name,
        label=one.label_en if get_language() == "en" else one.label_zh,
        target=one.target,
        asks=list(one.asks),
        reason_codes=[each.code for each in reasons.of(one.name)],
        is_open=offer.is_open,
        refusal=None if refusal is None else RefusalAnswer(code=refusal.code, message=refusal.message),
    )
