"""Who still looks at the test database when it is to be dropped."""

import time
from typing import Any

from django.db import connection

OTHERS = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


def end_sessions_left(*, patience: float) -> list[Any]:
    """Wait for the other sessions of this database to end; end those that do not, and return what they were at."""
    ends = time.monotonic() + patience
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(f"select count(*) {OTHERS}")
            if not cursor.fetchone()[0] or time.monotonic() > ends:
                break
            time.sleep(0.05)
        cursor.execute(f"select application_name, state, left(query, 200), pg_terminate_backend(pid) {OTHERS}")
        return list(cursor.fetchall())
