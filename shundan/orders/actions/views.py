"""Saving a narrowed list as a view, changing it, and taking it away."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shundan.accounts.models import User
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, NotPermitted, Refused, require
from shundan.kernel.events import record
from shundan.orders.kinds import KINDS
from shundan.orders.models import ListColumns, SavedView
from shundan.orders.queries.views import SHARING, audiences_open_to
from shundan.orders.rules.views import (
    AUDIENCES,
    DEPARTMENT,
    LONGEST_VIEW_NAME,
    LONGEST_VIEW_QUERY,
    MOST_VIEWS,
    column_view,
)


class ViewNameTaken(Refused):
    """The actor has another view of this name in the same list."""

    code = "view_name_taken"
    sentence = _("You already have a view “%(name)s” in this list; choose another name or save into that one.")


class TooManyViews(Refused):
    """The actor has as many views of a list as anybody may have."""

    code = "too_many_views"
    sentence = _("You have %(most)s views in this list; delete one that you no longer need.")


@dataclass(frozen=True, slots=True)
class ViewInput:
    """What a view is: its name, the filter as an address says it, and whom it is offered to."""

    name: str
    query: str
    audience: str = "self"


@action
def save_view(given: ViewInput, *, kind: str, by: Actor) -> SavedView:
    """Keep a narrowed list under a name; saving the very same once more gives the one that is there.

    Raises: NotPermitted, Malformed, ViewNameTaken, TooManyViews.
    """
    owner_id = _owner(by, given, kind)
    # Whoever saves twice at the same moment waits here for the first.
    User.objects.select_for_update().get(pk=owner_id)
    name = given.name.strip()
    known = SavedView.objects.filter(owner_id=owner_id, kind=kind, name=name).first()
    if known is not None:
        if (known.query, known.audience) != (given.query, given.audience):
            raise ViewNameTaken(name=name)
        return known
    if SavedView.objects.filter(owner_id=owner_id, kind=kind).count() >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    view = SavedView.objects.create(
        owner_id=owner_id,
        kind=kind,
        name=name,
        query=given.query,
        audience=given.audience,
        department_id=_of(given, by),
    )
    _tell("view.saved", view, by)
    return view


@action
def change_view(view_id: int, given: ViewInput, *, by: Actor) -> SavedView:
    """Give an own view another filter, name or audience.

    Raises: NotPermitted, NotFound, Malformed, ViewNameTaken.
    """
    view = _own_view(view_id, by)
    _owner(by, given, view.kind)
    name = given.name.strip()
    if SavedView.objects.filter(owner_id=view.owner_id, kind=view.kind, name=name).exclude(pk=view.pk).exists():
        raise ViewNameTaken(name=name)
    wished = {"name": name, "query": given.query, "audience": given.audience, "department_id": _of(given, by)}
    if any(getattr(view, field) != value for field, value in wished.items()):
        for field, value in wished.items():
            setattr(view, field, value)
        view.save()
        _tell("view.changed", view, by)
    return view


@action
def delete_view(view_id: int, *, by: Actor) -> SavedView:
    """Take an own view away, for all whom it was offered to, with the columns they chose in it.

    Raises: NotPermitted, NotFound.
    """
    view = _own_view(view_id, by)
    ListColumns.objects.filter(kind=view.kind, view=column_view(view.pk)).delete()
    _tell("view.deleted", view, by)
    SavedView.objects.filter(pk=view.pk).delete()
    return view


def _own_view(view_id: int, by: Actor) -> SavedView:
    require(by, "order.read")
    found = SavedView.objects.select_for_update().filter(pk=view_id, owner_id=by.id or 0).first()
    if found is None:
        raise NotFound(what="list view", key=view_id)
    return found


def _owner(by: Actor, given: ViewInput, kind: str) -> int:
    """Return who owns the view. Raises: NotPermitted, Malformed."""
    require(by, "order.read")
    if by.id is None:
        raise NotPermitted(permission="order.read")
    faults = []
    if kind not in KINDS:
        faults.append(Detail("kind", "unknown", _("Choose one of the offered values.")))
    if not given.name.strip() or len(given.name.strip()) > LONGEST_VIEW_NAME or "\x00" in given.name:
        faults.append(Detail("name", "invalid_text", _("Enter a name of at most 40 characters.")))
    if not given.query or len(given.query) > LONGEST_VIEW_QUERY or "\x00" in given.query:
        faults.append(Detail("query", "nothing_to_save", _("Narrow or sort the list first; at most 2,000 characters.")))
    if given.audience not in AUDIENCES:
        faults.append(Detail("audience", "unknown", _("Choose one of the offered values.")))
    if faults:
        raise Malformed(details=faults)
    if given.audience not in audiences_open_to(by):
        raise NotPermitted(permission=SHARING)
    return by.id


def _of(given: ViewInput, by: Actor) -> int | None:
    return by.department_id if given.audience == DEPARTMENT else None


def _tell(kind: str, view: SavedView, by: Actor) -> None:
    data = {"view": view.pk, "list": view.kind, "name": view.name, "query": view.query, "audience": view.audience}
    record(kind, subject=("user", by.id or 0), by=by, data=data)
