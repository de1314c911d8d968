"""What the lines of a kit cost, and which lines of an order still make whole kits; pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from shundan.kernel.money import PRICE_DECIMALS, ZERO, amount_of, spread

# What a line keeps of its kit.
KIT_FACTS = ["group", "product", "sku", "name_zh", "name_en", "unit", "quantity", "price", "each", "parts"]


@dataclass(frozen=True, slots=True)
class PartShare:
    """What one line of a kit costs: its price, what rounds it to its share, and its part of the kit's discount.

    `list_price` is its share of the kit's price by rules, of one of its own unit; unknown where the kit has none.
    """

    price: Decimal
    rounding: Decimal
    discount: Decimal
    list_price: Decimal | None


def shares_of_kit(
    quantities: Sequence[Decimal],
    weights: Sequence[Decimal],
    *,
    worth: Decimal,
    listed: Decimal | None,
    discount: Decimal,
    currency: str,
) -> list[PartShare]:
    """Share what kits are worth over their lines by weight, to the cent; equally where nothing has a weight.

    A price has six decimals, so it is the next one above the share, and the rounding takes the rest off again.
    """
    weights = list(weights) if sum(weights, ZERO) > 0 else [Decimal(1)] * len(quantities)
    shares = spread(worth, weights, currency=currency)
    offs = spread(discount, shares, currency=currency)
    lists = [None] * len(shares) if listed is None else spread(listed, weights, currency=currency)
    found = []
    for quantity, share, off, of_list in zip(quantities, shares, offs, lists, strict=True):
        price = _above(share, quantity)
        rounding = amount_of(quantity, price, currency=currency) - share
        found.append(PartShare(price, rounding, off, None if of_list is None else _above(of_list, quantity)))
    return found


def _above(share: Decimal, quantity: Decimal) -> Decimal:
    return (share / quantity).quantize(Decimal(1).scaleb(-PRICE_DECIMALS), rounding=ROUND_UP)


class KitLine(Protocol):
    """A line as far as kits ask for it."""

    kit: dict[str, Any] | None
    quantity: Decimal
    product_id: int


Line = TypeVar("Line", bound=KitLine)


def grouped_lines(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines in their order, those of one kit together at the place of its first one."""
    found: list[list[Line]] = []
    by_kit: dict[int, list[Line]] = {}
    for line in lines:
        group = by_kit.get(line.kit["group"]) if line.kit else None
        if group is not None:
            group.append(line)
            continue
        found.append([line])
        if line.kit:
            by_kit[line.kit["group"]] = found[-1]
    return found


def kits_in(parts: Sequence[tuple[Line, Decimal]]) -> Decimal | None:
    """Return how many kits these quantities of the lines of one kit are; None where they make no whole ones."""
    kit = parts[0][0].kit
    found: dict[int, Fraction] = {}
    for line, quantity in parts:
        each = Fraction(line.kit["each"]) if line.kit else Fraction(1)
        found[line.product_id] = found.get(line.product_id, Fraction(0)) + Fraction(quantity) / each
    counts = set(found.values())
    if kit is None or len(found) != kit["parts"] or len(counts) != 1:
        return None
    count = counts.pop()
    return Decimal(count.numerator) if count and count.denominator == 1 else None


def is_whole_kit(lines: Sequence[Line]) -> bool:
    """Tell whether these lines are those of a kit, as many of each part as its count says."""
    kit = lines[0].kit
    return kit is not None and kits_in([(line, line.quantity) for line in lines]) == Decimal(kit["quantity"])


def entered_lines(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines as they would be entered again: those of a kit that is still whole together, each other alone."""
    found: list[list[Line]] = []
    for its in grouped_lines(lines):
        found += [its] if is_whole_kit(its) else [[line] for line in its]
    return found
