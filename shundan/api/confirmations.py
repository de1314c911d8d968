"""What customers are asked to confirm, and what they said."""

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Moment, moment, moment_or_none
from shundan.api.routes import Routes
from shundan.confirmations.actions import ask_customer
from shundan.confirmations.queries import Confirmation, awaits_customer, confirmations_of
from shundan.orders.queries import get_order

routes = Routes("confirmations")


class ConfirmationRow(Answer):
    """One revision that the customer was asked to confirm; states: sent, confirmed, wrong, replaced.

    `digest` is the SHA-256 of the PDF that was sent; `lines` is what is wrong by position.
    """

    id: str
    revision: int
    state: str
    sent_to: str
    sent_at: Moment
    answered_at: Moment | None
    answered_by: str
    remark: str
    lines: dict[str, str]
    digest: str


class ConfirmationList(Answer):
    """All of an order, newest first, and whether it waits for its customer."""

    is_awaited: bool
    items: list[ConfirmationRow]


@routes.get("/orders/{number}/confirmations", permission="order.read", answer=ConfirmationList)
def index(request: HttpRequest, number: Code) -> ConfirmationList:
    """List what the customer of an order was asked and said."""
    by = actor(request)
    order = get_order(number, by=by)
    items = [_row(one) for one in confirmations_of(order, by=by)]
    return ConfirmationList(is_awaited=awaits_customer(order), items=items)


@routes.post("/orders/{number}/confirmations", permission="order.confirm", answer=ConfirmationRow)
def ask(request: HttpRequest, number: Code) -> ConfirmationRow:
    """Mail an order as it stands to its customer, to be confirmed without signing in."""
    return _row(ask_customer(number, by=actor(request)))


def _row(one: Confirmation) -> ConfirmationRow:
    return ConfirmationRow(
        id=str(one.pk),
        revision=one.revision,
        state=one.state,
        sent_to=one.sent_to,
        sent_at=moment(one.sent_at),
        answered_at=moment_or_none(one.answered_at),
        answered_by=one.answered_by_name,
        remark=one.remark,
        lines=one.lines,
        digest=one.digest,
    )
