"""What the API says of things that happened."""

from pydantic import JsonValue

from shundan.api.fields import Answer, Moment, Row, moment

# By which facts an order was judged: for questions about the past, not for everybody who sees the order.
_INNER = ("judged",)


class EventAnswer(Answer):
    """One thing that happened, newest first in lists."""

    id: str
    kind: str
    subject: str
    actor: str
    door: str
    at: Moment
    data: dict[str, JsonValue]


class EventList(Answer):
    """What happened to an order and its papers, newest first; at most 200."""

    items: list[EventAnswer]


def event_answer(event: Row) -> EventAnswer:
    """Return one event."""
    return EventAnswer(
        id=str(event.pk),
        kind=event.kind,
        subject=event.subject_kind,
        actor=event.actor_name,
        door=event.door,
        at=moment(event.at),
        data={name: value for name, value in event.data.items() if name not in _INNER},
    )
