"""Summaries of purchases and of counts: by supplier, category, month, product or count, with the totals of all rows."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.analytics.queries import SUMMARIES, SummaryWanted, run_summary
from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Day, Given, Words, number
from shundan.api.narrowing import OfCategory, OfProduct, OfSupplier, OfWarehouse
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound

routes = Routes("reports")


class SummaryColumn(Answer):
    """A figure: quantity, money or price in company currency, or share of 1."""

    name: str
    kind: str


class SummaryLine(Answer):
    """What a row stands for (number, SKU, id, day or code|day), its names, its figures in the order of the columns."""

    key: str
    name_zh: str
    name_en: str
    figures: list[str | None]


class SummaryAnswer(Answer):
    """One page of a summary; the totals are those of all rows."""

    code: str
    since: str
    until: str
    product: str | None
    columns: list[SummaryColumn]
    items: list[SummaryLine]
    totals: list[str | None]
    count: int


class SummaryQuery(Given):
    """Which days (by default twelve months), narrowed to what, sorted by which figure (`-` for descending)."""

    since: Day | None = None
    until: Day | None = None
    category: OfCategory = None
    search: Words = ""
    product: OfProduct = ""
    sort: Code = ""
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PurchaseSummaryQuery(SummaryQuery):
    """Of one supplier."""

    supplier: OfSupplier = ""


class CountSummaryQuery(SummaryQuery):
    """In one warehouse."""

    warehouse: OfWarehouse = ""


@routes.get("/purchase-reports/{code}", permission="supplier.read", answer=SummaryAnswer)
def purchases(request: HttpRequest, code: Code, wanted: Query[PurchaseSummaryQuery]) -> SummaryAnswer:
    """Sum up purchases: suppliers, categories, months, prices, trend (of a product), dependence."""
    return _answer("buying", code, wanted, actor(request), supplier=wanted.supplier)


@routes.get("/count-reports/{code}", permission="stock.read", answer=SummaryAnswer)
def counting(request: HttpRequest, code: Code, wanted: Query[CountSummaryQuery]) -> SummaryAnswer:
    """Sum up posted counts: accuracy (by warehouse and month), counts."""
    return _answer("counting", code, wanted, actor(request), warehouse=wanted.warehouse)


def _answer(
    room: str, code: str, wanted: SummaryQuery, by: Actor, *, supplier: str = "", warehouse: str = ""
) -> SummaryAnswer:
    if code not in SUMMARIES or SUMMARIES[code].room != room:
        raise NotFound(what="report", key=code[:50])
    asked = SummaryWanted(
        code=code,
        since=wanted.since,
        until=wanted.until,
        supplier=supplier,
        category_id=int(wanted.category) if wanted.category else None,
        search=wanted.search,
        product=wanted.product,
        warehouse=warehouse,
        sort=wanted.sort,
        page=wanted.page,
        size=wanted.limit,
    )
    found = run_summary(asked, by=by)
    return SummaryAnswer(
        code=code,
        since=found.since.isoformat(),
        until=found.until.isoformat(),
        product=found.product[0] if found.product else None,
        columns=[SummaryColumn(name=one.name, kind=one.kind) for one in found.columns],
        items=[
            SummaryLine(
                key=row.key,
                name_zh=row.name_zh,
                name_en=row.name_en,
                figures=[None if value is None else number(value) for value in row.figures],
            )
            for row in found.rows
        ],
        totals=[None if value is None else number(value) for value in found.totals],
        count=found.count,
    )
