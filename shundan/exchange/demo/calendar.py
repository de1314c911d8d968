"""When the demo company works: nine to six in Shanghai, a little on Saturdays, quiet Spring Festival, busy autumns."""

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
# How busy each month is, January first.
SEASON = (0.95, 0.55, 1.2, 1.05, 1.0, 1.12, 0.9, 0.92, 1.1, 1.0, 1.32, 1.22)
SATURDAY = 0.12
SUNDAY = 6
OPENS, CLOSES = time(9), time(18)
WORKDAY = timedelta(hours=9)
# Work that comes in after hours is done in the first hours of the next morning.
MORNING_SECONDS = 7200
WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.0, SATURDAY, 0.0)
GROWTH = 0.35

Step = Callable[[datetime], None]


class Clock:
    """Runs planned steps in the order of time until the simulation's last moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._steps: list[tuple[datetime, int, Step]] = []
        self._order = itertools.count()

    def plan(self, at: datetime, step: Step) -> None:
        """Let a step happen at a moment, or the next morning; what would come too late never happens."""
        at = to_work(at)
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
    moment = datetime.combine(day, OPENS, ZONE) + timedelta(seconds=rng.randrange(int(WORKDAY.total_seconds())))
    moment = moment.astimezone(UTC)
    if after is not None and moment <= after:
        moment = after + timedelta(seconds=rng.randint(60, 5400))
    return to_work(moment)


def to_work(at: datetime) -> datetime:
    """Return a moment itself if somebody works then, else one in the next working morning."""
    local = at.astimezone(ZONE)
    if local.weekday() != SUNDAY and OPENS <= local.time() < CLOSES:
        return at
    seconds = (local.hour * 3600 + local.minute * 60 + local.second) % MORNING_SECONDS
    return _opening(local) + timedelta(seconds=seconds)


def last_at_work(at: datetime) -> datetime:
    """Return the last moment up to this one when somebody worked."""
    local = at.astimezone(ZONE)
    if local.weekday() != SUNDAY and OPENS <= local.time() < CLOSES:
        return at
    return _closing(local) - timedelta(seconds=1)


def worked_before(at: datetime, worked: timedelta) -> datetime:
    """Return the moment from which so much working time passes until another one."""
    start = last_at_work(at)
    while (today := start - _combined(day_of(start), OPENS)) < worked:
        worked -= today
        start = _closing((start - today - timedelta(seconds=1)).astimezone(ZONE))
    return start - worked


def worked_after(at: datetime, worked: timedelta) -> datetime:
    """Return the moment when so much working time has passed since another one."""
    start = to_work(at)
    while (today := _combined(day_of(start), CLOSES) - start) <= worked:
        worked -= today
        start = _opening(start.astimezone(ZONE))
    return start + worked


def _opening(local: datetime) -> datetime:
    """Return when work begins next after a moment outside of working hours, or after that day's work."""
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return _combined(day + timedelta(days=day.weekday() == SUNDAY), OPENS)


def _closing(local: datetime) -> datetime:
    """Return when work ended last before a moment outside of working hours."""
    day = local.date() if local.time() >= CLOSES else local.date() - timedelta(days=1)
    return _combined(day - timedelta(days=day.weekday() == SUNDAY), CLOSES)


def _combined(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE).astimezone(UTC)


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
    weights = [_season(day) * WEIGHTS[day.weekday()] * (1 + GROWTH * i / max(1, span)) for i, day in enumerate(days)]
    return sorted(rng.choices(days, weights, k=count))


def _season(day: date) -> float:
    """Return how busy a day is; months fade into one another."""
    here, there = SEASON[day.month - 1], SEASON[day.month % 12]
    return here + (there - here) * max(0, day.day - 20) / 20
