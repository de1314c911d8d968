"""Changes of a running order: the form with its live difference, one change side by side, all versions compared."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.actions import (
    ChangeWish,
    Preview,
    amend_order,
    preview_amendment,
    wish_to_restore,
    withdraw_amendment,
)
from shundan.orders.queries import (
    INITIATORS,
    AgreedPrice,
    Order,
    OrderAmendment,
    amendment_choices,
    amendments_of,
    change_reasons,
    compare_revisions,
    get_amendment,
    get_order,
    get_revision,
    lines_of,
    may_do,
    price_in_unit,
    revisions_of,
)
from shundan.ui.doors import page
from shundan.ui.formatting import money
from shundan.web.amendment_form import errors_by_line, line_rows, new_rows, wish_of_form
from shundan.web.approval_view import flow_of
from shundan.web.forms import Given, do_once, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.kinds import face_of
from shundan.web.timeline import place_label
from shundan.web.words import is_english, label_of, name_of, unit_words
from shundan.workflow.queries import approvals_of, open_tasks_for, takes_part

_LINE = re.compile(r"^lines\[(\d+)\]")


@page("order.amend", methods=("GET", "POST"))
def amend(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Open a running order for a change, or ask for the change that was typed."""
    order = get_order(number, by=by, permission="order.amend")
    if request.method != "POST":
        return _form(request, order, by)
    given = Given(request.POST)
    wish: ChangeWish | None = None

    def work() -> str:
        given.check()
        made = amend_order(
            number,
            wish or ChangeWish(),
            by=by,
            reason_code=given.text("reason_code"),
            reason=given.text("reason"),
            initiator=given.text("initiator") or "us",
            version=given.whole("version"),
        )
        said = _("%(title)s is carried out.") if made.state == "applied" else _("%(title)s is awaiting approval.")
        leave_message(request, said % {"title": made.title})
        return _url_of(made) if made.state != "applied" else reverse("orders.show", kwargs={"number": number})

    try:
        wish = wish_of_form(order, given)
        return go(request, do_once(request, by=by, work=work))
    except Refused as refusal:
        return _form(request, get_order(number, by=by, permission="order.amend"), by, refusal=refusal, wish=wish)


@page("order.amend", methods=("POST",))
def preview(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what the change that is being typed would do."""
    given = Given(request.POST)
    order = get_order(number, by=by, permission="order.amend")
    try:
        wish = wish_of_form(order, given)
        given.check()
        found = preview_amendment(number, wish, by=by, initiator=given.text("initiator") or "us")
    except Refused as refusal:
        context = {
            "difference": None,
            "refusal": refusal_of_form(refusal),
            "is_same": refusal.code == "nothing_changes",
        }
        return render(request, "amendments/_difference.html", context)
    return render(request, "amendments/_difference.html", {"difference": _difference(found, order), "refusal": None})


@page("order.read")
def show(request: HttpRequest, number: str, change: int, *, by: Actor) -> HttpResponse:
    """Show one change: what it says before and after, why, and who decided."""
    return _show(request, get_amendment(number, change, by=by), by)


@page("order.amend", methods=("POST",))
def withdraw(request: HttpRequest, number: str, change: int, *, by: Actor) -> HttpResponse:
    """Take back a change while nobody has decided."""
    try:
        withdraw_amendment(number, change, by=by)
    except Refused as refusal:
        return _show(request, get_amendment(number, change, by=by), by, refusal=refusal)
    leave_message(request, _("The change was withdrawn."))
    return go(request, reverse("orders.show", kwargs={"number": number}))


@page("order.read")
def versions(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show an order's versions, and two of them side by side."""
    order = get_order(number, by=by)
    kept = revisions_of(order)
    numbers = [one.number for one in kept]
    newest = numbers[-1] if numbers else 0
    after = _chosen(request.GET.get("to", ""), numbers, newest)
    before = _chosen(request.GET.get("from", ""), numbers, max(1, after - 1))
    reasons = change_reasons()
    sides = {one.number: one.content for one in kept if one.number in (before, after)}
    context = {
        "page": frame(request, by, title=_("Versions of %(number)s") % {"number": number}, active=face_of(order).place),
        "order": {"number": order.number, "url": reverse("orders.show", kwargs={"number": number})},
        "versions": [_version(one, order, reasons) for one in reversed(kept)],
        "changes": [_row(one, reasons) for one in amendments_of(order)],
        "choices": [(one, f"R{one}") for one in numbers],
        "before": before,
        "after": after,
        "rows": _compared(compare_revisions(sides[before], sides[after]), sides[after]) if len(sides) == 2 else [],
        "restore_url": f"{reverse('orders.amend', kwargs={'number': number})}?restore={before}"
        if may_do("order.amend", order, by=by) and before != newest
        else None,
    }
    return render(request, "amendments/versions.html", context)


def _form(
    request: HttpRequest, order: Order, by: Actor, *, refusal: Refused | None = None, wish: ChangeWish | None = None
) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    told: Mapping[str, str | list[object]] = typed or {}
    restored = None if typed is not None else _restored(request, order, by)
    reasons, initiators = amendment_choices()
    errors = errors_by_line(order, wish, refusal.details) if refusal else {}
    shown = (
        {d.path: "" for d in refusal.details if wish and f"{d.path}" and _is_at_line(d.path, wish)} if refusal else {}
    )
    rows = line_rows(order, typed, errors, unit_words(by))
    context: dict[str, Any] = {
        "page": frame(
            request, by, title=_("Change %(number)s") % {"number": order.number}, active=face_of(order).place
        ),
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "party": order.party_name,
            "currency": order.currency,
            "version": order.version,
            "revision": order.revision,
        },
        "lines": restored or rows,
        "new_lines": new_rows(typed),
        "units": list(unit_words(by).items()),
        "products_url": f"{reverse('products.pick')}?kind={order.kind}",
        "has_prices": order.kind != "transfer",
        "has_address": order.kind in ("sale", "service"),
        "address_fixed": order.fulfilment in ("shipped", "delivered"),
        "values": {
            "promised_on": order.requested_on,
            "customer_po": told.get("customer_po", order.customer_reference),
            "note": told.get("note", order.remark),
            "reason_code": told.get("reason_code", ""),
            "reason": told.get("reason", ""),
            "initiator": told.get("initiator", "customer" if order.customer_id else "us"),
            **{
                f"ship_{name}": told.get(f"ship_{name}", getattr(order, f"ship_{name}"))
                for name in ("contact", "phone", "province", "city", "district", "street")
            },
        },
        "reasons": [(one.code, label_of(one)) for one in reasons],
        "initiators": [(code, str(INITIATORS[code])) for code in initiators],
        "preview_url": reverse("orders.amend_preview", kwargs={"number": order.number}),
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=shown) if refusal else None,
    }
    return render(request, "amendments/edit.html", context, status=refusal.status if refusal else 200)


def _is_at_line(path: str, wish: ChangeWish) -> bool:
    head = path.partition(".")[0]
    at = int(head[6:-1]) if head.startswith("lines[") and head[6:-1].isdigit() else -1
    return 0 <= at < len(wish.lines) and wish.lines[at].position is not None


def _restored(request: HttpRequest, order: Order, by: Actor) -> list[dict[str, Any]] | None:
    """Return the lines filled with what an earlier version said, where the address asks for it."""
    wished = request.GET.get("restore", "")
    if not (wished.isascii() and wished.isdigit() and len(wished) < 6):
        return None
    wish = wish_to_restore(order, get_revision(order, int(wished), by=by).content)
    rows = line_rows(order, None, {}, unit_words(by))
    by_position, lines = {one.position: one for one in wish.lines}, {one.position: one for one in lines_of(order)}
    for row in rows:
        one = by_position.get(row["id"])
        price = None
        if one is not None and one.unit_price is not None and one.kept_unit is not None:
            price = price_in_unit(AgreedPrice(one.unit_price, one.kept_unit), lines[row["id"]].ordered_in)
        for name, value in (
            ("quantity", one.quantity if one else None),
            ("price", price),
            ("discount", one.discount if one else None),
        ):
            if value is not None:
                row[name] = f"{value.normalize():f}" if value else ("0" if name == "quantity" else "")
    return rows


def _show(request: HttpRequest, one: OrderAmendment, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    order, stories = one.order, approvals_of(one.subject)
    is_asker = by.id is not None and by.id in (one.asked_by_id, order.owner_id)
    context = {
        "page": frame(request, by, title=one.title, active=face_of(order).place),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "order": {
            "number": order.number,
            "url": reverse("orders.show", kwargs={"number": order.number}),
            "party": order.party_name,
            "currency": order.currency,
        },
        "change": _row(one, change_reasons())
        | {
            "reason_text": one.reason,
            "initiator": str(INITIATORS[one.initiator]),
            "asked_by": one.asked_by_name,
            "ended_by": one.ended_by_name,
            "ended_at": one.ended_at,
            "remark": one.remark,
            "before": one.worth_before,
            "after": one.worth_after,
            "rise": one.worth_after - one.worth_before,
        },
        "rows": _compared_texts(one.changes, {line.position: name_of(line) for line in lines_of(order)}),
        "flow": flow_of(stories[0]) if stories else [],
        "approval_url": reverse("approvals.show", kwargs={"approval_id": stories[0].run.pk})
        if stories and takes_part(stories[0], by=by)
        else None,
        "can_decide": bool(stories) and one.state == "submitted" and bool(open_tasks_for(stories[0].run, by=by)),
        "withdraw_url": reverse("orders.amendment_withdraw", kwargs={"number": order.number, "change": one.number})
        if one.state == "submitted" and is_asker and by.may("order.amend")
        else None,
        "versions_url": reverse("orders.versions", kwargs={"number": order.number}),
    }
    return render(request, "amendments/show.html", context, status=refusal.status if refusal else 200)


def _difference(found: Preview, order: Order) -> dict[str, Any]:
    plan = found.plan
    steps = sorted({(one.level, one.why_en if is_english() else one.why_zh) for one in found.steps})
    return {
        "rows": _compared(plan.differences, plan.after),
        "before": plan.worth_before,
        "after": plan.worth_after,
        "rise": plan.worth_after - plan.worth_before,
        "currency": order.currency,
        "credit_left": None
        if found.credit_left is None or order.customer is None
        else money(found.credit_left, order.customer.currency),
        "credit_short": found.credit_left is not None and found.credit_left < 0,
        "asks": [why for _level, why in steps],
        "short": [{"sku": sku, "wanted": wanted, "available": free} for sku, wanted, free in found.short],
    }


def _row(one: OrderAmendment, reasons: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": one.title,
        "url": _url_of(one),
        "state": one.state,
        "reason": reasons.get(one.reason_code, one.reason_code),
        "who": one.asked_by_name,
        "at": one.asked_at,
        "revision": one.revision,
        "count": len(one.changes),
        "rise": one.worth_after - one.worth_before,
        "currency": one.order.currency,
    }


def _version(one: Any, order: Order, reasons: Mapping[str, str]) -> dict[str, Any]:  # Any: a row of the domain
    return {
        "name": f"R{one.number}",
        "number": one.number,
        "at": one.at,
        "who": one.by_name,
        "worth": Decimal(one.content["worth"]),
        "currency": order.currency,
        "is_present": one.number == order.revision,
        "reason": _version_reason(one, reasons),
        "url": reverse("orders.amendment", kwargs={"number": order.number, "change": one.amendment.number})
        if one.amendment
        else None,
    }


def _version_reason(one: Any, reasons: Mapping[str, str]) -> str:
    """Return why there is a version: a change's reason, the confirmation, or what was edited or closed since."""
    if one.amendment is not None:
        return reasons.get(one.amendment.reason_code, one.amendment.reason_code)
    return _("As confirmed") if one.number == 1 else _("Edited or closed in between")


def _compared(changes: Iterable[Any], content: Mapping[str, Any]) -> list[dict[str, str]]:
    names = {
        int(one["position"]): (one["name_en"] or one["name_zh"]) if is_english() else one["name_zh"]
        for one in content["lines"]
    }
    return _compared_texts([(one.path, one.before, one.after) for one in changes], names)


def _compared_texts(changes: Iterable[Iterable[str]], names: Mapping[int, str]) -> list[dict[str, str]]:
    rows = []
    for path, before, after in changes:
        line = _LINE.match(path)
        name = names.get(int(line[1]) + 1, "") if line else ""
        rows.append({"place": place_label(path), "name": name, "before": before, "after": after})
    return rows


def _chosen(typed: str, numbers: list[int], default: int) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 and int(typed) in numbers else default


def _url_of(one: OrderAmendment) -> str:
    return reverse("orders.amendment", kwargs={"number": one.order.number, "change": one.number})
