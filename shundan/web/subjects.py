"""Where the page of a document is, by the subject that approvals and messages name."""

from typing import Any

from django.urls import reverse

from shundan.billing.queries import PaymentRequest, payment_request_number_of
from shundan.fulfilment.queries import inspection_number_of, waybill_number_of
from shundan.kernel.actor import Actor
from shundan.orders.queries import amendment_of_subject, order_number_of
from shundan.purchasing.queries import inquiry_number_of, purchase_request_number_of
from shundan.settlement.queries import draft_number_of


def page_of_subject(subject: tuple[str, int], *, by: Actor) -> str | None:
    """Return the path of a document's page, or None for what is gone or out of the reader's reach."""
    if subject[0] == "approval":
        return reverse("approvals.show", kwargs={"approval_id": subject[1]})
    if subject[0] == "stock_alerts":
        return reverse("alerts.list") if by.may("stock.read") else None
    change = amendment_of_subject(subject, by=by)
    if change is not None:
        return reverse("orders.amendment", kwargs={"number": change.order.number, "change": change.number})
    for find, name in (
        (order_number_of, "orders.show"),
        (payment_request_number_of, "payment_requests.show"),
        (purchase_request_number_of, "purchase_requests.show"),
        (inquiry_number_of, "inquiries.show"),
        (waybill_number_of, "logistics.show"),
        (inspection_number_of, "inspections.show"),
        (draft_number_of, "drafts.show"),
    ):
        number = find(subject, by=by)
        if number is not None:
            return reverse(name, kwargs={"number": number})
    return None


def request_link(one: PaymentRequest) -> dict[str, Any]:
    """Return a payment request as the page of what it pays lists it."""
    url = reverse("payment_requests.show", kwargs={"number": one.number})
    return {"number": one.number, "url": url, "value": one.state, "amount": one.amount, "currency": one.currency}
