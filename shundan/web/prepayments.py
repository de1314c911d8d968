"""Prepayments to suppliers: the list, and one of them with what bills took off and what came back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.billing.actions import offset_prepayment, return_prepayment, take_back_offset
from shundan.billing.queries import get_prepayment, list_prepayments
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.prepayment_view import prepayment_context, prepayment_row

VIEWS = (
    ("all", gettext_lazy("All")),
    ("open", gettext_lazy("To be offset")),
    ("to_return", gettext_lazy("To be returned")),
    ("free", gettext_lazy("Without purchase")),
    ("used", gettext_lazy("Used up")),
)


@page("bill.read")
def prepayment_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of prepayments."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_prepayments(
        by=by,
        view=view,
        search=state.text("q"),
        supplier=state.text("supplier"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    context = {
        "page": frame(request, by, title=_("Prepayments"), active="prepayments"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [prepayment_row(one) for one in found.items],
            url=reverse("prepayments.list"),
            placeholder=_("Prepayment, bank reference, order or supplier"),
            caption=_("Prepayments"),
            empty_title=_("No prepayments yet"),
            empty_text=_("A prepayment is asked for on the page of a purchase or of a supplier."),
        ),
    }
    return render(request, "prepayments/list.html", context)


@page("bill.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one prepayment."""
    return _prepayment_page(request, number, by)


@page("bill.pay", methods=("POST",))
def offset(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Let a prepayment pay a bill."""
    given = Given(request.POST)

    def work() -> str:
        amount = given.number("share")
        given.check()
        return offset_prepayment(number, bill=given.text("bill"), amount=amount, by=by).number

    return _done(request, number, by, work, _("The prepayment was offset."))


@page("bill.pay", methods=("POST",))
def take_back(request: HttpRequest, number: str, offset: str, *, by: Actor) -> HttpResponse:
    """Take an offset back."""
    reason = Given(request.POST).text("reason")
    return _done(
        request,
        number,
        by,
        lambda: take_back_offset(number, offset=offset, reason=reason, by=by).number,
        _("The offset was taken back."),
    )


@page("bill.pay", methods=("POST",))
def give_back(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Record money that the supplier returned."""
    given = Given(request.POST)

    def work() -> str:
        amount, method, reason = given.needed("amount"), given.text("method"), given.text("reason")
        reference, returned_on = given.text("reference"), given.day("returned_on")
        given.check()
        return return_prepayment(
            number, amount=amount, method=method, reason=reason, reference=reference, returned_on=returned_on, by=by
        ).number

    return _done(request, number, by, work, _("The return was recorded."))


def _done(request: HttpRequest, number: str, by: Actor, work: Callable[[], str], said: str) -> HttpResponse:
    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _prepayment_page(request, number, by, refusal=refusal)
    leave_message(request, said)
    return go(request, reverse("prepayments.show", args=[number]))


def _prepayment_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one, errors = get_prepayment(number, by=by), errors_of(refusal)
    if "share" in request.POST and "amount" in errors:
        # The page has two amounts: this is that of the offset.
        errors = {**errors, "share": errors["amount"], "amount": ""}
    context = {
        "page": frame(request, by, title=one.number, active="prepayments"),
        **prepayment_context(one, Given(request.POST), by),
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "prepayments/show.html", context, status=refusal.status if refusal else 200)


routes = [
    path("prepayments/", prepayment_list, name="prepayments.list"),
    path("prepayments/<str:number>/", show, name="prepayments.show"),
    path("prepayments/<str:number>/offset/", offset, name="prepayments.offset"),
    path("prepayments/<str:number>/offsets/<str:offset>/take-back/", take_back, name="prepayments.take_back"),
    path("prepayments/<str:number>/return/", give_back, name="prepayments.give_back"),
]
