"""What the workflow room hears of others: somebody left, so what waits for them goes on."""

from shundan.accounts.queries import actives_of_unscoped
from shundan.kernel.actor import system_actor
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.workflow.actions import reassign_tasks_of


@subscribe("user.changed")
def hand_on_tasks_of_leavers(event: Event) -> None:
    """Give the undecided tasks of somebody who was deactivated to their superior."""
    if not event.data.get("after", {}).get("is_active", True) and not actives_of_unscoped([event.subject_id]):
        reassign_tasks_of(event.subject_id, by=system_actor(event.at))
