"""Keeping products."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.actions.kits import (
    ComponentInput,
    faults_of_kit,
    require_active_components,
    require_no_kit_needs,
    save_components,
)
from shundan.catalog.models import (
    Category,
    Product,
    ProductCost,
    ProductPrice,
    ProductUnit,
    TaxRate,
    Unit,
)
from shundan.catalog.registries import COUNTED_DECIMALS
from shundan.catalog.rules import KINDS, KIT, LARGEST_FACTOR, LONGEST_SKU, STATUSES, TRACKINGS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import LARGEST_PRICE, PRICE_DECIMALS, QUANTITY_DECIMALS, decimal_places, plain
from shundan.kernel.referring import InUse, referred_ids
from shundan.kernel.search import search_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInput:
    """A price in a currency from a quantity upward: of the product's own unit, or of a further one by its code."""

    amount: Decimal
    currency: str = "CNY"
    min_quantity: Decimal = Decimal(0)
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitInput:
    """A further unit: one of it is exactly `numerator` / `denominator` of the product's own unit."""

    unit: str
    numerator: int
    denominator: int = 1
    barcode: str = ""
    for_sale: bool = True
    for_purchase: bool = True
    is_sale_default: bool = False
    is_purchase_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInput:
    """A product as it is given; a kit's components are kept where they are None."""

    sku: str
    name_zh: str
    name_en: str = ""
    barcode: str = ""
    spec: str = ""
    kind: str = "goods"
    status: str = "active"
    category: str = ""
    unit: str = "pcs"
    tax_rate: str = "vat13"
    tax_category_code: str = ""
    reorder_point: Decimal | None = None
    # Of one unit, in kilograms.
    weight: Decimal | None = None
    tracking: str = "none"
    has_expiry: bool = False
    units: tuple[UnitInput, ...] = ()
    prices: tuple[PriceInput, ...] = ()
    components: tuple[ComponentInput, ...] | None = None


_COLUMNS = "name_zh name_en barcode spec kind status tax_category_code reorder_point weight tracking has_expiry".split()


@action
def create_product(given: ProductInput, *, by: Actor) -> Product:
    """Add a product. Raises: NotPermitted, Malformed."""
    places = try_product(given, by=by)
    product = Product.objects.create(
        sku=given.sku, created_at=by.at, **places, **_values(given), **_search(given, given.sku)
    )
    _save_units(product, given, _units_by_code(given))
    if given.components:
        save_components(product, given.components)
    record("product.created", subject=("product", product.pk), by=by, data={"sku": product.sku})
    return product


def try_product(given: ProductInput, *, by: Actor, product: Product | None = None) -> Mapping[str, object]:
    """Judge a product, new or in the place of another, by all rules of entry; nothing is written.

    Returns its unit, tax rate and category. Raises: NotPermitted, Malformed.
    """
    require(by, "product.edit")
    places = _checked_places(given, product)
    _check_barcodes(given, product_id=product.pk if product else None)
    if product is None and Product.objects.filter(sku=given.sku.replace("\x00", "")).exists():
        raise Malformed(details=[Detail("sku", "taken", _("A product with this SKU exists already."))])
    return places


@action
def change_product(sku: str, given: ProductInput, *, version: int, by: Actor) -> Product:
    """Replace a product's data; running orders keep the price and tax they were entered with.

    Raises: NotPermitted, NotFound, Malformed, VersionConflict, ComponentInKits.
    """
    require(by, "product.edit")
    product = Product.objects.select_for_update().filter(sku=sku.replace("\x00", "")).first()
    if product is None:
        raise NotFound(what="product", key=sku)
    places = try_product(given, by=by, product=product)
    kept = {column: getattr(product, column) for column in _COLUMNS}
    changed = {column: value for column, value in _values(given).items() if value != kept[column]}
    if version != product.version:
        raise VersionConflict(
            details=[
                Detail(c, "changed_by_other", _("Changed by another user."), yours=str(v), theirs=str(kept[c]))
                for c, v in changed.items()
            ]
        )
    if given.status == "retired" and product.status != "retired":
        require_no_kit_needs(product)
    if given.kind == KIT and given.status == "active" and given.components is None:
        require_active_components(product)
    for column, value in {**_values(given), **places, **_search(given, sku)}.items():
        setattr(product, column, value)
    product.version += 1
    product.save()
    ProductPrice.objects.filter(product=product).delete()
    ProductUnit.objects.filter(product=product).delete()
    _save_units(product, given, _units_by_code(given))
    changes = {c: [str(kept[c]), str(v)] for c, v in changed.items()}
    if given.components is not None and product.kind == KIT:
        said = save_components(product, given.components)
        changes |= {"components": said} if said[0] != said[1] else {}
    record("product.changed", subject=("product", product.pk), by=by, data={"changes": changes})
    return product


@action
def remove_product(sku: str, *, version: int, by: Actor) -> None:
    """Remove a product that nothing uses, as it was entered. Raises: NotPermitted, NotFound, VersionConflict, InUse."""
    require(by, "product.edit")
    product = Product.objects.select_for_update().filter(sku=sku.replace("\x00", "")).first()
    if product is None:
        raise NotFound(what="product", key=sku)
    if product.version != version:
        raise VersionConflict()
    if referred_ids(Product, [product.pk]):
        raise InUse(names=sku)
    record("product.removed", subject=("product", product.pk), by=by, data={"sku": sku, "name": product.name_zh})
    product.delete()


@action
def set_product_cost(sku: str, cost: Decimal | None, *, version: int, by: Actor) -> Product:
    """Set what one unit costs in company currency, None for unknown; lines of orders keep the cost of their entry.

    Raises: NotPermitted, NotFound, Malformed, VersionConflict.
    """
    require(by, "product.set_cost")
    if cost is not None and (not 0 <= cost <= LARGEST_PRICE or decimal_places(cost) > PRICE_DECIMALS):
        sentence = _("Enter a cost of 0 or more with up to 6 decimals.")
        raise Malformed(details=[Detail("standard_cost", "out_of_range", sentence)])
    product = Product.objects.select_for_update().filter(sku=sku.replace("\x00", "")).first()
    if product is None:
        raise NotFound(what="product", key=sku)
    kept = product.standard_cost
    if kept == cost:
        return product
    if version != product.version:
        yours, theirs = _cost_said(cost), _cost_said(kept)
        sentence = _("Changed by another user.")
        raise VersionConflict(
            details=[Detail("standard_cost", "changed_by_other", sentence, yours=yours, theirs=theirs)]
        )
    product.standard_cost = cost
    product.version += 1
    product.save(update_fields=["standard_cost", "version"])
    ProductCost.objects.create(product=product, cost=cost, at=by.at)
    changes = {"standard_cost": [_cost_said(kept), _cost_said(cost)]}
    record("product.cost_set", subject=("product", product.pk), by=by, data={"changes": changes})
    return product


def raise_product_costs(changes: Mapping[int, Decimal], *, by: Actor) -> dict[int, ProductCost]:
    """Change what one unit costs by product id, by an amount up or down to nothing; unknown costs stay unknown.

    Returns the new costs by product id. The caller has asked for the right and says why.
    """
    products = Product.objects.select_for_update(no_key=True).filter(pk__in=changes).order_by("pk")
    costs = {}
    for product in products:
        kept = product.standard_cost
        if kept is None or not changes[product.pk]:
            continue
        product.standard_cost = max(Decimal(0), kept + changes[product.pk])
        product.version += 1
        product.save(update_fields=["standard_cost", "version"])
        costs[product.pk] = ProductCost.objects.create(product=product, cost=product.standard_cost, at=by.at)
        said = {"standard_cost": [_cost_said(kept), _cost_said(product.standard_cost)]}
        record("product.cost_set", subject=("product", product.pk), by=by, data={"changes": said})
    return costs


def _cost_said(cost: Decimal | None) -> str:
    return "" if cost is None else plain(cost)


def _values(given: ProductInput) -> dict[str, object]:
    return {column: getattr(given, column) for column in _COLUMNS}


def _search(given: ProductInput, sku: str) -> dict[str, object]:
    return search_columns(sku, given.barcode, given.name_zh, given.name_en)


def _save_units(product: Product, given: ProductInput, units: Mapping[str, Unit]) -> None:
    """Write the further units and the prices; both are replaced as a whole, orders keep what they were entered with."""
    ProductUnit.objects.bulk_create(
        ProductUnit(
            product=product,
            unit=units[one.unit],
            numerator=one.numerator,
            denominator=one.denominator,
            barcode=one.barcode,
            for_sale=one.for_sale,
            for_purchase=one.for_purchase,
            is_sale_default=one.is_sale_default,
            is_purchase_default=one.is_purchase_default,
        )
        for one in given.units
    )
    ProductPrice.objects.bulk_create(
        ProductPrice(
            product=product,
            unit=units.get(one.unit),
            currency=one.currency,
            min_quantity=one.min_quantity,
            amount=one.amount,
        )
        for one in given.prices
    )


def _units_by_code(given: ProductInput) -> dict[str, Unit]:
    codes = {one.unit.replace("\x00", "") for one in given.units}
    return {one.code: one for one in Unit.objects.filter(code__in=codes)} if codes else {}


def _check_barcodes(given: ProductInput, *, product_id: int | None) -> None:
    """Refuse a barcode of a further unit that something else has: a scan counts by it. Raises: Malformed."""
    codes = [one.barcode for one in given.units if one.barcode]
    if not codes:
        return
    taken = set(Product.objects.filter(barcode__in=codes).exclude(pk=product_id or 0).values_list("barcode", flat=True))
    others = ProductUnit.objects.filter(barcode__in=codes).exclude(product=product_id)
    taken |= set(others.values_list("barcode", flat=True)) | ({given.barcode} - {""})
    wrong = []
    for i, one in enumerate(given.units):
        if one.barcode and (one.barcode in taken or one.barcode in codes[: codes.index(one.barcode)]):
            sentence = _("Another product or unit has this barcode. Give each unit its own.")
            wrong.append(Detail(f"units[{i}].barcode", "taken", sentence))
        taken.add(one.barcode)
    if wrong:
        raise Malformed(details=wrong)


def _checked_places(given: ProductInput, product: Product | None) -> dict[str, object]:
    wrong = [*_faults(given), *_faults_of_units(given), *_faults_of_prices(given)]
    has_units = bool(given.units)
    wrong += faults_of_kit(given.kind, given.tracking, has_units, given.components, kept=product, sku=given.sku)
    unit = Unit.objects.filter(code=given.unit.replace("\x00", "")).first()
    tax_rate = TaxRate.objects.filter(code=given.tax_rate.replace("\x00", "")).first()
    category = Category.objects.filter(code=given.category.replace("\x00", "")).first() if given.category else None
    missing = {
        "unit": unit is None,
        "tax_rate": tax_rate is None,
        "category": bool(given.category) and category is None,
    }
    wrong += [Detail(path, "unknown", _("Choose one of the offered values.")) for path, gone in missing.items() if gone]
    wrong += _faults_of_unit(product, unit)
    if wrong:
        raise Malformed(details=wrong)
    return {"unit": unit, "tax_rate": tax_rate, "category": category}


def _faults_of_unit(product: Product | None, unit: Unit | None) -> Iterable[Detail]:
    """Say when a product's new unit is divided less than what of it lies or is ordered (docs/adr/0088)."""
    if product is None or unit is None or unit.decimals >= product.unit.decimals:
        return
    counted = max((decimals(product.pk) for decimals in COUNTED_DECIMALS), default=0)
    if counted > unit.decimals:
        sentence = _(
            "Stock or open orders of this product have %(counted)s decimals. Choose a unit that takes as many, or"
            " bring these quantities to whole units first."
        )
        yield Detail("unit", "fewer_decimals", sentence % {"counted": counted})


def _faults(given: ProductInput) -> Iterable[Detail]:
    if not given.sku or len(given.sku) > LONGEST_SKU or given.sku != given.sku.strip() or not given.sku.isprintable():
        yield Detail("sku", "invalid", _("Enter a SKU of 1 to 60 printable characters without outer spaces."))
    if not given.name_zh.strip() or len(given.name_zh) > 300 or len(given.name_en) > 300:
        yield Detail("name_zh", "required", _("Enter a name of at most 300 characters."))
    for path in ("name_zh", "name_en", "barcode", "spec", "tax_category_code"):
        if "\x00" in getattr(given, path):
            yield Detail(path, "invalid_text", _("This text is too long or contains characters that cannot be stored."))
    if given.kind not in KINDS:
        yield Detail("kind", "unknown", _("Choose one of the offered values."))
    if given.status not in STATUSES:
        yield Detail("status", "unknown", _("Choose one of the offered values."))
    if given.tracking not in TRACKINGS:
        yield Detail("tracking", "unknown", _("Choose one of the offered values."))
    if given.weight is not None and (not 0 <= given.weight < 10**8 or decimal_places(given.weight) > QUANTITY_DECIMALS):
        yield Detail("weight", "out_of_range", _("Enter a weight of 0 or more in kilograms with up to 6 decimals."))
    if given.has_expiry and given.tracking == "none":
        yield Detail("has_expiry", "needs_lots", _("Only goods that are tracked by lot or serial number can expire."))


def _faults_of_units(given: ProductInput) -> Iterable[Detail]:
    known = _units_by_code(given)
    seen = {given.unit}
    for i, one in enumerate(given.units):
        path = f"units[{i}]"
        if one.unit not in known:
            yield Detail(f"{path}.unit", "unknown", _("Choose one of the offered values."))
        elif one.unit in seen:
            sentence = _("The product has this unit already. Its own unit has no factor; each further one stands once.")
            yield Detail(f"{path}.unit", "twice", sentence)
        seen.add(one.unit)
        for name in ("numerator", "denominator"):
            if not 0 < getattr(one, name) <= LARGEST_FACTOR:
                sentence = _("Enter a whole number from 1 to 1,000,000: the factor is exact.")
                yield Detail(f"{path}.{name}", "out_of_range", sentence)
        if not one.barcode.isprintable() or len(one.barcode) > LONGEST_SKU:
            yield Detail(f"{path}.barcode", "invalid_text", _("Enter at most 60 printable characters."))
        if (one.is_sale_default and not one.for_sale) or (one.is_purchase_default and not one.for_purchase):
            sentence = _("Entry can only begin in a unit that is offered there. Offer it, or choose another.")
            yield Detail(f"{path}.unit", "default_not_offered", sentence)
    for name in ("is_sale_default", "is_purchase_default"):
        if sum(getattr(one, name) for one in given.units) > 1:
            yield Detail("units", "two_defaults", _("Entry begins in one unit. Choose one of them."))


def _faults_of_prices(given: ProductInput) -> Iterable[Detail]:
    seen = set()
    units = {"", *(one.unit for one in given.units)}
    for i, price in enumerate(given.prices):
        if price.unit not in units:
            sentence = _("The product has no such unit. Add it to its units, or leave the unit of the price out.")
            yield Detail(f"prices[{i}].unit", "unknown_unit", sentence)
        if not 0 <= price.amount <= LARGEST_PRICE or decimal_places(price.amount) > PRICE_DECIMALS:
            yield Detail(f"prices[{i}].amount", "out_of_range", _("Enter a price of 0 or more with up to 6 decimals."))
        # Steps that differ only beyond the column's decimals would be one step when they are kept.
        if decimal_places(price.min_quantity) > QUANTITY_DECIMALS:
            yield Detail(f"prices[{i}].min_quantity", "too_many_decimals", _("Use at most 6 decimals."))
        if price.min_quantity < 0:
            yield Detail(f"prices[{i}].min_quantity", "out_of_range", _("Enter a quantity of 0 or more."))
        if (price.unit, price.currency, price.min_quantity) in seen:
            yield Detail(f"prices[{i}]", "twice", _("This quantity break is entered twice."))
        seen.add((price.unit, price.currency, price.min_quantity))
