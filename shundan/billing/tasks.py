"""Jobs of the billing room: each morning invoices what a plan's days have made due."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.billing.actions import issue_reached_parts
from shundan.kernel.actor import system_actor


# Just after midnight in China.
@app.periodic(cron="10 16 * * *")
@app.task(name="billing.issue_reached_parts", queueing_lock="billing.issue_reached_parts")
def issue(timestamp: int) -> None:
    """Invoice due parts of orders whose type invoices by itself."""
    issue_reached_parts(by=system_actor(timezone.now()))
