"""Messages: the reader's own, read or not, and which of them come how."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Id, Moment, Row, moment, moment_or_none
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.notifications.actions import read_notices, set_notice_choices
from shundan.notifications.queries import Choice, choices_of, list_notices, words_of
from shundan.ui.doors import SIGNED_IN

routes = Routes("notices")


class Notice(Answer):
    """One message: what it says in your language, and what it is about."""

    id: str
    kind: str
    text: str
    detail: str
    subject_kind: str
    subject_id: str
    at: Moment
    read_at: Moment | None


class NoticePage(Answer):
    """One page of your messages."""

    items: list[Notice]
    next: Next


class NoticesWanted(Paged):
    """All of your messages, or those you have not read."""

    show: Literal["all", "unread"] = "all"


class ReadGiven(Given):
    """Which messages you have read; without `ids` all of them."""

    ids: Annotated[list[Id], Field(max_length=200)] | None = None


class ReadAnswer(Answer):
    """How many of them were new."""

    read: int


class NoticeChoice(Answer):
    """Whether a kind of message comes by a channel."""

    kind: str
    channel: str
    is_on: bool


class NoticeChoices(Answer):
    """Your choice for every kind and channel."""

    items: list[NoticeChoice]


class ChoicesGiven(Given):
    """The choices to change."""

    class ChannelChosen(Given):
        """One of them."""

        kind: Code
        channel: Code
        is_on: Flag

    items: Annotated[list[ChannelChosen], Field(min_length=1, max_length=200)]


@routes.get("/notices", permission=SIGNED_IN, answer=NoticePage)
def index(request: HttpRequest, wanted: Query[NoticesWanted]) -> NoticePage:
    """List your messages, newest first."""
    found = list_notices(
        by=actor(request), unread=wanted.show == "unread", cursor=wanted.cursor or None, limit=wanted.limit
    )
    return NoticePage(**page_members(found, _notice))


@routes.post("/notices/read", permission=SIGNED_IN, answer=ReadAnswer, status=200)
def read(request: HttpRequest, given: ReadGiven) -> ReadAnswer:
    """Count messages as read."""
    ids = None if given.ids is None else [int(one) for one in given.ids]
    return ReadAnswer(read=read_notices(by=actor(request), ids=ids))


@routes.get("/notices/choices", permission=SIGNED_IN, answer=NoticeChoices)
def choices(request: HttpRequest) -> NoticeChoices:
    """Show which messages come how."""
    return _choices(choices_of(by=actor(request)))


@routes.put("/notices/choices", permission=SIGNED_IN, answer=NoticeChoices)
def choose(request: HttpRequest, given: ChoicesGiven) -> NoticeChoices:
    """Choose which messages come how."""
    wanted = [Choice(one.kind, one.channel, one.is_on) for one in given.items]
    return _choices(set_notice_choices(wanted, by=actor(request)))


def _choices(found: list[Choice]) -> NoticeChoices:
    return NoticeChoices(items=[NoticeChoice(kind=one.kind, channel=one.channel, is_on=one.is_on) for one in found])


def _notice(one: Row) -> Notice:
    words = words_of(one)
    return Notice(
        id=str(one.pk),
        kind=one.kind,
        text=words.sentence,
        detail=words.detail,
        subject_kind=one.subject_kind,
        subject_id=str(one.subject_id),
        at=moment(one.created_at),
        read_at=moment_or_none(one.read_at),
    )
