"""Jobs of the ledger: files of hand-overs, what was posted without a job, and the nightly proof."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.ledger.actions import post_missing_journals, prove_ledger, write_hand_over


@app.task(name="ledger.write_hand_over", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def write_file(*, batch_id: int) -> None:
    """Write the file of a batch; it tells how far it came."""
    write_hand_over(batch_id, at=timezone.now())


# In the early morning in China.
@app.periodic(cron="40 20 * * *")
@app.task(name="ledger.prove", queueing_lock="ledger.prove")
def prove(timestamp: int) -> None:
    """Write what history or stock corrections lack of journals, then compare journals, books and orders."""
    while post_missing_journals(at=timezone.now()):
        pass
    prove_ledger(by=system_actor(timezone.now()))
