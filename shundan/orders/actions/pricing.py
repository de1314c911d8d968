"""Prices by rules and what is taken off a whole order: from lists and promotions to the lines that carry it."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import SellableProduct
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.money import AMOUNT_DECIMALS, ZERO, decimal_places, decimals_of, round_amount, spread
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.coupons import buyer_of, coupon_of
from shundan.orders.rules import line_amounts, worth_at
from shundan.pricing.queries import OfferedLine, PriceBook, Step, price_book_unscoped, taken_off

HUNDRED = Decimal(100)
# Steps of lines whose price somebody named: promotions leave them alone.
NAMED = ("hand", "kept")


def book_of(order: Order, products: Iterable[SellableProduct], *, is_entry: bool = True) -> PriceBook | None:
    """Return what the customer of an order that is priced by lists pays; None where nothing is special.

    Its coupon is asked for at entry alone. Raises: CouponRefused.
    """
    if order.customer is None or KINDS[order.type.kind].prices != "list":
        return None
    return price_book_unscoped(
        buyer_of(order),
        products,
        currency=order.currency,
        exchange_rate=order.exchange_rate,
        coupon=coupon_of(order) if is_entry else None,
    )


def own_discount(line: OrderLine) -> Decimal:
    """Return what was taken off a line by itself, without promotions and its share of the order's discount."""
    shared = (Decimal(one["off"]) for one in line.price_steps if "off" in one)
    return max(ZERO, line.discount - sum(shared, ZERO))


def is_named(line: OrderLine) -> bool:
    """Tell whether somebody named the price of a line, so that rules do not find it anew."""
    if line.kit is not None:
        return bool(line.kit["named"])
    if line.price_steps:
        return line.price_steps[0]["kind"] in NAMED
    return line.list_price is not None and line.unit_price != line.list_price


def take_off(
    order: Order, lines: Sequence[OrderLine], products: Mapping[str, SellableProduct], book: PriceBook | None
) -> None:
    """Take promotions and the order's discount off its lines, whose prices and own discounts stand.

    Raises: Malformed for a discount that is more than the order.
    """
    if lines and book is not None and book.offers:
        _take_promotions(order, lines, products, book)
    if lines and (order.discount_percent is not None or order.discount_amount is not None):
        _take_order_discount(order, lines)


def faults_of_discount(percent: Decimal | None, amount: Decimal | None, *, currency: str) -> Iterable[Detail]:
    """Return what is wrong with the discount of a whole order."""
    if percent is not None and amount is not None:
        yield Detail("discount_amount", "one_of_two", _("Enter either a percentage or an amount that is taken off."))
    if percent is not None and (not 0 <= percent <= HUNDRED or decimal_places(percent) > 4):
        yield Detail("discount_percent", "out_of_range", _("Enter a percentage of 0 to 100 with at most 4 decimals."))
    if amount is not None and (
        not 0 <= amount < Decimal(10) ** 15 or decimal_places(amount) > min(AMOUNT_DECIMALS, decimals_of(currency))
    ):
        sentence = _("Enter an amount of 0 or more with no more decimals than the currency has.")
        yield Detail("discount_amount", "out_of_range", sentence)


def _left(order: Order, line: OrderLine) -> Decimal:
    """Return what a line is worth in the order's basis (with tax where prices include it) after its discounts."""
    return worth_at(line.quantity, line.agreed, currency=order.currency) - line.discount


def _take_promotions(
    order: Order, lines: Sequence[OrderLine], products: Mapping[str, SellableProduct], book: PriceBook
) -> None:
    offered = [
        OfferedLine(
            # Lines of a kit count as the kit; its number is not counted among pieces that are free or make a set.
            product_id=line.kit["product"] if line.kit else line.product_id,
            categories=book.categories_of(products[line.kit["sku"] if line.kit else line.sku]),
            quantity=ZERO if line.kit else line.quantity,
            worth=_left(order, line),
            takes_part=not is_named(line),
        )
        for line in lines
    ]
    claimed = {book.coupon.offer.code: book.coupon.code} if book.coupon else {}
    for line, offs in zip(lines, taken_off(book.offers, offered, currency=order.currency), strict=True):
        for one in offs:
            _take(order, line, Step("promotion", code=one.code, off=one.amount, coupon=claimed.get(one.code, "")))


def _take_order_discount(order: Order, lines: Sequence[OrderLine]) -> None:
    left = [_left(order, line) for line in lines]
    whole = sum(left, ZERO)
    off = order.discount_amount
    if order.discount_percent is not None:
        off = round_amount(whole * order.discount_percent / HUNDRED, currency=order.currency)
    assert off is not None
    if off > whole:
        sentence = _("The discount is more than the order is worth.")
        raise Malformed(details=[Detail("discount_amount", "out_of_range", sentence)])
    for line, share in zip(lines, spread(off, left, currency=order.currency), strict=True):
        if share:
            _take(order, line, Step("order_discount", off=share))


def _take(order: Order, line: OrderLine, step: Step) -> None:
    assert step.off is not None
    if not line.price_steps:
        line.price_steps = [Step("list", price=line.agreed.amount).as_json()]
    line.price_steps = [*line.price_steps, step.as_json()]
    line.discount += step.off
    found = line_amounts(
        quantity=line.quantity,
        unit_price=line.agreed.amount,
        unit=line.ordered_in,
        discount=line.discount,
        tax_rate=line.tax_rate,
        includes_tax=order.includes_tax,
        currency=order.currency,
    )
    line.gross, line.net, line.tax = found.gross, found.net, found.tax
