"""Turning given lines into priced, taxed ones, or into a list of what is wrong with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import KIT, SellableProduct, Tax, TaxBook, tax_book_unscoped, unit_in_words
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.instances import unsaved
from shundan.kernel.money import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    PRICE_DECIMALS,
    ZERO,
    decimal_places,
    decimals_of,
    exact_ratio,
    plain,
)
from shundan.orders.actions.kits import KitNamed, KitPlace
from shundan.orders.actions.sides import (
    direct_line_of,
    discount_of_part,
    discount_out_of_range,
    prices_of,
    source_line_of,
)
from shundan.orders.actions.taxing import no_tax, taxes_for
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.choosing import decimals_fault
from shundan.orders.rules import (
    OWN_UNIT,
    AgreedPrice,
    OrderUnit,
    countable_step,
    line_amounts,
    per_own_unit,
)
from shundan.pricing.queries import PriceBook, Quote, Step

LARGEST_AMOUNT = Decimal(10) ** 15


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """A line as it is given: quantity in its unit (without one the product's own), price of one of that.

    `kept_unit` instead is the unit of an earlier line with its factor of then: it is that of the price alone, and the
    quantity is in the product's own. Without a unit price the one of the order's kind is taken: by the customer's
    lists or ours, as last bought, or as it was sold; `is_kept` says that price and discount were agreed earlier.
    `discount` is an amount off the line, `source_position` the line of the origin order that is taken back, `lot` the
    one lot that may serve it, `attributes` what the order's type asks of lines, by code. Prices are in the order's
    currency. `kit` is what a line that was read says of its kit; `kit_place` is set where a kit is unfolded.
    """

    sku: str
    quantity: Decimal
    unit: str = ""
    kept_unit: OrderUnit | None = None
    unit_price: Decimal | None = None
    is_kept: bool = False
    discount: Decimal = ZERO
    source_position: int | None = None
    lot: str = ""
    requested_on: date | None = None
    remark: str = ""
    attributes: Mapping[str, object] | None = None
    kit: KitNamed | None = None
    kit_place: KitPlace | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The unit that a line is ordered in, its quantity in the product's own unit, and what is wrong with either."""

    unit: OrderUnit
    quantity: Decimal
    faults: tuple[Detail, ...] = ()


def price_lines(
    given: Sequence[LineInput],
    products: Mapping[str, SellableProduct],
    *,
    order: Order,
    book: PriceBook | None = None,
    taxes: TaxBook | None = None,
) -> list[OrderLine]:
    """Return unsaved lines with price, tax and amounts. Raises: Malformed, with the place of each fault.

    `book` has the prices of the order's customer, where there are special ones (actions.pricing.book_of); `taxes` are
    read anew where they are not given.
    """
    wrong: list[Detail] = []
    lines = []
    price_of = prices_of(order, order.type, book)
    tax_of = taxes_for(order, taxes or tax_book_unscoped())
    for i, one in enumerate(given):
        product = products.get(one.sku)
        source = _source_of(one, order)
        counted = counted_in(f"lines[{i}]", one, product, order.kind) if product is not None else None
        faults = faults_of_line(f"lines[{i}]", one, product, order, source, counted)
        if faults or product is None or counted is None:
            wrong += faults
            continue
        if source is not None and not one.unit and one.kept_unit is None and one.unit_price is None:
            # What comes back without a word of its unit is worth what it was sold for, in the unit of then.
            counted = replace(counted, unit=source.ordered_in)
        tax = tax_of(product, source)
        if tax is None:
            wrong.append(no_tax(f"lines[{i}].sku", product, order))
            continue
        line = _line(i + 1, one, counted, product, order, price_of(counted, product, source), source, tax)
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
    counted: Counted,
    product: SellableProduct,
    order: Order,
    quote: Quote | None,
    source: OrderLine | None,
    tax: Tax,
) -> OrderLine | None:
    list_price = None if quote is None else quote.price
    place = given.kit_place
    if place is not None:
        list_price = place.list_price
    price = list_price if given.unit_price is None else given.unit_price
    if price is None:
        return None
    agreed = AgreedPrice(price, counted.unit)
    discount = given.discount
    if source is not None and order.type.kind == "return":
        # What comes back is worth what it was sold for.
        discount = discount or discount_of_part(source, counted.quantity, currency=order.currency)
    amounts = line_amounts(
        quantity=counted.quantity,
        unit_price=price,
        unit=counted.unit,
        discount=discount,
        tax_rate=tax.rate,
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
        quantity=counted.quantity,
        **agreed.columns(),
        list_price=None if list_price is None else per_own_unit(list_price, counted.unit),
        price_steps=_steps(given, price, quote, order),
        kit=None if place is None else dict(place.kit),
        cost=product.cost if source is None or is_direct else source.cost,
        discount=discount,
        tax_code=tax.code,
        tax_kind=tax.kind,
        tax_rate=tax.rate,
        gross=amounts.gross,
        net=amounts.net,
        tax=amounts.tax,
        requested_on=given.requested_on,
        remark=given.remark[:500].replace("\x00", ""),
        is_of_rejected=order.is_of_rejected,
        attributes={},
    )


def _steps(given: LineInput, price: Decimal, quote: Quote | None, order: Order) -> list[dict[str, Any]]:
    """Return how the price of a line came about; nothing for our list price alone and where no list sets prices."""
    if KINDS[order.type.kind].prices != "list":
        return []
    if given.kit_place is not None:
        return [step.as_json() for step in given.kit_place.steps]
    if given.is_kept:
        return [Step("kept", price=price).as_json()]
    if quote is None or price != quote.price:
        return [Step("hand", price=price).as_json()]
    return [] if quote.step.kind == "list" else [quote.step.as_json()]


def counted_in(path: str, given: LineInput, product: SellableProduct, kind: str) -> Counted:
    """Return the unit and the quantity in the product's own unit that a line is given with, or what is wrong there."""
    if given.kept_unit is not None or given.unit in ("", product.unit):
        return Counted(given.kept_unit or OWN_UNIT, given.quantity)
    names = {"sku": product.sku, "unit": given.unit[:60].replace("\x00", ""), "own": product.unit}
    unit = product.unit_named(given.unit)
    if unit is None:
        known = ", ".join([product.unit, *(one.code for one in product.units)])
        sentence = _("%(sku)s is not counted in “%(unit)s”. Use one of: %(known)s.")
        return Counted(OWN_UNIT, ZERO, (Detail(f"{path}.unit", "unknown_unit", sentence % {**names, "known": known}),))
    if (kind == "sale" and not unit.for_sale) or (kind == "purchase" and not unit.for_purchase):
        sentence = _("%(sku)s is not offered in “%(unit)s” here. Use %(own)s, or offer the unit in the product's data.")
        return Counted(OWN_UNIT, ZERO, (Detail(f"{path}.unit", "unit_not_offered", sentence % names),))
    ordered_in = OrderUnit(unit.code, unit.numerator, unit.denominator)
    if decimal_places(given.quantity) > unit.decimals:
        return Counted(ordered_in, ZERO, (decimals_fault(f"{path}.quantity", unit.code, unit.decimals),))
    quantity = exact_ratio(given.quantity, unit.numerator, unit.denominator, decimals=product.unit_decimals)
    if quantity is None:
        step = countable_step(unit.numerator, unit.denominator, unit.decimals, product.unit_decimals)
        sentence = _("This cannot be counted in %(own)s. Enter a multiple of %(step)s %(unit)s.")
        words = {"own": unit_in_words(product.unit), "unit": unit_in_words(unit.code), "step": plain(step)}
        detail = Detail(f"{path}.quantity", "not_countable", sentence % words)
        return Counted(ordered_in, ZERO, (detail,))
    return Counted(ordered_in, quantity)


def faults_of_line(
    path: str,
    given: LineInput,
    product: SellableProduct | None,
    order: Order,
    source: OrderLine | None,
    counted: Counted | None,
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
    if product.kind == KIT:
        sentence = _("A kit is only sold, on new orders and drafts. Enter its components here.")
        faults.append(Detail(f"{path}.sku", "kit_not_here", sentence))
    if product.status != "active" and source is None:
        faults.append(Detail(f"{path}.sku", "retired_product", _("This product is no longer sold.")))
    quantity = given.quantity if counted is None else counted.quantity
    if counted is not None and counted.faults:
        faults += counted.faults
    elif not ZERO < quantity <= LARGEST_QUANTITY:
        faults.append(Detail(f"{path}.quantity", "out_of_range", _("Enter a quantity above 0, at most 12 digits.")))
    elif decimal_places(quantity) > product.unit_decimals:
        faults.append(decimals_fault(f"{path}.quantity", product.unit, product.unit_decimals))
    if given.unit_price is not None:
        if not ZERO <= given.unit_price <= LARGEST_PRICE:
            faults.append(
                Detail(f"{path}.unit_price", "out_of_range", _("Enter a price of 0 or more, at most 12 digits."))
            )
        elif decimal_places(given.unit_price) > PRICE_DECIMALS:
            faults.append(Detail(f"{path}.unit_price", "too_many_decimals", _("Use at most 6 decimals.")))
    if not 0 <= given.discount < LARGEST_AMOUNT or decimal_places(given.discount) > decimals_of(currency):
        faults.append(discount_out_of_range(path, currency))
    return faults
