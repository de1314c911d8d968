"""Deposits: the list, asking for one on an order, and one deposit with all that can be done with its money."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.billing.actions import (
    fund_deposit,
    offset_deposit,
    pay_deposit,
    request_deposit,
    settle_deposit,
    unblock_deposit,
    unfund_deposit,
    withdraw_deposit,
)
from shundan.billing.queries import (
    KIND_WORDS,
    get_deposit,
    list_deposits,
    paper_of_deposit,
    wanted_deposit,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.kernel.prints import pdf_of_paper
from shundan.orders.queries import get_order
from shundan.parties.queries import letterhead
from shundan.ui.doors import page
from shundan.ui.prints import pdf_response
from shundan.web.deposit_view import deposit_context, deposit_row
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.words import options

VIEWS = (
    ("all", gettext_lazy("All")),
    ("open", gettext_lazy("Unpaid")),
    ("held", gettext_lazy("Held")),
    ("to_settle", gettext_lazy("To be settled")),
    ("ended", gettext_lazy("Ended")),
)


@page("invoice.read")
def deposit_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of deposits."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_deposits(
        by=by,
        view=view,
        search=state.text("q"),
        customer=state.text("customer"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    context = {
        "page": frame(request, by, title=_("Deposits"), active="deposits"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [deposit_row(one) for one in found.items],
            url=reverse("deposits.list"),
            placeholder=_("Deposit, order or customer"),
            caption=_("Deposits"),
            empty_title=_("No deposits yet"),
            empty_text=_("A deposit is requested on the page of an order, or by its payment terms."),
        ),
    }
    return render(request, "deposits/list.html", context)


@page("deposit.request", methods=("GET", "POST"))
def new(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask for a deposit on an order."""
    order = get_order(number, by=by, permission="deposit.request")
    given, refusal = Given(request.POST), None
    if request.method == "POST":

        def work() -> str:
            kind, by_percent = given.text("kind"), given.text("way") == "percent"
            share = given.needed("share")
            due_on, remark = given.day("due_on"), given.text("remark")
            given.check()
            return request_deposit(
                number,
                kind=kind,
                percent=share if by_percent else None,
                amount=None if by_percent else share,
                is_blocking=given.flag("is_blocking"),
                due_on=due_on,
                remark=remark,
                by=by,
            ).number

        try:
            made = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Deposit %(number)s was requested.") % {"number": made})
            return go(request, reverse("deposits.show", args=[made]))
    wanted = wanted_deposit(order)
    errors = errors_of(refusal)
    context = {
        "page": frame(request, by, title=_("Request a deposit"), active="deposits"),
        "order": order,
        "back_url": reverse("orders.show", kwargs={"number": order.number}),
        "kinds": options(KIND_WORDS),
        "values": {
            "kind": given.data.get("kind") or (wanted.kind if wanted else "earnest"),
            "way": given.data.get("way", "percent"),
            "share": given.data.get("share") or (plain(wanted.percent) if wanted else ""),
            "due_on": given.day("due_on") or by.today,
            "remark": given.data.get("remark", ""),
            "is_blocking": given.flag("is_blocking") if request.method == "POST" else True,
        },
        "key": new_key(),
        "error_of": errors | {"share": errors.get("amount") or errors.get("percent") or errors.get("share", "")},
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "deposits/new.html", context, status=refusal.status if refusal else 200)


@page("invoice.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one deposit."""
    return _deposit_page(request, number, by)


@page("invoice.read")
def pdf(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give out the request for a deposit as PDF."""
    one = get_deposit(number, by=by)
    return pdf_response(pdf_of_paper(paper_of_deposit(one), letterhead()), one.number)


@page("payment.register", methods=("POST",))
def pay(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Record money that came for a deposit."""
    given = Given(request.POST)

    def work() -> str:
        amount, received_on = given.needed("amount"), given.day("received_on")
        method, reference = given.text("method"), given.text("reference")
        given.check()
        return pay_deposit(
            number, amount=amount, method=method, received_on=received_on, reference=reference, by=by
        ).number

    return _done(request, number, by, work, _("The payment was recorded."))


@page("payment.allocate", methods=("POST",))
def fund(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Keep for a deposit what a payment recorded before has left."""
    payment = Given(request.POST).text("payment")
    return _done(
        request, number, by, lambda: fund_deposit(number, payment=payment, by=by).number, _("The payment is held now.")
    )


@page("payment.allocate", methods=("POST",))
def unfund(request: HttpRequest, number: str, payment: str, *, by: Actor) -> HttpResponse:
    """Take a payment off a deposit."""
    return _done(
        request, number, by, lambda: unfund_deposit(number, payment=payment, by=by).number, _("The payment is free.")
    )


@page("payment.allocate", methods=("POST",))
def offset(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Let a deposit pay an invoice of its order."""
    invoice = Given(request.POST).text("invoice")
    return _done(
        request,
        number,
        by,
        lambda: offset_deposit(number, invoice=invoice, by=by).number,
        _("The deposit was offset."),
    )


@page("deposit.settle", methods=("POST",))
def withdraw(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Stop asking for a deposit."""
    reason = Given(request.POST).text("reason")
    return _done(
        request,
        number,
        by,
        lambda: withdraw_deposit(number, reason=reason, by=by).number,
        _("The deposit was withdrawn."),
    )


@page("deposit.settle", methods=("POST",))
def unblock(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Let the goods go before the deposit is paid."""
    reason = Given(request.POST).text("reason")
    return _done(
        request,
        number,
        by,
        lambda: unblock_deposit(number, reason=reason, by=by).number,
        _("The goods may go before the deposit is paid."),
    )


@page("deposit.settle", methods=("POST",))
def settle(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Return the money of an order that has ended."""
    return _settled(request, number, by, ("keep", "refund"))


@page("deposit.forfeit", methods=("POST",))
def forfeit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Say who broke the contract."""
    return _settled(request, number, by, ("forfeit", "double"))


def _settled(request: HttpRequest, number: str, by: Actor, offered: tuple[str, ...]) -> HttpResponse:
    given = Given(request.POST)
    outcome = given.text("outcome")
    outcome = outcome if outcome in offered else ""
    reason = given.text("reason")
    return _done(
        request,
        number,
        by,
        lambda: settle_deposit(number, outcome=outcome, reason=reason, by=by).number,
        _("The deposit was settled."),
    )


def _done(request: HttpRequest, number: str, by: Actor, work: Callable[[], str], said: str) -> HttpResponse:
    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _deposit_page(request, number, by, refusal=refusal)
    leave_message(request, said)
    return go(request, reverse("deposits.show", args=[number]))


def _deposit_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_deposit(number, by=by)
    context = {
        "page": frame(request, by, title=one.number, active="deposits"),
        **deposit_context(one, Given(request.POST), by),
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "deposits/show.html", context, status=refusal.status if refusal else 200)


routes = [
    path("deposits/", deposit_list, name="deposits.list"),
    path("orders/<str:number>/deposit/", new, name="deposits.new"),
    path("deposits/<str:number>/", show, name="deposits.show"),
    path("deposits/<str:number>/pdf/", pdf, name="deposits.pdf"),
    path("deposits/<str:number>/pay/", pay, name="deposits.pay"),
    path("deposits/<str:number>/fund/", fund, name="deposits.fund"),
    path("deposits/<str:number>/unfund/<str:payment>/", unfund, name="deposits.unfund"),
    path("deposits/<str:number>/offset/", offset, name="deposits.offset"),
    path("deposits/<str:number>/withdraw/", withdraw, name="deposits.withdraw"),
    path("deposits/<str:number>/unblock/", unblock, name="deposits.unblock"),
    path("deposits/<str:number>/settle/", settle, name="deposits.settle"),
    path("deposits/<str:number>/forfeit/", forfeit, name="deposits.forfeit"),
]
