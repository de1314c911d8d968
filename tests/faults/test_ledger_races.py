"""Closing a month and posting into it at the same moment: one waits for the other, never do both win."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.billing.models import Payment
from shundan.ledger.actions import close_period, hand_over_journals, post_missing_journals
from shundan.ledger.actions.periods import PeriodClosed
from shundan.ledger.actions.posting import post_journals_of
from shundan.ledger.models import HandOver, Journal
from shundan.ledger.queries.sources import unposted
from tests import make
from tests.faults.crowd import codes, crowd, deadlocks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
MARCH = date(2026, 3, 1)
APRIL = make.on(make.boss(), days=31)


def test_closing_and_posting_at_once_never_both_win() -> None:
    customers = [make.customer(f"客户 {i}") for i in range(7)]
    before = deadlocks()

    def work(i: int) -> object:
        if i == 7:
            return close_period(MARCH, by=APRIL)
        done = 0
        for turn in range(30):
            try:
                payment = make.payment(customers[i], f"{turn + 1}.00")
                post_journals_of(payment.subject, at=make.AT)
            except PeriodClosed:
                return done
            done += 1
        return done

    found = crowd(8, work)
    posted = sum(one for one in found[:7] if isinstance(one, int))
    assert Payment.objects.count() == posted == Journal.objects.count()
    # Whatever got in before the month was closed is in its journals, and nothing came after.
    assert not unposted("payment").exists()
    sequences = sorted(Journal.objects.filter(period=MARCH).values_list("sequence", flat=True))
    assert sequences == list(range(1, posted + 1))
    assert deadlocks() == before


def test_many_workers_write_each_journal_once_and_two_hand_overs_share_none() -> None:
    customer = make.customer()
    for turn in range(20):
        make.payment(customer, f"{turn + 1}.00")
    assert sum(one for one in crowd(4, lambda _i: post_missing_journals(at=make.AT)) if isinstance(one, int)) == 20
    assert Journal.objects.count() == 20

    def hand_over(_i: int) -> HandOver:
        return hand_over_journals(form="rest", until_on=date(2026, 3, 31), by=APRIL)

    assert codes(crowd(4, hand_over)) == ["nothing_to_hand_over"] * 3 + ["ok"]
    assert HandOver.objects.get().total == Journal.objects.filter(hand_over__isnull=False).count() == 20
    assert Journal.objects.filter(subject_key="").count() == 0
    assert sum(Journal.objects.values_list("total", flat=True), Decimal(0)) == Decimal(210)
