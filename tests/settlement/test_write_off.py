"""Writing off: each role up to its limit, taken back without leaving money behind."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import credit_invoice, deallocate_payment
from shundan.billing.models import Payment
from shundan.catalog.actions import PriceInput, save_exchange_rate
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.settlement.actions import save_settlement_terms, write_off_invoice, write_off_rest
from shundan.settlement.actions.write_off import WriteOffNotYours, WriteOffTooMuch
from shundan.settlement.models import WriteOffLimit
from shundan.settlement.queries import write_off_limit_of, write_off_limits
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


def test_each_role_writes_off_up_to_its_limit_and_of_several_the_highest_counts() -> None:
    invoice = make.invoice()
    finance, executive = make.actor("finance"), make.actor("executive")

    def write_off(amount: str, by: Actor) -> None:
        write_off_invoice(invoice.number, amount=Decimal(amount), reason="x", by=by)

    assert write_off_limits() == {"finance": Decimal(10), "executive": None}
    with make.refused(WriteOffNotYours):
        write_off("10.01", finance)
    for role in ("rep", "auditor", "admin"):
        with make.refused(NotPermitted):
            write_off("0.01", make.actor(role))
    save_settlement_terms(limits={"finance": Decimal("10.01")}, by=executive)
    write_off("10.01", finance)
    write_off("100", executive)
    save_settlement_terms(limits={"finance": Decimal(0), "executive": Decimal(50)}, by=executive)
    with make.refused(WriteOffNotYours):
        write_off("0.01", finance)
    with make.refused(WriteOffNotYours):
        write_off("50.01", executive)
    assert write_off_limit_of(make.actor("rep", "finance", "executive")) == 50
    write_off("50", make.actor("finance", "executive"))
    save_settlement_terms(limits={"finance": None}, by=executive)
    write_off_invoice(invoice.number, reason="破产", by=make.actor("executive", "finance"))
    assert make.credit(invoice.customer) == (0, 0, 0)


def test_limits_count_in_company_currency() -> None:
    save_exchange_rate(currency="USD", valid_from=date(2026, 3, 1), rate=Decimal("7.2"), by=make.boss())
    goods = [make.product(stock=10, prices=(PriceInput(amount=Decimal(100), currency="USD"),))]
    invoice = make.invoice(make.order(state="shipped", currency="USD", products=goods))
    with make.refused(WriteOffNotYours):
        write_off_invoice(invoice.number, amount=Decimal("1.39"), reason="x", by=make.actor("finance"))
    write_off_invoice(invoice.number, amount=Decimal("1.38"), reason="x", by=make.actor("finance"))


def test_limits_are_kept_by_right_with_an_event_of_what_changed() -> None:
    with make.refused(NotPermitted):
        save_settlement_terms(limits={"finance": Decimal(5000)}, by=make.actor("finance"))
    by = make.actor("executive")
    for wrong in ({"rep": Decimal(1)}, {"finance": Decimal(-1)}, {"finance": Decimal("0.001")}, {"nobody": None}):
        with make.refused(Malformed):
            save_settlement_terms(limits=wrong, by=by)
    assert save_settlement_terms(limits={"finance": Decimal("25.50"), "executive": Decimal(0)}, by=by).version == 2
    # The same once more changes nothing and tells nothing.
    assert save_settlement_terms(limits={"finance": Decimal("25.5")}, by=by).version == 2
    (event,) = Event.objects.filter(kind="settlement_terms.changed")
    assert event.data["changes"] == {
        "write_off_limit.finance": ["10.00", "25.50"],
        "write_off_limit.executive": ["unlimited", "0"],
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOffLimit.objects.create(role="finance", amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOffLimit.objects.create(role="rep", amount=-1)


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
