"""Promising a day for goods that are lacking, and noticing when it slips and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from shundan.inventory.models import Reservation, StockMove
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.events import record
from shundan.kernel.models import Event
from shundan.orders.models import Order, OrderLine, Promise
from shundan.orders.queries import (
    WAITING,
    Outlook,
    Wish,
    is_live,
    lines_of,
    lock_order_unscoped,
    outlook_unscoped,
)
from shundan.orders.queries.waiting import day_of_arrival
from shundan.orders.rules import LIVE, backordered_quantity, open_quantity

PROMISED_KINDS = ("sale", "service")
AT_ONCE = 1000
WORDS: Mapping[str, Any] = {
    "arrival_late": _("%(other)s comes later: %(day)s"),
    "arrival_dropped": _("%(other)s is not coming any more"),
    "arrival_reduced": _("%(other)s brings less"),
    "handed_over": _("its stock was handed over to %(other)s"),
    "given_back": _("its reservation expired or was given back"),
    "taken": _("%(other)s is served first"),
    "stock_lost": _("stock was written off or blocked"),
    "unknown": _("less comes than was expected"),
}


def day_in_stock(order: Order, *, today: date) -> date:
    """Return the day that an order is promised whose goods are all there: today, or when it is wanted later."""
    return max(order.requested_on or today, today)


def promise_day(order: Order, *, by: Actor) -> None:
    """Set the promised day of an order that has just reserved what is there, and of each line that lacks goods.

    The header is the caller's to save.
    """
    if order.kind not in PROMISED_KINDS:
        return
    lacking = [line for line in lines_of(order) if line.warehouse_id is not None and backordered_quantity(line) > 0]
    found = outlook_unscoped([_wish(line) for line in lacking], today=by.today)
    floor = day_in_stock(order, today=by.today)
    pairs = list(zip(lacking, found, strict=True))
    days = [_day_of(line, one, floor) for line, one in pairs]
    order.promised_on = None if None in days else max([floor, *(day for day in days if day)])
    made = [_promised(order, line, day, one, by) for (line, one), day in zip(pairs, days, strict=True)]
    if made:
        columns = [one.name for one in Promise._meta.concrete_fields if one.name not in ("id", "line_id")]
        Promise.objects.bulk_create(made, update_conflicts=True, unique_fields=["line_id"], update_fields=columns)


def review_promises(*, by: Actor) -> int:
    """Look at all that waits for goods again; each order whose days change is told in a transaction of its own.

    Return how many orders changed.
    """
    waiting = OrderLine.objects.select_related("order").filter(
        WAITING,
        order__category__in=LIVE,
        order__kind__in=PROMISED_KINDS,
        order__is_history=False,
        warehouse__isnull=False,
    )
    lines = {line.pk: line for line in waiting.order_by("order_id", "position")}
    outlooks: dict[int, Outlook] = {}
    ids = list(lines)
    for at in range(0, len(ids), AT_ONCE):
        part = [lines[pk] for pk in ids[at : at + AT_ONCE]]
        found = outlook_unscoped([_wish(line) for line in part], today=by.today)
        outlooks |= {line.pk: one for line, one in zip(part, found, strict=True)}
    known = {one.line_id: one for one in Promise.objects.filter(ended_at=None)}
    changed = {line.order_id for line in lines.values() if _differs(known.get(line.pk), outlooks[line.pk], line.order)}
    changed |= {one.order_id for one in known.values() if one.line_id not in lines}
    for order_id in sorted(changed):
        _review(order_id, outlooks, by=by.as_system())
    return len(changed)


def words_of_cause(cause: str, facts: Mapping[str, Any]) -> str:
    """Return why a promise slipped, in the active language."""
    return str(WORDS.get(cause, WORDS["unknown"])) % {"other": facts.get("other", ""), "day": facts.get("day", "?")}


@action
def _review(order_id: int, outlooks: Mapping[int, Outlook], *, by: Actor) -> None:
    order = lock_order_unscoped(order_id)
    known = {one.line_id: one for one in Promise.objects.select_for_update().filter(order_id=order_id)}
    floor, worse, better, days = day_in_stock(order, today=by.today), [], False, list[date | None]()
    for line in lines_of(order):
        one, found = known.get(line.pk), outlooks.get(line.pk)
        if backordered_quantity(line) <= 0 or not is_live(order) or found is None:
            continue
        if one is None or one.ended_at is not None:
            day = order.promised_on or _day_of(line, found, floor)
            one = _promised(order, line, day, found, by, pk=one.pk if one else None)
        if one.promised_on is None:
            # Nothing was known to come; now the first day can be named.
            one.promised_on = _day_of(line, found, floor)
            one.arrival_line_id, one.arrival_on = found.arrival_line_id, found.arrival_on
        one.expected_on = found.on
        if not _is_late(one):
            better = better or one.slipped_at is not None
            one.slipped_at, one.cause, one.facts = None, "", {}
        elif one.slipped_at is None or one.facts.get("expected") != _iso(found.on):
            one.slipped_at = one.slipped_at or by.at
            one.cause, one.facts = _cause(one, line)
            one.facts |= {"expected": _iso(found.on)}
            worse.append((line, one))
        one.save()
        days.append(one.promised_on)
    if order.promised_on is None and days:
        _name_day(order, days, floor, by)
    waiting = {line.pk for line in lines_of(order) if backordered_quantity(line) > 0} if is_live(order) else set()
    ended = [one.pk for one in known.values() if one.ended_at is None and one.line_id not in waiting]
    Promise.objects.filter(pk__in=ended).update(ended_at=by.at)
    if worse:
        record("order.promise_slipped", subject=order.subject, by=by, data=_told(order, worse))
    elif better:
        record("order.promise_recovered", subject=order.subject, by=by, data={"number": order.number})


def _name_day(order: Order, days: Sequence[date | None], floor: date, by: Actor) -> None:
    """Name the day of an order that could be promised none when it was confirmed, once each line has one."""
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return
    order.promised_on = max([floor, *known])
    order.save(update_fields=["promised_on"])
    data = {"number": order.number, "day": order.promised_on.isoformat(), "notify": ["owner"]}
    record("order.promise_made", subject=order.subject, by=by, data=data)


def _day_of(line: OrderLine, found: Outlook, floor: date) -> date | None:
    """Return the day that a line is promised: when its goods can be there, or when it is wanted later."""
    return max(found.on, line.requested_on or floor) if found.on else None


def _wish(line: OrderLine) -> Wish:
    return Wish(
        product_id=line.product_id,
        warehouse_id=line.warehouse_id or 0,
        quantity=backordered_quantity(line),
        line_id=line.pk,
    )


def _promised(
    order: Order, line: OrderLine, day: date | None, found: Outlook, by: Actor, *, pk: int | None = None
) -> Promise:
    return Promise(
        pk=pk,
        order=order,
        line_id=line.pk,
        made_at=by.at,
        promised_on=day,
        arrival_line_id=found.arrival_line_id,
        arrival_on=found.arrival_on,
        expected_on=found.on,
    )


def _is_late(one: Promise) -> bool:
    return one.promised_on is not None and (one.expected_on is None or one.expected_on > one.promised_on)


def _differs(one: Promise | None, found: Outlook, order: Order) -> bool:
    if one is None:
        return True
    return one.expected_on != found.on or (one.promised_on is None and found.on is not None)


def _told(order: Order, worse: Sequence[tuple[OrderLine, Promise]]) -> dict[str, Any]:
    lines = [
        {"sku": line.sku, "promised": _iso(one.promised_on), "expected": _iso(one.expected_on), "cause": one.cause}
        | {name: one.facts[name] for name in ("other", "day") if name in one.facts}
        for line, one in worse
    ]
    told: dict[str, Any] = {"number": order.number, "lines": lines, "notify": ["owner"]}
    for language, name in (("zh-hans", "why_zh"), ("en", "why_en")):
        with override(language):
            told[name] = "; ".join(_sentence(line, one) for line, one in worse[:3])
    return told


def _sentence(line: OrderLine, one: Promise) -> str:
    facts = {
        "sku": line.sku,
        "promised": _iso(one.promised_on),
        "expected": _iso(one.expected_on) or "?",
        "cause": words_of_cause(one.cause, one.facts),
    }
    return _("%(sku)s: %(promised)s → %(expected)s, %(cause)s") % facts


def _cause(one: Promise, line: OrderLine) -> tuple[str, dict[str, Any]]:
    """Return what made a promise slip: the arrival it rested on, else who got the goods, else what was lost."""
    return _cause_of_arrival(one) or _cause_of_stock(one, line) or ("unknown", {})


def _cause_of_arrival(one: Promise) -> tuple[str, dict[str, Any]] | None:
    rows = OrderLine.objects.select_related("order").filter(pk=one.arrival_line_id or 0)
    for awaited in rows:
        other = {"other": awaited.order.number}
        if awaited.order.category not in LIVE and open_quantity(awaited) > 0:
            return "arrival_dropped", other
        day = day_of_arrival(awaited)
        if open_quantity(awaited) > 0 and (day is None or one.arrival_on is None or day > one.arrival_on):
            return "arrival_late", other | {"day": _iso(day) or "?"}
        if awaited.cancelled > 0 or awaited.quantity == 0:
            return "arrival_reduced", other
    return None


def _cause_of_stock(one: Promise, line: OrderLine) -> tuple[str, dict[str, Any]] | None:
    kinds = ("order.stock_given", "order.reservation_released", "order.reservation_expired")
    own = Event.objects.filter(subject_kind="order", subject_id=one.order_id, kind__in=kinds, at__gte=one.made_at)
    for event in own.order_by("-id"):
        if event.kind != "order.stock_given":
            return "given_back", {}
        if event.data.get("sku") == line.sku:
            return "handed_over", {"other": event.data.get("other", "")}
    place = {"product_id": line.product_id, "warehouse_id": line.warehouse_id or 0}
    taken = Reservation.objects.filter(**place, at__gte=one.made_at).exclude(line_id=line.pk)
    ahead = _served_first(one, line, taken.order_by("-quantity").values_list("line_id", flat=True)[:5])
    if ahead:
        return "taken", {"other": ahead}
    lost = StockMove.objects.filter(**place, at__gte=one.made_at, delta__lt=0, owner=None)
    # What had expired when it came was never there to be lost.
    came = StockMove.objects.filter(
        **place, lot=OuterRef("lot"), at=OuterRef("at"), delta__gt=0, kind__in=("receipt", "adjustment")
    )
    lost = lost.exclude(Q(kind="status") & Exists(came))
    if lost.filter(kind__in=("adjustment", "scrap", "status")).exists():
        return "stock_lost", {}
    return None


def _served_first(one: Promise, line: OrderLine, holders: Iterable[int]) -> str:
    """Return the order that got or will get the goods though it came later or was raised above; empty if none."""
    known = OrderLine.objects.select_related("order")
    for other in known.filter(pk__in=list(holders)).order_by("-reserved"):
        if other.order_id != one.order_id:
            return str(other.order.number)
    waiting = known.filter(WAITING, product_id=line.product_id, warehouse_id=line.warehouse_id or 0)
    raised = waiting.filter(order__category__in=LIVE, order__priority__gt=line.order.priority)
    first = raised.exclude(order_id=one.order_id).order_by("-order__priority", "order_id").first()
    return str(first.order.number) if first else ""


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
