"""Money of another currency: the day's rate of each paper, and what exchange made of it when they met.

After each test all promises are asked of the database, those of exchange (I82, I83) among them.
"""

from datetime import date
from decimal import Decimal

import pytest

from shundan.billing.actions import (
    allocate_payment,
    credit_invoice,
    deallocate_payment,
    issue_invoice,
    pay_bill,
    register_bill,
)
from shundan.billing.models import Allocation, Disbursement, Invoice, InvoiceLine
from shundan.billing.queries import exchange_results, list_exchange_differences
from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates
from shundan.catalog.queries import NoExchangeRate
from shundan.fulfilment.actions import receive_goods
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
D = Decimal
LATER = make.on(make.boss(), days=7)


def _rates(*rates: tuple[str, int, str]) -> None:
    wanted = [RateInput(currency=code, valid_from=date(2026, 3, day), rate=D(rate)) for code, day, rate in rates]
    save_exchange_rates(wanted, by=make.boss())


def _order(price: str = "33.37", quantity: int = 3, currency: str = "USD") -> Order:
    goods = [make.product(stock=quantity, prices=(PriceInput(amount=D(price), currency=currency),)) for _ in range(2)]
    return make.order(state="shipped", quantity=quantity, products=goods, currency=currency, includes_tax=True)


def test_each_paper_takes_the_rate_of_its_own_day_and_the_difference_is_kept() -> None:
    _rates(("USD", 1, "7.0000"), ("USD", 5, "7.1000"), ("USD", 9, "7.2500"))
    order = _order()
    assert (order.exchange_rate, order.total, order.company_total) == (D(7), D("200.22"), D("1401.54"))
    invoice = issue_invoice(order.number, by=make.on(make.boss(), days=4))
    assert invoice.exchange_rate == D("7.1")
    worths = sorted(InvoiceLine.objects.filter(invoice=invoice).values_list("gross", "company_gross", "company_net"))
    assert worths == [(D("100.11"), D("710.78"), D("628.99"))] * 2, "each line is rounded once"
    money = make.payment(order.buyer, "200.22", currency="USD", received_on=date(2026, 3, 9), by=LATER)
    assert money.exchange_rate == D("7.25")
    paid = Allocation.objects.get()
    assert (paid.received, paid.settled, paid.exchange_difference) == (D("1451.60"), D("1421.56"), D("30.04"))
    (result,) = exchange_results(by=make.boss(), year=2026)
    assert (result.currency, result.gain, result.loss, result.total) == ("USD", D("30.04"), D(0), D("30.04"))
    assert [one.exchange_difference for one in list_exchange_differences(by=make.boss()).items] == [D("30.04")]


def test_parts_add_up_and_what_is_taken_back_takes_its_difference_along() -> None:
    _rates(("USD", 1, "7.1111"), ("USD", 3, "6.9999"))
    order = _order("0.37", 7)
    invoice = issue_invoice(order.number, by=make.boss())
    worth = sum(invoice.lines.values_list("company_gross", flat=True))
    first = make.payment(
        order.buyer,
        "3.00",
        currency="USD",
        received_on=date(2026, 3, 3),
        allocations={invoice.number: D("1.01")},
        by=LATER,
    )
    allocate_payment(first.number, {invoice.number: D("1.99")}, by=make.boss())
    rest = invoice.total - 3
    make.payment(order.buyer, str(rest), currency="USD", received_on=date(2026, 3, 3), by=LATER)
    settled = sum(Allocation.objects.values_list("settled", flat=True))
    assert (settled, Invoice.objects.get().open_amount) == (worth, 0)
    received = sum(Allocation.objects.filter(payment=first).values_list("received", flat=True))
    assert received == D("21.00"), "3.00 × 6.9999, rounded once for the whole payment"
    deallocate_payment(first.number, invoice=invoice.number, by=make.boss())
    mine = Allocation.objects.filter(payment=first)
    assert (sum(one.received for one in mine), sum(one.exchange_difference for one in mine)) == (
        D(0),
        -sum(one.settled for one in mine),
    )


def test_money_of_our_own_currency_has_no_difference() -> None:
    order = make.order(state="completed")
    assert Allocation.objects.get().exchange_difference == 0
    assert exchange_results(by=make.boss(), year=2026) == []
    assert order.company_total == order.total


def test_a_credit_note_mirrors_the_invoice_at_its_own_rate() -> None:
    _rates(("USD", 1, "7.0000"), ("USD", 5, "7.9000"))
    order = _order()
    invoice = issue_invoice(order.number, by=make.boss())
    note = credit_invoice(invoice.number, reason="错开", by=make.on(make.boss(), days=10))
    assert note.exchange_rate == invoice.exchange_rate == D(7)
    columns = ("quantity", "net", "tax", "gross", "company_net", "company_gross", "tax_rate")
    lines, back = (list(one.lines.order_by("order_line_id").values_list(*columns)) for one in (invoice, note))
    assert back == [tuple(-value for value in line[:-1]) + line[-1:] for line in lines]


def test_yen_are_whole_and_ours_have_cents() -> None:
    _rates(("JPY", 1, "0.04657"))
    order = _order("99.6", 3, "JPY")
    invoice = issue_invoice(order.number, by=make.boss())
    assert (invoice.total, invoice.net) == (D(598), D(530))
    make.payment(order.buyer, "598", currency="JPY")
    paid = Allocation.objects.get()
    assert (paid.received, paid.settled, paid.exchange_difference) == (D("27.85"), D("27.84"), D("0.01"))


def test_money_without_a_rate_of_its_day_is_refused() -> None:
    customer = make.customer()
    with make.refused(NoExchangeRate):
        make.payment(customer, "10.00", currency="SEK")


def test_paying_a_supplier_dearer_than_billed_is_a_loss() -> None:
    _rates(("USD", 1, "7.0000"), ("USD", 3, "7.2000"))
    supplier = create_supplier(SupplierInput(name="Acme Pumps Inc.", country="US", currency="USD"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=D(3), unit_price=D("33.33"))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    receive_goods(order.number, by=make.boss())
    bill = register_bill(order.number, by=make.boss())
    for amount in ("33.33", "66.66"):
        pay_bill(bill.number, amount=D(amount), method="bank_transfer", by=make.on(make.boss(), days=2))
    paid = list(Disbursement.objects.order_by("id").values_list("settled", "paid_out", "exchange_difference"))
    assert paid == [(D("233.31"), D("239.98"), D("-6.67")), (D("466.62"), D("479.95"), D("-13.33"))]
    (result,) = exchange_results(by=make.boss(), year=2026)
    assert (result.gain, result.loss) == (D(0), D("-20.00"))
