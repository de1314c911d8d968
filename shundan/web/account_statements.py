"""Statements of account: the list, making one, what the customer says of each line, and the customer's own page."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.parties.queries import get_customer
from shundan.settlement.actions import (
    answer_statement,
    make_statement,
    note_statement_answer,
    send_statement,
    void_statement,
)
from shundan.settlement.queries import (
    LINE_WORDS,
    AccountStatement,
    get_statement,
    lines_of_statement,
    link_of_statement,
    list_statements,
    mail_address_of,
    statement_of_token,
)
from shundan.ui.doors import page, public
from shundan.ui.prints import paper_response
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import bare_frame, frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs

VIEWS = (
    ("all", gettext_lazy("All")),
    ("issued", gettext_lazy("Waiting for the customer")),
    ("disputed", gettext_lazy("Disputed")),
    ("confirmed", gettext_lazy("Confirmed")),
    ("void", gettext_lazy("Void")),
)


@page("statement.read")
def statement_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of statements."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_statements(
        by=by,
        view=view,
        search=state.text("q"),
        customer=state.text("customer"),
        cursor=state.cursor,
        limit=state.size,
        counted=True,
    )
    create_url = reverse("statements.new") if by.may("statement.issue") else None
    context = {
        "page": frame(request, by, title=_("Statements of account"), active="statements", create_url=create_url),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("statements.list"),
            placeholder=_("Statement or customer"),
            caption=_("Statements of account"),
            create_label=_("Make a statement"),
            empty_title=_("No statements yet"),
            empty_text=_("State what moved with a customer in a period, and let them confirm it line by line."),
        ),
    }
    return render(request, "settlement/statements.html", context)


@page("statement.issue", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Make a statement for a customer up to a day."""
    given, refusal = Given(request.POST or request.GET), None
    if request.method == "POST":

        def work() -> str:
            customer, until, from_on = given.text("customer"), given.day("until"), given.day("from_on")
            given.check()
            if until is None:
                raise Malformed(details=[Detail("until", "required", _("This field is required."))])
            return make_statement(customer, until=until, from_on=from_on, by=by).number

        try:
            made = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Statement %(number)s was made.") % {"number": made})
            return go(request, reverse("statements.show", kwargs={"number": made}))
    number = given.data.get("customer", "")
    customer = get_customer(number, by=by) if number and refusal is None else None
    month_end = by.today.replace(day=1).toordinal() - 1
    errors = errors_of(refusal)
    context = {
        "page": frame(request, by, title=_("Make a statement"), active="statements"),
        "customer": {"id": customer.number, "name": customer.name} if customer else {"id": "", "name": ""},
        "values": {
            "until": given.data.get("until") or type(by.today).fromordinal(month_end).isoformat(),
            "from_on": given.data.get("from_on", ""),
        },
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "settlement/statement_new.html", context, status=refusal.status if refusal else 200)


@page("statement.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one statement with what the customer says of its lines."""
    return _statement_page(request, number, by)


@page("statement.read")
def pdf(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give out a statement as PDF."""
    return paper_response(request, "statement", number, by=by)


@page("statement.issue", methods=("POST",))
def send(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Mail a statement to its customer."""
    return _done(request, number, by, lambda: send_statement(number, by=by).number, _("The statement is on its way."))


@page("statement.issue", methods=("POST",))
def note(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Note what the customer said by telephone or mail."""
    given = Given(request.POST)

    def work() -> str:
        disputes = _disputes(given)
        given.check()
        return note_statement_answer(number, disputes=disputes, by=by).number

    return _done(request, number, by, work, _("The answer was noted."))


@page("statement.issue", methods=("POST",))
def void(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a statement back, to make it anew."""
    given = Given(request.POST)

    def work() -> str:
        reason = given.text("reason")
        given.check()
        return void_statement(number, reason=reason, by=by).number

    return _done(request, number, by, work, _("The statement was taken back."))


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a statement to its customer without signing in; take that they agree, or what is wrong."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "POST"))
    one, refusal = statement_of_token(token), None
    given = Given(request.POST)
    if request.method == "POST":
        try:
            disputes, name = _disputes(given), given.text("name")
            given.check()
            answer_statement(token, disputes=disputes, name=name, at=timezone.now())
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("Thank you. Your answer was received."))
            return go(request, request.path)
    context = {
        "page": bare_frame(request, title=_("Statement of account %(number)s") % {"number": one.number}),
        **_statement(one, given),
        "is_open": one.state in ("issued", "disputed"),
        "name": given.data.get("name", ""),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "settlement/statement_answer.html", context, status=refusal.status if refusal else 200)


def _done(request: HttpRequest, number: str, by: Actor, work: Any, said: str) -> HttpResponse:
    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _statement_page(request, number, by, refusal=refusal)
    leave_message(request, said)
    return go(request, reverse("statements.show", kwargs={"number": number}))


def _disputes(given: Given) -> dict[int, str]:
    """Return what is said to be wrong, by position; a ticked line without words is refused where it is answered."""
    found = {}
    for name in given.data:
        position = name.removeprefix("wrong-")
        if position != name and position.isascii() and position.isdigit() and len(position) < 6:
            found[int(position)] = given.text(f"remark-{position}")
    return found


def _statement_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_statement(number, by=by)
    is_open, may_issue = one.state in ("issued", "disputed"), by.may("statement.issue")
    urls = {name: reverse(f"statements.{name}", kwargs={"number": one.number}) for name in ("send", "note", "void")}
    context = {
        "page": frame(request, by, title=one.number, active="statements"),
        **_statement(one, Given(request.POST)),
        "customer_url": reverse("customers.show", kwargs={"number": one.customer.number})
        if by.may("customer.read")
        else None,
        "pdf_url": reverse("statements.pdf", kwargs={"number": one.number}),
        "link": link_of_statement(one) if is_open and may_issue else None,
        "address": mail_address_of(one.customer_id) if is_open and may_issue else None,
        "can_answer": is_open and may_issue,
        "can_void": is_open and may_issue,
        "urls": urls,
        "key": new_key(),
        "reason": request.POST.get("reason", ""),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "settlement/statement.html", context, status=refusal.status if refusal else 200)


def _statement(one: AccountStatement, given: Given) -> dict[str, Any]:
    balance, lines = one.opening, []
    for line in lines_of_statement(one):
        balance += line.amount
        lines.append(
            {
                "position": line.position,
                "kind": str(LINE_WORDS[line.kind]),
                "number": line.number,
                "day": line.day,
                "due_on": line.due_on,
                "amount": line.amount,
                "balance": balance,
                "value": line.state,
                "is_wrong": f"wrong-{line.position}" in given.data or (not given.data and line.state == "disputed"),
                "remark": given.data.get(f"remark-{line.position}", line.remark),
            }
        )
    return {"statement": _row(one), "lines": lines}


def _row(one: AccountStatement) -> dict[str, Any]:
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("statements.show", kwargs={"number": one.number}),
        "customer": one.customer.name,
        "from_on": one.from_on,
        "until_on": one.until_on,
        "opening": one.opening,
        "closing": one.closing,
        "currency": one.currency,
        "value": one.state,
        "sent_to": one.sent_to,
        "answered_at": one.answered_at,
        "answered_by": one.answered_by_name,
        "void_reason": one.void_reason,
        "is_new": False,
    }


routes = [
    path("statements/", statement_list, name="statements.list"),
    path("statements/new/", new, name="statements.new"),
    path("statements/answer/<str:token>/", answer, name="statements.answer"),
    path("statements/<str:number>/", show, name="statements.show"),
    path("statements/<str:number>/pdf/", pdf, name="statements.pdf"),
    path("statements/<str:number>/send/", send, name="statements.send"),
    path("statements/<str:number>/note/", note, name="statements.note"),
    path("statements/<str:number>/void/", void, name="statements.void"),
]
