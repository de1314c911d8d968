"""Kits on drafts: breaking one up."""

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Code, Given, Version
from shundan.api.order_answers import Order, order_answer
from shundan.api.routes import Routes
from shundan.orders.actions import break_up_kit

routes = Routes("order_kits")


class KitToBreakUp(Given):
    """With `version` it is refused if somebody changed the order."""

    version: Version | None = None


@routes.post("/orders/{number}/kits/{group}/break-up", permission="order.edit", answer=Order, status=200)
def break_up(request: HttpRequest, number: Code, group: int, given: KitToBreakUp) -> Order:
    """Make ordinary lines of the kit that lines of a draft name as `group`, at the prices they have."""
    by = actor(request)
    return order_answer(break_up_kit(number, group, version=given.version, by=by), by=by)
