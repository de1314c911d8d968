"""The columns of lists of orders that each person chose: the pages' lists and files have the same ones."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Given
from shundan.api.routes import Routes
from shundan.orders.actions import choose_columns
from shundan.orders.queries import LIST_COLUMNS, STANDARD_COLUMNS, chosen_columns

routes = Routes("list_columns")
Kind = Literal["sale", "purchase", "return", "service", "transfer"]


class ListWanted(Given):
    """Which list: a kind of orders and a view of it."""

    kind: Kind = "sale"
    view: Code = "all"


class ListColumnsGiven(Given):
    """The wished columns in their order, `attribute.CODE` for an attribute; none brings back the standard ones."""

    kind: Kind = "sale"
    view: Code = "all"
    columns: Annotated[list[Code], Field(max_length=30)]


class Columns(Answer):
    """The columns of a view, whether you chose them yourself, and those that every order has."""

    kind: str
    view: str
    columns: list[str]
    is_own: bool
    known: list[str]


@routes.get("/list-columns", permission="order.read", answer=Columns)
def show(request: HttpRequest, wanted: Query[ListWanted]) -> Columns:
    """Tell which columns you see in a view of a list of orders."""
    return _columns(request, wanted.kind, wanted.view)


@routes.put("/list-columns", permission="order.read", answer=Columns)
def choose(request: HttpRequest, given: ListColumnsGiven) -> Columns:
    """Choose which columns you see in a view of a list of orders, and in files of it."""
    choose_columns(given.columns, kind=given.kind, view=given.view, by=actor(request))
    return _columns(request, given.kind, given.view)


def _columns(request: HttpRequest, kind: str, view: str) -> Columns:
    chosen = chosen_columns(kind=kind, view=view, by=actor(request))
    shown = list(chosen or STANDARD_COLUMNS)
    return Columns(kind=kind, view=view, columns=shown, is_own=bool(chosen), known=list(LIST_COLUMNS))
