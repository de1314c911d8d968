"""Stripe by its HTTP interface: a page to pay on (Checkout), messages signed with HMAC-SHA256.

As documented there: `Stripe-Signature` carries a time and signatures over time and body; what is older than five
minutes is refused; a message is repeated with the same `id`. Amounts are in the currency's smallest unit. A key of
idempotency is known for a day: a refund is therefore looked for by its metadata before it is sent again.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from shundan.integrations.gateways.keys import ask_gateway, require_fresh, same
from shundan.kernel.money import decimals_of
from shundan.settlement.registries import (
    AskedMoney,
    BadNotice,
    Gateway,
    GatewayAway,
    GatewayRefused,
    GatewaySetting,
    OpenedGateway,
    PaidNotice,
    PayPlace,
    RefundAsked,
    RefundSaid,
)

PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
REFUNDED = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
MOST_PAGES = 20


def ask(opened: OpenedGateway, asked: AskedMoney, at: datetime) -> PayPlace:
    """Open a page to pay on; our number is the key that keeps it from being opened twice."""
    form = {
        "mode": "payment",
        "client_reference_id": asked.number,
        "expires_at": str(int(asked.expires_at.timestamp()) - 60),
        "success_url": opened.return_url,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": asked.currency.lower(),
        "line_items[0][price_data][unit_amount]": str(int(asked.amount.scaleb(decimals_of(asked.currency)))),
        "line_items[0][price_data][product_data][name]": asked.subject,
        "payment_intent_data[metadata][charge]": asked.number,
    }
    headers = _headers(opened) | {"Idempotency-Key": asked.number}
    answer = ask_gateway("POST", f"{opened.base_url}/v1/checkout/sessions", data=form, headers=headers)
    said = _json(answer)
    if answer.status_code != 200:
        fault = said.get("error") or {}
        raise GatewayRefused(f"{fault.get('code') or fault.get('type')}: {fault.get('message')}")
    return PayPlace(str(said["url"]), str(said["id"]))


def refund(opened: OpenedGateway, asked: RefundAsked, at: datetime) -> RefundSaid:
    """Pay back; our number is the key that keeps it from being paid twice, and stands in its metadata."""
    if not asked.transaction.startswith("pi_"):
        raise GatewayRefused("the payment names no payment intent")
    form = {
        "payment_intent": asked.transaction,
        "amount": str(int(asked.amount.scaleb(decimals_of(asked.currency)))),
        "metadata[refund]": asked.number,
    }
    headers = _headers(opened) | {"Idempotency-Key": asked.number}
    answer = ask_gateway("POST", f"{opened.base_url}/v1/refunds", data=form, headers=headers)
    said = _json(answer)
    if answer.status_code == 409:
        # The first try is still at work there.
        raise GatewayAway("the same refund is being made")
    if answer.status_code != 200:
        fault = said.get("error") or {}
        raise GatewayRefused(f"{fault.get('code') or fault.get('type')}: {fault.get('message')}")
    return _refund_said(said)


def find_refund(opened: OpenedGateway, asked: RefundAsked, at: datetime) -> RefundSaid:
    """Look for a refund among those of its payment, by our number."""
    after: dict[str, str] = {}
    for _page in range(MOST_PAGES):
        given = {"payment_intent": asked.transaction, "limit": "100"} | after
        answer = ask_gateway("GET", f"{opened.base_url}/v1/refunds", params=given, headers=_headers(opened))
        said = _json(answer)
        rows = said.get("data")
        if answer.status_code != 200 or not isinstance(rows, list):
            raise GatewayAway(f"HTTP {answer.status_code} without the refunds")
        for one in rows:
            if (one.get("metadata") or {}).get("refund") == asked.number:
                return _refund_said(one)
        if not said.get("has_more") or not rows:
            return RefundSaid("unknown")
        after = {"starting_after": str(rows[-1]["id"])}
    raise GatewayAway("there are too many refunds of this payment")


def read(opened: OpenedGateway, headers: Mapping[str, str], body: bytes, at: datetime) -> PaidNotice:
    """Prove a message and say what it tells."""
    parts = [part.partition("=") for part in headers.get("stripe-signature", "").split(",")]
    stamp = next((value for name, _equals, value in parts if name.strip() == "t"), "")
    given = [value.strip() for name, _equals, value in parts if name.strip() == "v1"]
    key = opened.settings["webhook_secret"].encode()
    expected = hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    if not any(same(one, expected) for one in given):
        raise BadNotice("the signature is wrong")
    require_fresh(stamp, at)
    try:
        told = json.loads(body)
        notice_id, kind, thing = str(told["id"]), str(told["type"]), told["data"]["object"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadNotice("no message") from error
    number = str((thing.get("metadata") or {}).get("refund") or "")
    if kind in REFUNDED and number:
        return PaidNotice(id=notice_id, kind=kind, refund_number=number, refund=_refund_said(thing))
    # Some ways to pay are only begun when the page is done; the money comes later, or not.
    if kind not in PAID or thing.get("payment_status") != "paid":
        return PaidNotice(id=notice_id, kind=kind)
    if not isinstance(thing.get("amount_total"), int):
        raise BadNotice("without an amount")
    currency = str(thing.get("currency", "")).upper()
    return PaidNotice(
        id=notice_id,
        kind=kind,
        number=str(thing.get("client_reference_id") or ""),
        amount=Decimal(thing["amount_total"]).scaleb(-decimals_of(currency)),
        currency=currency,
        transaction=str(thing.get("payment_intent") or thing.get("id") or ""),
        payer=str((thing.get("customer_details") or {}).get("email") or ""),
    )


def _headers(opened: OpenedGateway) -> dict[str, str]:
    return {"Authorization": f"Bearer {opened.settings['secret_key']}"}


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = json.loads(answer.content)
    except ValueError as error:
        raise GatewayAway(f"HTTP {answer.status_code} without an answer") from error
    if not isinstance(said, dict):
        raise GatewayAway(f"HTTP {answer.status_code} without an answer")
    return said


def _refund_said(one: Mapping[str, Any]) -> RefundSaid:
    status, amount = str(one.get("status")), one.get("amount")
    decimals = decimals_of(str(one.get("currency", "")).upper())
    return RefundSaid(
        {"succeeded": "success", "failed": "failed", "canceled": "failed"}.get(status, "pending"),
        str(one.get("id") or ""),
        reason=str(one.get("failure_reason") or ("" if status in ("succeeded", "pending") else status)),
        amount=Decimal(amount).scaleb(-decimals) if isinstance(amount, int) else None,
    )


STRIPE = Gateway(
    code="stripe",
    label=_("Stripe"),
    method="stripe",
    base_url="https://api.stripe.com",
    currencies=(),
    settings=(
        GatewaySetting("secret_key", _("Secret key"), is_secret=True),
        GatewaySetting("webhook_secret", _("Secret of the messages"), is_secret=True),
    ),
    ask=ask,
    read=read,
    refund=refund,
    find_refund=find_refund,
    thanks=("{}", "application/json"),
)
