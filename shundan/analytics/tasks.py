"""Jobs of the analytics room: stock is watched, demand is forecast."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.analytics.actions import run_forecast, start_forecast, watch_stock
from shundan.kernel.actor import system_actor


@app.periodic(cron="7,22,37,52 * * * *")
@app.task(name="analytics.watch_stock", queueing_lock="analytics.watch_stock")
def watch(timestamp: int) -> None:
    """Begin and end alerts of stock; runs every quarter of an hour."""
    watch_stock(by=system_actor(timezone.now()))


@app.task(name="analytics.forecast", retry=RetryStrategy(max_attempts=3, exponential_wait=5))
def forecast(*, run_id: int) -> None:
    """Forecast the demand of all products; it tells its progress on the way."""
    run_forecast(run_id, by=system_actor(timezone.now()))


@app.periodic(cron="23 2 1 * *")
@app.task(name="analytics.forecast_monthly", queueing_lock="analytics.forecast_monthly")
def forecast_monthly(timestamp: int) -> None:
    """Begin a forecast when a month is full."""
    start_forecast(by=system_actor(timezone.now()))
