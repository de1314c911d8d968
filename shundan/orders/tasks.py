"""Jobs of the orders room: migrations go on batch by batch, questions are answered, orders go on in their time."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.orders.actions import (
    answer_what_if,
    continue_migration,
    release_due_reservations,
    review_promises,
    take_due_orders,
)


@app.task(name="orders.migrate", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def migrate(*, migration_id: int) -> None:
    """Move the orders of a migration, or take them back, in short transactions; what leads on by itself follows."""
    while continue_migration(migration_id, by=system_actor(timezone.now())):
        pass
    take_due_orders(by=system_actor(timezone.now()))


@app.task(name="orders.answer_what_if", retry=RetryStrategy(max_attempts=3, exponential_wait=2))
def answer(*, question_id: int) -> None:
    """Answer a question about the past; it tells its progress on the way."""
    answer_what_if(question_id, by=system_actor(timezone.now()))


@app.periodic(cron="* * * * *")
@app.task(name="orders.take_due", queueing_lock="orders.take_due")
def take_due(timestamp: int) -> None:
    """Take on what has stood in a state for the time its workflow names; runs every minute."""
    take_due_orders(by=system_actor(timezone.now()))


@app.periodic(cron="* * * * *")
@app.task(name="orders.release_due", queueing_lock="orders.release_due")
def release_due(timestamp: int) -> None:
    """Free what orders held only until now; runs every minute."""
    release_due_reservations(by=system_actor(timezone.now()))


@app.periodic(cron="* * * * *")
@app.task(name="orders.review_promises", queueing_lock="orders.review_promises")
def review(timestamp: int) -> None:
    """Look whether promised days still hold; runs every minute."""
    review_promises(by=system_actor(timezone.now()))
