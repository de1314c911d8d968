"""What if: the orders of the last days judged by another version, or by a candidate's text; nothing is changed."""

from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import BeforeValidator, Field

from shundan.api.auth import actor
from shundan.api.fields import NO_NUL, Answer, Code, Given, Id, Moment, Position, moment, moment_or_none
from shundan.api.routes import Routes
from shundan.kernel.actor import Actor
from shundan.orders.actions import Question, ask_what_if
from shundan.orders.queries import WhatIf, differences_of, get_what_if

routes = Routes("workflows")
RIGHT = "workflow.manage"
SHOWN = 200


def _text(value: object) -> object:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


Candidate = Annotated[
    str, BeforeValidator(_text), Field(max_length=300_000, pattern=NO_NUL, json_schema_extra={"pattern": NO_NUL})
]


class WhatIfGiven(Given):
    """Which version stands against which: `after` names a published one, `text` is a candidate; one of both."""

    subject: Literal["table", "workflow"]
    code: Code
    before: Position
    after: Position | None = None
    text: Candidate = ""
    days: Annotated[int, Field(ge=1, le=3660, strict=True)] = 30


class AskedOften(Answer):
    """How often somebody is asked, as the table names them: role:finance, person:7, manager:1, department_head."""

    who: str
    before: int
    after: int


class DifferentOrder(Answer):
    """An order that would have gone another way: who is asked; where it leaves: [state, transition, why, instead]."""

    number: str
    asked_before: list[str]
    asked_after: list[str]
    leaves_before: list[str] | None
    leaves_after: list[str] | None


class Outcome(Answer):
    """What the replay found; waiting is the expected mean of an order, in seconds."""

    documents: int
    different: int
    newly_automatic: int
    no_longer_automatic: int
    asked: list[AskedOften]
    waiting_before: float
    waiting_after: float
    guessed: list[str]
    missing_facts: dict[str, int]
    judged_by_present_columns: int
    seconds: float


class WhatIfAnswer(Answer):
    """A question and its answer, which is null while the job runs; at most 200 of the orders."""

    id: str
    subject: str
    code: str
    days: int
    state: str
    percent: int
    asked_at: Moment
    answered_at: Moment | None
    outcome: Outcome | None
    orders: list[DifferentOrder]


@routes.post("/what-if", permission=RIGHT, answer=WhatIfAnswer)
def ask(request: HttpRequest, given: WhatIfGiven) -> WhatIfAnswer:
    """Replay the last days; a few thousand orders are answered at once, more of them by a job."""
    by = actor(request)
    question = Question(
        subject=given.subject, code=given.code, before=given.before, after=given.after, text=given.text, days=given.days
    )
    return _answer(ask_what_if(question, by=by), by)


@routes.get("/what-if/{question_id}", permission=RIGHT, answer=WhatIfAnswer)
def show(request: HttpRequest, question_id: Id) -> WhatIfAnswer:
    """Show a question, how far its answer has come, and the answer."""
    by = actor(request)
    return _answer(get_what_if(int(question_id), by=by), by)


def _answer(asked: WhatIf, by: Actor) -> WhatIfAnswer:
    is_done = asked.state == "done"
    return WhatIfAnswer(
        id=str(asked.pk),
        subject=asked.subject,
        code=asked.code,
        days=asked.days,
        state=asked.state,
        percent=asked.percent,
        asked_at=moment(asked.asked_at),
        answered_at=moment_or_none(asked.answered_at),
        outcome=_outcome(asked) if is_done else None,
        orders=[
            DifferentOrder(
                number=str(one["number"]),
                asked_before=one["before"],
                asked_after=one["after"],
                leaves_before=one["leaves_before"],
                leaves_after=one["leaves_after"],
            )
            for one in (differences_of(asked, by=by, limit=SHOWN) if is_done else [])
        ],
    )


def _outcome(asked: WhatIf) -> Outcome:
    found = asked.result
    return Outcome(
        documents=found["documents"],
        different=found["different"],
        newly_automatic=found["newly_automatic"],
        no_longer_automatic=found["no_longer_automatic"],
        asked=[AskedOften(who=who, before=before, after=after) for who, before, after in found["asked"]],
        waiting_before=found["waiting_before"],
        waiting_after=found["waiting_after"],
        guessed=found["guessed"],
        missing_facts=found["missing"],
        judged_by_present_columns=found["from_present"],
        seconds=found["seconds"],
    )
