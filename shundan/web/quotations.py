"""The page where a supplier answers a call for quotations without signing in, by the signed address they got."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.purchasing.actions import Quotation, answer_inquiry, decline_inquiry
from shundan.purchasing.queries import Invitation, invitation_of_token
from shundan.ui.doors import public
from shundan.web.forms import Given, errors_of, go, refusal_of_form
from shundan.web.frame import bare_frame, leave_message
from shundan.web.words import name_of

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD")


@public
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked for; take prices and days of delivery, or that nothing is offered."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "POST"))
    invitation = invitation_of_token(token)
    refusal: Refused | None = None
    if request.method == "POST":
        given, now = Given(request.POST), timezone.now()
        try:
            if given.flag("declines"):
                decline_inquiry(token, at=now, remark=given.text("remark"))
                leave_message(request, _("Thank you. We noted that you offer nothing this time."))
            else:
                answer_inquiry(token, quotation_typed(given), at=now)
                leave_message(request, _("Thank you. Your quotation was received; you can change it until we decide."))
            return go(request, request.path)
        except Refused as refused:
            refusal = refused
    lines = list(invitation.inquiry.lines.all())
    context = {
        "page": bare_frame(request, title=_("Quotation %(number)s") % {"number": invitation.inquiry.number}),
        "number": invitation.inquiry.number,
        "supplier": invitation.supplier.name,
        "state": invitation.state,
        "is_open": invitation.inquiry.state == "open",
        "answer_by": invitation.inquiry.answer_by,
        "said": invitation.inquiry.remark,
        "answered_at": invitation.answered_at,
        **quotation_form(request, invitation, lines, {}, refusal),
    }
    return render(request, "inquiries/answer.html", context, status=refusal.status if refusal else 200)


def quotation_typed(given: Given) -> Quotation:
    """Return what was offered in a form. Raises: Malformed."""
    prices = {int(at): price for at, price in given.numbers("price").items() if at.isascii() and at.isdigit()}
    days = {at: given.whole(f"days-{at}") for at in prices}
    typed = Quotation(
        prices=prices,
        days={at: count for at, count in days.items() if count is not None},
        currency=given.text("currency"),
        valid_until=given.day("valid_until"),
        remark=given.text("remark"),
    )
    given.check()
    return typed


def quotation_form(
    request: HttpRequest,
    invitation: Invitation,
    lines: Sequence[Any],
    units: Mapping[str, str],
    refusal: Refused | None,
) -> dict[str, Any]:
    """Return the fields of a quotation: what was typed, else what was offered before (Any: lines of an inquiry)."""
    said = {one.line_id: one for one in invitation.quotes.all()}
    typed, errors = request.POST, errors_of(refusal)
    return {
        "lines": [
            {
                "position": line.position,
                "name": name_of(line.request_line.product),
                "sku": line.request_line.product.sku,
                "spec": line.request_line.product.spec,
                "quantity": line.quantity,
                "unit": units.get(line.request_line.product.unit.code) or name_of(line.request_line.product.unit),
                "needed_on": line.request_line.request.needed_on,
                "warehouse": name_of(line.request_line.request.warehouse),
                "price": typed.get(
                    f"price-{line.position}", plain(said[line.pk].unit_price) if line.pk in said else ""
                ),
                "days": typed.get(f"days-{line.position}", said[line.pk].delivery_days if line.pk in said else ""),
                "error": errors.get(f"lines[{line.position - 1}].unit_price"),
                "error_days": errors.get(f"lines[{line.position - 1}].days"),
            }
            for line in lines
        ],
        "values": {
            "currency": typed.get("currency", invitation.currency),
            "valid_until": typed.get(
                "valid_until", invitation.valid_until.isoformat() if invitation.valid_until else ""
            ),
            "remark": typed.get("remark", invitation.remark),
        },
        "currencies": [(code, code) for code in dict.fromkeys((invitation.currency, *CURRENCIES))],
        "error_of": errors,
        "refusal": refusal_of_form(refusal) if refusal else None,
    }


routes = [path("quotations/<str:token>/", answer, name="quotations.answer")]
