"""Moving amounts in a customer's credit account; its row is locked from the first change to commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import DataError, connection
from django.utils.translation import gettext_lazy as _
from psycopg.errors import NumericValueOutOfRange

from shundan.billing.models import CreditAccount
from shundan.kernel.errors import Refused


class AccountFull(Refused):
    """A sum of the customer's account would grow beyond what its column holds."""

    code = "account_full"
    sentence = _("The customer's total amounts would exceed what can be recorded. Settle or reduce open amounts first.")


def account_full(facts: object) -> AccountFull:
    """Return the refusal of an overflow that an SQL function ran into."""
    return AccountFull()


@contextmanager
def _refusing_overflow() -> Iterator[None]:
    try:
        yield
    except DataError as error:
        if isinstance(error.__cause__, NumericValueOutOfRange):
            raise AccountFull() from error
        raise


def change_credit_account(
    customer_id: int,
    currency: str,
    *,
    ordered: Decimal = Decimal(0),
    receivable: Decimal = Decimal(0),
    unallocated: Decimal = Decimal(0),
) -> None:
    """Add to the three amounts of an account, which is opened at its first use; one statement. Raises: AccountFull."""
    with connection.cursor() as cursor, _refusing_overflow():
        cursor.execute(
            "insert into billing_creditaccount as a (customer_id, currency, ordered, receivable, unallocated)"
            " values (%(customer)s, %(currency)s, greatest(%(o)s, 0), greatest(%(r)s, 0), greatest(%(u)s, 0))"
            " on conflict (customer_id, currency) do update set ordered = a.ordered + %(o)s,"
            " receivable = a.receivable + %(r)s, unallocated = a.unallocated + %(u)s, revision = a.revision + 1",
            {"customer": customer_id, "currency": currency, "o": ordered, "r": receivable, "u": unallocated},
        )


def lock_credit_account(customer_id: int, currency: str) -> None:
    """Lock an account until commit, for those who must know other things before they can change it."""
    rows = CreditAccount.objects.select_for_update(no_key=True).filter(customer_id=customer_id, currency=currency)
    rows.values_list("id").first()
