"""Saved views of lists of orders: filters under a name, one's own or offered to a department or to everybody."""

from typing import Literal

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import Answer, Given, Id, Text, Words
from shundan.api.list_columns import Kind
from shundan.api.routes import Routes
from shundan.orders.actions import ViewInput, change_view, delete_view, save_view
from shundan.orders.queries import SavedView, saved_views

routes = Routes("saved_views")


class ViewsWanted(Given):
    """Which list: a kind of orders."""

    kind: Kind = "sale"


class ViewGiven(Given):
    """A view: its name, its filter as the address of the list says it, and whom it is offered to."""

    name: Words
    query: Text
    audience: Literal["self", "department", "all"] = "self"


class NewView(ViewGiven):
    """A view of the list of a kind."""

    kind: Kind = "sale"


class View(Answer):
    """A saved view."""

    id: str
    kind: str
    name: str
    query: str
    audience: str
    owner: str
    is_own: bool


class Views(Answer):
    """The saved views of a list."""

    items: list[View]


@routes.get("/saved-views", permission="order.read", answer=Views)
def show(request: HttpRequest, wanted: Query[ViewsWanted]) -> Views:
    """List the views of a list of orders that you made or are offered."""
    return Views(items=[_view(one, request) for one in saved_views(kind=wanted.kind, by=actor(request))])


@routes.post("/saved-views", permission="order.read", answer=View, status=201)
def create(request: HttpRequest, given: NewView) -> View:
    """Save a filter of a list under a name."""
    wish = ViewInput(given.name, given.query, given.audience)
    return _view(save_view(wish, kind=given.kind, by=actor(request)), request)


@routes.put("/saved-views/{view_id}", permission="order.read", answer=View)
def change(request: HttpRequest, view_id: Id, given: ViewGiven) -> View:
    """Give a view of yours another filter, name or audience."""
    wish = ViewInput(given.name, given.query, given.audience)
    return _view(change_view(int(view_id), wish, by=actor(request)), request)


@routes.delete("/saved-views/{view_id}", permission="order.read")
def delete(request: HttpRequest, view_id: Id) -> None:
    """Take a view of yours away, for everybody."""
    delete_view(int(view_id), by=actor(request))


def _view(view: SavedView, request: HttpRequest) -> View:
    return View(
        id=str(view.pk),
        kind=view.kind,
        name=view.name,
        query=view.query,
        audience=view.audience,
        owner=view.owner.name,
        is_own=view.owner_id == actor(request).id,
    )
