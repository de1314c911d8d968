"""What fulfilment and billing tell an order: picked, shipped, invoiced, paid; the header follows the lines."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions import Want, reserve_stock
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused, require
from shundan.kernel.money import ZERO
from shundan.orders.actions.differences import note_damaged
from shundan.orders.actions.move import go_on, save_moved, tell_of_fulfilment
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import direction_of, get_order, lines_of, lock_order_unscoped
from shundan.orders.registries import SHIPMENT_FOLLOWERS
from shundan.orders.rules import backordered_quantity

Quantities = Mapping[int, Decimal]


class TooManyReturned(Refused):
    """More is to come back than was shipped and is not yet on its way back."""

    code = "more_than_shipped"
    sentence = _("More is to be returned than was shipped. See the marked lines.")


def note_picked(order: Order, quantities: Quantities, *, by: Actor) -> None:
    """Count units taken from the shelf (or put back, if negative) by line id; the order is locked by the caller."""
    for line in _lines(order, quantities):
        line.picked += quantities[line.pk]
    _save_lines(order, quantities, "picked")
    refresh_progress(order, by=by)


def note_shipped(order: Order, quantities: Quantities, *, by: Actor) -> None:
    """Count picked units that left the house: they are no longer reserved nor picked."""
    for line in _lines(order, quantities):
        line.shipped += quantities[line.pk]
        line.picked -= quantities[line.pk]
        line.reserved -= ZERO if line.is_of_rejected else quantities[line.pk]
    _save_lines(order, quantities, "shipped", "picked", "reserved")
    if direction_of(order).is_return:
        note_taken_back(order, quantities, by=by)
    _tell_of_shipped(order, quantities, by)
    refresh_progress(order, by=by)


def note_called_back(order: Order, quantities: Quantities, *, by: Actor) -> None:
    """Count shipped units that have not left after all, by line id: they are reserved again."""
    for line in _lines(order, quantities):
        line.shipped -= quantities[line.pk]
        line.reserved += ZERO if line.is_of_rejected else quantities[line.pk]
    _save_lines(order, quantities, "shipped", "reserved")
    back = {pk: -quantity for pk, quantity in quantities.items()}
    if direction_of(order).is_return:
        note_taken_back(order, back, by=by)
    _tell_of_shipped(order, back, by)
    refresh_progress(order, by=by)


def note_sent_directly(order: Order, quantities: Quantities, *, costs: Quantities, by: Actor) -> None:
    """Count units that a supplier sent to the customer of a locked sale (negative when that is undone).

    `costs` is what one unit costs us in company currency, by line id: a line costs what its units cost on average.
    """
    for line in _lines(order, quantities):
        after = line.shipped + quantities[line.pk]
        if after > 0 and line.pk in costs:
            known = (line.cost or Decimal(0)) * line.shipped
            line.cost = round((known + costs[line.pk] * quantities[line.pk]) / after, 6)
        line.shipped = after
    _save_lines(order, quantities, "shipped", "cost")
    _tell_of_shipped(order, quantities, by)
    refresh_progress(order, by=by)


def note_delivered(order: Order, quantities: Quantities, *, by: Actor) -> None:
    """Count units that the customer has signed for."""
    for line in _lines(order, quantities):
        line.delivered += quantities[line.pk]
    _save_lines(order, quantities, "delivered")
    refresh_progress(order, by=by)


def note_received(order: Order, quantities: Quantities, *, by: Actor, closed: Quantities | None = None) -> None:
    """Count units that came in and were found good (negative when a receipt is reversed).

    `closed` is what is not awaited any more of what was still open (negative when it is awaited again).
    """
    for line in _lines(order, quantities):
        line.shipped += quantities[line.pk]
        line.delivered += quantities[line.pk]
        line.cancelled += max(-line.cancelled, (closed or {}).get(line.pk, ZERO))
        if order.kind == "purchase":
            line.over = max(ZERO, line.shipped - (line.quantity - line.cancelled))
    _save_lines(order, quantities, "shipped", "delivered", "cancelled", "over")
    refresh_progress(order, by=by)


def note_rejected(order: Order, quantities: Quantities, *, by: Actor) -> None:
    """Count units that came in and were rejected by an inspection (negative when that is taken back)."""
    for line in _lines(order, quantities):
        line.rejected += quantities[line.pk]
    _save_lines(order, quantities, "rejected")
    refresh_progress(order, by=by)


def note_arrived(order: Order, quantities: Quantities, *, lost: Quantities, receipt: str, by: Actor) -> None:
    """Count units of a transfer that arrived with a receipt, and those that did not survive the way."""
    for line in _lines(order, quantities):
        line.delivered += quantities[line.pk]
        line.returned += lost.get(line.pk, Decimal(0))
    _save_lines(order, quantities, "delivered", "returned")
    note_damaged(order, lost, receipt=receipt, by=by)
    refresh_progress(order, by=by)


def note_taken_back(order: Order, quantities: Quantities, *, by: Actor) -> None:
    """Tell the order that goods are returned of how much of each line came back (negative when that is undone).

    The caller has locked the return; the order it comes from is locked here. Raises: TooManyReturned.
    """
    back: dict[int, Decimal] = {}
    for line in _lines(order, quantities):
        if line.source_line_id is not None:
            back[line.source_line_id] = back.get(line.source_line_id, Decimal(0)) + quantities[line.pk]
    are_rejected = order.is_of_rejected
    if not back or order.origin_id is None:
        return
    origin = lock_order_unscoped(order.origin_id)
    for line in _lines(origin, back):
        line.rejected -= back[line.pk] if are_rejected else ZERO
        line.returned += back[line.pk]
        if line.returned > line.shipped - line.rejected or line.rejected < 0:
            raise TooManyReturned()
    _save_lines(origin, back, "returned", "rejected")
    refresh_progress(origin, by=by)


def note_invoiced(order: Order, quantities: Quantities, *, gross: Decimal, due_on: date | None, by: Actor) -> Decimal:
    """Count invoiced units and money (negative for a credit note); return the exposure that left the order.

    `due_on` is the earliest day on which an invoice that is still open falls due.
    """
    for line in _lines(order, quantities):
        line.invoiced += quantities[line.pk]
    _save_lines(order, quantities, "invoiced")
    moved = min(order.exposure, gross) if gross > 0 else Decimal(0)
    order.exposure -= moved
    order.invoiced += gross
    order.due_on = due_on
    refresh_progress(order, by=by)
    return moved


def note_paid(order: Order, *, amount: Decimal, due_on: date | None, by: Actor) -> None:
    """Count money that was allocated to the order's invoices (negative when taken back).

    `due_on` is the earliest day on which an invoice that is still open falls due.
    """
    order.paid += amount
    order.due_on = due_on
    refresh_progress(order, by=by)


def note_exposure(order: Order, change: Decimal, *, by: Actor) -> None:
    """Change what a locked order may still come to cost the customer, e.g. when goods came back uninvoiced."""
    order.exposure += change
    save_moved(order, by=by)


def refresh_progress(order: Order, *, by: Actor) -> None:
    """Derive the header's progress from the lines, take automatic transitions, and save."""
    before = order.fulfilment
    go_on(order, by=by)
    save_moved(order, by=by)
    tell_of_fulfilment(order, before, by=by)


def _tell_of_shipped(order: Order, quantities: Quantities, by: Actor) -> None:
    for follow in SHIPMENT_FOLLOWERS:
        follow(order, quantities, by)


@action
def reserve_backorder(number: str, *, by: Actor) -> Order:
    """Reserve what has come in for the lines that still lack stock. Raises: NotPermitted, NotFound."""
    require(by, "order.confirm")
    order = get_order(number, by=by, lock=True, permission="order.confirm")
    if order.category in ("confirmed", "in_progress"):
        reserve_open_quantities(order, by=by, partly=True)
        refresh_progress(order, by=by)
    return order


def reserve_open_quantities(order: Order, *, by: Actor, partly: bool) -> None:
    """Hold stock for what is open and not yet reserved of a locked order. Raises: OutOfStock."""
    wants = [
        Want(
            line_id=line.pk,
            product_id=line.product_id,
            warehouse_id=line.warehouse_id,
            quantity=backordered_quantity(line),
            sku=line.sku,
            path=f"lines[{line.position - 1}].quantity",
            lot_id=line.lot_id,
        )
        for line in lines_of(order)
        if line.warehouse_id is not None and backordered_quantity(line) > 0
    ]
    held = reserve_stock(wants, by=by, partly=partly) if wants else {}
    for line in lines_of(order):
        line.reserved += held.get(line.pk, Decimal(0))
    _save_lines(order, held, "reserved")


def _lines(order: Order, quantities: Quantities) -> list[OrderLine]:
    return [line for line in lines_of(order) if line.pk in quantities]


def _save_lines(order: Order, quantities: Quantities, *columns: str) -> None:
    """Write quantities of lines in one statement: Django's own would compare each row with each other."""
    changed = _lines(order, quantities)
    if not changed:
        return
    sets = ", ".join(f"{name} = t.{name}" for name in columns)
    arrays = ", ".join("%s::numeric[]" for _name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            # The names are our own.
            f"update orders_orderline l set {sets} from unnest(%s::bigint[], {arrays}) as t(id, {', '.join(columns)})"  # noqa: S608
            " where l.id = t.id",
            [[line.pk for line in changed], *([getattr(line, name) for line in changed] for name in columns)],
        )
