"""What the page of a change sends, turned into a wish; and the order's lines as that page shows them."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail
from shundan.kernel.money import parse_decimal, plain, plain_price
from shundan.orders.actions import ChangeWish, LineWish, ShipTo
from shundan.orders.queries import Order, OrderLine, amendable_lines, lines_of
from shundan.ui.quantities import quantity_in_words
from shundan.web.forms import Given
from shundan.web.words import name_of

NEW_LINES = 3
ADDRESS = ("contact", "phone", "country", "province", "city", "district", "street", "postal_code")


def wish_of_form(order: Order, given: Given) -> ChangeWish:
    """Return what somebody typed as a wish: only what differs from the order. Faults are noted in the form."""
    lines = [wish for line in lines_of(order) if (wish := _line_wish(line, given)) is not None]
    lines += [
        LineWish(
            sku=row["sku"],
            quantity=_number(row.get("quantity", ""), f"new-{at}-quantity", given),
            unit=row.get("unit", ""),
            unit_price=_number(row.get("price", ""), f"new-{at}-price", given),
        )
        for at, row in enumerate(given.rows("new"))
        if row.get("sku")
    ]
    reference, remark = given.text("customer_po"), given.text("note")
    return ChangeWish(
        lines=tuple(lines),
        requested_on=_day(given, "promised_on", order.requested_on),
        customer_reference=reference if "customer_po" in given.data and reference != order.customer_reference else None,
        remark=remark if "note" in given.data and remark != order.remark else None,
        ship_to=_ship_to(order, given),
    )


def line_rows(
    order: Order, typed: QueryDict | None, errors: dict[str, str], units: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the order's lines with what may still be changed of each, and what was typed already."""
    rows = []
    for line, least in amendable_lines(order).items():
        at = line.position
        rows.append(
            {
                "id": at,
                "sku": line.sku,
                "name": name_of(line),
                "counted": quantity_in_words(line.quantity - line.cancelled, line, units),
                "unit": units.get(line.unit, line.unit),
                "price_unit": units.get(line.order_unit, line.order_unit),
                "now": line.quantity - line.cancelled,
                "least": least,
                "shipped": line.shipped,
                "invoiced": line.invoiced,
                "quantity": _typed(typed, f"quantity-{at}", plain(line.quantity - line.cancelled)),
                "price": _typed(typed, f"price-{at}", plain_price(line.agreed.amount, currency=order.currency)),
                "discount": _typed(typed, f"discount-{at}", plain(line.discount) if line.discount else ""),
                "price_now": line.agreed.amount,
                "price_fixed": line.invoiced > 0,
                "errors": {
                    name: errors.get(f"{at}.{path}")
                    for name, path in (("quantity", "quantity"), ("price", "unit_price"), ("discount", "discount"))
                },
            }
        )
    return rows


def new_rows(typed: QueryDict | None) -> list[dict[str, str]]:
    """Return the rows for new lines, with what was typed already."""
    return [
        {name: _typed(typed, f"new-{at}-{name}", "") for name in ("sku", "quantity", "unit", "price")} | {"at": str(at)}
        for at in range(NEW_LINES)
    ]


def errors_by_line(order: Order, wish: ChangeWish | None, details: tuple[Detail, ...]) -> dict[str, str]:
    """Return the sentences of a refusal by `position.field`; the domain knows lines by their place in the wish."""
    found: dict[str, str] = {}
    for detail in details:
        head, _dot, field = detail.path.partition(".")
        if not head.startswith("lines[") or wish is None:
            continue
        at = int(head[6:-1])
        position = wish.lines[at].position if at < len(wish.lines) else None
        if position is not None:
            found[f"{position}.{field}"] = str(detail.message)
    return found


def _line_wish(line: OrderLine, given: Given) -> LineWish | None:
    at = line.position
    if f"quantity-{at}" not in given.data:
        return None
    quantity = _changed(given, f"quantity-{at}", line.quantity - line.cancelled)
    price = _changed(given, f"price-{at}", line.agreed.amount)
    discount = _changed(given, f"discount-{at}", line.discount)
    if quantity is None and price is None and discount is None:
        return None
    # The page asks for the quantity in the product's own unit, and for the price in the one that was ordered.
    kept = line.ordered_in if price is not None else None
    return LineWish(position=at, quantity=quantity, kept_unit=kept, unit_price=price, discount=discount)


def _changed(given: Given, name: str, now: Decimal) -> Decimal | None:
    if name not in given.data:
        return None
    typed = given.text(name)
    found = _number(typed, name, given) if typed else Decimal(0)
    return None if found is None or found == now else found


def _number(typed: str, name: str, given: Given) -> Decimal | None:
    if not typed:
        return None
    found = parse_decimal(typed)
    if found is None:
        given.problems.append(Detail(name, "not_a_number", _("Enter a number such as 1234.50.")))
    return found


def _day(given: Given, name: str, now: date | None) -> date | Literal[""] | None:
    if name not in given.data:
        return None
    found = given.day(name)
    if found == now:
        return None
    return found if found is not None else ""


def _ship_to(order: Order, given: Given) -> ShipTo | None:
    if "ship_street" not in given.data:
        return None
    values = {name: given.text(f"ship_{name}", getattr(order, f"ship_{name}")) for name in ADDRESS}
    return ShipTo(**values) if any(values[name] != getattr(order, f"ship_{name}") for name in ADDRESS) else None


def _typed(typed: QueryDict | None, name: str, default: str) -> str:
    return default if typed is None or name not in typed else str(typed[name])
