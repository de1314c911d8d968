"""What the notifications room hears: events that name whom to tell, and approvals that go on; its own channel."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.notifications.actions import send_mail, settle_notices, tell_of_event
from shundan.notifications.registries import CHANNELS, Channel
from shundan.notifications.rules import EMAIL

CHANNELS[EMAIL] = Channel(label=_("E-mail"), is_ready=lambda: bool(settings.EMAIL_HOST), send=send_mail)


@subscribe(carrying="notify")
def tell_those_named(event: Event) -> None:
    """Tell whomever an event names: people, roles, its document's owner or applicant."""
    tell_of_event(event)


@subscribe("approval.approved", "approval.rejected", "approval.sent_back", "approval.transferred")
def settle_what_was_answered(event: Event) -> None:
    """Who answered needs no reminder of being asked."""
    if event.actor_id is not None:
        settle_notices(subject=(event.subject_kind, event.subject_id), at=event.at, person_id=event.actor_id)


@subscribe("approval.ended", "approval.stale", "approval.withdrawn")
def settle_what_ended(event: Event) -> None:
    """Nobody is asked about an approval that has ended."""
    settle_notices(subject=(event.subject_kind, event.subject_id), at=event.at)
