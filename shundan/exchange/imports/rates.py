"""Rates of exchange for orders of long ago, so that history has a worth in company currency.

They are round figures of their time, not official ones: only used where nobody has entered a rate for those days.
"""

from datetime import date
from decimal import Decimal

from shundan.catalog.models import ExchangeRate

ROUND_RATES = {
    "USD": (
        (date(1990, 1, 1), Decimal("8.28")),
        (date(2008, 1, 1), Decimal("6.80")),
        (date(2023, 1, 1), Decimal("7.10")),
    ),
    "GBP": ((date(1990, 1, 1), Decimal("10.35")), (date(2018, 1, 1), Decimal("9.00"))),
}


def ensure_rates(currency: str) -> None:
    """Enter round rates for a currency that has none, or one from 1990 for a currency whose first rate is later."""
    first = ExchangeRate.objects.filter(currency=currency).order_by("valid_from").first()
    rows = ROUND_RATES[currency]
    if first is not None:
        rows = tuple(row for row in rows[:1] if row[0] < first.valid_from)
    ExchangeRate.objects.bulk_create(
        [ExchangeRate(currency=currency, valid_from=day, rate=rate) for day, rate in rows], ignore_conflicts=True
    )
