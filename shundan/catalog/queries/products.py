"""Finding products and what they cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import get_language

from shundan.catalog.models import Category, Product, ProductPrice, ProductUnit, Unit
from shundan.catalog.queries.rates import COMPANY_CURRENCY
from shundan.catalog.rules import price_for
from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.errors import NotFound, require
from shundan.kernel.kept import kept
from shundan.kernel.listing import Page, count_capped, page_of
from shundan.kernel.memory import remembered_each
from shundan.kernel.models import Event
from shundan.kernel.money import PRICE_DECIMALS, QUANTITY_DECIMALS, exact_ratio, rounded_ratio
from shundan.kernel.search import matches
from shundan.kernel.timeline import events_of_unscoped

ONE = Decimal(1)


_SELLABLE = (
    "select p.id, p.sku, p.name_zh, p.name_en, p.spec, p.kind, p.status, u.code, u.decimals, t.code,"
    " p.standard_cost, s.units, s.quantities, s.amounts, f.units, f.decimals, f.numerators, f.denominators,"
    " f.barcodes, f.for_sale, f.for_purchase, f.sale_defaults, f.purchase_defaults, p.category_id"
    " from catalog_product p join catalog_unit u on u.id = p.unit_id"
    " join catalog_taxrate t on t.id = p.tax_rate_id"
    " left join lateral (select array_agg(coalesce(x.code, '')) as units, array_agg(min_quantity) as quantities,"
    " array_agg(amount) as amounts from catalog_productprice c left join catalog_unit x on x.id = c.unit_id"
    " where c.product_id = p.id and c.currency = %s) s on true"
    " left join lateral (select array_agg(x.code order by c.id) as units, array_agg(x.decimals order by c.id)"
    " as decimals, array_agg(c.numerator order by c.id) as numerators, array_agg(c.denominator order by c.id)"
    " as denominators, array_agg(c.barcode order by c.id) as barcodes, array_agg(c.for_sale order by c.id)"
    " as for_sale, array_agg(c.for_purchase order by c.id) as for_purchase,"
    " array_agg(c.is_sale_default order by c.id) as sale_defaults,"
    " array_agg(c.is_purchase_default order by c.id) as purchase_defaults"
    " from catalog_productunit c join catalog_unit x on x.id = c.unit_id where c.product_id = p.id) f on true"
    " where p.sku = any(%s)"
)
Steps = tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True)
class SellableUnit:
    """A further unit of a product: one is `numerator` / `denominator` of its own unit; its own prices, if any."""

    code: str
    decimals: int
    numerator: int
    denominator: int
    barcode: str
    for_sale: bool
    for_purchase: bool
    is_sale_default: bool
    is_purchase_default: bool
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class SellableProduct:
    """What an order line needs to know of a product."""

    id: int
    sku: str
    name_zh: str
    name_en: str
    spec: str
    kind: str
    status: str
    unit: str
    unit_decimals: int
    tax_code: str
    cost: Decimal | None
    steps: Steps
    units: tuple[SellableUnit, ...] = ()
    category_id: int | None = None

    def price(self, quantity: Decimal) -> Decimal | None:
        """Return the list price at this quantity, or None when the currency has none."""
        return price_for(quantity, self.steps)

    def unit_named(self, code: str) -> SellableUnit | None:
        """Return a further unit by its code."""
        return next((one for one in self.units if one.code == code), None)

    def price_in(self, code: str, numerator: int, denominator: int, quantity: Decimal) -> Decimal | None:
        """Return the list price of one of a further unit at a quantity in the product's own.

        It is the unit's own price where it has one for so much, else that of as much of the product's own unit.
        """
        unit = self.unit_named(code)
        if unit is not None and (unit.numerator, unit.denominator) == (numerator, denominator):
            own = price_for(rounded_ratio(quantity, denominator, numerator, decimals=12), unit.steps)
            if own is not None:
                return own
        price = self.price(quantity)
        return None if price is None else rounded_ratio(price, numerator, denominator, decimals=PRICE_DECIMALS)

    def first_price(self) -> Decimal | None:
        """Return the list price of one unit, or the one of the smallest quantity that has a price."""
        return (
            self.price(Decimal(1)) if self.price(Decimal(1)) is not None else min(self.steps, default=(None, None))[1]
        )


def list_products(
    *,
    by: Actor,
    search: str = "",
    status: str = "",
    category_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
    sort: str = "-id",
    counted: bool = False,
) -> Page[Product]:
    """Return one page of products. Raises: NotPermitted, Malformed."""
    require(by, "product.read")
    rows = Product.objects.select_related("unit", "tax_rate", "category").prefetch_related(_prices(), _further_units())
    rows = rows.filter(matches(search))
    if status:
        rows = rows.filter(status=status)
    if category_id:
        rows = rows.filter(category_id=category_id)
    allowed = ("sku", "name_zh")
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=allowed, counted=counted)


def count_products(*, by: Actor) -> int:
    """Return how many products there are, at most 10,001. Raises: NotPermitted."""
    require(by, "product.read")
    return count_capped(Product.objects.all())


def get_product(sku: str, *, by: Actor) -> Product:
    """Return a product with its prices and further units. Raises: NotPermitted, NotFound."""
    require(by, "product.read")
    rows = Product.objects.select_related("unit", "tax_rate", "category").prefetch_related(_prices(), _further_units())
    product = rows.filter(sku=sku.replace("\x00", "")).first()
    if product is None:
        raise NotFound(what="product", key=sku)
    return product


def suggest_products(search: str, *, by: Actor, limit: int = 8) -> list[Product]:
    """Return active products for a picker: exact SKU or barcode, then names that are or begin so, then matches.

    Raises: NotPermitted.
    """
    require(by, "product.read")
    rows = Product.objects.select_related("unit", "tax_rate").filter(status="active")
    wanted = search.strip().replace("\x00", "")
    exact = list(rows.filter(Q(sku__iexact=wanted) | Q(barcode=wanted) | _has_barcode([wanted]))[:2]) if wanted else []
    others = rows.filter(matches(search)).exclude(pk__in=[one.pk for one in exact])
    return [*exact, *others.order_by(_nearness(" ".join(wanted.split())), "sku")[: limit - len(exact)]]


def _nearness(wanted: str) -> Case:
    """Rank a product by its name: 0 when it is what was typed, 1 when it begins so, else 2."""
    if not wanted:
        return Case(default=Value(2))
    whole = Q(name_zh__iexact=wanted) | Q(name_en__iexact=wanted)
    start = Q(name_zh__istartswith=wanted) | Q(name_en__istartswith=wanted)
    return Case(When(whole, then=Value(0)), When(start, then=Value(1)), default=Value(2))


def timeline_of_product(product: Product, *, by: Actor) -> list[Event]:
    """Return what happened to a product's record, newest first; none for actors who may read no events.

    What it costs is told to those who may know it.
    """
    events = events_of_unscoped([("product", product.pk)], limit=50) if by.may("event.read") else []
    return [one for one in events if one.kind != "product.cost_set" or by.may("product.cost")]


def cost_of_product(product: Product, *, by: Actor) -> Decimal | None:
    """Return what one unit costs in company currency, as far as it is known and the actor may know it."""
    return product.standard_cost if by.may("product.cost") else None


def price_of_product(product: Product) -> ProductPrice | None:
    """Return a product's list price in company currency for the smallest quantity, else its first price."""
    prices = list(product.prices.all())
    own = [one for one in prices if one.currency == COMPANY_CURRENCY and one.unit_id is None]
    return next(iter(own or prices), None)


def products_by_codes(codes: Iterable[str], *, by: Actor, limit: int = 200, status: str = "active") -> list[Product]:
    """Return products that have one of these SKUs or barcodes, also of a further unit; those on sale, unless asked.

    Raises: NotPermitted.
    """
    require(by, "product.read")
    wanted = {code.strip().replace("\x00", "") for code in codes}
    wanted |= {code.upper() for code in wanted}
    rows = Product.objects.select_related("unit", "tax_rate").filter(status=status)
    named = Q(sku__in=wanted) | Q(barcode__in=wanted - {""}) | _has_barcode(wanted)
    return list(rows.filter(named).order_by("sku")[:limit])


def packed_in_unscoped(codes: Iterable[str]) -> Decimal | None:
    """Return how much of its product's own unit a further unit holds, by its barcode; None where that is not even."""
    unit = ProductUnit.objects.filter(barcode__in=set(codes) - {""}).order_by("id").first()
    return exact_ratio(ONE, unit.numerator, unit.denominator, decimals=QUANTITY_DECIMALS) if unit else None


def sellable_products_unscoped(skus: Iterable[str], *, currency: str) -> Mapping[str, SellableProduct]:
    """Return products by SKU with their list prices in a currency, in one round trip."""
    wanted = sorted({sku.replace("\x00", "") for sku in skus})
    if not wanted:
        return {}

    def fetch(missing: list[str]) -> dict[str, SellableProduct]:
        rows = fetch_prepared(_SELLABLE, [currency, missing])
        return {row[1]: SellableProduct(*(*row[:11], _steps("", *row[11:14]), _units(row), row[23])) for row in rows}

    return remembered_each(f"sellable {currency}", wanted, fetch)


def category_codes_unscoped(product_ids: Iterable[int]) -> dict[int, str]:
    """Return the category code of each of these products that has a category."""
    rows = Product.objects.filter(pk__in=list(product_ids), category__isnull=False)
    return dict(rows.values_list("pk", "category__code"))


def list_categories(*, by: Actor) -> list[Category]:
    """Return all product categories."""
    return list(Category.objects.select_related("parent").order_by("code")) if by.may("product.read") else []


def uses_of_classes(*, by: Actor) -> tuple[dict[int, int], dict[int, int]]:
    """Return how many products each category and each unit has, by id. Raises: NotPermitted."""
    require(by, "product.read")
    return _counted("category_id"), _counted("unit_id")


def _counted(column: str) -> dict[int, int]:
    rows = Product.objects.filter(**{f"{column}__isnull": False}).values_list(column)
    return dict(rows.annotate(products=Count("pk")).order_by())


def unit_in_words(code: str) -> str:
    """Return what a unit is called in the reader's language, for a refusal."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        return code
    is_english = (get_language() or "").startswith("en")
    return (unit.name_en or unit.name_zh) if is_english else (unit.name_zh or unit.name_en)


def list_units(*, by: Actor) -> list[Unit]:
    """Return all units."""
    return _all_units() if by.may("product.read") else []


@kept
def _all_units() -> QuerySet[Unit]:
    return Unit.objects.order_by("id")


def keeps_lots_unscoped() -> bool:
    """Tell whether any product is kept by lot or serial number."""
    return Product.objects.exclude(tracking="none").exists()


def unit_codes_unscoped() -> dict[str, str]:
    """Return the codes of units by what people write: code or name, in small letters."""
    rows = Unit.objects.order_by("-id")
    return {written.lower(): one.code for one in rows for written in (one.name_en, one.name_zh, one.code)}


def _prices() -> "Prefetch[str]":
    rows = ProductPrice.objects.select_related("unit")
    return Prefetch("prices", queryset=rows.order_by(F("unit_id").asc(nulls_first=True), "currency", "min_quantity"))


def _has_barcode(codes: Iterable[str]) -> Exists:
    units = ProductUnit.objects.filter(product=OuterRef("pk"), barcode__in=set(codes) - {""})
    return Exists(units)


def _further_units() -> "Prefetch[str]":
    return Prefetch("units", queryset=ProductUnit.objects.select_related("unit").order_by("id"))


def _units(row: Sequence[Any]) -> tuple[SellableUnit, ...]:
    """Return the further units of a row of _SELLABLE, each with its prices."""
    if row[14] is None:
        return ()
    return tuple(SellableUnit(*(*one, _steps(one[0], *row[11:14]))) for one in zip(*row[14:23], strict=True))


def _steps(
    unit: str, units: list[str] | None, quantities: list[Decimal] | None, amounts: list[Decimal] | None
) -> Steps:
    every = zip(units or (), quantities or (), amounts or (), strict=True)
    return tuple((quantity, amount) for of, quantity, amount in every if of == unit)
