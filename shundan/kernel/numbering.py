"""Document numbers: with gaps and without locks for orders, without gaps for money papers."""

from datetime import date

from django.db import connection
from django.utils.translation import gettext_lazy

DEFAULT_PATTERN = "{prefix}-{yyyy}-{seq:06d}"
# How the numbers of all documents begin, but for orders, whose patterns an administrator sets beside these.
PREFIXES = {
    "AD": gettext_lazy("Acceptance draft"),
    "BL": gettext_lazy("Bill"),
    "C": gettext_lazy("Customer"),
    "CN": gettext_lazy("Credit note"),
    "CT": gettext_lazy("Count"),
    "DC": gettext_lazy("Deposit"),
    "DD": gettext_lazy("Direct delivery"),
    "DF": gettext_lazy("Deposit"),
    "DL": gettext_lazy("Reminder"),
    "DP": gettext_lazy("Deposit"),
    "GR": gettext_lazy("Receipt"),
    "HO": gettext_lazy("Hand-over"),
    "INV": gettext_lazy("Invoice"),
    "IQ": gettext_lazy("Inquiry"),
    "JV": gettext_lazy("Journal"),
    "LC": gettext_lazy("Landed cost"),
    "OB": gettext_lazy("Opening balances"),
    "PB": gettext_lazy("Prepayment"),
    "PK": gettext_lazy("Round"),
    "PL": gettext_lazy("Charge"),
    "PP": gettext_lazy("Prepayment"),
    "PQ": gettext_lazy("Payment request"),
    "PV": gettext_lazy("Payment"),
    "QC": gettext_lazy("Inspection"),
    "RC": gettext_lazy("Payment"),
    "RF": gettext_lazy("Refund"),
    "RG": gettext_lazy("Refund"),
    "RQ": gettext_lazy("Purchase request"),
    "RV": gettext_lazy("Journal"),
    "S": gettext_lazy("Supplier"),
    "SH": gettext_lazy("Shipment"),
    "ST": gettext_lazy("Statement"),
    "V": gettext_lazy("Supplier"),
    "WO": gettext_lazy("Write-off"),
}


def next_number(series: str, *, prefix: str, on: date, pattern: str = DEFAULT_PATTERN) -> str:
    """Return the next number of a series and year; concurrent callers never wait, gaps may appear.

    `on` is the business date, which decides the period.
    """
    with connection.cursor() as cursor:
        cursor.execute("select kernel_next_number(%s)", [f"{series}_{on:%Y}"])
        return number_from(pattern, prefix=prefix, on=on, seq=cursor.fetchone()[0])


def next_in_series(series: str, *, count: int = 1) -> list[int]:
    """Return the next numbers of a series whose name tells the period; nobody waits, gaps may appear."""
    with connection.cursor() as cursor:
        cursor.execute("select kernel_next_number(%s) from generate_series(1, %s)", [series, count])
        return [int(row[0]) for row in cursor.fetchall()]


def next_gapless_number(series: str, *, prefix: str, on: date, pattern: str = DEFAULT_PATTERN) -> str:
    """Return the next number of a series that may have no gap; its counter is locked until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_numberseries (series, period, last) values (%s, %s, 1)"
            " on conflict (series, period) do update set last = kernel_numberseries.last + 1 returning last",
            [series, f"{on:%Y}"],
        )
        return number_from(pattern, prefix=prefix, on=on, seq=cursor.fetchone()[0])


def next_numbers(series: str, *, prefix: str, on: date, count: int, pattern: str = DEFAULT_PATTERN) -> list[str]:
    """Return the next numbers of a series and year at once, for those who write many papers together."""
    with connection.cursor() as cursor:
        cursor.execute("select kernel_next_number(%s) from generate_series(1, %s)", [f"{series}_{on:%Y}", count])
        return [number_from(pattern, prefix=prefix, on=on, seq=row[0]) for row in cursor.fetchall()]


def next_gapless_numbers(
    series: str, *, prefix: str, on: date, count: int, pattern: str = DEFAULT_PATTERN
) -> list[str]:
    """Return the next numbers of a gapless series at once; its counter is locked until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_numberseries as s (series, period, last) values (%s, %s, %s)"
            " on conflict (series, period) do update set last = s.last + excluded.last returning last",
            [series, f"{on:%Y}", count],
        )
        last = cursor.fetchone()[0]
    return [number_from(pattern, prefix=prefix, on=on, seq=seq) for seq in range(last - count + 1, last + 1)]


def number_from(pattern: str, *, prefix: str, on: date, seq: int) -> str:
    """Return a number in the pattern's form, e.g. `{prefix}-{yyyy}-{seq:06d}` → SO-2026-000123."""
    return pattern.format(prefix=prefix, yyyy=f"{on:%Y}", yy=f"{on:%y}", mm=f"{on:%m}", dd=f"{on:%d}", seq=seq)
