"""What a wish for the lines of a running order comes to: new terms within the limits, and lines that are added."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import SellableProduct, sellable_products_unscoped
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.money import QUANTITY_DECIMALS, ZERO, exact_ratio, plain
from shundan.orders.actions.lines import Counted, LineInput, counted_in, faults_of_line, price_lines
from shundan.orders.actions.pricing import book_of
from shundan.orders.actions.wishes import ChangeWish, LineWish
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import lines_of
from shundan.orders.rules import OWN_UNIT, AgreedPrice
from shundan.orders.rules.changes import Beyond, Invoiced, Terms, limits_broken, terms_of, valid_quantity

ONE = Decimal(1)
BEYOND: Mapping[str, Any] = {
    "below_shipped": _(
        "%(sku)s: at least %(limit)s, for that much is picked or has left. Cancel the pick list first, or let goods"
        " come back with a return."
    ),
    "below_invoiced": _("%(sku)s: at least %(limit)s, for that much is invoiced. Issue a credit note first."),
    "price_invoiced": _(
        "%(sku)s: part of it is invoiced, so its price stays. Reduce the line to what is invoiced, and add a line with"
        " the new price for the rest."
    ),
}


class ChangeBeyondLimits(Refused):
    """The change would contradict what has been picked, shipped or invoiced already."""

    code = "beyond_limits"
    sentence = _("The order cannot be changed this far any more. See the marked fields.")


def planned_terms(
    order: Order, wish: ChangeWish, papers: Mapping[int, Invoiced]
) -> tuple[dict[int, Terms], dict[int, dict[str, Any]]]:
    """Return the new terms and the other new values of the lines that the wish names, by line id."""
    by_position = {line.position: line for line in lines_of(order)}
    skus = [by_position[one.position].sku for one in wish.lines if one.position in by_position]
    products = sellable_products_unscoped(skus, currency=order.currency) if skus else {}
    terms: dict[int, Terms] = {}
    extras: dict[int, dict[str, Any]] = {}
    malformed: list[Detail] = []
    beyond: list[Detail] = []
    for at, one in enumerate(wish.lines):
        if one.position is None:
            continue
        path, line = f"lines[{at}]", by_position.get(one.position)
        if line is None:
            malformed.append(Detail(f"{path}.position", "unknown_line", _("The order has no such line.")))
            continue
        extras[line.pk] = _extras(one)
        if one.quantity is None and one.unit_price is None and one.discount is None:
            continue
        product = products.get(line.sku)
        counted = _counted(path, one, line, product)
        quantity = counted.quantity
        price = line.agreed if one.unit_price is None else AgreedPrice(one.unit_price, counted.unit)
        if quantity != 0 or counted.faults:
            given = LineInput(sku=line.sku, quantity=quantity, unit_price=price.amount, discount=one.discount or ZERO)
            wrong = faults_of_line(path, given, product, order, line, counted)
            malformed += wrong
            if wrong:
                continue
        broken = limits_broken(line, quantity=quantity, price=price, discount=one.discount, currency=order.currency)
        if broken:
            beyond += [_beyond(path, line, each) for each in broken]
            continue
        found = terms_of(
            line,
            quantity=quantity,
            price=price,
            discount=one.discount,
            invoiced=papers.get(line.pk, Invoiced()),
            includes_tax=order.includes_tax,
            currency=order.currency,
        )
        if found is None:
            beyond.append(_beyond(path, line, Beyond("quantity", "below_invoiced", line.invoiced)))
        elif found.gross < 0:
            sentence = _("The discount is larger than the line.")
            malformed.append(Detail(f"{path}.discount", "out_of_range", sentence))
        else:
            terms[line.pk] = found
    if malformed:
        raise Malformed(details=malformed)
    if beyond:
        raise ChangeBeyondLimits(details=beyond)
    return terms, extras


def _counted(path: str, one: LineWish, line: OrderLine, product: SellableProduct | None) -> Counted:
    """Return the unit that a wish for a line speaks in, and the line's quantity in the product's own unit."""
    if one.unit and one.unit == line.order_unit:
        # The line's own unit with its factor of then, whatever the product says today.
        unit = line.ordered_in
        if one.quantity is None:
            return Counted(unit, valid_quantity(line))
        decimals = product.unit_decimals if product is not None else QUANTITY_DECIMALS
        quantity = exact_ratio(one.quantity, unit.numerator, unit.denominator, decimals=decimals)
        if quantity is not None:
            return Counted(unit, quantity)
    wished = ONE if one.quantity is None else one.quantity
    if product is None:
        return Counted(OWN_UNIT, wished)
    given = LineInput(sku=line.sku, quantity=wished, unit=one.unit, kept_unit=one.kept_unit)
    counted = counted_in(path, given, product, "")
    return counted if one.quantity is not None else replace(counted, quantity=valid_quantity(line))


def _extras(one: LineWish) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if one.requested_on is not None:
        values["requested_on"] = one.requested_on or None
    if one.remark is not None:
        values["remark"] = one.remark[:500].replace("\x00", "")
    return values


def _beyond(path: str, line: OrderLine, broken: Beyond) -> Detail:
    facts = {"sku": line.sku, "limit": plain(broken.limit)}
    return Detail(f"{path}.{broken.field}", broken.code, str(BEYOND[broken.code]) % facts)


def added_lines(order: Order, wish: ChangeWish) -> list[OrderLine]:
    """Return the new lines, priced and taxed by the same rules as at entry, at the end of the order."""
    new = [(at, one) for at, one in enumerate(wish.lines) if one.position is None]
    if not new:
        return []
    given = [
        LineInput(
            sku=one.sku,
            quantity=one.quantity or ZERO,
            unit=one.unit,
            unit_price=one.unit_price,
            discount=one.discount or ZERO,
            requested_on=one.requested_on or None,
            remark=one.remark or "",
        )
        for _at, one in new
    ]
    products = sellable_products_unscoped((one.sku for one in given), currency=order.currency)
    try:
        # Promotions are of the order as it was entered; the customer's prices hold for what is added, too.
        lines = price_lines(given, products, order=order, book=book_of(order, products.values(), is_entry=False))
    except Malformed as refusal:
        places = {f"lines[{i}]": f"lines[{at}]" for i, (at, _one) in enumerate(new)}
        raise Malformed(details=[_placed(one, places) for one in refusal.details]) from refusal
    last = max(line.position for line in lines_of(order))
    for i, line in enumerate(lines):
        line.position = last + 1 + i
    return lines


def _placed(detail: Detail, places: Mapping[str, str]) -> Detail:
    line, dot, field = detail.path.partition(".")
    return Detail(f"{places.get(line, line)}{dot}{field}", detail.code, detail.message)
