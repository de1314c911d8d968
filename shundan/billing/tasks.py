"""Jobs of billing: each night parts of plans become due, money becomes overdue and raises of limits end."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.billing.actions import issue_reached_parts, review_credit
from shundan.kernel.actor import system_actor


# Just after midnight in China.
@app.periodic(cron="10 16 * * *")
@app.task(name="billing.issue_reached_parts", queueing_lock="billing.issue_reached_parts")
def issue(timestamp: int) -> None:
    """Invoice due parts of orders whose type invoices by itself."""
    issue_reached_parts(by=system_actor(timezone.now()))


@app.periodic(cron="10 16 * * *")
@app.task(name="billing.review_credit", queueing_lock="billing.review_credit")
def review(timestamp: int) -> None:
    """Mark orders whose customer is blocked from today on, and let the others go."""
    review_credit(by=system_actor(timezone.now()))
