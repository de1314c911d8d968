"""The company's calendar: which day a moment is on, in Python and, by the function `company_day`, in SQL alike."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from psycopg import sql

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


def keep_company_zone() -> bool:
    """Let the database count days in the zone of the settings; tell whether it was another one before."""
    zone = company_zone().key
    with connection.cursor() as cursor:
        cursor.execute("select pg_get_functiondef('company_day(timestamptz)'::regprocedure)")
        if f"'{zone}'::text" in cursor.fetchone()[0]:
            return False
        cursor.execute(_FUNCTION.format(zone=sql.Literal(zone)))
    return True
