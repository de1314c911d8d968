"""Changes that were asked for on an order."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.kernel.kept import kept
from shundan.orders.models import Order, OrderAmendment, OrderLine
from shundan.orders.queries.reasons import reason_codes
from shundan.orders.queries.record import lines_of
from shundan.orders.rules.changes import INITIATORS, OPEN_STATES, least_quantity
from shundan.orders.rules.reasons import AMEND, ReasonCode
from shundan.orders.scopes import order_scope


def amendments_of(order: Order) -> list[OrderAmendment]:
    """Return the changes that were asked for on an order, newest first; the caller has scoped the order."""
    return list(OrderAmendment.objects.filter(order_id=order.pk).select_related("order").order_by("-number"))


def get_amendment(order_number: str, number: int, *, by: Actor) -> OrderAmendment:
    """Return one change of an order that the actor may see, with its order. Raises: NotFound."""
    rows = OrderAmendment.objects.filter(order_scope(by, "order.read", path="order__"))
    rows = rows.select_related("order__customer", "order__supplier", "order__type", "order__owner")
    found = rows.filter(order__number=order_number.replace("\x00", ""), number=number).first()
    if found is None:
        raise NotFound(what="amendment", key=f"{order_number[:100]}-C{number}")
    return found


def amendment_of_subject(subject: tuple[str, int], *, by: Actor) -> OrderAmendment | None:
    """Return the visible change that an approval is about, with its order, or None for what is none."""
    if subject[0] != "amendment" or not by.may("order.read"):
        return None
    rows = OrderAmendment.objects.filter(order_scope(by, "order.read", path="order__"), pk=subject[1])
    return rows.select_related("order").first()


def open_amendment_of(order: Order) -> OrderAmendment | None:
    """Return the change of an order that waits to be decided, loaded once for each instance of the order.

    The caller has scoped the order.
    """
    if "loaded_amendment" not in order.__dict__:
        found = next(iter(_open_ones(order.pk)), None)
        if found is not None:
            found.order = order
        order.__dict__["loaded_amendment"] = found
    amendment: OrderAmendment | None = order.__dict__["loaded_amendment"]
    return amendment


@kept
def _open_ones(order_id: Any) -> QuerySet[OrderAmendment]:
    return OrderAmendment.objects.filter(order_id=order_id, state__in=OPEN_STATES).order_by("id")[:1]


def amendment_choices() -> tuple[list[ReasonCode], tuple[str, ...]]:
    """Return the reasons for a change, and the codes of who may have asked for it."""
    return reason_codes(AMEND), INITIATORS


def amendable_lines(order: Order) -> dict[OrderLine, Decimal]:
    """Return each line of an order with the least quantity that it may still be reduced to."""
    return {line: least_quantity(line) for line in lines_of(order)}
