"""Effects that change a running order: amendments, closing and reopening of lines and orders."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO, parse_decimal, plain
from shundan.orders.actions.amend import (
    RIGHT,
    lock_amendment,
    take_amendment,
    take_on_decided_amendment,
)
from shundan.orders.actions.amending import end_amendments
from shundan.orders.actions.change import settle_change, standing_of
from shundan.orders.hooks.selling import AlreadyPicked
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import lines_of
from shundan.orders.queries.change_facts import FACTS_OF_AMENDMENTS
from shundan.orders.rules import open_quantity
from shundan.workflow.registries import (
    APPROVAL_ENDS,
    APPROVAL_LOCKS,
    APPROVAL_RIGHTS,
    effect,
    guard,
    offer_facts,
)

Inputs = Mapping[str, str]
APPROVAL_ENDS["amendment"] = take_on_decided_amendment
APPROVAL_LOCKS["amendment"] = lock_amendment
APPROVAL_RIGHTS["amendment"] = RIGHT
offer_facts("amendment", FACTS_OF_AMENDMENTS)


class NothingOpen(Refused):
    """The line has nothing left that could be closed."""

    code = "nothing_open"
    sentence = _("Nothing of %(sku)s is open any more.")


class NothingClosed(Refused):
    """Nothing was closed that could be opened again."""

    code = "nothing_closed"
    sentence = _("Nothing was closed that could be reopened.")


class IsHistory(Refused):
    """The order was imported as history."""

    code = "is_history"
    sentence = _("Imported history stays as it was. Copy the order to a new one.")


@guard
def is_no_history(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse to bring imported history back to life."""
    if order.is_history:
        raise IsHistory()


@guard
def something_closed(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when nothing was closed that could be opened again."""
    if not any(line.cancelled > 0 for line in lines_of(order)):
        raise NothingClosed()


@effect
def apply_order_amendment(order: Order, by: Actor, inputs: Inputs) -> None:
    """Carry out the approved change that the inputs name."""
    take_amendment(order, inputs["amendment"], by=by)


@effect
def withdraw_order_amendments(order: Order, by: Actor, inputs: Inputs) -> None:
    """End the changes that were asked for: the order goes back or ends."""
    end_amendments(order, by=by)


@effect
def close_order_line(order: Order, by: Actor, inputs: Inputs) -> None:
    """Close what is open of one line, or a given quantity of it: it is not shipped any more; stock and credit follow.

    Raises: Malformed, AlreadyPicked, NothingOpen.
    """
    line = _line(order, inputs)
    if line.picked > 0:
        raise AlreadyPicked()
    left = _closable(line)
    if left <= 0:
        raise NothingOpen(sku=line.sku)
    wanted = _quantity(inputs, most=left)
    before = standing_of(order)
    line.cancelled += wanted
    settle_change(order, before, by=by, columns=["cancelled"])
    order.__dict__["told"] = {"closed": {str(line.position): plain(wanted)}}


@effect
def reopen_order_line(order: Order, by: Actor, inputs: Inputs) -> None:
    """Open what was closed of one line again; credit and stock are checked anew. Raises: Malformed, NothingClosed."""
    line = _line(order, inputs)
    if line.cancelled <= 0:
        raise NothingClosed()
    _reopen(order, {line.position: line.cancelled}, by)


@effect
def reopen_order_quantities(order: Order, by: Actor, inputs: Inputs) -> None:
    """Open again what closing the order dropped; credit and stock are checked anew. Raises: NothingClosed."""
    closed = _closed_last(order)
    found = {
        line.position: min(line.cancelled, closed.get(line.position, ZERO) if closed is not None else line.cancelled)
        for line in lines_of(order)
        if line.cancelled > 0
    }
    _reopen(order, {position: quantity for position, quantity in found.items() if quantity > 0}, by)


@effect
def reset_order_approval(order: Order, by: Actor, inputs: Inputs) -> None:
    """Let an order that comes back to life be approved anew."""
    order.approval = "not_needed"


def _reopen(order: Order, quantities: Mapping[int, Decimal], by: Actor) -> None:
    if not quantities:
        raise NothingClosed()
    before = standing_of(order)
    for line in lines_of(order):
        line.cancelled -= quantities.get(line.position, ZERO)
    settle_change(order, before, by=by, columns=["cancelled"])
    order.__dict__["told"] = {"reopened": {str(at): plain(quantity) for at, quantity in quantities.items()}}


def _closed_last(order: Order) -> dict[int, Decimal] | None:
    """Return what the closing of the order dropped, by position, or None where that was not kept."""
    rows = Event.objects.filter(subject_kind="order", subject_id=order.pk, kind="order.closed").order_by("-id")
    data = rows.values_list("data", flat=True).first()
    if not data or "closed" not in data:
        return None
    return {int(position): Decimal(quantity) for position, quantity in data["closed"].items()}


def _closable(line: OrderLine) -> Decimal:
    """Return what of a line could be closed: not gone, not invoiced."""
    open_now = open_quantity(line) if line.is_stocked else line.quantity - line.cancelled - line.invoiced
    return min(open_now, line.quantity - line.cancelled - line.invoiced)


def _line(order: Order, inputs: Inputs) -> OrderLine:
    wanted = inputs.get("line", "")
    found = next((line for line in lines_of(order) if str(line.position) == wanted), None)
    if found is None:
        raise Malformed(details=[Detail("inputs.line", "unknown_line", _("The order has no such line."))])
    return found


def _quantity(inputs: Inputs, *, most: Decimal) -> Decimal:
    typed = inputs.get("quantity", "")
    if not typed:
        return most
    found = parse_decimal(typed)
    if found is None or not ZERO < found <= most:
        sentence = _("Enter a quantity above 0, at most %(most)s.")
        raise Malformed(details=[Detail("inputs.quantity", "out_of_range", str(sentence) % {"most": plain(most)})])
    return found
