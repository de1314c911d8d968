"""The parts of an order's page as its template reads them: head, steps, tracks, lines, side column."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from shundan.accounts.scopes import may_with_kind
from shundan.billing.queries import (
    Bill,
    Invoice,
    is_prepayable,
)
from shundan.catalog.queries import COMPANY_CURRENCY, tax_in_words
from shundan.kernel.actor import Actor
from shundan.kernel.money import plain
from shundan.orders.queries import (
    Order,
    OrderLine,
    is_billed_at_all,
    may_do,
    papers_of_order,
    type_of,
)
from shundan.papers.registries import PAPER_KINDS
from shundan.ui.addresses import ship_address
from shundan.ui.formatting import day, money, plural_of, qty
from shundan.ui.names import kept_by, path_of
from shundan.ui.quantities import price_in_words, quantity_in_words
from shundan.web.approval_view import flow_of
from shundan.web.attribute_view import fields_to_change, line_words, may_change_lines, shown_values
from shundan.web.confirmations import confirmation_links
from shundan.web.coupons import coupon_shown
from shundan.web.direct import direct_links
from shundan.web.kinds import axis_of_goods, face_of, state_label, words_of_goods
from shundan.web.line_closing import closing_of, closing_of_line
from shundan.web.order_flags import flags_of, paid_words, promise_words
from shundan.web.order_kits import headings_of_kits
from shundan.web.order_parts import Parts, margin_words
from shundan.web.order_steps import approval_words, steps_of, waits_for_credit
from shundan.web.orders import invoicing_value, payment_value
from shundan.web.price_words import price_ways, ways_of
from shundan.web.reservations import reservations_link, why_url
from shundan.web.words import DOORS, name_of
from shundan.workflow.queries import takes_part

# States in which a deposit may be asked for.
ASKS_DEPOSIT = ("submitted", "approved", "confirmed", "in_progress")


def top_context(parts: Parts, by: Actor) -> dict[str, Any]:
    """Return the head of the page: the order itself, its steps, tracks, flags and neighbours."""
    order = parts.order
    before, after = (reverse("orders.show", kwargs={"number": n}) if n else None for n in parts.neighbours)
    more = []
    if may_with_kind(by, "order.create", order.kind) and order.kind != "return":
        copy = f"{reverse('orders.new')}?copy={order.number}"
        more.append({"label": _("Copy to a new order"), "url": copy, "icon": "copy", "attrs": {}})
        if order.kind in ("sale", "service"):
            fresh = {"label": _("Copy at today's prices"), "url": f"{copy}&prices=fresh", "icon": "copy", "attrs": {}}
            more.append(fresh)
    for kind in papers_of_order(order):
        paper = reverse("orders.paper_of", kwargs={"number": order.number, "kind": kind})
        words = _("Print: %(paper)s") % {"paper": PAPER_KINDS[kind].label}
        more.append({"label": words, "url": paper, "icon": "printer", "attrs": {}})
    if order.kind in ("sale", "service") and order.category in ASKS_DEPOSIT and may_do("deposit.request", order, by=by):
        ask = reverse("deposits.new", kwargs={"number": order.number})
        more.append({"label": _("Request a deposit"), "url": ask, "icon": "coin", "attrs": {}})
    if is_prepayable(order) and by.may("payment_request.create") and may_do("bill.read", order, by=by):
        prepay = reverse("orders.prepay", kwargs={"number": order.number})
        more.append({"label": _("Prepay"), "url": prepay, "icon": "wallet", "attrs": {}})
    if order.kind in ("sale", "service") and may_do("invoice.read", order, by=by):
        plan = reverse("plans.show", kwargs={"number": order.number})
        more.append({"label": _("Invoice plan"), "url": plan, "icon": "clipboard-list", "attrs": {}})
    more += confirmation_links(order)
    more += direct_links(order, has_any=bool(parts.deliveries))
    if by.may("stock.read") and (parts.direction.goes_out or order.kind == "service"):
        more.append(reservations_link(order))
    return {
        "order": _order(order, by),
        "face": face_of(order),
        "direction": parts.direction,
        "is_transfer": parts.direction.is_transfer,
        "takes_stock": parts.direction.goes_out or order.kind == "service",
        "has_prices": not parts.direction.is_transfer,
        "party_label": _party_label(order),
        "details": _details(order),
        "moved": words_of_goods(order)[1],
        "steps": steps_of(parts),
        "tracks": _tracks(parts, by),
        "flags": flags_of(parts, by=by),
        "neighbours": {"previous": before, "next": after},
        "more": more,
        "own_attributes": shown_values(order, by=by),
        "attribute_fields": fields_to_change(order, by),
        "attributes_url": reverse("orders.attributes", kwargs={"number": order.number}),
        "print_layout": type_of(order).print_layout,
        "is_paid_for": bool(face_of(order).payment)
        and (is_billed_at_all(order) or order.kind not in ("sale", "service")),
    }


def lines_context(parts: Parts, by: Actor) -> dict[str, Any]:
    """Return the lines and the sums below them."""
    order = parts.order
    can_change, closing = may_change_lines(order, by), closing_of(parts)
    ways = price_ways(parts.lines, order.currency)
    headings = headings_of_kits(parts.lines, order, by)
    return {
        "lines": [
            _line(line, parts, by, closing, can_change=can_change)
            | ways_of(ways, line.position)
            | {"kit": headings.get(line.position), "kit_sku": line.kit["sku"] if line.kit else None}
            for line in parts.lines
        ],
        "totals": {
            "net": order.net,
            "discount": parts.progress.discount,
            "coupon": coupon_shown(order),
            "tax": order.tax,
            "total": order.total,
            "paid": order.paid,
            "due": parts.progress.due,
            "dropped": max(order.total - parts.progress.worth, 0),
            "worth": None if order.currency == COMPANY_CURRENCY else order.company_total,
            "rate": plain(order.exchange_rate),
        },
        "company_currency": COMPANY_CURRENCY,
        "margin": margin_words(order, by=by),
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


def bill_value(bill: Bill, by: Actor) -> str:
    """Return the badge value of a bill: what is open of it, and whether it is late."""
    if bill.kind == "debit":
        return "debit"
    if bill.debited:
        return "reversed"
    if bill.open_amount == 0:
        return "paid"
    if bill.due_on < by.today:
        return "overdue"
    return "part" if bill.paid else "posted"


def invoice_value(invoice: Invoice, by: Actor) -> str:
    """Return the badge value of an invoice: what is open of it, and whether it is late."""
    if invoice.kind == "credit" or invoice.credited:
        return "credited"
    if invoice.open_amount == 0:
        return "paid"
    if invoice.due_on < by.today:
        return "overdue"
    return "part" if invoice.allocated else "posted"


def _order(order: Order, by: Actor) -> dict[str, Any]:
    return {
        "number": order.number,
        "version": order.version,
        "lifecycle": order.category,
        "state": None if order.kind == "sale" else state_label(order),
        "revision": order.revision,
        "type": name_of(order.type),
        "type_mark": {"colour": order.type.colour, "icon": order.type.icon} if order.type.colour != "grey" else None,
        "customer": {"name": order.party_name, "url": party_url(order, by)},
        "currency": order.currency,
        "total": order.total,
        "ordered_on": order.ordered_on,
        "owner": order.owner.name if order.owner else None,
        "customer_po": order.customer_reference or None,
        "terms": name_of(order.payment_term) if order.payment_term else None,
        "warehouse": name_of(order.warehouse) if order.warehouse else None,
        "origin": _origin(order),
        "prices_include_tax": order.includes_tax,
        "promised_on": order.requested_on,
        "address": ship_address(order),
        "contact": " ".join(part for part in (order.ship_contact, order.ship_phone) if part),
        "note": order.remark or None,
        "tags": [_("Imported history")] if order.is_history else [],
        "source": str(DOORS.get(order.source, order.source)) or None,
        "backorder": order.allows_backorder,
    }


def _party_label(order: Order) -> str:
    if order.customer_id:
        return _("Customer")
    return _("Supplier") if order.supplier_id else _("Goes to")


def _details(order: Order) -> list[tuple[str, Any]]:
    """Return what stands beside an order, as its kind has it."""
    wanted = day(order.requested_on) if order.requested_on else None
    found: list[tuple[str, Any]] = []
    if order.customer_id:
        found.append((_("Customer PO"), order.customer_reference))
    if order.payment_term:
        found.append((_("Payment terms"), name_of(order.payment_term)))
    if order.target_department:
        found += [
            (_("Performing department"), name_of(order.department) if order.department else None),
            (_("Receiving department"), _target(order)),
        ]
    elif order.warehouse:
        label = _("From warehouse") if order.target_warehouse_id else _("Warehouse")
        found.append((label, kept_by(order.warehouse) if order.target_warehouse_id else name_of(order.warehouse)))
    if order.target_warehouse:
        found.append((_("To warehouse"), kept_by(order.target_warehouse)))
    found.append((_("Requested on"), wanted))
    if order.planned_on:
        found.append((_("Planned to leave on"), day(order.planned_on)))
    if order.promised_on:
        found.append((_("Promised on"), day(order.promised_on)))
    if order.total:
        found.append((_("Prices"), _("include tax") if order.includes_tax else _("exclude tax")))
    return [
        *found,
        (_("Source"), str(DOORS.get(order.source, order.source)) or None),
        (_("Note"), order.remark or None),
    ]


def party_url(order: Order, by: Actor) -> str | None:
    """Return where the customer or supplier of an order is described, for those who may read it."""
    if order.customer and by.may("customer.read"):
        return reverse("customers.show", kwargs={"number": order.customer.number})
    if order.supplier and by.may("supplier.read"):
        return reverse("suppliers.show", kwargs={"number": order.supplier.number})
    return None


def _target(order: Order) -> str | None:
    place = order.target_warehouse or order.target_department
    return name_of(place) if place else None


def _origin(order: Order) -> dict[str, str] | None:
    if order.origin is None:
        return None
    return {
        "number": order.origin.number,
        "url": reverse("orders.show", kwargs={"number": order.origin.number}),
    }


def _line(
    line: OrderLine, parts: Parts, by: Actor, closing: dict[str, Any] | None, *, can_change: bool
) -> dict[str, Any]:
    number, position = parts.order.number, line.position
    return {
        "position": line.position,
        "sku": line.sku,
        "name": name_of(line),
        "spec": line.product.spec,
        "lot": line.lot_code,
        "divided_from": line.divided_from,
        "attributes": line_words(parts.order, line.attributes, by),
        "attributes_url": reverse("orders.line", kwargs={"number": number, "position": position})
        if can_change
        else None,
        "url": path_of("products.show", sku=line.sku),
        "unit": parts.units.get(line.unit, line.unit),
        "quantity": line.quantity,
        "counted": quantity_in_words(line.quantity, line, parts.units),
        "price": price_in_words(line, parts.order.currency, parts.units),
        "discount": line.discount,
        "tax_rate": tax_in_words(line.tax_kind, line.tax_rate),
        "net": line.net,
        "tax": line.tax,
        "gross": line.gross,
        "available": parts.available.get(line.product_id) if line.is_stocked else None,
        "reserved": line.reserved,
        "shipped": line.shipped,
        "arrived": line.delivered if parts.direction.is_transfer else None,
        "returned": line.returned,
        "invoiced": line.invoiced,
        "closed": line.cancelled,
        "is_off": line.quantity == 0,
        "close": closing_of_line(line, closing) if closing else None,
        "from": parts.places.get(line.warehouse_id or 0),
        "promise": promise_words(parts.promises.get(position)),
        "why_url": why_url(line.sku, number) if line.is_stocked else None,
    }


def _tracks(parts: Parts, by: Actor) -> list[dict[str, Any]]:
    order, done = parts.order, parts.progress
    levels_done, levels = parts.approvals[0].levels if parts.approvals else (0, 1)
    papers = f"{reverse('orders.show', kwargs={'number': order.number})}?tab=documents"
    face, (goods, _moved) = face_of(order), words_of_goods(order)
    lines = ngettext("%(done)s of %(num)s line", "%(done)s of %(num)s lines", done.lines)
    moved = plural_of(done.units_shipped)
    # A sale says that goods were shipped; for the other kinds the track's own name says what happened to them.
    units = (
        ngettext("%(num)s unit shipped", "%(num)s units shipped", moved)
        if order.kind == "sale"
        else npgettext("moved", "%(num)s unit", "%(num)s units", moved)
    )
    shipped = " · ".join(
        (lines % {"done": done.lines_shipped, "num": done.lines}, units % {"num": qty(done.units_shipped)})
    )
    tracks: list[dict[str, Any]] = [
        {
            "axis": "approval",
            "value": order.approval,
            "label": _("Approval"),
            "part": levels
            if order.approval in ("approved", "not_needed") and not waits_for_credit(order)
            else levels_done,
            "whole": levels,
            "figures": approval_words(order, parts.approvals),
            "url": None,
        }
    ]
    if done.lines:
        tracks.append(
            {
                "axis": axis_of_goods(order),
                "value": order.fulfilment,
                "label": str(goods),
                "part": done.units_shipped,
                "whole": done.units,
                "figures": shipped,
                "url": papers,
            }
        )
    is_billed = is_billed_at_all(order) or order.kind not in ("sale", "service")
    if face.invoicing and is_billed:
        tracks.append(
            {
                "axis": face.invoicing,
                "value": invoicing_value(order),
                "label": str(face.invoicing_label),
                "part": order.invoiced,
                "whole": parts.progress.worth or order.total,
                "figures": f"{money(order.invoiced, order.currency)}"
                f" / {money(parts.progress.worth or order.total, order.currency)}",
                "url": papers,
            }
        )
    if face.payment and is_billed:
        tracks.append(
            {
                "axis": "payment",
                "value": payment_value(order, by),
                "label": str(face.payment_label),
                "part": order.paid,
                "whole": parts.progress.worth or order.total,
                "figures": paid_words(parts),
                "url": papers,
            }
        )
    return tracks
