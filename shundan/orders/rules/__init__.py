"""What is true of orders: amounts, quantities and what follows from them (flows 4.7 and 4.9)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import gcd
from typing import Any, Protocol

from shundan.kernel.money import PRICE_DECIMALS, ZERO, amount_of, plain, round_amount, rounded_ratio

LIVE = ("confirmed", "in_progress")
RELEASED = ("confirmed", "in_progress", "completed", "closed")
MOST_LINES = 2000
LONGEST_TEXT = 2000
HOLD_BLOCKS = ("confirm", "ship", "invoice")
VIEWS = (
    "all",
    "mine",
    "to_approve",
    "to_confirm",
    "to_ship",
    "to_invoice",
    "today",
    "overdue",
    "unpaid",
    "on_hold",
    "slipping",
    "between",
    "drafts",
)
FULFILMENTS = ("none", "partly_reserved", "reserved", "picking", "partly_shipped", "shipped", "delivered")
INVOICINGS = ("none", "to_invoice", "part", "full")
PAYMENTS = ("unpaid", "part", "paid", "overpaid")
APPROVALS = ("not_needed", "pending", "approved", "rejected", "withdrawn", "stale")
MIGRATION_STATES = ("planned", "running", "done", "undoing", "undone")
MIGRATED_OUTCOMES = ("waiting", "moved", "skipped", "undone", "left")


# Decimals of a line's price of one of the product's own unit.
PRICE_PLACES = 10


@dataclass(frozen=True, slots=True)
class OrderUnit:
    """The unit a line is ordered in: one is exactly `numerator` / `denominator` of the product's own unit.

    Without a code it is the product's own.
    """

    code: str = ""
    numerator: int = 1
    denominator: int = 1


OWN_UNIT = OrderUnit()


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """The price that was agreed, of one of the unit that the line is ordered in."""

    amount: Decimal
    unit: OrderUnit = OWN_UNIT

    @property
    def of_own_unit(self) -> Decimal:
        """Return the price of one of the product's own unit, rounded where it does not come out even."""
        return per_own_unit(self.amount, self.unit)

    def columns(self) -> dict[str, Any]:
        """Return what a line keeps of it."""
        return {
            "unit_price": self.of_own_unit,
            "order_unit": self.unit.code,
            "unit_numerator": self.unit.numerator,
            "unit_denominator": self.unit.denominator,
            "order_price": self.amount if self.unit.code else None,
        }


def per_own_unit(price: Decimal, unit: OrderUnit) -> Decimal:
    """Return as a price of the product's own unit what is a price of another, rounded where it must be."""
    return rounded_ratio(price, unit.denominator, unit.numerator, decimals=PRICE_PLACES) if unit.code else price


def price_in_unit(price: AgreedPrice, unit: OrderUnit) -> Decimal:
    """Return an agreed price as that of another unit: exact for the same one, rounded where it must be."""
    if price.unit == unit:
        return price.amount
    own = price.of_own_unit
    return rounded_ratio(own, unit.numerator, unit.denominator, decimals=PRICE_DECIMALS) if unit.code else own


def countable_step(numerator: int, denominator: int, decimals: int, own_decimals: int) -> Decimal:
    """Return the smallest quantity of a unit that makes a countable one of the product's own unit.

    `decimals` is how finely the unit may be divided, `own_decimals` the product's own.
    """
    parts = denominator * 10**decimals
    return Decimal(parts // gcd(numerator * 10**own_decimals, parts)).scaleb(-decimals)


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The three amounts that a line stores; gross = net + tax, always."""

    gross: Decimal
    net: Decimal
    tax: Decimal


def line_amounts(
    *,
    quantity: Decimal,
    unit_price: Decimal,
    discount: Decimal,
    tax_rate: Decimal,
    includes_tax: bool,
    currency: str,
    unit: OrderUnit = OWN_UNIT,
) -> LineAmounts:
    """Return a line's amounts, each rounded half up once (flows 4.9).

    The quantity is in the product's own unit, the price that of one `unit`. With tax included the agreed gross never
    moves and tax is the difference; otherwise net leads.
    """
    agreed = worth_at(quantity, AgreedPrice(unit_price, unit), currency=currency) - discount
    if includes_tax:
        net = round_amount(agreed / (1 + tax_rate), currency=currency)
        return LineAmounts(gross=agreed, net=net, tax=agreed - net)
    tax = round_amount(agreed * tax_rate, currency=currency)
    return LineAmounts(gross=agreed + tax, net=agreed, tax=tax)


def worth_at(quantity: Decimal, price: AgreedPrice, *, currency: str) -> Decimal:
    """Return what a quantity in the product's own unit is worth at an agreed price, rounded once."""
    unit = price.unit
    return amount_of(quantity, price.amount, numerator=unit.numerator, denominator=unit.denominator, currency=currency)


class QuantityLine(Protocol):
    """A line's quantities, in the product's unit."""

    quantity: Decimal
    cancelled: Decimal
    reserved: Decimal
    picked: Decimal
    shipped: Decimal
    delivered: Decimal
    returned: Decimal
    invoiced: Decimal
    over: Decimal
    rejected: Decimal
    is_stocked: bool
    is_of_rejected: bool
    is_direct: bool


def open_quantity(line: QuantityLine) -> Decimal:
    """Return what is still to be shipped: ordered less cancelled less shipped."""
    return max(ZERO, line.quantity - line.cancelled - line.shipped)


def backordered_quantity(line: QuantityLine) -> Decimal:
    """Return what is open and not even reserved; for goods that were rejected or suppliers deliver nothing is."""
    takes_stock = line.is_stocked and not line.is_of_rejected and not line.is_direct
    return max(ZERO, open_quantity(line) - line.reserved) if takes_stock else ZERO


def invoiceable_quantity(line: QuantityLine, *, invoices_on: str) -> Decimal:
    """Return what can be invoiced now: by policy `order` what is ordered, by `shipment` what has left the house
    (or, of a purchase, come in and not been rejected) and stayed there, by `delivery` what the customer has signed
    for, by `performance` what was done of goods and work alike.

    By `shipment` and `delivery` services and charges can be invoiced as soon as the order is confirmed: they are
    never shipped.
    """
    if invoices_on == "never":
        return ZERO
    moved = invoices_on == "performance" or (invoices_on == "shipment" and line.is_stocked)
    if invoices_on == "delivery" and line.is_stocked:
        return max(ZERO, line.delivered - line.returned - line.invoiced)
    due = (line.shipped - line.rejected if moved else line.quantity - line.cancelled) - line.returned
    return max(ZERO, due - line.invoiced)


def is_billed(line: QuantityLine) -> bool:
    """Tell whether all is invoiced that is neither cancelled nor taken back, what came above the order with it."""
    return line.invoiced >= line.quantity + line.over - line.cancelled - line.returned


def fulfilment_of(lines: Iterable[QuantityLine], *, is_transfer: bool = False) -> str:
    """Return the fulfilment state; it follows from quantities only.

    What a transfer has `returned` did not survive the way: it is on its way no more.
    """
    stocked = [line for line in lines if line.is_stocked and line.quantity - line.cancelled > 0]
    shipped = any(line.shipped > 0 for line in stocked)
    if stocked and all(open_quantity(line) == 0 for line in stocked):
        ended = (line.delivered + (line.returned if is_transfer else ZERO) >= line.shipped for line in stocked)
        return "delivered" if all(ended) else "shipped"
    if shipped:
        return "partly_shipped"
    if any(line.picked > 0 for line in stocked):
        return "picking"
    if any(line.reserved > 0 for line in stocked):
        # What a supplier brings to the customer is never reserved here.
        is_held = all(line.is_direct or line.reserved >= open_quantity(line) for line in stocked)
        return "reserved" if is_held else "partly_reserved"
    return "none"


def invoicing_of(lines: Iterable[QuantityLine], *, invoices_on: str) -> str:
    """Return the invoicing state; it follows from quantities only."""
    lines = list(lines)
    wanted = [line for line in lines if line.quantity - line.cancelled > 0]
    if invoices_on == "never":
        return "none"
    if wanted and all(is_billed(line) for line in wanted):
        return "full"
    if any(line.invoiced > 0 for line in lines):
        return "part"
    return "to_invoice" if any(invoiceable_quantity(line, invoices_on=invoices_on) > 0 for line in lines) else "none"


def payment_of(*, paid: Decimal, due: Decimal) -> str:
    """Return the payment state of an order that is worth `due` of which `paid` is allocated."""
    if paid <= 0:
        return "unpaid"
    if paid < due:
        return "part"
    return "paid" if paid == due else "overpaid"


def content_hash(header: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """Return the fingerprint of what an approver decides about: who, what, how much, at which price and terms."""
    content = {"header": _plain(header), "lines": [_plain(line) for line in lines]}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: plain(value) if isinstance(value, Decimal) else str(value) for key, value in values.items()}
