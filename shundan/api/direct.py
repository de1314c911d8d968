"""What suppliers bring to customers: lines of a sale that are left to them, and what they sent with a purchase."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Day,
    Flag,
    Given,
    Moment,
    NoInput,
    Number,
    Plain,
    Position,
    Row,
    Words,
    moment,
    moment_or_none,
)
from shundan.api.fields import number as plain_number
from shundan.api.lines import LineQuantities, chosen_lines
from shundan.api.routes import Routes
from shundan.fulfilment.actions import deliver_direct_delivery, post_direct_delivery, reverse_direct_delivery
from shundan.fulfilment.queries import direct_deliveries_of, get_direct_delivery
from shundan.orders.actions import (
    DirectSupplierInput,
    bring_to_stock,
    deliver_directly,
    deliver_from_stock,
    drop_direct_supplier,
    save_direct_supplier,
)
from shundan.orders.queries import direct_lines_of, get_order, lines_of, list_direct_suppliers

routes = Routes("direct")
Positions = Annotated[list[Position], Field(min_length=1, max_length=1000)]


class LeftGiven(Given):
    """Which lines are left to suppliers, and to whom; without one, to who is known to bring the product."""

    lines: Positions
    supplier: Code = ""


class Purchases(Answer):
    """The numbers of the purchase orders that were entered as drafts."""

    purchases: list[str]


class TakenGiven(Given):
    """Which line ships from a warehouse of ours again, and from which."""

    line: Position
    warehouse: Code


class SentGiven(Given):
    """What the supplier sent: all that is open, or the given quantities, with whom, under which number, on which day.

    Without a day it went today.
    """

    lines: LineQuantities = None
    carrier: Words = ""
    tracking_number: Words = ""
    sent_on: Day | None = None


class WhyReversedGiven(Given):
    """Why."""

    reason: Words = ""


class PlaceGiven(Given):
    """Which warehouse."""

    warehouse: Code


class DirectDeliveryLine(Answer):
    """How much of a line of the sale was sent with a line of the purchase."""

    line: int
    purchase_line: int
    sku: str
    quantity: Plain


class DirectDelivery(Answer):
    """What a supplier sent to the customer: `shipped`, `delivered`, or `reversed` when it was noted by mistake."""

    number: str
    order: str
    purchase: str
    supplier: str
    state: str
    carrier: str
    tracking_number: str
    shipped_at: Moment
    delivered_at: Moment | None
    lines: list[DirectDeliveryLine]


class LeftLine(Answer):
    """A line that suppliers bring: what is ordered of them, and what is not yet."""

    line: int
    sku: str
    ordered: Plain
    left: Plain
    shipped: Plain


class DirectSupply(Answer):
    """What suppliers bring of a sale, or sent with a purchase."""

    lines: list[LeftLine]
    deliveries: list[DirectDelivery]


class DirectSupplier(Answer):
    """Who brings a product to customers, at which price in their currency; `is_always` even if we have it."""

    sku: str
    supplier: str
    unit_price: Plain | None
    is_always: bool


class DirectSupplierList(Answer):
    """Who brings which product to customers."""

    items: list[DirectSupplier]


class DirectSupplierGiven(Given):
    """Who brings a product to customers; without a price it is bought as last bought."""

    supplier: Code
    unit_price: Number | None = None
    is_always: Flag = False


@routes.get("/orders/{number}/direct", permission="order.read", answer=DirectSupply)
def show(request: HttpRequest, number: Code) -> DirectSupply:
    """Show what suppliers bring to the customer of a sale, or sent with a purchase."""
    order = get_order(number, by=actor(request))
    return DirectSupply(
        lines=[
            LeftLine(
                line=one.line.position,
                sku=one.line.sku,
                ordered=plain_number(one.ordered),
                left=plain_number(one.left),
                shipped=plain_number(one.line.shipped),
            )
            for one in direct_lines_of(order)
        ],
        deliveries=[_delivery(one) for one in direct_deliveries_of(order)],
    )


@routes.post("/orders/{number}/direct", permission="order.amend", answer=Purchases)
def leave(request: HttpRequest, number: Code, given: LeftGiven) -> Purchases:
    """Leave lines of a confirmed sale to suppliers; purchase orders are entered as drafts."""
    made = deliver_directly(number, given.lines, supplier=given.supplier, by=actor(request))
    return Purchases(purchases=[one.number for one in made])


@routes.post("/orders/{number}/direct/take-back", permission="order.amend", answer=DirectSupply, status=200)
def take(request: HttpRequest, number: Code, given: TakenGiven) -> DirectSupply:
    """Ship a line from a warehouse of ours after all, as long as no supplier is asked for it."""
    deliver_from_stock(number, given.line, warehouse=given.warehouse, by=actor(request))
    return show(request, number)


@routes.post("/orders/{number}/direct-deliveries", permission="order.confirm", answer=DirectDelivery)
def send(request: HttpRequest, number: Code, given: SentGiven | None = None) -> DirectDelivery:
    """Note that the supplier of a purchase has sent goods to the customer: sale and purchase move on together."""
    by, wished = actor(request), given or SentGiven()

    def skus() -> list[tuple[int, str]]:
        return [(line.position, line.sku) for line in lines_of(get_order(number, by=by))]

    chosen = chosen_lines(wished.lines, skus=skus)
    with chosen.places_in_request():
        made = post_direct_delivery(
            number,
            quantities=chosen.quantities,
            carrier=wished.carrier,
            tracking_number=wished.tracking_number,
            sent_on=wished.sent_on,
            by=by,
        )
    return _delivery(get_direct_delivery(made.number, by=by))


@routes.post("/direct-deliveries/{number}/deliver", permission="order.confirm", answer=DirectDelivery, status=200)
def deliver(request: HttpRequest, number: Code, given: NoInput | None = None) -> DirectDelivery:
    """Note that the customer has signed for what the supplier sent."""
    by = actor(request)
    return _delivery(get_direct_delivery(deliver_direct_delivery(number, by=by).number, by=by))


@routes.post("/direct-deliveries/{number}/reverse", permission="order.confirm", answer=DirectDelivery, status=200)
def reverse(request: HttpRequest, number: Code, given: WhyReversedGiven | None = None) -> DirectDelivery:
    """Undo a delivery that was noted by mistake, while it is invoiced on neither side."""
    by = actor(request)
    done = reverse_direct_delivery(number, reason=(given or WhyReversedGiven()).reason, by=by)
    return _delivery(get_direct_delivery(done.number, by=by))


@routes.post("/orders/{number}/bring-to-stock", permission="order.edit", answer=Purchases, status=200)
def bring(request: HttpRequest, number: Code, given: PlaceGiven) -> Purchases:
    """Let what a purchase would bring to a customer come to a warehouse of ours instead."""
    return Purchases(purchases=[bring_to_stock(number, warehouse=given.warehouse, by=actor(request)).number])


@routes.get("/direct-suppliers", permission="supplier.read", answer=DirectSupplierList)
def suppliers(request: HttpRequest) -> DirectSupplierList:
    """List who brings which product to customers."""
    return DirectSupplierList(items=[_supplier(one) for one in list_direct_suppliers(by=actor(request))])


@routes.put("/direct-suppliers/{sku}", permission="supplier.edit", answer=DirectSupplier)
def save(request: HttpRequest, sku: Code, given: DirectSupplierGiven) -> DirectSupplier:
    """Say which supplier brings a product to customers."""
    wish = DirectSupplierInput(sku=sku, supplier=given.supplier, unit_price=given.unit_price, is_always=given.is_always)
    return _supplier(save_direct_supplier(wish, by=actor(request)))


@routes.delete("/direct-suppliers/{sku}", permission="supplier.edit")
def drop(request: HttpRequest, sku: Code) -> None:
    """Say that no supplier brings a product to customers any more."""
    drop_direct_supplier(sku, by=actor(request))


def _supplier(one: Row) -> DirectSupplier:
    return DirectSupplier(
        sku=one.product.sku,
        supplier=one.supplier.number,
        unit_price=None if one.unit_price is None else plain_number(one.unit_price),
        is_always=one.is_always,
    )


def _delivery(one: Row) -> DirectDelivery:
    return DirectDelivery(
        number=one.number,
        order=one.order.number,
        purchase=one.purchase.number,
        supplier=one.purchase.supplier.number,
        state=one.state,
        carrier=one.carrier,
        tracking_number=one.tracking_number,
        shipped_at=moment(one.shipped_at),
        delivered_at=moment_or_none(one.delivered_at),
        lines=[
            DirectDeliveryLine(
                line=row.order_line.position,
                purchase_line=row.purchase_line.position,
                sku=row.order_line.sku,
                quantity=plain_number(row.quantity),
            )
            for row in one.lines.all()
        ],
    )
