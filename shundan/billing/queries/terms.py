"""What payment terms say beyond due days: the deposit they ask for and the plan they invoice by."""

from shundan.billing.models import TermDeposit, TermPart
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound
from shundan.parties.models import PaymentTerm
from shundan.parties.queries import list_payment_terms


def get_payment_term(code: str, *, by: Actor) -> PaymentTerm:
    """Return a payment term. Raises: NotFound."""
    found = next((one for one in list_payment_terms(by=by) if one.code == code), None)
    if found is None:
        raise NotFound(what="payment term", key=code[:100])
    return found


def deposit_of_payment_term(term: PaymentTerm) -> TermDeposit | None:
    """Return the deposit that a payment term asks for."""
    return TermDeposit.objects.filter(payment_term_id=term.pk).first()


def parts_of_payment_term(term: PaymentTerm) -> list[TermPart]:
    """Return the parts by which a payment term has orders invoiced; none where they are invoiced as they are due."""
    return list(TermPart.objects.filter(payment_term_id=term.pk).order_by("position"))
