"""Lots and serial numbers that papers moved, as answers of the API tell them."""

from collections.abc import Iterable

from shundan.api.fields import Answer, Plain, number
from shundan.inventory.queries import LotUnits


class MovedLot(Answer):
    """So many units of a lot; a serial number is a lot of one unit."""

    lot: str
    quantity: Plain


def moved_lots(units: Iterable[LotUnits]) -> list[MovedLot]:
    """Return the lots that a line of a paper moved."""
    return [MovedLot(lot=one.lot, quantity=number(one.quantity)) for one in units]
