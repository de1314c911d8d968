"""Jobs of the fulfilment room: waybills go to carriers, news of parcels come back, and silence is noticed."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from shundan.fulfilment.actions import ask_cost, book_waybill, look_for_stuck, poll_tracking, run_errand
from shundan.kernel.actor import system_actor


@app.task(name="fulfilment.book_waybill", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def book(*, waybill_id: int) -> None:
    """Hand one waybill to its carrier; a carrier that is away is tried again for a day."""
    book_waybill(waybill_id, by=system_actor(timezone.now()))


@app.task(name="fulfilment.run_errand", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def errand(*, errand_id: int) -> None:
    """Ask a carrier for a label, for news, or to take a waybill back; one that is away is tried again for a day."""
    run_errand(errand_id, by=system_actor(timezone.now()))


@app.task(name="fulfilment.ask_cost")
def cost(*, answer_id: int) -> None:
    """Ask one carrier what a shipment would cost."""
    ask_cost(answer_id, by=system_actor(timezone.now()))


@app.periodic(cron="*/5 * * * *")
@app.task(name="fulfilment.poll_tracking", queueing_lock="fulfilment.poll_tracking")
def poll(timestamp: int) -> None:
    """Ask carriers for news of what is under way; runs every five minutes."""
    poll_tracking(by=system_actor(timezone.now()))


@app.periodic(cron="7 * * * *")
@app.task(name="fulfilment.look_for_stuck", queueing_lock="fulfilment.look_for_stuck")
def look(timestamp: int) -> None:
    """Open a problem for parcels that nobody hears of or that are late; runs every hour."""
    look_for_stuck(by=system_actor(timezone.now()))
