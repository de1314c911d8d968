"""Why a product is not available: who holds it, who waits for it, what comes when, what lies here consigned."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import Answer, DayText, Moment, Plain, Row, moment, number
from shundan.api.routes import Routes
from shundan.api.stock_places import ProductWanted
from shundan.catalog.queries import get_product
from shundan.inventory.queries import consigned_of_product
from shundan.orders.queries import why_not_available

routes = Routes("stock_places", operations="stock_places")


class Holder(Answer):
    """Who holds units; an order that you may not see has no number."""

    order: str | None
    party: str
    kind: str
    warehouse: str
    quantity: Plain
    picked: Plain
    since: Moment
    until: Moment | None
    priority: int


class Waiter(Answer):
    """Who lacks units."""

    order: str | None
    party: str
    quantity: Plain
    wanted_on: DayText | None
    priority: int


class Arrival(Answer):
    """What comes, and when, if a day was given."""

    order: str | None
    party: str
    kind: str
    warehouse: str
    quantity: Plain
    on: DayText | None


class ConsignedHere(Answer):
    """What a supplier has lying in a warehouse: ours once it is ordered from them and taken over."""

    supplier: str
    warehouse: str
    quantity: Plain


class Shortage(Answer):
    """Who holds a product, who waits for it in the order of service, what comes when, and what lies here consigned."""

    holders: list[Holder]
    waiters: list[Waiter]
    arrivals: list[Arrival]
    consigned: list[ConsignedHere]


@routes.get("/stock/shortage", permission="stock.read", answer=Shortage)
def shortage(request: HttpRequest, wanted: Query[ProductWanted]) -> Shortage:
    """Say why a product is not available: who holds it since when until when, who waits, what comes when."""
    by = actor(request)
    product = get_product(wanted.sku, by=by)
    found = why_not_available(product.pk, by=by)
    return Shortage(
        consigned=[
            ConsignedHere(supplier=one.supplier.number, warehouse=one.warehouse, quantity=number(one.quantity))
            for one in consigned_of_product(product.pk, by=by)
        ],
        holders=[
            Holder(
                **_paper(one),
                kind=one.kind,
                warehouse=one.warehouse,
                picked=number(one.picked),
                since=moment(one.since),
                until=moment(one.until) if one.until else None,
                priority=one.priority,
            )
            for one in found.holders
        ],
        waiters=[Waiter(**_paper(one), wanted_on=_day(one.wanted_on), priority=one.priority) for one in found.waiters],
        arrivals=[
            Arrival(**_paper(one), kind=one.kind, warehouse=one.warehouse, on=_day(one.on)) for one in found.arrivals
        ],
    )


def _paper(one: Row) -> dict[str, Any]:
    return {"order": one.number or None, "party": one.party, "quantity": number(one.quantity)}


def _day(on: Any) -> str | None:
    return on.isoformat() if on else None
