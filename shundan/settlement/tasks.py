"""Jobs of the settlement room: each night proposes who is to be reminded, and tells of drafts that fall due."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.settlement.actions import propose_reminders, tell_due_drafts


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
