"""Jobs of the orders room: migrations go on batch by batch until all their orders are dealt with."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.orders.actions import continue_migration


@app.task(name="orders.migrate", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def migrate(*, migration_id: int) -> None:
    """Move the orders of a migration, or take them back; each batch has a transaction of its own."""
    while continue_migration(migration_id, by=system_actor(timezone.now())):
        pass
