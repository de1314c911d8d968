"""What stands above an order as a warning: holds, a change that waits, a promised day that slips."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.orders.actions import words_of_cause
from shundan.orders.queries import OrderHold, PromisedLine
from shundan.orders.queries.holds import reason_of_hold
from shundan.ui.formatting import day, moment, money
from shundan.web.order_parts import Parts
from shundan.web.words import is_english


def flags_of(parts: Parts, *, by: Actor) -> list[dict[str, Any]]:
    """Return the warnings of an order: text, note, and where to go on."""
    held = [
        {
            "text": _("On hold: %(reason)s") % {"reason": reason_of_hold(hold)},
            "note": _by_and_when(hold),
            "link": _to_credit(parts, hold, by) if hold.cause else None,
        }
        for hold in parts.holds
    ]
    return [*held, *_deposits(parts), *_prepayments(parts), *_due_parts(parts), *_slips(parts), *_change(parts)]


def _to_credit(parts: Parts, hold: OrderHold, by: Actor) -> dict[str, str] | None:
    """Return the way to where finance sees by how much, and lets the order pass."""
    if not by.may("credit.read"):
        return None
    label = _("Let pass") if by.may("credit.release") else _("View")
    return {"label": label, "url": reverse("credit.release", kwargs={"number": parts.order.number})}


def paid_words(parts: Parts) -> str:
    """Return what is paid of an order, and what of deposits or prepayments is beside that."""
    order = parts.order
    worth = parts.progress.worth or order.total
    words = f"{money(order.paid, order.currency)} / {money(worth, order.currency)}"
    held = sum((one.held for one in parts.deposits), ZERO)
    if held:
        words += " · " + _("deposit %(sum)s") % {"sum": money(held, order.currency)}
    prepaid = sum((one.open_amount for one in parts.prepayments), ZERO)
    if prepaid:
        words += " · " + _("prepaid %(sum)s") % {"sum": money(prepaid, order.currency)}
    return words


def _deposits(parts: Parts) -> list[dict[str, Any]]:
    """Return what says that goods wait for a deposit, or that money of an order that ended waits for a decision."""
    order, found = parts.order, []
    for one in parts.deposits:
        if one.missing > 0 and order.category not in ("cancelled", "closed", "completed"):
            text = _("Deposit %(number)s is not paid: %(missing)s is missing.")
            note = _("The goods wait until it is paid.") if one.is_blocking else ""
        elif one.held > 0 and not one.outcome and order.category in ("cancelled", "closed", "completed"):
            text = _("Deposit %(number)s still holds %(held)s.")
            note = _("The order has ended: say what becomes of the money.")
        else:
            continue
        facts = {"number": one.number}
        facts |= {name: money(getattr(one, name), one.currency) for name in ("missing", "held")}
        url = reverse("deposits.show", args=[one.number])
        found.append({"text": text % facts, "note": note, "link": {"label": _("View"), "url": url}})
    return found


def _prepayments(parts: Parts) -> list[dict[str, Any]]:
    """Return what says that a supplier holds money of a purchase that has ended."""
    if parts.order.category not in ("cancelled", "closed", "completed"):
        return []
    return [
        {
            "text": _("The supplier still holds %(sum)s of prepayment %(number)s.")
            % {"sum": money(one.open_amount, one.currency), "number": one.number},
            "note": _("The order has ended: offset it against another bill or record its return."),
            "link": {"label": _("View"), "url": reverse("prepayments.show", args=[one.number])},
        }
        for one in parts.prepayments
        if one.open_amount > 0
    ]


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


def _due_parts(parts: Parts) -> list[dict[str, Any]]:
    """Return what says that parts of the invoice plan are due."""
    url = reverse("plans.show", kwargs={"number": parts.order.number})
    due = [one for one in parts.plan if one.is_due and one.amount > 0]
    text = _("Part %(position)s of the invoice plan is due: %(amount)s.")
    return [
        {
            "text": text % {"position": one.part.position, "amount": money(one.amount, parts.order.currency)},
            "note": one.part.name,
            "link": {"label": _("Invoice plan"), "url": url},
        }
        for one in due
    ]


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


def _by_and_when(hold: OrderHold) -> str:
    separator = ", " if is_english() else "，"
    return separator.join(
        (
            _("System") if hold.placed_by_name == "system" else hold.placed_by_name,
            moment(hold.placed_at, timezone.get_current_timezone()),
        )
    )
