"""Jobs of the ground floor: delivering an event to one subscriber."""

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
