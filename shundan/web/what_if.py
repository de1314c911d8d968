"""What if: the past judged by another table or workflow; the question, its progress, its answer, a sheet of orders."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shundan.accounts.queries import role_labels, user_names
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.naming import listed
from shundan.orders.actions import Question, ask_what_if
from shundan.orders.queries import WhatIf, differences_of, get_what_if, list_what_ifs
from shundan.ui.doors import page
from shundan.ui.formatting import span_words
from shundan.web.exports import csv_file
from shundan.web.forms import Given, go, refusal_of_form
from shundan.web.frame import frame
from shundan.web.lists import pager, state_of
from shundan.web.migrations import workflow_label
from shundan.web.words import WHYS, label_of
from shundan.workflow.queries import (
    current_table_id,
    definition_of,
    get_design,
    label_of_table,
    subject_of_table,
    table_codes,
    table_of,
    versions_of_table,
    versions_of_workflow,
    workflow_codes,
)

RIGHT = "workflow.manage"
SPANS = (7, 30, 90, 365)
SHOWN = 50
# Of other documents nothing is kept that could be asked.
JUDGED = "order"
CANDIDATE, DRAFT = "text", "draft"
KINDS = {"table": "approval_table", "workflow": "workflow"}


@page(RIGHT, methods=("GET", "POST"))
def what_if_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the form and earlier questions; posting asks."""
    refusal: Refused | None = None
    given = Given(request.POST if request.method == "POST" else request.GET)
    of = given.text("of") or "table:order"
    values = {name: given.text(name) for name in ("before", "after")} | {"text": request.POST.get("text", "")}
    values["days"] = given.text("days") or "30"
    if request.method == "POST":
        try:
            return go(request, reverse("what_if.show", args=[ask_what_if(_question(given, of, values, by), by=by).pk]))
        except Refused as problem:
            refusal = problem
    return _form(request, by, of, values, refusal)


@page(RIGHT)
def show_what_if(request: HttpRequest, question_id: int, *, by: Actor) -> HttpResponse:
    """Show the answer, or how far it has come."""
    asked = get_what_if(question_id, by=by)
    context = {
        "page": frame(request, by, title=_title(asked), active="what_if"),
        "list_url": reverse("what_if.list"),
        "facts": _about(asked),
        "job": _progress(asked),
        "answer": _answer(asked, by) if asked.state == "done" else None,
        "csv_url": reverse("what_if.orders", args=[asked.pk]),
    }
    return render(request, "what_if/show.html", context)


@page(RIGHT)
def what_if_progress(request: HttpRequest, question_id: int, *, by: Actor) -> HttpResponse:
    """Show how far an answer has come; once it is there, the whole page is asked for."""
    asked = get_what_if(question_id, by=by)
    response = render(request, "components/_job.html", {"job": _progress(asked)})
    if asked.state != "running":
        response.headers["HX-Refresh"] = "true"
    return response


@page(RIGHT)
def what_if_orders(request: HttpRequest, question_id: int, *, by: Actor) -> HttpResponseBase:
    """Give out all orders that would have gone another way, as CSV."""
    asked = get_what_if(question_id, by=by)
    words = _Words(asked, by)
    head = [_("Order"), _("Asked before"), _("Asked after"), _("Way before"), _("Way after")]
    rows = ([one["number"], *(words.said(name, one[name]) for name in _PARTS)] for one in differences_of(asked, by=by))
    return csv_file(f"what-if-{asked.pk}", head, rows)


_WAYS = ("leaves_before", "leaves_after")
_PARTS = ("before", "after", *_WAYS)


class _Words:
    """Says in the reader's language who is asked, and where a way is left; each name is looked up once."""

    def __init__(self, asked: WhatIf, by: Actor) -> None:
        self._by = by
        self._before = definition_of(asked.before_id) if asked.subject == "workflow" else None
        self._people: dict[str, str] = {}

    def who(self, who: str) -> str:
        """Return who is asked: a role, a person, a superior, a head, a field."""
        if who not in self._people:
            self._people[who] = self._who(who)
        return self._people[who]

    def said(self, name: str, part: list[str] | None) -> str:
        """Return whom a difference asks, or where it leaves the way; nothing for nobody and nowhere."""
        if not part:
            return ""
        return self._left(part) if name in _WAYS else listed(self.who(one) for one in part)

    def _who(self, who: str) -> str:
        kind, _colon, name = who.partition(":")
        if kind == "role":
            return listed(role_labels([name], language=get_language() or ""))
        if kind == "person":
            return user_names({int(name)}, by=self._by).get(int(name), name)
        if kind == "manager":
            return _("Superior, level %(level)s") % {"level": name}
        if kind == "field":
            return _("Person in the field %(name)s") % {"name": name}
        return _("Head of the department")

    def _left(self, part: list[str]) -> str:
        state, transition, why, instead = part
        facts = {"state": self._label(state), "transition": self._label(transition, is_state=False)}
        facts["instead"] = self._label(instead, is_state=why != "by_itself") if instead else ""
        return str(WHYS[why]) % facts

    def _label(self, name: str, *, is_state: bool = True) -> str:
        if self._before is None:
            return name
        if is_state:
            return next((label_of(one) for one in self._before.states if one.name == name), name)
        found = self._before.transition(name)
        return label_of(found) if found else name


def _question(given: Given, of: str, values: dict[str, str], by: Actor) -> Question:
    subject, _colon, code = of.partition(":")
    after, text = values["after"], values["text"].replace("\r\n", "\n")
    if after == DRAFT:
        after, text = CANDIDATE, _draft_of(subject, code, by) or ""
    return Question(
        subject=subject,
        code=code,
        before=given.whole("before") or 0,
        after=None if after == CANDIDATE else given.whole("after") or 0,
        text=text,
        days=given.whole("days") or 0,
    )


def _draft_of(subject: str, code: str, by: Actor) -> str | None:
    """Return what somebody works on, or None."""
    design = get_design(KINDS[subject], code, by=by) if subject in KINDS else None
    return design.text if design is not None and design.draft else None


def _form(request: HttpRequest, by: Actor, of: str, values: dict[str, str], refusal: Refused | None) -> HttpResponse:
    state = state_of(request)
    found = list_what_ifs(by=by, cursor=state.cursor, limit=20)
    choices = _choices()
    of = of if of in dict(choices) else choices[0][0]
    subject, _colon, code = of.partition(":")
    lines = (versions_of_table if subject == "table" else versions_of_workflow)(code)
    versions = [(one.number, _("Version %(number)s") % {"number": one.number}) for one in lines]
    drafts = [(DRAFT, _("The draft as it was saved"))] if _draft_of(subject, code, by) else []
    candidates = [*drafts, (CANDIDATE, _("A text that I paste here")), *versions]
    context = {
        "page": frame(request, by, title=_("What if"), active="what_if"),
        "refusal": _refused(refusal) if refusal else None,
        "self_url": reverse("what_if.list"),
        "of": of,
        "tabs": [{"label": label, "url": f"?of={key}", "active": key == of} for key, label in choices],
        "versions": versions,
        "candidates": candidates,
        "values": {"before": versions[0][0], "after": candidates[0][0]} | {k: v for k, v in values.items() if v},
        "spans": [(days, _("The last %(days)s days") % {"days": days}) for days in SPANS],
        "rows": [_row(one) for one in found.items],
        "pager": pager(
            state,
            next_cursor=found.next,
            previous_cursor=found.previous,
            count=found.total,
            shown=len(found.items),
        ),
    }
    return render(request, "what_if/list.html", context)


def _refused(refusal: Refused) -> dict[str, Any]:
    """Return a refusal with the place of each fault in the text, which is what the reader must find."""
    places = [(one.path.removeprefix("text."), str(one.message)) for one in refusal.details]
    return refusal_of_form(refusal) | {"details": [f"{place}: {said}" for place, said in places]}


def _choices() -> list[tuple[str, str]]:
    codes = [code for code in table_codes() if subject_of_table(code) == JUDGED]
    tables = [(f"table:{code}", label_of_table(table_of(current_table_id(code)))) for code in codes]
    return [*tables, *((f"workflow:{code}", workflow_label(code)) for code in workflow_codes())]


def _row(one: WhatIf) -> dict[str, Any]:
    return {
        "url": reverse("what_if.show", args=[one.pk]),
        "title": _title(one),
        "value": one.state,
        "days": one.days,
        "documents": one.result.get("documents"),
        "different": one.result.get("different"),
        "by": one.by_name,
        "at": one.asked_at,
    }


def _title(one: WhatIf) -> str:
    if one.subject == "table":
        return _("What if: %(name)s") % {"name": label_of_table(table_of(current_table_id(one.code)))}
    return _("What if: %(name)s") % {"name": workflow_label(one.code)}


def _about(one: WhatIf) -> list[tuple[str, str]]:
    lines = (versions_of_table if one.subject == "table" else versions_of_workflow)(one.code)
    numbers = {line.id: _("Version %(number)s") % {"number": line.number} for line in lines}
    return [
        (_("Before"), numbers.get(one.before_id, "")),
        (_("After"), numbers.get(one.after_id or 0, _("Pasted text"))),
        (_("Period"), _("The last %(days)s days") % {"days": one.days}),
        (_("Asked by"), one.by_name),
    ]


def _progress(one: WhatIf) -> dict[str, Any]:
    return {
        "percent": one.percent,
        "label": _("Replaying recorded orders"),
        "done": None,
        "total": None,
        "is_running": one.state == "running",
        "poll_url": reverse("what_if.progress", args=[one.pk]),
    }


def _answer(asked: WhatIf, by: Actor) -> dict[str, Any]:
    found: dict[str, Any] = asked.result
    words = _Words(asked, by)
    change = found["waiting_after"] - found["waiting_before"]
    most = max([*(count for _who, *both in found["asked"] for count in both), 1])
    return {
        "documents": found["documents"],
        "different": found["different"],
        "newly_automatic": found["newly_automatic"],
        "no_longer_automatic": found["no_longer_automatic"],
        "waiting_before": span_words(found["waiting_before"]),
        "waiting_after": span_words(found["waiting_after"]),
        "waiting_change": span_words(abs(change)),
        "is_longer": change > 0,
        "is_same_wait": abs(change) < 1,
        "seconds": found["seconds"],
        "asked": [
            {"who": words.who(who), "before": before, "after": after, "change": after - before, "most": most}
            for who, before, after in found["asked"]
        ],
        "guessed": listed(words.who(who) for who in found["guessed"]),
        "missing": sorted(found["missing"].items()),
        "from_present": found["from_present"],
        "is_way": asked.subject == "workflow",
        "orders": [
            {
                "number": one["number"],
                "url": reverse("orders.show", args=[one["number"]]) if by.may("order.read") else None,
                **{name: words.said(name, one[name]) for name in _PARTS},
            }
            for one in differences_of(asked, by=by, limit=SHOWN)
        ],
        "shown": min(SHOWN, found["different"]),
    }
