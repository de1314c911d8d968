"""What the API says of the margin of an order."""

from shundan.api.fields import Amount, Answer, Plain, Row, amount, number
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.orders.queries import margin_of_order


class Margin(Answer):
    """What an order earns over its cost, in company currency and in percent of its net.

    It covers the lines whose cost is known; it is left out where none is, and without the permission product.cost.
    """

    amount: Amount
    percent: Plain | None
    known_lines: int
    lines: int


def margin_answer(order: Row, *, by: Actor) -> Margin | None:
    """Return the margin of an order where it is known, for those who may know it."""
    one = margin_of_order(order, by=by)
    if one is None:
        return None
    return Margin(
        amount=amount(one.amount, COMPANY_CURRENCY),
        percent=None if one.percent is None else number(one.percent),
        known_lines=one.known,
        lines=one.lines,
    )
