"""Orders and their approval: who is asked, and how the order goes on when they have decided."""

from dataclasses import replace

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.orders.actions.move import APPROVES, JUDGED, REJECTS, WITHDRAWS, advance_order
from shundan.orders.models import Order
from shundan.orders.queries import facts_of_order, forget_approval, lock_order_unscoped, type_of
from shundan.workflow.actions import Request, start_approval
from shundan.workflow.queries import (
    LiveFacts,
    current_table_id,
    definition_of,
    needs_nobody,
    recorded,
    route_of,
    table_of,
)
from shundan.workflow.registries import Locked

TABLE = "order"
RIGHT = "order.approve"


def nobody_must_approve(order: Order, *, by: Actor) -> bool:
    """Tell whether the table in force asks nobody about an order as it is; its own figures cost no statement.

    By which facts it was judged is kept on the instance, for the event of its submission.
    """
    return _is_free(order, _table_id(order), facts_of_order(order, by=by))


def ask_for_approval(order: Order, *, by: Actor) -> None:
    """Ask those whom the table names for their decision about an order as it is now, or note that nobody must."""
    table_id, facts = _table_id(order), facts_of_order(order, by=by)
    if _is_free(order, table_id, facts):
        order.approval = "not_needed"
        return
    request = Request(
        subject=order.subject,
        content_hash=order.content_hash,
        version=order.version + 1,
        right=RIGHT,
        title=order.number,
        party=order.party_name,
        amount=order.company_total,
        currency=COMPANY_CURRENCY,
        owner_id=order.owner_id,
        team_id=order.team_id,
        department_id=order.department_id,
        allows_own=table_of(table_id).allows_own,
        table_id=table_id,
        facts=recorded(facts),
    )
    way = route_of(table_id, facts, applicant_id=by.id, owner_id=order.owner_id)
    start_approval(request, way, by=by)
    forget_approval(order)
    order.approval = "pending"


def lock_order(order_id: int) -> Locked:
    """Lock an order of an id for the engine of approvals."""
    order = lock_order_unscoped(order_id)
    return Locked(order, order.content_hash, order.version)


def take_on_decided_order(order: Order, outcome: str, by: Actor, *, remark: str) -> None:
    """Take an order on when its approval has ended: approved, or back to a draft.

    Whoever decided had the right from the table, so the step is taken with the house's authority in their name.
    """
    wanted = {"approved": APPROVES, "withdrawn": WITHDRAWS}.get(outcome, REJECTS)
    definition = definition_of(order.workflow_id)
    ways = [one for one in definition.leaving(order.state) if wanted in one.does]
    # Cancelling withdraws what was asked, too; going back is what is meant here.
    ways = [one for one in ways if outcome == "approved" or definition.state(one.target).category == "draft"]
    inputs = {"remark" if outcome == "approved" else "reason": remark}
    authority = replace(by, grants=by.as_system().grants)
    advance_order(order, transitions=[ways[0].name], by=authority, inputs=inputs)


def _is_free(order: Order, table_id: int, facts: LiveFacts) -> bool:
    is_free = needs_nobody(table_id, facts)
    if is_free:
        order.__dict__[JUDGED] = {"table": table_id, "facts": recorded(facts.at_hand())}
    return is_free


def _table_id(order: Order) -> int:
    """Return the table in force; an order that was composed a moment ago brings it along."""
    known: int | None = order.__dict__.get("approval_table_id")
    return current_table_id(type_of(order).approval_table) if known is None else known
