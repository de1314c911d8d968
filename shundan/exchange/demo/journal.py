"""What the demo company's simulated days leave behind: events in the order of time, and gapless numbers."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from operator import itemgetter
from typing import Any

from shundan.exchange.copying import copy_values, new_ids
from shundan.kernel.actor import Actor
from shundan.kernel.models import Event
from shundan.kernel.numbering import next_gapless_numbers, next_numbers, number_from

PATTERN = "{prefix}-{yyyy}-{seq:06d}"
EVENT_COLUMNS = "id at kind subject_kind subject_id actor_id actor_name door data".split()


class Journal:
    """Collects events and writes them by COPY, oldest first; the past tells no subscriber."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def note(self, kind: str, subject: tuple[str, int], by: Actor, data: Mapping[str, Any] | None = None) -> None:
        """Remember that something happened, with the shape of data that the real actions write."""
        self.events.append((by.at, kind, *subject, by.id, by.name, by.door, dict(data or {})))

    def write(self) -> None:
        """Write all events in the order of time."""
        self.events.sort(key=itemgetter(0))
        rows = ((pk, *event) for event, pk in zip(self.events, new_ids(Event), strict=False))
        copy_values(Event._meta.db_table, EVENT_COLUMNS, list(rows))


class Numbers:
    """Deals out document numbers while days are simulated, and settles with the real series afterwards."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str, int], int] = defaultdict(int)
        self._blocks: dict[tuple[str, int], list[str]] = {}

    def gapless(self, series: str, *, prefix: str, on: date) -> str:
        """Return the next number of a series without gaps."""
        key = (series, prefix, on.year)
        self._counted[key] += 1
        return number_from(PATTERN, prefix=prefix, on=on, seq=self._counted[key])

    def spaced(self, series: str, *, prefix: str, on: date) -> str:
        """Return the next number of a series that may have gaps."""
        block = self._blocks.setdefault((series, on.year), [])
        if not block:
            block += reversed(next_numbers(series, prefix=prefix, on=on, count=20))
        return block.pop()

    def settle(self) -> None:
        """Move the real gapless counters to where the simulation stopped."""
        for (series, prefix, year), count in sorted(self._counted.items()):
            on = date(year, 1, 1)
            real = next_gapless_numbers(series, prefix=prefix, on=on, count=count)
            if real[0] != number_from(PATTERN, prefix=prefix, on=on, seq=1):
                raise RuntimeError(f"the series {series} of {year} was used before the demo: {real[0]}")
