"""Jobs of the analytics room: stock is watched."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.analytics.actions import watch_stock
from shundan.kernel.actor import system_actor


@app.periodic(cron="7,22,37,52 * * * *")
@app.task(name="analytics.watch_stock", queueing_lock="analytics.watch_stock")
def watch(timestamp: int) -> None:
    """Begin and end alerts of stock; runs every quarter of an hour."""
    watch_stock(by=system_actor(timezone.now()))
