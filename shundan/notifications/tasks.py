"""Jobs of the notifications room: one message out by one channel."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.notifications.actions import send_delivery


@app.task(name="notifications.deliver_notice", retry=RetryStrategy(max_attempts=10, exponential_wait=4))
def deliver_notice(*, delivery_id: int) -> None:
    """Send one message; a mail server that is away is tried again for some days."""
    send_delivery(delivery_id)
