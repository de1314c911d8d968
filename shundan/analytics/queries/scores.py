"""What suppliers are worth: their scores by month or quarter, and the documents behind each figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.analytics.models import SupplierWeights
from shundan.analytics.queries.score_rows import ISSUED, SCORES
from shundan.analytics.rules.scores import (
    MEASURES,
    MOST_HOURS,
    PERIODS,
    QUICK_HOURS,
    UNITS,
    USUAL_WEIGHTS,
    Measured,
    earlier,
    grade_of,
    known_weight,
    period_of,
    points_of,
    score_of,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.listing import sort_fault
from shundan.kernel.search import matches
from shundan.parties.models import Supplier
from shundan.parties.queries import get_supplier

SORTS = ("name", "score", *MEASURES)


@dataclass(frozen=True, slots=True)
class SupplierScore:
    """A supplier in a period: what the documents say, figures and points by measure, the score and its grade.

    `known` is on how much of the weight the score rests, in percent.
    """

    supplier: Supplier
    since: date
    until: date
    measured: Measured
    figures: Mapping[str, Decimal | None]
    points: Mapping[str, Decimal | None]
    weights: Mapping[str, int]
    score: Decimal | None
    known: int
    grade: str


@dataclass(frozen=True, slots=True)
class Scores:
    """All suppliers with documents in a period, sorted; `before` holds the scores of the period before, by id."""

    since: date
    until: date
    unit: str
    sort: str
    rows: list[SupplierScore]
    before: Mapping[int, Decimal | None]


def weights_for(day: date, *, by: Actor) -> SupplierWeights:
    """Return the weights that count for a period that ends on a day: the last ones set until its end.

    Raises: NotPermitted.
    """
    require(by, "supplier.read")
    return _weights_on(_all_weights(), _end_of(day, by))


def list_supplier_scores(
    *, by: Actor, unit: str = "month", on: date | None = None, sort: str = "-score", search: str = ""
) -> Scores:
    """Return how all suppliers did in the month or quarter of a day (today), those without documents left out.

    The price index of a supplier is what it charged in the period over what the same quantities of the same products
    cost at the market's average, sum(p q) / sum(m q), where m is what all suppliers charged for the product in the
    period over how much they sold: Paasche's index, its weights the quantities bought from the supplier (H. Paasche,
    Jahrbücher für Nationalökonomie und Statistik 23, 1874), against unit values. Products that only one supplier sold
    then are left out: nothing is there to compare them with. Prices without tax, in company currency.

    Raises: NotPermitted, Malformed.
    """
    _check(by, unit, sort)
    first, last = period_of(on or by.today, unit)
    found = _scores(by, unit, earlier(first, unit, periods=1), last, suppliers=_named(search) if search else None)
    rows = [one for one in found if one.since == first]
    return Scores(
        first,
        last,
        unit,
        sort,
        _sorted(rows, sort),
        {one.supplier.pk: one.score for one in found if one.since != first},
    )


def scores_of_supplier(
    number: str, *, by: Actor, unit: str = "month", on: date | None = None
) -> tuple[Supplier, list[SupplierScore]]:
    """Return a supplier with its scores of the last periods up to the one of a day, each period, oldest first.

    Raises: NotPermitted, NotFound, Malformed.
    """
    _check(by, unit, "score")
    supplier = get_supplier(number, by=by)
    first, last = period_of(on or by.today, unit)
    begin = earlier(first, unit, periods=PERIODS[unit] - 1)
    found = {one.since: one for one in _scores(by, unit, begin, last, suppliers={supplier.pk: supplier})}
    weights, rows = _all_weights(), []
    for at in range(PERIODS[unit] - 1, -1, -1):
        start = earlier(first, unit, periods=at)
        rows.append(found.get(start) or _score(supplier, start, Measured(), unit, weights, by))
    return supplier, rows


def latest_scores(supplier_ids: Iterable[int], *, by: Actor) -> dict[int, SupplierScore]:
    """Return the last known score of suppliers in this or one of the three quarters before, by their id.

    Somebody who may not see suppliers gets none.
    """
    wanted = Supplier.objects.in_bulk(sorted(set(supplier_ids)))
    if not wanted or not by.may("supplier.read"):
        return {}
    first, last = period_of(by.today, "quarter")
    found = _scores(by, "quarter", earlier(first, "quarter", periods=3), last, suppliers=wanted)
    return {one.supplier.pk: one for one in sorted(found, key=lambda one: one.since) if one.score is not None}


def facts_of_period(by: Actor, unit: str, since: date, until: date, suppliers: Iterable[int] | None) -> dict[str, Any]:
    """Return what the statements of scores compare with (Any: parameters of SQL)."""
    return {
        "unit": unit,
        "since": since,
        "until": until,
        "today": by.today,
        "from_at": datetime.combine(since, time(), by.company_zone),
        "until_at": _end_of(until, by),
        "now": by.at,
        "most": MOST_HOURS,
        "quick": QUICK_HOURS,
        "issued": list(ISSUED),
        "suppliers": None if suppliers is None else list(suppliers),
    }


def check_unit(unit: str) -> None:
    """Refuse what is neither month nor quarter. Raises: Malformed."""
    if unit not in UNITS:
        raise Malformed(details=[Detail("unit", "unknown", _("Choose one of the offered values."))])


def _check(by: Actor, unit: str, sort: str) -> None:
    require(by, "supplier.read")
    require(by, "product.cost")
    check_unit(unit)
    if sort.removeprefix("-") not in SORTS:
        raise Malformed(details=[sort_fault("sort", SORTS)])


def _scores(
    by: Actor, unit: str, since: date, until: date, *, suppliers: Mapping[int, Supplier] | None
) -> list[SupplierScore]:
    """Return the scores of some suppliers (of all) in the periods in which they have documents; three statements."""
    if suppliers is not None and not suppliers:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SCORES, facts_of_period(by, unit, since, until, suppliers))
        rows = cursor.fetchall()
    if suppliers is None:
        suppliers = Supplier.objects.in_bulk({row[0] for row in rows})
    weights = _all_weights()
    return [
        _score(suppliers[row[0]], row[1], Measured(*row[2:]), unit, weights, by) for row in rows if row[0] in suppliers
    ]


def _score(
    supplier: Supplier, start: date, measured: Measured, unit: str, known: Sequence[SupplierWeights], by: Actor
) -> SupplierScore:
    since, until = period_of(start, unit)
    weights = _weights_on(known, _end_of(until, by)).by_measure
    figures = {name: measured.figure(name) for name in MEASURES}
    points = {name: points_of(name, figure) for name, figure in figures.items()}
    score, known_part = score_of(points, weights), known_weight(points, weights)
    return SupplierScore(
        supplier, since, until, measured, figures, points, weights, score, known_part, grade_of(score, known_part)
    )


def _all_weights() -> list[SupplierWeights]:
    return list(SupplierWeights.objects.order_by("version"))


def _weights_on(known: Sequence[SupplierWeights], end: datetime) -> SupplierWeights:
    usual = SupplierWeights(version=0, **USUAL_WEIGHTS)
    return next((one for one in reversed(known) if one.set_at < end), usual)


def _end_of(day: date, by: Actor) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), by.company_zone)


def _named(search: str) -> dict[int, Supplier]:
    return Supplier.objects.filter(matches(search)).in_bulk()


def _sorted(rows: Sequence[SupplierScore], sort: str) -> list[SupplierScore]:
    """Return rows in the order of a figure, those without it last, suppliers of the same by number."""
    name, is_falling = sort.removeprefix("-"), sort.startswith("-")
    by_number = sorted(rows, key=lambda one: one.supplier.number)
    if name == "name":
        return sorted(by_number, key=lambda one: one.supplier.name, reverse=is_falling)
    known = [(value, one) for one in by_number if (value := _figure(one, name)) is not None]
    known.sort(key=lambda pair: -pair[0] if is_falling else pair[0])
    return [one for _value, one in known] + [one for one in by_number if _figure(one, name) is None]


def _figure(one: SupplierScore, name: str) -> Decimal | None:
    return one.score if name == "score" else one.figures[name]
