"""Turning given lines into priced, taxed ones, or into a list of what is wrong with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shundan.catalog.queries import SellableProduct
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.instances import unsaved
from shundan.kernel.money import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    PRICE_DECIMALS,
    ZERO,
    decimal_places,
    decimals_of,
)
from shundan.orders.actions.sides import direct_line_of, discount_of_part, prices_of, source_line_of
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine
from shundan.orders.rules import line_amounts

LARGEST_AMOUNT = Decimal(10) ** 15


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """A line as it is given: quantity in the product's unit, price per unit in the order's currency.

    Without a unit price the one of the order's kind is taken: from our list, as last bought, or as it was sold;
    `discount` is an amount off the line, `source_position` the line of the origin order that is taken back,
    `attributes` what the order's type asks of lines, by code.
    """

    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal = ZERO
    source_position: int | None = None
    requested_on: date | None = None
    remark: str = ""
    attributes: Mapping[str, object] | None = None


def price_lines(
    given: Sequence[LineInput], products: Mapping[str, SellableProduct], *, order: Order
) -> list[OrderLine]:
    """Return unsaved lines with price, tax and amounts. Raises: Malformed, with the place of each fault."""
    wrong: list[Detail] = []
    lines = []
    price_of = prices_of(order, order.type)
    for i, one in enumerate(given):
        product = products.get(one.sku)
        source = _source_of(one, order)
        faults = faults_of_line(f"lines[{i}]", one, product, order, source)
        if faults or product is None:
            wrong += faults
            continue
        line = _line(i + 1, one, product, order, price_of(one, product, source), source)
        if line is None:
            wrong.append(
                Detail(
                    f"lines[{i}].unit_price",
                    "no_price",
                    _("%(sku)s has no list price in %(currency)s. Enter a price.")
                    % {"sku": one.sku, "currency": order.currency},
                )
            )
        elif line.gross < 0:
            wrong.append(Detail(f"lines[{i}].discount", "out_of_range", _("The discount is larger than the line.")))
        elif line.gross >= LARGEST_AMOUNT:
            wrong.append(Detail(f"lines[{i}].quantity", "out_of_range", _("The amount is too large to be kept.")))
        else:
            lines.append(line)
    if wrong:
        raise Malformed(details=wrong)
    return lines


def _source_of(given: LineInput, order: Order) -> OrderLine | None:
    if KINDS[order.type.kind].goods == "back":
        return source_line_of(given, order.origin)
    return direct_line_of(given, order.origin) if order.kind == "purchase" and order.origin is not None else None


def _line(
    position: int,
    given: LineInput,
    product: SellableProduct,
    order: Order,
    list_price: Decimal | None,
    source: OrderLine | None,
) -> OrderLine | None:
    unit_price = list_price if given.unit_price is None else given.unit_price
    if unit_price is None:
        return None
    discount, tax_code, tax_rate = given.discount, product.tax_code, product.tax_rate
    if source is not None and order.type.kind == "return":
        # What comes back is worth what it was sold for, with the tax of that day.
        tax_code, tax_rate = source.tax_code, source.tax_rate
        discount = discount or discount_of_part(source, given.quantity, currency=order.currency)
    amounts = line_amounts(
        quantity=given.quantity,
        unit_price=unit_price,
        discount=discount,
        tax_rate=tax_rate,
        includes_tax=order.includes_tax,
        currency=order.currency,
    )
    is_stocked = product.kind == "goods"
    is_direct = source is not None and order.kind == "purchase"
    return unsaved(
        OrderLine,
        position=position,
        product_id=product.id,
        source_line_id=source.pk if source is not None else None,
        sku=product.sku,
        name_zh=product.name_zh,
        name_en=product.name_en,
        unit=product.unit,
        is_stocked=is_stocked,
        is_direct=is_direct,
        warehouse_id=order.warehouse_id if is_stocked and not is_direct else None,
        quantity=given.quantity,
        unit_price=unit_price,
        list_price=list_price,
        cost=product.cost if source is None or is_direct else source.cost,
        discount=discount,
        tax_code=tax_code,
        tax_rate=tax_rate,
        gross=amounts.gross,
        net=amounts.net,
        tax=amounts.tax,
        requested_on=given.requested_on,
        remark=given.remark[:500].replace("\x00", ""),
        attributes={},
    )


def faults_of_line(
    path: str, given: LineInput, product: SellableProduct | None, order: Order, source: OrderLine | None
) -> list[Detail]:
    """Return what is wrong with a given line; with a source line its product may be retired."""
    currency = order.currency
    if product is None:
        return [
            Detail(
                f"{path}.sku",
                "unknown_sku",
                _("There is no product with the SKU “%(sku)s”.") % {"sku": given.sku[:60].replace("\x00", "")},
            )
        ]
    faults = []
    if order.origin is not None and source is None and order.type.kind in ("return", "purchase"):
        faults.append(
            Detail(f"{path}.sku", "not_in_origin", _("%(number)s has no such line.") % {"number": order.origin.number})
        )
    if product.status != "active" and source is None:
        faults.append(Detail(f"{path}.sku", "retired_product", _("This product is no longer sold.")))
    if not ZERO < given.quantity <= LARGEST_QUANTITY:
        faults.append(Detail(f"{path}.quantity", "out_of_range", _("Enter a quantity above 0, at most 12 digits.")))
    elif decimal_places(given.quantity) > product.unit_decimals:
        sentence = ngettext(
            "%(unit)s takes at most %(num)s decimal.", "%(unit)s takes at most %(num)s decimals.", product.unit_decimals
        )
        facts = {"unit": product.unit, "num": product.unit_decimals}
        faults.append(Detail(f"{path}.quantity", "too_many_decimals", sentence % facts))
    if given.unit_price is not None:
        if not ZERO <= given.unit_price <= LARGEST_PRICE:
            faults.append(Detail(f"{path}.unit_price", "out_of_range", _("Enter a price of 0 or more.")))
        elif decimal_places(given.unit_price) > PRICE_DECIMALS:
            faults.append(Detail(f"{path}.unit_price", "too_many_decimals", _("Use at most 6 decimals.")))
    if not 0 <= given.discount < LARGEST_AMOUNT or decimal_places(given.discount) > decimals_of(currency):
        faults.append(
            Detail(f"{path}.discount", "out_of_range", _("Enter a discount of 0 or more with at most two decimals."))
        )
    return faults
