"""Forecasting one series: the methods of the library, tested on what they did not know.

Pure: numbers in, numbers out. Methods: exponential smoothing (level, damped trend, season) for steady demand, Croston's
method as corrected by Syntetos and Boylan and that of Teunter, Syntetos and Babai for demand with many empty months.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy
from numpy.typing import NDArray
from statsforecast.models import TSB, AutoETS, CrostonSBA, HistoricAverage, Naive, SeasonalNaive

from shundan.analytics.forecasting import Outlook

Series = NDArray[numpy.float64]
Method = tuple[str, Callable[[], Any]]
YEAR = 12
HORIZON = 3
# Origins of the back-test: a method is chosen by the older ones and judged by the newer ones, whose months it has not
# been chosen by.
CHOOSING, JUDGING = (8, 6), (5, 4, 3)
SHORTEST = 12
# With a larger share of months without demand it counts as intermittent.
MANY_EMPTY = 0.3
SMOOTHING = 0.2


def outlook_of(values: Sequence[float]) -> Outlook:
    """Return the outlook of one series of months."""
    series = numpy.maximum(numpy.asarray(values, dtype=numpy.float64), 0)
    is_intermittent = float((series == 0).mean()) > MANY_EMPTY
    is_seasonal = not is_intermittent and len(series) - CHOOSING[0] >= 2 * YEAR
    pattern = "intermittent" if is_intermittent else "seasonal" if is_seasonal else "steady"
    naive = _naive_of(series)
    if len(series) < SHORTEST or not series[: -CHOOSING[0]].any():
        expected = _forecast(naive, series)
        return Outlook("short", "naive", expected, expected, None, None, None, None, is_better=False)
    chosen = _chosen(series, _candidates(pattern))
    tested = [
        (_forecast(chosen[1], series[:-back])[:HORIZON], _forecast(naive, series[:-back]), series[-back:][:HORIZON])
        for back in JUDGING
    ]
    errors = [_error(one, actual) for one, _other, actual in tested]
    naive_errors = [_error(other, actual) for _one, other, actual in tested]
    total = float(sum(actual.sum() for _one, _other, actual in tested))
    count = sum(len(actual) for _one, _other, actual in tested)
    step = float(numpy.abs(numpy.diff(series[: -JUDGING[0]])).mean())
    is_better = sum(errors) < sum(naive_errors)
    return Outlook(
        pattern,
        chosen[0],
        _forecast(chosen[1], series),
        _forecast(naive, series),
        sum(errors) / total if total else None,
        sum(naive_errors) / total if total else None,
        sum(errors) / count / step if step else None,
        sum(naive_errors) / count / step if step else None,
        is_better,
    )


def _candidates(pattern: str) -> list[Method]:
    if pattern == "intermittent":
        return [
            ("croston", CrostonSBA),
            ("tsb", lambda: TSB(SMOOTHING, SMOOTHING)),
            ("average", HistoricAverage),
        ]
    plain: list[Method] = [
        ("level", lambda: AutoETS(season_length=1, model="ANN")),
        ("trend", lambda: AutoETS(season_length=1, model="AAN", damped=True)),
    ]
    season: Method = ("season", lambda: AutoETS(season_length=YEAR, model="ANA"))
    return [*plain, season] if pattern == "seasonal" else plain


def _naive_of(series: Series) -> Callable[[], Any]:
    """Return the last month or the same month of last year, whichever would have been better until lately."""
    last: Callable[[], Any] = Naive
    if len(series) - CHOOSING[0] < YEAR:
        return last
    naive: list[Method] = [("last", last), ("last_year", lambda: SeasonalNaive(YEAR))]
    return _chosen(series, naive)[1]


def _chosen(series: Series, candidates: list[Method]) -> Method:
    def failed(method: Method) -> float:
        # Only months before those that judge.
        parts = [(series[:-back], series[-back : -JUDGING[0]][:HORIZON]) for back in CHOOSING]
        return sum(_error(_forecast(method[1], known), actual) for known, actual in parts)

    return min(candidates, key=failed)


def _forecast(method: Callable[[], Any], series: Series) -> list[float]:
    """Return the coming months, never below 0; what a method cannot say of a series is its mean."""
    try:
        found = method().forecast(series, HORIZON)["mean"]
    except (ValueError, ArithmeticError, RuntimeError, NotImplementedError):
        found = numpy.full(HORIZON, series.mean())
    if not numpy.isfinite(found).all():
        found = numpy.full(HORIZON, series.mean())
    return [max(0.0, float(one)) for one in found]


def _error(expected: Sequence[float], actual: Series) -> float:
    return float(sum(abs(one - other) for one, other in zip(expected, actual, strict=False)))
