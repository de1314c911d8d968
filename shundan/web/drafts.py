"""Acceptance drafts: the list by due day, taking one in, and what becomes of it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, Refused
from shundan.parties.queries import get_customer
from shundan.settlement.actions import (
    DraftInput,
    collect_draft,
    discount_draft,
    dishonour_draft,
    endorse_draft,
    present_draft,
    return_draft,
    take_draft,
)
from shundan.settlement.queries import AcceptanceDraft, draft_sums, get_draft, list_drafts
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs

VIEWS = (
    ("held", gettext_lazy("In hand")),
    ("due", gettext_lazy("Due soon")),
    ("used", gettext_lazy("Used or collected")),
    ("dishonoured", gettext_lazy("Dishonoured")),
    ("all", gettext_lazy("All")),
)
KINDS = (("bank", gettext_lazy("Bank acceptance draft")), ("commercial", gettext_lazy("Commercial acceptance draft")))
FIELDS = "customer draft_number kind drawer acceptor amount issued_on due_on received_on remark".split()
# What may be done from where.
OPEN_STEPS = {
    "received": ("endorse", "discount", "present", "collect", "dishonour", "return"),
    "presented": ("collect", "dishonour"),
    "endorsed": ("dishonour",),
    "discounted": ("dishonour",),
}


@page("payment.read")
def drafts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of drafts, those due first first."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "held")
    search = state.text("q")
    found = list_drafts(by=by, view=view, search=search, cursor=state.cursor, limit=state.size, counted=True)
    count, total = draft_sums(by=by, view=view, search=search)
    context = {
        "page": frame(
            request,
            by,
            title=_("Acceptance drafts"),
            active="drafts",
            create_url=reverse("drafts.new") if by.may("payment.register") else None,
        ),
        "views": tabs(state, VIEWS, active=view, counts={}),
        "sums": [
            {
                "label": str(dict(VIEWS)[view]),
                "value": money(total, "CNY"),
                "note": ngettext("%(count)s draft", "%(count)s drafts", count) % {"count": count},
                "icon": "receipt",
            }
        ]
        if count
        else [],
        **plain_list(
            state,
            found,
            [_row(one, by) for one in found.items],
            url=reverse("drafts.list"),
            placeholder=_("Draft, acceptor or customer"),
            caption=_("Acceptance drafts"),
            create_label=_("Take in a draft"),
            empty_title=_("No drafts here"),
            empty_text=_("Bank and commercial drafts of customers stand here by the day they fall due."),
        ),
    }
    return render(request, "drafts/list.html", context)


@page("payment.register", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take in a draft."""
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            days = {name: given.day(name) for name in ("issued_on", "due_on", "received_on")}
            amount = given.needed("amount")
            texts = {name: given.text(name) for name in ("customer", "draft_number", "kind", "drawer", "acceptor")}
            given.check()
            wanted = DraftInput(
                **texts,
                amount=amount,
                issued_on=days["issued_on"] or by.today,
                due_on=days["due_on"] or by.today,
                received_on=days["received_on"],
                remark=given.text("remark"),
            )
            return take_draft(wanted, by=by).number

        try:
            number = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The draft %(number)s was taken in.") % {"number": number})
            return go(request, reverse("drafts.show", kwargs={"number": number}))
    errors = errors_of(refusal)
    customer = given.text("customer") or request.GET.get("customer", "")
    context = {
        "page": frame(request, by, title=_("Take in a draft"), active="drafts"),
        "customer": {"number": customer, "name": _name_of(customer, by)},
        "kinds": [(code, str(word)) for code, word in KINDS],
        "values": {name: given.data.get(name, "") for name in FIELDS},
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "drafts/new.html", context, status=refusal.status if refusal else 200)


@page("payment.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one draft."""
    return _draft_page(request, number, by)


@page("payment.register", methods=("POST",))
def step(request: HttpRequest, number: str, name: str, *, by: Actor) -> HttpResponse:
    """Say what became of a draft."""
    given = Given(request.POST)
    on = given.day("on") if name in ("discount", "present", "collect") else None
    steps: dict[str, Callable[[], AcceptanceDraft]] = {
        "endorse": lambda: endorse_draft(number, bill=given.text("bill"), by=by),
        "discount": lambda: discount_draft(number, bank=given.text("bank"), cost=given.needed("cost"), on=on, by=by),
        "present": lambda: present_draft(number, on=on, by=by),
        "collect": lambda: collect_draft(number, on=on, by=by),
        "dishonour": lambda: dishonour_draft(number, reason=given.text("reason"), by=by),
        "return": lambda: return_draft(number, reason=given.text("reason"), by=by),
    }

    def work() -> str:
        if name not in steps:
            raise NotFound(what="step", key=name[:40])
        given.check()
        done = steps[name]()
        given.check()
        return done.number

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _draft_page(request, number, by, refusal=refusal)
    leave_message(request, _("The draft was moved on."))
    return go(request, reverse("drafts.show", kwargs={"number": number}))


def _draft_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_draft(number, by=by)
    payment, bill = one.payment, one.bill
    context = {
        "page": frame(request, by, title=one.number, active="drafts"),
        "draft": {
            **_row(one, by),
            "drawer": one.drawer,
            "issued_on": one.issued_on,
            "received_on": one.received_on,
            "counts": _("On receipt") if one.counts_on == "receipt" else _("On collection"),
            "is_paid": payment is not None and payment.reversed_at is None,
            "payment": payment.number if payment else None,
            "payment_url": reverse("payments.show", kwargs={"number": payment.number}) if payment else None,
            "bill": bill.number if bill else None,
            "supplier": bill.supplier.name if bill else None,
            "bill_url": reverse("bills.show", kwargs={"number": bill.number}) if bill and by.may("bill.read") else None,
            "bank": one.bank or None,
            "cost": money(one.discount_cost, one.currency) if one.discount_cost else None,
            "reason": one.reason or None,
            "remark": one.remark or None,
            "moved_on": one.moved_on,
            "moved_by": one.moved_by_name,
        },
        "steps": OPEN_STEPS.get(one.state, ()) if by.may("payment.register") else (),
        "step_url": reverse("drafts.list") + f"{one.number}/",
        "values": {name: request.POST.get(name, "") for name in ("bill", "bank", "cost", "on", "reason")},
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "drafts/show.html", context, status=refusal.status if refusal else 200)


def _name_of(number: str, by: Actor) -> str:
    try:
        return get_customer(number, by=by).name if number else ""
    except Refused:
        return ""


def _row(one: AcceptanceDraft, by: Actor) -> dict[str, Any]:
    days = (one.due_on - by.today).days
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("drafts.show", kwargs={"number": one.number}),
        "draft_number": one.draft_number,
        "kind": str(dict(KINDS)[one.kind]),
        "customer": one.customer.name,
        "acceptor": one.acceptor,
        "amount": one.amount,
        "currency": one.currency,
        "due_on": one.due_on,
        "days": days if one.state in ("received", "presented") else None,
        "value": one.state,
        "is_new": False,
    }


routes = [
    path("drafts/", drafts, name="drafts.list"),
    path("drafts/new/", new, name="drafts.new"),
    path("drafts/<str:number>/", show, name="drafts.show"),
    path("drafts/<str:number>/<str:name>/", step, name="drafts.step"),
]
