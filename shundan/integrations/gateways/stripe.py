"""Stripe by its HTTP interface: a page to pay on (Checkout), messages signed with HMAC-SHA256.

As documented there: `Stripe-Signature` carries a time and signatures over time and body; what is older than five
minutes is refused; a message is repeated with the same `id`. Amounts are in the currency's smallest unit.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

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
)

PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded")


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
    headers = {"Authorization": f"Bearer {opened.settings['secret_key']}", "Idempotency-Key": asked.number}
    answer = ask_gateway("POST", f"{opened.base_url}/v1/checkout/sessions", data=form, headers=headers)
    try:
        said = json.loads(answer.content)
    except ValueError as error:
        raise GatewayAway(f"HTTP {answer.status_code} without an answer") from error
    if answer.status_code != 200:
        fault = said.get("error", {})
        raise GatewayRefused(f"{fault.get('code') or fault.get('type')}: {fault.get('message')}")
    return PayPlace(str(said["url"]), str(said["id"]))


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
    thanks=("{}", "application/json"),
)
