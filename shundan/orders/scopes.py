"""Which orders an actor sees."""

from django.db.models import Q, QuerySet

from shundan.accounts.scopes import scope_filter
from shundan.kernel.actor import Actor
from shundan.orders.models import Order
from shundan.orders.rules import RELEASED


def visible_orders(by: Actor, permission: str = "order.read") -> QuerySet[Order]:
    """Return the orders for which the actor holds the permission."""
    return Order.objects.filter(order_scope(by, permission))


def order_scope(by: Actor, permission: str, *, path: str = "") -> Q:
    """Return the scope as a condition; `path` leads from another table to the order, e.g. `order__`."""
    return scope_filter(
        by,
        permission,
        owner=f"{path}owner_id",
        team=f"{path}team_id",
        department=f"{path}department_id",
        other_department=f"{path}target_department_id",
        kind=f"{path}kind",
        named={"released": Q(**{f"{path}category__in": RELEASED})},
    )
