"""Reading over HTTP: list, filtered views, search and detail at 100,000 and at 1,000,000 orders."""

import time
from http.client import HTTPConnection
from urllib.parse import quote

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from bench.load import p95
from bench.place import place_one
from bench.world import World
from shundan.accounts.models import User
from shundan.config.web import THREADS, WORKERS

Figures = dict[str, float]
# So often PostgreSQL plans a prepared statement anew before it keeps the plan, and some more: turns are not taken.
PLANNED_ANEW = 8

# Orders as the import of history would leave them, made inside the database: what is measured is reading.
STATES = "draft submitted confirmed in_progress completed completed completed completed completed cancelled".split()
FILL = """
insert into orders_order
select r.* from (select o from orders_order o order by id desc limit 1) template,
    generate_series(1, %(count)s) i,
    lateral (select (%(states)s::text[])[1 + i %% 10] as state) s,
    lateral jsonb_populate_record(template.o, jsonb_build_object(
        'id', nextval('orders_order_id_seq'), 'number', 'BH-' || (%(from)s + i),
        'customer_id', (select min(id) from parties_customer) + (i * 7919) %% 1000,
        'category', s.state, 'state', s.state, 'ordered_on', current_date - (i %% 700), 'is_history', true,
        'exposure', 0, 'source_key', '', 'line_count', 0)) r
"""
PAGES = {
    "list": "/orders/",
    "list_view": "/orders/?view=to_ship",
    "search_number": "/orders/?q=BH-77",
    "search_two_characters": "/orders/?q=测量",
    "search_pinyin": "/orders/?q=celiang",
    "detail": "/orders/{number}/",
}


def measure_reading(world: World, *, port: int, sizes: tuple[int, ...]) -> Figures:
    """Return the p95 in milliseconds for each page at each size, as one browser that keeps its connection gets them."""
    figures: Figures = {}
    place_one(world)
    browser, headers = HTTPConnection("127.0.0.1", port), {"Cookie": signed_in(), "Accept-Encoding": "gzip"}
    for size in sizes:
        _fill(size)
        for name, path in PAGES.items():
            figures[f"{name}_p95_ms_{size}"] = _p95_of(browser, path, headers)
            print(f"  {name} at {size:,} orders: {figures[f'{name}_p95_ms_{size}']:.1f} ms", flush=True)
    return figures


def _fill(size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*), coalesce(max(id), 0) from orders_order")
        count, last = cursor.fetchone()
        for start in range(count, size, 50_000):
            wanted = min(50_000, size - start)
            cursor.execute(FILL, {"from": last + start, "count": wanted, "states": STATES})
        cursor.execute("vacuum analyze orders_order")


def _p95_of(browser: HTTPConnection, path: str, headers: dict[str, str]) -> float:
    with connection.cursor() as cursor:
        cursor.execute("select number from orders_order where number like 'SO-%%' order by id desc limit 1")
        number = cursor.fetchone()[0]
    return p95_of_page(browser, quote(path.format(number=number), safe="/?="), headers)


def p95_of_page(browser: HTTPConnection, address: str, headers: dict[str, str], *, times: int = 100) -> float:
    """Return the p95 of a page in milliseconds, once each thread of each worker knows it.

    A connection plans a statement anew five times before it keeps the plan.
    """
    for _time in range(PLANNED_ANEW * WORKERS * THREADS):
        _timed(browser, address, headers)
    return p95([_timed(browser, address, headers) for _ in range(times)])


def _timed(browser: HTTPConnection, address: str, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    browser.request("GET", address, headers=headers)
    answer = browser.getresponse()
    answer.read()
    if answer.status == 302:
        # A search that finds one order leads to it: both answers are what somebody waits for.
        browser.request("GET", answer.headers["Location"], headers=headers)
        answer = browser.getresponse()
        answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return time.perf_counter() - started


def signed_in() -> str:
    """Return the cookie of a session of the bench's user."""
    from shundan.accounts.queries import actor_of_user

    user = User.objects.get(email="bench@example.com")
    found = actor_of_user(user.pk, door="web", at=timezone.now())
    assert found is not None
    session = SessionStore()
    session["user_id"], session["password_mark"] = user.pk, found.password_mark
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
