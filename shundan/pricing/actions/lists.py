"""Keeping price lists: an order keeps the prices it was entered with, whatever becomes of the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Category, Product
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import LARGEST_PRICE, LARGEST_QUANTITY, PRICE_DECIMALS, QUANTITY_DECIMALS, ZERO
from shundan.kernel.money import decimal_places as places
from shundan.pricing.actions.offers import (
    OfferInput,
    categories_by_code,
    changes_of,
    faults_of_days,
    faults_of_offer,
    products_by_sku,
    values_of,
)
from shundan.pricing.models import PriceItem, PriceList
from shundan.pricing.rules import METHODS, MOST_DECIMALS

__all__ = ["ItemInput", "OfferInput", "PriceListInput", "save_price_list"]
MOST_ITEMS = 5000
MOST_MARKUP = Decimal(10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInput:
    """A price: of a product by `sku` (in a `unit`), of a `category` by code, or without both of everything.

    `value` is the price of one, a percentage off our list price or one upon the cost, by `method`.
    """

    sku: str = ""
    category: str = ""
    unit: str = ""
    min_quantity: Decimal = ZERO
    method: str = "amount"
    value: Decimal
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListInput(OfferInput):
    """A price list as it is given; calculated prices are rounded to `decimals`."""

    decimals: int = 2
    items: tuple[ItemInput, ...] = ()


@action
def save_price_list(given: PriceListInput, *, version: int | None, by: Actor) -> PriceList:
    """Keep a price list with all its prices: a new one without `version`, else over that version of the kept one.

    Raises: NotPermitted, Malformed, NotFound, VersionConflict.
    """
    require(by, "price.edit")
    code = given.code.replace("\x00", "")[:100]
    kept = PriceList.objects.select_for_update().filter(code=code).first()
    if version is not None and kept is None:
        raise NotFound(what="price list", key=code)
    products = products_by_sku(one.sku for one in given.items)
    categories = categories_by_code(one.category for one in given.items)
    wrong = list(faults_of_offer(given, is_new=version is None, taken=kept is not None))
    if not 0 <= given.decimals <= MOST_DECIMALS:
        wrong.append(Detail("decimals", "out_of_range", _("Enter a whole number from 0 to 6.")))
    wrong += _faults_of_items(given.items, products, categories)
    if wrong:
        raise Malformed(details=wrong)
    values: dict[str, Any] = values_of(given) | {"decimals": given.decimals}
    if kept is None:
        one, changes, what = PriceList(code=code, version=0), {}, "price_list.created"
    else:
        one, changes, what = kept, changes_of(kept, values), "price_list.changed"
        if version != kept.version:
            raise VersionConflict()
    for name, value in values.items():
        setattr(one, name, value)
    one.version, one.changed_at = one.version + 1, by.at
    one.save()
    one.items.all().delete()
    PriceItem.objects.bulk_create(_item(one, item, products, categories) for item in given.items)
    data = {"code": code, "items": len(given.items)} | ({"changes": changes} if changes else {})
    record(what, subject=("price_list", one.pk), by=by, data=data)
    return one


def _item(
    of: PriceList, given: ItemInput, products: Mapping[str, Product], categories: Mapping[str, Category]
) -> PriceItem:
    product = products.get(given.sku)
    unit = next((one.unit for one in product.units.all() if one.unit.code == given.unit), None) if product else None
    return PriceItem(
        price_list=of,
        product=product,
        category=categories.get(given.category),
        unit=unit,
        min_quantity=given.min_quantity,
        method=given.method,
        value=given.value,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
    )


def _faults_of_items(
    items: Sequence[ItemInput], products: Mapping[str, Product], categories: Mapping[str, Category]
) -> Iterable[Detail]:
    if len(items) > MOST_ITEMS:
        yield Detail("items", "too_many", _("A price list has at most 5,000 prices; split it."))
        return
    seen = set()
    for at, one in enumerate(items):
        path, product = f"items[{at}]", products.get(one.sku)
        if one.sku and product is None:
            sentence = _("There is no product with the SKU “%(sku)s”.")
            yield Detail(f"{path}.sku", "unknown_sku", sentence % {"sku": one.sku[:60].replace("\x00", "")})
        if one.category and one.category not in categories:
            yield Detail(f"{path}.category", "unknown", _("There is no such category."))
        if one.sku and one.category:
            yield Detail(f"{path}.category", "two_targets", _("Name a product or a category, not both."))
        if product is not None and one.unit not in ("", product.unit.code):
            if one.unit not in {its.unit.code for its in product.units.all()}:
                sentence = _("The product has no such unit. Add it to its units, or leave the unit of the price out.")
                yield Detail(f"{path}.unit", "unknown_unit", sentence)
        elif one.unit and product is None:
            yield Detail(f"{path}.unit", "needs_product", _("Only the price of a product has a unit."))
        yield from _faults_of_price(path, one)
        yield from faults_of_days(path, one.valid_from, one.valid_to)
        unit = "" if product is not None and one.unit == product.unit.code else one.unit
        key = (one.sku, one.category, unit, one.min_quantity, one.valid_from)
        if key in seen:
            yield Detail(path, "twice", _("This price is entered twice. Keep one of them."))
        seen.add(key)


def _faults_of_price(path: str, one: ItemInput) -> Iterable[Detail]:
    if one.method not in METHODS:
        yield Detail(f"{path}.method", "unknown", _("Choose one of the offered values."))
    elif one.method == "amount" and not one.sku:
        sentence = _("A fixed price is that of a product. Name one, or enter a percentage.")
        yield Detail(f"{path}.sku", "needs_product", sentence)
    most = {"amount": LARGEST_PRICE, "percent": Decimal(100)}.get(one.method, MOST_MARKUP)
    if not 0 <= one.value <= most:
        sentence = _("Enter a price of 0 or more; a discount is at most 100 percent.")
        yield Detail(f"{path}.value", "out_of_range", sentence)
    elif places(one.value) > PRICE_DECIMALS:
        yield Detail(f"{path}.value", "too_many_decimals", _("Use at most 6 decimals."))
    if not 0 <= one.min_quantity <= LARGEST_QUANTITY or places(one.min_quantity) > QUANTITY_DECIMALS:
        yield Detail(f"{path}.min_quantity", "out_of_range", _("Enter a quantity of 0 or more with up to 6 decimals."))
