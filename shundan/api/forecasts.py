"""The demand forecast: running it, what it says, what to order for it."""

from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from ninja import Query

from shundan.analytics.actions import request_forecasted, start_forecast
from shundan.analytics.queries import forecast_proposals, list_forecasts
from shundan.api.auth import actor
from shundan.api.fields import Answer, Moment, Plain, Row, moment, number
from shundan.api.narrowing import OfWarehouse
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.purchase_requests import DemandGiven
from shundan.api.reorder_rules import DemandWanted
from shundan.api.routes import Routes

routes = Routes("forecasts")


class ForecastRun(Answer):
    """A run: running or done, how far, how many series, and how many were foreseen better than naively."""

    id: str
    state: str
    percent: int
    series: int
    better: int
    asked_at: Moment


class Forecast(Answer):
    """The demand of the coming three months in the product's unit; errors are of the last months, unseen by the method.

    `months` are those that count: the method's where it `is_better` than the naive forecast, else the naive ones.
    """

    sku: str
    warehouse: str
    pattern: str
    method: str
    months: list[Plain]
    is_better: bool
    wape: Plain | None
    naive_wape: Plain | None
    mase: Plain | None
    naive_mase: Plain | None


class ForecastList(Answer):
    """One page of the last forecast."""

    items: list[Forecast]
    next: Next


class ForecastQuery(Searched):
    """Which pattern (short, steady, seasonal, intermittent), where."""

    pattern: Literal["", "short", "steady", "seasonal", "intermittent"] = ""
    warehouse: OfWarehouse = ""


class Proposal(Answer):
    """What to order: `expected` is sold until the next order is there, `projected` is free, coming or asked for."""

    sku: str
    warehouse: str
    quantity: Plain
    expected: Plain
    projected: Plain
    safety_stock: Plain
    lead_days: int
    order_by: str
    needed_on: str


class ProposalList(Answer):
    """All proposals, what is to be ordered first at the top."""

    items: list[Proposal]


class RequestNumbers(Answer):
    """The numbers of the purchase requests that were made, one for each warehouse."""

    numbers: list[str]


@routes.post("/forecast-runs", permission="forecast.run", answer=ForecastRun)
def run(request: HttpRequest) -> ForecastRun:
    """Begin a forecast of all products as a job; while one runs, it is answered."""
    found = start_forecast(by=actor(request))
    return ForecastRun(
        id=str(found.pk),
        state=found.state,
        percent=found.percent,
        series=found.series,
        better=found.better,
        asked_at=moment(found.asked_at),
    )


@routes.get("/forecasts", permission="forecast.read", answer=ForecastList)
def index(request: HttpRequest, wanted: Query[ForecastQuery]) -> ForecastList:
    """List the last forecast."""
    found = list_forecasts(
        by=actor(request),
        pattern=wanted.pattern,
        warehouse=wanted.warehouse,
        search=wanted.search,
        cursor=wanted.cursor or None,
        limit=wanted.limit,
    )
    return ForecastList(**page_members(found, _forecast))


@routes.get("/forecast-proposals", permission="forecast.read", answer=ProposalList)
def proposals(request: HttpRequest, wanted: Query[DemandWanted]) -> ProposalList:
    """List what to order for the demand that is expected."""
    found = forecast_proposals(by=actor(request), warehouse=wanted.warehouse)
    return ProposalList(
        items=[
            Proposal(
                sku=one.forecast.product.sku,
                warehouse=one.forecast.warehouse.code,
                quantity=number(one.need.quantity),
                expected=number(one.need.expected),
                projected=number(one.projected),
                safety_stock=number(one.safety),
                lead_days=one.lead_days,
                order_by=one.need.order_by.isoformat(),
                needed_on=one.need.needed_on.isoformat(),
            )
            for one in found
        ]
    )


@routes.post("/forecast-proposals/requests", permission="purchase_request.create", answer=RequestNumbers)
def for_proposals(request: HttpRequest, given: DemandGiven) -> RequestNumbers:
    """Ask for what the forecast proposes."""
    by = actor(request)
    wanted = [(one.sku, one.warehouse, one.quantity) for one in given.lines]
    made = request_forecasted(wanted, by=by, reason=given.reason)
    return RequestNumbers(numbers=[one.number for one in made])


def _forecast(one: Row) -> Forecast:
    return Forecast(
        sku=one.product.sku,
        warehouse=one.warehouse.code,
        pattern=one.pattern,
        method=one.method,
        months=[number(month) for month in one.used],
        is_better=one.is_better,
        wape=_error(one.wape),
        naive_wape=_error(one.naive_wape),
        mase=_error(one.mase),
        naive_mase=_error(one.naive_mase),
    )


def _error(value: Decimal | None) -> str | None:
    return None if value is None else number(value)
