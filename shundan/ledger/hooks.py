"""What the ledger does when something was posted: the journals of that document, each once."""

from django.utils import timezone

from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.ledger.actions.posting import post_journals_of


@subscribe(
    "invoice.issued",
    "invoice.credited",
    "payment.registered",
    "payment.allocated",
    "payment.deallocated",
    "payment.refunded",
    "payment.forfeited",
    "payment.compensated",
    "payment.rest_written_off",
    "payment.reversed",
    "bill.registered",
    "bill.debited",
    "bill.reversed",
    "bill.paid",
    "bill.payment_taken_back",
    "bill.offset",
    "bill.offset_taken_back",
    "prepayment.paid",
    "prepayment.returned",
    "draft.collected",
    "draft.discounted",
    "draft.dishonoured",
    "shipment.shipped",
    "shipment.recalled",
    "receipt.posted",
    "receipt.reversed",
)
def post_to_ledger(event: Event) -> None:
    """Write what the posted document lacks of journals."""
    post_journals_of((event.subject_kind, event.subject_id), at=timezone.now())
