"""Keyset paging: a page costs the same wherever it stands in the list."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shundan.kernel.db import fetch_planned
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.kept import filled, text_of

M = TypeVar("M", bound=Model)
LARGEST_PAGE = 200
COUNT_CAP = 10_000
LARGEST_NUMBER = Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows and the cursors of the pages after and before them (None at an end).

    `total` is the number of all rows if it was asked for, at most 10,001.
    """

    items: list[M]
    next: str | None
    previous: str | None
    total: int | None = None


def page_of(
    rows: QuerySet[M],
    *,
    cursor: str | None = None,
    limit: int = 50,
    sort: str = "-id",
    allowed: tuple[str, ...] = (),
    counted: bool = False,
) -> Page[M]:
    """Return one page in the order of `sort` (a column of `allowed`, `-` for descending; the id breaks ties).

    With `counted` it says how many rows there are in all.

    Raises: Malformed for an unknown sort, a foreign cursor or a limit outside 1 to 200.
    """
    chosen = list(rows_of_page(rows, cursor=cursor, limit=limit, sort=sort, allowed=allowed))
    total = None
    if counted:
        # What fits on one page is counted by showing it.
        total = count_capped(rows) if cursor or len(chosen) > limit else len(chosen)
    return page_from(chosen, cursor=cursor, limit=limit, sort=sort, total=total)


def rows_of_page(
    rows: QuerySet[M], *, cursor: str | None, limit: int, sort: str, allowed: tuple[str, ...]
) -> QuerySet[M]:
    """Return the rows of a page and one more if there is one, for whoever reads them in a way of their own.

    Raises: Malformed.
    """
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    if column != "id" and column not in allowed:
        raise Malformed(details=[sort_fault("query.sort", ("id", *allowed))])
    if not 1 <= limit <= LARGEST_PAGE:
        raise Malformed(details=[Detail("query.limit", "out_of_range", _("Use a number from 1 to 200."))])
    backwards, after = _decode(cursor)
    if after is not None and column != "id":
        _check_value(rows, column, after[0])
    falling = descending != backwards
    if after is not None:
        rows = rows.filter(_beyond(column, after, falling=falling))
    mark = "-" if falling else ""
    keys = [f"{mark}id"] if column == "id" else [f"{mark}{column}", f"{mark}id"]
    return rows.order_by(*keys)[: limit + 1]


def sort_fault(path: str, allowed: Iterable[str]) -> Detail:
    """Return what is wrong with a sort that a list does not know: it names those that the list knows."""
    sentence = gettext("This column cannot be sorted. Sort by one of: %(expected)s.")
    return Detail(path, "unknown_sort", sentence % {"expected": ", ".join(allowed)})


def page_from(found: list[M], *, cursor: str | None, limit: int, sort: str, total: int | None = None) -> Page[M]:
    """Return the page of rows that `rows_of_page` chose, one more than fits if there are more."""
    column, (backwards, after) = sort.removeprefix("-"), _decode(cursor)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    ends = (found[0], found[-1]) if found else None
    return Page(
        items=found,
        next=_encode(ends[1], column, backwards=False) if ends and (more or backwards) else None,
        previous=_encode(ends[0], column, backwards=True)
        if ends and (more if backwards else after is not None)
        else None,
        total=total,
    )


def count_capped(rows: QuerySet[Any], *, cap: int = COUNT_CAP) -> int:
    """Return the number of rows, or cap + 1 when there are more: counting stops there."""
    return rows.order_by()[: cap + 1].values("pk").count()


@dataclass(frozen=True, slots=True)
class Counting:
    """A statement that counts or adds up in one round trip; who counts the same again may keep it."""

    names: tuple[str, ...]
    sql: str
    values: tuple[Any, ...]

    def run(self, *given: Any) -> dict[str, Any]:
        """Return what each pile comes to now, with the values for what is given only now (kernel.kept)."""
        if not self.names:
            return {}
        return dict(zip(self.names, fetch_planned(self.sql, filled(self.values, given))[0], strict=True))


def choosing_of(page: QuerySet[Any], rows: Mapping[str, QuerySet[Any]], *, cap: int) -> Counting:
    """Return the statement that gives the ids of a page, in their order, as `chosen`, and counts other rows with it."""
    counting = counting_of(rows, cap=cap)
    try:
        sql, values = text_of(page.values("pk"))
    except EmptyResultSet:
        sql, values = "select null::bigint where false", ()
    chosen = counting.sql.replace("select ", f"select array({sql}), ", 1)
    return Counting(("chosen", *counting.names), chosen, values + counting.values)


def counting_of(rows: Mapping[str, QuerySet[Any]], *, cap: int) -> Counting:
    """Return the statement that counts the rows of each query, at most cap + 1 each."""
    parts: list[str] = []
    values: list[Any] = []
    for query in rows.values():
        try:
            sql, params = text_of(query.order_by().values("pk")[: cap + 1])
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(select count(*) from ({sql}) counted)")  # noqa: S608 - Django's own SQL
        values += params
    return Counting(tuple(rows), "select " + ", ".join(parts), tuple(values))


def summing_of(rows: QuerySet[Any], column: str) -> Counting:
    """Return the statement that adds up a column, under its name; None of no rows."""
    try:
        sql, values = text_of(rows.order_by().values(column))
    except EmptyResultSet:
        return Counting((column,), "select null", ())
    return Counting((column,), f"select sum({column}) from ({sql}) summed", values)  # noqa: S608 - Django's own SQL


def count_each(rows: Mapping[str, QuerySet[Any]], *, cap: int) -> dict[str, int]:
    """Return how many rows each query holds, at most cap + 1 each, all in one round trip."""
    return counting_of(rows, cap=cap).run()


def _beyond(column: str, after: list[Any], *, falling: bool) -> Q:
    value, last_id = after
    step = "lt" if falling else "gt"
    if column == "id":
        return Q(**{f"id__{step}": last_id})
    if value is None:  # nulls come last when rising and first when falling, as PostgreSQL sorts them
        rest = Q(**{f"{column}__isnull": True, f"id__{step}": last_id})
        return rest | Q(**{f"{column}__isnull": False}) if falling else rest
    beyond = Q(**{f"{column}__{step}": value}) | Q(**{column: value, f"id__{step}": last_id})
    return beyond if falling else beyond | Q(**{f"{column}__isnull": True})


def _check_value(rows: QuerySet[Any], column: str, value: str | None) -> None:
    """Refuse a cursor of another list: its value would not be one of this column."""
    field = rows.model._meta.get_field(column)
    try:
        known = None if value is None else field.to_python(value)
        if isinstance(known, Decimal) and abs(known) >= LARGEST_NUMBER:
            raise ValidationError("too large")
    except ValidationError as error:
        raise _bad_cursor() from error


def _bad_cursor() -> Malformed:
    return Malformed(
        details=[Detail("query.cursor", "bad_cursor", _("Take the cursor from the previous answer's “next”."))]
    )


def _encode(row: Model, column: str, *, backwards: bool) -> str:
    value = getattr(row, column)
    raw = json.dumps([1 if backwards else 0, None if column == "id" else _text(value), row.pk])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _decode(cursor: str | None) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        backwards, value, last_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not (isinstance(last_id, int) and abs(last_id) < 2**63 and backwards in (0, 1)):
            raise ValueError(cursor)
        if value is not None and (not isinstance(value, str) or "\x00" in value):
            raise ValueError(cursor)
    except (ValueError, TypeError, RecursionError, binascii.Error, UnicodeError) as error:
        raise _bad_cursor() from error
    return bool(backwards), [value, last_id]
