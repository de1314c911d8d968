"""Products and their prices; tax rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Answer,
    Code,
    Currency,
    Factor,
    Flag,
    Given,
    Moment,
    Named,
    Number,
    Plain,
    Positive,
    Row,
    Version,
    Words,
    is_unknown,
    moment,
    number,
)
from shundan.api.pagination import Next, Sorted, page_members
from shundan.api.routes import Routes
from shundan.api.sent_back import SentBack
from shundan.catalog.actions import (
    ComponentInput,
    PriceInput,
    ProductInput,
    UnitInput,
    change_product,
    create_product,
    set_product_cost,
)
from shundan.catalog.queries import (
    components_of_kits,
    cost_of_product,
    get_product,
    list_products,
    list_tax_rates,
)
from shundan.kernel.actor import Actor

routes = Routes("products")


class Price(Answer):
    """The list price of one unit from a quantity upward; without a unit both are the product's own."""

    unit: str | None
    currency: str
    min_quantity: Plain
    amount: Plain


class FurtherUnit(Answer):
    """A further unit: one of it is exactly `numerator` / `denominator` of the product's own unit."""

    unit: str
    numerator: int
    denominator: int
    barcode: str
    for_sale: bool
    for_purchase: bool
    is_sale_default: bool
    is_purchase_default: bool


class Component(Answer):
    """How much of a product one kit holds, in that product's own unit."""

    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity: Plain


class Product(Answer):
    """A product; one of the kind kit is made of `components` and has no stock of its own.

    `standard_cost` is what one unit costs in company currency; it is left out where it is unknown, and for users
    without the permission product.cost.
    """

    sku: str
    barcode: str
    name_zh: str
    name_en: str
    spec: str
    kind: str
    status: str
    category: str | None
    unit: str
    tax_rate: str
    tax_category_code: str
    reorder_point: Plain | None
    weight: Plain | None
    standard_cost: Annotated[Plain | None, Field(exclude_if=is_unknown)] = None
    tracking: str
    has_expiry: bool
    units: list[FurtherUnit]
    prices: list[Price]
    components: list[Component]
    version: int
    created_at: Moment


class ProductList(Answer):
    """One page of products."""

    items: list[Product]
    next: Next


class TaxRate(Named):
    """What a tax comes to today; kinds: taxable, zero (rate), exempt, not_taxable."""

    country: str
    kind: str
    rate: Plain
    reason: str


class TaxRateList(Answer):
    """The tax rates that are valid today."""

    items: list[TaxRate]


class PriceGiven(Given):
    """The list price of one unit from a quantity upward, with up to 6 decimals; `unit` names a further unit."""

    amount: Positive
    currency: Currency = "CNY"
    min_quantity: Positive = Decimal(0)
    unit: Code = ""


class UnitGiven(Given):
    """A further unit: one of it is exactly `numerator` / `denominator` of the product's own unit, e.g. 12 / 1.

    It is offered where orders are entered, `for_sale` and `for_purchase`; entry begins in the default one.
    """

    unit: Code
    numerator: Factor
    denominator: Factor = 1
    barcode: Code = ""
    for_sale: Flag = True
    for_purchase: Flag = True
    is_sale_default: Flag = False
    is_purchase_default: Flag = False


class ComponentGiven(SentBack):
    """How much of a product one kit holds, in that product's own unit."""

    read_as = Component

    sku: Annotated[Code, Field(min_length=1)]
    quantity: Number


class ProductGiven(Given):
    """A product's data; what a kit is made of stays where `components` are left out.

    A kit is added as one and stays one; lots and further units belong to its components.
    """

    name_zh: Annotated[Words, Field(min_length=1)]
    name_en: Words = ""
    barcode: Code = ""
    spec: Words = ""
    kind: Literal["goods", "service", "charge", "kit"] = "goods"
    status: Literal["active", "retired"] = "active"
    category: Code = ""
    unit: Code = "pcs"
    tax_rate: Code = "vat13"
    tax_category_code: Code = ""
    reorder_point: Positive | None = None
    weight: Positive | None = None
    tracking: Literal["none", "lot", "serial"] = "none"
    has_expiry: Flag = False
    units: Annotated[list[UnitGiven], Field(max_length=20)] = []
    prices: Annotated[list[PriceGiven], Field(max_length=200)] = []
    components: Annotated[list[ComponentGiven] | None, Field(max_length=50)] = None

    def as_input(self, sku: str) -> ProductInput:
        """Return the product as the domain takes it."""
        given = {name: getattr(self, name) for name in ProductGiven.model_fields}
        given["units"] = tuple(UnitInput(**dict(one)) for one in self.units)
        given["prices"] = tuple(PriceInput(**dict(one)) for one in self.prices)
        if self.components is not None:
            given["components"] = tuple(ComponentInput(**dict(one)) for one in self.components)
        return ProductInput(sku=sku, **given)


class ProductToAdd(ProductGiven):
    """A new product."""

    sku: Annotated[Code, Field(min_length=1)]


class ProductToSave(ProductGiven, SentBack):
    """A product as it shall be, and the version that was read.

    What was read may be sent back whole; what cannot be set here (SKU, cost …) is refused as `cannot_be_set` where it
    was changed.
    """

    read_as = Product

    version: Version


class CostToSet(Given):
    """A cost per unit in company currency, up to 6 decimals, null for unknown; and the version that was read."""

    standard_cost: Positive | None
    version: Version


class ProductsWanted(Sorted):
    """What the list is narrowed to."""

    status: Literal["", "active", "retired"] = ""


@routes.get("/products", permission="product.read", answer=ProductList)
def index(request: HttpRequest, wanted: Query[ProductsWanted]) -> ProductList:
    """List products; the search takes SKU, barcode, name, pinyin or initials.

    Sort by id, sku or name_zh, with a minus sign downward.
    """
    by = actor(request)
    page = list_products(
        by=by,
        search=wanted.search,
        status=wanted.status,
        cursor=wanted.cursor,
        limit=wanted.limit,
        sort=wanted.sort,
    )
    parts = components_of_kits(page.items)
    return ProductList(**page_members(page, lambda one: _answer(one, by, parts)))


@routes.post("/products", permission="product.edit", answer=Product)
def create(request: HttpRequest, given: ProductToAdd) -> Product:
    """Add a product."""
    by = actor(request)
    create_product(given.as_input(given.sku), by=by)
    return _answer(get_product(given.sku, by=by), by)


@routes.get("/products/{path:sku}", permission="product.read", answer=Product)
def show(request: HttpRequest, sku: Code) -> Product:
    """Show a product with its prices."""
    by = actor(request)
    return _answer(get_product(sku, by=by), by)


@routes.put("/products/{path:sku}", permission="product.edit", answer=Product)
def save(request: HttpRequest, sku: Code, given: ProductToSave) -> Product:
    """Replace a product's data; orders keep the price and tax they were entered with.

    A retired product (`status`) is not sold any more; 409 component_in_kits names the kits that still need it.
    409 version_conflict shows both values.
    """
    by = actor(request)
    given.check_unsettable(lambda: _answer(get_product(sku, by=by), by))
    for at, part in enumerate(given.components or []):
        part.check_unsettable(lambda part=part: _part_read(part, by), path=f"components[{at}].")  # type: ignore[misc]
    change_product(sku, given.as_input(sku), version=given.version, by=by)
    return _answer(get_product(sku, by=by), by)


@routes.put("/product-costs/{path:sku}", permission="product.set_cost", answer=Product)
def set_cost(request: HttpRequest, sku: Code, given: CostToSet) -> Product:
    """Set what one unit of a product costs; lines of orders keep the cost of their entry."""
    by = actor(request)
    set_product_cost(sku, given.standard_cost, version=given.version, by=by)
    return _answer(get_product(sku, by=by), by)


@routes.get("/tax-rates", permission="product.read", answer=TaxRateList)
def tax_rates(request: HttpRequest) -> TaxRateList:
    """List the tax rates that are valid today."""
    rates = list_tax_rates(by=actor(request))
    return TaxRateList(
        items=[
            TaxRate(**_names(one), country=one.country, kind=one.kind, rate=number(one.rate), reason=one.reason)
            for one in rates
        ]
    )


def _answer(product: Row, by: Actor, parts: Mapping[int, Sequence[Row]] | None = None) -> Product:
    parts = components_of_kits([product]) if parts is None else parts
    same = "sku barcode name_zh name_en spec kind status tax_category_code tracking has_expiry version".split()
    known: dict[str, Any] = {name: getattr(product, name) for name in same}
    point, cost = product.reorder_point, cost_of_product(product, by=by)
    return Product(
        **known,
        category=product.category.code if product.category else None,
        unit=product.unit.code,
        tax_rate=product.tax_rate.code,
        reorder_point=None if point is None else number(point),
        weight=None if product.weight is None else number(product.weight),
        standard_cost=None if cost is None else number(cost),
        units=[FurtherUnit(unit=one.unit.code, **_factor(one)) for one in product.units.all()],
        prices=[
            Price(
                unit=one.unit.code if one.unit else None,
                currency=one.currency,
                min_quantity=number(one.min_quantity),
                amount=number(one.amount),
            )
            for one in product.prices.all()
        ],
        components=[_component(one) for one in parts.get(product.pk, ())],
        created_at=moment(product.created_at),
    )


def _part_read(part: ComponentGiven, by: Actor) -> Component:
    """Return a component as it is read."""
    known = get_product(part.sku, by=by)
    names = {"name_zh": known.name_zh, "name_en": known.name_en}
    return Component(sku=known.sku, **names, unit=known.unit.code, quantity=number(part.quantity))


def _component(one: Row) -> Component:
    part = one.component
    names = {"name_zh": part.name_zh, "name_en": part.name_en}
    return Component(sku=part.sku, **names, unit=part.unit.code, quantity=number(one.quantity))


def _factor(one: Row) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FurtherUnit.model_fields if name != "unit"}


def _names(one: Row) -> dict[str, str]:
    return {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en}
