"""Running a report: one statement gives its page, its totals and its chart; scoped by stock and cost rights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.analytics.queries.figures import FIRST_DAY, figures_of, flow_statement
from shundan.analytics.rules import LONGEST_PERIOD, REPORTS, Column, Report, buckets_of, turns_of
from shundan.catalog.models import Category, Product
from shundan.inventory.models import Warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, require
from shundan.kernel.listing import sort_fault
from shundan.kernel.money import ZERO

Figure = Decimal | date | None
LARGEST_PAGE = 200
LAST_PAGE = 10_000
MOST_EXPORTED = 200_000
GROUPS = 8
USUAL_PERIOD = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWanted:
    """What a report is asked for; without days the last 90, up to today."""

    code: str
    since: date | None = None
    until: date | None = None
    warehouse: str = ""
    category_id: int | None = None
    search: str = ""
    sort: str = ""
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One product in one warehouse, and its figures in the order of the columns."""

    product: Product
    warehouse: Warehouse
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a chart: a category, a span of days or an age, and one or two figures."""

    category: Category | None
    name: str
    figures: tuple[Decimal, ...]
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a report with the totals of all its rows; `drawn` names the figures of the chart."""

    report: Report
    columns: tuple[Column, ...]
    since: date
    until: date
    sort: str
    rows: list[ReportRow]
    count: int
    totals: tuple[Figure, ...]
    drawn: tuple[str, ...]
    bars: list[Bar]


def run_report(wanted: ReportWanted, *, by: Actor) -> Found:
    """Return one page of a report with totals and chart.

    Raises: NotPermitted, NotFound for an unknown report, Malformed for days, a sort or a page that cannot be.
    """
    require(by, "stock.read")
    report, since, until = _checked(wanted, by)
    columns = report.columns_for(sees_costs=by.may("product.cost"))
    drawn = report.drawn if report.drawn in {one.name for one in columns} else report.drawn_plain
    sort = wanted.sort or report.sort
    figures = figures_of(
        report.code,
        since=since,
        until=until,
        today=by.today,
        warehouse=wanted.warehouse,
        category_id=wanted.category_id,
        search=wanted.search,
    )
    sql = _page_sql(figures.sql, columns, drawn, sort)
    paging = {"limit": wanted.size, "offset": (wanted.page - 1) * wanted.size}
    with connection.cursor() as cursor:
        cursor.execute(sql, figures.params | paging)
        found = sorted(cursor.fetchall(), key=lambda row: (row[0], row[1]))
    count, totals = found[0][2], _totals(report, columns, found[0][5:], days=(until - since).days + 1)
    groups = [(row[2], row[5]) for row in found if row[0] == 1]
    shown = [(row[2], row[3], tuple(_figures(columns, row[5:]))) for row in found if row[0] == 2]
    bars, names = _bars(report, wanted, since, until, groups, dict(zip(columns, totals, strict=True)), drawn)
    return Found(report, columns, since, until, sort, _rows(shown), count, totals, names, bars)


def report_rows(wanted: ReportWanted, *, by: Actor) -> Iterator[ReportRow]:
    """Yield all rows of a report for a file, at most 200,000. Raises: as run_report does."""
    step = replace(wanted, page=1, size=MOST_EXPORTED)
    yield from run_report(step, by=by).rows


def _checked(wanted: ReportWanted, by: Actor) -> tuple[Report, date, date]:
    if wanted.code not in REPORTS:
        raise NotFound(what="report", key=wanted.code[:50])
    report = REPORTS[wanted.code]
    until = min(wanted.until or by.today, by.today) if report.span != "now" else by.today
    since = wanted.since or until - USUAL_PERIOD + timedelta(days=1)
    if report.span != "period":
        since = until
    wrong = []
    if since > until or until - since > LONGEST_PERIOD:
        wrong.append(
            Detail("since", "out_of_range", _("The first day must not be after the last, nor ten years away."))
        )
    columns = [one.name for one in report.columns_for(sees_costs=by.may("product.cost"))]
    if (wanted.sort or report.sort).removeprefix("-") not in columns:
        wrong.append(sort_fault("sort", columns))
    if not 1 <= wanted.page <= LAST_PAGE or not 1 <= wanted.size <= MOST_EXPORTED:
        wrong.append(Detail("page", "out_of_range", _("There is no such page.")))
    if wrong:
        raise Malformed(details=wrong)
    return report, since, until


def _page_sql(figures: str, columns: Sequence[Column], drawn: str, sort: str) -> str:
    """Return the totals (part 0), the largest groups (part 1) and one page of rows (part 2) as one statement."""
    names = [one.name for one in columns]
    sums = ", ".join(f"sum({one.name})" if one.is_summed else "null::numeric" for one in columns)
    nothing = ", ".join(["null::numeric"] * (len(columns) - 1))
    column, direction = sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"
    order = f"{column} {direction} nulls last, product_id, warehouse_id"
    return (
        f"with figures as materialized ({figures})"
        f" select 0, 0::bigint, count(*), null::bigint, null::bigint, {sums} from figures"
        f" union all select 1, row_number() over (order by sum({drawn}) desc nulls last), category_id, null, null,"
        f" sum({drawn}){', ' + nothing if nothing else ''} from figures group by category_id"
        f" union all select 2, at, product_id, warehouse_id, category_id, {', '.join(names)}"
        f" from (select *, row_number() over (order by {order}) as at from (select * from figures order by {order}"
        " limit %(limit)s offset %(offset)s) few) page"
    )


def _figures(columns: Sequence[Column], values: Sequence[Decimal | None]) -> Iterator[Figure]:
    for column, value in zip(columns, values, strict=True):
        is_day = column.kind == "day" and value is not None
        yield FIRST_DAY + timedelta(days=int(value or 0)) if is_day else value


def _totals(
    report: Report, columns: Sequence[Column], sums: Sequence[Decimal | None], *, days: int
) -> tuple[Figure, ...]:
    """Return the sums; how often the whole stock was turned over follows from its worth."""
    known = {one.name: value for one, value in zip(columns, sums, strict=True)}
    if report.code == "turnover" and known.get("average_value"):
        known["turns"] = turns_of(known["issued_value"] or ZERO, known["average_value"] or ZERO, days)
    return tuple(ZERO if one.is_summed and known[one.name] is None else known[one.name] for one in columns)


def _rows(shown: Sequence[tuple[int, int, tuple[Figure, ...]]]) -> list[ReportRow]:
    products = Product.objects.select_related("unit", "category").in_bulk([row[0] for row in shown])
    places = Warehouse.objects.in_bulk({row[1] for row in shown})
    return [ReportRow(products[product], places[place], figures) for product, place, figures in shown]


def _bars(
    report: Report,
    wanted: ReportWanted,
    since: date,
    until: date,
    groups: Sequence[tuple[int | None, Decimal | None]],
    totals: dict[Column, Figure],
    drawn: str,
) -> tuple[list[Bar], tuple[str, ...]]:
    if report.code == "moves":
        return _flow(wanted, since, until), ("received", "issued")
    if report.code == "ageing":
        ages = [(one.name, value) for one, value in totals.items() if one.name.startswith("to_") or one.name == "older"]
        return [Bar(None, name, (Decimal(str(value or 0)),)) for name, value in ages], ("quantity",)
    names = Category.objects.in_bulk([key for key, _sum in groups if key is not None])
    bars = [Bar(names.get(key or 0), "", (total or ZERO,)) for key, total in groups[:GROUPS]]
    rest = sum((total or ZERO for _key, total in groups[GROUPS:]), ZERO)
    return [*bars, *([Bar(None, "rest", (rest,))] if len(groups) > GROUPS else [])], (drawn,)


def _flow(wanted: ReportWanted, since: date, until: date) -> list[Bar]:
    flow = flow_statement(warehouse=wanted.warehouse, category_id=wanted.category_id, search=wanted.search)
    with connection.cursor() as cursor:
        cursor.execute(flow.sql, flow.params | {"since": since, "until": until})
        days = cursor.fetchall()
    return [
        Bar(
            None,
            "",
            (
                sum((row[1] for row in days if first <= row[0] <= last), ZERO),
                sum((row[2] for row in days if first <= row[0] <= last), ZERO),
            ),
            first,
            last,
        )
        for first, last in buckets_of(since, until)
    ]
