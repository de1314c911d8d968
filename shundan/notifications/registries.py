"""Where higher rooms hang channels, and what is known of the documents that notices are about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise


class Undeliverable(Exception):
    """A channel knows that this notice will never reach this person; trying again is of no use."""


class Message(Protocol):
    """What a channel sends: words in the reader's language, and a link that opens exactly what they are about."""

    @property
    def notice_id(self) -> int:
        """Return what makes it one message, however often it is sent."""

    @property
    def address(self) -> str:
        """Return the reader's e-mail address."""

    @property
    def title(self) -> str:
        """Return one line."""

    @property
    def text(self) -> str:
        """Return the whole, with the link."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out of the house: whether it is set up, and how a message is sent by it."""

    label: str | Promise
    is_ready: Callable[[], bool]
    send: Callable[[Message], None]  # Raises: Undeliverable; anything else is tried again.


CHANNELS: dict[str, Channel] = {}


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a document: who stands behind it, where it belongs, and what happened to it in two languages."""

    title: str
    party: str = ""
    places: Mapping[str, int | None] = field(default_factory=dict)  # such as owner, applicant: ids of people
    groups: Mapping[str, Sequence[int]] = field(default_factory=dict)  # such as giver, receiver: people of a side
    department: str | None = None
    words_zh: str = ""
    words_en: str = ""


# By kind of subject: what a notice of an event (its subject's id and data) is about, or None for what is gone.
SUBJECTS: dict[str, Callable[[int, Mapping[str, Any]], About | None]] = {}
