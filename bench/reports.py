"""Stock reports over 100,000 positions and a million days of stock, from the question to the figures of a page."""

import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bench.load import p95
from shundan.analytics.queries import REPORTS, ReportWanted, run_report
from shundan.catalog.models import Product
from shundan.inventory.actions import create_warehouse
from shundan.kernel.actor import Actor, system_actor

PRODUCTS, WAREHOUSES, TIMES = 25_000, 4, 5
FILL = (
    (
        "insert into catalog_product select r.* from (select p from catalog_product p order by id limit 1) template,"
        " generate_series(1, %(products)s) i, lateral jsonb_populate_record(template.p, jsonb_build_object("
        "'id', nextval('catalog_product_id_seq'), 'sku', 'BR-' || i, 'source_number', '', 'standard_cost', 7)) r"
    ),
    (
        "insert into catalog_productcost (product_id, cost, at) select id, standard_cost, now() - interval '400 days'"
        " from catalog_product where sku like 'BR-%%'"
    ),
    (
        "insert into inventory_stocklevel (product_id, warehouse_id, on_hand, reserved) select p.id, w.id, 100, 0"
        " from catalog_product p, inventory_warehouse w where p.sku like 'BR-%%'"
    ),
    (
        "insert into inventory_stockposition (product_id, warehouse_id, location_id, status, quantity, since)"
        " select s.product_id, s.warehouse_id, l.id, 'usable', 100, now() - (s.id %% 500) * interval '1 day'"
        " from inventory_stocklevel s join inventory_location l on l.warehouse_id = s.warehouse_id and l.is_default"
        " where s.on_hand = 100"
    ),
    (
        'insert into analytics_stockday (product_id, warehouse_id, "on", kind, came, went)'
        " select s.product_id, s.warehouse_id, current_date - (s.id * 7 + i * 41)::int %% 420,"
        " case when i %% 2 = 0 then 'receipt' else 'issue' end, (i + 1) %% 2 * 10, i %% 2 * 10"
        " from inventory_stocklevel s, generate_series(1, 10) i where s.on_hand = 100 on conflict do nothing"
    ),
    "analyze",
)


def measure_reports() -> dict[str, float]:
    """Return the p95 in milliseconds for each report of the last 90 days, and for the stock of a year ago."""
    by = system_actor(timezone.now())
    fill_stock(by)
    asked = {code: ReportWanted(code=code) for code in REPORTS}
    asked["stock_a_year_ago"] = ReportWanted(code="stock", until=by.today - timedelta(days=365))
    asked["stock_of_one_place"] = ReportWanted(code="stock", warehouse="BR1")
    figures = {}
    for name, wanted in asked.items():
        taken = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            run_report(wanted, by=by)
            taken.append(time.perf_counter() - begun)
        figures[f"report_{name}_p95_ms"] = p95(taken)
        print(f"  {name}: {min(taken) * 1000:.0f} ms at least", flush=True)
        figures[f"report_{name}_least_ms"] = min(taken) * 1000
    return figures


def fill_stock(by: Actor) -> None:
    """Make 100,000 positions of stock, unless they are there."""
    if Product.objects.filter(sku="BR-1").exists():
        return
    for at in range(1, WAREHOUSES):
        create_warehouse(code=f"BR{at}", name_zh=f"仓 {at}", name_en=f"Warehouse {at}", by=by)
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"products": PRODUCTS})
