"""Quantities and prices of lines in words: in the unit they were ordered in and in the product's own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from shundan.orders.queries import AgreedPrice, CountedLine
from shundan.orders.queries import quantity_in_words as in_words
from shundan.ui.formatting import money, qty


class OrderedLine(CountedLine, Protocol):
    """A line with its agreed price."""

    @property
    def agreed(self) -> AgreedPrice:
        """Return the price agreed, of one of the unit that it was ordered in."""


def quantity_in_words(quantity: Decimal, line: CountedLine, units: Mapping[str, str]) -> str:
    """Tell a quantity of a line as pages write numbers: 2 boxes (24 pcs). `units` are names by code."""
    return in_words(quantity, line, units, write=qty)


def price_in_words(line: OrderedLine, currency: str, units: Mapping[str, str]) -> str:
    """Tell the price agreed for a line; of another unit than the product's own with that unit."""
    price = money(line.agreed.amount, currency)
    return f"{price} / {units.get(line.order_unit, line.order_unit)}" if line.order_unit else price
