"""Keeping products: what is refused, what running orders keep."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shundan.catalog.actions import PriceInput, ProductInput, change_product, create_product, save_exchange_rate
from shundan.catalog.queries import NoExchangeRate, get_product, rate_of_exchange
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"sku": ""}, "sku"),
        ({"sku": " P"}, "sku"),
        ({"sku": "P\x00"}, "sku"),
        ({"sku": "x" * 61}, "sku"),
        ({"name_zh": " "}, "name_zh"),
        ({"name_en": "\x00"}, "name_en"),
        ({"kind": "idea"}, "kind"),
        ({"status": "gone"}, "status"),
        ({"unit": "parsec"}, "unit"),
        ({"unit": "\x00"}, "unit"),
        ({"tax_rate": "vat99"}, "tax_rate"),
        ({"tax_rate": "\x00"}, "tax_rate"),
        ({"category": "none"}, "category"),
        ({"category": "\x00"}, "category"),
        ({"prices": (PriceInput(amount=Decimal(-1)),)}, "prices[0].amount"),
        ({"prices": (PriceInput(amount=Decimal("1" * 40)),)}, "prices[0].amount"),
        ({"prices": (PriceInput(amount=Decimal("0.0000001")),)}, "prices[0].amount"),
        ({"prices": (PriceInput(amount=Decimal(1)),) * 2}, "prices[1]"),
        ({"prices": (PriceInput(amount=Decimal(1), min_quantity=Decimal(-1)),)}, "prices[0].min_quantity"),
        ({"prices": (PriceInput(amount=Decimal(1), min_quantity=Decimal("1E-7")),)}, "prices[0].min_quantity"),
    ],
)
def test_bad_data_is_refused_with_its_place(values: dict[str, Any], path: str) -> None:
    make.shipped()
    with make.refused(Malformed) as caught:
        create_product(ProductInput(**({"sku": "P-1", "name_zh": "螺丝"} | values)), by=make.boss())
    assert path in [detail.path for detail in caught.value.details]


def test_a_sku_is_taken_once() -> None:
    make.product("P-1")
    with make.refused(Malformed) as caught:
        make.product("P-1")
    assert caught.value.details[0].code == "taken"


def test_running_orders_keep_price_tax_and_name() -> None:
    order = make.order(state="confirmed", price="100.00")
    line = order.lines.get()
    dearer = ProductInput(sku=line.sku, name_zh="新名", tax_rate="vat6", prices=(PriceInput(amount=Decimal(999)),))
    changed = change_product(line.sku, dearer, version=1, by=make.boss())
    assert (changed.version, changed.name_zh) == (2, "新名")
    kept = order.lines.get()
    assert (kept.unit_price, kept.tax_rate, kept.name_zh) == (Decimal(100), Decimal("0.13"), line.name_zh)
    assert make.fresh(order.number).total == Decimal("1000.00")


def test_a_conflict_shows_both_values() -> None:
    goods = make.product("P-1")
    change_product("P-1", ProductInput(sku="P-1", name_zh="甲"), version=goods.version, by=make.boss())
    with make.refused(VersionConflict) as caught:
        change_product("P-1", ProductInput(sku="P-1", name_zh="乙"), version=goods.version, by=make.boss())
    assert [(one.path, one.yours, one.theirs) for one in caught.value.details] == [("name_zh", "乙", "甲")]


def test_unknown_products_are_not_found() -> None:
    make.shipped()
    for sku in ("NONE", "", "\x00"):
        with make.refused(NotFound):
            change_product(sku, ProductInput(sku="x", name_zh="x"), version=1, by=make.boss())
        with make.refused(NotFound):
            get_product(sku, by=make.boss())


def test_only_sales_managers_and_purchasing_edit_products() -> None:
    make.shipped()
    for role in ("rep", "finance", "warehouse", "service", "executive", "auditor", "admin"):
        with make.refused(NotPermitted):
            create_product(ProductInput(sku="P-1", name_zh="x"), by=make.actor(role))


def test_the_rate_of_exchange_is_that_of_the_day() -> None:
    for day, rate in ((1, "7.10"), (5, "7.20")):
        save_exchange_rate(currency="USD", valid_from=date(2026, 3, day), rate=Decimal(rate), by=make.boss())
    assert rate_of_exchange("USD", on=date(2026, 3, 4)) == Decimal("7.10")
    assert rate_of_exchange("USD", on=date(2026, 3, 5)) == Decimal("7.20")
    assert rate_of_exchange("CNY", on=date(1999, 1, 1)) == 1
    with make.refused(NoExchangeRate):
        rate_of_exchange("USD", on=date(2026, 2, 28))
