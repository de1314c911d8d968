"""What a product's data must look like, and which price a quantity gets."""

from collections.abc import Iterable
from decimal import Decimal

KINDS = ("goods", "service", "charge")
STATUSES = ("active", "retired")
TRACKINGS = ("none", "lot", "serial")
LONGEST_SKU = 60
LARGEST_FACTOR = 1_000_000


def price_for(quantity: Decimal, steps: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return the unit price of the highest quantity step that the quantity reaches, or None.

    `steps` are (minimum quantity, unit price) pairs in any order.
    """
    reached = [step for step in steps if step[0] <= quantity]
    return max(reached)[1] if reached else None
