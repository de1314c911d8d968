"""What people wish: which kind of notice by which channel."""

from collections.abc import Iterable
from dataclasses import dataclass

from shundan.kernel.actor import Actor
from shundan.notifications.models import NoticeChoice
from shundan.notifications.registries import CHANNELS
from shundan.notifications.rules import IN_APP, KINDS


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a kind of notice uses a channel, by one's own wish or the house's."""

    kind: str
    channel: str
    is_on: bool


def choices_of(*, by: Actor) -> list[Choice]:
    """Return the actor's choice for each kind and channel, kinds in the order people read them."""
    wished = wishes_of_unscoped([by.id] if by.id is not None else [])
    found = []
    for kind, known in KINDS.items():
        for channel in (IN_APP, *CHANNELS):
            is_on = wished.get((by.id or 0, kind, channel), known.is_on(channel))
            found.append(Choice(kind, channel, is_on))
    return found


def wishes_of_unscoped(people: Iterable[int]) -> dict[tuple[int, str, str], bool]:
    """Return what these people wished, by (person, kind, channel)."""
    rows = NoticeChoice.objects.filter(person_id__in=list(people))
    return {(one.person_id, one.kind, one.channel): one.is_on for one in rows}
