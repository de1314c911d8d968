"""Closed months take nothing: refused with a cure wherever something is posted, also at the same moment."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from shundan.billing.actions import (
    allocate_payment,
    credit_invoice,
    deallocate_payment,
    issue_invoice,
    pay_bill,
    refund_payment,
    register_bill,
    reverse_bill,
    reverse_payment,
)
from shundan.billing.models import Invoice
from shundan.fulfilment.actions import receive_goods
from shundan.inventory.actions import receive_stock
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.ledger.actions import close_period, reopen_period
from shundan.ledger.actions.periods import PeriodAsWanted, PeriodClosed, PeriodNotOver
from shundan.ledger.models import AccountingPeriod, Journal
from shundan.ledger.queries import months_of_books
from shundan.ledger.queries.sources import unposted
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.settlement.actions import write_off_invoice, write_off_rest
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal
MARCH = date(2026, 3, 1)
APRIL = make.on(make.boss(), days=31)


def test_closing_writes_what_is_missing_and_needs_the_right_and_a_month_that_is_over() -> None:
    make.invoice()
    with make.refused(PeriodNotOver):
        close_period(MARCH, by=make.boss())
    for role in ("rep", "executive", "auditor", "admin"):
        with make.refused(NotPermitted):
            close_period(MARCH, by=make.actor(role, at=APRIL.at))
    assert Journal.objects.count() == 0
    period = close_period(date(2026, 3, 17), reason="月末结账", by=make.actor("finance", at=APRIL.at))
    assert (period.starts_on, period.state, period.reason) == (MARCH, "closed", "月末结账")
    assert Journal.objects.count() > 0
    assert not any(unposted(kind).exists() for kind in ("invoice", "goods"))
    with make.refused(PeriodAsWanted):
        close_period(MARCH, by=APRIL)
    (april, march) = months_of_books(by=APRIL)
    assert (april.state, march.state, march.journals) == ("open", "closed", Journal.objects.count())


def test_each_posting_into_a_closed_month_is_refused_and_reopening_lets_it_through() -> None:
    billed, other = make.invoice(), make.invoice()
    order = make.order(state="shipped")
    money = make.payment(billed.customer, "400.00")
    loose = make.payment(other.customer, "50.00", is_automatic=False)
    supplier = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=D(10), unit_price=D(5))
    bought = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    receive_goods(bought.number, by=make.boss(), quantities={1: D(5)})
    bill = register_bill(bought.number, by=make.boss())
    receive_goods(bought.number, by=make.boss(), quantities={1: D(2)})
    goods = make.product(stock=1)
    close_period(MARCH, by=APRIL)
    old = make.boss()
    attempts = {
        "invoice": lambda: issue_invoice(order.number, by=old),
        "credit note": lambda: credit_invoice(other.number, reason="x", by=old),
        "payment": lambda: make.payment(other.customer, "1.00", received_on=date(2026, 3, 1)),
        "allocation": lambda: allocate_payment(loose.number, {other.number: D(50)}, by=old),
        "deallocation": lambda: deallocate_payment(money.number, invoice=billed.number, by=old),
        "reversal": lambda: reverse_payment(loose.number, reason="x", by=old),
        "refund": lambda: refund_payment(
            loose.number, amount=D(1), method="cash", reason="x", refunded_on=date(2026, 3, 9), by=APRIL
        ),
        "write-off": lambda: write_off_invoice(other.number, amount=D(1), reason="x", by=old),
        "rest": lambda: write_off_rest(loose.number, reason="x", by=old),
        "bill": lambda: register_bill(bought.number, billed_on=date(2026, 3, 30), by=APRIL),
        "debit note": lambda: reverse_bill(bill.number, reason="x", by=old),
        "payment out": lambda: pay_bill(bill.number, amount=D(1), method="cash", paid_on=date(2026, 3, 9), by=APRIL),
        "goods": lambda: receive_stock(
            product_id=goods.pk, warehouse_id=make.main_warehouse().pk, quantity=D(1), reason="purchase", by=old
        ),
    }
    for name, attempt in attempts.items():
        with make.refused(PeriodClosed, "period_closed") as caught:
            attempt()
        assert "2026-03" in caught.value.message, name
    with make.refused(NotPermitted):
        reopen_period(MARCH, reason="补票", by=make.actor("finance", at=APRIL.at))
    with make.refused(Malformed):
        reopen_period(MARCH, reason=" ", by=APRIL)
    reopen_period(MARCH, reason="补票", by=make.actor("executive", at=APRIL.at))
    for name, attempt in attempts.items():
        with make.undone():
            assert attempt() is not None, name
    with make.refused(PeriodAsWanted):
        reopen_period(MARCH, reason="补票", by=APRIL)


def test_the_database_itself_refuses_a_closed_month() -> None:
    invoice = make.invoice()
    close_period(MARCH, by=APRIL)

    def insert() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "insert into billing_payment (number, customer_id, currency, amount, allocated, method, account,"
                " provider, reference, received_on, remark, created_at, created_by_name)"
                " values ('X', %s, 'CNY', 1, 0, 'cash', '', '', '', '2026-03-05', '', now(), '')",
                [invoice.customer_id],
            )

    with pytest.raises(DatabaseError, match="period_closed"):
        insert()
    assert Invoice.objects.count() == 1 and AccountingPeriod.objects.count() == 1
