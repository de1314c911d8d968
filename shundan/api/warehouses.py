"""Warehouses: where they are, who runs them, and who answers for them."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given, Named, Person, Row, Version, Words
from shundan.api.people import Who, user_id_of
from shundan.api.routes import Routes
from shundan.api.sent_back import SentBack
from shundan.inventory.actions import (
    WarehouseInput,
    change_warehouse,
    close_warehouse,
    create_warehouse,
    reopen_warehouse,
)
from shundan.inventory.queries import get_warehouse, list_warehouses
from shundan.ui.doors import SIGNED_IN

routes = Routes("stock", operations="stock")


class Warehouse(Named):
    """A place that holds stock."""

    province: str
    city: str
    district: str
    street: str
    # Who is called there, by carriers and drivers.
    contact_name: str
    phone: str
    operator: str
    priority: int
    # Who answers for it: agrees to what leaves it for another warehouse, and signs for what arrives.
    keeper: Person | None
    is_active: bool
    # Orders ship from here unless they say otherwise.
    is_default: bool
    version: int


class WarehouseList(Answer):
    """Warehouses, the default one first."""

    items: list[Warehouse]


class _Facts(Given):
    """What is kept of a warehouse besides its code."""

    name_zh: Annotated[Words, Field(min_length=1)]
    name_en: Words = ""
    province: Words = ""
    city: Words = ""
    district: Words = ""
    # With province and city it is where carriers fetch goods, instead of the address of the account with them.
    street: Words = ""
    contact_name: Words = ""
    phone: Words = ""
    operator: Literal["own", "third_party"] = "own"
    # Of several that could ship, higher numbers are asked first.
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    # Who answers for it, "" for nobody; left out, it stays.
    keeper: Who | Literal[""] | None = None
    # Left out, it stays as it is; another one that becomes the default takes it over.
    is_default: bool | None = None


class WarehouseGiven(_Facts, SentBack):
    """A warehouse; one with the same code is changed. What was read of it may be sent back whole."""

    read_as = Warehouse

    code: Annotated[Code, Field(pattern=r"^[A-Za-z0-9_-]{1,30}$")]


class WarehouseToSave(_Facts, SentBack):
    """A warehouse as it shall be instead of the version the client read, which may be sent back whole."""

    read_as = Warehouse

    version: Version


class WarehousesWanted(Given):
    """Which warehouses to list."""

    # Closed ones, too.
    closed: bool = False


@routes.get("/warehouses", permission=SIGNED_IN, answer=WarehouseList)
def warehouses(request: HttpRequest, wanted: Query[WarehousesWanted]) -> WarehouseList:
    """List the active warehouses, the default one first; with `closed` all of them."""
    return WarehouseList(
        items=[_warehouse(one) for one in list_warehouses(by=actor(request), active=not wanted.closed)]
    )


@routes.get("/warehouses/{code}", permission=SIGNED_IN, answer=Warehouse)
def warehouse(request: HttpRequest, code: Code) -> Warehouse:
    """Show a warehouse."""
    return _warehouse(get_warehouse(code, by=actor(request)))


@routes.post("/warehouses", permission="warehouse.edit", answer=Warehouse)
def add_warehouse(request: HttpRequest, given: WarehouseGiven) -> Warehouse:
    """Add a warehouse, or change the one with this code."""
    by = actor(request)
    given.check_unsettable(lambda: _warehouse(get_warehouse(given.code, by=by)))
    return _warehouse(create_warehouse(code=given.code, by=by, **_facts_of(given)))


@routes.put("/warehouses/{code}", permission="warehouse.edit", answer=Warehouse)
def save_warehouse(request: HttpRequest, code: Code, given: WarehouseToSave) -> Warehouse:
    """Replace a warehouse's data; 409 version_conflict shows both values."""
    by = actor(request)
    given.check_unsettable(lambda: _warehouse(get_warehouse(code, by=by)))
    wanted = WarehouseInput(**_facts_of(given))
    return _warehouse(change_warehouse(code, wanted, version=given.version, by=by))


@routes.post("/warehouses/{code}/close", permission="warehouse.edit", answer=Warehouse, status=200)
def close(request: HttpRequest, code: Code) -> Warehouse:
    """Let nothing new go there or come from there; 409 warehouse_in_use names what still needs it."""
    return _warehouse(close_warehouse(code, by=actor(request)))


@routes.post("/warehouses/{code}/reopen", permission="warehouse.edit", answer=Warehouse, status=200)
def reopen(request: HttpRequest, code: Code) -> Warehouse:
    """Use a closed warehouse again."""
    return _warehouse(reopen_warehouse(code, by=actor(request)))


def _facts_of(given: _Facts) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(given, name) for name in _Facts.model_fields if name != "keeper"}
    if given.keeper is not None:
        facts["keeper_id"] = user_id_of(given.keeper, path="keeper") if given.keeper else None
    return facts


def _warehouse(one: Row) -> Warehouse:
    facts = {name: getattr(one, name) for name in Warehouse.model_fields if name != "keeper"}
    return Warehouse(**facts, keeper=Person(id=str(one.keeper_id), name=one.keeper.name) if one.keeper_id else None)
