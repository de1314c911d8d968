"""What fulfilment and billing tell an order: picked, shipped, invoiced, paid; the header follows the lines."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shundan.inventory.actions import Want, reserve_stock
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import require
from shundan.orders.actions.move import derive_progress, run_automatic, save_moved
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, lines_of
from shundan.orders.rules import backordered_quantity

Quantities = Mapping[int, Decimal]


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
        line.reserved -= quantities[line.pk]
    _save_lines(order, quantities, "shipped", "picked", "reserved")
    refresh_progress(order, by=by)


def note_delivered(order: Order, quantities: Quantities, *, by: Actor) -> None:
    """Count units that the customer has signed for."""
    for line in _lines(order, quantities):
        line.delivered += quantities[line.pk]
    _save_lines(order, quantities, "delivered")
    refresh_progress(order, by=by)


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


def refresh_progress(order: Order, *, by: Actor) -> None:
    """Derive the header's progress from the lines, take automatic transitions, and save."""
    derive_progress(order)
    run_automatic(order, by=by)
    save_moved(order, by=by)


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
    changed = _lines(order, quantities)
    if changed:
        OrderLine.objects.bulk_update(changed, columns)
