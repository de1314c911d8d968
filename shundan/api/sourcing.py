"""Which warehouse ships: the rules in their order, and what they say of an order."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Plain, number
from shundan.api.routes import Routes
from shundan.orders.actions import save_sourcing_rules
from shundan.orders.queries import get_order, preview_sourcing, sourcing_rules

routes = Routes("sourcing")
Kind = Literal["single_parcel", "nearest", "own_fleet", "priority", "split", "divide", "direct"]


class SourcingRuleGiven(Given):
    """One rule, and whether it is asked."""

    kind: Kind
    is_active: Flag = True


class RulesGiven(Given):
    """All rules, each once, in the order in which they are asked."""

    rules: Annotated[list[SourcingRuleGiven], Field(min_length=1, max_length=20)]


class Rule(Answer):
    """One rule, and whether it is asked."""

    kind: str
    is_active: bool


class RuleList(Answer):
    """The rules in the order in which they are asked."""

    rules: list[Rule]


class OrderWanted(Given):
    """Which order."""

    order: Annotated[Code, Field(min_length=1)]


class Candidate(Answer):
    """A warehouse; `distance` is 0 in the same city, 1 in the province, 2 in the region, 3 elsewhere."""

    warehouse: str
    covers: int
    distance: int
    is_own: bool
    priority: int


class PartSource(Answer):
    """How much of a line a warehouse would ship."""

    warehouse: str
    quantity: Plain


class LineSource(Answer):
    """Which warehouse would ship a line, and whether it has all of it; or which supplier brings it to the customer.

    `parts` say who ships how much of a line that confirming would divide.
    """

    line: int
    sku: str
    warehouse: str
    is_covered: bool
    parts: list[PartSource]
    supplier: str


class Sourcing(Answer):
    """What the rules say of an order; nothing is saved."""

    warehouses: list[Candidate]
    lines: list[LineSource]


@routes.get("/sourcing", permission="stock.read", answer=RuleList)
def index(request: HttpRequest) -> RuleList:
    """List the rules in their order."""
    return RuleList(rules=[Rule(kind=kind, is_active=is_active) for kind, is_active in sourcing_rules()])


@routes.put("/sourcing", permission="warehouse.edit", answer=RuleList)
def save(request: HttpRequest, given: RulesGiven) -> RuleList:
    """Keep the rules in the order given."""
    save_sourcing_rules([(one.kind, one.is_active) for one in given.rules], by=actor(request))
    return index(request)


@routes.get("/sourcing/preview", permission="stock.read", answer=Sourcing)
def preview(request: HttpRequest, wanted: Query[OrderWanted]) -> Sourcing:
    """Show what the rules say of an order."""
    by = actor(request)
    found = preview_sourcing(get_order(wanted.order, by=by), by=by)
    codes = {pk: one.code for pk, one in found.warehouses.items()}
    return Sourcing(
        warehouses=[
            Candidate(
                warehouse=codes[one.place.id],
                covers=one.covers,
                distance=one.distance,
                is_own=one.place.is_own,
                priority=one.place.priority,
            )
            for one in found.sourced.ranking
        ],
        lines=[
            LineSource(
                line=line.position,
                sku=line.sku,
                warehouse="" if line.position in found.direct else codes[found.sourced.places[line.position]],
                is_covered=line.position in found.direct or found.sourced.is_covered[line.position],
                parts=[
                    PartSource(warehouse=codes[pk], quantity=number(quantity))
                    for pk, quantity in found.sourced.parts.get(line.position, ())
                    if line.position not in found.direct
                ],
                supplier=found.direct[line.position].number if line.position in found.direct else "",
            )
            for line in found.lines
            if line.position in found.sourced.places or line.position in found.direct
        ],
    )
