"""Whom prices and promotions are for, which price of a list counts, and what it comes to; nothing here asks a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shundan.kernel.money import PRICE_DECIMALS, ZERO

STATUSES = ("active", "retired")
METHODS = ("amount", "percent", "markup")
PROMOTION_KINDS = ("percent", "buy_get", "over_amount", "bundle")
MOST_DECIMALS = PRICE_DECIMALS
# Orders come in by these doors; prices may depend on it.
CHANNELS = ("web", "api", "portal", "import")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Buyer:
    """What prices may depend on: who buys, through which channel, and on which business day."""

    number: str
    tags: tuple[str, ...]
    kind: str
    region: str
    channel: str
    on: date


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom something is for: customers by number, tag or class (none: everybody), in regions and channels."""

    numbers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def closeness(self, buyer: Buyer) -> tuple[int, int] | None:
        """Return how closely it names a buyer, smaller is closer; None where it is not for him.

        First counts whether he is named by number, tag, class or not at all, then how many of region and channel are.
        """
        if (self.regions and buyer.region not in self.regions) or (
            self.channels and buyer.channel not in self.channels
        ):
            return None
        narrowed = -(bool(self.regions) + bool(self.channels))
        if buyer.number in self.numbers:
            return 0, narrowed
        if not set(buyer.tags).isdisjoint(self.tags):
            return 1, narrowed
        if buyer.kind in self.classes:
            return 2, narrowed
        return None if self.numbers or self.tags or self.classes else (3, narrowed)


def is_valid_on(day: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Tell whether a day lies within days of validity, both included; none given means open."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


@dataclass(frozen=True, slots=True)
class Item:
    """One price of a list: of a product (in a unit) or a category or everything, by one of METHODS."""

    product_id: int | None
    category_id: int | None
    unit: str
    min_quantity: Decimal
    method: str
    value: Decimal
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be priced: so much of a product in a unit, its categories from its own one upward.

    `in_unit` is the quantity in the line's unit, `quantity` in the product's own; `listed` is our list price of one
    of that unit, `cost` what one costs us, both in the order's currency, None where nobody knows.
    """

    product_id: int
    categories: tuple[int, ...]
    unit: str
    in_unit: Decimal
    quantity: Decimal
    listed: Decimal | None
    cost: Decimal | None


def closest_item(items: Iterable[Item], wanted: Wanted, *, on: date) -> Item | None:
    """Return the item of a list that counts: for this unit before any, for the product before a category (the nearest
    first) before everything, then the highest quantity that is reached, then what begins latest.
    """
    best: tuple[tuple[int, int, Decimal, date], Item] | None = None
    for item in items:
        place = _place(item, wanted)
        if place is None or not is_valid_on(on, item.valid_from, item.valid_to):
            continue
        reached = wanted.in_unit if item.unit else wanted.quantity
        if item.min_quantity > reached or _value_of(item, wanted) is None:
            continue
        rank = (-place, int(bool(item.unit)), item.min_quantity, item.valid_from or date.min)
        if best is None or rank > best[0]:
            best = rank, item
    return best[1] if best else None


def _place(item: Item, wanted: Wanted) -> int | None:
    """Return how far above the product an item stands, or None where it is not about it."""
    if item.product_id is not None:
        return 0 if item.product_id == wanted.product_id and item.unit in ("", wanted.unit) else None
    if item.category_id is None:
        return len(wanted.categories) + 1
    return wanted.categories.index(item.category_id) + 1 if item.category_id in wanted.categories else None


def _value_of(item: Item, wanted: Wanted) -> Decimal | None:
    if item.method == "amount":
        return item.value
    return wanted.listed if item.method == "percent" else wanted.cost


def price_by(item: Item, wanted: Wanted, *, decimals: int) -> Decimal | None:
    """Return the price of one by an item, calculated ones rounded; of `item.unit`, or of `wanted.unit` without one.

    A fixed amount without a unit is that of the product's own unit.
    """
    value = _value_of(item, wanted)
    if value is None or item.method == "amount":
        return value
    share = HUNDRED - item.value if item.method == "percent" else HUNDRED + item.value
    return (value * share / HUNDRED).quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to what a line costs: what set its price, or took something off it.

    `kind` is list, price_list, hand or kept (with `price`, of one of the line's unit), promotion or order_discount
    (with `off`, in the order's currency). `percent` and `from_quantity` say how the price came about, `coupon` is the
    code that a promotion was claimed by.
    """

    kind: str
    code: str = ""
    price: Decimal | None = None
    off: Decimal | None = None
    percent: Decimal | None = None
    method: str = ""
    from_quantity: Decimal | None = None
    coupon: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it: only what is there, numbers as text."""
        found = {name: getattr(self, name) for name in ("kind", "code", "method", "coupon") if getattr(self, name)}
        numbers = {name: getattr(self, name) for name in ("price", "off", "percent", "from_quantity")}
        return found | {name: str(value) for name, value in numbers.items() if value is not None}


def steps_from_json(kept: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    """Return the steps that were kept."""
    numbers = ("price", "off", "percent", "from_quantity")
    found = []
    for one in kept:
        values: dict[str, Any] = {name: Decimal(value) if name in numbers else value for name, value in one.items()}
        found.append(Step(**values))
    return tuple(found)


def off_by(steps: Sequence[dict[str, Any]], *kinds: str) -> Decimal:
    """Return what steps of these kinds took off, as they are kept."""
    return sum((Decimal(one["off"]) for one in steps if one["kind"] in kinds and "off" in one), ZERO)


def off_by_coupon(steps: Sequence[dict[str, Any]]) -> Decimal:
    """Return what a coupon took off, of steps as they are kept."""
    return sum((Decimal(one["off"]) for one in steps if one.get("coupon") and "off" in one), ZERO)
