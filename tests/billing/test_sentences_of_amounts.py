"""What refusals of amounts say: how much is left, and how finely a currency is counted."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from shundan.billing.actions import refund_payment, register_payment
from shundan.billing.actions.payments import OverRefunded
from shundan.catalog.actions import save_exchange_rate
from shundan.kernel.errors import Malformed, amount_out_of_range
from shundan.parties.actions import set_credit_limit
from tests import make

pytestmark = pytest.mark.django_db


def test_a_refund_that_is_too_large_says_what_can_be_refunded() -> None:
    buyer = make.customer()
    payment = register_payment(
        customer=buyer.number, amount=Decimal("200.00"), method="cash", by=make.boss(), is_automatic=False
    )
    with make.refused(OverRefunded) as caught:
        refund_payment(payment.number, amount=Decimal("200.01"), method="cash", reason="多付", by=make.boss())
    with override("en"):
        assert f"At most 200.00 CNY of {payment.number} can be refunded" in caught.value.message


def test_an_amount_is_counted_as_finely_as_its_currency() -> None:
    with override("en"), make.refused(Malformed) as caught:
        register_payment(customer=make.customer().number, amount=Decimal("1.5"), currency="JPY", method="cash",
                         by=make.boss())  # fmt: skip
    with override("en"):
        (detail,) = caught.value.details
        assert (detail.path, str(detail.message)) == ("amount", "Enter a whole amount above 0: JPY has no decimals.")
        assert "at most two decimals" in str(amount_out_of_range("amount", "USD", given=Decimal("0.001")).message)


@pytest.mark.parametrize(
    ("limit", "currency", "said"),
    [
        ("1" * 40, "CNY", "at most 15 digits"),
        ("100.125", "CNY", "at most two decimals"),
        ("-1", "CNY", "0 or more"),
        ("100.5", "JPY", "JPY has no decimals"),
    ],
)
def test_a_credit_limit_is_kept_as_it_is_given_or_refused_with_the_cure(limit: str, currency: str, said: str) -> None:
    customer = make.customer(currency=currency)
    with override("en"):
        with make.refused(Malformed) as caught:
            set_credit_limit(customer.number, limit=Decimal(limit), by=make.boss())
        (detail,) = caught.value.details
        assert detail.path == "credit_limit"
        assert said in str(detail.message)


def test_an_amount_too_large_is_not_called_too_small() -> None:
    with override("en"), make.refused(Malformed) as caught:
        register_payment(customer=make.customer().number, amount=Decimal("1" * 40), method="cash", by=make.boss())
    with override("en"):
        assert "too large" in str(caught.value.details[0].message)


def test_sums_in_yen_are_said_without_decimals() -> None:
    save_exchange_rate(currency="JPY", valid_from=date(2026, 1, 1), rate=Decimal("0.0465"), by=make.boss())
    buyer = make.customer(currency="JPY")
    payment = register_payment(
        customer=buyer.number, amount=Decimal(1200), currency="JPY", method="cash", by=make.boss(), is_automatic=False
    )
    with make.refused(OverRefunded) as caught:
        refund_payment(payment.number, amount=Decimal(1201), method="cash", reason="多付", by=make.boss())
    with override("en"):
        assert f"At most 1,200 JPY of {payment.number} can be refunded" in caught.value.message
