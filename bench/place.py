"""Placing and confirming five-line orders: in-process and over HTTP, and everybody wanting the same product."""

import os
import random
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bench import raw
from bench.load import WARM_UP, body_of_order, p95, rate_of_requests, rate_of_workers
from bench.world import World
from shundan.accounts.queries import actor_of_token
from shundan.orders.actions import LineInput, OrderInput, place_order

Figures = dict[str, float]


def measure_place(world: World, *, url: str, port: int, seconds: float) -> Figures:
    """Return rates and ratios to the raw single statement; raw and ours take turns in the same run."""
    figures: Figures = {}
    requests: Any = {"port": port, "path": "/api/v1/orders", "token": world.token}
    rate_of_requests(_bodies(world), **requests, clients=8, seconds=2 * seconds * WARM_UP)
    for clients in (1, 8):
        limit = raw.raw_rate(url, raw.PLACE, clients=clients, seconds=seconds)
        inside = rate_of_workers(_placing(world), clients=clients, seconds=seconds)
        outside, times = rate_of_requests(_bodies(world), **requests, clients=clients, seconds=seconds)
        limit = (limit + raw.raw_rate(url, raw.PLACE, clients=clients, seconds=seconds)) / 2
        figures |= {
            f"raw_place_{clients}": limit,
            f"place_{clients}": inside,
            f"place_ratio_{clients}": inside / limit,
            f"http_place_{clients}": outside,
            f"http_place_ratio_{clients}": outside / limit,
            f"http_place_p95_ms_{clients}": p95(times),
        }
    return figures


def measure_hot(world: World, *, url: str, seconds: float) -> Figures:
    """Return the rate at which eight clients get the same product, beside the raw conditional update."""
    limit = raw.raw_rate(url, raw.HOT, clients=8, seconds=seconds)
    inside = rate_of_workers(_placing(world, skus=world.skus[:1]), clients=8, seconds=seconds)
    return {"raw_hot_8": limit, "hot_8": inside, "hot_ratio_8": inside / limit}


def place_one(world: World) -> None:
    """Place an order, for measures that need one."""
    _placing(world)()


def _placing(world: World, *, skus: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
    kept = threading.local()

    def place() -> None:
        if not hasattr(kept, "random"):
            kept.random = random.Random(f"{os.getpid()} {threading.get_ident()}")
        chosen = list(skus) or kept.random.sample(world.skus, 5)
        found = actor_of_token(world.token, at=timezone.now())
        assert found is not None
        place_order(
            OrderInput(
                customer=kept.random.choice(world.customers),
                lines=tuple(LineInput(sku=sku, quantity=Decimal(1)) for sku in chosen),
            ),
            by=found.actor,
        )

    return place


def _bodies(world: World):  # type: ignore[no-untyped-def]
    def bodies(client: int) -> Iterator[bytes]:
        dice = random.Random(client)
        while True:
            yield body_of_order(dice.choice(world.customers), dice.sample(world.skus, 5))

    return bodies
