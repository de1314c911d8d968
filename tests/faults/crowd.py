"""Many clients at once: threads with connections of their own, and what became of each call."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

from shundan.kernel.errors import Refused


def crowd(size: int, work: Callable[[int], object]) -> list[object]:
    """Call work(0) … work(size - 1) at the same moment; return results and refusals, raise anything else."""
    start = threading.Barrier(size)

    def run(i: int) -> object:
        try:
            start.wait(30)
            return work(i)
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(run, range(size)))


def codes(outcomes: list[object]) -> list[str]:
    """Return `ok` or the refusal's code of each outcome, sorted."""
    return sorted(one.code if isinstance(one, Refused) else "ok" for one in outcomes)


def deadlocks() -> int:
    """Return how many deadlocks the server has counted in this database; its figures lag a second behind."""
    time.sleep(1.1)
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute("select deadlocks from pg_stat_database where datname = current_database()")
        return int(cursor.fetchone()[0])
