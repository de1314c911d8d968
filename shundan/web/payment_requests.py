"""Payment requests: the list, one request with its approval, asking for one, paying it, taking it back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.billing.actions import (
    pay_request,
    request_bill_payment,
    request_prepayment,
    request_refund,
    withdraw_request,
)
from shundan.billing.queries import (
    PaymentRequest,
    get_bill,
    get_payment,
    get_request,
    list_requests,
    requested_for_order,
    unpaid_of,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO
from shundan.orders.queries import get_order
from shundan.parties.queries import get_supplier
from shundan.settlement.queries import gateway_of_refund_request, gateway_refunds_of
from shundan.ui.doors import page
from shundan.ui.formatting import amount as written
from shundan.web.approval_view import flow_of
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of, tabs
from shundan.web.words import METHODS, options
from shundan.workflow.queries import approvals_of, takes_part

VIEWS = (
    ("all", gettext_lazy("All")),
    ("pending", gettext_lazy("Waiting for approval")),
    ("to_pay", gettext_lazy("To be paid")),
    ("paid", gettext_lazy("Paid")),
    ("ended", gettext_lazy("Rejected or withdrawn")),
)
KINDS = {
    "bill": gettext_lazy("Bill"),
    "prepayment": gettext_lazy("Prepayment"),
    "refund": gettext_lazy("Refund"),
}
FIELDS = ("amount", "method", "account", "reason")


@page("payment_request.read")
def request_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of payment requests."""
    state = state_of(request)
    view = state.choice("view", dict(VIEWS), "all")
    found = list_requests(by=by, view=view, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True)
    context = {
        "page": frame(request, by, title=_("Payment requests"), active="payment_requests"),
        "views": tabs(state, VIEWS, active=view, counts={}),
        **plain_list(
            state,
            found,
            [_row(one) for one in found.items],
            url=reverse("payment_requests.list"),
            placeholder=_("Number, payee"),
            caption=_("Payment requests"),
            empty_title=_("No payment requests yet"),
            empty_text=_(
                "They are made from the page of a bill, a purchase, a supplier, or a payment with money left."
            ),
        ),
    }
    return render(request, "payment_requests/list.html", context)


@page("payment_request.read")
def show(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one payment request with its approval."""
    return _request_page(request, number, by)


@page("payment_request.create", methods=("GET", "POST"))
def for_bill(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask for a bill to be paid."""
    bill = get_bill(number, by=by)
    source = {
        "number": bill.number,
        "url": reverse("bills.show", kwargs={"number": bill.number}),
        "payee": bill.supplier.name,
        "currency": bill.currency,
        "left": bill.open_amount,
        "left_label": _("Open"),
        "account": _account(bill.supplier),
        "needs_reason": False,
    }

    def work(given: Given) -> str:
        return request_bill_payment(number, by=by, **_typed(given)).number

    return _ask(request, by, source, work)


@page("payment_request.create", methods=("GET", "POST"))
def for_refund(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask for money of a payment to go back to the customer."""
    payment = get_payment(number, by=by)
    source = {
        "number": payment.number,
        "url": reverse("payments.show", kwargs={"number": payment.number}),
        "payee": payment.customer.name,
        "currency": payment.currency,
        "left": payment.unallocated,
        "left_label": _("Unallocated"),
        "account": _account(payment.customer),
        "needs_reason": True,
    }

    def work(given: Given) -> str:
        return request_refund(number, by=by, **_typed(given)).number

    return _ask(request, by, source, work)


@page("payment_request.create", methods=("GET", "POST"))
def for_order(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask for a supplier to be prepaid for a purchase."""
    order = get_order(number, by=by, permission="bill.read")
    source = {
        "number": order.number,
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "payee": order.party_name,
        "currency": order.currency,
        "left": max(ZERO, unpaid_of(order) - requested_for_order(order.pk)),
        "left_label": _("Neither paid nor asked for"),
        "account": _account(order.supplier),
        "needs_reason": False,
        "title": _("Prepay"),
    }

    def work(given: Given) -> str:
        return request_prepayment(order=number, by=by, **_typed(given)).number

    return _ask(request, by, source, work)


@page("payment_request.create", methods=("GET", "POST"))
def for_supplier(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask for a supplier to be prepaid for no purchase in particular."""
    supplier = get_supplier(number, by=by)
    source = {
        "number": supplier.number,
        "url": reverse("suppliers.show", kwargs={"number": supplier.number}),
        "payee": supplier.name,
        "currency": supplier.currency,
        "left": None,
        "account": _account(supplier),
        "needs_reason": True,
        "title": _("Prepay"),
    }

    def work(given: Given) -> str:
        return request_prepayment(supplier=number, by=by, **_typed(given)).number

    return _ask(request, by, source, work)


def _account(payee: Any) -> str:
    """Return where a payee's money goes (Any: a customer or supplier of the domain, or none)."""
    return " ".join(part for part in (payee.bank_name, payee.bank_account) if part) if payee is not None else ""


@page("payment_request.read", methods=("POST",))
def pay(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Pay an approved request."""
    given = Given(request.POST)

    def work() -> str:
        reference, paid_on = given.text("reference"), given.day("paid_on")
        given.check()
        return pay_request(number, by=by, reference=reference, paid_on=paid_on).number

    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _request_page(request, number, by, refusal=refusal)
    leave_message(request, _("%(number)s was paid.") % {"number": number})
    return go(request, reverse("payment_requests.show", kwargs={"number": number}))


@page("payment_request.create", methods=("POST",))
def withdraw(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take one's request back."""
    try:
        withdraw_request(number, by=by)
    except Refused as refusal:
        return _request_page(request, number, by, refusal=refusal)
    leave_message(request, _("Withdrawn"))
    return go(request, reverse("payment_requests.show", kwargs={"number": number}))


def _typed(given: Given) -> dict[str, Any]:
    typed = {"amount": given.needed("amount"), **{name: given.text(name) for name in FIELDS[1:]}}
    given.check()
    return typed


def _ask(request: HttpRequest, by: Actor, source: dict[str, Any], work: Any) -> HttpResponse:
    given = Given(request.POST)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            made = do_once(request, by=by, work=lambda: work(given))
            leave_message(request, _("Payment request %(number)s was made.") % {"number": made})
            return go(request, reverse("payment_requests.show", kwargs={"number": made}))
        except Refused as found:
            refusal = found
    values = {name: given.data.get(name, "") for name in FIELDS}
    if not values["amount"] and source["left"]:
        values["amount"] = written(source["left"], source["currency"])
    values["method"] = values["method"] or "bank_transfer"
    context = {
        "page": frame(request, by, title=source.get("title") or _("Payment request"), active="payment_requests"),
        "source": source,
        "key": new_key(),
        "values": values,
        "error_of": errors_of(refusal),
        "choices": {"methods": options(METHODS)},
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "payment_requests/new.html", context, status=refusal.status if refusal else 200)


def _request_page(request: HttpRequest, number: str, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    one = get_request(number, by=by)
    stories = approvals_of(one.subject)
    right = "payment.refund" if one.kind == "refund" else "bill.pay"
    is_own = by.id is not None and by.id == one.owner_id
    latest = stories[0] if stories else None
    account = gateway_of_refund_request(one) if one.state == "approved" and by.may("payment.refund") else None
    context = {
        "page": frame(request, by, title=one.number, active="payment_requests"),
        "ask": {**_row(one), "account": one.account, "reason": one.reason, "method": str(METHODS[one.method])},
        "source_url": _source_url(one, by),
        "flow": flow_of(latest) if latest else [],
        "approval_url": reverse("approvals.show", kwargs={"approval_id": latest.run.pk})
        if latest and takes_part(latest, by=by)
        else None,
        "pay_url": reverse("payment_requests.pay", kwargs={"number": one.number})
        if one.state == "approved" and by.may(right)
        else None,
        "send_url": reverse("gateway_refunds.send", kwargs={"number": one.number}) if account else None,
        "gateway": account.name if account else None,
        "tries": _tries(one, by),
        "withdraw_url": reverse("payment_requests.withdraw", kwargs={"number": one.number})
        if is_own and one.state in ("pending", "approved")
        else None,
        "today": by.today,
        "key": new_key(),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "payment_requests/show.html", context, status=refusal.status if refusal else 200)


def _tries(one: PaymentRequest, by: Actor) -> list[dict[str, Any]]:
    return [
        {
            "number": each.number,
            "value": each.state,
            "account": each.account.name,
            "at": each.created_at,
            "by": each.created_by_name,
            "trouble": each.trouble,
            "remote_id": each.remote_id,
            "ask_url": reverse("gateway_refunds.ask", kwargs={"number": each.number})
            if each.ended_at is None and by.may("payment.refund")
            else None,
        }
        for each in gateway_refunds_of(one, by=by)
    ]


def _source_url(one: PaymentRequest, by: Actor) -> str | None:
    if one.bill is not None:
        return reverse("bills.show", kwargs={"number": one.bill.number}) if by.may("bill.read") else None
    if one.prepayment is not None:
        return reverse("prepayments.show", args=[one.prepayment.number]) if by.may("bill.read") else None
    if one.order is not None:
        return reverse("orders.show", kwargs={"number": one.order.number})
    if one.supplier is not None:
        return reverse("suppliers.show", kwargs={"number": one.supplier.number}) if by.may("supplier.read") else None
    assert one.payment is not None
    return reverse("payments.show", kwargs={"number": one.payment.number}) if by.may("payment.read") else None


def _row(one: PaymentRequest) -> dict[str, Any]:
    paid = one.disbursement or one.refund or one.prepayment
    return {
        "id": one.number,
        "number": one.number,
        "url": reverse("payment_requests.show", kwargs={"number": one.number}),
        "kind": str(KINDS[one.kind]),
        "of": one.source_number,
        "payee": one.payee,
        "amount": one.amount,
        "currency": one.currency,
        "value": one.state,
        "by": one.requested_by_name,
        "at": one.created_at,
        "paid_by": paid.number if paid else None,
        "paid_at": one.paid_at,
    }
