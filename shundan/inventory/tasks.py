"""Jobs of the inventory room: what has expired is blocked each morning, and what is due to be counted is planned."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.inventory.actions import block_expired_stock, plan_nightly_counts
from shundan.kernel.actor import system_actor


# Shortly after midnight in China.
@app.periodic(cron="5 16 * * *")
@app.task(name="inventory.block_expired", queueing_lock="inventory.block_expired")
def block_expired(timestamp: int) -> None:
    """Block what expired yesterday, and what could not be blocked before."""
    block_expired_stock(by=system_actor(timezone.now()))


@app.periodic(cron="35 16 * * *")
@app.task(name="inventory.plan_counts", queueing_lock="inventory.plan_counts")
def plan_counts(timestamp: int) -> None:
    """Plan the counts that are due, where the plan says that this happens by itself."""
    plan_nightly_counts(by=system_actor(timezone.now()))
