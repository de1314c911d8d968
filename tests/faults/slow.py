"""A job worker like the real one, with two more subscribers that dawdle at the worst moments."""

import os
import time
from pathlib import Path

from django.db import connection, transaction

from shundan.config.worker import work
from shundan.kernel.events import SUBSCRIBERS, subscribe
from shundan.kernel.models import Event


def dawdle_before_commit(event: Event) -> None:
    """Have an effect, then wait while nothing is committed yet."""
    _count("before")
    _dawdle("before")


def dawdle_after_commit(event: Event) -> None:
    """Have an effect, commit it, then wait before the job is marked as done."""
    _count("after")
    transaction.on_commit(lambda: _dawdle("after"))


def join() -> None:
    """Subscribe both."""
    for one in (dawdle_before_commit, dawdle_after_commit):
        subscribe("test.happened")(one)


def leave() -> None:
    """End both subscriptions."""
    for name in [name for name, one in SUBSCRIBERS.items() if one.function.__module__ == __name__]:
        del SUBSCRIBERS[name]


def main() -> None:
    """Run the worker of the product with these subscribers."""
    join()
    work()


def _count(series: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update kernel_numberseries set last = last + 1 where series = %s", [series])


def _dawdle(moment: str) -> None:
    """Say in a file that the moment has come, and wait to be killed; the second time there is no hurry."""
    folder = os.environ.get("SLOW_FOLDER")
    if folder and not (sign := Path(folder) / moment).exists():
        sign.touch()
        time.sleep(60)
