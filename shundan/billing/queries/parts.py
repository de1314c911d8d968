"""What a paper says of a part of an order line, so that all parts add up to the line exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shundan.kernel.money import ZERO, part_of
from shundan.orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class BilledPart:
    """The part of an order line that an invoice bills, with what may be billed of the line at most."""

    line: OrderLine
    quantity: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


def parts_of_lines(
    order: Order, chosen: Mapping[OrderLine, Decimal], already: Mapping[int, tuple[Decimal, Decimal]]
) -> list[BilledPart]:
    """Return the amounts of parts of lines, less what papers hold `already`."""
    parts = []
    for line, quantity in chosen.items():
        upto = line.invoiced + quantity
        gross_before, net_before = already.get(line.pk, (ZERO, ZERO))
        gross = part_of(line.gross, upto=upto, of=line.quantity, currency=order.currency) - gross_before
        net = part_of(line.net, upto=upto, of=line.quantity, currency=order.currency) - net_before
        # After a change of the line a part may round below nothing; the last part takes the rest all the same.
        gross, net = max(ZERO, gross), max(ZERO, net)
        parts.append(BilledPart(line, quantity, net, gross - net, gross))
    return parts
