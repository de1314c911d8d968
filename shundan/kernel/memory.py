"""What seldom changes, remembered by the process: rows of master data, and the moment at which they were true.

What is worked out from memory counts only if the database confirms, in the very statement that writes it, that nothing
remembered has changed since (`kernel_require_known`). Everything else (a refusal, a draft, a read) is worked out anew
without memory. So nobody is ever answered by an outdated price, and a revoked token opens nothing (docs/adr/0023).
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection

from shundan.kernel.db import MEMORY_AT_WORK, NotFromMemory, fetch_prepared
from shundan.kernel.errors import Refused

R = TypeVar("R")
K = TypeVar("K", bound=Hashable)
MOST_REMEMBERED = 50_000
# The database forgets changes after a day and calls a memory of ten minutes outdated.
LASTS_SECONDS = 300
# After a change everything is read anew for a moment: imports change master data all the time.
RESTS_SECONDS = 0.5
_NOW = "select pg_current_snapshot()::text, clock_timestamp()"
_MISSING = object()


@dataclass(slots=True)
class _Memory:
    """What is remembered since one moment; all of it was read at that moment or later."""

    snapshot: str
    taken_at: datetime
    since: float
    known: dict[Hashable, Any] = field(default_factory=dict)


class _Hand(threading.local):
    """What this thread works from now, and whether a statement that writes was sent."""

    memory: _Memory | None = None
    is_settled = False


class Outdated(Refused):
    """What was remembered has changed; told by the database, never to a person."""

    code = "outdated"


_hand = _Hand()
_latest: _Memory | None = None
_rests_until = 0.0


def from_memory(work: Callable[[], R], *, otherwise: Callable[[], R] | None = None) -> R:
    """Run work that may remember; without memory, unless it ends in a statement that confirms what it knew, run it
    again, or what takes its place then.

    Inside a transaction, which may have changed what is remembered itself, nothing is.
    """
    anew = otherwise or work
    if _hand.memory is not None:
        return work()
    memory = None if connection.in_atomic_block else _usable()
    if memory is None:
        return anew()
    _hand.memory, _hand.is_settled = memory, False
    MEMORY_AT_WORK.is_set = True
    try:
        found = work()
        if _hand.is_settled:
            return found
    except (Exception, NotFromMemory):
        if _hand.is_settled:
            raise
    finally:
        _hand.memory = None
        MEMORY_AT_WORK.is_set = False
    return anew()


def settled(write: Callable[[str | None, datetime | None], R]) -> R:
    """Run a statement that writes; it is given the snapshot of what was remembered, and refuses if that is outdated.

    From here on the work is done, whatever its answer is, unless the database refused.
    """
    memory = _hand.memory
    if memory is None:
        return write(None, None)
    _hand.is_settled = True
    try:
        return write(memory.snapshot, memory.taken_at)
    except Refused as refusal:
        _hand.is_settled = False
        if isinstance(refusal, Outdated):
            _forget(memory)
        raise


def remembered_rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a read of master data. The tables it reads must be among those that tell of changes."""
    memory = _hand.memory
    if memory is None:
        return fetch_prepared(sql, parameters)
    key = (sql, *(tuple(one) if isinstance(one, list) else one for one in parameters))
    rows: Any = memory.known.get(key, _MISSING)
    if rows is _MISSING:
        rows = memory.known[key] = fetch_prepared(sql, parameters)
    found: list[tuple[Any, ...]] = rows
    return found


def remembered_each(subject: str, keys: Iterable[K], fetch: Callable[[list[K]], Mapping[K, R]]) -> Mapping[K, R]:
    """Return what is known by these keys; what is not remembered is fetched together. Values must not be changed."""
    wanted = list(keys)
    memory = _hand.memory
    if memory is None:
        return fetch(wanted)
    found = {key: memory.known[subject, key] for key in wanted if (subject, key) in memory.known}
    missing = [key for key in wanted if key not in found]
    if missing:
        fetched = fetch(missing)
        memory.known.update({(subject, key): value for key, value in fetched.items()})
        found |= fetched
    return found


def forget_everything() -> None:
    """Begin anew with nothing remembered."""
    global _latest, _rests_until
    _latest, _rests_until = None, 0.0


def _usable() -> _Memory | None:
    global _latest
    now, memory = time.monotonic(), _latest
    if memory is not None and now - memory.since < LASTS_SECONDS and len(memory.known) < MOST_REMEMBERED:
        return memory
    if now < _rests_until:
        return None
    ((snapshot, taken_at),) = fetch_prepared(_NOW, [])
    _latest = memory = _Memory(snapshot, taken_at, now)
    return memory


def _forget(outdated: _Memory) -> None:
    global _latest, _rests_until
    if _latest is outdated:
        _latest, _rests_until = None, time.monotonic() + RESTS_SECONDS
