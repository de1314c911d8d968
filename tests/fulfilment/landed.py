"""Goods that came in and bills of freight, for tests of landed costs."""

from decimal import Decimal

from shundan.billing.actions import register_bill
from shundan.billing.models import Bill
from shundan.fulfilment.actions import receive_goods
from shundan.fulfilment.models import Receipt
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make


def goods(sku: str) -> Receipt:
    """Return a receipt of ten goods at 10.00."""
    works = create_supplier(SupplierInput(name="苏州标准件厂"), by=make.boss())
    line = LineInput(sku=make.product(sku).sku, quantity=Decimal(10), unit_price=Decimal(10))
    order = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    return receive_goods(order.number, by=make.boss())


def freight_bill(sku: str, price: str = "113.00", *, currency: str = "CNY") -> Bill:
    """Return a forwarder's bill of freight, with tax."""
    forwarder = create_supplier(SupplierInput(name="远洋货运", currency=currency), by=make.boss())
    make.product(sku, kind="charge", name_zh="海运费")
    lines = (LineInput(sku=sku, quantity=Decimal(1), unit_price=Decimal(price)),)
    given = OrderInput(type="purchase", supplier=forwarder.number, currency=currency, lines=lines)
    return register_bill(place_order(given, by=make.boss()).number, by=make.boss())
