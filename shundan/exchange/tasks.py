"""Jobs of the exchange room: files of orders are checked and placed, however often the work is interrupted."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.exchange.actions import (
    continue_check,
    continue_import,
    continue_master_check,
    continue_master_import,
    continue_master_undo,
    continue_undo,
)
from shundan.kernel.actor import system_actor


@app.task(name="exchange.check_orders", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def check_orders(*, import_id: int) -> None:
    """Check the orders of a file, some at a time."""
    while continue_check(import_id, by=system_actor(timezone.now())):
        pass


@app.task(name="exchange.place_orders", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def place_orders(*, import_id: int) -> None:
    """Place the orders of a checked file, each in a transaction of its own."""
    while continue_import(import_id, by=system_actor(timezone.now())):
        pass


@app.task(name="exchange.undo_orders", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def undo_orders(*, import_id: int) -> None:
    """Take back the orders of a file, each in a transaction of its own."""
    while continue_undo(import_id, by=system_actor(timezone.now())):
        pass


@app.task(name="exchange.check_masters", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def check_masters(*, import_id: int) -> None:
    """Judge the records of a file, some at a time."""
    while continue_master_check(import_id, by=system_actor(timezone.now())):
        pass


@app.task(name="exchange.write_masters", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def write_masters(*, import_id: int) -> None:
    """Write the records of a checked file, each in a transaction of its own."""
    while continue_master_import(import_id, by=system_actor(timezone.now())):
        pass


@app.task(name="exchange.undo_masters", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def undo_masters(*, import_id: int) -> None:
    """Take back the records of a file, each in a transaction of its own."""
    while continue_master_undo(import_id, by=system_actor(timezone.now())):
        pass
