"""Jobs of the settlement room: each night proposes who is to be reminded."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.settlement.actions import propose_reminders


# In the early morning in China.
@app.periodic(cron="25 21 * * *")
@app.task(name="settlement.propose_reminders", queueing_lock="settlement.propose_reminders")
def propose(timestamp: int) -> None:
    """Propose letters for what is overdue; those of automatic levels go out at once."""
    propose_reminders(by=system_actor(timezone.now()))
