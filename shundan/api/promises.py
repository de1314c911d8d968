"""Promised days: when goods can be there, and what an order was promised."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, DayText, Given, Number, Plain, Row, number
from shundan.api.routes import Routes
from shundan.api.stock import wanted_products
from shundan.inventory.queries import get_warehouse, list_warehouses
from shundan.kernel.errors import Detail, Malformed
from shundan.orders.actions import words_of_cause
from shundan.orders.queries import Wish, get_order, outlook_of, promises_of

routes = Routes("promises")
_ONE_EACH = _("Give one quantity for each SKU.")


class PromiseWanted(Given):
    """Which products and how much of each, in the same order; without a warehouse the default one."""

    sku: Annotated[list[Code], Field(min_length=1, max_length=200)]
    quantity: Annotated[list[Number], Field(min_length=1, max_length=200)]
    warehouse: Code = ""


class ProductOutlook(Answer):
    """What is free of a product now, and the day on which the whole quantity can be there, if one is known."""

    sku: str
    quantity: Plain
    available: Plain
    on: DayText | None


class OutlookList(Answer):
    """Days in the order of the question; whoever waits already stands before."""

    warehouse: str
    items: list[ProductOutlook]


class LinePromise(Answer):
    """What a line lacks and was promised; `cause` says why it is late: what comes later, or who is served first."""

    line: int
    sku: str
    lacking: Plain
    promised_on: DayText | None
    expected_on: DayText | None
    is_late: bool
    cause: str
    words: str


class OrderPromises(Answer):
    """The promised day of an order, and of each line that lacks goods."""

    order: str
    promised_on: DayText | None
    lines: list[LinePromise]


@routes.get("/stock/promise", permission="stock.read", answer=OutlookList)
def outlook(request: HttpRequest, wanted: Query[PromiseWanted]) -> OutlookList:
    """Tell when quantities of products can be there: from stock, and from what is on its way."""
    by = actor(request)
    products = wanted_products(wanted.sku)
    if len(wanted.quantity) != len(wanted.sku):
        raise Malformed(details=[Detail("query.quantity", "wrong_count", _ONE_EACH)])
    place = get_warehouse(wanted.warehouse, by=by) if wanted.warehouse else list_warehouses(by=by)[0]
    pairs = list(zip(wanted.sku, wanted.quantity, strict=True))
    wishes = [Wish(product_id=products[sku].id, warehouse_id=place.pk, quantity=quantity) for sku, quantity in pairs]
    found = outlook_of(wishes, by=by)
    items = [
        ProductOutlook(sku=sku, quantity=number(quantity), available=number(one.free), on=_day(one.on))
        for (sku, quantity), one in zip(pairs, found, strict=True)
    ]
    return OutlookList(warehouse=place.code, items=items)


@routes.get("/orders/{number}/promises", permission="order.read", answer=OrderPromises)
def show(request: HttpRequest, number: Code) -> OrderPromises:
    """Show what an order was promised, and why it is late if it is."""
    order = get_order(number, by=actor(request))
    lines = [_line(one) for one in promises_of(order) if one.promise and not one.promise.ended_at and one.lacking > 0]
    return OrderPromises(order=order.number, promised_on=_day(order.promised_on), lines=lines)


def _line(one: Row) -> LinePromise:
    promise = one.promise
    return LinePromise(
        line=one.line.position,
        sku=one.line.sku,
        lacking=number(one.lacking),
        promised_on=_day(promise.promised_on),
        expected_on=_day(promise.expected_on),
        is_late=promise.slipped_at is not None,
        cause=promise.cause,
        words=words_of_cause(promise.cause, promise.facts) if promise.cause else "",
    )


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
