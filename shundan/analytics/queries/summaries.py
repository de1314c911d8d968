"""Running a summary: one statement gives its page, its totals and its chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.analytics.queries.summary_rows import rows_of_summary
from shundan.analytics.rules import LONGEST_PERIOD, Column
from shundan.analytics.rules.summaries import SUMMARIES, Summary
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.listing import sort_fault
from shundan.kernel.money import ZERO

Figure = Decimal | None
LAST_PAGE, MOST_EXPORTED = 10_000, 200_000
# The largest rows, or those of a time.
MOST_DRAWN, MOST_MOMENTS = 12, 60
OF_TIME = ("month", "place", "count")
# Besides the right for a room, prices and what goods are worth need the one for costs.
RIGHTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"buying": ("supplier.read", "product.cost"), "counting": ("stock.read",)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryWanted:
    """What a summary is asked for; without days the last twelve months, this one among them."""

    code: str
    since: date | None = None
    until: date | None = None
    supplier: str = ""
    category_id: int | None = None
    search: str = ""
    product: str = ""
    warehouse: str = ""
    sort: str = ""
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One row: its key, its name and what else is said of it in both languages, its figures in the columns' order."""

    key: str
    name_zh: str
    name_en: str
    more_zh: str
    more_en: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SummaryFound:
    """One page of a summary with the totals of all its rows; `bars` are the rows that are drawn, with `drawn`.

    `product` is whose prices a trend shows: its SKU and names.
    """

    summary: Summary
    columns: tuple[Column, ...]
    since: date
    until: date
    sort: str
    rows: list[SummaryRow]
    count: int
    totals: tuple[Figure, ...]
    drawn: str
    bars: list[SummaryRow]
    product: tuple[str, str, str] | None


def run_summary(wanted: SummaryWanted, *, by: Actor) -> SummaryFound:
    """Return one page of a summary with totals and chart.

    Raises: NotPermitted, NotFound for an unknown one, Malformed for days, a sort or a page that cannot be.
    """
    summary, since, until = _checked(wanted, by)
    columns = summary.columns_for(sees_costs=by.may("product.cost"))
    sort = wanted.sort or summary.sort
    days = {
        "since": since,
        "until": until,
        "from_at": datetime.combine(since, time(), by.company_zone),
        "until_at": datetime.combine(until + timedelta(days=1), time(), by.company_zone),
    }
    product = _product(wanted, days) if summary.code == "trend" else None
    select, params = rows_of_summary(
        wanted.code,
        supplier=wanted.supplier,
        category_id=wanted.category_id,
        search=wanted.search,
        product=product[0] if product else wanted.product,
        warehouse=wanted.warehouse,
    )
    sql = _page_sql(select, summary, columns, sort)
    drawn = {"drawn": MOST_MOMENTS if summary.rows in OF_TIME else MOST_DRAWN}
    paging = drawn | {"limit": wanted.size, "offset": (wanted.page - 1) * wanted.size}
    with connection.cursor() as cursor:
        cursor.execute(sql, params | days | paging)
        found = sorted(cursor.fetchall(), key=lambda row: (row[0], row[1]))
    rows = [_row(row) for row in found if row[0] == 2]
    bars = [_row(row) for row in found if row[0] == 1]
    totals = _totals(summary, columns, found[0][8:])
    return SummaryFound(summary, columns, since, until, sort, rows, found[0][2], totals, summary.drawn, bars, product)


def summary_rows(wanted: SummaryWanted, *, by: Actor) -> list[SummaryRow]:
    """Return all rows of a summary for a file, at most 200,000. Raises: as run_summary does."""
    return run_summary(replace(wanted, page=1, size=MOST_EXPORTED), by=by).rows


def _row(row: Sequence[Any]) -> SummaryRow:
    key, name_zh, name_en, more_zh, more_en, *figures = row[3:]
    return SummaryRow(key, name_zh, name_en, more_zh, more_en, tuple(figures))


def _checked(wanted: SummaryWanted, by: Actor) -> tuple[Summary, date, date]:
    if wanted.code not in SUMMARIES:
        raise NotFound(what="report", key=wanted.code[:50])
    summary = SUMMARIES[wanted.code]
    for right in RIGHTS[summary.room]:
        require(by, right)
    until = min(wanted.until or by.today, by.today)
    since = wanted.since or _a_year_before(until)
    wrong = []
    if since > until or until - since > LONGEST_PERIOD:
        wrong.append(
            Detail("since", "out_of_range", _("The first day must not be after the last, nor ten years away."))
        )
    columns = [*(one.name for one in summary.columns_for(sees_costs=by.may("product.cost"))), "name", "month"]
    if (wanted.sort or summary.sort).removeprefix("-") not in columns:
        wrong.append(sort_fault("sort", columns))
    if not 1 <= wanted.page <= LAST_PAGE or not 1 <= wanted.size <= MOST_EXPORTED:
        wrong.append(Detail("page", "out_of_range", _("There is no such page.")))
    if wrong:
        raise Malformed(details=wrong)
    return summary, since, until


def _a_year_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=330)).replace(day=1)


def _product(wanted: SummaryWanted, days: dict[str, Any]) -> tuple[str, str, str]:
    """Return whose trend is asked for: the product named, or of those that fit the one that most was spent on."""
    select, params = rows_of_summary(
        "dearest",
        supplier=wanted.supplier,
        category_id=wanted.category_id,
        search=wanted.search,
        product=wanted.product,
        warehouse="",
    )
    with connection.cursor() as cursor:
        cursor.execute(select, params | days)
        found: tuple[str, str, str] | None = cursor.fetchone()
    return found or (wanted.product, wanted.product, wanted.product)


def _page_sql(select: str, summary: Summary, columns: Sequence[Column], sort: str) -> str:
    """Return the totals (part 0), the rows that are drawn (part 1) and one page of rows (part 2) as one statement."""
    names = [one.name for one in summary.columns]
    shown = [one.name for one in columns]
    sums = ", ".join(f"sum({one.name})" if one.is_summed else "null::numeric" for one in columns)
    column, direction = sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"
    by_time = {"month": "key", "place": "more_zh", "count": "more_zh"}.get(summary.rows, "name_zh")
    order = f"{ {'month': by_time, 'name': 'name_zh'}.get(column, column) } {direction} nulls last, key"
    drawn = by_time if summary.rows in OF_TIME else f"{summary.drawn} desc nulls last, key"
    listed = ", ".join(shown)
    return (
        f"with figures (key, name_zh, name_en, more_zh, more_en, {', '.join(names)}) as materialized ({select})"
        f" select 0, 0::bigint, count(*), ''::text, ''::text, ''::text, ''::text, ''::text, {sums} from figures"
        f" union all select 1, row_number() over (order by {drawn}), 0, key, name_zh, name_en, more_zh, more_en,"
        f" {listed} from (select * from figures order by {drawn} limit %(drawn)s) few"
        f" union all select 2, row_number() over (order by {order}), 0, key, name_zh, name_en, more_zh, more_en,"
        f" {listed} from (select * from figures order by {order} limit %(limit)s offset %(offset)s) page"
    )


def _totals(summary: Summary, columns: Sequence[Column], sums: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return the sums, and the ratios that follow from them."""
    known = {one.name: value for one, value in zip(columns, sums, strict=True)}
    for name, (part, whole, is_rest) in summary.ratios.items():
        if name in known and known.get(whole):
            ratio = ((known[part] or ZERO) / (known[whole] or ZERO)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            known[name] = max(ZERO, 1 - ratio) if is_rest else ratio
    return tuple(ZERO if one.is_summed and known[one.name] is None else known[one.name] for one in columns)
