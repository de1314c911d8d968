"""Writing off: small differences by finance, more by the management, taken back without leaving money behind."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import credit_invoice, deallocate_payment
from shundan.billing.models import Payment
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.settlement.actions import save_settlement_terms, write_off_invoice, write_off_rest
from shundan.settlement.actions.write_off import WriteOffNotYours, WriteOffTooMuch
from tests import make

pytestmark = pytest.mark.django_db


def test_a_small_difference_is_written_off_and_the_order_is_paid() -> None:
    invoice = make.invoice()
    make.payment(invoice.customer, "999.97")
    paper = write_off_invoice(invoice.number, reason="手续费差额", by=make.actor("finance"))
    invoice.refresh_from_db()
    assert (paper.method, paper.amount, paper.unallocated, invoice.open_amount) == (
        "write_off",
        Decimal("0.03"),
        0,
        0,
    )
    assert paper.number == "WO-2026-000001" and paper.remark == "手续费差额"
    assert make.fresh(invoice.order.number).paid == Decimal("1000.00")
    assert make.credit(invoice.customer) == (0, 0, 0)


def test_above_the_limit_only_the_management_writes_off() -> None:
    invoice = make.invoice()
    with make.refused(WriteOffNotYours):
        write_off_invoice(invoice.number, amount=Decimal("10.01"), reason="x", by=make.actor("finance"))
    for role in ("rep", "auditor", "admin"):
        with make.refused(NotPermitted):
            write_off_invoice(invoice.number, amount=Decimal("0.01"), reason="x", by=make.actor(role))
    with make.refused(NotPermitted):
        save_settlement_terms(write_off_limit=Decimal(5000), by=make.actor("finance"))
    save_settlement_terms(write_off_limit=Decimal("10.01"), by=make.actor("executive"))
    write_off_invoice(invoice.number, amount=Decimal("10.01"), reason="x", by=make.actor("finance"))
    write_off_invoice(invoice.number, reason="破产", by=make.actor("executive"))
    assert make.credit(invoice.customer) == (0, 0, 0)


@pytest.mark.parametrize(
    ("amount", "reason", "refusal"),
    [("0", "x", Malformed), ("0.001", "x", Malformed), ("1", " ", Malformed), ("1000.01", "x", WriteOffTooMuch)],
)
def test_what_cannot_be_written_off(amount: str, reason: str, refusal: type) -> None:
    invoice = make.invoice()
    with make.refused(refusal):
        write_off_invoice(invoice.number, amount=Decimal(amount), reason=reason, by=make.boss())


def test_a_write_off_that_is_taken_back_leaves_no_money_on_the_account() -> None:
    invoice = make.invoice()
    paper = write_off_invoice(invoice.number, amount=Decimal(4), reason="x", by=make.boss())
    deallocate_payment(paper.number, invoice=invoice.number, by=make.boss())
    paper.refresh_from_db()
    assert (paper.allocated, paper.refunded, paper.unallocated) == (0, 4, 0)
    assert make.credit(invoice.customer) == (0, Decimal(1000), 0)
    credit_invoice(invoice.number, reason="x", by=make.boss())


def test_the_little_that_was_paid_too_much_is_kept_as_income() -> None:
    invoice = make.invoice()
    payment = make.payment(invoice.customer, "1000.05")
    paper = write_off_rest(payment.number, reason="零头", by=make.actor("finance"))
    payment.refresh_from_db()
    assert (paper.amount, payment.unallocated) == (Decimal("0.05"), 0)
    assert make.credit(invoice.customer) == (0, 0, 0)
    with make.refused(WriteOffTooMuch):
        write_off_rest(payment.number, reason="零头", by=make.boss())


def test_the_database_lets_no_write_off_hold_money() -> None:
    invoice = make.invoice()
    paper = write_off_invoice(invoice.number, amount=Decimal(4), reason="x", by=make.boss())
    connection.cursor().execute("set constraints all immediate")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute("update billing_payment set allocated = 3 where id = %s", [paper.pk])
    assert Payment.objects.get(pk=paper.pk).allocated == 4
