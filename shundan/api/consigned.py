"""Goods that lie with us and stay a supplier's (consigned): what there is, taking some in, giving them back."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.fields import (
    Answer,
    Code,
    DayText,
    Given,
    Id,
    Moment,
    Plain,
    Positive,
    Row,
    Text,
    moment,
    number,
)
from shundan.api.narrowing import OfProduct, OfSupplier, OfWarehouse
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.api.stock_places import Done, LotGiven, in_utc
from shundan.catalog.queries import get_product
from shundan.inventory.actions import hand_back_stock, receive_consigned
from shundan.inventory.queries import get_open_warehouse, list_consigned, list_warehouses

routes = Routes("consigned")


class ConsignedPosition(Answer):
    """Units of a supplier that lie at a place with us; they count for nothing that is ours."""

    id: str
    supplier: str
    sku: str
    unit: str
    warehouse: str
    location: str
    lot: str | None
    expires_on: DayText | None
    status: str
    quantity: Plain
    since: Moment


class ConsignedList(Answer):
    """One page of consigned goods."""

    items: list[ConsignedPosition]
    next: Next


class ConsignedWanted(Searched):
    """What the list is narrowed to; `search` fits products and suppliers."""

    supplier: OfSupplier = ""
    sku: OfProduct = ""
    warehouse: OfWarehouse = ""


class ConsignedGiven(Given):
    """Whose goods come in, which, how many and where; without a warehouse the default one."""

    supplier: Annotated[Code, Field(min_length=1)]
    sku: Annotated[Code, Field(min_length=1)]
    quantity: Positive
    warehouse: Code = ""
    location: Code = ""
    lots: Annotated[list[LotGiven], Field(max_length=500)] = []
    remark: Annotated[Text, Field(max_length=500)] = ""
    effective_at: datetime | None = None


class HandBackGiven(Given):
    """How much goes back to its owner."""

    quantity: Positive
    remark: Annotated[Text, Field(max_length=500)] = ""


@routes.get("/stock/consigned", permission="stock.read", answer=ConsignedList)
def index(request: HttpRequest, wanted: Query[ConsignedWanted]) -> ConsignedList:
    """List goods that lie with us and stay a supplier's, newest first."""
    page = list_consigned(by=actor(request), **dict(wanted))
    return ConsignedList(**page_members(page, _position))


@routes.post("/stock/consigned", permission="stock.receive", answer=Done)
def receive(request: HttpRequest, given: ConsignedGiven) -> Done:
    """Take goods in that stay a supplier's; a receipt of a purchase with `consigned` makes them ours."""
    by = actor(request)
    with named_in_body(product="sku", warehouse="warehouse", supplier="supplier"):
        receive_consigned(
            supplier=given.supplier,
            product_id=get_product(given.sku, by=by).pk,
            warehouse_id=get_open_warehouse(given.warehouse or list_warehouses(by=by)[0].code, by=by).pk,
            quantity=given.quantity,
            location=given.location,
            lots=[one.as_input() for one in given.lots],
            remark=given.remark,
            effective_at=in_utc(given.effective_at) if given.effective_at else None,
            by=by,
        )
    return Done()


@routes.post("/stock/positions/{position_id}/hand-back", permission="stock.adjust", answer=Done)
def hand_back(request: HttpRequest, position_id: Id, given: HandBackGiven) -> Done:
    """Give consigned units back to their supplier."""
    hand_back_stock(int(position_id), quantity=given.quantity, remark=given.remark, by=actor(request))
    return Done()


def _position(one: Row) -> ConsignedPosition:
    expires_on = one.lot.expires_on if one.lot else None
    return ConsignedPosition(
        id=str(one.pk),
        supplier=one.owner.number,
        sku=one.product.sku,
        unit=one.product.unit.code,
        warehouse=one.warehouse.code,
        location=one.location.code,
        lot=one.lot.code if one.lot else None,
        expires_on=expires_on.isoformat() if expires_on else None,
        status=one.status,
        quantity=number(one.quantity),
        since=moment(one.since),
    )
