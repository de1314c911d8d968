"""Letting what is left of a payment find its invoices: those it names first, then as they fall due."""

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions import allocate_payment
from shundan.billing.models import Payment
from shundan.billing.queries import get_payment
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused
from shundan.settlement.queries import choose_shares


class NothingToAllocate(Refused):
    """The payment has nothing left, or the customer no open invoice in its currency."""

    code = "nothing_to_allocate"
    sentence = _("There is nothing to allocate: the payment is used up, or no invoice is open in %(currency)s.")


@action
def allocate_automatically(number: str, *, by: Actor) -> Payment:
    """Allocate the rest of a payment to the invoices that its text names, then to those due first.

    What somebody else allocates at the same moment is refused under the locks, never doubled. Raises: NotPermitted,
    NotFound, NothingToAllocate, OverAllocated.
    """
    payment = get_payment(number, by=by, permission="payment.allocate")
    text = f"{payment.reference} {payment.remark}"
    left = payment.unallocated
    shares = choose_shares(payment.customer_id, payment.currency, left, by=by, text=text) if left > 0 else {}
    if not shares:
        raise NothingToAllocate(currency=payment.currency)
    return allocate_payment(number, shares, by=by)
