"""Jobs of the settlement room: reminders and due drafts each night, refunds and ages of debts every few minutes."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.settlement.actions import (
    keep_ages,
    propose_reminders,
    settle_gateway_refund,
    settle_open_refunds,
    tell_due_drafts,
)


# In the early morning in China.
@app.periodic(cron="25 21 * * *")
@app.task(name="settlement.propose_reminders", queueing_lock="settlement.propose_reminders")
def propose(timestamp: int) -> None:
    """Propose letters for what is overdue; those of automatic levels go out at once."""
    propose_reminders(by=system_actor(timezone.now()))


@app.periodic(cron="35 21 * * *")
@app.task(name="settlement.tell_due_drafts", queueing_lock="settlement.tell_due_drafts")
def tell_due(timestamp: int) -> None:
    """Tell finance of drafts that fall due soon."""
    tell_due_drafts(by=system_actor(timezone.now()))


@app.periodic(cron="*/10 * * * *")
@app.task(name="settlement.settle_refunds", queueing_lock="settlement.settle_refunds")
def settle_refunds(timestamp: int) -> None:
    """Ask gateways what became of refunds whose answer nobody knows."""
    settle_open_refunds(at=timezone.now())


# Each minute, so that few accounts moved since, and a new day is added up before anybody looks.
@app.periodic(cron="* * * * *")
@app.task(name="settlement.keep_ages", queueing_lock="settlement.keep_ages")
def keep(timestamp: int) -> None:
    """Add up how old debts are where money moved."""
    keep_ages(by=system_actor(timezone.now()))


# Not a subscriber: those run inside a transaction, and that it was sent must be kept before the gateway hears of it.
@app.task(name="settlement.settle_refund")
def settle_refund(*, refund_id: int) -> None:
    """Send a refund to its gateway, or ask what became of it."""
    settle_gateway_refund(refund_id, at=timezone.now())
