"""Orders and their approval: who is asked, and how the order goes on when they have decided."""

from dataclasses import replace

from shundan.accounts.queries import role_holders_unscoped
from shundan.kernel.actor import Actor
from shundan.orders.actions.move import APPROVES, REJECTS, WITHDRAWS, advance_order
from shundan.orders.models import Order
from shundan.orders.queries import lock_order_unscoped
from shundan.workflow.actions import Request, Route, RouteStep, start_approval
from shundan.workflow.queries import definition_of
from shundan.workflow.registries import Subject

RIGHT = "order.approve"


def ask_for_approval(order: Order, *, by: Actor) -> None:
    """Ask those whom the table names for their decision about an order as it is now, or note that nobody must."""
    level = definition_of(order.workflow_id).approval_for(order.company_total)
    if level is None:
        order.approval = "not_needed"
        return
    people = role_holders_unscoped(
        level.role, right=RIGHT, owner_id=order.owner_id, team_id=order.team_id, department_id=order.department_id
    )
    step = RouteStep(1, "any", 0, tuple(people), f"role:{level.role}", "", "", "")
    request = Request(
        subject=order.subject,
        content_hash=order.content_hash,
        version=order.version + 1,
        right=RIGHT,
        title=order.number,
        party=order.customer.name,
        amount=order.company_total,
        currency="CNY",
        facts={"company_total": str(order.company_total)},
        owner_id=order.owner_id,
        team_id=order.team_id,
        department_id=order.department_id,
    )
    start_approval(request, Route(steps=(step,), is_automatic=False, problems=()), by=by)
    order.approval = "pending"


def content_of_order(order_id: int) -> tuple[str, int]:
    """Lock an order and return its (content hash, version) of now."""
    order = lock_order_unscoped(order_id)
    return order.content_hash, order.version


def take_on_decided_order(subject: Subject, outcome: str, by: Actor, *, remark: str) -> None:
    """Take an order on when its approval has ended: approved, or back to a draft.

    Whoever decided had the right from the table, so the step is taken with the house's authority in their name.
    """
    order = lock_order_unscoped(subject[1])
    wanted = {"approved": APPROVES, "withdrawn": WITHDRAWS}.get(outcome, REJECTS)
    definition = definition_of(order.workflow_id)
    ways = [one for one in definition.leaving(order.state) if wanted in one.does]
    # Cancelling withdraws what was asked, too; going back is what is meant here.
    ways = [one for one in ways if outcome == "approved" or definition.state(one.target).category == "draft"]
    inputs = {"remark" if outcome == "approved" else "reason": remark}
    authority = replace(by, grants=by.as_system().grants)
    advance_order(order, transitions=[ways[0].name], by=authority, inputs=inputs)
