"""Guards and effects of selling; many serve the other kinds, too."""

from collections.abc import Mapping
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions import Want, release_stock
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused
from shundan.kernel.events import record
from shundan.kernel.money import plain
from shundan.orders.actions.approve import RIGHT, ask_for_approval, lock_order, take_on_decided_order
from shundan.orders.actions.direct import end_direct_supply, refuse_while_supplier_delivers
from shundan.orders.actions.divide import join_lines
from shundan.orders.actions.move import refuse_held
from shundan.orders.actions.progress import reserve_open_quantities
from shundan.orders.actions.promise import promise_day
from shundan.orders.actions.sides import CustomerClosed
from shundan.orders.actions.sourcing import source_again
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import (
    FACTS_OF_ORDERS,
    approval_of,
    facts_of_attributes,
    forget_approval,
    is_billed_at_all,
    lines_of,
)
from shundan.orders.rules import is_billed, open_quantity
from shundan.workflow.actions import SelfApproval, end_approvals, require_undecided, task_of
from shundan.workflow.registries import (
    APPROVAL_ENDS,
    APPROVAL_LOCKS,
    APPROVAL_RIGHTS,
    FACT_SOURCES,
    FIELDS,
    OCCURRED,
    SQL_EFFECTS,
    effect,
    guard,
    offer_facts,
)

Inputs = Mapping[str, str]
SQL_EFFECTS["reserve_order_stock"] = "reserves"
APPROVAL_ENDS["order"] = take_on_decided_order
APPROVAL_LOCKS["order"] = lock_order
APPROVAL_RIGHTS["order"] = RIGHT
offer_facts("order", FACTS_OF_ORDERS)
FACT_SOURCES["order"] = facts_of_attributes


REQUIRABLE = (
    "customer_reference requested_on promised_on payment_method payment_term_id warehouse_id target_warehouse_id"
    " ship_contact ship_phone ship_province ship_city ship_street remark"
).split()
FIELDS["order"] = {name: attrgetter(name) for name in REQUIRABLE}
OCCURRED["order"] = {
    "fulfilled": lambda order: order.fulfilment in ("shipped", "delivered"),
    "invoiced": lambda order: order.invoicing == "full",
    "paid": lambda order: order.payment in ("paid", "overpaid"),
}


class OrderIncomplete(Refused):
    """Something that the step needs is missing from the order."""

    code = "order_incomplete"
    sentence = _("The order has no lines yet. Add at least one.")


class ProductRetired(Refused):
    """A line's product is no longer sold."""

    code = "retired_product"
    sentence = _("Some products are no longer sold. Replace the marked lines.")


class ApprovalNeeded(Refused):
    """Somebody must approve first."""

    code = "approval_needed"
    sentence = _("The order is awaiting approval.")


class AlreadyPicked(Refused):
    """Goods were taken from the shelf for the order."""

    code = "already_picked"
    sentence = _("Goods have been picked for this order. Cancel the open shipment first.")


class AlreadyShipped(Refused):
    """Goods have left the house."""

    code = "already_shipped"
    sentence = _("Goods have been shipped. Close the remainder instead, or let the customer return them.")


class AlreadyInvoiced(Refused):
    """An invoice was issued."""

    code = "already_invoiced"
    sentence = _("The order has been invoiced. Issue a credit note first.")


class NotYet(Refused):
    """An automatic step's condition does not hold yet."""

    code = "not_yet"
    sentence = _("This step is carried out automatically when its condition is met.")


@guard
def order_has_lines(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse an order without lines."""
    if order.line_count == 0:
        raise OrderIncomplete()


@guard
def customer_is_active(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when the customer was closed."""
    if order.customer is not None and order.customer.status != "active":
        raise CustomerClosed(name=order.customer.name)


@guard
def products_are_active(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when a product was retired after it was entered."""
    retired = OrderLine.objects.filter(order_id=order.pk, product__status="retired").values_list("position", "sku")
    if retired:
        sentence = _("This product is no longer sold.")
        raise ProductRetired(details=[Detail(f"lines[{p - 1}].sku", "retired_product", sentence) for p, _s in retired])


@guard
def approval_not_needed(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when the amount needs nobody's approval."""
    if order.approval != "not_needed":
        raise ApprovalNeeded()


@guard
def not_own_order(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse the order's owner and the one who submitted it, unless the table lets them decide."""
    run = approval_of(order)
    is_open = run is not None and run.state == "pending" and not run.allows_own
    if is_open and by.id is not None and by.id in (order.owner_id, run.applicant_id if run else None):
        raise SelfApproval()


@guard
def approval_is_current(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when nobody is asked to approve, or others are. While the engine carries a decision out, it holds."""
    run = approval_of(order)
    if run is None or order.approval != "pending":
        raise NotYet()
    if run.state == "pending":
        task_of(run, by=by)


@guard
def no_level_decided(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse to take back what a level has decided about already."""
    run = approval_of(order)
    if run is not None and run.state == "pending":
        require_undecided(run)


@guard
def no_hold_on_confirm(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse while a hold is open that blocks confirming."""
    refuse_held(order, "confirm")


@guard
def nothing_picked(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when goods lie picked."""
    if any(line.picked > 0 for line in lines_of(order)):
        raise AlreadyPicked()


@guard
def nothing_shipped(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when goods have left."""
    if any(line.shipped > 0 for line in lines_of(order)):
        raise AlreadyShipped()


@guard
def nothing_invoiced(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when something is invoiced, credit notes taken off."""
    if any(line.invoiced > 0 for line in lines_of(order)):
        raise AlreadyInvoiced()


@guard
def work_has_begun(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when something was picked, shipped or invoiced."""
    if not any(line.picked > 0 or line.shipped > 0 or line.invoiced > 0 for line in lines_of(order)):
        raise NotYet()


@guard
def something_shipped(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when goods have left."""
    if not any(line.shipped > 0 for line in lines_of(order)):
        raise NotYet()


@guard
def everything_shipped(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when no stocked quantity is open."""
    if any(line.is_stocked and open_quantity(line) > 0 for line in lines_of(order)):
        raise NotYet()


@guard
def everything_invoiced(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when each line is invoiced in full, or orders of this type never are."""
    if is_billed_at_all(order) and not all(is_billed(line) for line in lines_of(order)):
        raise NotYet()


@guard
def something_left_to_invoice(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when a line is not invoiced in full (any more)."""
    if not is_billed_at_all(order) or all(is_billed(line) for line in lines_of(order)):
        raise NotYet()


@effect
def request_order_approval(order: Order, by: Actor, inputs: Inputs) -> None:
    """Ask for approval when the table wants it."""
    ask_for_approval(order, by=by)


@effect
def record_order_approval(order: Order, by: Actor, inputs: Inputs) -> None:
    """Note on the order that everybody needed has agreed."""
    order.approval = "approved"


@effect
def record_order_rejection(order: Order, by: Actor, inputs: Inputs) -> None:
    """Note on the order that it was refused or sent back."""
    order.approval = "rejected"


@effect
def withdraw_order_approval(order: Order, by: Actor, inputs: Inputs) -> None:
    """End what was asked or given: the order goes back or ends."""
    if order.approval in ("pending", "approved"):
        end_approvals(subject=order.subject, state="withdrawn", by=by)
        forget_approval(order)
        order.approval = "withdrawn"


@effect
def reserve_order_stock(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold stock for every line, or for what is there when the order allows backorders."""
    source_again(order, lines_of(order), by=by)
    if any(line.is_direct for line in lines_of(order)):
        record("order.left_to_suppliers", subject=order.subject, by=by, data={"number": order.number})
    reserve_open_quantities(order, by=by, partly=order.allows_backorder)
    promise_day(order, by=by)


@effect
def release_order_stock(order: Order, by: Actor, inputs: Inputs) -> None:
    """Give back everything that is reserved and not picked. Raises: SupplierDelivers."""
    end_direct_supply(order)
    give_back_stock(order)
    join_lines(order, by=by)


def give_back_stock(order: Order) -> None:
    """Release what a locked order holds and nobody picked; the lines go on waiting for it."""
    held = [line for line in lines_of(order) if line.reserved > line.picked]
    release_stock(
        [
            Want(line.pk, line.product_id, line.warehouse_id, line.reserved - line.picked)
            for line in held
            if line.warehouse_id is not None
        ]
    )
    for line in held:
        line.reserved = line.picked
    if held:
        OrderLine.objects.bulk_update(held, ["reserved"])


@effect
def close_open_quantities(order: Order, by: Actor, inputs: Inputs) -> None:
    """Drop what is not shipped; services and charges that are not invoiced are dropped too.

    Raises: AlreadyInvoiced for goods that were billed before they left, SupplierDelivers.
    """
    refuse_while_supplier_delivers(order)
    changed, dropped = [], {}
    for line in lines_of(order):
        if line.is_stocked and line.invoiced > line.shipped:
            raise AlreadyInvoiced()
        left = open_quantity(line) if line.is_stocked else line.quantity - line.cancelled - line.invoiced
        if left > 0:
            line.cancelled += left
            dropped[line.position] = left
            changed.append(line)
    # The check on quantities needs reservations gone before what they held is cancelled.
    give_back_stock(order)
    if changed:
        OrderLine.objects.bulk_update(changed, ["cancelled"])
    note_closed(order, dropped)


def note_closed(order: Order, dropped: Mapping[int, Decimal]) -> None:
    """Tell the event what was closed of each line, so that reopening restores just that."""
    order.__dict__["told"] = {"closed": {str(position): plain(quantity) for position, quantity in dropped.items()}}
