"""What had expired when it was booked, as answers of the API tell it."""

from collections.abc import Iterable

from shundan.api.fields import Answer, DayText, Plain, day, number
from shundan.inventory.queries import ExpiredUnits


class ExpiredLot(Answer):
    """Units of a lot that had expired when they were booked: they lie blocked, and nobody is promised them."""

    lot: str
    expires_on: DayText | None
    quantity: Plain


def expired_lots(units: Iterable[ExpiredUnits]) -> list[ExpiredLot]:
    """Return what lies blocked because it had expired."""
    return [ExpiredLot(lot=one.lot, expires_on=day(one.expires_on), quantity=number(one.quantity)) for one in units]
