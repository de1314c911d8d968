"""The parts of an order's page as its template reads them: head, steps, tracks, lines, papers, side column."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shundan.billing.queries import Invoice
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain
from shundan.orders.queries import Order, OrderLine, is_live, may_do
from shundan.ui.formatting import moment, money, plural_of, qty
from shundan.web.addresses import ship_address
from shundan.web.approval_view import flow_of
from shundan.web.order_parts import Parts
from shundan.web.orders import invoicing_value, payment_value
from shundan.web.words import CARRIERS, DOORS, METHODS, is_english, label_of, name_of
from shundan.workflow.queries import ApprovalStory, definition_of, takes_part


def top_context(parts: Parts, by: Actor) -> dict[str, Any]:
    """Return the head of the page: the order itself, its steps, tracks, flags and neighbours."""
    order = parts.order
    before, after = (reverse("orders.show", kwargs={"number": n}) if n else None for n in parts.neighbours)
    more = []
    if by.may("order.create"):
        copy = f"{reverse('orders.new')}?copy={order.number}"
        more.append({"label": _("Copy to a new order"), "url": copy, "icon": "copy", "attrs": {}})
    return {
        "order": _order(order, by),
        "steps": steps_of(parts),
        "tracks": _tracks(parts, by),
        "flags": [
            {"text": _("On hold: %(reason)s") % {"reason": hold.reason}, "note": _by_and_when(hold), "link": None}
            for hold in parts.holds
        ],
        "neighbours": {"previous": before, "next": after},
        "more": more,
    }


def lines_context(parts: Parts) -> dict[str, Any]:
    """Return the lines and the sums below them."""
    order = parts.order
    return {
        "lines": [_line(line, parts) for line in parts.lines],
        "totals": {
            "net": order.net,
            "discount": parts.progress.discount,
            "tax": order.tax,
            "total": order.total,
            "paid": order.paid,
            "due": parts.progress.due,
        },
    }


def documents_context(parts: Parts, by: Actor) -> dict[str, Any]:
    """Return shipments, invoices and payments, and the strip that chains them."""
    shipments = [
        {
            "number": one.number,
            "url": reverse("shipments.show", kwargs={"number": one.number}),
            "value": one.state,
            "shipped_on": one.shipped_at,
            "carrier": CARRIERS.get(one.carrier, one.carrier),
            "tracking": one.tracking_number,
            "quantity": one.units,
        }
        for one in parts.shipments
    ]
    invoices = [
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
    payments = [
        {
            "number": one.payment.number,
            "url": reverse("payments.show", kwargs={"number": one.payment.number}),
            "received_on": one.payment.received_on,
            "method": str(METHODS.get(one.payment.method, one.payment.method)),
            "amount": one.amount,
        }
        for one in parts.payments
    ]
    chain = _chain(parts, shipments, invoices, payments)
    return {
        "shipments": shipments,
        "invoices": invoices,
        "payments": payments,
        "documents": chain,
        "next_document": _next(parts, by),
    }


def side_context(parts: Parts, by: Actor) -> dict[str, Any]:
    """Return the side column: the customer's credit, and how far the latest approval has come."""
    credit, order = parts.credit, parts.order
    latest = parts.approvals[0] if parts.approvals else None
    approval = {
        "flow": flow_of(latest) if latest else [],
        "approval_url": reverse("approvals.show", kwargs={"approval_id": latest.run.pk})
        if latest and takes_part(latest, by=by)
        else None,
    }
    if credit is None or credit.limit is None:
        return {"credit": None, **approval}
    is_open = order.category in ("draft", "submitted", "approved") and order.currency == credit.currency
    pending = order.total if is_open else 0
    return {"credit": {"limit": credit.limit, "used": credit.exposure, "pending": pending}, **approval}


def invoice_value(invoice: Invoice, by: Actor) -> str:
    """Return the badge value of an invoice: what is open of it, and whether it is late."""
    if invoice.kind == "credit" or invoice.credited:
        return "credited"
    if invoice.open_amount == 0:
        return "paid"
    if invoice.due_on < by.today:
        return "overdue"
    return "part" if invoice.allocated else "posted"


def steps_of(parts: Parts) -> list[dict[str, Any]]:
    """Return the stepper: the states of the definition's main road, those passed with who and when."""
    order = parts.order
    definition = definition_of(order.workflow_id)
    reached = _reached(parts)
    road = [state for state in definition.states if not state.is_side]
    here = next((at for at, state in enumerate(road) if state.name == order.state), None)
    last = here if here is not None else max((at for at, s in enumerate(road) if s.name in reached), default=0)
    steps = []
    for at, state in enumerate(road):
        is_done = at < last or (at == last and (here is None or at == len(road) - 1))
        passed = reached.get(state.name) if at <= last else None
        steps.append(
            {
                "label": label_of(state),
                "state": "done" if is_done else "current" if at == here else "next",
                "at": passed[0] if passed else None,
                "by": passed[1] if passed else None,
            }
        )
    if here is None:
        side, passed = definition.state(order.state), reached.get(order.state)
        flag = {
            "label": label_of(side),
            "state": "flag",
            "at": passed[0] if passed else None,
            "by": passed[1] if passed else None,
        }
        steps = [*steps[: last + 1], flag]
    return steps


def _reached(parts: Parts) -> dict[str, tuple[datetime, str]]:
    reached = {}
    for event in reversed(parts.events):
        if event.subject_kind == "order" and "to" in event.data and event.data.get("from") != event.data["to"]:
            who = _("System") if event.actor_name == "system" else event.actor_name
            reached[event.data["to"]] = (event.at, who)
    return reached


def approval_words(order: Order, approvals: list[ApprovalStory]) -> str:
    """Return the line below the approval's track: who decided, or who is waited for."""
    if order.approval == "not_needed":
        return _("Approved automatically")
    if not approvals:
        return "--"
    names = [task.assignee.name if task.assignee else _("anybody with this right") for task in approvals[0].open_tasks]
    if order.approval == "pending" and names:
        return _("Waits for %(people)s") % {"people": "、".join(names[:3]) + (" …" if len(names) > 3 else "")}
    last = approvals[0].last_decision
    return last.decided_by_name if last else "--"


def _order(order: Order, by: Actor) -> dict[str, Any]:
    sees_customer = by.may("customer.read")
    return {
        "number": order.number,
        "version": order.version,
        "lifecycle": order.category,
        "type": name_of(order.type),
        "customer": {
            "name": order.party_name,
            "url": reverse("customers.show", kwargs={"number": order.customer.number})
            if sees_customer and order.customer
            else None,
        },
        "currency": order.currency,
        "total": order.total,
        "ordered_on": order.ordered_on,
        "owner": order.owner.name if order.owner else None,
        "customer_po": order.customer_reference or None,
        "terms": name_of(order.payment_term),
        "warehouse": name_of(order.warehouse) if order.warehouse else None,
        "prices_include_tax": order.includes_tax,
        "promised_on": order.requested_on,
        "address": ship_address(order),
        "contact": " ".join(part for part in (order.ship_contact, order.ship_phone) if part),
        "note": order.remark or None,
        "tags": [_("Imported history")] if order.is_history else [],
        "source": str(DOORS.get(order.source, order.source)) or None,
        "backorder": order.allows_backorder,
    }


def _line(line: OrderLine, parts: Parts) -> dict[str, Any]:
    return {
        "position": line.position,
        "sku": line.sku,
        "name": name_of(line),
        "spec": line.product.spec,
        "url": reverse("products.show", kwargs={"sku": line.sku}),
        "unit": parts.units.get(line.unit, line.unit),
        "quantity": line.quantity,
        "price": line.unit_price,
        "discount": line.discount,
        "tax_rate": line.tax_rate,
        "net": line.net,
        "tax": line.tax,
        "gross": line.gross,
        "available": parts.available.get(line.product_id) if line.is_stocked else None,
        "reserved": line.reserved,
        "shipped": line.shipped,
        "invoiced": line.invoiced,
        "closed": line.cancelled > 0,
    }


def _tracks(parts: Parts, by: Actor) -> list[dict[str, Any]]:
    order, done = parts.order, parts.progress
    levels_done, levels = parts.approvals[0].levels if parts.approvals else (0, 1)
    papers = f"{reverse('orders.show', kwargs={'number': order.number})}?tab=documents"
    lines = ngettext("%(done)s of %(num)s line", "%(done)s of %(num)s lines", done.lines)
    units = ngettext("%(num)s unit shipped", "%(num)s units shipped", plural_of(done.units_shipped))
    shipped = " · ".join(
        (lines % {"done": done.lines_shipped, "num": done.lines}, units % {"num": qty(done.units_shipped)})
    )
    return [
        {
            "axis": "approval",
            "value": order.approval,
            "label": _("Approval"),
            "part": levels if order.approval in ("approved", "not_needed") else levels_done,
            "whole": levels,
            "figures": approval_words(order, parts.approvals),
            "url": None,
        },
        {
            "axis": "fulfilment",
            "value": order.fulfilment,
            "label": _("Shipping"),
            "part": done.units_shipped,
            "whole": done.units,
            "figures": shipped,
            "url": papers,
        },
        {
            "axis": "invoicing",
            "value": invoicing_value(order),
            "label": _("Invoicing"),
            "part": order.invoiced,
            "whole": order.total,
            "figures": f"{money(order.invoiced, order.currency)} / {money(order.total, order.currency)}",
            "url": papers,
        },
        {
            "axis": "payment",
            "value": payment_value(order, by),
            "label": _("Payment"),
            "part": order.paid,
            "whole": order.total,
            "figures": f"{money(order.paid, order.currency)} / {money(order.total, order.currency)}",
            "url": papers,
        },
    ]


def _chain(
    parts: Parts, shipments: list[dict[str, Any]], invoices: list[dict[str, Any]], payments: list[dict[str, Any]]
) -> list[list[dict[str, Any]]]:
    order = parts.order
    own = {
        "kind": _("Order"),
        "number": order.number,
        "axis": "lifecycle",
        "value": order.category,
        "amount": money(order.total, order.currency),
        "current": True,
    }
    groups = [
        [own],
        [_doc(_("Shipment"), one, "shipment", qty(one["quantity"])) for one in shipments],
        [_doc(_("Invoice"), one, "invoice", money(one["amount"], order.currency)) for one in invoices],
        [
            _doc(_("Payment"), {**one, "value": "allocated"}, "receipt", money(one["amount"], order.currency))
            for one in payments
        ],
    ]
    return [group for group in groups if group]


def _doc(kind: str, paper: dict[str, Any], axis: str, amount: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "number": paper["number"],
        "url": paper["url"],
        "axis": axis,
        "value": paper["value"],
        "amount": amount,
        "current": False,
    }


def _next(parts: Parts, by: Actor) -> dict[str, str] | None:
    order, done = parts.order, parts.progress
    if parts.holds:
        return None
    if is_live(order) and done.units_free > 0 and may_do("shipment.create", order, by=by):
        note = ngettext("%(num)s unit open", "%(num)s units open", plural_of(done.units_open))
        note %= {"num": plain(done.units_open)}
        return {"label": _("Ship"), "url": reverse("orders.ship", kwargs={"number": order.number}), "note": note}
    if (
        order.invoicing in ("to_invoice", "part")
        and may_do("invoice.issue", order, by=by)
        and order.category != "draft"
    ):
        url = reverse("orders.invoice", kwargs={"number": order.number})
        return {"label": _("Issue invoice"), "url": url, "note": _("shipped goods")}
    return None


def _by_and_when(hold: Any) -> str:
    separator = ", " if is_english() else "，"
    return separator.join((hold.placed_by_name, moment(hold.placed_at, timezone.get_current_timezone())))
