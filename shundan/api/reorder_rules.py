"""Reorder rules and the demand that follows from them."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, DayText, Flag, Given, Plain, Positive, Row, number
from shundan.api.narrowing import OfSupplier, OfWarehouse
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.inventory.actions import ReorderInput, drop_reorder_rule, save_reorder_rule
from shundan.inventory.queries import get_reorder_rule, list_reorder_rules
from shundan.kernel.money import ZERO
from shundan.purchasing.queries import purchase_demand

routes = Routes("purchasing")


class ReorderRule(Answer):
    """When a product is bought again for a warehouse; quantities in the product's unit, the lead time in days."""

    sku: str
    warehouse: str
    reorder_point: Plain
    safety_stock: Plain
    target: Plain
    supplier: str | None
    lead_days: int
    is_active: bool
    version: int


class ReorderRuleList(Answer):
    """One page of reorder rules."""

    items: list[ReorderRule]
    next: Next


class ReorderRulesWanted(Searched):
    """What the list is narrowed to."""

    warehouse: OfWarehouse = ""
    supplier: OfSupplier = ""


class ReorderRuleGiven(Given):
    """A rule as it shall be; the safety stock is a part of the reorder point, the target is not below it."""

    reorder_point: Positive
    target: Positive
    safety_stock: Positive = ZERO
    supplier: Code = ""
    lead_days: Annotated[int, Field(ge=0, le=730, strict=True)] = 0
    is_active: Flag = True


class Demand(Answer):
    """What to buy of a product for a warehouse, and why."""

    sku: str
    warehouse: str
    available: Plain
    on_order: Plain
    requested: Plain
    backordered: Plain
    reorder_point: Plain | None
    target: Plain | None
    proposed: Plain
    supplier: str | None
    needed_on: DayText
    is_urgent: bool


class DemandList(Answer):
    """What should be bought now, what customers wait for first."""

    items: list[Demand]


class DemandWanted(Given):
    """What the demand is narrowed to."""

    warehouse: OfWarehouse = ""


@routes.get("/reorder-rules", permission="stock.read", answer=ReorderRuleList)
def index(request: HttpRequest, wanted: Query[ReorderRulesWanted]) -> ReorderRuleList:
    """List reorder rules, newest first."""
    found = list_reorder_rules(
        by=actor(request),
        search=wanted.search,
        warehouse=wanted.warehouse,
        supplier=wanted.supplier,
        cursor=wanted.cursor or None,
        limit=wanted.limit,
    )
    return ReorderRuleList(**page_members(found, _answer))


@routes.put("/warehouses/{warehouse}/reorder-rules/{sku}", permission="reorder_rule.edit", answer=ReorderRule)
def save(request: HttpRequest, warehouse: Code, sku: Code, given: ReorderRuleGiven) -> ReorderRule:
    """Keep the rule of a product in a warehouse, new or changed."""
    by = actor(request)
    save_reorder_rule(ReorderInput(sku=sku, warehouse=warehouse, **given.model_dump()), by=by)
    return _answer(get_reorder_rule(sku, warehouse, by=by))


@routes.delete("/warehouses/{warehouse}/reorder-rules/{sku}", permission="reorder_rule.edit")
def drop(request: HttpRequest, warehouse: Code, sku: Code) -> None:
    """Forget the rule of a product in a warehouse."""
    drop_reorder_rule(sku, warehouse, by=actor(request))


@routes.get("/demand", permission="purchase_request.create", answer=DemandList)
def demand(request: HttpRequest, wanted: Query[DemandWanted]) -> DemandList:
    """List what should be bought: below its reorder point, or owed to customers, and neither coming nor asked for."""
    by = actor(request)
    found = purchase_demand(by=by, warehouse=wanted.warehouse)
    return DemandList(
        items=[
            Demand(
                sku=one.sku,
                warehouse=one.warehouse,
                available=number(one.available),
                on_order=number(one.on_order),
                requested=number(one.requested),
                backordered=number(one.backordered),
                reorder_point=None if one.reorder_point is None else number(one.reorder_point),
                target=None if one.target is None else number(one.target),
                proposed=number(one.proposed),
                supplier=one.supplier if by.may("supplier.read") else None,
                needed_on=one.needed_on.isoformat(),
                is_urgent=one.is_urgent,
            )
            for one in found
        ]
    )


def _answer(one: Row) -> ReorderRule:
    return ReorderRule(
        sku=one.product.sku,
        warehouse=one.warehouse.code,
        reorder_point=number(one.reorder_point),
        safety_stock=number(one.safety_stock),
        target=number(one.target),
        supplier=one.supplier.number if one.supplier else None,
        lead_days=one.lead_days,
        is_active=one.is_active,
        version=one.version,
    )
