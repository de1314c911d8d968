"""What promotions take off the lines of an order; pure arithmetic in the order's currency.

- percent: so much off each line.
- buy_get: with every `buy_quantity` of a product `free_quantity` more of it are free, as far as they are on the order;
  with a gift that product is free instead, for what was bought of all targets together.
- over_amount: from `least_amount` on a percentage or an amount off, once or for each full `least_amount`.
- bundle: a set of products for one price, for as many whole sets as are on the order.

The first three kinds of a line come before what looks at the order's sum. Within, the smaller rank goes first; what
was taken off counts for the next one. A line whose price was set by hand takes no part.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from shundan.kernel.money import ZERO, round_amount, spread
from shundan.pricing.rules import HUNDRED


@dataclass(frozen=True, slots=True)
class Target:
    """A product or category, and how much of it a set of a bundle holds."""

    product_id: int | None = None
    category_id: int | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion that is for this buyer today; without targets it is about everything."""

    code: str
    kind: str
    rank: int = 100
    is_exclusive: bool = False
    percent: Decimal | None = None
    amount: Decimal | None = None
    least_amount: Decimal | None = None
    repeats: bool = False
    buy_quantity: Decimal | None = None
    free_quantity: Decimal | None = None
    gift_id: int | None = None
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A line as promotions see it: quantity in the product's own unit, what it is worth before them."""

    product_id: int
    categories: tuple[int, ...]
    quantity: Decimal
    worth: Decimal
    takes_part: bool = True


@dataclass(frozen=True, slots=True)
class Off:
    """What a promotion took off a line."""

    code: str
    amount: Decimal


def taken_off(offers: Sequence[Offer], lines: Sequence[OfferedLine], *, currency: str) -> list[list[Off]]:
    """Return for each line what promotions take off it, in the order in which they did."""
    found: list[list[Off]] = [[] for _line in lines]
    left = [line.worth for line in lines]
    closed = [not line.takes_part for line in lines]
    for offer in sorted(offers, key=lambda one: (one.kind == "over_amount", one.rank, one.code)):
        # An exclusive offer finds no line that another one has touched.
        free = [
            at for at in range(len(lines)) if not closed[at] and left[at] > 0 and not (offer.is_exclusive and found[at])
        ]
        for at, amount in _KINDS[offer.kind](offer, free, lines, left, currency).items():
            amount = min(amount, left[at])
            if amount > 0:
                found[at].append(Off(offer.code, amount))
                left[at] -= amount
                closed[at] = closed[at] or offer.is_exclusive
    return found


def _holds(target: Target, line: OfferedLine) -> bool:
    return target.product_id == line.product_id or target.category_id in line.categories


def _aimed(offer: Offer, free: Sequence[int], lines: Sequence[OfferedLine]) -> list[int]:
    if not offer.targets:
        return list(free)
    return [at for at in free if any(_holds(target, lines[at]) for target in offer.targets)]


def _percent(
    offer: Offer, free: Sequence[int], lines: Sequence[OfferedLine], left: Sequence[Decimal], currency: str
) -> Mapping[int, Decimal]:
    assert offer.percent is not None
    share = offer.percent / HUNDRED
    return {at: round_amount(left[at] * share, currency=currency) for at in _aimed(offer, free, lines)}


def _buy_get(
    offer: Offer, free: Sequence[int], lines: Sequence[OfferedLine], left: Sequence[Decimal], currency: str
) -> Mapping[int, Decimal]:
    assert offer.buy_quantity is not None
    assert offer.free_quantity is not None
    buy, get = offer.buy_quantity, offer.free_quantity
    aimed = _aimed(offer, free, lines)
    if offer.gift_id is not None:
        bought = sum((lines[at].quantity for at in aimed if lines[at].product_id != offer.gift_id), ZERO)
        gifts = [at for at in free if lines[at].product_id == offer.gift_id]
        return _freed(gifts, _whole(bought / buy) * get, lines, left, currency)
    found: dict[int, Decimal] = {}
    for product_id in dict.fromkeys(lines[at].product_id for at in aimed):
        its = [at for at in aimed if lines[at].product_id == product_id]
        total = sum((lines[at].quantity for at in its), ZERO)
        sets = _whole(total / (buy + get))
        found |= _freed(its, sets * get + max(ZERO, total - sets * (buy + get) - buy), lines, left, currency)
    return found


def _freed(
    its: Sequence[int], quantity: Decimal, lines: Sequence[OfferedLine], left: Sequence[Decimal], currency: str
) -> dict[int, Decimal]:
    """Return what it takes off to give a quantity of these lines for nothing, the last line first."""
    found = {}
    for at in reversed(its):
        part = min(quantity, lines[at].quantity)
        if part > 0:
            found[at] = round_amount(left[at] * part / lines[at].quantity, currency=currency)
            quantity -= part
    return found


def _over_amount(
    offer: Offer, free: Sequence[int], lines: Sequence[OfferedLine], left: Sequence[Decimal], currency: str
) -> Mapping[int, Decimal]:
    assert offer.least_amount is not None
    aimed = _aimed(offer, free, lines)
    worth = sum((left[at] for at in aimed), ZERO)
    if worth < offer.least_amount:
        return {}
    if offer.percent is not None:
        off = round_amount(worth * offer.percent / HUNDRED, currency=currency)
    else:
        assert offer.amount is not None
        off = offer.amount * (_whole(worth / offer.least_amount) if offer.repeats else 1)
    return dict(zip(aimed, spread(min(off, worth), [left[at] for at in aimed], currency=currency), strict=True))


def _bundle(
    offer: Offer, free: Sequence[int], lines: Sequence[OfferedLine], left: Sequence[Decimal], currency: str
) -> Mapping[int, Decimal]:
    assert offer.amount is not None
    parts = [(target, [at for at in free if _holds(target, lines[at])]) for target in offer.targets]
    sets = min(
        (
            _whole(sum((lines[at].quantity for at in its), ZERO) / (target.quantity or Decimal(1)))
            for target, its in parts
        ),
        default=ZERO,
    )
    used: dict[int, Decimal] = {}
    for target, its in parts:
        wanted = sets * (target.quantity or Decimal(1))
        for at in its:
            part = min(wanted, lines[at].quantity)
            if part > 0:
                used[at] = left[at] * part / lines[at].quantity
                wanted -= part
    off = round_amount(sum(used.values(), ZERO), currency=currency) - offer.amount * sets
    if not sets or off <= 0:
        return {}
    return dict(zip(used, spread(off, list(used.values()), currency=currency), strict=True))


def _whole(number: Decimal) -> Decimal:
    return number.to_integral_value(rounding=ROUND_FLOOR)


_Rule = Callable[[Offer, Sequence[int], Sequence[OfferedLine], Sequence[Decimal], str], Mapping[int, Decimal]]
_KINDS: Mapping[str, _Rule] = {
    "percent": _percent,
    "buy_get": _buy_get,
    "over_amount": _over_amount,
    "bundle": _bundle,
}
