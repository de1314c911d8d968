"""Recording what happened, and telling those who subscribed, once each, after commit."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from shundan.kernel.actor import Actor
from shundan.kernel.db import fetch_prepared
from shundan.kernel.models import Event

Handler = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A function that wants to hear of some kinds of event, or of any whose data carries a fact of some name."""

    name: str
    kinds: frozenset[str]
    function: Handler
    carrying: str = ""

    def hears(self, kind: str, data: Mapping[str, Any]) -> bool:
        """Tell whether an event of this kind with these data concerns it."""
        return kind in self.kinds or bool(self.carrying and data.get(self.carrying))


_RECORD = (
    "select kernel_record(%s::text, %s::text, %s::bigint, %s::bigint, %s::text, %s::text, %s::timestamptz,"
    " %s::jsonb, %s::text[])"
)
SUBSCRIBERS: dict[str, Subscriber] = {}


def subscribe(*kinds: str, carrying: str = "") -> Callable[[Handler], Handler]:
    """Register a handler for kinds of event; it runs as a job of its own, each effect once.

    With `carrying` it hears of every event whose data has something under that name, whatever its kind.

    The job row commits with the change that caused the event. The handler runs inside a transaction
    that also writes its receipt, so a job that is repeated after a crash changes nothing.
    """

    def register(function: Handler) -> Handler:
        name = f"{function.__module__.removeprefix('shundan.').removesuffix('.hooks')}.{function.__name__}"
        SUBSCRIBERS[name] = Subscriber(name, frozenset(kinds), function, carrying)
        return function

    return register


def listeners_of(kind: str, data: Mapping[str, Any]) -> list[str]:
    """Return the names of the subscribers that want to hear of an event of this kind with these data."""
    return sorted(name for name, one in SUBSCRIBERS.items() if one.hears(kind, data))


def record(
    kind: str, *, subject: tuple[str, int], by: Actor, data: Mapping[str, Any] | None = None, jobs: bool = True
) -> int:
    """Write an event and the jobs of its subscribers in the caller's transaction; return the event's id.

    `subject` is the kind of record and its id. Imports of history pass `jobs=False`: the past tells nobody.
    """
    facts = data or {}
    listeners = listeners_of(kind, facts) if jobs else []
    parameters = [kind, *subject, by.id, by.name, by.door, by.at, _json(facts), listeners]
    return int(fetch_prepared(_RECORD, parameters)[0][0])


def record_many(
    kind: str, *, subject_kind: str, rows: list[tuple[int, Mapping[str, Any]]], by: Actor, jobs: bool = True
) -> dict[int, int]:
    """Write one event for each (subject id, data) in a single statement; return the events' ids by subject."""
    if not rows:
        return {}
    # Who hears of one of them is asked about each; a handler that finds nothing for itself does nothing.
    listeners = sorted({name for _id, data in rows for name in listeners_of(kind, data)}) if jobs else []
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.id, kernel_record(%s, %s, t.id, %s, %s, %s, %s, t.data::jsonb, %s)"
            " from unnest(%s::bigint[], %s::text[]) as t(id, data)",
            [
                kind,
                subject_kind,
                by.id,
                by.name,
                by.door,
                by.at,
                listeners,
                [row[0] for row in rows],
                [_json(row[1]) for row in rows],
            ],
        )
        return dict(cursor.fetchall())


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
