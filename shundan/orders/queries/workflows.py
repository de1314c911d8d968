"""Which order types use which workflow, and how many running orders keep which version of it."""

from django.db.models import Count

from shundan.kernel.actor import Actor
from shundan.kernel.errors import require
from shundan.orders.models import Order, OrderType
from shundan.workflow.queries import Definition, misfits_of

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
