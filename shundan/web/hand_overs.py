"""Handing journals over to accounting: the batches, making one, its progress and its file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.ledger.actions import hand_over_journals, take_hand_over_back
from shundan.ledger.queries import (
    SUFFIXES,
    HandOver,
    file_of_hand_over,
    get_hand_over,
    journals_of_hand_over,
    list_hand_overs,
    not_handed_over,
)
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import FORM_WORDS, ledger_tabs
from shundan.web.lists import plain_list, state_of
from shundan.web.words import options


@page("ledger.read")
def batches(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of batches."""
    return _page(request, by)


@page("ledger.hand_over", methods=("POST",))
def make(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Put what nobody got yet into a batch."""
    given = Given(request.POST)

    def work() -> str:
        first, last = given.day("from_on"), given.day("until_on")
        given.check()
        batch = hand_over_journals(form=given.text("form"), from_on=first, until_on=last or by.today, by=by)
        return batch.number

    try:
        number = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, by, refusal=refusal)
    leave_message(request, _("Batch %(number)s was made.") % {"number": number})
    return go(request, reverse("hand_overs.show", kwargs={"number": number}))


@page("ledger.hand_over", methods=("POST",))
def take_back(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a batch back: its journals wait for the next one."""
    given = Given(request.POST)

    def work() -> str:
        reason = given.text("reason")
        given.check()
        return take_hand_over_back(number, reason=reason, by=by).number

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _batch_page(request, number, by, refusal=refusal)
    leave_message(
        request, _("Batch %(number)s was taken back. Its journals wait for the next one.") % {"number": number}
    )
    return go(request, reverse("hand_overs.show", kwargs={"number": number}))


@page("ledger.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a batch, how far its file came, and its journals."""
    return _batch_page(request, number, by)


def _batch_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one, state = get_hand_over(number, by=by), state_of(request)
    found = journals_of_hand_over(one, by=by, cursor=state.cursor, limit=state.size)
    context = {
        "page": frame(request, by, title=one.number, active="journals"),
        "batch": _row(one),
        "file_url": reverse("hand_overs.file", kwargs={"number": one.number})
        if one.digest and one.form in SUFFIXES
        else None,
        "take_back_url": reverse("hand_overs.take_back", kwargs={"number": one.number})
        if one.state != "withdrawn" and by.may("ledger.hand_over")
        else None,
        "key": new_key(),
        "reason": request.POST.get("reason", ""),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal, known=errors_of(refusal)) if refusal else None,
        **plain_list(
            state,
            found,
            [
                {
                    "number": each.number,
                    "url": reverse("journals.show", kwargs={"number": each.number}),
                    "day": each.booked_on,
                    "text": each.text,
                    "total": each.total,
                }
                for each in found.items
            ],
            url=reverse("hand_overs.show", kwargs={"number": one.number}),
            placeholder="",
            caption=_("Journals"),
            empty_title=_("No journals yet"),
        ),
    }
    return render(request, "ledger/hand_over.html", context, status=refusal.status if refusal else 200)


@page("ledger.read")
def file(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give out the file of a batch; it is the same each time."""
    one = get_hand_over(number, by=by)
    if not one.digest or one.form not in SUFFIXES:
        raise NotFound(what="file", key=number[:50])
    kind = "text/csv" if SUFFIXES[one.form] == "csv" else "text/plain"
    answer = HttpResponse(file_of_hand_over(one), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{one.number}-{one.form}.{SUFFIXES[one.form]}"'
    return answer


def _page(request: HttpRequest, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    state = state_of(request)
    found = list_hand_overs(by=by, cursor=state.cursor, limit=state.size, counted=True)
    context = {
        "page": frame(request, by, title=_("Hand-overs"), active="journals"),
        "views": ledger_tabs("hand_overs.list"),
        "may_make": by.may("ledger.hand_over"),
        "waiting": not_handed_over(),
        "forms": options(FORM_WORDS),
        "values": {name: request.POST.get(name, "") for name in ("form", "from_on")}
        | {"until_on": request.POST.get("until_on") or by.today.isoformat()},
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("hand_overs.list"),
            placeholder="",
            caption=_("Hand-overs"),
            empty_title=_("Nothing was handed over yet"),
            empty_text=_("Choose a form and a day: all journals until then go into one batch, each only once."),
        ),
    }
    return render(request, "ledger/hand_overs.html", context, status=refusal.status if refusal else 200)


def _row(one: HandOver) -> dict[str, Any]:
    return {
        "number": one.number,
        "url": reverse("hand_overs.show", kwargs={"number": one.number}),
        "form": str(FORM_WORDS.get(one.form, one.form)),
        "first": one.from_on,
        "last": one.until_on,
        "value": one.state,
        "total": one.total,
        "done": one.done,
        "digest": one.digest,
        "at": one.created_at,
        "by": one.created_by_name,
        "reason": one.reason,
        "withdrawn_at": one.withdrawn_at,
        "withdrawn_by": one.withdrawn_by_name,
    }


routes = [
    path("hand-overs/", batches, name="hand_overs.list"),
    path("hand-overs/make/", make, name="hand_overs.make"),
    path("hand-overs/<str:number>/", show, name="hand_overs.show"),
    path("hand-overs/<str:number>/take-back/", take_back, name="hand_overs.take_back"),
    path("hand-overs/<str:number>/file/", file, name="hand_overs.file"),
]
