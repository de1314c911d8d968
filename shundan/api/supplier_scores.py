"""Supplier evaluation: all suppliers compared, one over its periods, the documents behind, the weights."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.analytics.actions import set_supplier_weights
from shundan.analytics.queries import (
    MEASURES,
    ScoreDocument,
    SupplierScore,
    SupplierWeights,
    documents_of_score,
    list_supplier_scores,
    scores_of_supplier,
    weights_for,
)
from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Day, Given, Moment, Plain, Version, Words, day, moment_or_none, number
from shundan.api.routes import Routes

routes = Routes("supplier evaluation")


class Measure(Answer):
    """A measure: shares and the price index (1 is the market) as ratios, response in hours; its points and weight."""

    name: str
    figure: Plain | None
    points: Plain | None
    weight: int


class Score(Answer):
    """How a supplier did in a period: what no document tells is null, and the other weights count for it."""

    supplier: str
    name: str
    since: str
    until: str
    score: Plain | None
    # On how much of the weight it rests, in percent; below half there is no grade.
    known: int
    grade: str | None
    measures: list[Measure]


class ScoreList(Answer):
    """All suppliers with documents in the period."""

    since: str
    until: str
    items: list[Score]


class Scorecard(Answer):
    """The periods of a supplier, oldest first."""

    items: list[Score]


class ScoreDocumentAnswer(Answer):
    """A row behind a measure: quantities in the product's unit, prices without tax in company currency."""

    kind: str
    number: str
    order: str | None
    sku: str | None
    on: str | None
    last_on: str | None
    quantity: Plain | None
    part: Plain | None
    is_good: bool | None
    price: Plain | None
    market: Plain | None
    worth: Plain | None
    asked_at: Moment | None
    answered_at: Moment | None
    hours: Plain | None


class ScoreDocumentList(Answer):
    """One page of documents, what tells most against the supplier first."""

    items: list[ScoreDocumentAnswer]
    count: int


class Weights(Answer):
    """What the measures weigh in percent; version 0 are the shipped ones."""

    version: int
    on_time: int
    quality: int
    price: int
    response: int
    set_by: str | None
    set_at: Moment | None


class PeriodQuery(Given):
    """Which period: a month or quarter (`unit`), by any day in it."""

    unit: Literal["month", "quarter"] = "month"
    on: Day | None = None


class ScoresQuery(PeriodQuery):
    """Sorted by name, score or a measure (`-` for descending)."""

    sort: Code = "-score"
    search: Words = ""


class DocumentsQuery(PeriodQuery):
    """Which page."""

    page: Annotated[int, Field(ge=1, le=10_000)] = 1


Percent = Annotated[int, Field(ge=0, le=100)]


class WeightsGiven(Given):
    """The weights in percent, which add up to 100, on the version that was read."""

    version: Version
    on_time: Percent
    quality: Percent
    price: Percent
    response: Percent


@routes.get("/supplier-scores", permission="supplier.read", answer=ScoreList)
def index(request: HttpRequest, wanted: Query[ScoresQuery]) -> ScoreList:
    """Compare all suppliers in a month or quarter."""
    found = list_supplier_scores(
        by=actor(request), unit=wanted.unit, on=wanted.on, sort=wanted.sort, search=wanted.search
    )
    return ScoreList(
        since=found.since.isoformat(), until=found.until.isoformat(), items=[_score(one) for one in found.rows]
    )


@routes.get("/supplier-scores/{supplier}", permission="supplier.read", answer=Scorecard)
def show(request: HttpRequest, supplier: Code, wanted: Query[PeriodQuery]) -> Scorecard:
    """Show a supplier's last twelve months or eight quarters."""
    _supplier, rows = scores_of_supplier(supplier, by=actor(request), unit=wanted.unit, on=wanted.on)
    return Scorecard(items=[_score(one) for one in rows])


@routes.get("/supplier-scores/{supplier}/{measure}", permission="supplier.read", answer=ScoreDocumentList)
def documents(request: HttpRequest, supplier: Code, measure: Code, wanted: Query[DocumentsQuery]) -> ScoreDocumentList:
    """List the documents behind a measure: on_time, quality, price or response."""
    found = documents_of_score(supplier, measure, by=actor(request), unit=wanted.unit, on=wanted.on, page=wanted.page)
    return ScoreDocumentList(items=[_document(one) for one in found.items], count=found.count)


@routes.get("/supplier-weights", permission="supplier.read", answer=Weights)
def weights(request: HttpRequest) -> Weights:
    """Show what the measures weigh now."""
    by = actor(request)
    return _weights(weights_for(by.today, by=by))


@routes.put("/supplier-weights", permission="supplier.weigh", answer=Weights)
def weigh(request: HttpRequest, given: WeightsGiven) -> Weights:
    """Set what the measures weigh from now on; ended periods keep their weights."""
    wanted = {name: getattr(given, name) for name in MEASURES}
    return _weights(set_supplier_weights(wanted, version=given.version, by=actor(request)))


def _score(one: SupplierScore) -> Score:
    return Score(
        supplier=one.supplier.number,
        name=one.supplier.name,
        since=one.since.isoformat(),
        until=one.until.isoformat(),
        score=_plain(one.score),
        known=one.known,
        grade=one.grade or None,
        measures=[
            Measure(name=name, figure=_plain(one.figures[name]), points=_plain(one.points[name]), weight=weight)
            for name, weight in one.weights.items()
        ],
    )


def _document(one: ScoreDocument) -> ScoreDocumentAnswer:
    return ScoreDocumentAnswer(
        kind=one.kind,
        number=one.number,
        order=one.order,
        sku=one.sku,
        on=day(one.on),
        last_on=day(one.last_on),
        quantity=_plain(one.quantity),
        part=_plain(one.part),
        is_good=one.is_good,
        price=_plain(one.price),
        market=_plain(one.market),
        worth=_plain(one.worth),
        asked_at=moment_or_none(one.asked_at),
        answered_at=moment_or_none(one.answered_at),
        hours=_plain(one.hours),
    )


def _weights(one: SupplierWeights) -> Weights:
    is_set = bool(one.version)
    return Weights(
        version=one.version,
        **one.by_measure,
        set_by=one.set_by_name if is_set else None,
        set_at=moment_or_none(one.set_at) if is_set else None,
    )


def _plain(value: Any) -> str | None:
    return None if value is None else number(value)
