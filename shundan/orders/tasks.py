"""Jobs of the orders room: orders whose time has come go on."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.orders.actions import take_due_orders


@app.periodic(cron="* * * * *")
@app.task(name="orders.take_due", queueing_lock="orders.take_due")
def take_due(timestamp: int) -> None:
    """Take on what has stood in a state for the time its workflow names; runs every minute."""
    take_due_orders(by=system_actor(timezone.now()))
