"""Guards and effects of purchases, returns, services and transfers."""

from collections.abc import Mapping

from django.db import connection
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from shundan.accounts.models import Department
from shundan.accounts.queries import people_of_department_unscoped
from shundan.inventory.actions import Want, issue_stock, lose_in_transit
from shundan.kernel.actor import EVERYTHING, Actor
from shundan.kernel.errors import Detail, Refused
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO, plain
from shundan.orders.actions.progress import TooManyReturned
from shundan.orders.hooks.selling import AlreadyPicked, NotYet, note_closed
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import lines_of, lock_order_unscoped, named
from shundan.orders.rules import is_billed, open_quantity
from shundan.workflow.registries import effect, guard

Inputs = Mapping[str, str]


class AlreadyReceived(Refused):
    """Goods have come in for the order."""

    code = "already_received"
    sentence = _("Goods have been received for this order. Reverse the receipt first, or close the remainder.")


class NothingReceived(Refused):
    """Nothing has come in yet."""

    code = "nothing_received"
    sentence = _("Nothing has been received yet.")


class WarehousesMissing(Refused):
    """A transfer needs two different warehouses."""

    code = "needs_two_warehouses"
    sentence = _("Choose two different warehouses: where goods leave and where they arrive.")


class DepartmentsMissing(Refused):
    """Work for another department needs two different departments."""

    code = "needs_two_departments"
    sentence = _("Choose the department that does the work and another that receives it.")


class GoodsInServiceTransfer(Refused):
    """Goods are moved by a stock transfer."""

    code = "has_goods"
    sentence = _("Only work can be transferred this way. Use a stock transfer for goods.")


class PerformedByYou(Refused):
    """Whoever did the work cannot confirm it, for that charges the other department."""

    code = "performed_by_you"
    sentence = _("You have noted this work as done. Somebody else, of the receiving side, has to confirm it.")


class NobodyInDepartment(Refused):
    """Work would wait for good for a department in which nobody may do or confirm it."""

    code = "nobody_in_department"
    sentence = _("Nobody in %(department)s may do or confirm work. Choose another department, or add somebody there.")


class NotYourDepartment(Refused):
    """One department does the work and the other confirms it, each by its own people."""

    code = "not_your_department"
    sentence = _("Somebody of %(department)s has to do this.")


class NothingLeftToClose(Refused):
    """No quantity is open that could be closed."""

    code = "nothing_left_to_close"
    sentence = _("Nothing is left to close: all of it has left. What does not arrive is settled as a difference.")


class PartsMissing(Refused):
    """The parts of a service are not all reserved."""

    code = "parts_not_reserved"
    sentence = _("Some parts are not reserved: %(skus)s. Reserve them or take them off the order.")


@guard
def nothing_received(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when goods have come in."""
    if any(line.shipped > 0 for line in lines_of(order)):
        raise AlreadyReceived()


@guard
def something_received(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when nothing has come in."""
    if not any(line.shipped > 0 for line in lines_of(order)):
        raise NothingReceived()


@guard
def everything_received(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when no quantity of goods is open."""
    if any(line.is_stocked and open_quantity(line) > 0 for line in lines_of(order)):
        raise NotYet()


@guard
def something_left_to_receive_or_invoice(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when a line is not received or not billed in full (any more)."""
    lines = lines_of(order)
    if all(is_billed(line) and (not line.is_stocked or open_quantity(line) == 0) for line in lines):
        raise NotYet()


@guard
def returns_what_was_shipped(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse more than was shipped, less what came back or is announced by another return."""
    wanted: dict[int, list[OrderLine]] = {}
    for line in lines_of(order):
        if line.source_line_id is not None:
            wanted.setdefault(line.source_line_id, []).append(line)
    if not wanted:
        return
    if connection.in_atomic_block:  # Asked for a page, there is nothing to hold on to.
        lock_order_unscoped(order.origin_id or 0)
    sources = {one.pk: one for one in OrderLine.objects.filter(pk__in=wanted)}
    announced = dict(
        OrderLine.objects.filter(
            source_line_id__in=wanted,
            order__kind="return",
            order__category__in=("approved", "confirmed", "in_progress"),
            is_of_rejected=order.is_of_rejected,
        )
        .exclude(order_id=order.pk)
        .values_list("source_line_id")
        .annotate(left=Sum(F("quantity") - F("cancelled") - F("shipped")))
        .values_list("source_line_id", "left")
    )
    details = []
    for pk, lines in wanted.items():
        came = sources[pk]
        here = came.rejected if order.is_of_rejected else came.shipped - came.rejected - came.returned
        free = here - announced.get(pk, ZERO)
        asked = sum((open_quantity(line) for line in lines), ZERO)
        if asked > free:
            facts = {"sku": lines[0].sku, "wanted": plain(asked), "free": plain(max(free, ZERO))}
            sentence = _("%(sku)s: %(wanted)s wanted, %(free)s can come back.")
            details.append(Detail(f"lines[{lines[0].position - 1}].quantity", "more_than_shipped", sentence % facts))
    if details:
        raise TooManyReturned(details=details)


def _require_department(department: Department | None, by: Actor) -> None:
    if department is not None and department.pk not in by.department_ids and EVERYTHING not in by.grants:
        raise NotYourDepartment(department=named(department))


@guard
def has_two_warehouses(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse a transfer without a source or target, or from a warehouse to itself."""
    if None in (order.warehouse_id, order.target_warehouse_id) or order.warehouse_id == order.target_warehouse_id:
        raise WarehousesMissing()


@guard
def has_two_departments(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse work of nobody, for nobody, or for the department itself."""
    sides = {order.department_id, order.target_department_id}
    if None in sides or len(sides) == 1:
        raise DepartmentsMissing()
    for department in (order.department, order.target_department):
        if department is not None and not people_of_department_unscoped(
            department.code, permission="order.work", or_above=True
        ):
            raise NobodyInDepartment(department=named(department))


@guard
def by_the_performing_department(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse whoever does not belong to the department that does the work."""
    _require_department(order.department, by)


@guard
def by_the_receiving_department(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse whoever does not belong to the department that is charged."""
    _require_department(order.target_department, by)


@guard
def has_no_goods(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse goods where only work is transferred."""
    if any(line.is_stocked for line in lines_of(order)):
        raise GoodsInServiceTransfer()


@guard
def confirmed_by_another_person(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse whoever noted last that the work was done."""
    done = Event.objects.filter(subject_kind="order", subject_id=order.pk, kind="order.performed").order_by("-id")
    if by.id is not None and by.id == done.values_list("actor_id", flat=True).first():
        raise PerformedByYou()


@guard
def everything_arrived(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when all goods have left and all that left has arrived or was written off."""
    if any(open_quantity(line) > 0 or line.delivered + line.returned < line.shipped for line in lines_of(order)):
        raise NotYet()


@guard
def something_left_to_close(order: Order, by: Actor, inputs: Inputs) -> None:
    """Refuse when nothing waits to leave (or to come in) that could be closed."""
    if not any(open_quantity(line) > 0 for line in lines_of(order)):
        raise NothingLeftToClose()


@guard
def something_has_not_arrived(order: Order, by: Actor, inputs: Inputs) -> None:
    """Hold when goods are on their way."""
    if all(line.delivered + line.returned >= line.shipped for line in lines_of(order)):
        raise NotYet()


@effect
def close_unreceived_quantities(order: Order, by: Actor, inputs: Inputs) -> None:
    """Drop what has not come in; work that is not billed is dropped too."""
    changed, dropped = [], {}
    for line in lines_of(order):
        left = open_quantity(line) if line.is_stocked else line.quantity - line.cancelled - line.invoiced
        if left > 0:
            line.cancelled += left
            dropped[line.position] = left
            changed.append(line)
    _save(changed, "cancelled")
    note_closed(order, dropped)


@effect
def close_unshipped_quantities(order: Order, by: Actor, inputs: Inputs) -> None:
    """Drop what has not left the warehouse; its reservation must have been released before."""
    changed = []
    for line in lines_of(order):
        if line.picked > 0:
            raise AlreadyPicked()
        if open_quantity(line) > 0:
            line.cancelled += open_quantity(line)
            changed.append(line)
    _save(changed, "cancelled")


@effect
def write_off_transit(order: Order, by: Actor, inputs: Inputs) -> None:
    """Give up what left and never arrived: it counts as lost on the way."""
    changed, lost = [], {}
    for line in lines_of(order):
        missing = line.shipped - line.delivered - line.returned
        if missing > 0:
            line.returned += missing
            lost[line.pk] = missing
            changed.append(line)
    _save(changed, "returned")
    lose_in_transit(lost, source=order.subject, by=by)


@effect
def issue_order_parts(order: Order, by: Actor, inputs: Inputs) -> None:
    """Take the reserved parts out of stock and count all work as done."""
    lines = lines_of(order)
    missing = [line.sku for line in lines if line.is_stocked and line.reserved < open_quantity(line)]
    if missing:
        raise PartsMissing(skus=", ".join(missing))
    wants = [
        Want(line.pk, line.product_id, line.warehouse_id, line.reserved, lot_id=line.lot_id)
        for line in lines
        if line.is_stocked and line.warehouse_id is not None and line.reserved > 0
    ]
    for line in lines:
        line.shipped = line.delivered = line.quantity - line.cancelled
        line.reserved = ZERO
    _save(lines, "shipped", "delivered", "reserved")
    issue_stock(wants, source=order.subject, by=by)


def _save(lines: list[OrderLine], *columns: str) -> None:
    if lines:
        OrderLine.objects.bulk_update(lines, columns)
