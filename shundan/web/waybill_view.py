"""A waybill as pages show it: how it stands, its way as a timeline, what is wrong with it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.fulfilment.queries import CarrierAccount, Waybill, all_carriers
from shundan.ui.formatting import day, money, qty
from shundan.web.words import CARRIERS, Word

TRACKING: dict[str, Word] = {
    "accepted": gettext_lazy("Accepted by the carrier"),
    "in_transit": gettext_lazy("On the way"),
    "out_for_delivery": gettext_lazy("Out for delivery"),
    "exception": gettext_lazy("Exception"),
    "returned": gettext_lazy("Sent back"),
    "delivered": gettext_lazy("Delivered"),
}
PROBLEMS: dict[str, Word] = {
    "stuck": gettext_lazy("Nothing heard for long"),
    "late": gettext_lazy("Late"),
    "exception": gettext_lazy("Exception reported"),
    "returned": gettext_lazy("Comes back"),
    "damaged": gettext_lazy("Damaged"),
    "unsure": gettext_lazy("Booking of unknown outcome"),
    "refused": gettext_lazy("Refused by the carrier"),
    "not_cancelled": gettext_lazy("Not cancelled by the carrier"),
    "cancel_unsure": gettext_lazy("Cancelling of unknown outcome"),
    "no_label": gettext_lazy("No label from the carrier"),
}
SOURCES: dict[str, Word] = {
    "poll": gettext_lazy("asked from the carrier"),
    "push": gettext_lazy("sent by the carrier"),
    "file": gettext_lazy("from a file"),
    "person": gettext_lazy("entered by hand"),
}
_MARKS = {
    "accepted": ("package", "info"),
    "in_transit": ("truck-delivery", "accent"),
    "out_for_delivery": ("truck-delivery", "accent"),
    "exception": ("alert-triangle", "bad"),
    "returned": ("truck-return", "bad"),
    "delivered": ("circle-check", "good"),
}


def waybill_row(one: Waybill) -> dict[str, Any]:
    """Return a waybill as lists show it."""
    return {
        "id": one.order_key,
        "number": one.order_key,
        "url": reverse("logistics.show", kwargs={"number": one.order_key}),
        "axis": "tracking" if one.tracking else "waybill",
        "value": one.tracking or one.state,
        "carrier": taker_name(one.account),
        "tracking": one.tracking_number,
        "expected_on": one.expected_at,
        "is_late": is_overdue(one),
        "last_at": one.tracked_at,
        "is_new": False,
    }


def waybill_details(one: Waybill) -> list[tuple[str, Any]]:
    """Return what stands beside a waybill."""
    services = {code: str(label) for code, label in _services(one.account.carrier)}
    kept: dict[str, Any] = one.consignment
    cost = money(one.cost, one.currency) if one.cost is not None else None
    estimate = money(one.estimate, one.currency) if one.estimate is not None else None
    found = [
        (_("Carrier"), taker_name(one.account)),
        *([(_("Service"), services.get(one.service, one.service))] if one.service else []),
        (_("Tracking number"), one.tracking_number or None),
        (_("Parcels"), f"{one.parcels} · {qty(one.weight)} kg"),
        (_("Expected delivery"), day(one.expected_at) if one.expected_at else None),
        (_("Freight"), cost or (_("%(sum)s estimated") % {"sum": estimate} if estimate else None)),
    ]
    if kept.get("vehicle") or kept.get("driver"):
        found.append((_("Vehicle and driver"), " · ".join(filter(None, (kept.get("vehicle"), kept.get("driver"))))))
    if one.parcel_numbers:
        found.append((_("Further parcels"), ", ".join(one.parcel_numbers)))
    return found


def way_of(one: Waybill) -> list[dict[str, Any]]:
    """Return what happened to a parcel as the timeline shows it, newest first."""
    return [
        {
            "icon": _MARKS[scan.state][0],
            "tone": _MARKS[scan.state][1],
            "who": str(TRACKING[scan.state]),
            "text": scan.place,
            "at": scan.at,
            "door": str(SOURCES.get(scan.source, scan.source)),
            "note": scan.text or None,
            "public": False,
            "changes": [],
        }
        for scan in one.scans.all()
    ]


def problems_of_waybill(one: Waybill, *, may_answer: bool) -> list[dict[str, Any]]:
    """Return the open problems of a waybill, each with where it is answered."""
    return [
        {
            "id": problem.pk,
            "text": str(PROBLEMS[problem.kind]),
            "note": problem.note or None,
            "at": problem.opened_at,
            "url": reverse("logistics.resolve", kwargs={"number": one.order_key, "problem_id": problem.pk})
            if may_answer
            else None,
        }
        for problem in one.problems.all()
        if problem.resolved_at is None
    ]


def errands_context(one: Waybill) -> dict[str, Any]:
    """Return what the carrier is being asked for, and what it last refused; the page asks again while it waits."""
    names = {
        "label": _("Fetching the label"),
        "cancel": _("Cancelling at the carrier"),
        "news": _("Asking for news"),
    }
    latest = {each.kind: each for each in reversed(one.errands.all())}
    rows: list[dict[str, Any]] = [
        {
            "label": names[kind],
            "is_waiting": each.state == "waiting",
            "is_refused": each.state == "refused",
            "is_unsure": each.state == "unsure",
            "trouble": each.trouble or None,
            "at": each.asked_at,
        }
        for kind, each in latest.items()
        if each.state != "done" and one.state == "booked"
    ]
    if one.state in ("asked", "sending"):
        handing = {
            "label": _("Handing over to the carrier"),
            "is_waiting": True,
            "is_refused": False,
            "is_unsure": False,
        }
        rows.insert(0, handing | {"trouble": one.trouble or None, "at": one.created_at})
    cancel = latest.get("cancel")
    is_in_vain = cancel is not None and cancel.state in ("refused", "unsure") and one.state == "booked"
    is_movable = one.tracking in ("", "accepted")
    return {
        "rows": rows,
        "is_waiting": any(row["is_waiting"] for row in rows),
        "poll_url": reverse("logistics.progress", kwargs={"number": one.order_key}),
        "cancel_url": reverse("logistics.cancel", kwargs={"number": one.order_key})
        if is_in_vain and is_movable
        else None,
        "is_cancel_unsure": cancel is not None and cancel.state == "unsure",
    }


def carrier_name(code: str) -> str:
    """Return a carrier's name, also of one that only an old paper names."""
    known = all_carriers().get(code)
    return str(known.label) if known else str(CARRIERS.get(code, code))


def taker_name(account: CarrierAccount) -> str:
    """Return who carries: a known carrier by its name, our own and those that exchange files by the account's."""
    known = all_carriers().get(account.carrier)
    return carrier_name(account.carrier) if known is None or known.is_remote else account.name


def is_overdue(one: Waybill) -> bool:
    """Tell whether a parcel is later than its carrier said."""
    return any(problem.kind == "late" and problem.resolved_at is None for problem in one.problems.all())


def _services(carrier: str) -> tuple[tuple[str, Any], ...]:
    known = all_carriers().get(carrier)
    return known.services if known else ()
