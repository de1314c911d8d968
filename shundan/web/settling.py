"""Small differences and rests: writing off at an invoice or a payment, and letting a payment find its invoices."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.billing.queries import get_invoice, get_payment
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.settlement.actions import allocate_automatically, write_off_invoice, write_off_rest
from shundan.settlement.queries import write_off_limit_of
from shundan.ui.doors import page
from shundan.ui.formatting import amount as written
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message


@page("payment.allocate", methods=("POST",))
def allocate(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Allocate the rest of a payment to the invoices it names, then to those due first."""
    back = reverse("payments.show", kwargs={"number": number})
    try:
        do_once(request, by=by, work=lambda: allocate_automatically(number, by=by).number)
    except Refused as refusal:
        leave_message(request, refusal.message, kind="error", code=refusal.code)
    else:
        leave_message(request, _("The payment was allocated."))
    return go(request, back)


@page("payment.write_off", methods=("GET", "POST"))
def invoice(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write off what is open of an invoice."""
    one = get_invoice(number, by=by, permission="payment.write_off")
    given, refusal = Given(request.POST), None
    back = reverse("invoices.show", kwargs={"number": one.number})
    if request.method == "POST":

        def work() -> str:
            amount, reason = given.needed("amount"), given.text("reason")
            given.check()
            return write_off_invoice(number, amount=amount, reason=reason, by=by).number

        try:
            made = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("%(number)s was written.") % {"number": made})
            return go(request, back)
    return _form(request, by, one.number, back, one.customer.name, one.currency, one.open_amount, given, refusal)


@page("payment.write_off", methods=("GET", "POST"))
def rest(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Keep what little of a payment is left as income."""
    one = get_payment(number, by=by, permission="payment.write_off")
    given, refusal = Given(request.POST), None
    back = reverse("payments.show", kwargs={"number": one.number})
    if request.method == "POST":

        def work() -> str:
            reason = given.text("reason")
            given.check()
            return write_off_rest(number, reason=reason, by=by).number

        try:
            made = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("%(number)s was written.") % {"number": made})
            return go(request, back)
    return _form(
        request, by, one.number, back, one.customer.name, one.currency, one.unallocated, given, refusal, is_rest=True
    )


def _form(
    request: HttpRequest,
    by: Actor,
    number: str,
    back: str,
    customer: str,
    currency: str,
    left: Decimal,
    given: Given,
    refusal: Refused | None,
    *,
    is_rest: bool = False,
) -> HttpResponse:
    errors = errors_of(refusal)
    limit = write_off_limit_of(by)
    context = {
        "page": frame(request, by, title=_("Write off"), active="payments" if is_rest else "invoices"),
        "source": {"number": number, "url": back, "customer": customer, "currency": currency, "left": left},
        "is_rest": is_rest,
        "values": {
            # More than one may write off alone would only be refused.
            "amount": given.data.get("amount", "" if limit is not None and left > limit else written(left, currency)),
            "reason": given.data.get("reason", ""),
        },
        "limit": limit,
        "key": new_key(),
        "error_of": errors,
        "refusal": refusal_of_form(refusal, known=errors) if refusal else None,
    }
    return render(request, "settlement/write_off.html", context, status=refusal.status if refusal else 200)


routes = [
    path("payments/<str:number>/allocate-automatically/", allocate, name="payments.allocate_automatically"),
    path("payments/<str:number>/write-off/", rest, name="payments.write_off"),
    path("invoices/<str:number>/write-off/", invoice, name="invoices.write_off"),
]
