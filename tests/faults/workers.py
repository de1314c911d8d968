"""A real job worker on this test's database, to be killed at the worst moments."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from shundan.config.folders import ROOT
from tests.platform.installation import eventually

# At the n-th event of a kind and the next the transaction stands still for three seconds, so both jobs of a worker do;
# once each: sequences never go back.
_STAND_STILL = """
create sequence test_seen;
create function test_stand_still() returns trigger language plpgsql as $$
begin
    if nextval('test_seen') in ({nth}, {nth} + 1) then perform pg_sleep(3); end if;
    return null;
end $$;
create constraint trigger test_stand_still after insert on kernel_event {moment}
for each row when (new.kind = '{kind}') execute function test_stand_still();
"""
_GO_ON = """
drop trigger if exists test_stand_still on kernel_event;
drop function if exists test_stand_still;
drop sequence if exists test_seen;
"""
MOMENTS = {"before": "not deferrable", "at": "deferrable initially deferred"}


def start_worker(folder: Path) -> "subprocess.Popen[bytes]":
    """Start the worker of the product, with the slow subscribers of `tests.faults.slow`; it logs into the folder."""
    place = settings.DATABASES["default"]
    address = f"postgresql://{place['USER']}@/{connection.settings_dict['NAME']}?host={place['HOST']}"
    command = "import django; django.setup(); from tests.faults import slow; slow.main()"
    environment = {**os.environ, "DATABASE_URL": address, "SLOW_FOLDER": str(folder)}
    with open(folder / "log", "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", command], env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )


@contextmanager
def standing_still(kind: str, *, nth: int, moment: str) -> Iterator[None]:
    """Let the transactions of the n-th event of a kind and the next stand still, `before` their commit or `at` it."""
    with connection.cursor() as cursor:
        cursor.execute(_STAND_STILL.format(kind=kind, nth=nth, moment=MOMENTS[moment]))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_GO_ON)


def kill_while_it_stands_still(worker: "subprocess.Popen[bytes]") -> None:
    """Kill a worker with SIGKILL in the middle of that transaction, and wait until the database knows it."""
    came = eventually(lambda: _asleep() > 0)
    worker.kill()
    worker.wait()
    assert came
    assert eventually(lambda: _asleep() == 0)


def end_worker(worker: "subprocess.Popen[bytes]") -> None:
    """Ask a worker to stop, as the manager does."""
    worker.terminate()
    assert worker.wait(20) == 0


def at_work() -> int:
    """How many other connections to the test's database have a transaction open or a statement running."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and state not in ('idle', 'disabled')"
        )
        return int(cursor.fetchone()[0])


def _asleep() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
        )
        return int(cursor.fetchone()[0])
