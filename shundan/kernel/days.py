"""The company's calendar: which day a moment is on, in Python and, by the function `company_day`, in SQL alike."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from shundan.kernel.errors import Detail, Malformed

# Near the ends of the calendar nothing can be counted with.
EARLIEST, LATEST = date(100, 1, 1), date(9000, 12, 31)
# Years that money which is entered now may have moved ago.
LONGEST_AGO = 10
_FUNCTION = sql.SQL(
    "create or replace function company_day(at timestamptz) returns date language sql immutable parallel safe"
    " return (at at time zone {zone})::date"
)


def company_zone() -> ZoneInfo:
    """Return the zone of the company, which `SHUNDAN_TIME_ZONE` names."""
    return ZoneInfo(settings.TIME_ZONE)


def company_day(at: datetime) -> date:
    """Return the company's calendar day of a moment, as `company_day` of the database does."""
    return at.astimezone(company_zone()).date()


def day_of_text(text: str) -> date:
    """Return a day written as 2026-01-31. Raises: ValueError for what is none, or at the ends of the calendar."""
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day


def day_that_came(day: date | None, *, today: date, path: str) -> date:
    """Return the day that money moved, today if none is named.

    A slip of the keyboard must not open a month of the books that is far ahead, or before their opening balances.
    Raises: Malformed, at the field `path`.
    """
    if day is not None and day > today:
        raise Malformed(details=[Detail(path, "in_future", _("This day has not come yet."))])
    if day is not None and day.year < today.year - LONGEST_AGO:
        raise Malformed(
            details=[Detail(path, "out_of_range", _("This day is more than ten years ago. Check the year."))]
        )
    return day or today


def keep_company_zone() -> bool:
    """Let the database count days in the zone of the settings; tell whether it was another one before."""
    zone = company_zone().key
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('company_day(timestamptz)'::regprocedure)")
        if f"'{zone}'::text" in cursor.fetchone()[0]:
            return False
        cursor.execute(_FUNCTION.format(zone=sql.Literal(zone)))
    return True
