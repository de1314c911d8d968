"""The kits that an order was entered with, read from its lines (docs/adr/0067)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import get_language, gettext

from shundan.kernel.money import ZERO, plain, round_amount
from shundan.orders.models import OrderLine
from shundan.orders.rules import worth_at
from shundan.orders.rules.kits import entered_lines, is_whole_kit, kits_in
from shundan.pricing.queries import off_by

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class EnteredKit:
    """A kit as it was entered; `off` is what promotions and the order's discount took off its lines."""

    group: int
    product_id: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    off: Decimal
    is_named: bool
    is_kept: bool

    @property
    def name(self) -> str:
        """Return its name in the language that is active."""
        is_english = (get_language() or "").startswith("en")
        return (self.name_en or self.name_zh) if is_english else (self.name_zh or self.name_en)


@dataclass(frozen=True, slots=True)
class KitHeading:
    """What stands on papers over the lines of a kit: which one it is, and how many of it these lines are."""

    sku: str
    name: str
    counted: str


def under_kits(
    rows: Iterable[tuple[OrderLine, Decimal, Row]], units: Mapping[str, str]
) -> list[tuple[KitHeading | None, list[Row]]]:
    """Return the rows of a paper in their order, those of one kit together under its heading.

    Each row comes with its order line and how much of that it is about. `units` are the names of units by code.
    """
    groups: dict[object, list[tuple[OrderLine, Decimal, Row]]] = {}
    for at, (line, quantity, row) in enumerate(rows):
        key = ("kit", line.order_id, line.kit["group"]) if line.kit else at
        groups.setdefault(key, []).append((line, quantity, row))
    found = []
    for its in groups.values():
        found.append((_heading([(line, quantity) for line, quantity, _row in its], units), [row for *_of, row in its]))
    return found


def _heading(parts: Sequence[tuple[OrderLine, Decimal]], units: Mapping[str, str]) -> KitHeading | None:
    kit = kit_of_lines([line for line, _quantity in parts])
    if kit is None:
        return None
    count, unit = kits_in(parts), units.get(kit.unit, kit.unit)
    if count is not None:
        return KitHeading(kit.sku, kit.name, f"{plain(count)} {unit}")
    said = gettext("part of %(count)s") % {"count": f"{plain(kit.quantity)} {unit}"}
    return KitHeading(kit.sku, kit.name, said)


def kit_of_lines(lines: Sequence[OrderLine]) -> EnteredKit | None:
    """Return the kit that these lines say they are of, None for an ordinary line."""
    kit: dict[str, Any] | None = lines[0].kit
    if kit is None:
        return None
    discount = Decimal(kit["discount"])
    rounding = sum((off_by(line.price_steps, "kit_rounding") for line in lines), ZERO)
    off = sum((line.discount for line in lines), ZERO) - rounding - discount
    return EnteredKit(
        group=kit["group"],
        product_id=kit["product"],
        sku=kit["sku"],
        name_zh=kit["name_zh"],
        name_en=kit["name_en"],
        unit=kit["unit"],
        quantity=Decimal(kit["quantity"]),
        price=Decimal(kit["price"]),
        discount=discount,
        off=max(ZERO, off),
        is_named=kit["named"],
        is_kept=kit["kept"],
    )


def as_entered(lines: Sequence[OrderLine]) -> list[tuple[list[OrderLine], EnteredKit | None]]:
    """Return lines as they would be entered again: those of a kit that is still whole together with the kit."""
    return [(its, kit_of_lines(its) if is_whole_kit(its) else None) for its in entered_lines(lines)]


def all_off_kit(lines: Sequence[OrderLine], *, currency: str) -> Decimal:
    """Return all that is off the kits of these lines, promotions and all."""
    kit = kit_of_lines(lines)
    assert kit is not None
    left = [worth_at(one.quantity, one.agreed, currency=currency) - one.discount for one in lines]
    return round_amount(kit.price * kit.quantity, currency=currency) - sum(left, ZERO)
