"""Eight clients over HTTP want the last 500 units of one product: exactly 500 get one, and nobody meets a fault."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from decimal import Decimal

from django.utils import timezone

from bench.load import body_of_order
from bench.world import World
from shundan.catalog.actions import PriceInput, ProductInput, create_product
from shundan.inventory.actions import receive_stock
from shundan.inventory.models import StockLevel, Warehouse
from shundan.kernel.actor import system_actor

UNITS = 500
CLIENTS = 8
# Each goes on a little after the first refusal, as people do; and nobody tries for ever.
REFUSALS = 5
MOST_TRIES = 2 * UNITS


def measure_last_units(world: World, *, port: int) -> dict[str, float]:
    """Return how many orders were confirmed, refused for want of stock, and met by anything else; and the rate."""
    by = system_actor(timezone.now())
    sku = f"HOT-{time.time_ns()}"
    made = create_product(ProductInput(sku=sku, name_zh="抢手货", prices=(PriceInput(amount=Decimal(20)),)), by=by)
    place = Warehouse.objects.order_by("id")[0]
    receive_stock(product_id=made.pk, warehouse_id=place.pk, quantity=Decimal(UNITS), reason="opening", by=by)
    heard: list[Counter[str]] = [Counter() for _client in range(CLIENTS)]
    clients = [threading.Thread(target=_want, args=(world, port, sku, i, told)) for i, told in enumerate(heard)]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    took = time.perf_counter() - started
    told = sum(heard, Counter())
    level = StockLevel.objects.get(product=made, warehouse=place)
    if (level.on_hand, level.reserved) != (UNITS, told["confirmed"]):
        told["miscounted"] += 1
    refused = told["out_of_stock"]
    return {
        "last_units_confirmed": told["confirmed"],
        "last_units_refused": refused,
        "last_units_faults": told.total() - told["confirmed"] - refused,
        "last_units_rate": told["confirmed"] / took,
    }


def _want(world: World, port: int, sku: str, client: int, told: "Counter[str]") -> None:
    dice = random.Random(client)
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    head = {"Authorization": f"Bearer {world.token}", "Content-Type": "application/json"}
    for n in range(MOST_TRIES):
        if told.total() - told["confirmed"] >= REFUSALS:
            break
        key = {"Idempotency-Key": f"{sku}-{client}-{n}"}
        try:
            wire.request("POST", "/api/v1/orders", body_of_order(dice.choice(world.customers), [sku]), head | key)
            answer = wire.getresponse()
            body = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            wire.close()
            told["no_answer"] += 1
            continue
        told[body["state"] if answer.status == 201 else body.get("code", str(answer.status))] += 1
    wire.close()
