"""Deciding a task, and a transition that moves no stock: in this process, each beside its own statements sent raw."""

import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median, quantiles
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from bench.world import World
from shundan.kernel.prepared import run_prepared

TIMES = 200
WARM_UP = 20
LARGE = Decimal("60000")
Statements = list[tuple[Any, Any, bool]]


def measure_approvals(world: World) -> dict[str, float]:
    """Return milliseconds of both verbs and of their statements alone, and how often slower the verb is."""
    from shundan.kernel.actor import system_actor
    from shundan.orders.actions import move_order
    from shundan.workflow.actions import approve_task
    from shundan.workflow.models import ApprovalRun

    manager = _manager()
    _orders(world, price=LARGE, until="submitted")
    runs = list(ApprovalRun.objects.filter(state="pending").values_list("id", flat=True))
    figures = beside_raw("approval_decision", [lambda run=run: approve_task(run, by=manager()) for run in runs])  # type: ignore[misc]
    plain = _orders(world, price=Decimal(1), until="submitted")
    by = system_actor(timezone.now(), door="bench")
    return figures | beside_raw(
        "transition",
        [lambda number=number: move_order(number, "revoke", by=by, inputs={"reason": "bench"}) for number in plain],  # type: ignore[misc]
    )


def beside_raw(
    name: str, verbs: list[Callable[[], object]], *, warm_up: int = WARM_UP, sequence: str = ""
) -> dict[str, float]:
    """Do each verb and take it back, then send its statements again from the same state, and take those back, too.

    What the verb sends prepared is sent prepared again. Neither side counts the commit, which both would pay alike.
    A row whose id later statements name gets the same id again where its sequence is told.
    """
    own, raw, counts = [], [], []
    for verb in verbs:
        first = _next_of(sequence) if sequence else 0
        seconds, sent = _once(verb)
        if sequence:
            _next_of(sequence, is_set_to=first)
        own.append(seconds * 1000)
        raw.append(_again(sent) * 1000)
        counts.append(len(sent))
    own, raw = own[warm_up:], raw[warm_up:]
    return {
        f"{name}_p50_ms": median(own),
        f"{name}_p95_ms": quantiles(own, n=20)[-1],
        f"{name}_raw_p50_ms": median(raw),
        f"{name}_raw_p95_ms": quantiles(raw, n=20)[-1],
        f"{name}_statements": median(counts),
        f"{name}_ratio": median(own) / median(raw),
    }


def _next_of(sequence: str, *, is_set_to: int = 0) -> int:
    with connection.cursor() as cursor:
        if is_set_to:
            cursor.execute("select setval(%s, %s, false)", [sequence, is_set_to])
            return is_set_to
        cursor.execute(f"select last_value + is_called::integer from {sequence}")
        return int(cursor.fetchone()[0])


def _once(verb: Callable[[], object]) -> tuple[float, Statements]:
    sent: Statements = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params, context["cursor"] is None))
        return execute(sql, params, many, context)

    with transaction.atomic():
        start = time.perf_counter()
        with connection.execute_wrapper(note):
            verb()
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return seconds, sent


def _again(statements: Statements) -> float:
    with transaction.atomic(), connection.connection.cursor() as cursor:
        start = time.perf_counter()
        for sql, params, is_prepared in statements:
            if is_prepared:
                run_prepared(connection.connection, sql, params)
                continue
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return seconds


def _manager() -> Callable[[], Any]:
    """Return what makes an actor of the one sales manager whom the shipped table asks, with the rights of now."""
    from shundan.accounts.models import User
    from shundan.accounts.queries import actor_of_user

    person, _made = User.objects.get_or_create(
        email="decides@example.com",
        defaults={
            "name": "Decides",
            "password": make_password(None),
            "roles": ["sales_manager"],
            "created_at": timezone.now(),
        },
    )

    def now() -> Any:
        signed_in = actor_of_user(person.pk, door="bench", at=timezone.now())
        assert signed_in is not None
        return signed_in.actor

    return now


def _orders(world: World, *, price: Decimal, until: str) -> list[str]:
    """Place orders of one line and return their numbers."""
    from shundan.kernel.actor import system_actor
    from shundan.orders.actions import LineInput, OrderInput, place_order

    found = []
    for i in range(TIMES + WARM_UP):
        line = LineInput(sku=world.skus[i % len(world.skus)], quantity=Decimal(1), unit_price=price)
        given = OrderInput(customer=world.customers[i % len(world.customers)], lines=(line,))
        found.append(place_order(given, until=until, by=system_actor(timezone.now(), door="bench")).number)
    return found
