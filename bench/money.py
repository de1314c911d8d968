"""Money: pricing and taxing 1,000 lines, posting an invoice beside its raw statements, the age of 100,000 invoices."""

import time
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.approvals import beside_raw
from bench.reading import p95_of_page, signed_in
from bench.world import World
from shundan.billing.actions import issue_invoice
from shundan.fulfilment.actions import ship_order
from shundan.kernel.actor import Actor, system_actor
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.actions.draft import compose_order
from shundan.settlement.actions import keep_ages

Figures = dict[str, float]
LINES, INVOICES, WARM_UP, OPEN, TIMES = 1_000, 60, 10, 100_000, 12
PAGES = {
    "ageing": "/receivables/",
    "ageing_late": "/receivables/?view=late",
    "ageing_search": "/receivables/?q=celiang",
}
# Orders of history with one line and its invoice, unpaid, of all customers; their accounts know what is owed.
_AT = "(%(from)s + i)"
COPIES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "orders_order",
        {
            "id": f"{_AT}",
            "number": f"'BI-' || {_AT}",
            "customer_id": "c.id",
            "is_history": "true",
            "exposure": "0",
            "source_key": "''",
            "category": "'completed'",
            "state": "'completed'",
        },
    ),
    ("orders_orderline", {"id": f"{_AT}", "order_id": f"{_AT}", "is_history": "true"}),
    (
        "billing_invoice",
        {
            "id": f"{_AT}",
            "number": "'INV-1999-' || lpad(i::text, 6, '0')",
            "order_id": f"{_AT}",
            "customer_id": "c.id",
            "issued_on": "current_date - i %% 200 - i %% 7",
            "due_on": "current_date + 30 - i %% 200",
        },
    ),
    ("billing_invoiceline", {"id": f"{_AT}", "invoice_id": f"{_AT}", "order_line_id": f"{_AT}"}),
)
OWED = (
    "insert into billing_creditaccount (customer_id, currency, ordered, receivable, unallocated)"
    " select customer_id, currency, 0, sum(total), 0 from billing_invoice where number like 'INV-1999-%%' group by 1, 2"
    " on conflict (customer_id, currency) do update"
    " set receivable = billing_creditaccount.receivable + excluded.receivable,"
    " revision = billing_creditaccount.revision + 1"
)


def measure_money(world: World) -> Figures:
    """Return milliseconds of pricing 1,000 lines, and how much longer posting takes than its raw statements."""
    by = system_actor(timezone.now())
    return _pricing(world, by) | _posting(world, by)


def measure_ageing(world: World, *, port: int) -> Figures:
    """Return the p95 of the page of receivables over 100,000 open invoices."""
    by = system_actor(timezone.now())
    issue_invoice(_shipped(world.customers[0], world.skus[:1], by), by=by)
    started = time.perf_counter()
    fill_invoices(OPEN)
    print(f"  {OPEN:,} invoices made in {time.perf_counter() - started:.1f} s", flush=True)
    browser, headers = HTTPConnection("127.0.0.1", port), {"Cookie": signed_in(), "Accept-Encoding": "gzip"}
    # A job does so each minute; what it costs all at once is what the first minute of a day costs.
    started = time.perf_counter()
    keep_ages(by=by)
    kept = time.perf_counter() - started
    return {"ageing_100k_kept_ms": kept * 1000} | {
        f"{name}_100k_p95_ms": p95_of_page(browser, path, headers) for name, path in PAGES.items()
    }


def fill_invoices(count: int) -> None:
    """Copy the last order of one line and its invoice so often, spread over customers and days, in a few statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select greatest((select max(id) from orders_order), (select max(id) from orders_orderline),"
            " (select max(id) from billing_invoice), (select max(id) from billing_invoiceline)),"
            " (select l.id from billing_invoiceline l join billing_invoice i on i.id = l.invoice_id"
            " where i.kind = 'normal' and i.allocated = 0 and i.net = l.net and not exists"
            " (select from orders_orderline o where o.order_id = i.order_id and o.id <> l.order_line_id)"
            " order by l.id desc limit 1)"
        )
        last, template = cursor.fetchone()
        facts = {"from": last, "count": count, "template": template}
        for table, given in COPIES:
            cursor.execute(_copy_of(cursor, table, given), facts)
            # Or the references of the next table are checked by plans that were made when this one was small.
            cursor.execute(f"analyze {table}")
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), %(from)s + %(count)s)", facts)
        cursor.execute(OWED)
    with connection.cursor() as cursor:
        for table, _given in COPIES:
            cursor.execute(f"vacuum analyze {table}")


def _copy_of(cursor: Any, table: str, given: dict[str, str]) -> str:
    """Return the statement that copies a row with other values in some columns."""
    cursor.execute(
        "select column_name from information_schema.columns where table_schema = current_schema()"
        " and table_name = %s and is_generated = 'NEVER' order by ordinal_position",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = ", ".join(given.get(name, f't."{name}"') for name in columns)
    joined = {
        "orders_order": "join orders_orderline ol on ol.order_id = t.id join billing_invoiceline l"
        " on l.order_line_id = ol.id",
        "orders_orderline": "join billing_invoiceline l on l.order_line_id = t.id",
        "billing_invoice": "join billing_invoiceline l on l.invoice_id = t.id",
        "billing_invoiceline": "join billing_invoiceline l on l.id = t.id",
    }[table]
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"insert into {table} ({names}) select {values} from {table} t {joined}"
        " and l.id = %(template)s, generate_series(1, %(count)s) i"
        " join (select id, row_number() over (order by id) - 1 as at from parties_customer) c"
        " on c.at = i %% (select count(*) from parties_customer)"
    )


def _pricing(world: World, by: Actor) -> Figures:
    lines = tuple(LineInput(sku=sku, quantity=Decimal(3)) for sku in world.skus[:LINES])
    given = OrderInput(customer=world.customers[0], lines=lines)
    times, worked = [], []
    for _turn in range(TIMES):
        start, used = time.perf_counter(), time.process_time()
        compose_order(given, by=by)
        times.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - used) * 1000)
    return {
        "price_1000_lines_ms": min(times),
        "price_1000_lines_median_ms": sorted(times)[TIMES // 2],
        "price_1000_lines_python_ms": min(worked),
    }


def _posting(world: World, by: Actor) -> Figures:
    numbers = []
    for at in range(INVOICES + WARM_UP):
        numbers.append(_shipped(world.customers[at], world.skus[at * 5 : at * 5 + 5], by))
    verbs = [lambda number=number: issue_invoice(number, by=by) for number in numbers]  # type: ignore[misc]
    return beside_raw("post_invoice", verbs, warm_up=WARM_UP, sequence="billing_invoice_id_seq")


def _shipped(customer: str, skus: tuple[str, ...], by: Actor) -> str:
    """Return the number of an order whose goods left."""
    lines = tuple(LineInput(sku=sku, quantity=Decimal(1)) for sku in skus)
    order = place_order(OrderInput(customer=customer, lines=lines), by=by)
    ship_order(order.number, by=by)
    return order.number
