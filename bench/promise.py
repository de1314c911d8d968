"""Long orders and large stocks: days of 50 lines, confirming 1,000 lines, and the stock page of 100,000 positions."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from http.client import HTTPConnection

import psycopg
from django.db import connection
from django.utils import timezone

from bench.load import p95
from bench.reading import p95_of_page, signed_in
from bench.reports import fill_stock
from bench.world import World
from shundan.catalog.models import Product
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor, system_actor
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.queries import Wish, outlook_unscoped
from shundan.parties.actions import SupplierInput, create_supplier

Figures = dict[str, float]
LINES, SCARCE, ORDERS, TIMES = 50, 200, 40, 200
# Products of which nothing is there, at the prices of the others.
SCARCE_PRODUCTS = (
    (
        "insert into catalog_product select r.* from (select p from catalog_product p where sku = 'BP0001') template,"
        " generate_series(1, %(count)s) i, lateral jsonb_populate_record(template.p, jsonb_build_object("
        "'id', nextval('catalog_product_id_seq'), 'sku', 'BA-' || i, 'source_number', '')) r"
    ),
    (
        "insert into catalog_productprice (product_id, currency, min_quantity, amount)"
        " select id, 'CNY', 0, 20 from catalog_product where sku like 'BA-%%'"
    ),
    "analyze",
)
RAW_FREE = "select product_id, on_hand - reserved from raw_limit.stock where product_id = any(%s)"


def measure_promised_days(world: World, *, url: str) -> Figures:
    """Return how long it takes to say when 50 lines can be there, with thousands of lines that wait and come, beside
    reading what is free of 50 products of the raw table.
    """
    by = _actor()
    with connection.cursor() as cursor:
        for statement in SCARCE_PRODUCTS:
            cursor.execute(statement, {"count": SCARCE})
    skus = [f"BA-{i}" for i in range(1, SCARCE + 1)]
    supplier = create_supplier(SupplierInput(name="Bench supplier"), by=by).number
    dice = random.Random(1)
    for at in range(ORDERS):
        day = by.today + timedelta(days=at % 60)
        place_order(_purchase(supplier, dice.sample(skus, LINES), requested_on=day), by=by)
        place_order(_sale(world, dice.sample(skus, LINES), quantity=12, allows_backorder=True), by=by)
    ids = dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk"))
    place = Warehouse.objects.order_by("id")[0].pk

    def ask() -> None:
        chosen = dice.sample(skus, LINES)
        wishes = [Wish(product_id=ids[sku], warehouse_id=place, quantity=Decimal(30)) for sku in chosen]
        outlook_unscoped(wishes, today=by.today)

    with psycopg.connect(url, autocommit=True) as raw:
        limit = list(_times(lambda: raw.execute(RAW_FREE, [dice.sample(range(1, 1000), LINES)]).fetchall()))
    ours = list(_times(ask))
    return {
        "atp_50_lines_p95_ms": p95(ours),
        "raw_free_of_50_p95_ms": p95(limit),
        "atp_ratio_to_raw_read": sum(ours) / sum(limit),
    }


def measure_long_orders(world: World) -> Figures:
    """Return how long it takes to confirm an order of 10 and one of 1,000 lines, and how much longer."""
    by, figures = _actor(), {}
    for lines in (10, 1000):
        numbers = iter([create_order(_sale(world, world.skus[:lines]), by=by).number for _ in range(7)])
        for _ in range(7):
            number = next(numbers)
            move_order(number, "submit", by=by)
            figures.setdefault(lines, []).append(_timed(lambda number=number: move_order(number, "confirm", by=by)))
    # The first of each warms up.
    short, long = (sum(figures[lines][1:]) / 6 * 1000 for lines in (10, 1000))
    return {"confirm_10_lines_ms": short, "confirm_1000_lines_ms": long, "confirm_ratio_1000_to_10": long / short}


def measure_stock_page(*, port: int) -> Figures:
    """Return the p95 of the list of stock with 100,000 positions, and of its search."""
    fill_stock(_actor())
    browser, headers = HTTPConnection("127.0.0.1", port), {"Cookie": signed_in(), "Accept-Encoding": "gzip"}
    pages = {"stock": "/stock/", "stock_short": "/stock/?view=short", "stock_search": "/stock/?q=BR-77"}
    return {f"{name}_page_p95_ms": p95_of_page(browser, path, headers) for name, path in pages.items()}


def _actor() -> Actor:
    return system_actor(timezone.now())


def _sale(world: World, skus: list[str] | tuple[str, ...], *, quantity: int = 1, **more: bool) -> OrderInput:
    lines = tuple(LineInput(sku=sku, quantity=Decimal(quantity)) for sku in skus)
    return OrderInput(customer=world.customers[0], lines=lines, **more)  # type: ignore[arg-type]


def _purchase(supplier: str, skus: list[str], **more: object) -> OrderInput:
    lines = tuple(LineInput(sku=sku, quantity=Decimal(20), unit_price=Decimal(5)) for sku in skus)
    return OrderInput(type="purchase", supplier=supplier, lines=lines, **more)  # type: ignore[arg-type]


def _times(work: Callable[[], object]) -> Iterator[float]:
    for _ in range(5):
        work()
    for _ in range(TIMES):
        yield _timed(work)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
