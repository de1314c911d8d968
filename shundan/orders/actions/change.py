"""Changing what a running order says: a wish checked against its limits, then carried out with money and stock."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions import Want, shift_reservations
from shundan.inventory.queries import availability_unscoped, available_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Refused
from shundan.kernel.money import ZERO
from shundan.orders.actions.attributes import recompute_attributes
from shundan.orders.actions.direct import refuse_less_than_supplied
from shundan.orders.actions.draft import fingerprint_of, total_up
from shundan.orders.actions.planning import ChangeBeyondLimits, added_lines, planned_terms
from shundan.orders.actions.wishes import ChangeWish, check_wish
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import direction_of, lines_of
from shundan.orders.queries.revisions import content_of
from shundan.orders.registries import PAPERS_OF_LINES, WORTH_FOLLOWERS
from shundan.orders.rules import open_quantity
from shundan.orders.rules.changes import (
    ADDRESS,
    Difference,
    Invoiced,
    Terms,
    differences,
    valid_quantity,
    worth_of_line,
)

LINE_COLUMNS = (
    *("quantity", "cancelled", "unit_price", "order_unit", "unit_numerator", "unit_denominator", "order_price"),
    *("discount", "gross", "net", "tax", "requested_on", "remark"),
)


class NothingChanges(Refused):
    """The wish says what the order says already."""

    code = "nothing_changes"
    sentence = _("This changes nothing on the order.")


class NothingLeft(Refused):
    """No line would stay."""

    code = "nothing_left"
    sentence = _("At least one line must stay. Cancel the order instead.")


@dataclass(slots=True)
class Plan:
    """A checked change of an order that is not carried out yet, with both versions."""

    header: dict[str, Any]
    terms: dict[int, Terms]
    extras: dict[int, dict[str, Any]]
    added: list[OrderLine]
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def differences(self) -> list[Difference]:
        """Return where the versions differ."""
        return differences(self.before, self.after)

    @property
    def worth_before(self) -> Decimal:
        """Return what the order was worth, with tax."""
        return Decimal(self.before["worth"])

    @property
    def worth_after(self) -> Decimal:
        """Return what it will be worth, with tax."""
        return Decimal(self.after["worth"])


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order's lines held before they were changed: worth in all, and open quantities by line id."""

    worth: Decimal
    open: Mapping[int, Decimal]
    takes_stock: bool


def plan_change(order: Order, wish: ChangeWish) -> Plan:
    """Check a wish for a running order and return what it would change; nothing is written.

    Raises: Malformed, ChangeBeyondLimits, NothingLeft, NothingChanges.
    """
    check_wish(wish)
    lines = lines_of(order)
    papers = papers_of(lines)
    known = [one for one in wish.lines if one.position is not None]
    terms, extras = planned_terms(order, wish, papers)
    plan = Plan(_header(order, wish), terms, extras, added_lines(order, wish), content_of(order), {})
    if not plan.added and all(terms[line.pk].quantity == 0 if line.pk in terms else _is_off(line) for line in lines):
        raise NothingLeft()
    _refuse_address(order, plan)
    changed = copy.copy(order)
    changed.__dict__["loaded_lines"] = [copy.copy(line) for line in lines]
    _put(plan, changed, list(plan.added))
    plan.after = content_of(changed)
    if not plan.differences:
        raise NothingChanges()
    assert len(known) + len(plan.added) == len(wish.lines)
    return plan


def carry_out(order: Order, plan: Plan, *, by: Actor) -> None:
    """Change a locked order as planned; credit and stock follow by the difference, in this transaction.

    Raises: what billing refuses (CreditExceeded), OutOfStock; then nothing has changed.
    """
    before = standing_of(order)
    _put(plan, order, [])
    for line in plan.added:
        line.order = order
    OrderLine.objects.bulk_create(plan.added)
    lines = [*lines_of(order), *plan.added]
    order.__dict__["loaded_lines"] = lines
    total_up(order, lines)
    recompute_attributes(order, lines, by=by)
    order.content_hash = fingerprint_of(order, lines)
    order.save(
        update_fields=[
            "attributes",
            "net",
            "tax",
            "total",
            "company_total",
            "line_count",
            "content_hash",
            *plan.header,
        ]
    )
    settle_change(order, before, by=by, columns=LINE_COLUMNS)


def standing_of(order: Order) -> Standing:
    """Return what an order's lines hold now, to settle a change of them by the difference."""
    lines = lines_of(order)
    takes = direction_of(order).goes_out or any(line.reserved > 0 for line in lines)
    return Standing(_worth(order), {line.pk: open_quantity(line) for line in lines}, takes)


def settle_change(order: Order, before: Standing, *, by: Actor, columns: Sequence[str]) -> None:
    """Write lines that were changed in memory and let credit, then stock follow by the difference.

    Raises: what billing refuses (CreditExceeded), OutOfStock, SupplierDelivers.
    """
    change = _worth(order) - before.worth
    for follow in WORTH_FOLLOWERS:
        follow(order, change, by)
    back, wants = [], []
    for line in lines_of(order):
        over = line.reserved - open_quantity(line)
        if over > 0:
            back.append(_want(line, over))
            line.reserved -= over
        elif before.takes_stock and line.is_stocked and line.warehouse_id is not None:
            more = min(open_quantity(line) - before.open.get(line.pk, ZERO), open_quantity(line) - line.reserved)
            if more > 0:
                wants.append(_want(line, more))
    OrderLine.objects.bulk_update(lines_of(order), [*columns, "reserved"])
    held = shift_reservations(back=back, wants=wants, by=by, partly=order.allows_backorder)
    gained = [line for line in lines_of(order) if held.get(line.pk)]
    for line in gained:
        line.reserved += held[line.pk]
    if gained:
        OrderLine.objects.bulk_update(gained, ["reserved"])
    refuse_less_than_supplied(order)


def short_of_change(order: Order, plan: Plan) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Return (SKU, wanted more, available) of goods of which a change wants more than is free."""
    before = standing_of(order)
    more: dict[int, Decimal] = {}
    skus: dict[int, str] = {}
    for line in [*lines_of(order), *plan.added]:
        terms = plan.terms.get(line.pk) if line.pk else None
        left = (terms.quantity - terms.cancelled - line.shipped) if terms else open_quantity(line)
        rise = left - before.open.get(line.pk, ZERO)
        if line.is_stocked and not line.is_direct and rise > 0 and before.takes_stock:
            more[line.product_id] = more.get(line.product_id, ZERO) + rise
            skus[line.product_id] = line.sku
    levels = availability_unscoped(more, warehouse_id=order.warehouse_id) if more else {}
    free = {one: available_of(one, levels) for one in more}
    return tuple((skus[one], wanted, free[one]) for one, wanted in more.items() if wanted > free[one])


def papers_of(lines: Sequence[OrderLine]) -> dict[int, Invoiced]:
    """Return what papers hold of lines, by line id; lines without any are left out."""
    found: dict[int, Invoiced] = {}
    wanted = [line.pk for line in lines if line.pk and line.invoiced > 0]
    for answer in PAPERS_OF_LINES if wanted else ():
        for pk, (gross, net) in answer(wanted).items():
            known = found.get(pk, Invoiced())
            found[pk] = Invoiced(known.gross + gross, known.net + net)
    return found


def _worth(order: Order) -> Decimal:
    lines = lines_of(order)
    papers = papers_of(lines)
    return sum((worth_of_line(one, currency=order.currency, invoiced=papers.get(one.pk)) for one in lines), ZERO)


def _want(line: OrderLine, quantity: Decimal) -> Want:
    assert line.warehouse_id is not None  # every line that holds stock has one
    path = f"lines[{line.position - 1}].quantity"
    return Want(line.pk, line.product_id, line.warehouse_id, quantity, line.sku, path, line.lot_id)


def _is_off(line: OrderLine) -> bool:
    return valid_quantity(line) == 0


def _header(order: Order, wish: ChangeWish) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if wish.requested_on is not None:
        values["requested_on"] = wish.requested_on or None
    if wish.customer_reference is not None:
        values["customer_reference"] = wish.customer_reference.strip()
    if wish.remark is not None:
        values["remark"] = wish.remark
    if wish.ship_to is not None:
        values |= {f"ship_{one}": getattr(wish.ship_to, one) for one in ADDRESS}
    return {name: value for name, value in values.items() if getattr(order, name) != value}


def _refuse_address(order: Order, plan: Plan) -> None:
    if order.fulfilment in ("shipped", "delivered") and any(name.startswith("ship_") for name in plan.header):
        sentence = _("All goods have left already; the address cannot be changed any more.")
        raise ChangeBeyondLimits(details=[Detail("ship_to", "address_shipped", sentence)])


def _put(plan: Plan, order: Order, added: list[OrderLine]) -> None:
    """Write a plan into an order and its lines in memory."""
    for name, value in plan.header.items():
        setattr(order, name, value)
    for line in lines_of(order):
        terms = plan.terms.get(line.pk)
        if terms is not None:
            line.quantity, line.cancelled = terms.quantity, terms.cancelled
            line.discount = terms.discount
            for name, value in terms.price.columns().items():
                setattr(line, name, value)
            line.gross, line.net, line.tax = terms.gross, terms.net, terms.tax
        for name, value in plan.extras.get(line.pk, {}).items():
            setattr(line, name, value)
    order.__dict__["loaded_lines"] = [*lines_of(order), *added]
