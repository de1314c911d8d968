"""Reminders of overdue invoices: what the night proposes, one letter, and the levels."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.settlement.actions import (
    LevelInput,
    drop_reminder,
    propose_reminders,
    save_dunning_levels,
    send_reminder,
)
from shundan.settlement.queries import (
    DunningLetter,
    dunning_levels,
    get_dunning,
    items_of_dunning,
    list_dunning,
    mail_address_of,
)
from shundan.ui.doors import page
from shundan.ui.prints import paper_response
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs

VIEWS = (
    ("proposed", gettext_lazy("Proposed")),
    ("sent", gettext_lazy("Sent")),
    ("dropped", gettext_lazy("Dropped")),
)
MOST_LEVELS = 4


@page("dunning.read")
def letters(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of reminders."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "proposed")
    found = list_dunning(by=by, view=view, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True)
    context = {
        "page": frame(request, by, title=_("Reminders"), active="dunning"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "propose_url": reverse("dunning.propose") if by.may("dunning.send") else None,
        "levels_url": reverse("dunning.levels") if by.may("dunning.edit") else None,
        "key": new_key(),
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("dunning.list"),
            placeholder=_("Customer or reminder"),
            caption=_("Reminders"),
            empty_title=_("Nobody is to be reminded") if dunning_levels() else _("No levels are set up yet"),
            empty_text=_("Each night a letter is proposed for every customer with invoices late enough for a level."),
        ),
    }
    return render(request, "settlement/dunning.html", context)


@page("dunning.send", methods=("POST",))
def propose(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Propose letters now instead of in the night."""
    made = int(do_once(request, by=by, work=lambda: str(propose_reminders(by=by))))
    leave_message(request, ngettext("%(count)s reminder.", "%(count)s reminders.", made) % {"count": made})
    return go(request, reverse("dunning.list"))


@page("dunning.edit", methods=("GET", "POST"))
def levels(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show and keep the levels."""
    given, refusal = Given(request.POST), None
    if request.method == "POST":
        typed = [
            LevelInput(
                days=given.whole(f"days-{at}") or 0,
                text_zh=given.text(f"zh-{at}"),
                text_en=given.text(f"en-{at}"),
                is_automatic=given.flag(f"auto-{at}"),
            )
            for at in range(MOST_LEVELS)
            if given.text(f"days-{at}") or given.text(f"zh-{at}")
        ]

        def work() -> str:
            given.check()
            return str(len(save_dunning_levels(typed, by=by)))

        try:
            do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The levels were saved."))
            return go(request, reverse("dunning.list"))
    kept = {one.level - 1: one for one in dunning_levels()} if refusal is None else {}
    context = {
        "page": frame(request, by, title=_("Levels of reminders"), active="dunning"),
        "rows": [
            {
                "at": at,
                "days": str(kept[at].days) if at in kept else given.data.get(f"days-{at}", ""),
                "zh": kept[at].text_zh if at in kept else given.data.get(f"zh-{at}", ""),
                "en": kept[at].text_en if at in kept else given.data.get(f"en-{at}", ""),
                "auto": kept[at].is_automatic if at in kept else given.flag(f"auto-{at}"),
            }
            for at in range(MOST_LEVELS)
        ],
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "settlement/dunning_levels.html", context, status=refusal.status if refusal else 200)


@page("dunning.read")
def show(request: HttpRequest, letter_id: int, *, by: Actor) -> HttpResponse:
    """Show one letter."""
    return _letter_page(request, letter_id, by)


@page("dunning.read")
def pdf(request: HttpRequest, letter_id: int, *, by: Actor) -> HttpResponse:
    """Give out a letter as PDF."""
    return paper_response(request, "reminder", str(letter_id), by=by)


@page("dunning.send", methods=("POST",))
def send(request: HttpRequest, letter_id: int, *, by: Actor) -> HttpResponse:
    """Send a letter by mail, or note that it goes by post."""
    by_mail = request.POST.get("way") != "post"
    return _done(
        request,
        letter_id,
        by,
        lambda: send_reminder(letter_id, by_mail=by_mail, by=by).number,
        _("Reminder %(number)s was sent.") if by_mail else _("Reminder %(number)s can be printed and posted."),
    )


@page("dunning.send", methods=("POST",))
def drop(request: HttpRequest, letter_id: int, *, by: Actor) -> HttpResponse:
    """Leave a customer in peace for a while."""
    given = Given(request.POST)

    def work() -> str:
        reason, until = given.text("reason"), given.day("quiet_until")
        given.check()
        return str(drop_reminder(letter_id, reason=reason, quiet_until=until, by=by).pk)

    return _done(request, letter_id, by, work, _("The reminder was dropped."))


def _done(request: HttpRequest, letter_id: int, by: Actor, work: Any, said: str) -> HttpResponse:
    try:
        number = do_once(request, by=by, work=work)
    except Refused as refusal:
        return _letter_page(request, letter_id, by, refusal=refusal)
    leave_message(request, said % {"number": number} if "%(" in said else said)
    return go(request, reverse("dunning.show", kwargs={"letter_id": letter_id}))


def _letter_page(request: HttpRequest, letter_id: int, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_dunning(letter_id, by=by)
    may_send = one.state == "proposed" and by.may("dunning.send")
    context = {
        "page": frame(request, by, title=one.number or _("Reminder"), active="dunning"),
        "letter": {**_row(one), "reason": one.reason, "quiet_until": one.quiet_until, "sent_to": one.sent_to},
        "items": [
            {
                "number": item.invoice.number,
                "url": reverse("invoices.show", kwargs={"number": item.invoice.number}),
                "due_on": item.invoice.due_on,
                "days_late": item.days_late,
                "level": item.level,
                "open": item.open_amount,
            }
            for item in items_of_dunning(one)
        ],
        "may_send": may_send,
        "address": mail_address_of(one.customer_id) if may_send else "",
        "pdf_url": reverse("dunning.pdf", kwargs={"letter_id": one.pk}),
        "urls": {name: reverse(f"dunning.{name}", kwargs={"letter_id": one.pk}) for name in ("send", "drop")},
        "reason": request.POST.get("reason", ""),
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "settlement/dunning_letter.html", context, status=refusal.status if refusal else 200)


def _row(one: DunningLetter) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": one.number,
        "url": reverse("dunning.show", kwargs={"letter_id": one.pk}),
        "customer": one.customer.name,
        "level": one.level,
        "total": one.total,
        "currency": one.currency,
        "value": one.state,
        "at": one.decided_at or one.proposed_at,
        "by": one.decided_by_name,
        "is_new": False,
    }


routes = [
    path("dunning/", letters, name="dunning.list"),
    path("dunning/propose/", propose, name="dunning.propose"),
    path("dunning/levels/", levels, name="dunning.levels"),
    path("dunning/<int:letter_id>/", show, name="dunning.show"),
    path("dunning/<int:letter_id>/pdf/", pdf, name="dunning.pdf"),
    path("dunning/<int:letter_id>/send/", send, name="dunning.send"),
    path("dunning/<int:letter_id>/drop/", drop, name="dunning.drop"),
]
