"""Transactions: one action, one transaction, no savepoints; a lost lock race is run again."""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import psycopg.errors
from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS = 3


def action(work: Callable[P, R]) -> Callable[P, R]:
    """Run a business verb in one transaction; inside another action it joins that one.

    Locks are always taken in one order (order, credit, stock by product), so a deadlock is a defect;
    should the database still report one, the outermost action is repeated up to three times.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return work(*args, **kwargs)
        return in_transaction(lambda: work(*args, **kwargs))

    return run


def in_transaction(work: Callable[[], R]) -> R:
    """Run work in a transaction of its own, again when the database chose it as a deadlock's victim."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if attempt == ATTEMPTS or not _is_lock_race(error):
                raise
            time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 - jitter, no secret
    raise AssertionError("unreachable")


def _is_lock_race(error: OperationalError) -> bool:
    return isinstance(error.__cause__, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)
