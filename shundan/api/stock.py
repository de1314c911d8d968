"""Stock: what is there and free, receipts and adjustments, warehouses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import named_in_body
from shundan.api.expired_lots import ExpiredLot, expired_lots
from shundan.api.fields import (
    Answer,
    Code,
    Day,
    DayText,
    Given,
    Moment,
    Number,
    Plain,
    Row,
    Text,
    Words,
    moment,
    number,
)
from shundan.api.narrowing import AtWarehouse, OfProduct, OfWarehouse
from shundan.api.pagination import Next, Sorted, page_members
from shundan.api.routes import Routes
from shundan.api.stock_places import LotGiven, in_utc
from shundan.catalog.queries import COMPANY_CURRENCY, KIT, SellableProduct, get_product, sellable_products_unscoped
from shundan.inventory.actions import Booked, adjust_stock, correct_lot, correct_scanned_stock, receive_stock
from shundan.inventory.queries import (
    Availability,
    availability_by_warehouse,
    available_kits_unscoped,
    get_open_warehouse,
    get_warehouse,
    list_stock,
    list_warehouses,
)
from shundan.kernel.errors import Detail, Malformed

routes = Routes("stock")


class StockRow(Answer):
    """What a warehouse has of a product."""

    sku: str
    name_zh: str
    name_en: str
    unit: str
    warehouse: str
    on_hand: Plain
    blocked: Plain
    reserved: Plain
    available: Plain


class StockList(Answer):
    """One page of stock levels."""

    items: list[StockRow]
    next: Next


class StockMove(Answer):
    """A change of stock, as the ledger keeps it; what has `expired` of it lies blocked."""

    id: str
    sku: str
    warehouse: str
    kind: str
    delta: Plain
    balance: Plain | None
    effective_at: Moment
    reason: str
    remark: str
    at: Moment
    by: str
    expired: list[ExpiredLot]


class WarehouseAvailability(Answer):
    """What one warehouse has."""

    warehouse: str
    on_hand: Plain
    blocked: Plain
    reserved: Plain
    available: Plain


class ProductAvailability(Answer):
    """What all active warehouses (or the one asked for) have; `is_enough` compares with the quantity asked for.

    Of a kit `available` is the number of whole kits that its components allow; it has nothing on hand itself.
    """

    sku: str
    unit: str
    on_hand: Plain
    blocked: Plain
    reserved: Plain
    available: Plain
    quantity: Plain | None
    is_enough: bool | None
    warehouses: list[WarehouseAvailability]


class AvailabilityList(Answer):
    """Availability in the order of the question."""

    items: list[ProductAvailability]


class StockMoveGiven(Given):
    """Which product, where and why; without a warehouse the default one."""

    sku: Code
    quantity: Number
    warehouse: Code | None = None
    remark: Annotated[Text, Field(max_length=500)] = ""
    # Where in the warehouse, of which lots, and when it happened if not now.
    location: Code = ""
    lots: Annotated[list[LotGiven], Field(max_length=500)] = []
    effective_at: datetime | None = None


class StockReceiptGiven(StockMoveGiven):
    """Units that came in."""

    reason: Literal["purchase", "production", "opening", "found"] = "purchase"


class AdjustmentGiven(StockMoveGiven):
    """Units more (or fewer, negative) than the books say."""

    reason: Literal["count", "damaged", "expired", "lost", "found", "sample", "correction"]


class LotDaysGiven(Given):
    """A lot of a product, the days that are right, and why."""

    sku: Annotated[Code, Field(min_length=1)]
    lot: Annotated[Code, Field(min_length=1, max_length=60)]
    made_on: Day | None = None
    expires_on: Day | None = None
    reason: Annotated[Words, Field(min_length=1, max_length=200)]


class LotDays(Answer):
    """A lot and its days."""

    sku: str
    lot: str
    made_on: DayText | None
    expires_on: DayText | None


class CorrectionGiven(Given):
    """A code as the scanner reads it, what is wrong with the goods, and the place that was scanned before.

    Without a quantity it is what the label or the box says, else one.
    """

    code: Code
    warehouse: Code
    what: Literal["scrap", "missing", "found"]
    reason: Literal["count", "damaged", "expired", "lost", "found", "sample", "correction"]
    location: Code = ""
    quantity: Number | None = None


class Correction(Answer):
    """What a scan did: `goods` were booked (what has `expired` lies blocked), or it only says where one stands."""

    kind: str
    location: str
    sku: str
    lot: str
    quantity: Plain
    expired: list[ExpiredLot]


class StockWanted(Sorted):
    """What the list is narrowed to; `short`: nothing is free, `low`: below the reorder point."""

    sku: OfProduct = ""
    warehouse: OfWarehouse = ""
    only: Literal["", "short", "low"] = ""


class AvailabilityWanted(Given):
    """Which products, and how much of each: one quantity for all, or one for each SKU in the same order."""

    sku: Annotated[list[Code], Field(min_length=1, max_length=200)]
    quantity: Annotated[list[Number], Field(max_length=200)] = []
    warehouse: AtWarehouse = ""


@routes.get("/stock", permission="stock.read", answer=StockList)
def index(request: HttpRequest, wanted: Query[StockWanted]) -> StockList:
    """List stock by product and warehouse. Sort by id, on_hand or reserved, with a minus sign downward."""
    page = list_stock(
        by=actor(request),
        search=wanted.search,
        warehouse=wanted.warehouse,
        only=wanted.only,
        sku=wanted.sku,
        cursor=wanted.cursor,
        limit=wanted.limit,
        sort=wanted.sort,
    )
    return StockList(**page_members(page, _row))


@routes.post("/stock/receipts", permission="stock.receive", answer=StockMove)
def receive(request: HttpRequest, given: StockReceiptGiven) -> StockMove:
    """Add units to a warehouse."""
    by = actor(request)
    product, warehouse = _place(request, given)
    booked = receive_stock(
        product_id=product.pk,
        warehouse_id=warehouse.pk,
        quantity=given.quantity,
        reason=given.reason,
        remark=given.remark,
        location=given.location,
        lots=[one.as_input() for one in given.lots],
        effective_at=in_utc(given.effective_at) if given.effective_at else None,
        by=by,
    )
    return _move(booked, product, warehouse)


@routes.post("/stock/adjustments", permission="stock.adjust", answer=StockMove)
def adjust(request: HttpRequest, given: AdjustmentGiven) -> StockMove:
    """Correct what a warehouse has; units that are reserved for orders cannot be taken."""
    by = actor(request)
    product, warehouse = _place(request, given)
    booked = adjust_stock(
        product_id=product.pk,
        warehouse_id=warehouse.pk,
        delta=given.quantity,
        reason=given.reason,
        remark=given.remark,
        location=given.location,
        lots=[one.as_input() for one in given.lots],
        effective_at=in_utc(given.effective_at) if given.effective_at else None,
        by=by,
    )
    return _move(booked, product, warehouse)


@routes.post("/stock/corrections", permission="stock.adjust", answer=Correction)
def correct(request: HttpRequest, given: CorrectionGiven) -> Correction:
    """Correct stock by a scanned code: scrap it, or book it as missing or found; a place's code books nothing."""
    done = correct_scanned_stock(
        given.code,
        warehouse=given.warehouse,
        what=given.what,
        reason=given.reason,
        location=given.location,
        quantity=given.quantity,
        by=actor(request),
    )
    goods = {"sku": done.sku, "lot": done.lot, "quantity": number(done.quantity)}
    return Correction(kind=done.kind, location=done.location, expired=expired_lots(done.expired), **goods)


@routes.get("/availability", permission="stock.read", answer=AvailabilityList)
def availability(request: HttpRequest, wanted: Query[AvailabilityWanted]) -> AvailabilityList:
    """Tell what is free of some products, in sum and by warehouse."""
    by = actor(request)
    products = sellable_products_unscoped(wanted.sku, currency=COMPANY_CURRENCY)
    quantities = _quantities(wanted, products)
    levels = availability_by_warehouse([product.id for product in products.values()], warehouse=wanted.warehouse, by=by)
    kits = [product.id for product in products.values() if product.kind == KIT]
    place = get_warehouse(wanted.warehouse, by=by).pk if kits and wanted.warehouse else None
    whole = available_kits_unscoped(kits, warehouse_id=place)
    return AvailabilityList(
        items=[
            _available(products[sku], levels.get(products[sku].id, {}), quantity, whole.get(products[sku].id))
            for sku, quantity in zip(wanted.sku, quantities, strict=True)
        ]
    )


def _place(request: HttpRequest, given: StockMoveGiven) -> tuple[Row, Row]:
    by = actor(request)
    with named_in_body(product="sku", warehouse="warehouse"):
        product = get_product(given.sku, by=by)
        if given.warehouse is None:
            return product, list_warehouses(by=by)[0]
        return product, get_open_warehouse(given.warehouse, by=by)


def _quantities(wanted: AvailabilityWanted, products: Mapping[str, SellableProduct]) -> Sequence[Decimal | None]:
    wrong = _unknown(wanted.sku, products)
    if len(wanted.quantity) not in (0, 1, len(wanted.sku)):
        sentence = _("Give one quantity, or one for each SKU.")
        wrong.append(Detail("query.quantity", "wrong_count", sentence))
    if wrong:
        raise Malformed(details=wrong)
    if len(wanted.quantity) == len(wanted.sku):
        return wanted.quantity
    return [wanted.quantity[0] if wanted.quantity else None] * len(wanted.sku)


def wanted_products(skus: Sequence[str]) -> dict[str, SellableProduct]:
    """Return the products that a question names. Raises: Malformed."""
    products = dict(sellable_products_unscoped(skus, currency=COMPANY_CURRENCY))
    wrong = _unknown(skus, products)
    if wrong:
        raise Malformed(details=wrong)
    return products


@routes.put("/stock/lots", permission="stock.adjust", answer=LotDays)
def correct_days(request: HttpRequest, given: LotDaysGiven) -> LotDays:
    """Put the days of a lot right, wherever its units lie; what is left out is cleared."""
    by, facts = actor(request), dict(given)
    product = get_product(facts.pop("sku"), by=by)
    lot = correct_lot(product.pk, facts.pop("lot"), by=by, **facts)
    made, expires = (day.isoformat() if day else None for day in (lot.made_on, lot.expires_on))
    return LotDays(sku=product.sku, lot=lot.code, made_on=made, expires_on=expires)


def _unknown(skus: Sequence[str], products: Mapping[str, SellableProduct]) -> list[Detail]:
    return [
        Detail(f"query.sku[{i}]", "unknown_sku", _("There is no product with the SKU “%(sku)s”.") % {"sku": sku})
        for i, sku in enumerate(skus)
        if sku not in products
    ]


def _available(
    product: SellableProduct, levels: dict[str, Availability], quantity: Decimal | None, kits: Decimal | None
) -> ProductAvailability:
    total = Availability.sum_of(product.id, levels.values())
    available = total.available if kits is None else kits
    return ProductAvailability(
        sku=product.sku,
        unit=product.unit,
        on_hand=number(total.on_hand),
        blocked=number(total.blocked),
        reserved=number(total.reserved),
        available=number(available),
        quantity=None if quantity is None else number(quantity),
        is_enough=None if quantity is None else available >= quantity,
        warehouses=[
            WarehouseAvailability(
                warehouse=code,
                on_hand=number(one.on_hand),
                blocked=number(one.blocked),
                reserved=number(one.reserved),
                available=number(one.available),
            )
            for code, one in levels.items()
        ],
    )


def _row(level: Row) -> StockRow:
    return StockRow(
        sku=level.product.sku,
        name_zh=level.product.name_zh,
        name_en=level.product.name_en,
        unit=level.product.unit.code,
        warehouse=level.warehouse.code,
        on_hand=number(level.on_hand),
        blocked=number(level.blocked),
        reserved=number(level.reserved),
        available=number(level.available),
    )


def _move(booked: Booked, product: Row, warehouse: Row) -> StockMove:
    move = booked.move
    return StockMove(
        id=str(move.pk),
        sku=product.sku,
        warehouse=warehouse.code,
        kind=move.kind,
        delta=number(move.delta),
        balance=None if move.balance is None else number(move.balance),
        effective_at=moment(move.effective_at),
        reason=move.reason,
        remark=move.remark,
        at=moment(move.at),
        by=move.actor_name,
        expired=expired_lots(booked.expired),
    )
