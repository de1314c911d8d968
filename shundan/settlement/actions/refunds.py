"""Paying customers back by the gateway that took their money: sent under one number, settled by what the gateway says.

The state is kept before the gateway hears of it. Whoever dies between the call and the commit leaves a refund that was
sent and whose answer is unknown; it is asked for before it is sent again, so nothing is paid twice (docs/adr/0065).
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from shundan.billing.actions import begin_sending, fail_sending, finish_sending
from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.db import action
from shundan.kernel.errors import Refused, require
from shundan.kernel.events import record
from shundan.kernel.numbering import next_number
from shundan.kernel.sealing import SealBroken
from shundan.settlement.models import GatewayRefund
from shundan.settlement.models.gateways import REFUNDING
from shundan.settlement.queries.gateways import gateway_opened
from shundan.settlement.queries.refunds import gateway_of_refund_request, get_gateway_refund
from shundan.settlement.registries import GATEWAYS, Gateway, GatewayAway, GatewayRefused, RefundAsked, RefundSaid

log = logging.getLogger("shundan.refunds")
JOB = "settlement.settle_refund"
# A job asks by itself for what was not settled after so long.
PATIENCE = timedelta(minutes=2)
LONGEST_TROUBLE = 300


class NoGatewayToRefund(Refused):
    """The money of a request did not come by a gateway that is in use."""

    code = "no_gateway_to_refund"
    sentence = _("%(number)s cannot be paid back by a gateway: its payment came another way. Pay it by bank transfer.")


class GatewayRefundEnded(Refused):
    """What is settled is not asked for again."""

    code = "gateway_refund_ended"
    sentence = _("The gateway has answered for %(number)s already. Load the page again.")


@action
def send_gateway_refund(number: str, *, by: Actor) -> GatewayRefund:
    """Pay an approved refund back by the gateway that took the money; a job sends it.

    Raises: NotPermitted, NotFound, RequestNotApproved, NoGatewayToRefund, OverRefunded.
    """
    require(by, "payment.refund")
    one = begin_sending(number, by=by)
    account = gateway_of_refund_request(one)
    if account is None or one.payment is None:
        raise NoGatewayToRefund(number=one.number)
    made = GatewayRefund.objects.create(
        number=next_number("gateway_refund", prefix="RG", on=by.today),
        request=one,
        payment=one.payment,
        account=account,
        amount=one.amount,
        currency=one.currency,
        created_at=by.at,
        created_by_name=by.name,
    )
    record("gateway_refund.asked", subject=made.subject, by=by, data={"number": made.number, "request": one.number})
    app.configure_task(JOB).defer(refund_id=made.pk)
    return made


@action
def ask_gateway_refund(number: str, *, by: Actor) -> GatewayRefund:
    """Let a job ask the gateway now what became of a refund. Raises: NotPermitted, NotFound, GatewayRefundEnded."""
    require(by, "payment.refund")
    known = get_gateway_refund(number, by=by)
    one = GatewayRefund.objects.select_for_update().get(pk=known.pk)
    if one.state not in REFUNDING:
        raise GatewayRefundEnded(number=one.number)
    record("gateway_refund.asked", subject=one.subject, by=by, data={"number": one.number})
    app.configure_task(JOB).defer(refund_id=one.pk)
    return one


def settle_gateway_refund(refund_id: int, *, at: datetime) -> None:
    """Send a refund, or ask what became of it; run by jobs, harmless when repeated or run twice at once."""
    one = GatewayRefund.objects.select_related("account", "payment", "request").get(pk=refund_id)
    gateway = GATEWAYS.get(one.account.gateway)
    if one.state not in REFUNDING or gateway is None:
        return
    # Committed before the gateway hears of it.
    is_first = GatewayRefund.objects.filter(pk=one.pk, state="asked").update(state="sent", sent_at=at) == 1
    try:
        said = _first_said(gateway, one, at) if is_first else _said_since(gateway, one, at)
    except GatewayAway as error:
        _note_trouble(one.pk, str(error))
        return
    take_refund_answer(one.pk, said, by=system_actor(at, door="gateway"))


def settle_open_refunds(*, at: datetime) -> None:
    """Ask for all refunds of which nobody has heard for a while; run by a job. One that fails stops no other."""
    waiting = GatewayRefund.objects.filter(state__in=REFUNDING, created_at__lt=at - PATIENCE)
    for refund_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        try:
            settle_gateway_refund(refund_id, at=at)
        except Refused as refusal:
            _note_trouble(refund_id, str(refusal.message))
        except Exception as error:
            log.exception("refund %s could not be settled", refund_id)
            _note_trouble(refund_id, f"{type(error).__name__}: {error}")


@action
def take_refund_answer(refund_id: int, said: RefundSaid, *, by: Actor) -> None:
    """Book what a gateway says of a refund, once; what contradicts it later is told to finance, never booked."""
    one = GatewayRefund.objects.select_for_update(of=("self",)).select_related("request", "account").get(pk=refund_id)
    if said.state == "success" and said.amount not in (None, one.amount):
        said = replace(said, state="differs", reason=f"{said.amount} {one.currency}")
    if one.state not in REFUNDING or said.state == "differs":
        if said.state not in (one.state, "pending", "unknown"):
            _tell_difference(one, said, by)
        return
    one.trouble = said.reason[:LONGEST_TROUBLE]
    one.remote_id = said.remote_id or one.remote_id
    if said.state == "success":
        method = GATEWAYS[one.account.gateway].method
        reference = one.remote_id or one.number
        one.refund = finish_sending(one.request_id, method=method, reference=reference, by=by)
    elif said.state == "failed":
        one.trouble = one.trouble or str(_("The gateway gave no reason."))
        fail_sending(one.request_id, reason=one.trouble, by=by)
    if said.state in ("success", "failed"):
        one.ended_at = by.at
    if said.state != "unknown":
        one.state = said.state
    one.save(update_fields=["state", "trouble", "remote_id", "refund", "ended_at"])
    if said.state in ("success", "failed"):
        facts = {"number": one.number, "request": one.request.number, "reason": one.trouble}
        record(f"gateway_refund.{said.state}", subject=one.subject, by=by, data=facts)


def _note_trouble(refund_id: int, trouble: str) -> None:
    GatewayRefund.objects.filter(pk=refund_id, state__in=REFUNDING).update(trouble=trouble[:LONGEST_TROUBLE])


def _first_said(gateway: Gateway, one: GatewayRefund, at: datetime) -> RefundSaid:
    try:
        return gateway.refund(gateway_opened(one.account), _asked(one), at)
    except GatewayRefused as error:
        return RefundSaid("failed", reason=str(error))
    except SealBroken as error:
        return RefundSaid("failed", reason=str(error.message))


def _said_since(gateway: Gateway, one: GatewayRefund, at: datetime) -> RefundSaid:
    """Ask first; only what the gateway has never heard of is sent again, under the same number. Raises: GatewayAway."""
    try:
        said = gateway.find_refund(gateway_opened(one.account), _asked(one), at)
    except (GatewayRefused, SealBroken) as error:
        # It may be on its way all the same: that we cannot ask proves nothing.
        raise GatewayAway(str(error.message) if isinstance(error, SealBroken) else str(error)) from error
    return said if said.state != "unknown" or one.state == "pending" else _first_said(gateway, one, at)


def _asked(one: GatewayRefund) -> RefundAsked:
    return RefundAsked(
        number=one.number,
        transaction=one.payment.reference,
        amount=one.amount,
        paid=one.payment.amount,
        currency=one.currency,
        reason=one.request.reason,
    )


def _tell_difference(one: GatewayRefund, said: RefundSaid, by: Actor) -> None:
    words = " ".join(part for part in (said.state, said.reason) if part)
    one.trouble = words[:LONGEST_TROUBLE]
    one.save(update_fields=["trouble"])
    facts = {"number": one.request.number, "refund": one.number, "reason": one.trouble, "notify": ["role:finance"]}
    record("payment_request.gateway_differs", subject=one.request.subject, by=by, data=facts)
