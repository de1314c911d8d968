"""The statement that writes orders which go straight through: those that arrive at the same moment, together.

Everything about them is decided; it writes them, or refuses (docs/adr/0023, 0046).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError, connection
from pydantic_core import to_json

from shundan.kernel.db import RefusalMaker, call_sql, in_one_statement
from shundan.kernel.gathering import Apart, Gathering

_PLACE = (
    "select orders_place_together(%s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::int[], %s::text[],"
    " %s::json, %s::json, %s::json, %s::json, %s::json, %s::bool[], %s::bool[], %s::int)"
)
# So long a statement for several waits for a row that somebody else holds; then each goes alone.
PATIENCE_MS = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """An order that was worked out: its columns, what happened to it, its number's pattern, and the answer to keep.

    A claim's `head` and `tail` are its answer before and after the number; `snapshot` is that of what was remembered.
    """

    snapshot: str | None
    moment: datetime | None
    series: str
    before: str
    width: int
    after: str
    order: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    events: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any]
    takes_credit: bool
    reserves: bool
    claim: Mapping[str, Any] | None = None
    refusals: Mapping[str, RefusalMaker] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What the database gave an order: its id, its number and the ids of its lines; or the answer that was kept."""

    id: int = 0
    number: str = ""
    lines: Sequence[int] = ()
    kept: Mapping[str, Any] | None = None


def write_order(entry: Entry) -> Written:
    """Write an order, together with those that arrive at the same moment. Raises: what `entry.refusals` make."""
    if connection.in_atomic_block:
        return _write([entry])[0]
    return _gathering.join(entry)


def _write(entries: Sequence[Entry]) -> list[Written]:
    if len(entries) == 1:
        (entry,) = entries
        parameters = _parameters(entries, patience=0)
        found = in_one_statement(lambda: call_sql(_PLACE, parameters, refusals=entry.refusals))
        if "kept" in found:
            return [Written(kept=found["kept"])]
    else:
        try:
            found = call_sql(_PLACE, _parameters(entries, patience=PATIENCE_MS), refusals={})
        except DatabaseError as error:
            if _was_undone(error):
                raise Apart from error
            raise
    ids, numbers, lines = found["ids"], found["numbers"], iter(found["lines"])
    return [Written(ids[i], numbers[i], [next(lines) for _line in one.lines]) for i, one in enumerate(entries)]


def _was_undone(error: DatabaseError) -> bool:
    """Tell whether the database itself said no; a connection that was lost says nothing of what became of it."""
    state = error.__cause__.sqlstate if isinstance(error.__cause__, psycopg.Error) else None
    return state is not None and not state.startswith(("08", "57P"))


def _parameters(entries: Sequence[Entry], *, patience: int) -> list[Any]:
    claims = [{"n": n, **one.claim} for n, one in enumerate(entries, 1) if one.claim is not None]
    return [
        [one.snapshot for one in entries],
        [one.moment for one in entries],
        [one.series for one in entries],
        [one.before for one in entries],
        [one.width for one in entries],
        [one.after for one in entries],
        as_json(claims) if claims else None,
        as_json([{"n": n, **one.order} for n, one in enumerate(entries, 1)]),
        as_json([{"n": n, **line} for n, one in enumerate(entries, 1) for line in one.lines]),
        as_json([{"n": n, **event} for n, one in enumerate(entries, 1) for event in one.events]),
        as_json([one.facts for one in entries]),
        [one.takes_credit for one in entries],
        [one.reserves for one in entries],
        patience,
    ]


def as_json(value: object) -> str:
    """Return a value as JSON text; decimals and moments as strings."""
    return to_json(value).decode()


_gathering: Gathering[Entry, Written] = Gathering(_write)
