"""Two people at once where money of another currency meets invoices, and where taxes are kept."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.billing.actions import (
    allocate_payment,
    deallocate_payment,
    issue_invoice,
    offset_deposit,
    pay_deposit,
    request_deposit,
)
from shundan.billing.models import Allocation, Invoice, InvoiceLine
from shundan.catalog.actions import (
    PriceInput,
    RateInput,
    TaxInput,
    TaxPeriodInput,
    TaxRuleInput,
    add_tax_rule,
    change_tax,
    save_exchange_rates,
)
from shundan.catalog.models import ExchangeRate, TaxPeriod, TaxRule
from shundan.fulfilment.actions import ship_order
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def test_many_pay_one_foreign_invoice_and_nothing_is_a_cent_off() -> None:
    rates = [
        RateInput(currency="USD", valid_from=date(2026, 3, day), rate=D(rate))
        for day, rate in ((1, "7.0137"), (2, "7.1"))
    ]
    save_exchange_rates(rates, by=make.boss())
    product = make.product(stock=7, prices=(PriceInput(amount=D("14.29"), currency="USD"),))
    order = make.order(products=[product], quantity=7, currency="USD", state="shipped")
    invoice = issue_invoice(order.number, by=make.boss())
    money = [
        make.payment(order.buyer, "25.00", currency="USD", is_automatic=False, received_on=date(2026, 3, 1))
        for _ in range(5)
    ]
    before = deadlocks()
    outcomes = crowd(5, lambda i: allocate_payment(money[i].number, {invoice.number: D("25.00")}, by=make.boss()))
    # Four fit into 100.03, the fifth would be too much.
    assert (codes(outcomes), deadlocks()) == (["ok"] * 4 + ["over_allocated"], before)
    paying = list(Allocation.objects.values_list("payment__number", flat=True))
    crowd(2, lambda i: deallocate_payment(paying[i], invoice=invoice.number, by=make.boss()))
    left = Invoice.objects.get().open_amount
    for one in money:
        one.refresh_from_db()
    free = [one for one in money if one.unallocated]
    for one in free:
        share = min(left, one.unallocated)
        if share:
            allocate_payment(one.number, {invoice.number: share}, by=make.boss())
            left -= share
    worth = sum(InvoiceLine.objects.values_list("company_gross", flat=True))
    assert (left, sum(Allocation.objects.values_list("settled", flat=True))) == (D(0), worth)


def test_of_two_who_change_a_tax_or_take_a_place_one_does() -> None:
    make.shipped()
    periods = (TaxPeriodInput(rate=D("0.03")),)
    wish = TaxInput(code="vat3", name_zh="增值税 3%", name_en="VAT 3%", periods=periods)
    outcomes = crowd(4, lambda i: change_tax("vat3", wish, version=1, by=make.boss()))
    assert codes(outcomes) == ["ok"] + ["version_conflict"] * 3
    assert TaxPeriod.objects.filter(tax_rate__code="vat3").count() == 1
    outcomes = crowd(4, lambda i: add_tax_rule(TaxRuleInput(name=f"{i}", rank=77, tax="zero"), by=make.boss()))
    assert codes(outcomes) == ["invalid_input"] * 3 + ["ok"]
    assert TaxRule.objects.filter(rank=77).count() == 1


def test_two_who_enter_the_same_days_never_cross() -> None:
    days = [date(2026, 1, day) for day in range(1, 20)]
    before = deadlocks()

    def enter(i: int) -> None:
        order = days if i % 2 else days[::-1]
        given = [RateInput(currency="USD", valid_from=day, rate=D(7) + i) for day in order]
        save_exchange_rates(given, by=make.boss())

    assert (codes(crowd(4, enter)), deadlocks()) == (["ok"] * 4, before)
    assert (ExchangeRate.objects.count(), ExchangeRate.objects.values("rate").distinct().count()) == (19, 1)


def test_two_invoices_offset_one_deposit_at_once_and_no_cent_twice() -> None:
    """By themselves, when they are issued at one moment; and by hand, where only one finds the money."""
    first = make.order(lines=2, state="confirmed")
    deposit = request_deposit(first.number, kind="advance", amount=D("1500.00"), by=make.boss())
    pay_deposit(deposit.number, amount=D("1500.00"), method="bank_transfer", by=make.boss())
    ship_order(first.number, by=make.boss())
    before = deadlocks()
    outcomes = crowd(2, lambda i: issue_invoice(first.number, quantities={i + 1: D(10)}, by=make.boss()))
    paid = sorted(Invoice.objects.values_list("allocated", flat=True))
    assert (codes(outcomes), paid, deadlocks()) == (["ok", "ok"], [D(500), D(1000)], before)
    invoices = list(Invoice.objects.order_by("id"))
    money = Allocation.objects.values_list("payment__number", flat=True)[0]
    crowd(2, lambda i: deallocate_payment(money, invoice=invoices[i].number, by=make.boss()))
    outcomes = crowd(
        2, lambda i: offset_deposit(deposit.number, invoice=invoices[i].number, amount=D("800.00"), by=make.boss())
    )
    deposit.refresh_from_db()
    assert (codes(outcomes), deposit.offset, deposit.held) == (["deposit_too_much", "ok"], D(800), D(700))
    assert deadlocks() == before
