"""What an order earns over what its goods cost, as far as their cost is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from shundan.kernel.money import ZERO, round_amount

PERCENT = Decimal("0.01")


class CostedLine(Protocol):
    """A line's worth without tax in the order's currency, and its cost per unit in company currency, if known."""

    quantity: Decimal
    net: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Margin:
    """Net less cost in company currency, its percentage of net (none of nothing), and over how many lines."""

    amount: Decimal
    percent: Decimal | None
    known: int
    lines: int


def margin_of(lines: Iterable[CostedLine], *, exchange_rate: Decimal) -> Margin | None:
    """Return the margin over the lines whose cost is known; None where it is known of none.

    `exchange_rate` is company currency per unit of the order's currency. Lines taken off count for nothing.
    """
    counted = [line for line in lines if line.quantity]
    known = [(line.net, line.cost * line.quantity) for line in counted if line.cost is not None]
    if not known:
        return None
    net = sum((net for net, _cost in known), ZERO) * exchange_rate
    earned = net - sum((cost for _net, cost in known), ZERO)
    percent = (earned / net * 100).quantize(PERCENT) if net else None
    return Margin(round_amount(earned), percent, len(known), len(counted))
