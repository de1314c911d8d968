"""What people can be told, by which channel unless they wish otherwise, and how those who are told are named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

IN_APP = "in_app"
EMAIL = "email"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice: whether it shows in the house and goes out by mail for who wished nothing else.

    `is_gathered`: what comes of the same subject within GATHERED_FOR joins the notice that nobody has read yet.
    """

    by_app: bool = True
    by_mail: bool = True
    is_gathered: bool = False

    def is_on(self, channel: str) -> bool:
        """Tell whether it uses a channel when nobody wished anything."""
        return self.by_app if channel == IN_APP else self.by_mail


# In the order in which people choose among them.
KINDS: Mapping[str, NoticeKind] = MappingProxyType(
    {
        "approval_asked": NoticeKind(),
        "approval_nudged": NoticeKind(),
        "approval_ended": NoticeKind(),
        "approval_handed_on": NoticeKind(),
        "approval_copied": NoticeKind(),
        "approval_commented": NoticeKind(by_mail=False),
        "stock_alerted": NoticeKind(by_mail=False),
        "order_promise_slipped": NoticeKind(),
        "order_promise_made": NoticeKind(by_mail=False),
        "order_supplier_answered": NoticeKind(),
        "stock_expired": NoticeKind(by_mail=False, is_gathered=True),
        "document_moved": NoticeKind(by_mail=False),
    }
)
OTHERWISE = "document_moved"
# Notices that ask for something; they are done with when it was done, read or not.
ASKING = ("approval_asked", "approval_nudged")
MOST_PEOPLE = 200
GATHERED_FOR = timedelta(days=1)


def kind_of_event(event_kind: str) -> str:
    """Return the kind of notice that an event makes: its own, or that a document has moved on."""
    own = event_kind.replace(".", "_")
    return own if own in KINDS else OTHERWISE


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who are to be told, as events name them: people by id, roles, and places such as owner or applicant."""

    people: tuple[int, ...]
    roles: tuple[str, ...]
    places: tuple[str, ...]


def audience_of(names: Iterable[object]) -> Audience:
    """Return whom names such as `user:7`, `role:warehouse`, `owner` mean; what is none of these is left out."""
    people: list[int] = []
    roles: list[str] = []
    places: list[str] = []
    for name in names:
        head, colon, rest = str(name).partition(":")
        if head == "user" and rest.isascii() and rest.isdigit():
            people.append(int(rest))
        elif head == "role" and rest:
            roles.append(rest)
        elif head and not colon:
            places.append(head)
    return Audience(tuple(dict.fromkeys(people)), tuple(dict.fromkeys(roles)), tuple(dict.fromkeys(places)))
