"""The buttons of an order: its workflow's transitions for this actor, and the papers it can be pushed down to."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shundan.kernel.actor import Actor
from shundan.orders.queries import OfferedReasons, Order, get_order, hold_codes, is_direct_purchase, is_live, may_do
from shundan.orders.queries.holds import reason_of_hold
from shundan.web.order_papers import may_bill, may_invoice, may_receive
from shundan.web.order_parts import Parts
from shundan.web.words import label_of
from shundan.workflow.queries import Offer, definition_of

ICONS = {
    "submit": "send",
    "approve": "check",
    "reject": "arrow-back-up",
    "withdraw": "arrow-back-up",
    "revoke": "arrow-back-up",
    "confirm": "circle-check",
    "unconfirm": "arrow-back-up",
    "cancel": "circle-x",
    "close": "lock",
    "source": "building-store",
    "acknowledge": "check",
    "recall": "arrow-back-up",
    "settle": "file-invoice",
    "settle_without_credit": "circle-x",
    "settle_difference": "adjustments",
    "accept_difference": "circle-check",
    "plan": "calendar",
    "replan": "arrow-back-up",
    "begin": "tool",
    "wait": "player-pause",
    "go_on": "arrow-right",
    "finish": "circle-check",
    "perform": "tool",
    "complete": "circle-check",
    "amend": "pencil",
    "reopen": "history",
    "revive": "history",
    "hold": "player-pause",
    "release_hold": "circle-check",
}
# Transitions that a page of their own asks for, and those that belong to a line.
PAGES = {"amend": "orders.amend"}
OF_LINES = ("close_line", "reopen_line")
KEYS = {"approve": "a", "reject": "r"}


def transitions_of(parts: Parts, *, by: Actor) -> list[dict[str, Any]]:
    """Return what this actor may do now: the main step first, papers next, then the rest, refused ones with why."""
    order = parts.order
    offers = [offer for offer in parts.offers if not _is_moot(offer, order)]
    main = [_transition(offer, order, parts.reasons) for offer in offers if offer.transition.is_primary]
    rest = [_transition(offer, order, parts.reasons) for offer in offers if not offer.transition.is_primary]
    return [*main, *_papers(parts, by), *sorted(rest, key=_distance)]


def transition_label(number: str, transition: str, *, by: Actor) -> str:
    """Return a transition's words for the message that it was taken."""
    found = definition_of(get_order(number, by=by).workflow_id).transition(transition)
    return label_of(found) if found else transition


def _distance(move: dict[str, Any]) -> tuple[bool, bool, bool]:
    """Return how far a step stands from the main one: refused ones and dangers last; yes and no stand side by side.

    Nothing goes on before a hold is lifted, so that comes first.
    """
    is_danger = move["kind"] == "danger" and move["name"] != "reject"
    return not move["allowed"], is_danger, move["name"] != "release_hold"


def _transition(offer: Offer, order: Order, reasons: OfferedReasons) -> dict[str, Any]:
    step = offer.transition
    return {
        "name": step.name,
        "label": label_of(step),
        "kind": "primary" if step.is_primary else "danger" if step.is_danger else "",
        "url": reverse("orders.move", kwargs={"number": order.number, "transition": step.name}),
        "allowed": offer.is_open,
        "why": offer.refusal.message if offer.refusal else None,
        "icon": ICONS.get(step.name),
        "key": KEYS.get(step.name),
        "reason": "needed" if "reason" in step.asks else None,
        "reasons": _usual_reasons(step.name),
        "reason_codes": reason_choices(step.name, reasons),
        "codes": hold_choices() if "place_order_hold" in step.does else [],
        "confirm": None,
        "href": reverse(PAGES[step.name], kwargs={"number": order.number}) if step.name in PAGES else None,
    }


def _papers(parts: Parts, by: Actor) -> list[dict[str, Any]]:
    order, found = parts.order, []
    held = _("On hold: %(reason)s") % {"reason": reason_of_hold(parts.holds[0])} if parts.holds else None
    if order.category == "draft" and may_do("order.edit", order, by=by):
        found.append(_link("edit", _("Edit"), "orders.edit", order, icon="pencil"))
    if parts.direction.goes_out and is_live(order) and may_do("shipment.create", order, by=by):
        why = held or (None if parts.progress.units_free > 0 else _("Nothing is reserved that waits to be shipped."))
        kind = "primary" if why is None or not parts.direction.comes_in else ""
        found.append(_link("ship", _("Ship"), "orders.ship", order, icon="truck-delivery", kind=kind, why=why))
    if may_receive(parts, by):
        why = held or (None if parts.awaited > 0 else _("No goods are on their way."))
        found.append(
            _link(
                "receive",
                pgettext("order", "Receive"),
                "orders.receive",
                order,
                icon="package-import",
                kind="primary",
                why=why,
            )
        )
    kind = "" if any(one["kind"] == "primary" and one["allowed"] for one in found) else "primary"
    if may_bill(parts, by):
        found.append(_link("bill", _("Register bill"), "orders.bill", order, icon="receipt", kind=kind))
    if may_invoice(parts, by):
        found.append(
            _link("invoice", _("Issue invoice"), "orders.invoice", order, icon="file-invoice", kind=kind, why=held)
        )
    if is_direct_purchase(order) and is_live(order) and parts.awaited > 0:
        found.append(_link("direct", _("Delivery by suppliers"), "orders.direct", order, icon="truck-delivery"))
    if order.kind == "purchase" and is_live(order):
        found.append(_link("supplier", _("At the supplier"), "supply.show", order, icon="mail"))
    if _may_reserve(parts, by):
        reserve = _link("reserve", _("Reserve the rest"), "orders.reserve", order, icon="package")
        found.append({**reserve, "href": None, "url": reserve["href"]})
    if parts.returnable > 0:
        back = "sales_return" if order.customer_id else "purchase_return"
        url = f"{reverse('orders.new')}?type={back}&origin={order.number}"
        found.append({**_link("return", _("Return"), "orders.show", order, icon="truck-return"), "href": url})
    return found


def _may_reserve(parts: Parts, by: Actor) -> bool:
    """Tell whether goods leave the shelf with this order that are not all reserved."""
    order = parts.order
    takes = parts.direction.goes_out or order.kind == "service"
    return takes and parts.progress.backordered > 0 and is_live(order) and may_do("order.confirm", order, by=by)


def _link(
    name: str, label: str, route: str, order: Order, *, icon: str, kind: str = "", why: str | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "href": reverse(route, kwargs={"number": order.number}),
        "allowed": why is None,
        "why": why,
        "icon": icon,
        "key": None,
        "reason": None,
        "reasons": [],
        "confirm": None,
    }


def _is_moot(offer: Offer, order: Order) -> bool:
    """Tell whether an offer says nothing: releasing what is not held, closing where nothing is open."""
    name = offer.transition.name
    is_closed = offer.refusal is not None and offer.refusal.code == "nothing_left_to_close"
    return name in OF_LINES or is_closed or (name == "release_hold" and not order.holds)


def reason_choices(transition: str, reasons: OfferedReasons) -> list[tuple[str, str]]:
    """Return the codes of a step's reasons with their names."""
    return [(one.code, label_of(one)) for one in reasons.of(transition)]


def hold_choices() -> list[tuple[str, str]]:
    """Return the codes of holds with their names."""
    return [(one.code, label_of(one)) for one in hold_codes()]


def _usual_reasons(name: str) -> list[str]:
    reasons = {
        "reject": (_("Price under review"), _("Terms under review"), _("Documents missing")),
        "revoke": (_("Changes needed"),),
    }
    return list(reasons.get(name, ()))
