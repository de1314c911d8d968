"""The step that closes what is open of one line, as the dialogs of an order's page take it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.orders.queries import OrderLine, open_of
from shundan.ui.formatting import qty
from shundan.web.order_parts import Parts
from shundan.web.words import label_of


def closing_of(parts: Parts) -> dict[str, Any] | None:
    """Return what is the same for every line of the step that closes what is open of it; None if nobody may now."""
    if not any(one.transition.name == "close_line" and one.is_open for one in parts.offers):
        return None
    return {
        "kind": "danger",
        "url": reverse("orders.move", kwargs={"number": parts.order.number, "transition": "close_line"}),
        "allowed": True,
        "reason": "needed",
        "reasons": [],
        "reason_codes": [(one.code, label_of(one)) for one in parts.reasons.of("close_line")],
    }


def closing_of_line(line: OrderLine, closing: dict[str, Any]) -> dict[str, Any] | None:
    """Return the step that closes what is open of one line, where there is anything."""
    left = open_of(line)
    if line.picked > 0 or left == 0 or line.invoiced >= line.quantity - line.cancelled:
        return None
    return {
        **closing,
        "name": f"close-line-{line.position}",
        "label": _("Close line %(number)s") % {"number": line.position},
        "url": f"{closing['url']}?line={line.position}",
        "confirm": _("%(n)s will not be delivered any more; stock and credit become free.") % {"n": qty(left)},
    }
