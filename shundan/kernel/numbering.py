"""Document numbers: with gaps and without locks for orders, without gaps for money papers."""

from datetime import date

from django.db import connection

DEFAULT_PATTERN = "{prefix}-{yyyy}-{seq:06d}"


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
