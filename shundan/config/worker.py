"""Run the jobs that committed changes have left behind."""

from django.core.management import call_command

CONCURRENCY = 2
# A job that is running when a stop is asked for gets this many seconds to finish.
PATIENCE = 10


def work() -> None:
    """Work until a signal asks to stop."""
    call_command("procrastinate", "worker", concurrency=CONCURRENCY, shutdown_graceful_timeout=PATIENCE)
