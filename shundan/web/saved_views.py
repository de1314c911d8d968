"""Saved views of a list of orders: tabs beside the shipped ones, and the bar that saves, changes and deletes them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.orders.actions import ViewInput, change_view, delete_view, save_view
from shundan.orders.queries import SavedView, audiences_open_to, column_view, saved_views
from shundan.ui.doors import page
from shundan.web.attribute_lists import filter_names
from shundan.web.forms import go, refused_fragment
from shundan.web.frame import leave_message
from shundan.web.kinds import Face, require_kind
from shundan.web.lists import State, tabs
from shundan.web.order_filters import FILTERS, view_of

VERBS = ("save", "edit", "delete")


class SavedViews:
    """The saved views that somebody is offered in a list, and the one that its address names."""

    def __init__(self, state: State, face: Face, by: Actor) -> None:
        self._state, self._face, self._by = state, face, by
        self.offered = saved_views(kind=face.kind, by=by)
        self.chosen = next((one for one in self.offered if one.pk == state.whole("saved")), None)

    @property
    def columns_of(self) -> str:
        """Return the view under which the reader's columns are kept."""
        return column_view(self.chosen.pk) if self.chosen else view_of(self._state, self._face)

    def tabs(self, counts: dict[str, int]) -> list[dict[str, Any]]:
        """Return the tabs of the shipped views and of the saved ones."""
        shipped = tabs(
            self._state,
            self._face.views,
            active="" if self.chosen else view_of(self._state, self._face),
            counts=counts,
        )
        own = [
            {"label": one.name, "url": _url(one), "active": one is self.chosen, "count": None, "icon": "bookmark"}
            for one in self.offered
        ]
        return [*shipped, *own]

    def bar(self) -> dict[str, Any] | None:
        """Return what can be saved of the list as it stands, None if there is nothing to say."""
        query, chosen = _kept(self._state.query), self.chosen
        if not query and chosen is None:
            return None
        return {
            "query": query,
            "url": self._face.url("saved_views"),
            "id": chosen.pk if chosen else "",
            "name": chosen.name if chosen else "",
            "owner": "" if chosen is None or chosen.owner_id == self._by.id else chosen.owner.name,
            "is_own": chosen is not None and chosen.owner_id == self._by.id,
            "is_changed": chosen is not None and query != chosen.query,
            "revert_url": _url(chosen) if chosen else "",
            "audience": chosen.audience if chosen else "self",
            "audiences": [(one, _audience(one)) for one in audiences_open_to(self._by)],
        }


@page("order.read", methods=("POST",))
def change(request: HttpRequest, *, by: Actor, kind: str = "sale") -> HttpResponse:
    """Save the list as a new view, give an own one the present filter, rename or delete it; then show it."""
    face = require_kind(by, "order.read", kind)
    given = request.POST
    try:
        known = _named(given, face, by)
        if given.get("do") == "delete" and known is not None:
            delete_view(known.pk, by=by)
            leave_message(request, _("View “%(name)s” deleted.") % {"name": known.name})
            return go(request, face.url())
        view = _save(given, known, face, by)
    except Refused as refusal:
        return refused_fragment(request, refusal)
    leave_message(request, _("View “%(name)s” saved.") % {"name": view.name})
    return go(request, face.url() + _url(view))


def _named(given: QueryDict, face: Face, by: Actor) -> SavedView | None:
    """Return the view that a form means, None for a new one. Raises: Malformed."""
    wished = State(given).whole("id")
    found = next((one for one in saved_views(kind=face.kind, by=by) if one.pk == wished), None)
    if given.get("do") not in ("new", *VERBS) or (given.get("do") != "new" and found is None):
        raise Malformed(details=[Detail("do", "unknown", _("Choose one of the offered values."))])
    return found


def _save(given: QueryDict, known: SavedView | None, face: Face, by: Actor) -> SavedView:
    state = State(given)
    name, audience = state.text("name"), state.text("audience") or "self"
    query = _kept(QueryDict(given.get("query", "")[:4000]))
    if given.get("do") == "new" or known is None:
        return save_view(ViewInput(name, query, audience), kind=face.kind, by=by)
    if given.get("do") == "edit":
        return change_view(known.pk, ViewInput(name, known.query, audience), by=by)
    return change_view(known.pk, ViewInput(known.name, query, known.audience), by=by)


def _kept(query: QueryDict) -> str:
    """Return what a view keeps of an address, always in the same order: filters, search and sorting."""
    known = {"q", "sort", "view", *FILTERS, *filter_names(State(query))}
    kept = QueryDict(mutable=True)
    for name in sorted(known & set(query)):
        kept.setlist(name, sorted(value for value in query.getlist(name) if value))
    if kept.get("view") == "all":
        del kept["view"]
    return kept.urlencode()


def _url(view: SavedView) -> str:
    return f"?saved={view.pk}&{view.query}"


def _audience(code: str) -> str:
    return {"self": _("Only me"), "department": _("My department"), "all": _("Everybody")}[code]
