"""Orders: enter, list, show, change, move along their workflow, and what happened to them."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.event_answers import EventList, event_answer
from shundan.api.fields import (
    MOST_LINES,
    Attributes,
    Code,
    Country,
    Currency,
    Day,
    Flag,
    Given,
    Number,
    Position,
    Text,
    Version,
    Words,
)
from shundan.api.narrowing import OfCustomer, OfOrderType, OfOwner, OfWarehouse
from shundan.api.order_answers import (
    Order,
    OrderDetail,
    OrderList,
    order_answer,
    order_content,
    order_detail,
    order_row,
)
from shundan.api.order_lines import OrderLineList, line_row
from shundan.api.order_prices import Quotation, quotation_answer
from shundan.api.pagination import Searched, Sorted, page_members
from shundan.api.routes import Routes, answered, claim_of_request, with_prefix
from shundan.api.undo_answers import UndoList, undo_answer
from shundan.billing.queries import bills_of, invoices_of, undo_of_bill, undo_of_invoice
from shundan.fulfilment.queries import receipts_of, shipments_of, undo_of_receipt, undo_of_shipment
from shundan.orders.actions import (
    KitNamed,
    LineInput,
    OrderInput,
    ShipTo,
    change_attributes,
    copy_order,
    delete_draft,
    move_order,
    place_order_once,
    save_draft,
    try_order,
)
from shundan.orders.queries import (
    OrderFilter,
    get_order,
    list_lines,
    list_orders,
    quantities_of_line,
    timeline_of,
    undo_of_order,
)

routes = Routes("orders")
_INPUTS = {one.name for one in fields(OrderInput)}
_NAMED = {"customer": "customer", "supplier": "supplier", "origin": "origin", "warehouse": "warehouse"}

Category = Literal["draft", "submitted", "approved", "confirmed", "in_progress", "completed", "closed", "cancelled"]
Fulfilment = Literal["none", "partly_reserved", "reserved", "picking", "partly_shipped", "shipped", "delivered"]
Invoicing = Literal["none", "to_invoice", "part", "full"]
Payment = Literal["unpaid", "part", "paid", "overpaid"]
Inputs = Annotated[dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], Text], Field(max_length=10)]


class KitGiven(Given):
    """The kit of a line as it was read; all lines of a `group` say the same. Its price is that of one kit."""

    group: Position
    sku: Code
    quantity: Number
    unit_price: Number | None = None
    discount: Number = Decimal(0)


class LineGiven(Given):
    """A line: quantity and price in `unit`, one of the product's units; without it the product's own.

    Without a unit price the list price is taken, of a purchase the last one paid, of a return the one of the sale.
    `source_position` names the line of the origin order that is returned, `lot` the one lot that may serve the line.
    A kit is given by its own SKU, with the number of kits, and becomes the lines of its components. Lines that were
    read may be given with their `kit`: they follow its number, 409 kit_component_fixed where one does not; without
    it they are ordinary lines.
    """

    sku: Code
    quantity: Number
    unit: Code = ""
    unit_price: Number | None = None
    discount: Number = Decimal(0)
    source_position: Position | None = None
    lot: Code = ""
    requested_on: Day | None = None
    remark: Text = ""
    attributes: Attributes | None = None
    kit: KitGiven | None = None

    def as_line(self) -> LineInput:
        """Return the line as the domain takes it."""
        given = dict(self)
        given["kit"] = KitNamed(**dict(self.kit)) if self.kit else None
        return LineInput(**given)


class ShipToGiven(Given):
    """Where the goods go; without it the customer's main address is taken."""

    contact: Words = ""
    phone: Words = ""
    country: Country = "CN"
    province: Words = ""
    city: Words = ""
    district: Words = ""
    street: Words = ""
    postal_code: Words = ""


class OrderGiven(Given):
    """An order; what is left out takes the party's or the company's default.

    Sales and services have a `customer`, purchases a `supplier`; returns name the order they come from as `origin`,
    or their party; stock transfers have a `target_warehouse`, internal services a `target_department`, for which
    `source_department` works (yours by default).
    A discount on the whole order, a percentage or an amount, is spread over its lines after all that is off them.
    `coupon` is the code of one; 409 coupon_unknown, coupon_retired, coupon_not_yet_valid, coupon_expired,
    coupon_used_up, coupon_used_by_customer, coupon_not_for_customer or coupon_other_currency where it does not hold.
    A draft may be below its minimum; it is not submitted then: 409 coupon_minimum_not_reached, coupon_without_effect.
    """

    type: Code = "sales"
    customer: Code = ""
    supplier: Code = ""
    origin: Code = ""
    target_warehouse: Code = ""
    source_department: Code = ""
    target_department: Code = ""
    lines: Annotated[list[LineGiven], Field(max_length=MOST_LINES)] = []
    currency: Currency | None = None
    includes_tax: Flag | None = None
    customer_reference: Words = ""
    requested_on: Day | None = None
    warehouse: Code | None = None
    allows_backorder: Flag = False
    payment_term: Code | None = None
    payment_method: Words = ""
    ship_to: ShipToGiven | None = None
    remark: Text = ""
    discount_percent: Number | None = None
    discount_amount: Number | None = None
    coupon: Code = ""
    attributes: Attributes | None = None

    def as_input(self) -> OrderInput:
        """Return the order as the domain takes it."""
        given = {name: value for name, value in self.__dict__.items() if name in _INPUTS}
        given["lines"] = tuple(line.as_line() if line.kit else LineInput(**line.__dict__) for line in self.lines)
        given["ship_to"] = ShipTo(**self.ship_to.__dict__) if self.ship_to else None
        return OrderInput(**given)


class OrderToPlace(OrderGiven):
    """A new order and how far it goes: `submitted` and `confirmed` stop where somebody must approve first."""

    until: Literal["draft", "submitted", "confirmed"] = "draft"


class OrderToSave(OrderGiven):
    """A draft as it shall be, and the version that was read."""

    version: Version


class Move(Given):
    """What a transition asks for, e.g. a reason; with `version` it is refused if somebody changed the order."""

    inputs: Inputs = {}
    version: Version | None = None


class AttributesToSave(Given):
    """Attributes of an order and, by position, of its lines; what is left out stays, null clears one."""

    attributes: Attributes = {}
    lines: Annotated[dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}$")], Attributes], Field(max_length=2000)] = {}
    version: Version | None = None


class CopyGiven(Given):
    """Which prices a copy begins with."""

    prices: Literal["kept", "fresh"] = "kept"


class LinesWanted(Searched):
    """To which orders a list is narrowed; a filter given several times takes any of its values."""

    view: Code = "all"
    type: OfOrderType = ""
    category: list[Category] = []
    fulfilment: list[Fulfilment] = []
    invoicing: list[Invoicing] = []
    payment: list[Payment] = []
    customer: OfCustomer = ""
    owner: OfOwner = None
    warehouse: OfWarehouse = ""
    ordered_from: Day | None = None
    ordered_to: Day | None = None

    def as_filter(self, attributes: dict[str, list[str]]) -> OrderFilter:
        """Return the filter as the domain takes it."""
        return OrderFilter(
            view=self.view,
            type_code=self.type,
            attributes=tuple((code, tuple(values)) for code, values in attributes.items()),
            search=self.search,
            category=tuple(self.category),
            fulfilment=tuple(self.fulfilment),
            invoicing=tuple(self.invoicing),
            payment=tuple(self.payment),
            customer=self.customer,
            owner_id=int(self.owner) if self.owner else None,
            warehouse=self.warehouse,
            ordered_from=self.ordered_from,
            ordered_to=self.ordered_to,
        )


class OrdersWanted(LinesWanted, Sorted):
    """The same for the list of orders, which can be sorted."""


@routes.get("/orders", permission="order.read", answer=OrderList, prefix="attribute.")
def index(request: HttpRequest, wanted: Query[OrdersWanted]) -> OrderList:
    """List the orders you may see.

    Views: all, mine, drafts, to_approve, to_confirm, to_ship, to_invoice, today, overdue, unpaid, on_hold.
    Sort by id, ordered_on, requested_on, total or number, with a minus sign downward.
    `attribute.CODE=VALUE` narrows to orders whose attribute, or that of one of their lines, has this value; given
    several times it takes any of them. `attribute.CODE.from` and `.to` take a range of numbers, days or moments, both
    ends in it; `.has` a text with all of these words; `.empty` is `no` for those with a value, `yes` for those without
    one, besides those with one of the given values.
    """
    by = actor(request)
    filters = wanted.as_filter(with_prefix(request, "attribute."))
    page = list_orders(by=by, wanted=filters, cursor=wanted.cursor, limit=wanted.limit, sort=wanted.sort)
    return OrderList(**page_members(page, lambda order: order_row(order, by=by)))


@routes.get("/order-lines", permission="order.read", answer=OrderLineList, prefix="attribute.")
def lines(request: HttpRequest, wanted: Query[LinesWanted]) -> OrderLineList:
    """List the lines of the orders you may see, with their attributes, newest first; narrowed as orders are."""
    by = actor(request)
    filters = wanted.as_filter(with_prefix(request, "attribute."))
    page = list_lines(by=by, wanted=filters, cursor=wanted.cursor, limit=wanted.limit)
    return OrderLineList(**page_members(page, lambda line: line_row(line, quantities_of_line(line.order, line))))


@routes.post("/orders", permission="order.create", answer=Order, keeps_its_key=True)
def place(request: HttpRequest, given: OrderToPlace) -> Any:
    """Enter an order, as a draft or up to confirmation, in one transaction.

    Confirmation reserves stock and takes credit; if either does not suffice, nothing is kept and the answer says why.
    """
    by = actor(request)
    claim = claim_of_request(request)

    def answer(order: Any) -> tuple[int, Any]:
        return 201, order_content(order, by=by)

    with named_in_body(**_NAMED):
        return answered(
            request, place_order_once(given.as_input(), until=given.until, by=by, claim=claim, answer=answer)
        )


@routes.post("/orders/quote", permission="order.create", answer=Quotation, status=200)
def quote(request: HttpRequest, given: OrderGiven) -> Quotation:
    """Tell what an order would cost, by the very rules of entry, and how each price comes about; nothing is kept."""
    with named_in_body(**_NAMED):
        order = try_order(given.as_input(), until="draft", by=actor(request))
    return quotation_answer(order)


@routes.get("/orders/{number}", permission="order.read", answer=OrderDetail)
def show(request: HttpRequest, number: Code) -> OrderDetail:
    """Show an order with its lines, papers, decisions and the transitions you may take."""
    by = actor(request)
    return order_detail(get_order(number, by=by), by=by)


@routes.put("/orders/{number}", permission="order.edit", answer=Order)
def save(request: HttpRequest, number: Code, given: OrderToSave) -> Order:
    """Replace a draft's header and lines.

    If somebody saved it meanwhile the answer is 409 version_conflict with both values of each place.
    """
    by = actor(request)
    with named_in_body(**_NAMED):
        order = save_draft(number, given.as_input(), version=given.version, by=by)
    return order_answer(order, by=by)


@routes.put("/orders/{number}/attributes", permission="order.edit", answer=Order)
def attributes(request: HttpRequest, number: Code, given: AttributesToSave) -> Order:
    """Change attributes where the order's type lets them be changed in its present state, also after entry."""
    by = actor(request)
    of_lines = {int(position): values for position, values in given.lines.items()}
    order = change_attributes(number, header=given.attributes, of_lines=of_lines, version=given.version, by=by)
    return order_answer(order, by=by)


@routes.delete("/orders/{number}", permission="order.edit")
def delete(request: HttpRequest, number: Code) -> None:
    """Cancel a draft that nobody needs; its number stays used."""
    delete_draft(number, by=actor(request))


@routes.post("/orders/{number}/transitions/{name}", permission="order.read", answer=Order, status=200)
def move(request: HttpRequest, number: Code, name: Code, given: Move | None = None) -> Order:
    """Take a transition of the order's workflow, e.g. submit, approve, confirm, cancel.

    `GET /orders/{number}` lists the ones that are open and what they ask for.
    """
    by, wished = actor(request), given or Move()
    order = move_order(number, name, by=by, inputs=wished.inputs, version=wished.version)
    return order_answer(order, by=by)


@routes.post("/orders/{number}/copies", permission="order.create", answer=Order)
def copy(request: HttpRequest, number: Code, given: CopyGiven | None = None) -> Order:
    """Enter a draft like another order: with the prices agreed then (`kept`), or at those of today (`fresh`)."""
    by = actor(request)
    return order_answer(copy_order(number, by=by, prices=given.prices if given else "kept"), by=by)


@routes.get("/orders/{number}/undo", permission="order.read", answer=UndoList)
def undo(request: HttpRequest, number: Code) -> UndoList:
    """Tell what can be undone of an order and its papers now, by which verb, by which roles, and why not."""
    by = actor(request)
    order = get_order(number, by=by)
    found = [("order", order.number, one) for one in undo_of_order(order, by=by)]
    found += [("shipment", s.number, one) for s in shipments_of(order, by=by) for one in undo_of_shipment(s, by=by)]
    found += [("receipt", r.number, one) for r in receipts_of(order, by=by) for one in undo_of_receipt(r, by=by)]
    found += [("invoice", i.number, one) for i in invoices_of(order, by=by) for one in undo_of_invoice(i, by=by)]
    found += [("bill", b.number, one) for b in bills_of(order, by=by) for one in undo_of_bill(b, by=by)]
    return UndoList(items=[undo_answer(kind, key, one, of=order.kind) for kind, key, one in found])


@routes.get("/orders/{number}/events", permission="event.read", answer=EventList)
def events(request: HttpRequest, number: Code) -> EventList:
    """Tell what happened to an order and its papers, newest first."""
    by = actor(request)
    order = get_order(number, by=by, permission="event.read")
    papers = [one.subject for one in shipments_of(order, by=by)]
    papers += [one.subject for one in invoices_of(order, by=by)]
    return EventList(items=[event_answer(one) for one in timeline_of(order, by=by, papers=papers)])
