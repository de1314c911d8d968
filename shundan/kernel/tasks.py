"""Jobs of the ground floor: delivering an event to one subscriber, and forgetting old changes of master data."""

from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.kernel.events import SUBSCRIBERS
from shundan.kernel.models import Event


@app.task(name="kernel.deliver", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def deliver(*, event_id: int, subscriber: str) -> None:
    """Run one subscriber's handler for one event, exactly once in effect."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into kernel_eventreceipt (subscriber, event_id) values (%s, %s) on conflict do nothing",
                [subscriber, event_id],
            )
            if cursor.rowcount == 0:
                return
        SUBSCRIBERS[subscriber].function(Event.objects.get(pk=event_id))


@app.periodic(cron="17 3 * * *")
@app.task(name="kernel.forget_changes", queueing_lock="kernel.forget_changes")
def forget_changes(timestamp: int) -> None:
    """Drop what no memory can still ask for: it lasts ten minutes at most, changes are kept for a day."""
    with connection.cursor() as cursor:
        cursor.execute("delete from kernel_masterchange where at < now() - interval '1 day'")
