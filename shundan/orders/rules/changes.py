"""What a confirmed order may still be changed to, and what differs between two versions of it (flows 4.2 row 13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from shundan.kernel.money import ZERO, part_of
from shundan.orders.rules import AgreedPrice, QuantityLine, line_amounts, worth_at

STATES = ("submitted", "approved", "applied", "rejected", "withdrawn", "stale")
OPEN_STATES = ("submitted", "approved")
INITIATORS = ("us", "customer", "supplier")
# Why an order is changed; labels stand with the words of the faces.
ADDRESS = ("contact", "phone", "country", "province", "city", "district", "street", "postal_code")
HEADER = ("customer_reference", "requested_on", "remark", *(f"ship_to.{one}" for one in ADDRESS))

Content = Mapping[str, Any]


class PricedLine(QuantityLine, Protocol):
    """A line's quantities with its agreed price and stored amounts."""

    discount: Decimal
    tax_rate: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal

    @property
    def agreed(self) -> AgreedPrice:
        """Return the agreed price with its unit."""


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What invoices less credit notes (of a purchase: bills less debit notes) hold of a line."""

    gross: Decimal = ZERO
    net: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Terms:
    """What a line is to say: how much at which price, and the amounts that follow."""

    quantity: Decimal
    price: AgreedPrice
    discount: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal
    cancelled: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Beyond:
    """A limit that a wish breaks: the field, a stable code, and the value that would be possible."""

    field: str
    code: str
    limit: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that two versions differ in; an empty side means it is not there."""

    path: str
    before: str
    after: str


def valid_quantity(line: QuantityLine) -> Decimal:
    """Return what is ordered of a line and not closed."""
    return line.quantity - line.cancelled


def least_quantity(line: QuantityLine) -> Decimal:
    """Return what a line cannot be reduced below: gone and picked, or invoiced and not credited."""
    return max(line.shipped + line.picked, line.invoiced)


def worth_of_line(line: PricedLine, *, currency: str, invoiced: Invoiced | None = None) -> Decimal:
    """Return what the valid quantity of a line is worth, with tax.

    A line of which exactly the invoiced quantity is left is worth what was invoiced, to the cent.
    """
    left = valid_quantity(line)
    if invoiced is not None and line.invoiced > 0 and left == line.invoiced:
        return invoiced.gross
    return part_of(line.gross, upto=left, of=line.quantity, currency=currency)


def discount_for(line: PricedLine, quantity: Decimal, *, currency: str) -> Decimal:
    """Return the discount that a part-invoiced line keeps for another quantity: the same for each unit."""
    return part_of(line.discount, upto=quantity, of=line.quantity, currency=currency)


def limits_broken(
    line: PricedLine, *, quantity: Decimal, price: AgreedPrice, discount: Decimal | None, currency: str
) -> list[Beyond]:
    """Return the limits that a wish for a line breaks.

    Nothing below what is picked, gone or invoiced; the price of a line of which a part is invoiced stays, and so does
    its discount for each unit (a cent's difference comes from rounding there and back).
    """
    broken = []
    if quantity < least_quantity(line):
        code = "below_invoiced" if line.invoiced > line.shipped + line.picked else "below_shipped"
        broken.append(Beyond("quantity", code, least_quantity(line)))
    if line.invoiced <= 0:
        return broken
    if price != line.agreed:
        broken.append(Beyond("unit_price", "price_invoiced", line.agreed.amount))
    if discount is not None:
        fair = discount_for(line, quantity, currency=currency)
        slack = Decimal("0.01") * max(Decimal(1), quantity / line.quantity)
        if abs(discount - fair) > slack:
            broken.append(Beyond("discount", "price_invoiced", fair))
    return broken


def terms_of(
    line: PricedLine,
    *,
    quantity: Decimal,
    price: AgreedPrice,
    discount: Decimal | None,
    invoiced: Invoiced,
    includes_tax: bool,
    currency: str,
) -> Terms | None:
    """Return what a line says after a change that keeps its limits, or None if it would be worth less than invoiced.

    `discount` None keeps it: as an amount, or for each unit where a part is invoiced. A line reduced to exactly what is
    invoiced keeps the invoices' own amounts. A line taken off the order says zero.
    """
    if quantity == 0:
        return Terms(ZERO, price, ZERO, ZERO, ZERO, ZERO)
    if line.invoiced > 0 and quantity == line.invoiced:
        return _exactly_invoiced(line, quantity, invoiced, includes_tax=includes_tax, currency=currency)
    if discount is None:
        kept = line.discount if line.invoiced <= 0 else discount_for(line, quantity, currency=currency)
    else:
        kept = discount
    found = line_amounts(
        quantity=quantity,
        unit_price=price.amount,
        unit=price.unit,
        discount=kept,
        tax_rate=line.tax_rate,
        includes_tax=includes_tax,
        currency=currency,
    )
    if found.gross < invoiced.gross or found.net < invoiced.net:
        return None
    return Terms(quantity, price, kept, found.gross, found.net, found.tax)


def _exactly_invoiced(
    line: PricedLine, quantity: Decimal, invoiced: Invoiced, *, includes_tax: bool, currency: str
) -> Terms:
    lead = invoiced.gross if includes_tax else invoiced.net
    discount = worth_at(quantity, line.agreed, currency=currency) - lead
    if discount < 0:
        # Parts of a price below a cent may round above the rule: then the rest is closed, and nothing is rewritten.
        closed = line.quantity - quantity
        return Terms(line.quantity, line.agreed, line.discount, line.gross, line.net, line.tax, closed)
    net = invoiced.net
    return Terms(quantity, line.agreed, discount, invoiced.gross, net, invoiced.gross - net)


def differences(before: Content, after: Content) -> list[Difference]:
    """Return where two versions of an order differ, header first, then line by line; lines are known by position."""
    found = [
        Difference(name, before["header"].get(name, ""), after["header"].get(name, ""))
        for name in HEADER
        if before["header"].get(name, "") != after["header"].get(name, "")
    ]
    old, new = _by_position(before["lines"]), _by_position(after["lines"])
    for position in sorted({*old, *new}):
        found += _line_differences(position, old.get(position), new.get(position))
    return found


def is_taken_off(line: Mapping[str, Any]) -> bool:
    """Tell whether a line of a version was cancelled: nothing of it is ordered any more."""
    return Decimal(str(line["quantity"])) == 0


def _line_differences(
    position: int, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Iterable[Difference]:
    price = "order_price" if old and new and "order_price" in old and "order_price" in new else "unit_price"
    for name in ("sku", "quantity", "order_unit", price, "discount", "requested_on", "remark"):
        before, after = str((old or {}).get(name, "")), str((new or {}).get(name, ""))
        plain_nothing = name == "discount" and {before, after} <= {"", "0"}
        if before != after and not plain_nothing:
            yield Difference(f"lines[{position - 1}].{name}", before, after)


def _by_position(lines: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return {int(line["position"]): line for line in lines}
