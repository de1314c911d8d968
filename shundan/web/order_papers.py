"""The papers of an order as its page shows them, the strip that chains them, and which comes next."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from shundan.billing.queries import KIND_WORDS
from shundan.fulfilment.queries import is_live_waybill
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO, plain
from shundan.orders.queries import Order, is_live, is_released, may_do
from shundan.ui.formatting import money, plural_of, qty
from shundan.web.kinds import state_label
from shundan.web.order_parts import Parts
from shundan.web.order_view import bill_value, invoice_value
from shundan.web.prepayment_view import prepayment_row
from shundan.web.waybill_view import carrier_name, waybill_row
from shundan.web.words import METHODS, PAID_BY, name_of

Rows = list[dict[str, Any]]


def documents_context(parts: Parts, by: Actor) -> dict[str, Any]:
    """Return shipments, receipts, invoices, bills and payments, and the strip that chains them."""
    papers = {
        "shipments": _shipments(parts),
        "receipts": _receipts(parts),
        "deliveries": _deliveries(parts),
        "invoices": _invoices(parts, by),
        "bills": _bills(parts, by),
        "payments": _payments(parts),
        "deposits": _deposits(parts),
        "prepayments": [prepayment_row(one) for one in parts.prepayments],
        "differences": _differences(parts),
    }
    return {**papers, "documents": _chain(parts, papers), "next_document": _next(parts, by)}


def may_receive(parts: Parts, by: Actor) -> bool:
    """Tell whether goods are awaited that this actor may book."""
    order = parts.order
    return parts.direction.comes_in and is_live(order) and may_do("receipt.post", order, by=by)


def may_bill(parts: Parts, by: Actor) -> bool:
    """Tell whether a supplier's bill may be booked by this actor."""
    order = parts.order
    is_due = order.invoicing in ("to_invoice", "part")
    return parts.direction.is_billed and is_released(order) and is_due and may_do("bill.register", order, by=by)


def _shipments(parts: Parts) -> Rows:
    live = {one.shipment_id: one for one in reversed(parts.waybills) if is_live_waybill(one)}
    return [
        {
            "number": one.number,
            "url": reverse("shipments.show", kwargs={"number": one.number}),
            "value": one.state,
            "shipped_on": one.shipped_at,
            "waybill": waybill_row(live[one.pk]) if one.pk in live else None,
            "carrier": carrier_name(one.carrier),
            "tracking": one.tracking_number,
            "quantity": one.units,
        }
        for one in parts.shipments
    ]


def _deliveries(parts: Parts) -> Rows:
    is_sale = parts.order.kind == "sale"
    return [
        {
            "number": one.number,
            "url": reverse("orders.direct", kwargs={"number": parts.order.number}),
            "value": one.state,
            "shipped_on": one.shipped_at,
            "party": one.purchase.supplier.name if is_sale and one.purchase.supplier else one.order.number,
            "carrier": carrier_name(one.carrier),
            "tracking": one.tracking_number,
            "quantity": sum((row.quantity for row in one.lines.all()), ZERO),
        }
        for one in parts.deliveries
    ]


def _differences(parts: Parts) -> Rows:
    return [
        {
            "line": f"{one.line.position} · {name_of(one.line)}",
            "kind": _("Damaged") if one.kind == "damaged" else _("Missing"),
            "quantity": one.quantity,
            "reason": one.reason or one.receipt,
            "signed": one.signed_by_name,
            "signed_at": one.signed_at,
            "accepted": one.accepted_by_name or None,
            "accepted_at": one.accepted_at,
        }
        for one in parts.differences
    ]


def _receipts(parts: Parts) -> Rows:
    return [
        {
            "number": one.number,
            "url": reverse("receipts.show", kwargs={"number": one.number}),
            "value": one.state,
            "posted_on": one.posted_at,
            "reference": one.reference,
            "quantity": one.units,
        }
        for one in parts.receipts
    ]


def _invoices(parts: Parts, by: Actor) -> Rows:
    return [
        {
            "number": one.number,
            "url": reverse("invoices.show", kwargs={"number": one.number}),
            "value": invoice_value(one, by),
            "issued_on": one.issued_on,
            "due_on": one.due_on,
            "amount": one.total,
            "open": one.open_amount,
        }
        for one in parts.invoices
    ]


def _deposits(parts: Parts) -> Rows:
    return [
        {
            "number": one.number,
            "url": reverse("deposits.show", args=[one.number]),
            "value": one.state,
            "kind": str(KIND_WORDS[one.kind]),
            "due_on": one.due_on,
            "received": one.received,
            "amount": one.amount,
        }
        for one in parts.deposits
    ]


def _bills(parts: Parts, by: Actor) -> Rows:
    return [
        {
            "number": one.number,
            "url": reverse("bills.show", kwargs={"number": one.number}),
            "value": bill_value(one, by),
            "reference": one.reference,
            "billed_on": one.billed_on,
            "due_on": one.due_on,
            "amount": one.total,
            "open": one.open_amount,
        }
        for one in parts.bills
    ]


def _payments(parts: Parts) -> Rows:
    taken = [
        {
            "number": one.payment.number,
            "url": reverse("payments.show", kwargs={"number": one.payment.number}),
            "received_on": one.payment.received_on,
            "method": str(METHODS.get(one.payment.method, one.payment.method)),
            "amount": one.amount,
        }
        for one in parts.payments
    ]
    back = [
        {
            "number": one.number,
            "url": reverse("payments.show", kwargs={"number": one.payment.number}),
            "received_on": one.refunded_on,
            "method": _("Refund"),
            "amount": -one.amount,
            "is_back": True,
        }
        for one in parts.refunds
    ]
    given = [
        {
            "number": paid.number,
            "url": reverse("bills.show", kwargs={"number": bill.number}),
            "received_on": paid.paid_on,
            "method": str(PAID_BY.get(paid.method, paid.method)),
            "amount": paid.amount,
        }
        for bill in parts.bills
        for paid in bill.disbursements.all()
        if paid.reversed_at is None
    ]
    return [*taken, *back, *given]


def _chain(parts: Parts, papers: dict[str, Rows]) -> list[Rows]:
    order = parts.order
    paid = pgettext("purchase", "Payment") if parts.direction.is_billed else _("Payment")

    def worth(one: dict[str, Any]) -> str:
        return money(one["amount"], order.currency)

    groups = [
        [_order_doc(order.origin)] if order.origin else [],
        [_order_doc(order, current=True)],
        [_doc(_("Deposit"), one, "deposit", worth(one)) for one in papers["deposits"]],
        [_doc(_("Prepayment"), one, "prepayment", worth(one)) for one in papers["prepayments"]],
        [_doc(_("Shipment"), one, "shipment", qty(one["quantity"])) for one in papers["shipments"]],
        [_doc(_("Supplier's delivery"), one, "direct_delivery", qty(one["quantity"])) for one in papers["deliveries"]],
        [_doc(pgettext("paper", "Receipt"), one, "goods_receipt", qty(one["quantity"])) for one in papers["receipts"]],
        [_doc(_("Invoice"), one, "invoice", worth(one)) for one in papers["invoices"]],
        [_doc(_("Bill"), one, "bill", worth(one)) for one in papers["bills"]],
        [
            _doc(_("Refund") if one.get("is_back") else paid, {**one, "value": "allocated"}, "receipt", worth(one))
            for one in papers["payments"]
        ],
        [_order_doc(one) for one in parts.followers],
    ]
    return [group for group in groups if group]


def _order_doc(order: Order, *, current: bool = False) -> dict[str, Any]:
    return {
        "kind": name_of(order.type),
        "number": order.number,
        "url": reverse("orders.show", kwargs={"number": order.number}),
        "axis": "lifecycle",
        "value": order.category,
        "label": None if order.kind == "sale" else state_label(order),
        "amount": money(order.total, order.currency) if order.total else "",
        "current": current,
    }


def _doc(kind: str, paper: dict[str, Any], axis: str, amount: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "number": paper["number"],
        "url": paper["url"],
        "axis": axis,
        "value": paper["value"],
        "label": None,
        "amount": amount,
        "current": False,
    }


def _next(parts: Parts, by: Actor) -> dict[str, str] | None:
    order, done = parts.order, parts.progress
    if parts.holds:
        return None
    ships = parts.direction.goes_out and is_live(order) and may_do("shipment.create", order, by=by)
    if ships and done.units_free > 0:
        note = ngettext("%(num)s unit open", "%(num)s units open", plural_of(done.units_open))
        note %= {"num": plain(done.units_open)}
        return _step(order, "orders.ship", _("Ship"), note)
    if parts.awaited > 0 and may_receive(parts, by):
        note = ngettext("%(num)s unit awaited", "%(num)s units awaited", plural_of(parts.awaited))
        note %= {"num": plain(parts.awaited)}
        return _step(order, "orders.receive", pgettext("order", "Receive"), note)
    if may_bill(parts, by):
        return _step(order, "orders.bill", _("Register bill"), _("received goods"))
    if may_invoice(parts, by):
        note = _("completed work") if order.kind == "service" else _("shipped goods")
        return _step(order, "orders.invoice", _("Issue invoice"), note)
    return None


def may_invoice(parts: Parts, by: Actor) -> bool:
    """Tell whether an invoice to the customer is due that this actor may issue."""
    order = parts.order
    is_due = order.invoicing in ("to_invoice", "part") and not parts.direction.is_billed
    return is_due and is_released(order) and may_do("invoice.issue", order, by=by)


def _step(order: Order, route: str, label: str, note: str) -> dict[str, str]:
    return {"label": label, "url": reverse(route, kwargs={"number": order.number}), "note": note}
