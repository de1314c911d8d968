"""Amending a running order (变更): asked for with a reason, approved where the difference needs it, carried out."""

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import round_amount
from shundan.orders.actions.amending import end_amendment
from shundan.orders.actions.change import Plan, carry_out, plan_change, short_of_change
from shundan.orders.actions.move import advance_order
from shundan.orders.actions.sides import CustomerClosed
from shundan.orders.actions.wishes import ChangeWish, wish_as_json, wish_of_json
from shundan.orders.models import Order, OrderAmendment, OrderRevision
from shundan.orders.queries import amending_way, get_order, lock_order_unscoped
from shundan.orders.queries.change_facts import Amended, facts_of_amendment
from shundan.orders.queries.reasons import reason_codes
from shundan.orders.queries.revisions import content_of
from shundan.orders.rules import LONGEST_TEXT
from shundan.orders.rules.changes import INITIATORS, OPEN_STATES
from shundan.orders.rules.reasons import AMEND
from shundan.workflow.actions import Request, RouteStep, start_approval, withdraw_approval
from shundan.workflow.queries import (
    current_table_id,
    latest_run_of,
    needs_nobody,
    recorded,
    route_of,
    table_of,
)
from shundan.workflow.registries import Locked

TABLE = "amendment"
RIGHT = "order.approve"


class NotAmendable(Refused):
    """The order's state has no way to amend it."""

    code = "not_amendable"
    sentence = _(
        "%(number)s cannot be amended as it stands. A draft is edited; an order awaiting approval is withdrawn first;"
        " one that has ended is reopened, or copied to a new one."
    )


class AmendmentOpen(Refused):
    """Another change of the order waits for its approval."""

    code = "amendment_open"
    sentence = _("%(title)s of this order is awaiting approval. Let it be decided, or withdraw it first.")


class AmendmentOutdated(Refused):
    """The order was changed after this change was asked for."""

    code = "amendment_outdated"
    sentence = _("The order was changed after this change was requested. Withdraw it, and request it anew.")


class NoSuchAmendment(Refused):
    """There is no approved change of this order that waits to be carried out."""

    code = "no_approved_amendment"
    sentence = _("An order is changed by a change request. Create one on the page of the order.")


@action
def amend_order(
    number: str,
    wish: ChangeWish,
    *,
    by: Actor,
    reason_code: str,
    reason: str = "",
    initiator: str = "us",
    version: int | None = None,
) -> OrderAmendment:
    """Ask for a change of a running order; what needs nobody's approval is carried out at once.

    Credit and stock follow by the difference. Raises: NotPermitted, NotFound, Malformed, VersionConflict,
    NotAmendable, AmendmentOpen, ChangeBeyondLimits, NothingLeft, NothingChanges, CustomerClosed, OutOfStock, and what
    billing refuses.
    """
    require(by, "order.amend")
    order = get_order(number, by=by, lock=True, permission="order.amend")
    _check_reason(reason_code, reason, initiator)
    if version is not None and version != order.version:
        raise VersionConflict()
    if amending_way(order) is None:
        raise NotAmendable(number=order.number)
    waiting = OrderAmendment.objects.select_related("order").filter(order=order, state__in=OPEN_STATES).first()
    if waiting is not None:
        raise AmendmentOpen(title=waiting.title)
    plan = plan_change(order, wish)
    amendment = _keep(order, wish, plan, reason_code=reason_code, reason=reason, initiator=initiator, by=by)
    facts = facts_of_amendment(amended_of(order, plan, initiator, reason_code), by=by)
    table_id = current_table_id(TABLE)
    if needs_nobody(table_id, facts):
        _apply(order, amendment, by=by)
        return amendment
    record("order.amendment_asked", subject=order.subject, by=by, data=_told(order, amendment))
    request = Request(
        subject=amendment.subject,
        content_hash=amendment.content_hash,
        version=amendment.number,
        right=RIGHT,
        title=amendment.title,
        party=order.party_name,
        amount=round_amount(plan.worth_after * order.exchange_rate),
        currency=COMPANY_CURRENCY,
        owner_id=order.owner_id,
        team_id=order.team_id,
        department_id=order.department_id,
        allows_own=table_of(table_id).allows_own,
        table_id=table_id,
        facts=recorded(facts),
    )
    start_approval(request, route_of(table_id, facts, applicant_id=by.id, owner_id=order.owner_id), by=by)
    return amendment


@action
def withdraw_amendment(number: str, amendment_number: int, *, by: Actor, remark: str = "") -> OrderAmendment:
    """Take back a change that one asked for, while no level has decided.

    Raises: NotPermitted, NotFound, NotYourRequest, LevelDecided.
    """
    require(by, "order.amend")
    order = get_order(number, by=by, lock=True, permission="order.amend")
    amendment = OrderAmendment.objects.filter(order=order, number=amendment_number, state="submitted").first()
    run = latest_run_of(amendment.subject) if amendment else None
    if amendment is None or run is None:
        raise NotFound(what="amendment", key=f"{number[:100]}-C{amendment_number}")
    withdraw_approval(run.pk, by=by, remark=remark)
    amendment.refresh_from_db()
    return amendment


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do if it were asked for now: both versions, who must approve, credit left, what is short."""

    plan: Plan
    steps: tuple[RouteStep, ...]
    credit_left: Decimal | None
    short: tuple[tuple[str, Decimal, Decimal], ...]


def preview_amendment(number: str, wish: ChangeWish, *, by: Actor, initiator: str = "us") -> Preview:
    """Return what a change would do; nothing is written.

    `short` are (SKU, wanted more, available). Raises: as amend_order, but for stock and credit, which are told.
    """
    require(by, "order.amend")
    order = get_order(number, by=by, permission="order.amend")
    if amending_way(order) is None:
        raise NotAmendable(number=order.number)
    plan = plan_change(order, wish)
    facts = facts_of_amendment(amended_of(order, plan, initiator, "other"), by=by)
    table_id = current_table_id(TABLE)
    steps: tuple[RouteStep, ...] = ()
    if not needs_nobody(table_id, facts):
        steps = route_of(table_id, facts, applicant_id=by.id, owner_id=order.owner_id).steps
    return Preview(plan, steps, facts.get("credit_left"), short_of_change(order, plan))


def take_amendment(order: Order, amendment_id: str, *, by: Actor) -> None:
    """Carry out an approved change of a locked order: lines, credit and stock, and a new version of the order.

    Raises: NoSuchAmendment, AmendmentOutdated, and as plan_change and carry_out.
    """
    rows = OrderAmendment.objects.select_for_update().filter(order_id=order.pk, state="approved")
    amendment = rows.filter(pk=int(amendment_id)).first() if amendment_id.isascii() and amendment_id.isdigit() else None
    if amendment is None:
        raise NoSuchAmendment()
    if not _is_current(order, amendment):
        raise AmendmentOutdated()
    plan = plan_change(order, wish_of_json(amendment.wish))
    if plan.worth_after > plan.worth_before and order.customer is not None and order.customer.status != "active":
        raise CustomerClosed(name=order.customer.name)
    _keep_version_before(order, plan, by=by)
    carry_out(order, plan, by=by)
    order.revision += 1
    OrderRevision.objects.create(
        order=order,
        number=order.revision,
        amendment=amendment,
        content=content_of(order),
        content_hash=order.content_hash,
        at=by.at,
        by_name=by.name,
    )
    amendment.state, amendment.revision = "applied", order.revision
    amendment.ended_by_name, amendment.ended_at = by.name, by.at
    amendment.save(update_fields=["state", "revision", "ended_by_name", "ended_at"])
    order.__dict__["told"] = _told(order, amendment)


def lock_amendment(amendment_id: int) -> Locked:
    """Lock a change's order, then the change; its content differs once the order did."""
    order_id = OrderAmendment.objects.values_list("order_id", flat=True).get(pk=amendment_id)
    order = lock_order_unscoped(order_id)
    amendment = OrderAmendment.objects.select_for_update().get(pk=amendment_id)
    amendment.order = order
    content = amendment.content_hash if _is_current(order, amendment) else "outdated"
    return Locked(amendment, content, amendment.number)


def take_on_decided_amendment(amendment: OrderAmendment, outcome: str, by: Actor, *, remark: str) -> None:
    """Carry a change out when it was approved, else end it; whoever decided had the right from the table."""
    if outcome == "approved":
        _apply(amendment.order, amendment, by=replace(by, grants=by.as_system().grants), remark=remark)
        return
    state = "withdrawn" if outcome == "withdrawn" else "rejected"
    end_amendment(amendment, state, by=by, remark=remark)
    facts = {"number": amendment.order.number, "amendment": amendment.title, "reason": remark}
    record(f"order.amendment_{state}", subject=amendment.order.subject, by=by, data=facts)


def amended_of(order: Order, plan: Plan, initiator: str, reason_code: str) -> Amended:
    """Return a planned change as decision tables see it."""
    return Amended(order, plan.before, plan.after, tuple(plan.differences), initiator, reason_code)


def _apply(order: Order, amendment: OrderAmendment, *, by: Actor, remark: str = "") -> None:
    way = amending_way(order)
    if way is None:
        raise NotAmendable(number=order.number)
    OrderAmendment.objects.filter(pk=amendment.pk).update(state="approved", remark=remark)
    advance_order(order, transitions=(way,), by=by, inputs={"amendment": str(amendment.pk)})
    amendment.refresh_from_db()


def _keep(
    order: Order, wish: ChangeWish, plan: Plan, *, reason_code: str, reason: str, initiator: str, by: Actor
) -> OrderAmendment:
    kept = wish_as_json(wish)
    content = [kept, order.revision, order.content_hash, reason_code]
    last = OrderAmendment.objects.filter(order=order).aggregate(last=Max("number"))["last"] or 0
    return OrderAmendment.objects.create(
        order=order,
        number=last + 1,
        initiator=initiator,
        reason_code=reason_code,
        reason=reason.strip(),
        wish=kept,
        changes=[[one.path, one.before, one.after] for one in plan.differences],
        base_revision=order.revision,
        base_hash=order.content_hash,
        content_hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32],
        worth_before=plan.worth_before,
        worth_after=plan.worth_after,
        asked_by_id=by.id,
        asked_by_name=by.name,
        asked_at=by.at,
    )


def _keep_version_before(order: Order, plan: Plan, *, by: Actor) -> None:
    """Keep the version that is left behind: the first one, or one that was edited anew since the last was kept."""
    last = OrderRevision.objects.filter(order=order).order_by("-number").first()
    if last is not None and last.content == plan.before:
        return
    if last is not None:
        order.revision += 1
    OrderRevision.objects.create(
        order=order,
        number=order.revision,
        content=plan.before,
        content_hash=order.content_hash,
        at=by.at if last is not None else order.created_at,
        by_name=by.name if last is not None else (order.owner.name if order.owner else by.name),
    )


def _is_current(order: Order, amendment: OrderAmendment) -> bool:
    return (order.revision, order.content_hash) == (amendment.base_revision, amendment.base_hash)


def _told(order: Order, amendment: OrderAmendment) -> dict[str, Any]:
    return {
        "number": order.number,
        "amendment": amendment.title,
        "revision": order.revision,
        "changes": {path: [before, after] for path, before, after in amendment.changes},
        "amount": str(amendment.worth_after - amendment.worth_before),
        "currency": order.currency,
        "text": amendment.reason,
    }


def _check_reason(reason_code: str, reason: str, initiator: str) -> None:
    wrong = []
    if reason_code not in {one.code for one in reason_codes(AMEND)}:
        wrong.append(Detail("reason_code", "unknown", _("Choose one of the offered reasons.")))
    elif reason_code == "other" and not reason.strip():
        wrong.append(Detail("reason", "required", _("Say why in a few words.")))
    if initiator not in INITIATORS:
        wrong.append(Detail("initiator", "unknown", _("Choose one of the offered values.")))
    if "\x00" in reason or len(reason) > LONGEST_TEXT:
        sentence = _("This text is too long or contains characters that cannot be stored.")
        wrong.append(Detail("reason", "invalid_text", sentence))
    if wrong:
        raise Malformed(details=wrong)
