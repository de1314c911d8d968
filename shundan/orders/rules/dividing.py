"""What the parts of a divided line are worth: shares that add up to the line, to the cent."""

from collections.abc import Sequence
from decimal import Decimal

from shundan.kernel.money import spread
from shundan.orders.rules.changes import PricedLine, Terms


def terms_of_parts(
    line: PricedLine, quantities: Sequence[Decimal], *, includes_tax: bool, currency: str
) -> list[Terms]:
    """Return what the parts of a line say that `quantities` divide: its price, and shares of each of its amounts.

    The largest remainders take the cents, so a part may differ from price times quantity by two of them at most.
    """
    discounts = spread(line.discount, quantities, currency=currency)
    leading = spread(line.gross if includes_tax else line.net, quantities, currency=currency)
    others = spread(line.net if includes_tax else line.tax, leading, currency=currency)
    found = []
    for quantity, discount, lead, other in zip(quantities, discounts, leading, others, strict=True):
        net, tax = (other, lead - other) if includes_tax else (lead, other)
        found.append(Terms(quantity, line.agreed, discount, net + tax, net, tax))
    return found
