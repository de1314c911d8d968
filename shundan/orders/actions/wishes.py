"""How somebody wishes a running order to be: what is given, what is kept of it, and what is malformed in itself."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.money import ZERO, plain
from shundan.orders.actions.draft import ShipTo
from shundan.orders.models import Order
from shundan.orders.queries import lines_of
from shundan.orders.rules import LONGEST_TEXT, MOST_LINES, OWN_UNIT, OrderUnit
from shundan.orders.rules.changes import ADDRESS, Content

# A day, "" for none any more, None to keep it.
DayWish = date | Literal[""] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWish:
    """How a line shall be, None keeps what it says; without a position it is a new line of the SKU.

    Quantity and price are those of the unit, without one of the product's own; a price brings its unit with it.
    `kept_unit` is the unit of an earlier version with its factor of then: that of the price alone, the quantity is in
    the product's own. A quantity of 0 takes the line off the order.
    """

    position: int | None = None
    sku: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    kept_unit: OrderUnit | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    requested_on: DayWish = None
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWish:
    """How an order shall be; None keeps, and lines that are not named stay as they are."""

    lines: tuple[LineWish, ...] = ()
    requested_on: DayWish = None
    customer_reference: str | None = None
    remark: str | None = None
    ship_to: ShipTo | None = None


def check_wish(wish: ChangeWish) -> None:
    """Refuse what is malformed whatever the order says. Raises: Malformed."""
    wrong = []
    if len(wish.lines) > MOST_LINES:
        wrong.append(Detail("lines", "too_many_lines", _("An order has at most 2,000 lines; split it.")))
    texts = {"customer_reference": wish.customer_reference, "remark": wish.remark}
    texts |= {f"ship_to.{one}": getattr(wish.ship_to, one) for one in ADDRESS} if wish.ship_to else {}
    sentence = _("This text is too long or contains characters that cannot be stored.")
    for path, text in texts.items():
        if text and ("\x00" in text or len(text) > LONGEST_TEXT):
            wrong.append(Detail(path, "invalid_text", sentence))
    seen = set()
    for at, line in enumerate(wish.lines):
        if line.position is not None and line.position in seen:
            wrong.append(Detail(f"lines[{at}].position", "twice", _("This line is listed twice.")))
        seen.add(line.position)
        if line.position is None and (line.quantity is None or not line.sku):
            wrong.append(Detail(f"lines[{at}].quantity", "required", _("A new line needs a SKU and a quantity.")))
    if wrong:
        raise Malformed(details=wrong)


def wish_as_json(wish: ChangeWish) -> dict[str, Any]:
    """Return a wish as it is kept: only what it names, as texts."""
    kept: dict[str, Any] = {
        "requested_on": _day_text(wish.requested_on),
        "customer_reference": wish.customer_reference,
        "remark": wish.remark,
        "ship_to": asdict(wish.ship_to) if wish.ship_to else None,
    }
    kept = {name: value for name, value in kept.items() if value is not None}
    return kept | {"lines": [_line_as_json(line) for line in wish.lines]}


def wish_of_json(kept: dict[str, Any]) -> ChangeWish:
    """Return a wish that was kept."""
    return ChangeWish(
        lines=tuple(_line_of_json(line) for line in kept.get("lines", [])),
        requested_on=_day(kept.get("requested_on")),
        customer_reference=kept.get("customer_reference"),
        remark=kept.get("remark"),
        ship_to=ShipTo(**kept["ship_to"]) if kept.get("ship_to") else None,
    )


def wish_to_restore(order: Order, content: Content) -> ChangeWish:
    """Return the wish that takes an order back to what an earlier version said; lines added since are taken off."""
    kept = {int(one["position"]): one for one in content["lines"]}
    header = content["header"]
    lines = [
        LineWish(
            position=position,
            quantity=Decimal(one["quantity"]),
            kept_unit=_unit_of_version(one),
            unit_price=Decimal(one.get("order_price", one["unit_price"])) if Decimal(one["quantity"]) else None,
            discount=Decimal(one["discount"]) if Decimal(one["quantity"]) else None,
            requested_on=_day(one["requested_on"]),
            remark=one["remark"],
        )
        for position, one in kept.items()
    ]
    lines += [LineWish(position=one.position, quantity=ZERO) for one in lines_of(order) if one.position not in kept]
    return ChangeWish(
        lines=tuple(lines),
        requested_on=_day(header["requested_on"]),
        customer_reference=header["customer_reference"],
        remark=header["remark"],
        ship_to=ShipTo(**{name: header[f"ship_to.{name}"] for name in ADDRESS}),
    )


def _unit_of_version(line: Mapping[str, Any]) -> OrderUnit:
    return OrderUnit(line["order_unit"], *line["factor"]) if "order_unit" in line else OWN_UNIT


def _line_as_json(line: LineWish) -> dict[str, Any]:
    kept: dict[str, Any] = {"position": line.position, "sku": line.sku or None, "remark": line.remark}
    for name in ("quantity", "unit_price", "discount"):
        value = getattr(line, name)
        kept[name] = None if value is None else plain(value)
    kept["unit"] = line.unit or None
    if line.kept_unit is not None:
        kept["kept_unit"] = [line.kept_unit.code, line.kept_unit.numerator, line.kept_unit.denominator]
    kept["requested_on"] = _day_text(line.requested_on)
    return {name: value for name, value in kept.items() if value is not None}


def _line_of_json(kept: dict[str, Any]) -> LineWish:
    numbers = {name: Decimal(kept[name]) for name in ("quantity", "unit_price", "discount") if name in kept}
    return LineWish(
        position=kept.get("position"),
        sku=kept.get("sku", ""),
        unit=kept.get("unit", ""),
        kept_unit=OrderUnit(*kept["kept_unit"]) if "kept_unit" in kept else None,
        requested_on=_day(kept.get("requested_on")),
        remark=kept.get("remark"),
        **numbers,
    )


def _day_text(day: DayWish) -> str | None:
    return day.isoformat() if isinstance(day, date) else day


def _day(text: str | None) -> DayWish:
    if text is None or text == "":
        return None if text is None else ""
    return date.fromisoformat(text)
