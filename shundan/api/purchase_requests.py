"""Purchase requests: what departments ask to be bought, and the orders that are made of them."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Currency,
    Day,
    DayText,
    Given,
    Id,
    Moment,
    NoInput,
    Plain,
    Positive,
    Row,
    Text,
    amount,
    day,
    moment,
    number,
)
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.purchasing.actions import (
    Purchase,
    PurchaseRequestInput,
    RequestedLine,
    close_purchase_request,
    order_requested,
    request_demand,
    request_purchase,
    withdraw_purchase_request,
)
from shundan.purchasing.queries import (
    get_purchase_request,
    list_purchase_requests,
    ordered_of,
    orders_of_request,
    progress_of_request,
)
from shundan.workflow.queries import latest_run_of

routes = Routes("purchasing")
Note = Annotated[Text, Field(max_length=500)]


class PurchaseRequestLine(Answer):
    """What is asked for; `line` (the id) names it where it is ordered or asked for."""

    id: str
    line: str
    position: int
    sku: str
    quantity: Plain
    ordered: Plain
    expected_price: Plain | None
    supplier: str | None
    remark: str


class PurchaseRequest(Answer):
    """A request to buy; its amount is what the lines with a known price are worth in company currency."""

    number: str
    source: str
    state: str
    progress: str
    warehouse: str
    needed_on: DayText | None
    reason: str
    amount: Amount
    currency: str
    approval: str | None
    requested_by: str
    requested_at: Moment
    lines: list[PurchaseRequestLine]
    orders: list[str]


class PurchaseRequestList(Answer):
    """One page of purchase requests."""

    items: list[PurchaseRequest]
    next: Next


class PurchaseRequestsWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["all", "pending", "to_order", "ordered", "ended"] = "all"


class RequestedLineGiven(Given):
    """So much of a product; without a price what it last cost is expected."""

    sku: Code
    quantity: Positive
    expected_price: Positive | None = None
    supplier: Code = ""
    remark: Note = ""


class PurchaseRequestGiven(Given):
    """What is asked for; without a warehouse the default one."""

    lines: Annotated[list[RequestedLineGiven], Field(min_length=1, max_length=500)]
    warehouse: Code = ""
    needed_on: Day | None = None
    reason: Note = ""
    source: Literal["person", "forecast"] = "person"


class DemandLineGiven(Given):
    """What of the demand is asked for."""

    sku: Code
    warehouse: Code
    quantity: Positive


class DemandGiven(Given):
    """Lines of the demand; one request is made for each warehouse."""

    lines: Annotated[list[DemandLineGiven], Field(min_length=1, max_length=500)]
    reason: Note = ""


class PurchaseGiven(Given):
    """How much of a requested line is bought of whom; without a price, as last bought of that supplier."""

    line: Id
    supplier: Code
    quantity: Positive
    unit_price: Positive | None = None
    currency: Currency | None = None
    requested_on: Day | None = None


class PurchasesGiven(Given):
    """What is ordered."""

    lines: Annotated[list[PurchaseGiven], Field(min_length=1, max_length=500)]
    remark: Note = ""


class OrdersEntered(Answer):
    """The numbers of the purchase orders, entered as drafts."""

    orders: list[str]


class PurchaseRequestsMade(Answer):
    """The requests that were made."""

    items: list[PurchaseRequest]


class PurchaseRequestClosed(Given):
    """Why no more is bought."""

    reason: Note = ""


@routes.get("/purchase-requests", permission="purchase_request.read", answer=PurchaseRequestList)
def index(request: HttpRequest, wanted: Query[PurchaseRequestsWanted]) -> PurchaseRequestList:
    """List purchase requests, newest first; the orders of each stand in its own answer."""
    found = list_purchase_requests(
        by=actor(request), view=wanted.view, search=wanted.search, cursor=wanted.cursor or None, limit=wanted.limit
    )
    return PurchaseRequestList(**page_members(found, lambda one: _answer(one, orders=[], approval=None)))


@routes.get("/purchase-requests/{number}", permission="purchase_request.read", answer=PurchaseRequest)
def show(request: HttpRequest, number: Code) -> PurchaseRequest:
    """Show a purchase request."""
    return _whole(number, actor(request))


@routes.post("/purchase-requests", permission="purchase_request.create", answer=PurchaseRequest)
def create(request: HttpRequest, given: PurchaseRequestGiven) -> PurchaseRequest:
    """Ask for goods to be bought; what the approval table asks nobody about is approved at once."""
    by = actor(request)
    values = given.model_dump() | {"lines": tuple(RequestedLine(**line.model_dump()) for line in given.lines)}
    return _whole(request_purchase(PurchaseRequestInput(**values), by=by).number, by)


@routes.post("/demand/requests", permission="purchase_request.create", answer=PurchaseRequestsMade)
def for_demand(request: HttpRequest, given: DemandGiven) -> PurchaseRequestsMade:
    """Ask for what the demand proposes."""
    by = actor(request)
    wanted = [(line.sku, line.warehouse, line.quantity) for line in given.lines]
    made = request_demand(wanted, by=by, reason=given.reason)
    return PurchaseRequestsMade(items=[_whole(one.number, by) for one in made])


@routes.post("/purchases/of-requests", permission="purchase_request.source", answer=OrdersEntered)
def order(request: HttpRequest, given: PurchasesGiven) -> OrdersEntered:
    """Enter purchase orders for requested lines: one draft for each supplier, warehouse and currency."""
    purchases = [Purchase(line_id=int(line.line), **line.model_dump(exclude={"line"})) for line in given.lines]
    made = order_requested(purchases, by=actor(request), remark=given.remark)
    return OrdersEntered(orders=[one.number for one in made])


@routes.post(
    "/purchase-requests/{number}/withdraw", permission="purchase_request.create", answer=PurchaseRequest, status=200
)
def withdraw(request: HttpRequest, number: Code, given: NoInput | None = None) -> PurchaseRequest:
    """Take your request back while nobody has decided, or while nothing of it is ordered."""
    by = actor(request)
    return _whole(withdraw_purchase_request(number, by=by).number, by)


@routes.post(
    "/purchase-requests/{number}/close", permission="purchase_request.source", answer=PurchaseRequest, status=200
)
def close(request: HttpRequest, number: Code, given: PurchaseRequestClosed) -> PurchaseRequest:
    """Buy no more for an approved request."""
    by = actor(request)
    return _whole(close_purchase_request(number, by=by, reason=given.reason).number, by)


def _whole(number: str, by: Actor) -> PurchaseRequest:
    one = get_purchase_request(number, by=by)
    run = latest_run_of(one.subject)
    orders = [order.number for order, _quantity in orders_of_request(one, by=by)]
    return _answer(one, orders=orders, approval=str(run.pk) if run else None)


def _answer(one: Row, *, orders: list[str], approval: str | None) -> PurchaseRequest:
    return PurchaseRequest(
        number=one.number,
        source=one.source,
        state=one.state,
        progress=progress_of_request(one),
        warehouse=one.warehouse.code,
        needed_on=day(one.needed_on),
        reason=one.reason,
        amount=amount(one.company_amount, COMPANY_CURRENCY),
        currency=COMPANY_CURRENCY,
        approval=approval,
        requested_by=one.requested_by_name,
        requested_at=moment(one.created_at),
        lines=[
            PurchaseRequestLine(
                id=str(line.pk),
                line=str(line.pk),
                position=line.position,
                sku=line.product.sku,
                quantity=number(line.quantity),
                ordered=number(ordered_of(line)),
                expected_price=None if line.expected_price is None else number(line.expected_price),
                supplier=line.supplier.number if line.supplier else None,
                remark=line.remark,
            )
            for line in one.lines.all()
        ],
        orders=orders,
    )
