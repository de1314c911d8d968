"""What stands above an order as a warning: holds, a change that waits, a promised day that slips."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shundan.orders.actions import words_of_cause
from shundan.orders.queries import PromisedLine
from shundan.ui.formatting import day, moment
from shundan.web.order_parts import Parts
from shundan.web.words import is_english


def flags_of(parts: Parts) -> list[dict[str, Any]]:
    """Return the warnings of an order: text, note, and where to go on."""
    held = [
        {"text": _("On hold: %(reason)s") % {"reason": hold.reason}, "note": _by_and_when(hold), "link": None}
        for hold in parts.holds
    ]
    return [*held, *_slips(parts), *_change(parts)]


def promise_words(one: PromisedLine | None) -> dict[str, Any] | None:
    """Return what was promised of a line that lacks goods, and how it looks now; nothing for a line that has them."""
    if one is None or one.promise is None or one.promise.ended_at is not None or one.lacking <= 0:
        return None
    promise = one.promise
    return {
        "on": promise.promised_on,
        "expected": promise.expected_on,
        "is_late": promise.slipped_at is not None,
        "cause": words_of_cause(promise.cause, promise.facts) if promise.cause else "",
    }


def _slips(parts: Parts) -> list[dict[str, Any]]:
    late = [one for one in parts.promises.values() if (words := promise_words(one)) and words["is_late"]]
    url = reverse("orders.reservations", kwargs={"number": parts.order.number})
    return [
        {
            "text": _("%(sku)s will be later than promised: %(cause)s")
            % {"sku": one.line.sku, "cause": words_of_cause(one.promise.cause, one.promise.facts)},
            "note": _("promised %(promised)s, now expected %(expected)s")
            % {
                "promised": day(one.promise.promised_on) if one.promise.promised_on else "--",
                "expected": day(one.promise.expected_on) if one.promise.expected_on else _("on no known day"),
            },
            "link": {"label": _("Reservations"), "url": url},
        }
        for one in late[:3]
        if one.promise is not None
    ]


def _change(parts: Parts) -> list[dict[str, Any]]:
    """Return what says that a change of the order waits for its approval."""
    one = parts.amendment
    if one is None:
        return []
    url = reverse("orders.amendment", kwargs={"number": parts.order.number, "change": one.number})
    note = f"{one.asked_by_name} {moment(one.asked_at)}"
    text = _("A change of this order is awaiting approval.")
    return [{"text": text, "note": note, "link": {"label": one.title, "url": url}}]


def _by_and_when(hold: Any) -> str:
    separator = ", " if is_english() else "，"
    return separator.join((hold.placed_by_name, moment(hold.placed_at, timezone.get_current_timezone())))
