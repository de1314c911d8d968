"""What happened to an order and its papers, in sentences with their changes."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.orders.queries import Event, attribute_catalogue, named
from shundan.ui.formatting import money, qty
from shundan.web.words import DOORS, EVENTS, PLACES, STOCK_REASONS, label_of
from shundan.workflow.queries import definition_of

_LINE = re.compile(r"^lines\[(\d+)\]\.((?:attributes\.)?\w+)$")
# Doors by which no order is entered, but much is said of one.
WAYS_IN = DOORS | {
    "gateway": gettext_lazy("Payment gateway"),
    "customer": gettext_lazy("Customer’s link"),
    "supplier": gettext_lazy("Supplier’s link"),
    "command": gettext_lazy("Command line"),
    "job": gettext_lazy("System"),
}


def timeline(events: Iterable[Event], *, workflow_id: int | None = None) -> list[dict[str, Any]]:
    """Return events as the timeline shows them, in the order given.

    Steps that an administrator added to a workflow are told by the name they have there.
    """
    return [_event(event, workflow_id) for event in events]


def place_label(path: str) -> str:
    """Return the name of a place in an order, e.g. `lines[2].quantity` → Line 3, quantity."""
    line = _LINE.match(path)
    if line is None:
        return _field(path)
    facts = {"number": int(line[1]) + 1, "field": _field(line[2])}
    return _("Line %(number)s: %(field)s") % facts


def _field(name: str) -> str:
    if not name.startswith("attributes."):
        return str(PLACES.get(name, name))
    entry = attribute_catalogue().get(name.removeprefix("attributes."))
    return named(entry) if entry else name


def _event(event: Event, workflow_id: int | None) -> dict[str, Any]:
    data: Mapping[str, Any] = event.data
    known = EVENTS.get(f"{event.kind} {data.get('kind', '')}") or EVENTS.get(event.kind)
    icon, tone, words = known or ("arrow-right", "quiet", _step(data, workflow_id) or event.kind)
    return {
        "icon": icon,
        "tone": tone,
        "text": str(words) % _facts(data),
        "who": _("System") if event.actor_name == "system" else event.actor_name,
        "at": event.at,
        "door": str(WAYS_IN.get(event.door, event.door)),
        "note": _booked(data) if "delta" in data else _said(data),
        "public": bool(data.get("is_public")),
        "changes": _changes(data.get("changes") or {}),
    }


def _step(data: Mapping[str, Any], workflow_id: int | None) -> str:
    step = definition_of(workflow_id).transition(str(data.get("transition"))) if workflow_id else None
    return _("took the step “%(step)s”") % {"step": label_of(step).replace("%", "%%")} if step else ""


def _said(data: Mapping[str, Any]) -> str | None:
    return data.get("text") or (data.get("inputs") or {}).get("reason") or data.get("reason")


def _booked(data: Mapping[str, Any]) -> str:
    """Return how much of a product came or went, and why: +100 · Purchase."""
    delta = Decimal(str(data["delta"]))
    reason = str(data.get("reason", ""))
    words = str(STOCK_REASONS.get(reason, reason))
    return " · ".join(part for part in (f"{'+' if delta > 0 else ''}{qty(delta)}", words) if part)


class _Facts(dict[str, str]):
    """What an event says, by name; an older event that lacks a name of today's words says nothing there."""

    def __missing__(self, name: str) -> str:
        """Return nothing rather than fail: one event must never hide the whole timeline."""
        return ""


def _facts(data: Mapping[str, Any]) -> Mapping[str, str]:
    currency = str(data.get("currency", "CNY"))
    facts = _Facts({name: str(value) for name, value in data.items() if isinstance(value, str | int | Decimal)})
    facts["total"], facts["amount"] = money(data.get("total"), currency), money(data.get("amount"), currency)
    if "currency" in data and "returned" in data:
        facts["returned"] = money(data["returned"], currency)
    return facts


def _changes(changes: Mapping[str, list[Any]]) -> list[dict[str, str | None]]:
    return [
        {"path": place_label(path), "before": _value(both[0]), "after": _value(both[1])}
        for path, both in sorted(changes.items(), key=lambda item: _reading_order(item[0]))
    ]


def _value(value: Any) -> Any:  # Any: events keep what JSON knows
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value


def _reading_order(path: str) -> tuple[int, int, str]:
    line = _LINE.match(path)
    return (1, int(line[1]), line[2]) if line else (0, 0, path)
