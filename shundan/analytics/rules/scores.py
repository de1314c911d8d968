"""How suppliers are graded: what is measured, how many points a measure earns, what the points weigh."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

MEASURES = ("on_time", "quality", "price", "response")
# As shipped: what counts until somebody sets others.
USUAL_WEIGHTS: Mapping[str, int] = MappingProxyType({"on_time": 40, "quality": 30, "price": 20, "response": 10})
GRADES = ("A", "B", "C", "D")
_BOUNDS = (90, 75, 60)
LEAST_KNOWN = 50
UNITS = ("month", "quarter")
# How many periods a scorecard shows.
PERIODS: Mapping[str, int] = MappingProxyType({"month": 12, "quarter": 8})
# An answer within a day earns all points; who has not answered after ten days is taken to need ten.
QUICK_HOURS, MOST_HOURS = Decimal(24), Decimal(240)
_FULL, _NONE, _POINT = Decimal(100), Decimal(0), Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Measured:
    """What the documents of a supplier say of a period, as sums: worth in company currency, time in hours."""

    due: Decimal = _NONE
    in_time: Decimal = _NONE
    received: Decimal = _NONE
    faulty: Decimal = _NONE
    charged: Decimal = _NONE
    market: Decimal = _NONE
    asked: Decimal = _NONE
    hours: Decimal = _NONE

    def figure(self, measure: str) -> Decimal | None:
        """Return a measure, None where no document says anything: shares and index as ratios, response in hours."""
        match measure:
            case "on_time":
                return _ratio(self.in_time, self.due)
            case "quality":
                return _ratio(self.received - self.faulty, self.received)
            case "price":
                return _ratio(self.charged, self.market)
        found = _ratio(self.hours, self.asked)
        return None if found is None else found.quantize(_POINT, ROUND_HALF_UP)


def points_of(measure: str, figure: Decimal | None) -> Decimal | None:
    """Return the points from 0 to 100 that a measure earns.

    Shares earn themselves. A price at the market's average earns 80, each percent above costs four, 5 % below it earns
    all. Answers within a day earn all, those after ten days nothing, evenly between.
    """
    if figure is None:
        return None
    match measure:
        case "price":
            points = 80 - 400 * (figure - 1)
        case "response":
            points = _FULL * (MOST_HOURS - figure) / (MOST_HOURS - QUICK_HOURS)
        case _:
            points = _FULL * figure
    return min(max(points, _NONE), _FULL).quantize(_POINT, ROUND_HALF_UP)


def score_of(points: Mapping[str, Decimal | None], weights: Mapping[str, int]) -> Decimal | None:
    """Return the weighted mean of the points that are known; None where none that counts is known."""
    known = {name: value for name, value in points.items() if value is not None}
    whole = sum(weights[name] for name in known)
    if not whole:
        return None
    total = sum((value * weights[name] for name, value in known.items()), _NONE)
    return (total / whole).quantize(_POINT, ROUND_HALF_UP)


def known_weight(points: Mapping[str, Decimal | None], weights: Mapping[str, int]) -> int:
    """Return on how much of the weight a score rests, in percent."""
    return sum(weight for name, weight in weights.items() if points[name] is not None)


def grade_of(score: Decimal | None, known: int = 100) -> str:
    """Return the grade of a score that rests on so much of the weight: A from 90, B from 75, C from 60, else D.

    Empty where there is no score, or where it rests on less than half of the weight.
    """
    if score is None or known < LEAST_KNOWN:
        return ""
    return next((grade for grade, bound in zip(GRADES, _BOUNDS, strict=False) if score >= bound), GRADES[-1])


def period_of(on: date, unit: str) -> tuple[date, date]:
    """Return the first and the last day of the month or quarter that a day lies in."""
    first = on.replace(day=1)
    if unit == "quarter":
        first = first.replace(month=(on.month - 1) // 3 * 3 + 1)
    last = _month_later(first, 3 if unit == "quarter" else 1) - timedelta(days=1)
    return first, last


def earlier(first: date, unit: str, *, periods: int) -> date:
    """Return the first day of the period so many before one that begins on a day."""
    return _month_later(first, -periods * (3 if unit == "quarter" else 1))


def _month_later(first: date, months: int) -> date:
    at = first.year * 12 + first.month - 1 + months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP) if whole > 0 else None
