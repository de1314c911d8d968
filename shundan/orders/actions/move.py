"""Moving an order along its workflow: one transition, then every automatic one that opens."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused, VersionConflict
from shundan.kernel.events import record
from shundan.kernel.rows import save_columns
from shundan.orders.actions.amending import end_amendments
from shundan.orders.actions.attributes import free_keys, require_complete
from shundan.orders.actions.clock import enter_state
from shundan.orders.actions.coupons import WITHOUT_USE, lock_coupon_of, require_coupon, settle_coupon
from shundan.orders.actions.marks import judged_by_rules, mark_blocked
from shundan.orders.models import Order
from shundan.orders.queries import (
    approval_of,
    get_order,
    is_billed_at_all,
    knows_amendments,
    lines_of,
    open_holds,
    type_of,
)
from shundan.orders.queries.reasons import reason_codes
from shundan.orders.queries.record import worth_of
from shundan.orders.queries.types import wishes_at_confirmation
from shundan.orders.registries import CAUSES_OF_HOLDS, FULFILMENT_FOLLOWERS, STEP_CHECKS
from shundan.orders.rules import fulfilment_of, invoicing_of, payment_of
from shundan.orders.rules.holds import blocking
from shundan.orders.rules.reasons import ReasonCode, with_reason
from shundan.workflow.actions import (
    NoSuchTransition,
    approve_task,
    check_inputs,
    clean_inputs,
    fire,
    fire_automatic,
    reject_task,
    take_way,
)
from shundan.workflow.queries import SAME_STATE, Transition, definition_of, may_fire, open_tasks_for

# Effects by which a definition says which of its transitions are decisions.
# Kinds that are invoiced, unless a type says never.
BILLED_KINDS = ("sale", "service")
APPROVES, REJECTS, WITHDRAWS = "record_order_approval", "record_order_rejection", "withdraw_order_approval"
# By which facts a table asked nobody: kept with the event of the transition, to ask of the past what would be if.
JUDGED = "judged"


# What a credit note took back, a person invoices again.
AFTER_CREDIT = "resume"
# What transitions and progress change in an order's header.
_MOVED = (
    "state category approval fulfilment invoicing payment holds exposure invoiced paid due_on promised_on revision"
    " version changed_at state_since acts_at"
).split()


class OrderOnHold(Refused):
    """A hold blocks this step."""

    code = "order_on_hold"
    sentence = _("%(number)s is on hold: %(reason)s. Release the hold first.")


def refuse_held(order: Order, step: str) -> None:
    """Refuse a step that an open hold of the order blocks; one that a rule placed is no obstacle: the rule is asked.

    A room above may refuse it, too. Raises: OrderOnHold, and what the rooms above do.
    """
    codes = blocking(order.holds, step)
    reasons = [one.reason for one in open_holds(order) if one.code in codes and not one.cause] if codes else []
    if reasons:
        raise OrderOnHold(number=order.number, reason="; ".join(reasons))
    for check in STEP_CHECKS:
        check(order, step)


def require_step(order: Order, step: str, *, by: Actor) -> None:
    """Refuse a step of a locked order that a hold or a room above does not allow. Raises: OrderOnHold, theirs."""
    refuse_held(order, step)
    found = judged_by_rules(order, step, by=by)
    if found is not None:
        raise found


@action
def move_order(
    number: str, transition: str, *, by: Actor, inputs: Mapping[str, str] | None = None, version: int | None = None
) -> Order:
    """Take one transition of an order; automatic ones follow.

    `version` makes the move conditional on what the actor saw. Raises: NotPermitted, NotFound, VersionConflict,
    and what the workflow engine, a guard or an effect refuses; then nothing has changed.
    """
    order = get_order(number, by=by, lock=True)
    if version is not None and version != order.version:
        raise VersionConflict()
    given = with_reason(_offered(transition, inputs), inputs or {})
    if given is None:
        raise Malformed(details=[Detail("inputs.reason_code", "unknown", _("Choose one of the offered reasons."))])
    if _decide(order, transition, by=by, inputs=given):
        return get_order(order.number, by=by.as_system())
    advance_order(order, transitions=(transition,), by=by, inputs=given)
    return order


def _offered(transition: str, inputs: Mapping[str, str] | None) -> list[ReasonCode]:
    return reason_codes(transition) if inputs and inputs.get("reason_code") else []


def _decide(order: Order, transition: str, *, by: Actor, inputs: Mapping[str, str]) -> bool:
    """Let the engine of approvals take a transition that records a decision: the order goes on after the last one."""
    taken = definition_of(order.workflow_id).transition(transition)
    run = approval_of(order) if taken and {APPROVES, REJECTS} & set(taken.does) else None
    if taken is None or run is None or run.state != "pending" or order.state not in taken.sources:
        return False
    if not may_fire(order, taken, by=by) and not open_tasks_for(run, by=by):
        raise NotPermitted(permission=taken.permission)
    given = check_inputs(taken, inputs)
    if APPROVES in taken.does:
        approve_task(run.pk, by=by, remark=given.get("remark", ""))
    else:
        reject_task(run.pk, by=by, remark=given.get("reason", ""))
    return True


def advance_order(
    order: Order, *, transitions: Sequence[str | Transition], by: Actor, inputs: Mapping[str, str] | None = None
) -> None:
    """Take transitions of a locked order one after another, with the automatic ones that each opens, and save it.

    One that is given whole is known to leave the order's state, and may come from another version of its workflow.
    """
    given, fulfilment = clean_inputs(inputs or {}), order.fulfilment
    for one in transitions:
        before, was_draft = order.state, order.category == "draft"
        if order.coupon_code:
            _see_to_coupon(order, one)
        if isinstance(one, Transition):
            taken = take_way(order, one, by=by, inputs=given)
        else:
            if _leaves_entry(order, one):
                require_complete(order, by=by)
            taken = _fire(order, one, by=by, inputs=given)
        if before != order.state and not knows_amendments(order.workflow_id):
            # Its ways do not say what becomes of changes that were asked for.
            end_amendments(order, by=by)
        _note(order, taken, before, by, given)
        if was_draft and order.category in ("submitted", "approved"):
            mark_blocked(order, "submit", by=by)
        go_on(order, by=by)
    save_moved(order, by=by)
    tell_of_fulfilment(order, fulfilment, by=by)


def _fire(order: Order, transition: str, *, by: Actor, inputs: Mapping[str, str]) -> Transition:
    """Take a transition; who asks for a step that the order waits for, because of a rule, is told the rule's reason."""
    try:
        return fire(order, transition=transition, by=by, inputs=inputs)
    except NoSuchTransition:
        codes = blocking(order.holds, transition)
        for hold in open_holds(order) if codes else ():
            if hold.code in codes and hold.cause in CAUSES_OF_HOLDS and hold.facts:
                raise CAUSES_OF_HOLDS[hold.cause](**hold.facts) from None
        raise


def tell_of_fulfilment(order: Order, before: str, *, by: Actor) -> None:
    """Tell those who follow the fulfilment of a saved order, if it is another one than before."""
    if order.fulfilment != before:
        for follow in FULFILMENT_FOLLOWERS:
            follow(order, before, by)


def _see_to_coupon(order: Order, transition: str | Transition) -> None:
    """Lock the coupon of an order before credit and stock where a transition takes or gives back its use.

    Raises: CouponRefused, before anything is written.
    """
    definition = definition_of(order.workflow_id)
    taken = transition if isinstance(transition, Transition) else definition.transition(transition)
    if taken is None or taken.target == SAME_STATE:
        return
    if definition.state(taken.target).category in WITHOUT_USE:
        lock_coupon_of(order)
    elif order.category in WITHOUT_USE:
        require_coupon(order)


def _leaves_entry(order: Order, transition: str) -> bool:
    definition = definition_of(order.workflow_id)
    taken = definition.transition(transition)
    if order.category != "draft" or taken is None or taken.target == SAME_STATE:
        return False
    return definition.state(taken.target).category not in ("draft", "cancelled")


def go_on(order: Order, *, by: Actor) -> None:
    """Take the automatic transitions that are open now and derive the progress, without saving."""

    def note(taken: Transition, before: str, system: Actor) -> None:
        _note(order, taken, before, system, {})
        # What is to be invoiced and what the order is worth depend on where it stands, and may open the next way.
        derive_progress(order)

    derive_progress(order)
    fire_automatic(order, by=by, after=note)


def take_open_ways(order: Order, *, by: Actor) -> bool:
    """Take what leads on by itself out of a locked order's state now, and save it; return whether it moved."""
    before = order.version
    if order.category != "draft" or _is_complete(order, by):
        go_on(order, by=by)
    if order.version != before:
        save_moved(order, by=by)
    return order.version != before


def _is_complete(order: Order, by: Actor) -> bool:
    try:
        require_complete(order, by=by)
    except Refused:
        return False
    return True


def derive_progress(order: Order) -> None:
    """Set the three progress axes from lines and money, without saving."""
    lines = lines_of(order)
    order.fulfilment = fulfilment_of(lines, is_transfer=order.kind == "transfer")
    order.invoicing = invoicing_of(lines, invoices_on=type_of(order).invoices_on)
    if order.category in ("draft", "submitted", "approved", "cancelled"):
        order.invoicing = "none" if order.invoicing == "to_invoice" else order.invoicing
    order.payment = payment_of(paid=order.paid, due=worth_of(order))
    is_free = order.kind in BILLED_KINDS and not is_billed_at_all(order)
    if is_free and order.category == "completed" and order.payment == "unpaid":
        # Nobody owes anything for a sample that was delivered.
        order.payment = "paid"


def save_moved(order: Order, *, by: Actor) -> None:
    """Save what transitions and progress change in an order's header. Raises: CouponRefused."""
    if order.category == "cancelled":
        free_keys(order)
    settle_coupon(order, by=by)
    order.changed_at = by.at
    save_columns(order, _MOVED)


def _note(order: Order, taken: Transition, before: str, by: Actor, inputs: Mapping[str, str]) -> None:
    order.category = definition_of(order.workflow_id).state(order.state).category
    order.version += 1
    if before != order.state:
        enter_state(order, at=by.at)
    facts: dict[str, Any] = {
        "number": order.number,
        "kind": order.kind,
        "transition": taken.name,
        "from": before,
        "to": order.state,
        "customer_id": order.customer_id,
        "ordered_on": order.ordered_on.isoformat(),
        "total": str(order.total),
        "currency": order.currency,
    }
    if JUDGED in order.__dict__:
        facts[JUDGED] = order.__dict__.pop(JUDGED)
    if order.category in ("confirmed", "in_progress", "closed") and taken.name != AFTER_CREDIT:
        facts |= wishes_at_confirmation(order, event=taken.event)
    given = {key: value for key, value in inputs.items() if value}
    # What an effect has to tell of what it did.
    facts |= order.__dict__.pop("told", {})
    told = {"notify": told_by(taken)} if taken.notices else {}
    inputs_kept = {"inputs": given} if given else {}
    record(f"order.{taken.event}", subject=order.subject, by=by, data=facts | inputs_kept | told)


def told_by(taken: Transition) -> list[str]:
    """Return whom a transition tells, as events name people: user:7, role:finance, owner, applicant, customer."""
    return [name.replace("person:", "user:") for name in taken.notices]
