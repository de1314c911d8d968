"""One order: itself, its lines and holds, its history, and what is true of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shundan.accounts.scopes import holds
from shundan.inventory.queries import availability_unscoped, available_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.kept import kept
from shundan.kernel.models import Event
from shundan.kernel.money import ZERO, part_of
from shundan.kernel.rows import Rows
from shundan.kernel.timeline import events_of_unscoped
from shundan.orders.models import Order, OrderHold, OrderLine
from shundan.orders.queries.types import type_of
from shundan.orders.rules import LIVE, RELEASED, backordered_quantity, invoiceable_quantity, open_quantity
from shundan.orders.rules.changes import worth_of_line
from shundan.orders.rules.holds import HOLDS, HoldCode, blocking
from shundan.orders.scopes import visible_orders
from shundan.workflow.models import ApprovalRun
from shundan.workflow.queries import latest_run_of

# Not the workflow: a row that is joined and changes while the lock is waited for would make the order vanish.
_DOCUMENTS = Rows(Order, "customer", "supplier", "type", "payment_term")
_ORDERS = Rows(
    Order,
    "customer",
    "supplier",
    "type",
    "payment_term",
    "owner",
    "warehouse",
    "department",
    "origin",
    "target_warehouse",
    "target_department",
)
_LINES = Rows(OrderLine, "product", "warehouse")
_LOCKED = " for no key update of own"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come: units and lines of goods, and money that is still due."""

    units: Decimal
    units_shipped: Decimal
    units_open: Decimal
    units_free: Decimal
    backordered: Decimal
    lines: int
    lines_shipped: int
    discount: Decimal
    # What is owed for it in the end: less than its total where something was dropped or came back.
    worth: Decimal
    due: Decimal


def get_order(number: str, *, by: Actor, lock: bool = False, permission: str = "order.read") -> Order:
    """Return an order by our number, or by its unique foreign one. Raises: NotPermitted, NotFound.

    With `lock` the row stays locked until commit.
    """
    require(by, permission)
    found = _ORDERS.fetch("where own.number = %s" + _LOCKED * lock, [number.replace("\x00", "")])
    if not found or not may_do(permission, found[0], by=by):
        raise NotFound(what="order", key=number[:100])
    return found[0]


def may_do(permission: str, order: Order, *, by: Actor) -> bool:
    """Tell whether the actor holds a permission for one order that they were allowed to fetch."""
    return holds(by, permission, order, named={"released": is_released(order)})


def order_number_of(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the number of a visible order by its subject, or None for what is none or may not be seen."""
    if subject[0] != "order" or not by.may("order.read"):
        return None
    return visible_orders(by).filter(pk=subject[1]).values_list("number", flat=True).first()


def order_numbers_by_id(ids: Iterable[int | None], *, by: Actor) -> dict[int, str]:
    """Return the numbers of visible orders by id, for the ledger of stock."""
    if not by.may("order.read"):
        return {}
    wanted = {one for one in ids if one is not None}
    return dict(visible_orders(by).filter(pk__in=wanted).values_list("pk", "number"))


def timeline_of(order: Order, *, by: Actor, papers: Iterable[tuple[str, int]] = (), limit: int = 200) -> list[Event]:
    """Return what happened to an order and to the papers given by subject, newest first.

    The caller has scoped the papers. Actors who may not read events of this order get none.
    """
    if not may_do("event.read", order, by=by):
        return []
    return events_of_unscoped((order.subject, *papers), limit=limit)


def timeline_of_papers(order: Order, papers: Iterable[tuple[str, int]], *, by: Actor) -> list[Event]:
    """Return what happened to papers of an order, which the caller has scoped, newest first."""
    return events_of_unscoped(papers) if may_do("event.read", order, by=by) else []


def lock_order_unscoped(order_id: int) -> Order:
    """Return an order locked until commit, for rooms above that have scoped their own document."""
    found = _DOCUMENTS.fetch("where own.id = %s" + _LOCKED, [order_id])
    if not found:
        raise Order.DoesNotExist
    return found[0]


def lock_orders_unscoped(order_ids: Iterable[int]) -> dict[int, Order]:
    """Return orders by id, locked until commit in ascending order, for rooms above that have scoped their document."""
    rows = _DOCUMENTS.fetch("where own.id = any(%s::bigint[]) order by own.id" + _LOCKED, [list(order_ids)])
    return {one.pk: one for one in rows}


def lines_of(order: Order) -> list[OrderLine]:
    """Return an order's lines in their order, loaded once for each instance of the order."""
    if "loaded_lines" not in order.__dict__:
        order.__dict__["loaded_lines"] = _LINES.fetch("where own.order_id = %s order by own.position", [order.pk])
    lines: list[OrderLine] = order.__dict__["loaded_lines"]
    return lines


def approval_of(order: Order) -> ApprovalRun | None:
    """Return the newest approval of an order, loaded once for each instance of the order."""
    if "latest_approval" not in order.__dict__:
        order.__dict__["latest_approval"] = latest_run_of(order.subject)
    found: ApprovalRun | None = order.__dict__["latest_approval"]
    return found


def forget_approval(order: Order) -> None:
    """Let the newest approval of an order be loaded anew: another one began, or it ended."""
    order.__dict__.pop("latest_approval", None)


def is_live(order: Order) -> bool:
    """Tell whether the order is confirmed and not finished: goods may be picked for it."""
    return order.category in LIVE


def is_released(order: Order) -> bool:
    """Tell whether the order was ever handed to the warehouse: what left the house may be invoiced."""
    return order.category in RELEASED


def invoiceable_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return what can be invoiced now of each line."""
    return {line: invoiceable_quantity(line, invoices_on=type_of(order).invoices_on) for line in lines_of(order)}


def backordered_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return what is open and not even reserved of each line."""
    return {line: backordered_quantity(line) for line in lines_of(order)}


@dataclass(frozen=True, slots=True)
class LineQuantities:
    """What is left to do with a line."""

    open: Decimal
    backordered: Decimal
    to_invoice: Decimal


def line_quantities(order: Order) -> dict[int, LineQuantities]:
    """Return by position what of each line is still to be shipped, to be reserved, and can be invoiced now."""
    return {line.position: quantities_of_line(order, line) for line in lines_of(order)}


def quantities_of_line(order: Order, line: OrderLine) -> LineQuantities:
    """Return what of a line of an order is still to be shipped, to be reserved, and can be invoiced now."""
    released = is_released(order) and not order.is_history
    return LineQuantities(
        open=open_quantity(line) if line.is_stocked else ZERO,
        backordered=backordered_quantity(line) if is_live(order) else ZERO,
        to_invoice=invoiceable_quantity(line, invoices_on=type_of(order).invoices_on) if released else ZERO,
    )


def progress_of(order: Order) -> Progress:
    """Return the figures that an order's four tracks and its sums show."""
    lines = lines_of(order)
    stocked = [line for line in lines if line.is_stocked]
    # Goods that left a closed order are owed, invoiced or not yet.
    owes_more = order.category == "closed" and order.invoicing in ("to_invoice", "part")
    worth = _worth_of_valid(order) if owes_more else worth_of(order)
    return Progress(
        units=sum((line.quantity - line.cancelled for line in stocked), ZERO),
        units_shipped=sum((line.shipped for line in stocked), ZERO),
        units_open=sum((open_quantity(line) for line in stocked), ZERO),
        units_free=sum((line.reserved - line.picked for line in stocked), ZERO),
        backordered=sum((backordered_quantity(line) for line in lines), ZERO),
        lines=len(stocked),
        lines_shipped=sum(1 for line in stocked if open_quantity(line) == 0),
        discount=sum((line.discount for line in lines), ZERO),
        worth=worth,
        due=max(worth - order.paid, ZERO),
    )


def worth_of(order: Order) -> Decimal:
    """Return what is owed for the order in the end: all that is not closed, or what is invoiced of one that ended."""
    if order.category in ("completed", "closed", "cancelled"):
        return order.invoiced
    return _worth_of_valid(order)


def _worth_of_valid(order: Order) -> Decimal:
    dropped = [line for line in lines_of(order) if line.cancelled]
    worth = order.total - sum((line.gross - worth_of_line(line, currency=order.currency) for line in dropped), ZERO)
    more = [line for line in lines_of(order) if line.over and line.quantity]
    return worth + sum(
        (part_of(line.gross, upto=line.over, of=line.quantity, currency=order.currency) for line in more), ZERO
    )


def backordered_of_line(line: OrderLine) -> Decimal:
    """Return what is open of a line and not even reserved."""
    return backordered_quantity(line)


def open_of(line: OrderLine) -> Decimal:
    """Return what of a line is still to be shipped."""
    return open_quantity(line)


def shippable_of(order: Order) -> dict[OrderLine, Decimal]:
    """Return each line of goods with what of it is reserved, or was rejected and is open, and not yet picked."""
    return {
        line: (open_quantity(line) if line.is_of_rejected else line.reserved) - line.picked
        for line in lines_of(order)
        if line.is_stocked
    }


def short_lines(order: Order) -> list[tuple[str, Decimal]]:
    """Return (SKU, free quantity) of the products that an order wants more of than its warehouse has free."""
    wanted: dict[int, Decimal] = {}
    skus = {}
    for line in lines_of(order):
        if line.is_stocked:
            wanted[line.product_id] = wanted.get(line.product_id, ZERO) + line.quantity
            skus[line.product_id] = line.sku
    levels = availability_unscoped(wanted, warehouse_id=order.warehouse_id) if wanted else {}
    free = {product_id: available_of(product_id, levels) for product_id in wanted}
    return [(skus[product_id], free[product_id]) for product_id in wanted if free[product_id] < wanted[product_id]]


def hold_codes() -> list[HoldCode]:
    """Return the kinds of hold, the plain one first."""
    return list(HOLDS.values())


def open_holds(order: Order) -> list[OrderHold]:
    """Return the holds that wait to be lifted, oldest first."""
    return _open_holds(order.pk)


def codes_that_block(order: Order, step: str) -> list[str]:
    """Return the codes of the holds of an order that block a step, without asking for their reasons."""
    return blocking(order.holds, step)


@kept
def _open_holds(order_id: Any) -> QuerySet[OrderHold]:
    return OrderHold.objects.filter(order_id=order_id, lifted_at=None).order_by("id")
