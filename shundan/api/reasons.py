"""The reasons that people choose from when they cancel, close, hold or change an order."""

from django.http import HttpRequest

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Words
from shundan.api.routes import Routes
from shundan.orders.actions import ReasonInput, add_reason, change_reason
from shundan.orders.queries import Reason, all_reasons
from shundan.ui.doors import SIGNED_IN

routes = Routes("reasons")


class ReasonRow(Answer):
    """A reason of a step: send its code as `reason_code`."""

    step: str
    code: str
    label_zh: str
    label_en: str
    is_active: bool


class Reasons(Answer):
    """The reasons of all steps, the retired ones of each step last."""

    items: list[ReasonRow]


class ReasonGiven(Given):
    """How a reason is called, and whether it is offered."""

    label_zh: Words
    label_en: Words
    is_active: Flag = True


class NewReason(ReasonGiven):
    """A reason for a step: cancel, close, hold, reopen, revive or amend."""

    step: Code


@routes.get("/reasons", permission=SIGNED_IN, answer=Reasons)
def index(request: HttpRequest) -> Reasons:
    """List the reasons of all steps."""
    return Reasons(items=[_row(one) for rows in all_reasons(by=actor(request)).values() for one in rows])


@routes.post("/reasons", permission="order_type.manage", answer=ReasonRow)
def add(request: HttpRequest, given: NewReason) -> ReasonRow:
    """Offer another reason at a step; it gets a code of its own."""
    return _row(add_reason(given.step, ReasonInput(given.label_zh, given.label_en), by=actor(request)))


@routes.put("/reasons/{step}/{code}", permission="order_type.manage", answer=ReasonRow)
def change(request: HttpRequest, step: Code, code: Code, given: ReasonGiven) -> ReasonRow:
    """Rename a reason, retire it or offer it again; what was chosen before keeps its code."""
    wish = ReasonInput(given.label_zh, given.label_en, is_active=given.is_active)
    return _row(change_reason(step, code, wish, by=actor(request)))


def _row(one: Reason) -> ReasonRow:
    return ReasonRow(
        step=one.step, code=one.code, label_zh=one.label_zh, label_en=one.label_en, is_active=one.is_active
    )
