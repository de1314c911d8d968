"""Revaluation: foreign receivables and payables at the rate of the month's end, taken back the next day, once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from shundan.billing.actions import issue_invoice, register_bill
from shundan.billing.models import Invoice
from shundan.catalog.actions import PriceInput, RateInput, save_exchange_rates
from shundan.catalog.queries import NoExchangeRate
from shundan.fulfilment.actions import receive_goods
from shundan.kernel.errors import NotPermitted
from shundan.ledger.actions import OpeningLine, close_period, enter_opening_balances, revalue_month
from shundan.ledger.actions.periods import PeriodClosed, PeriodNotOver
from shundan.ledger.models import Journal, JournalLine, Revaluation
from shundan.ledger.queries import preview_revaluation
from shundan.ledger.queries.proof import ledger_differences
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make
from tests.api.client import Api, token_of

pytestmark = pytest.mark.django_db
D = Decimal
MARCH, APRIL_1 = date(2026, 3, 1), date(2026, 4, 1)
APRIL = make.on(make.boss(), days=31)


@pytest.fixture
def invoice() -> Invoice:
    """Return an invoice of 100.11 dollars at 7.00; on the last day of March a dollar is worth 7.10."""
    _rates((date(2026, 3, 1), "7.00"), (date(2026, 3, 31), "7.10"), (date(2026, 4, 1), "7.30"))
    return _billed()


def _rates(*rates: tuple[date, str]) -> None:
    save_exchange_rates([RateInput(currency="USD", valid_from=day, rate=D(rate)) for day, rate in rates], by=APRIL)


def _billed(days: int = 0) -> Invoice:
    goods = make.product(stock=3, prices=(PriceInput(amount=D("33.37"), currency="USD"),))
    order = make.order(state="shipped", quantity=3, products=[goods], currency="USD", includes_tax=True)
    return issue_invoice(order.number, by=make.on(make.boss(), days=days))


def _bill() -> None:
    supplier = create_supplier(SupplierInput(name="Acme Pumps Inc.", country="US", currency="USD"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=D(3), unit_price=D("33.33"))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,)), by=make.boss())
    receive_goods(order.number, by=make.boss())
    register_bill(order.number, by=make.boss())


def _said(kind: str) -> list[tuple[str, Decimal, Decimal]]:
    rows = JournalLine.objects.filter(journal__source_kind=kind).order_by("journal_id", "position")
    return list(rows.values_list("account__code", "debit", "credit"))


def test_a_gain_of_receivables_and_a_loss_of_payables_taken_back_the_next_day(invoice: Invoice) -> None:
    _bill()
    (made,) = revalue_month(MARCH, by=make.actor("finance", at=APRIL.at))
    # 100.11 × 0.10 gained, 99.99 × 0.10 lost.
    assert (made.number, made.currency, made.rate, made.gain) == ("RV-202603-USD-1", "USD", D("7.1"), D("0.01"))
    assert _said("revaluation") == [("1122", D("10.01"), 0), ("2202", 0, D("10.00")), ("660302", 0, D("0.01"))]
    assert _said("revaluation_reversal") == [(code, -debit, -credit) for code, debit, credit in _said("revaluation")]
    days = dict(Journal.objects.filter(source_kind__startswith="reval").values_list("source_kind", "booked_on"))
    assert days == {"revaluation": date(2026, 3, 31), "revaluation_reversal": APRIL_1}
    assert ledger_differences() == []


def test_asked_again_it_books_only_what_was_posted_since(invoice: Invoice) -> None:
    assert len(revalue_month(MARCH, by=APRIL)) == 1
    assert revalue_month(MARCH, by=APRIL) == [] and Revaluation.objects.count() == 1
    _billed(days=1)
    (later,) = revalue_month(MARCH, by=APRIL)
    assert (later.number, later.gain) == ("RV-202603-USD-2", D("10.01"))
    assert [one.gain for one in preview_revaluation(MARCH, by=APRIL)] == [0, 0]
    # In April nothing of March's revaluation is left: the invoices stand at the rate they were written with.
    assert {one.booked for one in preview_revaluation(APRIL_1, by=APRIL)} == {D("700.77")}
    (april,) = revalue_month(APRIL_1, by=make.on(APRIL, days=31))
    assert april.gain == 2 * (D("730.80") - D("700.77"))


def test_opening_balances_in_dollars_are_revalued_too(invoice: Invoice) -> None:
    customer = make.customer().number
    lines = [
        OpeningLine(account="1122", debit=D("6500.00"), customer=customer, currency="USD", amount=D("1000.00")),
        OpeningLine(account="4001", credit=D("6500.00")),
    ]
    enter_opening_balances(MARCH, lines, by=make.boss())
    (made,) = revalue_month(MARCH, by=APRIL)
    assert made.gain == D("10.01") + D("600.00")


def test_what_is_refused_leaves_nothing(invoice: Invoice) -> None:
    with make.refused(PeriodNotOver):
        revalue_month(MARCH, by=make.boss())
    for role in ("executive", "auditor", "rep"):
        with make.refused(NotPermitted):
            revalue_month(MARCH, by=make.actor(role, at=APRIL.at))
    close_period(MARCH, by=APRIL)
    with make.refused(PeriodClosed):
        revalue_month(MARCH, by=APRIL)
    assert not Revaluation.objects.exists()


def test_without_a_rate_it_is_refused_and_a_record_is_final(invoice: Invoice) -> None:
    revalue_month(MARCH, by=APRIL)

    def change() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update ledger_revaluation set gain = 0")

    with pytest.raises(DatabaseError, match="final"):
        change()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("delete from catalog_exchangerate")
        with make.refused(NoExchangeRate):
            preview_revaluation(MARCH, by=APRIL)
        transaction.set_rollback(True)


def test_over_the_api(invoice: Invoice) -> None:
    clerk = Api(token_of(make.person("finance")))
    done = clerk.post("/accounting-periods/2026-03/revalue")
    assert (done.status, done.body["open"][0]["gain"]) == (200, "0.00")
    assert [(one["number"], one["gain"], one["rate"]) for one in done.body["items"]] == [
        ("RV-202603-USD-1", "10.01", "7.1")
    ]
    assert clerk.post("/accounting-periods/2026-03/revalue").body["items"] == done.body["items"]
    (open_,) = clerk.get("/accounting-periods/2026-03/revaluation").body["open"]
    assert (open_["amount"], open_["booked"], open_["worth"], open_["customer"]) == (
        "100.11",
        "710.78",
        "710.78",
        invoice.customer.number,
    )
