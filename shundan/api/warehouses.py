"""Warehouses: where they are, who runs them, and who answers for them."""

from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Named, Person, Row, Words
from shundan.api.people import Who, user_id_of
from shundan.api.routes import Routes
from shundan.api.sent_back import SentBack
from shundan.inventory.actions import create_warehouse
from shundan.inventory.queries import get_warehouse, list_warehouses
from shundan.ui.doors import SIGNED_IN

routes = Routes("stock", operations="stock")


class Warehouse(Named):
    """A place that holds stock."""

    province: str
    city: str
    street: str
    operator: str
    priority: int
    # Who answers for it: agrees to what leaves it for another warehouse, and signs for what arrives.
    keeper: Person | None
    is_active: bool


class WarehouseList(Answer):
    """All active warehouses, the default one first."""

    items: list[Warehouse]


class WarehouseGiven(SentBack):
    """A warehouse; one with the same code is renamed. What was read of it may be sent back whole."""

    read_as = Warehouse

    code: Annotated[Code, Field(pattern=r"^[A-Za-z0-9_-]{1,30}$")]
    name_zh: Annotated[Words, Field(min_length=1)]
    name_en: Words = ""
    province: Words = ""
    city: Words = ""
    operator: Literal["own", "third_party"] = "own"
    # Of several that could ship, higher numbers are asked first.
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    # Who answers for it, "" for nobody; left out, it stays.
    keeper: Who | Literal[""] | None = None


@routes.get("/warehouses", permission=SIGNED_IN, answer=WarehouseList)
def warehouses(request: HttpRequest) -> WarehouseList:
    """List the active warehouses, the default one first."""
    return WarehouseList(items=[_warehouse(one) for one in list_warehouses(by=actor(request))])


@routes.post("/warehouses", permission="warehouse.edit", answer=Warehouse)
def add_warehouse(request: HttpRequest, given: WarehouseGiven) -> Warehouse:
    """Add a warehouse, or rename the one with this code."""
    by = actor(request)
    given.check_unsettable(lambda: _warehouse(get_warehouse(given.code, by=by)))
    facts = dict(given)
    keeper = facts.pop("keeper")
    if keeper is not None:
        facts["keeper_id"] = user_id_of(keeper, path="keeper") if keeper else None
    return _warehouse(create_warehouse(**facts, by=by))


def _warehouse(one: Row) -> Warehouse:
    facts = {name: getattr(one, name) for name in Warehouse.model_fields if name != "keeper"}
    return Warehouse(**facts, keeper=Person(id=str(one.keeper_id), name=one.keeper.name) if one.keeper_id else None)
