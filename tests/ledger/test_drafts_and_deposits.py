"""Journals of acceptance drafts and of deposits that end badly: the draft comes to nothing, money to the truth."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.billing.actions import fund_deposit, settle_deposit
from shundan.billing.models import Bill
from shundan.ledger.actions import close_period
from shundan.ledger.actions.periods import PeriodClosed
from shundan.ledger.queries import trial_balance
from shundan.orders.actions import move_order
from shundan.settlement.actions import (
    collect_draft,
    discount_draft,
    dishonour_draft,
    endorse_draft,
    make_statement,
    present_draft,
    take_draft,
    write_off_rest,
)
from shundan.settlement.models import DraftEntry
from tests import make
from tests.billing.test_deposits import asked, cancelled
from tests.billing.test_requests import Office
from tests.billing.test_requests import office as office
from tests.jobs import do_jobs
from tests.ledger.test_journals import entries, settled
from tests.settlement.test_drafts import draft_of

pytestmark = pytest.mark.django_db
D = Decimal


def balance(code: str) -> Decimal:
    """Return what an account has come to: debits positive, as of assets and costs."""
    rows = trial_balance(date(2026, 3, 1), date(2026, 3, 1), by=make.boss())
    return next((one.closing for one in rows if one.account.code == code), D(0))


def test_a_discounted_draft_is_money_less_its_cost_and_the_bank_takes_it_back() -> None:
    invoice = make.invoice()
    draft = take_draft(draft_of(invoice.customer), by=make.boss())
    discount_draft(draft.number, bank="工行", cost=D("12.50"), by=make.boss())
    settled()
    assert entries("payment") == [("1121", D("1000.00"), D(0)), ("2203", D(0), D("1000.00"))]
    assert entries("draft") == [
        ("1002", D("987.50"), D(0)),
        ("660303", D("12.50"), D(0)),
        ("1121", D(0), D("1000.00")),
    ]
    dishonour_draft(draft.number, reason="追索", by=make.boss())
    settled()
    assert entries("draft")[3:] == [("1002", D("-1000.00"), D(0)), ("1121", D(0), D("-1000.00"))]
    assert (balance("1121"), balance("1002"), balance("660303")) == (0, D("-12.50"), D("12.50"))
    assert balance("1122") == 1000


def test_a_collected_draft_becomes_money_in_the_bank() -> None:
    invoice = make.invoice()
    draft = take_draft(draft_of(invoice.customer), by=make.boss())
    present_draft(draft.number, by=make.boss())
    collect_draft(draft.number, by=make.boss())
    settled()
    assert (balance("1121"), balance("1002"), balance("1122")) == (0, 1000, 0)


def test_an_endorsed_draft_pays_the_supplier_and_the_journal_is_taken_back_with_it(office: Office) -> None:
    invoice = make.invoice()
    draft = take_draft(draft_of(invoice.customer), by=make.boss())
    endorse_draft(draft.number, bill=Bill.objects.get(number=office.bill).number, by=make.boss())
    settled()
    assert entries("disbursement") == [("2202", D("1000.00"), D(0)), ("1121", D(0), D("1000.00"))]
    dishonour_draft(draft.number, reason="拒付", by=make.boss())
    settled()
    assert entries("disbursement_reversal") == [("2202", D("-1000.00"), D(0)), ("1121", D(0), D("-1000.00"))]
    assert (balance("1121"), balance("1122")) == (0, 1000)


def test_earnest_money_that_is_ours_is_income_and_what_we_return_beside_it_is_a_loss() -> None:
    settle_deposit(cancelled().number, outcome="forfeit", reason="客户违约", by=make.actor("executive"))
    settled()
    assert entries("refund") == [("2203", D("200.00"), D(0)), ("6301", D(0), D("200.00"))]
    settle_deposit(cancelled().number, outcome="double", reason="我方无法供货", by=make.actor("executive"))
    settled()
    assert entries("payment")[4:] == [("6711", D("200.00"), D(0)), ("2203", D(0), D("200.00"))]


def test_a_draft_that_bounces_after_its_deposit_was_forfeited_takes_the_income_back() -> None:
    order = make.order(state="confirmed")
    deposit = asked(order)
    draft = take_draft(draft_of(order.buyer), by=make.boss())
    assert draft.payment is not None
    fund_deposit(deposit.number, payment=draft.payment.number, by=make.boss())
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason": "客户取消"})
    settle_deposit(deposit.number, outcome="forfeit", reason="客户违约", by=make.actor("executive"))
    settled()
    assert (balance("1121"), balance("2203"), balance("6301")) == (1000, 800, 200)
    dishonour_draft(draft.number, reason="余额不足", by=make.actor("finance"))
    settled()
    assert (balance("1121"), balance("2203"), balance("6301")) == (0, 0, 0)
    assert entries("refund")[2:] == [("2203", D("-200.00"), D(0)), ("6301", D(0), D("-200.00"))]
    deposit.refresh_from_db()
    draft.payment.refresh_from_db()
    assert (deposit.received, deposit.forfeited, deposit.held, deposit.outcome) == (0, 0, 0, "forfeit")
    assert (draft.payment.refunded, draft.payment.held, draft.payment.reversed_at is None) == (0, 0, False)
    assert make.credit(order.buyer) == (0, 0, 0)
    stated = make_statement(order.buyer.number, until=date(2026, 3, 31), by=make.on(make.boss(), days=40))
    assert stated.closing == 0


def test_a_draft_that_bounces_opens_deposit_invoice_and_rest_again() -> None:
    """1,000.00 came: 200.00 held for another order, 790.00 pay an invoice, 10.00 were kept as income."""
    invoice = make.invoice()
    waiting = make.order(state="confirmed", of=invoice.customer)
    deposit = asked(waiting)
    draft = take_draft(draft_of(invoice.customer), allocations={invoice.number: D(790)}, by=make.boss())
    assert draft.payment is not None
    fund_deposit(deposit.number, payment=draft.payment.number, by=make.boss())
    write_off_rest(draft.payment.number, reason="零头", by=make.boss())
    dishonour_draft(draft.number, reason="余额不足", by=make.actor("finance"))
    settled()
    invoice.refresh_from_db()
    deposit.refresh_from_db()
    assert (invoice.open_amount, deposit.received, deposit.state) == (1000, 0, "open")
    assert (balance("1121"), balance("1122"), balance("2203"), balance("6301")) == (0, 1000, 0, 0)
    assert make.credit(invoice.customer) == (make.fresh(waiting.number).exposure, 1000, 0)


def test_journals_of_forfeited_money_do_not_wait_for_the_night() -> None:
    settle_deposit(cancelled().number, outcome="forfeit", reason="客户违约", by=make.actor("executive"))
    settle_deposit(cancelled().number, outcome="double", reason="我方无法供货", by=make.actor("executive"))
    do_jobs()
    assert entries("refund") == [("2203", D("200.00"), D(0)), ("6301", D(0), D("200.00"))]
    assert entries("payment")[4:] == [("6711", D("200.00"), D(0)), ("2203", D(0), D("200.00"))]


def test_a_closed_month_takes_no_money_of_drafts() -> None:
    draft = take_draft(draft_of(make.invoice().customer), by=make.boss())
    settled()
    close_period(date(2026, 2, 1), by=make.actor("finance"))
    with make.refused(PeriodClosed):
        discount_draft(draft.number, bank="工行", cost=D(1), by=make.boss(), on=date(2026, 2, 27))
    assert DraftEntry.objects.count() == 0
