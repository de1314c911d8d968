"""Jobs of the papers room: many papers become one file, however often the work is interrupted."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.papers.actions import continue_printing
from shundan.papers.actions.runs import PRINT_JOB


@app.task(name=PRINT_JOB, retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def print_run(*, run_id: int) -> None:
    """Draw the papers of a run, some at a time."""
    while continue_printing(run_id, by=system_actor(timezone.now())):
        pass
