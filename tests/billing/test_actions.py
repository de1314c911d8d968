"""Invoices, credit notes and payments: exact values, refusals, and papers that nobody can change."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from shundan.billing.actions import (
    allocate_payment,
    credit_invoice,
    deallocate_payment,
    issue_invoice,
    register_bill,
    register_payment,
)
from shundan.billing.actions.issuing import NothingToInvoice, NotInvoiceable
from shundan.billing.actions.payments import OverAllocated, PaymentKnown
from shundan.billing.models import Allocation, Invoice, Payment
from shundan.billing.queries.undo import InvoicePaid
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db


def test_a_line_that_is_billed_in_sevenths_adds_up() -> None:
    order = make.order(state="shipped", quantity=7, price="14.29")
    parts = [issue_invoice(order.number, by=make.boss(), quantities={1: Decimal(1)}) for _ in range(7)]
    assert sum(part.total for part in parts) == order.total == Decimal("100.03")
    assert sum(part.net for part in parts) == order.net
    assert sum(part.tax for part in parts) == order.tax
    assert {part.total for part in parts} == {Decimal("14.29")}
    assert {abs(part.tax - Decimal("1.64")) <= Decimal("0.01") for part in parts} == {True}
    assert make.fresh(order.number).state == "completed"


@pytest.mark.parametrize(
    ("quantities", "refusal", "path"),
    [
        ({1: Decimal(11)}, NotInvoiceable, "lines[0].quantity"),
        ({2: Decimal(1)}, Malformed, "lines[1]"),
        ({1: Decimal(-1)}, Malformed, "lines[0].quantity"),
        ({1: Decimal(0)}, Malformed, "lines[0].quantity"),
        ({}, Malformed, "lines"),
        ({1: Decimal("1" * 40)}, NotInvoiceable, "lines[0].quantity"),
    ],
)
def test_more_than_was_shipped_is_not_billed(quantities: Any, refusal: Any, path: str | None) -> None:
    order = make.order(state="shipped")
    with make.refused(refusal) as caught:
        issue_invoice(order.number, by=make.boss(), quantities=quantities)
    assert [detail.path for detail in caught.value.details] == ([path] if path else [])


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "confirmed"])
def test_nothing_is_billed_before_it_is_shipped(state: str) -> None:
    order = make.order(state=state, quantity=600)
    with make.refused(NothingToInvoice):
        issue_invoice(order.number, by=make.boss())


def test_a_free_sample_is_billed_credited_once_and_never_due() -> None:
    goods = make.product(stock=5)
    line = LineInput(sku=goods.sku, quantity=Decimal(1), unit_price=Decimal(0))
    order = place_order(OrderInput(customer=make.customer().number, lines=(line,)), by=make.boss())
    make.ship_order(order.number, by=make.boss())
    invoice = issue_invoice(order.number, by=make.boss())
    assert invoice.total == 0 and make.fresh(order.number).due_on is None
    credit_invoice(invoice.number, reason="测试", by=make.boss())
    with make.refused(InvoicePaid):
        credit_invoice(invoice.number, reason="测试", by=make.boss())


def test_a_credit_note_is_not_credited_and_needs_a_reason() -> None:
    invoice = make.invoice()
    for reason in ("", "  ", "\x00"):
        with make.refused(Malformed):
            credit_invoice(invoice.number, reason=reason, by=make.boss())
    note = credit_invoice(invoice.number, reason="a\x00b", by=make.boss())
    assert (note.reason, note.corrects_id) == ("ab", invoice.pk)
    assert Event.objects.get(kind="invoice.credited").data["reason"] == "ab"
    for number in (note.number, invoice.number):
        with make.refused(InvoicePaid):
            credit_invoice(number, reason="x", by=make.boss())


def test_the_order_falls_due_with_its_first_open_invoice() -> None:
    order = make.order(state="shipped")
    first = issue_invoice(order.number, by=make.boss(), quantities={1: Decimal(4)})
    later = make.on(make.boss(), days=10)
    second = issue_invoice(order.number, by=later, quantities={1: Decimal(4)})
    assert make.fresh(order.number).due_on == first.due_on == date(2026, 4, 1)
    make.payment(order.customer, "400.00")
    assert make.fresh(order.number).due_on == second.due_on == date(2026, 4, 11)
    credit_invoice(second.number, reason="测试", by=later)
    assert make.fresh(order.number).due_on is None


@pytest.mark.parametrize(
    "statement",
    [
        "update billing_invoice set total = total + 1, net = net + 1",
        "update billing_invoice set tax_title = 'x'",
        "delete from billing_invoice",
        "update billing_invoiceline set quantity = 1",
        "delete from billing_invoiceline",
        "update billing_allocation set amount = 1",
        "delete from billing_allocation",
    ],
)
def test_posted_papers_are_final_even_for_sql(statement: str) -> None:
    make.order(state="completed")
    final = pytest.raises(IntegrityError, match="credit note only")
    with final, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


class TestPayments:
    @pytest.mark.parametrize(
        ("values", "path"),
        [
            ({"amount": Decimal(0)}, "amount"),
            ({"amount": Decimal(-1)}, "amount"),
            ({"amount": Decimal("0.001")}, "amount"),
            ({"amount": Decimal("1" * 40)}, "amount"),
            ({"method": "barter"}, "method"),
            ({"currency": "yen"}, "currency"),
            ({"currency": "K\x00D"}, "currency"),
            ({"currency": "KWD"}, "currency"),
            ({"reference": "\x00"}, "remark"),
            ({"provider": "\x00", "reference": "x"}, "remark"),
            ({"remark": "x" * 501}, "remark"),
            ({"allocations": {"INV-NONE": Decimal(1)}}, "allocations.INV-NONE"),
            ({"allocations": {"\x00": Decimal(1)}}, "allocations.\x00"),
        ],
    )
    def test_bad_payments_are_refused_with_their_place(self, values: dict[str, Any], path: str) -> None:
        customer = make.customer()
        given = {"amount": Decimal(10), "method": "cash"} | values
        with make.refused(Malformed) as caught:
            register_payment(customer=customer.number, by=make.boss(), **given)
        assert path in [detail.path for detail in caught.value.details]

    def test_the_same_reference_is_booked_once(self) -> None:
        customer = make.customer()
        first = make.payment(customer, "10.00", provider="icbc", reference="R-1")
        with make.refused(PaymentKnown) as caught:
            make.payment(customer, "10.00", provider="icbc", reference="R-1")
        assert caught.value.facts["number"] == first.number
        make.payment(customer, "10.00", provider="boc", reference="R-1")

    def test_nothing_is_over_allocated(self) -> None:
        order = make.order(state="invoiced")
        number = Invoice.objects.get().number
        small = make.payment(order.customer, "100.00", is_automatic=False)
        big = make.payment(order.customer, "5000.00", is_automatic=False)
        for payment, amount in ((small, "100.01"), (big, "1000.01")):
            with make.refused(OverAllocated):
                allocate_payment(payment.number, {number: Decimal(amount)}, by=make.boss())
        for wrong in ({}, {number: Decimal(0)}, {number: Decimal("-1")}, {number: Decimal("0.001")}):
            with make.refused(Malformed):
                allocate_payment(big.number, wrong, by=make.boss())
        allocate_payment(small.number, {number: Decimal("100.00")}, by=make.boss())
        allocate_payment(big.number, {number: Decimal("900.00")}, by=make.boss())
        assert make.fresh(order.number).payment == "paid"
        assert make.credit(order.customer) == (Decimal(0), Decimal(0), Decimal("4100.00"))

    def test_money_of_one_customer_never_pays_anothers_invoice(self) -> None:
        make.order(state="invoiced")
        number = Invoice.objects.get().number
        foreign = make.payment(make.customer("别的客户"), "1000.00")
        assert foreign.allocated == 0
        with make.refused(Malformed):
            allocate_payment(foreign.number, {number: Decimal(1)}, by=make.boss())

    def test_taking_back_keeps_the_trail_and_happens_once(self) -> None:
        order = make.order(state="completed")
        payment, number = Payment.objects.get(), Invoice.objects.get().number
        deallocate_payment(payment.number, invoice=number, by=make.boss())
        assert sorted(Allocation.objects.values_list("amount", flat=True)) == [Decimal(-1000), Decimal(1000)]
        assert make.fresh(order.number).payment == "unpaid"
        for wrong in (number, "INV-NONE", "\x00"):
            with make.refused(NotFound):
                deallocate_payment(payment.number, invoice=wrong, by=make.boss())

    def test_money_for_one_order_pays_that_order(self) -> None:
        customer = make.customer()
        make.order(state="invoiced", of=customer)
        second = make.order(state="invoiced", of=customer)
        make.payment(customer, "600.00", order=second.number)
        assert make.fresh(second.number).paid == Decimal("600.00")


def test_only_finance_touches_money() -> None:
    order = make.order(state="invoiced")
    number, customer = Invoice.objects.get().number, order.customer.number
    payment = make.payment(order.customer, "1.00", is_automatic=False)
    deeds: list[Any] = [
        lambda by: issue_invoice(order.number, by=by),
        lambda by: credit_invoice(number, reason="x", by=by),
        lambda by: register_payment(customer=customer, amount=Decimal(1), method="cash", by=by),
        lambda by: allocate_payment(payment.number, {number: Decimal(1)}, by=by),
        lambda by: deallocate_payment(payment.number, invoice=number, by=by),
    ]
    for role in ("rep", "sales_manager", "warehouse", "service", "purchasing", "executive", "auditor", "admin"):
        for deed in deeds:
            with make.refused(NotPermitted):
                deed(make.actor(role))


def test_half_of_a_service_is_invoiced_and_billed() -> None:
    work = make.product(kind="service")
    sold = make.order(products=[work], quantity=1)
    half = {1: Decimal("0.5")}
    assert [issue_invoice(sold.number, by=make.boss(), quantities=half).total for _ in range(2)] == [50, 50]
    works = create_supplier(SupplierInput(name="货运公司"), by=make.boss())
    line = LineInput(sku=work.sku, quantity=Decimal(1), unit_price=Decimal(80))
    bought = place_order(OrderInput(type="purchase", supplier=works.number, lines=(line,)), by=make.boss())
    assert [register_bill(bought.number, by=make.boss(), quantities=half).total for _ in range(2)] == [40, 40]
