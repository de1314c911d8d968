"""A supplier's bill may differ from order and receipt within the company's tolerance; more is refused."""

from decimal import Decimal

import pytest

from shundan.billing.actions import pay_bill, register_bill, reverse_bill, take_back_disbursement
from shundan.billing.actions.bills import BillMismatch
from shundan.billing.models import Bill, Disbursement
from shundan.catalog.actions import save_exchange_rate
from shundan.fulfilment.actions import receive_goods
from shundan.kernel.errors import Malformed
from shundan.ledger.models import JournalLine
from shundan.ledger.queries.proof import ledger_differences
from shundan.orders.actions import LineInput, OrderInput, move_order, place_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.settlement.actions import save_settlement_terms
from tests import make
from tests.api.client import as_person
from tests.jobs import do_jobs
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
D = Decimal


def bought(**more: str) -> Order:
    """Return a purchase of ten at 6.00 with tax that has come in."""
    supplier = create_supplier(SupplierInput(name="宁波紧固件厂"), by=make.boss())
    line = LineInput(sku=make.product().sku, quantity=D(10), unit_price=D(6))
    order = place_order(OrderInput(type="purchase", supplier=supplier.number, lines=(line,), **more), by=make.boss())
    if order.category != "confirmed":
        order = move_order(order.number, "confirm", by=make.boss())
    receive_goods(order.number, by=make.boss())
    return make.fresh(order.number)


def lines_of(bill: Bill) -> list[tuple[str, str, str]]:
    rows = JournalLine.objects.filter(journal__source_kind="bill", journal__source_id=bill.pk)
    return sorted((one.role, str(one.debit), str(one.credit)) for one in rows)


@pytest.mark.parametrize(("total", "more"), [("60.05", "0.05"), ("59.40", "-0.60")])
def test_a_bill_within_the_tolerance_is_booked_paid_and_stands_in_the_books(total: str, more: str) -> None:
    order, zhao = bought(), make.boss()
    bill = register_bill(order.number, total=D(total), reference="F-1", by=zhao)
    assert (bill.total, bill.difference, bill.net + bill.tax) == (D(total), D(more), D("60.00"))
    order.refresh_from_db()
    assert (order.invoiced, order.invoicing) == (D("60.00"), "full")
    first = pay_bill(bill.number, amount=D("59.40"), method="cash", by=zhao)
    if D(more) > 0:
        pay_bill(bill.number, amount=D("0.65"), method="cash", by=zhao)
    bill.refresh_from_db()
    order.refresh_from_db()
    assert (bill.open_amount, order.paid, order.payment) == (D(0), D("60.00"), "paid")
    do_jobs()
    side = ("cost_variance", "0.05", "0.00") if D(more) > 0 else ("cost_variance", "0.00", "0.60")
    assert side in lines_of(bill)
    assert ledger_differences() == []
    take_back_disbursement(first.pk, reason="重复", by=zhao)
    order.refresh_from_db()
    assert order.paid == (D("0.65") if D(more) > 0 else D(0))


def test_what_is_above_the_tolerance_is_refused_with_what_would_be_accepted_and_changes_nothing() -> None:
    order, zhao = bought(), make.boss()
    before = make.everything()
    for total in ("60.61", "59.39", "66.00"):
        with make.refused(BillMismatch) as caught:
            register_bill(order.number, total=D(total), by=zhao)
        assert "0.60" in str(caught.value.details[0].message)
    with make.refused(Malformed):
        register_bill(order.number, total=D("60.001"), by=zhao)
    assert make.everything() == before
    save_settlement_terms(bill_tolerance_percent=D(0), by=zhao)
    with make.refused(BillMismatch):
        register_bill(order.number, total=D("60.01"), by=zhao)
    save_settlement_terms(bill_tolerance_percent=D(10), bill_tolerance_amount=D("6.00"), by=zhao)
    assert register_bill(order.number, total=D("66.00"), by=zhao).difference == D("6.00")


def test_a_bill_with_a_difference_is_taken_back_as_a_whole() -> None:
    order, zhao = bought(), make.boss()
    bill = register_bill(order.number, total=D("60.05"), reference="F-1", by=zhao)
    note = reverse_bill(bill.number, reason="错", by=zhao)
    assert (note.total, note.difference) == (D("-60.05"), D("-0.05"))
    order.refresh_from_db()
    assert (order.invoiced, order.paid) == (D(0), D(0))
    do_jobs()
    assert ("cost_variance", "-0.05", "0.00") in lines_of(note)
    assert ledger_differences() == []
    assert register_bill(order.number, total=D("60.00"), reference="F-1", by=zhao).difference == D(0)


def test_a_foreign_bill_is_judged_and_settled_in_company_currency() -> None:
    zhao = make.boss()
    save_exchange_rate(currency="USD", rate=D("7.10"), valid_from=zhao.today, by=zhao)
    order = bought(currency="USD")
    with make.refused(BillMismatch):
        register_bill(order.number, total=D("60.15"), by=zhao)
    bill = register_bill(order.number, total=D("60.14"), by=zhao)
    assert bill.difference == D("0.14")
    pay_bill(bill.number, amount=D("60.14"), method="cash", by=zhao)
    # 60.00 and 0.14 at 7.10 are 426.00 and 0.99.
    assert [one.settled for one in Disbursement.objects.all()] == [D("426.99")]
    do_jobs()
    assert ledger_differences() == []


def test_the_tolerance_is_kept_over_the_api_and_told_with_the_bill() -> None:
    boss = as_person(make.person("finance", "executive"))
    terms = boss.get("/settlement-terms").body
    assert (terms["bill_tolerance_percent"], terms["bill_tolerance_amount"]) == ("1.00", "1.00")
    kept = boss.put("/settlement-terms", {"bill_tolerance_amount": "0.04"})
    assert (kept.status, kept.body["bill_tolerance_amount"], kept.body["bill_tolerance_percent"]) == (
        200,
        "0.04",
        "1.00",
    )
    wrong = boss.put("/settlement-terms", {"bill_tolerance_percent": "101"})
    assert (wrong.status, wrong.body["details"][0]["path"]) == (422, "body.bill_tolerance_percent")
    order = bought()
    refused = boss.post(f"/orders/{order.number}/bills", {"total": "60.05"})
    assert (refused.status, refused.body["code"]) == (409, "bill_mismatch")
    made = boss.post(f"/orders/{order.number}/bills", {"total": "60.04"})
    assert (made.status, made.body["difference"], made.body["total"]) == (201, "0.04", "60.04")


def test_the_tolerance_is_kept_on_its_page_and_the_bill_says_what_differs(browser_of: Browser) -> None:
    web = browser_of(make.person("finance", "executive"))
    given = {"bill_tolerance_percent": "0.5", "bill_tolerance_amount": "2.00", "idempotency_key": "t-1"}
    assert web.post("/settlement-terms/", given).status_code == 303
    page = web.get("/settlement-terms/").content.decode()
    assert 'value="0.5"' in page and 'value="2.00"' in page
    order = bought()
    paper = {"reference": "F-9", "idempotency_key": "b-1", "quantity-1": "10"}
    refused = web.post(f"/orders/{order.number}/bill/", {**paper, "total": "60.31"})
    assert (refused.status_code, "up to 0.30 is accepted" in refused.content.decode()) == (409, True)
    made = web.post(f"/orders/{order.number}/bill/", {**paper, "total": "60.30"})
    assert made.status_code == 303
    shown = web.get(made["Location"]).content.decode()
    assert "Differs from order and receipt by" in shown and "0.30" in shown and "60.30" in shown
