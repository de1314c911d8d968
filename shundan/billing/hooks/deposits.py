"""What a payment term does when an order is confirmed, and what may not happen before its deposit is paid."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions.deposits import deposit_of_term
from shundan.billing.actions.plans import issue_due_parts, plan_of_term
from shundan.billing.queries.deposits import refuse_unpaid_deposit
from shundan.billing.queries.plans import has_plan
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.orders.models import Order
from shundan.orders.queries import is_released, lock_order_unscoped, type_of
from shundan.orders.registries import CONFIRMATION_MARKS, STEP_CHECKS
from shundan.workflow.registries import guard, name_things

# Events whose data has this are of orders whose payment term or own plan wants something at confirmation.
TERM_ASKS = "term_asks"


@guard
def deposit_is_paid(order: Order, by: Actor, inputs: Mapping[str, str]) -> None:
    """Refuse before the deposit that the order waits for is paid."""
    refuse_unpaid_deposit(order)


@subscribe(carrying=TERM_ASKS)
def apply_payment_term(event: Event) -> None:
    """Ask for the deposit of the payment term and plan its invoices; once, however often the order is confirmed."""
    order = lock_order_unscoped(event.subject_id)
    if is_released(order) and not order.is_history:
        by = system_actor(event.at)
        deposit_of_term(order, by=by)
        plan_of_term(order, on=by.today, by=by)
        if type_of(order).invoices_itself:
            issue_due_parts(order, by=by)


def mark_what_term_asks(order: Order) -> dict[str, bool]:
    """Say of a confirmed order that its payment term asks for a deposit or a plan, or that it has a plan of its own."""
    if order.kind not in ("sale", "service"):
        return {}
    term = order.payment_term
    # What is placed and confirmed in one statement has no number of its own yet, and no plan.
    asks = (term is not None and term.has_steps) or (bool(order.pk) and has_plan(order.pk))
    return {TERM_ASKS: True} if asks else {}


CONFIRMATION_MARKS.append(mark_what_term_asks)


def refuse_goods_before_deposit(order: Order, step: str) -> None:
    """Refuse to pick or ship what waits for a deposit. Raises: DepositUnpaid, DepositNotRequested."""
    if step in ("pick", "ship"):
        refuse_unpaid_deposit(order)


STEP_CHECKS.append(refuse_goods_before_deposit)
name_things("guard", {"deposit_is_paid": _("The deposit is paid")}, serves="sale service")
