"""Forecasting the demand of 1,000 products, as the job does it: a third each steady, seasonal, intermittent."""

import time
from math import sin, tau
from random import Random

from shundan.analytics.forecasting import forecast_all

PRODUCTS = 1_000
MONTHS = 48


def measure_forecast() -> dict[str, float]:
    """Return seconds for all products, and how many a method foresaw better than the naive forecast."""
    dice = Random(11)
    begun = time.perf_counter()
    found = forecast_all([_demand(dice, at % 3) for at in range(PRODUCTS)], lambda _done: None)
    seconds = time.perf_counter() - begun
    return {"forecast_1000_seconds": seconds, "forecast_better_of_1000": sum(one.is_better for one in found)}


def _demand(dice: Random, kind: int) -> list[float]:
    level = dice.uniform(20, 500)
    if kind == 0:
        return [max(0.0, level + at * level / 100 + dice.gauss(0, level / 8)) for at in range(MONTHS)]
    if kind == 1:
        return [max(0.0, level * (1 + 0.4 * sin(at / 12 * tau)) + dice.gauss(0, level / 10)) for at in range(MONTHS)]
    return [dice.uniform(1, 20) if dice.random() < 0.3 else 0.0 for _ in range(MONTHS)]
