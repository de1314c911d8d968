"""Handing journals over to accounting systems: batches, their files, and their journals page by page."""

import base64
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Day, DayText, Given, Moment, Row, Words, day, moment, moment_or_none
from shundan.api.ledger import JournalList, journal_row
from shundan.api.pagination import Next, Paged, page_members
from shundan.api.routes import Routes
from shundan.ledger.actions import hand_over_journals, take_hand_over_back
from shundan.ledger.queries import (
    SUFFIXES,
    file_of_hand_over,
    get_hand_over,
    journals_of_hand_over,
    list_hand_overs,
)

routes = Routes("hand_overs")


class HandOverRow(Answer):
    """A batch: `done` of `total` journals are written; `digest` is the SHA-256 of its file."""

    number: str
    form: str
    first: DayText | None
    last: DayText
    state: str
    total: int
    done: int
    digest: str
    created_at: Moment
    created_by: str
    finished_at: Moment | None
    reason: str
    withdrawn_at: Moment | None
    withdrawn_by: str


class HandOverList(Answer):
    """One page of batches."""

    items: list[HandOverRow]
    next: Next


class HandOverGiven(Given):
    """Which journals, and how: those until `last` that nobody got yet, the oldest first, at most `most`."""

    form: Literal["csv", "yonyou", "kingdee", "rest"]
    last: Day
    first: Day | None = None
    most: Annotated[int, Field(ge=1, le=50_000)] = 50_000


class TakenBack(Given):
    """Why a batch is taken back."""

    reason: Words


class HandOverFile(Answer):
    """The file of a batch in Base64, the same each time."""

    name: str
    content: str


@routes.get("/hand-overs", permission="ledger.read", answer=HandOverList)
def index(request: HttpRequest, wanted: Query[Paged]) -> HandOverList:
    """List batches, newest first."""
    page = list_hand_overs(by=actor(request), cursor=wanted.cursor, limit=wanted.limit)
    return HandOverList(**page_members(page, _row))


@routes.post("/hand-overs", permission="ledger.hand_over", answer=HandOverRow)
def make(request: HttpRequest, given: HandOverGiven) -> HandOverRow:
    """Put journals that nobody got yet into a batch; a job writes its file."""
    return _row(
        hand_over_journals(
            form=given.form, from_on=given.first, until_on=given.last, most=given.most, by=actor(request)
        )
    )


@routes.get("/hand-overs/{number}", permission="ledger.read", answer=HandOverRow)
def show(request: HttpRequest, number: Code) -> HandOverRow:
    """Show a batch and how far its file came."""
    return _row(get_hand_over(number, by=actor(request)))


@routes.post("/hand-overs/{number}/take-back", permission="ledger.hand_over", answer=HandOverRow, status=200)
def take_back(request: HttpRequest, number: Code, given: TakenBack) -> HandOverRow:
    """Take a batch back while its months are open: its journals wait for the next one, and stay listed here."""
    return _row(take_hand_over_back(number, reason=given.reason, by=actor(request)))


@routes.get("/hand-overs/{number}/journals", permission="ledger.read", answer=JournalList)
def journals(request: HttpRequest, number: Code, wanted: Query[Paged]) -> JournalList:
    """List the journals of a batch in their order; resumed with `next`, it goes on where it stopped."""
    by = actor(request)
    page = journals_of_hand_over(get_hand_over(number, by=by), by=by, cursor=wanted.cursor, limit=wanted.limit)
    return JournalList(**page_members(page, journal_row))


@routes.get("/hand-overs/{number}/file", permission="ledger.read", answer=HandOverFile)
def file(request: HttpRequest, number: Code) -> HandOverFile:
    """Fetch the file of a batch. While a job writes it: `hand_over_waiting`, with `Retry-After`."""
    one = get_hand_over(number, by=actor(request))
    content = file_of_hand_over(one)
    return HandOverFile(name=f"{one.number}.{SUFFIXES[one.form]}", content=base64.b64encode(content).decode())


def _row(one: Row) -> HandOverRow:
    return HandOverRow(
        number=one.number,
        form=one.form,
        first=day(one.from_on),
        last=one.until_on.isoformat(),
        state=one.state,
        total=one.total,
        done=one.done,
        digest=one.digest,
        created_at=moment(one.created_at),
        created_by=one.created_by_name,
        finished_at=moment_or_none(one.finished_at),
        reason=one.reason,
        withdrawn_at=moment_or_none(one.withdrawn_at),
        withdrawn_by=one.withdrawn_by_name,
    )
