"""Which saved views of a list somebody is offered."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from shundan.accounts.models import Department
from shundan.kernel.actor import Actor
from shundan.kernel.kept import kept
from shundan.orders.models import SavedView
from shundan.orders.rules.views import AUDIENCES as AUDIENCES
from shundan.orders.rules.views import DEPARTMENT, EVERYBODY, SELF
from shundan.orders.rules.views import column_view as column_view

SHARING = "view.share"


def saved_views(*, kind: str, by: Actor) -> list[SavedView]:
    """Return the views of a kind's list that the actor made or is offered, own ones first, each part by name."""
    if not by.may("order.read"):
        return []
    found = _offered(by.id or 0, by.department_id or 0, kind)
    return sorted(found, key=lambda one: one.owner_id != by.id)


@kept
def _offered(user: Any, department: Any, kind: Any) -> QuerySet[SavedView]:
    # A department's view is for all departments below it too.
    home = Department.objects.filter(pk=department, path__startswith=OuterRef("department__path"))
    offered = Q(audience=EVERYBODY) | Q(Exists(home), audience=DEPARTMENT)
    rows = SavedView.objects.filter(Q(owner_id=user) | offered, kind=kind).select_related("owner")
    return rows.order_by("name", "id")


def audiences_open_to(by: Actor) -> tuple[str, ...]:
    """Return to whom the actor may offer a view: always to themselves."""
    scope = by.scope_of(SHARING)
    if scope is None:
        return (SELF,)
    departments = (DEPARTMENT,) if by.department_id is not None else ()
    return (SELF, *departments, EVERYBODY) if scope == "all" else (SELF, *departments)
