"""Doing one thing to many orders: each in a transaction of its own, each with its own result."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.orders.actions.move import move_order

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one order of many: its new state, or why nothing happened to it."""

    number: str
    state: str | None
    refusal: Refused | None


def move_orders(numbers: Iterable[str], transition: str, *, by: Actor) -> list[Moved]:
    """Take one transition of many orders; what is refused for one stops none of the others.

    Raises: Malformed for more than 200 orders.
    """
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST_AT_ONCE:
        raise Malformed(details=[Detail("ids", "too_many", _("Choose at most 200 orders at once."))])
    return [_moved(number, transition, by) for number in wanted]


def _moved(number: str, transition: str, by: Actor) -> Moved:
    try:
        return Moved(number, move_order(number, transition, by=by).state, None)
    except Refused as refusal:
        return Moved(number, None, refusal)
