"""Further units of products: exact factors, their own prices and barcodes, and what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.catalog.actions import PriceInput, ProductInput, UnitInput, change_product, create_product
from shundan.catalog.queries import get_product, products_by_codes, sellable_products_unscoped
from shundan.kernel.errors import Malformed
from tests import make

pytestmark = pytest.mark.django_db
BOX = UnitInput(unit="box", numerator=12, barcode="16901234567891", is_sale_default=True)
GRAM = UnitInput(unit="g", numerator=1, denominator=1000)


def test_a_product_has_further_units_with_prices_of_their_own() -> None:
    prices = (PriceInput(amount=Decimal(10)), PriceInput(amount=Decimal("99.50"), unit="box", min_quantity=Decimal(2)))
    make.product("U-1", units=(BOX,), prices=prices)
    offer = sellable_products_unscoped(["U-1"], currency="CNY")["U-1"]
    assert [(one.code, one.numerator, one.denominator, one.decimals) for one in offer.units] == [("box", 12, 1, 0)]
    assert offer.price(Decimal(24)) == 10
    # One box costs as much as its pieces; from two on it has its own price.
    assert offer.price_in("box", 12, 1, Decimal(12)) == 120
    assert offer.price_in("box", 12, 1, Decimal(24)) == Decimal("99.50")
    # Another factor than the one of today is another box.
    assert offer.price_in("box", 10, 1, Decimal(20)) == 100


def test_a_part_of_the_own_unit_has_a_price_that_comes_out_even() -> None:
    make.product("U-2", unit="kg", units=(GRAM,), prices=(PriceInput(amount=Decimal("12.50")),))
    offer = sellable_products_unscoped(["U-2"], currency="CNY")["U-2"]
    assert offer.price_in("g", 1, 1000, Decimal(1)) == Decimal("0.0125")


def test_units_are_replaced_as_a_whole() -> None:
    make.product("U-3", units=(BOX,))
    given = ProductInput(sku="U-3", name_zh="螺丝", units=(UnitInput(unit="pack", numerator=5, denominator=2),))
    change_product("U-3", given, version=1, by=make.boss())
    units = get_product("U-3", by=make.boss()).units.all()
    assert [(one.unit.code, one.numerator, one.denominator) for one in units] == [("pack", 5, 2)]


def test_a_product_is_found_by_the_barcode_of_its_box() -> None:
    make.product("U-4", units=(BOX,))
    assert [one.sku for one in products_by_codes([BOX.barcode], by=make.boss())] == ["U-4"]


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({"units": (UnitInput(unit="parsec", numerator=2),)}, "units[0].unit", "unknown"),
        ({"units": (UnitInput(unit="pcs", numerator=2),)}, "units[0].unit", "twice"),
        ({"units": (UnitInput(unit="box", numerator=2),) * 2}, "units[1].unit", "twice"),
        ({"units": (UnitInput(unit="box", numerator=0),)}, "units[0].numerator", "out_of_range"),
        ({"units": (UnitInput(unit="box", numerator=1, denominator=2**31),)}, "units[0].denominator", "out_of_range"),
        ({"units": (UnitInput(unit="box", numerator=2, barcode="x\x00"),)}, "units[0].barcode", "invalid_text"),
        (
            {"units": (UnitInput(unit="box", numerator=2, for_sale=False, is_sale_default=True),)},
            "units[0].unit",
            "default_not_offered",
        ),
        (
            {
                "units": (
                    UnitInput(unit="box", numerator=2, is_sale_default=True),
                    UnitInput(unit="set", numerator=3, is_sale_default=True),
                )
            },
            "units",
            "two_defaults",
        ),
        ({"prices": (PriceInput(amount=Decimal(1), unit="box"),)}, "prices[0].unit", "unknown_unit"),
    ],
)
def test_bad_units_are_refused_with_their_place(values: dict[str, Any], path: str, code: str) -> None:
    make.shipped()
    with make.refused(Malformed) as caught:
        create_product(ProductInput(**({"sku": "U-5", "name_zh": "螺丝"} | values)), by=make.boss())
    assert (path, code) in [(detail.path, detail.code) for detail in caught.value.details]


@pytest.mark.parametrize("other", ["product", "unit", "itself"])
def test_a_barcode_counts_one_thing_only(other: str) -> None:
    make.product("U-6", barcode="6901234567892" if other == "product" else "", units=(BOX,) if other == "unit" else ())
    barcode = BOX.barcode if other == "unit" else "6901234567892"
    own = barcode if other == "itself" else ""
    with make.refused(Malformed) as caught:
        make.product("U-7", barcode=own, units=(UnitInput(unit="box", numerator=6, barcode=barcode),))
    assert [(one.path, one.code) for one in caught.value.details] == [("units[0].barcode", "taken")]
