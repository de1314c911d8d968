"""What a customer's account cannot hold is refused with a code, whichever way it comes."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from shundan.billing.actions import issue_invoice
from shundan.billing.actions.credit import AccountFull
from shundan.billing.models import CreditAccount
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.parties.models import Customer
from tests import make

# The account is filled by hand: no test could order so much.
pytestmark = [pytest.mark.django_db, pytest.mark.breaks_invariants]
FULL = Decimal("9999999999999999.00")


def _fill(customer: Customer) -> None:
    rows = CreditAccount.objects.filter(customer=customer)
    if not rows.update(ordered=FULL, receivable=FULL, unallocated=FULL):
        CreditAccount.objects.create(customer=customer, currency="CNY", ordered=FULL, receivable=FULL, unallocated=FULL)


def _given(customer: Customer) -> OrderInput:
    sku = make.product(stock=10).sku
    return OrderInput(customer=customer.number, lines=(LineInput(sku=sku, quantity=Decimal(1)),))


def _place(customer: Customer) -> Callable[[], object]:
    given = _given(customer)
    return lambda: place_order(given, by=make.boss())


def _confirm(customer: Customer) -> Callable[[], object]:
    number = make.order(state="approved", of=customer).number
    return lambda: move_order(number, "confirm", by=make.boss())


def _invoice(customer: Customer) -> Callable[[], object]:
    number = make.order(state="shipped", of=customer).number
    return lambda: issue_invoice(number, by=make.boss())


def _pay(customer: Customer) -> Callable[[], object]:
    return lambda: make.payment(customer, "1000.00")


@pytest.mark.parametrize("way", [_place, _confirm, _invoice, _pay])
def test_an_account_that_would_overflow_is_a_refusal(way: Callable[[Customer], Callable[[], object]]) -> None:
    customer = make.customer()
    deed = way(customer)
    _fill(customer)
    with make.refused(AccountFull, "account_full"):
        deed()
