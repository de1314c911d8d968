"""Reading: list, filtered views, search and detail at 100,000 and at 1,000,000 orders."""

import time
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.load import p95
from bench.place import place_one
from bench.world import World
from shundan.accounts.models import User

Figures = dict[str, float]

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


def measure_reading(world: World, *, sizes: tuple[int, ...]) -> Figures:
    """Return the server's p95 in milliseconds for each page at each size."""
    figures: Figures = {}
    place_one(world)
    client = _signed_in()
    for size in sizes:
        _fill(size)
        for name, path in PAGES.items():
            figures[f"{name}_p95_ms_{size}"] = _p95_of(client, path)
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


def _p95_of(client: Client, path: str, *, times: int = 40) -> float:
    with connection.cursor() as cursor:
        cursor.execute("select number from orders_order where number like 'SO-%%' order by id desc limit 1")
        number = cursor.fetchone()[0]
    address = path.format(number=number)
    _timed(lambda: client.get(address, follow=True))
    return p95([_timed(lambda: client.get(address, follow=True)) for _ in range(times)])


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _signed_in() -> Client:
    from shundan.accounts.queries import actor_of_user

    user = User.objects.get(email="bench@example.com")
    found = actor_of_user(user.pk, door="web", at=timezone.now())
    assert found is not None
    client = Client(HTTP_HOST="127.0.0.1")
    session = client.session
    session["user_id"], session["password_mark"] = user.pk, found.password_mark
    session.save()
    return client
