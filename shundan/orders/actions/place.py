"""Placing an order: entered, submitted, approved if need be, and confirmed, in one transaction.

Most orders go straight through: nobody must approve, stock and credit suffice. Those are decided here by the same
definition and written by one SQL function; all others take the engine's ordinary steps. A test proves both agree.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.transaction import atomic
from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions import Want, out_of_stock
from shundan.kernel.actor import Actor
from shundan.kernel.db import RefusalMaker, action
from shundan.kernel.errors import Detail, Malformed, NotPermitted, Refused
from shundan.kernel.events import listeners_of
from shundan.kernel.idempotency import Answered, Claim, answer_claimed, kept_answer
from shundan.kernel.instances import differing
from shundan.kernel.memory import Outdated, from_memory, settled
from shundan.orders.actions.approve import nobody_must_approve
from shundan.orders.actions.attributes import has_keys, require_complete
from shundan.orders.actions.clock import enter_state
from shundan.orders.actions.draft import (
    OrderInput,
    compose_order,
    insert_order,
    number_series,
    order_facts,
    pattern_of,
)
from shundan.orders.actions.move import JUDGED, advance_order
from shundan.orders.actions.promise import day_in_stock
from shundan.orders.actions.writing import Entry, Written, as_json, write_order
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import is_billed_at_all, type_of
from shundan.orders.queries.coupons import coupon_of, off_by_coupon_of
from shundan.orders.queries.types import wishes_at_confirmation
from shundan.orders.rules import fulfilment_of, invoicing_of
from shundan.workflow.queries import Definition, Transition, definition_of, may_fire
from shundan.workflow.registries import SQL_EFFECTS, SQL_REFUSALS

UNTIL = ("draft", "submitted", "confirmed")
# Guards that hold by construction for an order that was composed a moment ago, or that an SQL effect decides.
HOLD_WHEN_FRESH = {
    "order_has_lines",
    "customer_is_active",
    "products_are_active",
    "approval_not_needed",
    "no_hold_on_confirm",
    "credit_available",
}
# Guards that cannot hold for it: nothing was done yet.
FAIL_WHEN_FRESH = frozenset({"work_has_begun", "something_shipped", "something_received", "is_on_hold"})
DECIDED_HERE = {"request_order_approval"}
# How an answer begins before the order has its number.
WITHOUT_NUMBER = '{"number":""'
TAKES_CREDIT, RESERVES_STOCK = "takes_credit", "reserves"
# What the statement refuses, but the steps do not: such an order is kept and waits for finance (docs/adr/0073).
WAITS_WHEN_REFUSED = frozenset({"credit_exceeded", "credit_overdue"})


@dataclass(frozen=True, slots=True)
class StraightWay:
    """The transitions from entry to confirmation, and the SQL effects on the way."""

    transitions: tuple[Transition, ...]
    effects: tuple[str, ...]


def place_order(given: OrderInput, *, until: str = "confirmed", by: Actor, source: str = "") -> Order:
    """Enter an order and take it through submission to confirmation, all or nothing.

    It stops at `submitted` when somebody must approve it, or when the customer's credit does not suffice.
    Raises: as create_order and each transition.
    """
    if until not in UNTIL:
        raise Malformed(details=[Detail("until", "unknown", _("Choose one of the offered values."))])
    return from_memory(lambda: _place(given, until=until, by=by, source=source))


def _place(given: OrderInput, *, until: str, by: Actor, source: str) -> Order:
    order, lines = compose_order(given, by=by, source=source)
    way = straight_way(order.workflow_id) if until == "confirmed" else None
    if way is not None and _goes_straight(order, lines, by):
        try:
            with _may_go_on():
                _place_at_once(order, lines, way, by)
            return order
        except Refused as refusal:
            if refusal.code not in WAITS_WHEN_REFUSED:
                raise
        # What was worked out is half on its way: the steps begin with an order of their own.
        order, lines = compose_order(given, by=by, source=source)
    return _place_stepwise(order, lines, until=until, by=by)


def _may_go_on() -> AbstractContextManager[None]:
    """Keep a caller's transaction usable after a refusal; without one the statement is its own transaction."""
    return atomic() if connection.in_atomic_block else nullcontext()


@dataclass(frozen=True, slots=True)
class Sourced:
    """Where an order comes from: what keeps it apart from all others of its source, and its number there."""

    source: str
    key: str
    number: str = ""


def try_order(given: OrderInput, *, until: str, by: Actor) -> Order:
    """Return an order as it would be placed, judged by all rules of entry; nothing is written.

    Raises: as create_order, and AttributesMissing for an order that would leave entry.
    """
    order, lines = compose_order(given, by=by)
    coupon = coupon_of(order)
    if coupon is not None and not off_by_coupon_of(lines):
        raise coupon.without_effect()
    if until != "draft":
        require_complete(order, by=by)
    return order


@action
def place_sourced(given: OrderInput, *, sourced: Sourced, until: str, by: Actor) -> tuple[Order, bool]:
    """Place an order of another source once; return it, and whether it is new.

    Raises: as place_order.
    """
    known = Order.objects.filter(source=sourced.source, source_key=sourced.key).first()
    if known is not None:
        return known, False
    order, lines = compose_order(given, by=by, source=sourced.source)
    order.source_key, order.source_number = sourced.key, sourced.number
    return _place_stepwise(order, lines, until=until, by=by), True


def place_order_once(
    given: OrderInput, *, until: str, by: Actor, claim: Claim | None, answer: Callable[[Order], tuple[int, Any]]
) -> Answered:
    """Place an order, under an idempotency key if it has one, and return its answer, or what was kept for the key.

    `answer` tells status and body of the placed order, which begins with its `number`: of all it says only that is
    unknown before the order is written. Raises: as place_order, and KeyReused.
    """
    return from_memory(lambda: _place_once(given, until=until, by=by, claim=claim, answer=answer))


def _place_once(
    given: OrderInput, *, until: str, by: Actor, claim: Claim | None, answer: Callable[[Order], tuple[int, Any]]
) -> Answered:
    if claim is None:
        status, body = answer(_place(given, until=until, by=by, source=""))
        return Answered(status, as_json(body))
    if given.coupon:
        # The use that a repeat would be refused for is its own: the claim comes before the coupon is asked.
        return answer_claimed(claim, lambda: answer(_place(given, until=until, by=by, source="")))
    order, lines = compose_order(given, by=by)
    way = straight_way(order.workflow_id) if until == "confirmed" else None
    if way is None or not _goes_straight(order, lines, by):
        return answer_claimed(claim, lambda: answer(_place_stepwise(order, lines, until=until, by=by)))
    promised: list[tuple[int, str]] = []

    def claimed() -> tuple[dict[str, Any], str]:
        status, body = answer(order)
        promised[:] = [(status, as_json(body))]
        return claim.as_facts() | {"status": status}, promised[0][1]

    try:
        with _may_go_on():
            found = _place_at_once(order, lines, way, by, claimed=claimed)
    except Refused as refusal:
        if refusal.code not in WAITS_WHEN_REFUSED:
            raise
        return answer_claimed(claim, lambda: answer(_place_anew(given, until=until, by=by)))
    if found.kept is not None:
        return kept_answer(claim, **found.kept)
    status, body = promised[0]
    return Answered(status, body.replace(WITHOUT_NUMBER, WITHOUT_NUMBER[:-2] + as_json(order.number), 1))


@action
def _place_stepwise(order: Order, lines: list[OrderLine], *, until: str, by: Actor) -> Order:
    insert_order(order, lines, by=by)
    if until != "draft":
        advance_order(order, transitions=("submit",), by=by)
    if until == "confirmed" and order.category == "approved" and definition_of(order.workflow_id).transition("confirm"):
        advance_order(order, transitions=("confirm",), by=by)
    return order


def _place_anew(given: OrderInput, *, until: str, by: Actor) -> Order:
    return _place_stepwise(*compose_order(given, by=by), until=until, by=by)


@lru_cache(maxsize=256)
def straight_way(workflow_id: int) -> StraightWay | None:
    """Return the way that an order nobody must approve goes, or None if a step of it needs the engine."""
    definition = definition_of(workflow_id)
    steps = [definition.transition(name) for name in ("submit", "auto_approve", "confirm")]
    transitions = tuple(one for one in steps if one is not None)
    if len(transitions) != len(steps) or [one.target for one in transitions[:2]] != [
        transitions[1].sources[0],
        transitions[2].sources[0],
    ]:
        return None
    needs = {name for one in transitions for name in one.needs}
    does = [name for one in transitions for name in one.does if name not in DECIDED_HERE]
    asks = any(
        one.asks or one.when or one.required or one.roles or one.notices or one.on or one.after for one in transitions
    )
    if (
        asks
        or not all(_stays_on_way(definition, one, transitions) for one in transitions)
        or not needs <= HOLD_WHEN_FRESH
        or not set(does) <= set(SQL_EFFECTS)
        or ("credit_available" in needs and "take_order_credit" not in does)
    ):
        return None
    return StraightWay(transitions, tuple(SQL_EFFECTS[name] for name in does))


def _stays_on_way(definition: Definition, taken: Transition, way: Sequence[Transition]) -> bool:
    """Tell whether nothing else takes a fresh order away from where a transition leads."""
    others = [one for one in definition.leaving(taken.target) if one not in way and (one.is_immediate or one.on)]
    return all(FAIL_WHEN_FRESH.intersection(one.needs) for one in others)


def _goes_straight(order: Order, lines: Sequence[OrderLine], by: Actor) -> bool:
    # A named lot is looked for below the level, which the statement does not; what suppliers bring has no level,
    # and the statement does not write that rules chose the warehouses, the coupon, nor the kit that a line belongs to.
    is_special = (
        order.is_sourced or order.coupon_code or any(line.lot_code or line.is_direct or line.kit for line in lines)
    )
    if not lines or order.allows_backorder or has_keys(order) or is_special:
        return False
    return nobody_must_approve(order, by=by)


def _place_at_once(
    order: Order,
    lines: list[OrderLine],
    way: StraightWay,
    by: Actor,
    *,
    claimed: Callable[[], tuple[dict[str, Any], str]] | None = None,
) -> Written:
    require_complete(order, by=by)
    common = order_facts(order)
    events = [_event("order.created", common, {"to": order.state}, by)]
    definition = definition_of(order.workflow_id)
    for one in way.transitions:
        if not one.is_automatic and not may_fire(order, one, by=by):
            raise NotPermitted(permission=one.permission)
        facts: dict[str, Any] = {"transition": one.name, "from": order.state, "to": one.target}
        if DECIDED_HERE & set(one.does):
            facts[JUDGED] = order.__dict__.pop(JUDGED)
        if definition.state(one.target).category == "confirmed":
            facts |= wishes_at_confirmation(order, event=one.event)
        events.append(_event(f"order.{one.event}", common, facts, by.as_system() if one.is_automatic else by))
        order.state = one.target
        order.category = definition.state(one.target).category
        order.version += 1
    enter_state(order, at=by.at)
    # What the SQL effects will write: the order is inserted as it stands afterwards.
    effects = [one for one in way.effects if one != TAKES_CREDIT or is_billed_at_all(order)]
    if TAKES_CREDIT in effects:
        order.exposure = order.total
    if RESERVES_STOCK in effects:
        order.promised_on = day_in_stock(order, today=by.today)
        for line in lines:
            line.reserved = line.quantity if line.is_stocked else line.reserved
    order.fulfilment = fulfilment_of(lines)
    order.invoicing = invoicing_of(lines, invoices_on=type_of(order).invoices_on)
    order.__dict__["loaded_lines"] = lines
    wants = _wants(lines)
    refusals: dict[str, RefusalMaker] = dict(SQL_REFUSALS)
    refusals["outdated"] = lambda nothing: Outdated()
    refusals["out_of_stock"] = lambda short: out_of_stock(short, wants)
    pattern = pattern_of(order)
    before, after = pattern.frame(order.ordered_on)
    claim = None
    if claimed is not None:
        facts_of_claim, answer = claimed()
        head, mark, tail = answer.partition(WITHOUT_NUMBER)
        claim = facts_of_claim | {"head": head + mark[:-2], "tail": tail}
    entry = Entry(
        snapshot=None,
        moment=None,
        series=number_series(order.type, pattern, on=order.ordered_on),
        before=before,
        width=pattern.width,
        after=after,
        order=differing(order),
        lines=[differing(line) for line in lines],
        events=events,
        facts=common,
        takes_credit=TAKES_CREDIT in effects,
        reserves=RESERVES_STOCK in effects,
        claim=claim,
        refusals=refusals,
    )
    found = settled(lambda snapshot, at: write_order(replace(entry, snapshot=snapshot, moment=at)))
    if found.kept is not None:
        return found
    order.pk, order.number = found.id, found.number
    order._state.adding = False
    for line, line_id in zip(lines, found.lines, strict=True):
        line.pk, line.order_id = line_id, order.pk
    return found


def _wants(lines: Sequence[OrderLine]) -> list[Want]:
    return [
        Want(0, line.product_id, line.warehouse_id, line.quantity, line.sku, f"lines[{line.position - 1}].quantity")
        for line in lines
        if line.is_stocked and line.warehouse_id is not None
    ]


def _event(kind: str, common: dict[str, Any], facts: dict[str, Any], by: Actor) -> dict[str, Any]:
    return {
        "kind": kind,
        "actor_id": by.id,
        "actor_name": by.name,
        "door": by.door,
        "data": facts,
        "listeners": listeners_of(kind, common | facts),
    }
