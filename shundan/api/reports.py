"""Stock reports: by product and warehouse, with the totals of all rows."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.analytics.queries import (
    ALERTS,
    Column,
    ReportWanted,
    WarehouseAlerts,
    list_stock_alerts,
    run_report,
    stock_alerts_by_warehouse,
)
from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Day,
    Given,
    Moment,
    Plain,
    Words,
    amount,
    is_unknown,
    moment,
    number,
)
from shundan.api.narrowing import OfCategory, OfWarehouse
from shundan.api.pagination import Next, Paged
from shundan.api.routes import Routes
from shundan.catalog.queries import COMPANY_CURRENCY

routes = Routes("reports")


class ReportColumn(Answer):
    """A figure: quantity in the product's unit, money in company currency, days, ratio, share of 1, or a day."""

    name: str
    kind: str


class ReportLine(Answer):
    """One product in one warehouse, and its figures in the order of the columns; null where there is none."""

    sku: str
    warehouse: str
    figures: list[str | None]


class ReportAnswer(Answer):
    """One page of a report; the totals are those of all rows. Worth is left out for users who may not know costs."""

    code: str
    since: str
    until: str
    columns: list[ReportColumn]
    items: list[ReportLine]
    totals: list[str | None]
    count: int


class ReportQuery(Given):
    """Which days (by default the last 90), which goods, sorted by which figure (`-` for descending), which page."""

    since: Day | None = None
    until: Day | None = None
    warehouse: OfWarehouse = ""
    category: OfCategory = None
    search: Words = ""
    sort: Code = ""
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@routes.get("/reports/{code}", permission="stock.read", answer=ReportAnswer)
def show(request: HttpRequest, code: Code, wanted: Query[ReportQuery]) -> ReportAnswer:
    """Run a report: stock (at the end of `until`), moves, ageing, turnover, outs (days without stock)."""
    asked = ReportWanted(
        code=code,
        since=wanted.since,
        until=wanted.until,
        warehouse=wanted.warehouse,
        category_id=int(wanted.category) if wanted.category else None,
        search=wanted.search,
        sort=wanted.sort,
        page=wanted.page,
        size=wanted.limit,
    )
    found = run_report(asked, by=actor(request))
    return ReportAnswer(
        code=found.report.code,
        since=found.since.isoformat(),
        until=found.until.isoformat(),
        columns=[ReportColumn(name=one.name, kind=one.kind) for one in found.columns],
        items=[
            ReportLine(sku=row.product.sku, warehouse=row.warehouse.code, figures=_said(found.columns, row.figures))
            for row in found.rows
        ],
        totals=_said(found.columns, found.totals),
        count=found.count,
    )


def _said(columns: tuple[Column, ...], figures: tuple[Any, ...]) -> list[str | None]:
    return [_figure(value) for _column, value in zip(columns, figures, strict=True)]


def _figure(value: Decimal | date | None) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else number(value)


class StockAlertRow(Answer):
    """What needs attention: how much there is, the bound it is above or below, since when."""

    kind: str
    sku: str
    warehouse: str
    lot: str | None
    expires_on: str | None
    quantity: Plain
    bound: Plain | None
    since: Moment


class StockAlertList(Answer):
    """One page of alerts."""

    items: list[StockAlertRow]
    next: Next


AlertKind = Literal["", "expired", "safety", "low", "expiring", "over", "dead"]


class AlertQuery(Paged):
    """Which kind (expired, safety, low, expiring, over, dead), where, of what (SKU, name, pinyin or barcode)."""

    kind: AlertKind = ""
    warehouse: OfWarehouse = ""
    search: Words = ""


class AlertFigureQuery(Given):
    """Which alerts are counted, as those of the list are chosen."""

    kind: AlertKind = ""
    warehouse: OfWarehouse = ""
    search: Words = ""


class AlertsOfKind(Answer):
    """How many alerts of a kind last, and what they are about at cost in company currency.

    Worth is what is missing where stock is short, else what lies there; left out for users who may not know costs.
    """

    kind: str
    count: int
    worth: Annotated[Amount | None, Field(exclude_if=is_unknown)]


class AlertsOfWarehouse(Answer):
    """The alerts of one warehouse by kind; `uncosted` of them are about products without a cost, worth nothing here."""

    warehouse: str
    count: int
    uncosted: int
    kinds: list[AlertsOfKind]


class AlertFigures(Answer):
    """How many alerts there are in each warehouse, most first."""

    items: list[AlertsOfWarehouse]
    count: int


@routes.get("/stock-alerts/by-warehouse", permission="stock.read", answer=AlertFigures)
def alert_figures(request: HttpRequest, wanted: Query[AlertFigureQuery]) -> AlertFigures:
    """Count the alerts by warehouse and kind, as the chart of the page draws them."""
    found = stock_alerts_by_warehouse(by=actor(request), **dict(wanted))
    return AlertFigures(items=[_counted(one) for one in found], count=sum(one.count for one in found))


def _counted(one: WarehouseAlerts) -> AlertsOfWarehouse:
    kinds = [
        AlertsOfKind(
            kind=kind,
            count=one.counts[kind],
            worth=None if one.worth is None else amount(one.worth[kind], COMPANY_CURRENCY),
        )
        for kind in ALERTS
        if kind in one.counts
    ]
    return AlertsOfWarehouse(warehouse=one.warehouse.code, count=one.count, uncosted=one.uncosted, kinds=kinds)


@routes.get("/stock-alerts", permission="stock.read", answer=StockAlertList)
def alerts(request: HttpRequest, wanted: Query[AlertQuery]) -> StockAlertList:
    """List what of the stock needs attention: short, too much, unwanted, about to expire."""
    found = list_stock_alerts(
        by=actor(request),
        kind=wanted.kind,
        warehouse=wanted.warehouse,
        search=wanted.search,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    return StockAlertList(
        items=[
            StockAlertRow(
                kind=one.kind,
                sku=one.product.sku,
                warehouse=one.warehouse.code,
                lot=one.lot.code if one.lot else None,
                expires_on=one.on.isoformat() if one.on else None,
                quantity=number(one.quantity),
                bound=None if one.bound is None else number(one.bound),
                since=moment(one.since),
            )
            for one in found.items
        ],
        next=found.next,
    )
