"""Invoice plans: which parts an order is invoiced in, what each is worth now, and what it bills of each line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet

from shundan.billing.models import PlannedPart
from shundan.billing.queries.books import invoiced_amounts
from shundan.billing.queries.parts import BilledPart
from shundan.kernel.actor import Actor
from shundan.kernel.kept import kept
from shundan.kernel.money import QUANTITY_DECIMALS, ZERO, part_of, spread
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import is_released, lines_of

_STEP = Decimal(1).scaleb(-QUANTITY_DECIMALS)


NO_GOODS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of a plan with what it is worth now and from when on it may be invoiced."""

    part: PlannedPart
    amount: Decimal
    due_from: date | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class LeftOfLine:
    """What a line comes to after what was cancelled and returned, and what invoices hold of it."""

    line: OrderLine
    quantity: Decimal
    gross: Decimal
    net: Decimal
    billed_gross: Decimal
    billed_net: Decimal

    @property
    def gross_left(self) -> Decimal:
        """Return what is not invoiced yet."""
        return max(ZERO, self.gross - self.billed_gross)


def parts_of_order(order: Order) -> list[PlannedPart]:
    """Return the parts of an order's plan; none where it has none."""
    return _parts(order.pk) if order.kind in ("sale", "service") else []


@kept
def _parts(order_id: Any) -> QuerySet[PlannedPart]:
    return PlannedPart.objects.filter(order_id=order_id).select_related("invoice").order_by("position")


def has_plan(order_id: int) -> bool:
    """Tell whether an order has a plan of its own already."""
    return bool(_first_part(order_id))


@kept
def _first_part(order_id: Any) -> QuerySet[PlannedPart, int]:
    return PlannedPart.objects.filter(order_id=order_id).values_list("pk", flat=True)[:1]


def goes_by_plan(order: Order) -> bool:
    """Tell whether parts of a plan are still to be invoiced; until then the order is not invoiced otherwise."""
    return any(one.invoice_id is None for one in parts_of_order(order))


def invoice_plan(order: Order, *, by: Actor) -> list[PlanPart]:
    """Return the plan of an order that the actor fetched: what is not invoiced is shared out by weight, to the cent.

    A change of the order, of what is cancelled or comes back, changes the parts that are still open.
    """
    parts = parts_of_order(order)
    waiting = [one for one in parts if one.invoice_id is None]
    left = sum((one.gross_left for one in left_of_lines(order)), ZERO) if waiting else ZERO
    shares = iter(spread(left, [one.percent for one in waiting], currency=order.currency))
    found = []
    for one in parts:
        amount = one.amount if one.invoice_id is not None else next(shares)
        due_from = one.reached_on + timedelta(days=one.days) if one.reached_on else None
        is_due = one.invoice_id is None and due_from is not None and due_from <= by.today and is_released(order)
        found.append(PlanPart(one, amount, due_from, is_due))
    return found


def worth_of_goods(order: Order, quantities: Mapping[int, Decimal]) -> Decimal:
    """Return what units of an order's goods come to with tax, by line id; not rounded, to compare and share by."""
    lines = [line for line in lines_of(order) if line.quantity > 0 and line.is_stocked]
    return sum((line.gross * quantities.get(line.pk, ZERO) / line.quantity for line in lines), ZERO)


def left_of_lines(order: Order) -> list[LeftOfLine]:
    """Return what of each line can still be invoiced, whether it was shipped or not."""
    lines = [line for line in lines_of(order) if line.quantity > 0]
    already = invoiced_amounts(line.pk for line in lines)
    found = []
    for line in lines:
        quantity = line.quantity - line.cancelled - line.returned
        gross, net = (
            part_of(amount, upto=quantity, of=line.quantity, currency=order.currency)
            for amount in (line.gross, line.net)
        )
        found.append(LeftOfLine(line, quantity, gross, net, *already.get(line.pk, (ZERO, ZERO))))
    return found


def billed_parts_of_plan(order: Order, amount: Decimal, *, goods: Mapping[str, str] = NO_GOODS) -> list[BilledPart]:
    """Return what an invoice of this amount bills of each line: its share of what is left, the last one the rest.

    With the `goods` of a shipment it bills these, and others only for what is above them. The shares are by the largest
    remainder, so they make the amount exactly and never more than a line has left.
    """
    left = left_of_lines(order)
    shares = _shares_of_goods(order, amount, left, goods)
    is_last = amount == sum((one.gross_left for one in left), ZERO)
    found = []
    for one, gross in zip(left, shares, strict=True):
        upto = one.billed_gross + gross
        if is_last:
            quantity, net = one.quantity - one.line.invoiced, one.net - one.billed_net
        elif gross:
            # Rounded down: a line counts as invoiced in full by its last part only.
            whole = (one.quantity * upto / one.gross).quantize(_STEP, rounding=ROUND_DOWN)
            quantity = whole - one.line.invoiced
            net = part_of(one.net, upto=upto, of=one.gross, currency=order.currency) - one.billed_net
        else:
            continue
        quantity, net = max(ZERO, quantity), max(ZERO, min(net, gross))
        if quantity or gross:
            found.append(BilledPart(one.line, quantity, net, gross - net, gross))
    return found


def _shares_of_goods(
    order: Order, amount: Decimal, left: Sequence[LeftOfLine], goods: Mapping[str, str]
) -> list[Decimal]:
    worth = [
        one.line.gross * Decimal(goods.get(str(one.line.pk), "0")) / one.line.quantity if one.gross_left else ZERO
        for one in left
    ]
    room = [one.gross_left for one in left]
    shares = [ZERO for _one in left]
    if any(worth):
        first = spread(amount, worth, currency=order.currency)
        shares = [min(share, most) for share, most in zip(first, room, strict=True)]
    rest = amount - sum(shares, ZERO)
    more = spread(rest, [most - share for share, most in zip(shares, room, strict=True)], currency=order.currency)
    return [share + other for share, other in zip(shares, more, strict=True)]
