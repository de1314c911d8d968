"""Doing the jobs that a test's work has left, in this process and in their order, as the worker would."""

import json

from django.db import connection
from procrastinate.contrib.django import app

MOST_ROUNDS = 10


def do_jobs() -> int:
    """Run every job that waits, and those they leave; return how many ran. What a job raises, the test sees."""
    done = 0
    for _round in range(MOST_ROUNDS):
        with connection.cursor() as cursor:
            cursor.execute(
                "delete from procrastinate_jobs where status = 'todo' returning id, task_name, args::text", []
            )
            found = sorted(cursor.fetchall())
        if not found:
            return done
        for _id, name, arguments in found:
            app.tasks[name].func(**json.loads(arguments))
            done += 1
    raise AssertionError("jobs leave jobs without end")
