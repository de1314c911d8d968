"""What settlement hangs into the rooms below, and what it does later by itself."""

from django.utils import timezone

from shundan.billing.registries import REVERSAL_FOLLOWERS
from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.settlement.actions.bank import reopen_entry_of_payment
from shundan.settlement.actions.gateways import open_charge

REVERSAL_FOLLOWERS.append(reopen_entry_of_payment)


@subscribe("charge.asked")
def open_asked_charge(event: Event) -> None:
    """Open the place to pay; what fails is shown at the charge and asked again by a person."""
    open_charge(event.subject_id, at=timezone.now())
