"""Which numbers somebody means who types only the running part of one: “342” for SO-2026-000342."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import F

from shundan.orders.models import OrderTypeVersion
from shundan.orders.queries.types import number_pattern
from shundan.orders.rules.patterns import NumberPattern

LONGEST_SEQUENCE = 9
DAYS, MONTHS, YEARS = 31, 12, 2


def numbers_of_sequence(typed: str, *, today: date) -> list[str]:
    """Return the numbers, in capitals, that the types in force give this sequence lately; one round trip or none.

    Lately is two years for numbers of a year, twelve months for those of a month, 31 days for those of a day.
    """
    if not (typed.isascii() and typed.isdigit()) or len(typed) > LONGEST_SEQUENCE or int(typed) == 0:
        return []
    versions = OrderTypeVersion.objects.filter(version=F("type__version")).values_list("pk", flat=True)
    patterns = {number_pattern(one) for one in versions}
    return sorted({one.number(int(typed), day).upper() for one in patterns for day in _days(one, today)})


def _days(pattern: NumberPattern, today: date) -> Iterator[date]:
    """Yield a day of each period whose numbers are still looked for."""
    yield today
    match pattern.period_format:
        case "%Y%m%d":
            yield from (today - timedelta(days=n) for n in range(1, DAYS))
        case "%Y%m":
            months = today.year * 12 + today.month - 1
            yield from (date((months - n) // 12, (months - n) % 12 + 1, 1) for n in range(1, MONTHS))
        case "%Y":
            yield from (date(today.year - n, 1, 1) for n in range(1, YEARS))
