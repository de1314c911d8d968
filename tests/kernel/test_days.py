"""The company's calendar is one: settings, actors, functions of the database and what is counted by them agree."""

from datetime import UTC, date, datetime

import pytest
from django.conf import LazySettings
from django.db import connection

from shundan.analytics.models import StockDay
from shundan.billing.actions import reverse_payment
from shundan.config.prepare import keep_zone
from shundan.kernel.actor import system_actor
from shundan.kernel.days import company_day, keep_company_zone
from shundan.ledger.actions import close_period, post_missing_journals
from shundan.ledger.actions.periods import PeriodClosed
from shundan.ledger.models import Journal
from tests import make

pytestmark = pytest.mark.django_db
# The last evening of March in Shanghai, where it is 23:30; in Auckland it is half past four on the 1 April already.
EVENING = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
DAYS = "select company_day(%s), ledger_day(%s), analytics_day(%s)"


def days() -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute(DAYS, [EVENING] * 3)
        return {*cursor.fetchone(), company_day(EVENING), system_actor(EVENING).today}


def test_the_database_counts_days_in_the_zone_of_the_settings(settings: LazySettings) -> None:
    assert days() == {date(2026, 3, 31)}
    assert keep_company_zone() is False
    settings.TIME_ZONE = "Pacific/Auckland"
    keep_zone()
    assert days() == {date(2026, 4, 1)}
    assert keep_company_zone() is False
    settings.TIME_ZONE = "Asia/Shanghai"
    assert keep_company_zone() is True
    assert days() == {date(2026, 3, 31)}


def test_periods_and_journals_follow_the_zone(settings: LazySettings) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    keep_zone()
    by = make.boss(at=EVENING)
    first, second = (make.payment(make.customer(), "10.00") for _each in range(2))
    reverse_payment(first.number, reason="退票", by=make.boss(at=EVENING))
    while post_missing_journals(at=by.at):
        pass
    assert Journal.objects.get(source_kind="payment_reversal").booked_on == date(2026, 4, 1)
    close_period(date(2026, 3, 1), by=make.boss(at=datetime(2026, 4, 2, tzinfo=UTC)))
    reverse_payment(second.number, reason="退票", by=make.boss(at=EVENING))
    with make.refused(PeriodClosed):
        make.payment(make.customer(), "10.00")


def test_stock_days_are_counted_again_in_the_new_zone(settings: LazySettings) -> None:
    product = make.product(stock=5)
    (before,) = StockDay.objects.filter(product=product).values_list("on", "came")
    settings.TIME_ZONE = "Pacific/Pago_Pago"
    keep_zone()
    (after,) = StockDay.objects.filter(product=product).values_list("on", "came")
    assert (before, after) == ((date(2026, 3, 2), 5), (date(2026, 3, 1), 5))
