"""When the demo company works: business hours in Shanghai, quiet weekends and Spring Festival, busy autumns."""

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
# How busy each month is, January first.
SEASON = (0.95, 0.55, 1.2, 1.05, 1.0, 1.12, 0.9, 0.92, 1.1, 1.0, 1.32, 1.22)
WEEKEND = 0.06
GROWTH = 0.35

Step = Callable[[datetime], None]


class Clock:
    """Runs planned steps in the order of time until the simulation's last moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._steps: list[tuple[datetime, int, Step]] = []
        self._order = itertools.count()

    def plan(self, at: datetime, step: Step) -> None:
        """Let a step happen at a moment; what would come too late never happens."""
        if at <= self.until:
            heapq.heappush(self._steps, (at, next(self._order), step))

    def run(self) -> None:
        """Take all steps; a step may plan further ones."""
        while self._steps:
            at, _order, step = heapq.heappop(self._steps)
            step(at)


def day_of(at: datetime) -> date:
    """Return the company's calendar day of a moment."""
    return at.astimezone(ZONE).date()


def at_work(rng: Random, day: date, *, after: datetime | None = None) -> datetime:
    """Return a moment in the business hours of a day, and not before `after`."""
    moment = datetime.combine(day, time(8, 30), ZONE) + timedelta(seconds=rng.randint(0, 36_000))
    moment = moment.astimezone(UTC)
    if after is not None and moment <= after:
        moment = after + timedelta(seconds=rng.randint(60, 5400))
    return moment


def workdays_later(rng: Random, at: datetime, low: int, high: int) -> datetime:
    """Return a moment some working days later."""
    day = day_of(at)
    for _step in range(rng.randint(low, high)):
        day += timedelta(days=1)
        while day.weekday() >= 5:
            day += timedelta(days=1)
    return at_work(rng, day, after=at)


def order_days(rng: Random, first: date, last: date, count: int) -> list[date]:
    """Return the days of so many orders, rising, by season, weekday and growth."""
    span = (last - first).days
    days = [first + timedelta(days=i) for i in range(span + 1)]
    weights = [
        _season(day) * (WEEKEND if day.weekday() >= 5 else 1) * (1 + GROWTH * i / max(1, span))
        for i, day in enumerate(days)
    ]
    return sorted(rng.choices(days, weights, k=count))


def _season(day: date) -> float:
    """Return how busy a day is; months fade into one another."""
    here, there = SEASON[day.month - 1], SEASON[day.month % 12]
    return here + (there - here) * max(0, day.day - 20) / 20
