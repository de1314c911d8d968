"""Jobs of the catalogue: rates of exchange are asked for where a service is switched on."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.catalog.actions import NoRateService, fetch_exchange_rates
from shundan.kernel.actor import system_actor


@app.periodic(cron="30 16 * * 1-5")
@app.task(
    name="catalog.fetch_rates",
    queueing_lock="catalog.fetch_rates",
    retry=RetryStrategy(max_attempts=6, exponential_wait=5),
)
def fetch(timestamp: int) -> None:
    """Ask for the day's rates where a service is switched on; runs every weekday after the European fixing."""
    try:
        fetch_exchange_rates(by=system_actor(timezone.now()))
    except NoRateService:
        return
