"""Which tax a line of an order bears: asked of the one rule, for the order's party and on the order's day."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import SellableProduct, Tax, TaxBook, Trade, tax_book_unscoped
from shundan.kernel.errors import Detail
from shundan.orders.models import Order, OrderLine


def taxes_for(order: Order, book: TaxBook) -> Callable[[SellableProduct, OrderLine | None], Tax | None]:
    """Return how the lines of an order are taxed; a product whose tax has no rate on its day gives None.

    What comes back keeps the tax that it was sold or bought with.
    """
    party = trade_of(order)
    comes_back = order.type.kind == "return"
    known: dict[tuple[str, str], Tax | None] = {}

    def tax_of(product: SellableProduct, source: OrderLine | None) -> Tax | None:
        if comes_back and source is not None:
            return Tax(source.tax_code, source.tax_kind, source.tax_rate)
        key = (product.tax_code, product.kind)
        if key not in known:
            known[key] = book.tax_for(*key, party, on=order.ordered_on)
        return known[key]

    return tax_of


def trade_of(order: Order) -> Trade:
    """Return who an order is made with, as far as taxes ask; nobody for a transfer."""
    if order.customer is not None:
        return Trade("sale", order.customer.country, order.ship_province, order.customer.tax_status)
    if order.supplier is not None:
        return Trade("purchase", order.supplier.country)
    return Trade()


def no_tax(path: str, product: SellableProduct, order: Order) -> Detail:
    """Return what is wrong with a product whose tax has no rate on the order's day."""
    code = tax_book_unscoped().code_for(product.tax_code, product.kind, trade_of(order), on=order.ordered_on)
    sentence = _("The tax “%(tax)s” of %(sku)s has no rate on %(on)s. Ask finance to enter one.")
    return Detail(path, "no_tax_rate", sentence % {"tax": code, "sku": product.sku, "on": order.ordered_on.isoformat()})
