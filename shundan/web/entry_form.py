"""What the entry grid sends, turned into an order as it is given; each malformed place is named."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.money import ZERO, parse_decimal
from shundan.orders.actions import LineInput, OrderInput, ShipTo
from shundan.parties.queries import Address, get_customer

ATTRIBUTE, LONGEST_VALUE = "attributes.", 5000
# The page's names of places that the domain calls otherwise.
PAGE_NAMES = {
    "customer_reference": "customer_po",
    "requested_on": "promised_on",
    "remark": "note",
    "payment_term": "terms",
}
ENTERED = ("customer_po", "warehouse", "terms", "note", "address", "coupon")
TARGETS = ("target_warehouse", "source_department", "target_department")
MOST_LINES = 2000


def field_path(path: str) -> str:
    """Return the path by which the page knows a place."""
    # A cell of the grid is named by one word, as the other columns are.
    in_line = path.replace(".attributes.", ".a_") if path.startswith("lines[") else path
    return PAGE_NAMES.get(path, in_line.replace(".unit_price", ".price"))


def order_input(body: Mapping[str, Any], by: Actor) -> OrderInput:
    """Return the order that a page's body describes. Raises: Malformed, NotFound (customer)."""
    problems: list[Detail] = []
    sides = {name: _text(body, name, problems) for name in ("customer", "supplier", "origin", *TARGETS)}
    party = _text(body, "party", problems) or "customer"
    if party == "customer" and not sides["customer"] and not sides["origin"]:
        problems.append(Detail("customer", "required", _("Choose a customer first.")))
    if party == "supplier" and not sides["supplier"] and not sides["origin"]:
        problems.append(Detail("supplier", "required", _("Choose the supplier.")))
    lines = _lines(body.get("lines"), problems, has_prices=body.get("prices") != "none")
    wanted = _day(body, "promised_on", problems)
    attributes = _attributes(body, problems)
    given = {name: _text(body, name, problems) for name in ENTERED}
    discounts = {
        name: _number(typed, name, problems) if (typed := _text(body, name, problems)) else None
        for name in ("discount_percent", "discount_amount")
    }
    if problems:
        raise Malformed(details=problems)
    return OrderInput(
        customer=sides["customer"],
        supplier=sides["supplier"],
        origin=sides["origin"],
        target_warehouse=sides["target_warehouse"],
        source_department=sides["source_department"],
        target_department=sides["target_department"],
        type=_text(body, "type", problems) or "sales",
        lines=lines,
        customer_reference=given["customer_po"],
        requested_on=wanted,
        warehouse=given["warehouse"] or None,
        allows_backorder=body.get("allows_backorder") is True,
        payment_term=given["terms"] or None,
        ship_to=_ship_to(sides["customer"], given["address"], by),
        remark=given["note"],
        discount_percent=discounts["discount_percent"],
        discount_amount=discounts["discount_amount"],
        coupon=given["coupon"],
        attributes=attributes,
    )


def _lines(
    raw: Any, problems: list[Detail], *, has_prices: bool
) -> tuple[LineInput, ...]:  # Any: whatever the JSON holds
    if not isinstance(raw, list) or len(raw) > MOST_LINES:
        problems.append(Detail("lines", "too_many_lines", _("An order has at most 2,000 lines; split it.")))
        return ()
    found = [
        _line(f"lines[{at}]", one if isinstance(one, dict) else {}, problems, has_prices=has_prices)
        for at, one in enumerate(raw)
    ]
    return tuple(found)


def _line(path: str, raw: Mapping[str, Any], problems: list[Detail], *, has_prices: bool) -> LineInput:
    # Goods that only move from one shelf to another have no price, whatever the list says.
    price = raw.get("price") if has_prices else None
    source = raw.get("source")
    return LineInput(
        sku=_text(raw, "sku", problems, path=f"{path}.sku"),
        quantity=_number(raw.get("quantity"), f"{path}.quantity", problems),
        unit=_text(raw, "unit", problems, path=f"{path}.unit"),
        unit_price=None if price in (None, "") else _number(price, f"{path}.price", problems),
        is_kept=raw.get("kept") is True and price not in (None, ""),
        discount=_number((has_prices and raw.get("discount")) or "0", f"{path}.discount", problems),
        lot=_text(raw, "lot", problems, path=f"{path}.lot"),
        source_position=source if isinstance(source, int) and not isinstance(source, bool) else None,
        attributes=_values(raw.get("attributes"), f"{path}.attributes.", problems),
    )


def _attributes(body: Mapping[str, Any], problems: list[Detail]) -> dict[str, object]:
    """Return the attributes among the fields of the head; ticked boxes of one attribute are a list."""
    fields = {name.removeprefix(ATTRIBUTE): value for name, value in body.items() if name.startswith(ATTRIBUTE)}
    found = _values({name: value for name, value in fields.items() if ":" not in name}, ATTRIBUTE, problems)
    for name, value in fields.items():
        code, colon, option = name.partition(":")
        if colon:
            ticked = found.setdefault(code, [])
            if value is True and isinstance(ticked, list):
                ticked.append(option)
    return found


def _values(raw: Any, path: str, problems: list[Detail]) -> dict[str, object]:  # Any: whatever the JSON holds
    """Return values of attributes by code, as the domain judges them."""
    found: dict[str, object] = {}
    for code, value in raw.items() if isinstance(raw, dict) else ():
        if (isinstance(value, str) and len(value) <= LONGEST_VALUE) or value is None or isinstance(value, bool):
            found[str(code)] = value
        else:
            sentence = _("This text is too long or contains characters that cannot be stored.")
            problems.append(Detail(f"{path}{str(code)[:60]}", "invalid_text", sentence))
    return found


def _number(value: Any, path: str, problems: list[Detail]) -> Decimal:
    found = parse_decimal(value)
    if found is None:
        problems.append(Detail(path, "not_a_number", _("Enter a number such as 1234.50.")))
    return ZERO if found is None else found


def _text(body: Mapping[str, Any], name: str, problems: list[Detail], *, path: str = "") -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value or len(value) > 2000:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        problems.append(Detail(path or name, "invalid_text", sentence))
        return ""
    return value.strip()


def _day(body: Mapping[str, Any], name: str, problems: list[Detail]) -> date | None:
    value = body.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        problems.append(Detail(name, "not_a_day", _("Enter a date such as 2026-01-31.")))
        return None


def _ship_to(customer: str, address_id: str, by: Actor) -> ShipTo | None:
    """Return the chosen address of the customer; none chosen takes the customer's main one."""
    if not customer or not address_id.isdigit():
        return None
    found = next((one for one in get_customer(customer, by=by).addresses.all() if one.pk == int(address_id)), None)
    return ship_to_of(found) if found else None


def ship_to_of(address: Address) -> ShipTo:
    """Return an address of a customer as an order's destination."""
    return ShipTo(
        contact=address.contact_name,
        phone=address.phone,
        country=address.country,
        province=address.province,
        city=address.city,
        district=address.district,
        street=address.street,
        postal_code=address.postal_code,
    )
