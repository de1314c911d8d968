"""Further units of products: how they are typed, and how a quantity is told in them: 2 boxes (24 pcs)."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.catalog.actions import UnitInput
from shundan.catalog.queries import Product, SellableProduct
from shundan.kernel.errors import Detail
from shundan.kernel.money import exact_ratio, plain
from shundan.orders.queries import AgreedPrice, OrderUnit, price_in_unit
from shundan.ui.formatting import qty
from shundan.web.forms import Given
from shundan.web.words import Word, name_of

# Where lines may be entered in a unit, and where entry begins in it.
OFFERED: dict[str, Word] = {
    "both": gettext_lazy("Sales and purchasing"),
    "sale": gettext_lazy("Sales only"),
    "purchase": gettext_lazy("Purchasing only"),
    "none": gettext_lazy("Nowhere"),
}
DEFAULTS: dict[str, Word] = {
    "none": gettext_lazy("Product’s own unit"),
    "sale": gettext_lazy("This unit in sales"),
    "purchase": gettext_lazy("This unit in purchasing"),
    "both": gettext_lazy("This unit in both"),
}


def read_units(given: Given) -> tuple[UnitInput, ...]:
    """Return the further units that were typed; a factor that is no exact number is noted."""
    found = []
    for at, row in enumerate(_typed_rows(given)):
        factor = _factor(row.get("factor", ""))
        if factor is None:
            sentence = _("Enter how many of the product’s own unit one is: 12, 0.5 or 1/1000.")
            given.problems.append(Detail(f"units[{at}].numerator", "not_a_factor", sentence))
        offered, begins = row.get("offered", "both"), row.get("default", "none")
        found.append(
            UnitInput(
                unit=row["unit"],
                numerator=factor.numerator if factor else 1,
                denominator=factor.denominator if factor else 1,
                barcode=row.get("barcode", ""),
                for_sale=offered in ("both", "sale"),
                for_purchase=offered in ("both", "purchase"),
                is_sale_default=begins in ("both", "sale"),
                is_purchase_default=begins in ("both", "purchase"),
            )
        )
    return tuple(found)


def typed_units(given: Given) -> list[dict[str, str]]:
    """Return the rows of further units as they were typed."""
    return _typed_rows(given)


def kept_units(product: Product) -> list[dict[str, str]]:
    """Return a product's further units as their form shows them."""
    return [
        {
            "unit": one.unit.code,
            "factor": factor_in_words(one.numerator, one.denominator),
            "barcode": one.barcode,
            "offered": _both(one.for_sale, one.for_purchase),
            "default": _both(one.is_sale_default, one.is_purchase_default),
        }
        for one in product.units.all()
    ]


def shown_units(product: Product) -> list[dict[str, str]]:
    """Return a product's further units as its page tells them."""
    return [
        {
            "name": name_of(one.unit),
            "factor": f"{factor_in_words(one.numerator, one.denominator)} {name_of(product.unit)}",
            "barcode": one.barcode,
            "offered": str(OFFERED[_both(one.for_sale, one.for_purchase)]),
            "default": str(DEFAULTS[_both(one.is_sale_default, one.is_purchase_default)])
            if one.is_sale_default or one.is_purchase_default
            else "",
        }
        for one in product.units.all()
    ]


def factor_in_words(numerator: int, denominator: int) -> str:
    """Write a factor as it is typed: 12, 2.5, or 1/3 where decimals would not be exact."""
    exact = exact_ratio(Decimal(numerator), 1, denominator, decimals=3)
    return qty(exact).replace(",", "") if exact is not None else f"{numerator}/{denominator}"


def _typed_rows(given: Given) -> list[dict[str, str]]:
    return [row for row in given.rows("unit") if row.get("unit")]


def _factor(text: str) -> Fraction | None:
    cleaned = text.replace(",", "").replace("，", "").replace(" ", "")
    if len(cleaned) > 30 or "e" in cleaned.lower():
        return None
    try:
        found = Fraction(cleaned)
    except (ValueError, ZeroDivisionError):
        return None
    return found if found > 0 else None


def _both(sale: bool, purchase: bool) -> str:
    return ("both" if purchase else "sale") if sale else ("purchase" if purchase else "none")


def entry_units(
    product: SellableProduct, own_name: str, names: Mapping[str, str], *, kind: str, kept: OrderUnit | None = None
) -> list[dict[str, Any]]:
    """Return the units that a line of a product may be entered in, its own first, each with its list price.

    `kept` is the unit that a line has already, with its factor of then. A product with one unit offers nothing.
    """
    offered = [
        OrderUnit(one.code, one.numerator, one.denominator)
        for one in product.units
        if (kind != "sale" or one.for_sale) and (kind != "purchase" or one.for_purchase)
    ]
    if kept is not None and kept.code:
        offered = [kept, *(one for one in offered if one.code != kept.code)]
    if not offered:
        return []
    barcodes = {one.code: one.barcode for one in product.units}
    first = product.first_price()
    found: list[dict[str, Any]] = [
        {
            "code": "",
            "name": own_name,
            "numerator": 1,
            "denominator": 1,
            "price": None if first is None else plain(first),
        }
    ]
    for one in offered:
        price = product.price_in(one.code, one.numerator, one.denominator, Decimal(one.numerator) / one.denominator)
        found.append(
            {
                "code": one.code,
                "name": names.get(one.code, one.code),
                "numerator": one.numerator,
                "denominator": one.denominator,
                "barcode": barcodes.get(one.code, ""),
                "price": None if price is None else plain(price),
            }
        )
    return found


def default_unit(product: SellableProduct, *, kind: str) -> str:
    """Return the code of the unit that entry begins in; nothing for the product's own."""
    begins = {"sale": "is_sale_default", "purchase": "is_purchase_default"}.get(kind)
    return next((one.code for one in product.units if begins and getattr(one, begins)), "")


def price_of_unit(price: AgreedPrice, unit: Mapping[str, Any]) -> Decimal:
    """Return an agreed price as that of a unit of `entry_units`."""
    return price_in_unit(price, OrderUnit(unit["code"], unit["numerator"], unit["denominator"]))
