"""Which order types use which workflow, how many orders keep which version, and by which way one is amended."""

from django.db.models import Count

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.orders.models import Order, OrderType
from shundan.workflow.queries import (
    SAME_STATE,
    Definition,
    Offer,
    Transition,
    current_version_id,
    definition_of,
    misfits_of,
    offers_among,
    offers_of,
)

# The effect by which a definition says where an order may be amended, and by whom.
AMENDS = "apply_order_amendment"
RUNNING = ("draft", "submitted", "approved", "confirmed", "in_progress")


def types_by_workflow(*, by: Actor) -> dict[str, list[OrderType]]:
    """Return the order types that use each workflow, by its code. Raises: NotPermitted."""
    require(by, "workflow.manage")
    found: dict[str, list[OrderType]] = {}
    for one in OrderType.objects.order_by("id"):
        found.setdefault(one.workflow, []).append(one)
    return found


def types_that_fit(definition: Definition, *, by: Actor) -> list[OrderType]:
    """Return the active order types whose orders could follow a workflow. Raises: NotPermitted."""
    require(by, "workflow.manage")
    return [
        one for one in OrderType.objects.filter(is_active=True).order_by("id") if not misfits_of(definition, one.kind)
    ]


def count_running_orders(*, by: Actor) -> dict[int, int]:
    """Return how many orders that have not ended follow each version of a workflow, by its id. Raises: NotPermitted."""
    require(by, "workflow.manage")
    rows = Order.objects.filter(category__in=RUNNING, is_history=False).values_list("workflow_id")
    return dict(rows.annotate(number=Count("pk")).order_by())


def amending_way(order: Order) -> Transition | None:
    """Return the transition by which an order may be amended as it stands, or None.

    An order whose version has no such transition at all is amended by that of the version in force: it leads nowhere,
    so the order stays in its own version and state. What counts there is the category of the state.
    """
    own = definition_of(order.workflow_id)
    if knows_amendments(order.workflow_id):
        return next((one for one in own.leaving(order.state) if AMENDS in one.does), None)
    if order.category not in ("confirmed", "in_progress"):
        return None
    house = definition_of(current_version_id(own.code))
    return next(
        (
            one
            for one in house.transitions
            if AMENDS in one.does
            and one.target == SAME_STATE
            and order.category in {house.state(source).category for source in one.sources}
        ),
        None,
    )


def knows_amendments(workflow_id: int) -> bool:
    """Tell whether a version says itself where its orders may be amended."""
    return any(AMENDS in one.does for one in definition_of(workflow_id).transitions)


def offers_of_order(order: Order, *, by: Actor) -> list[Offer]:
    """Return the ways out of an order's state that the actor's roles allow, and how it may be amended."""
    offers = offers_of(order, by=by)
    if knows_amendments(order.workflow_id):
        return offers
    borrowed = amending_way(order)
    return offers + (offers_among([borrowed], order, by=by) if borrowed else [])
