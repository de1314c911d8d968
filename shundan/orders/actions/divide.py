"""Dividing a line over warehouses when none has all of it, and joining its parts when its stock is given back."""

import copy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from django.db.models import ProtectedError
from django.db.models.base import ModelState

from shundan.kernel.actor import Actor
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.orders.models import Order, OrderLine, Promise
from shundan.orders.queries import lines_of
from shundan.orders.rules import line_amounts
from shundan.orders.rules.changes import Terms
from shundan.orders.rules.dividing import terms_of_parts

Shares = Sequence[tuple[int, Decimal]]
COLUMNS = ("quantity", "cancelled", "discount", "gross", "net", "tax", "divided_from")
# What two parts have in common of which nobody has changed one alone.
SAME = (
    *("product_id", "unit_price", "order_price", "order_unit", "unit_numerator", "unit_denominator", "tax_code"),
    *("tax_kind", "tax_rate", "requested_on", "remark", "attributes", "kit"),
)


def divide_lines(order: Order, shares: Mapping[int, Shares], *, by: Actor) -> None:
    """Divide lines of a locked order, by position, into one for each warehouse that has a part of it.

    What nobody has stays with the first. The order's amounts do not change.
    """
    lines = lines_of(order)
    last = max(line.position for line in lines)
    changed, made, said = [], [], []
    for line in [one for one in lines if one.position in shares]:
        first, *others = shares[line.position]
        rest = line.quantity - sum((quantity for _pk, quantity in others), ZERO)
        quantities = [rest, *(quantity for _pk, quantity in others)]
        terms = terms_of_parts(line, quantities, includes_tax=order.includes_tax, currency=order.currency)
        said.append(f"{line.sku}: {' + '.join(plain(quantity) for quantity in quantities)}")
        line.divided_from = line.divided_from or line.position
        line.warehouse_id = first[0]
        for (warehouse_id, _quantity), its in zip(others, terms[1:], strict=True):
            last += 1
            made.append(_part(line, its, warehouse_id, last))
        _say(line, terms[0])
        changed.append(line)
    OrderLine.objects.bulk_update(changed, [*COLUMNS, "warehouse"])
    OrderLine.objects.bulk_create(made)
    _keep_lines(order, [*lines, *made])
    data = {"number": order.number, "lines": ", ".join(said)}
    record("order.lines_divided", subject=order.subject, by=by.as_system(), data=data)


def join_lines(order: Order, *, by: Actor) -> None:
    """Make one line again of the parts of a locked order that hold nothing any more and that nothing tells apart.

    Parts stay when somebody changed one of them alone, or when a paper names them.
    """
    divided = [line for line in lines_of(order) if line.divided_from is not None]
    changed, gone = [], set()
    for _first, group in groupby(sorted(divided, key=_joining), key=lambda line: line.divided_from):
        line, *parts = group
        whole = _whole(line, parts, order)
        if whole is None or not _deleted(parts):
            continue
        _say(line, whole)
        line.cancelled, line.divided_from = whole.cancelled, None
        changed.append(line)
        gone |= {part.position for part in parts}
    if not changed:
        return
    OrderLine.objects.bulk_update(changed, COLUMNS)
    _keep_lines(order, [line for line in lines_of(order) if line.position not in gone])
    data = {"number": order.number, "lines": ", ".join(f"{line.sku}: {plain(line.quantity)}" for line in changed)}
    record("order.lines_joined", subject=order.subject, by=by.as_system(), data=data)


def _joining(line: OrderLine) -> tuple[int, int]:
    return (line.divided_from or 0, line.position)


def _part(line: OrderLine, terms: Terms, warehouse_id: int, position: int) -> OrderLine:
    part = copy.copy(line)
    part._state = ModelState()
    part.pk, part.position, part.warehouse_id, part.cancelled = None, position, warehouse_id, ZERO
    _say(part, terms)
    return part


def _say(line: OrderLine, terms: Terms) -> None:
    line.quantity, line.discount = terms.quantity, terms.discount
    line.gross, line.net, line.tax = terms.gross, terms.net, terms.tax


def _whole(line: OrderLine, parts: Sequence[OrderLine], order: Order) -> Terms | None:
    """Return what the joined line says, or None if it would not be worth what its parts are."""
    group = [line, *parts]
    known = [tuple(getattr(one, name) for name in SAME) for one in group]
    if any(one != known[0] for one in known) or any(one.reserved or one.shipped or one.is_direct for one in group):
        return None
    quantity, discount = sum((one.quantity for one in group), ZERO), sum((one.discount for one in group), ZERO)
    found = line_amounts(
        quantity=quantity,
        unit_price=line.agreed.amount,
        unit=line.ordered_in,
        discount=discount,
        tax_rate=line.tax_rate,
        includes_tax=order.includes_tax,
        currency=order.currency,
    )
    amounts = tuple(sum((getattr(one, name) for one in group), ZERO) for name in ("gross", "net", "tax"))
    if amounts != (found.gross, found.net, found.tax):
        return None
    cancelled = sum((one.cancelled for one in group), ZERO)
    return Terms(quantity, line.agreed, discount, found.gross, found.net, found.tax, cancelled)


def _deleted(parts: Sequence[OrderLine]) -> bool:
    """Delete lines that nothing names; return whether they are gone."""
    ids = [part.pk for part in parts]
    try:
        OrderLine.objects.filter(pk__in=ids).delete()
    except ProtectedError:
        return False
    Promise.objects.filter(line_id__in=ids).delete()
    return True


def _keep_lines(order: Order, lines: list[OrderLine]) -> None:
    order.__dict__["loaded_lines"] = lines
    order.line_count = len(lines)
    order.save(update_fields=["line_count"])
