"""Reminders of overdue invoices: levels, what is proposed, sending and dropping it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Day,
    Flag,
    Given,
    Moment,
    Row,
    Text,
    Words,
    amount,
    moment,
    moment_or_none,
)
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.settlement.actions import (
    LevelInput,
    drop_reminder,
    propose_reminders,
    save_dunning_levels,
    send_reminder,
)
from shundan.settlement.queries import dunning_levels, get_dunning, items_of_dunning, list_dunning

routes = Routes("dunning")


class ReminderLevel(Answer):
    """From how many days late a customer is reminded how; an automatic level is sent without a person."""

    level: int
    days: int
    text_zh: str
    text_en: str
    is_automatic: bool


class ReminderLevels(Answer):
    """All levels, the mildest first."""

    items: list[ReminderLevel]


class LevelGiven(Given):
    """One level."""

    days: Annotated[int, Field(ge=1, le=3650)]
    text_zh: Text
    text_en: Text
    is_automatic: Flag = False


class LevelsGiven(Given):
    """All levels, the mildest first."""

    levels: Annotated[list[LevelGiven], Field(max_length=9)]


class ReminderRow(Answer):
    """A letter; states: proposed, sent, dropped. It gets its number when it is sent."""

    id: str
    number: str
    customer: str
    customer_name: str
    currency: str
    level: int
    total: Amount
    state: str
    proposed_at: Moment
    decided_at: Moment | None
    decided_by: str
    sent_to: str
    reason: str


class ReminderList(Answer):
    """One page of letters."""

    items: list[ReminderRow]
    next: Next


class ReminderItem(Answer):
    """An overdue invoice in a letter."""

    invoice: str
    level: int
    days_late: int
    open: Amount


class ReminderDetail(ReminderRow):
    """A letter and what it reminds of."""

    invoices: list[ReminderItem]


class Proposed(Answer):
    """How many customers are to be reminded."""

    letters: int


class RemindersWanted(Searched):
    """What the list is narrowed to."""

    view: Literal["proposed", "sent", "dropped"] = "proposed"


class SendingGiven(Given):
    """Whether it is mailed; else it is printed and posted."""

    by_mail: Flag = True


class DroppingGiven(Given):
    """Why the customer is not reminded, and until when; without a day for two weeks."""

    reason: Annotated[Words, Field(min_length=1)]
    quiet_until: Day | None = None


@routes.get("/reminder-levels", permission="dunning.read", answer=ReminderLevels)
def levels(request: HttpRequest) -> ReminderLevels:
    """List the levels."""
    return ReminderLevels(
        items=[
            ReminderLevel(
                level=one.level,
                days=one.days,
                text_zh=one.text_zh,
                text_en=one.text_en,
                is_automatic=one.is_automatic,
            )
            for one in dunning_levels()
        ]
    )


@routes.put("/reminder-levels", permission="dunning.edit", answer=ReminderLevels)
def change_levels(request: HttpRequest, given: LevelsGiven) -> ReminderLevels:
    """Keep all levels at once."""
    save_dunning_levels(
        [
            LevelInput(days=one.days, text_zh=one.text_zh, text_en=one.text_en, is_automatic=one.is_automatic)
            for one in given.levels
        ],
        by=actor(request),
    )
    return levels(request)


@routes.get("/reminders", permission="dunning.read", answer=ReminderList)
def index(request: HttpRequest, wanted: Query[RemindersWanted]) -> ReminderList:
    """List letters, newest first."""
    page = list_dunning(
        by=actor(request), view=wanted.view, search=wanted.search, cursor=wanted.cursor, limit=wanted.limit
    )
    return ReminderList(**page_members(page, lambda one: ReminderRow(**_members(one))))


@routes.post("/reminders/propose", permission="dunning.send", answer=Proposed, status=200)
def propose(request: HttpRequest) -> Proposed:
    """Propose letters from what is overdue now, as each night does."""
    return Proposed(letters=propose_reminders(by=actor(request)))


@routes.get("/reminders/{letter_id}", permission="dunning.read", answer=ReminderDetail)
def show(request: HttpRequest, letter_id: int) -> ReminderDetail:
    """Show a letter and what it reminds of."""
    one = get_dunning(letter_id, by=actor(request))
    return ReminderDetail(
        **_members(one),
        invoices=[
            ReminderItem(
                invoice=item.invoice.number,
                level=item.level,
                days_late=item.days_late,
                open=amount(item.open_amount, one.currency),
            )
            for item in items_of_dunning(one)
        ],
    )


@routes.post("/reminders/{letter_id}/send", permission="dunning.send", answer=ReminderDetail, status=200)
def send(request: HttpRequest, letter_id: int, given: SendingGiven) -> ReminderDetail:
    """Send a letter about what of it is still overdue."""
    send_reminder(letter_id, by_mail=given.by_mail, by=actor(request))
    return show(request, letter_id)


@routes.post("/reminders/{letter_id}/drop", permission="dunning.send", answer=ReminderDetail, status=200)
def drop(request: HttpRequest, letter_id: int, given: DroppingGiven) -> ReminderDetail:
    """Leave a customer in peace for a while."""
    drop_reminder(letter_id, reason=given.reason, quiet_until=given.quiet_until, by=actor(request))
    return show(request, letter_id)


def _members(one: Row) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "number": one.number,
        "customer": one.customer.number,
        "customer_name": one.customer.name,
        "currency": one.currency,
        "level": one.level,
        "total": amount(one.total, one.currency),
        "state": one.state,
        "proposed_at": moment(one.proposed_at),
        "decided_at": moment_or_none(one.decided_at),
        "decided_by": one.decided_by_name,
        "sent_to": one.sent_to,
        "reason": one.reason,
    }
