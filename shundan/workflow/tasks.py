"""Jobs of the workflow room: overdue approvals go to superiors."""

from django.utils import timezone
from procrastinate.contrib.django import app

from shundan.kernel.actor import system_actor
from shundan.workflow.actions import escalate_approvals


@app.periodic(cron="*/5 * * * *")
@app.task(name="workflow.escalate", queueing_lock="workflow.escalate")
def escalate(timestamp: int) -> None:
    """Hand on what nobody answered in time; runs every five minutes, each step once."""
    escalate_approvals(by=system_actor(timezone.now()))
