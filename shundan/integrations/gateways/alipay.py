"""Alipay by its open platform: a square code to scan (alipay.trade.precreate), messages signed with RSA2.

As documented there: parameters are sorted and joined, signed with SHA256-RSA; a message is verified over all its
parameters but `sign` and `sign_type`; it is repeated with the same `notify_id` until the answer is `success`. It
carries no time that could be held against the clock, so `notify_id` and the transaction keep it from being used twice.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from shundan.integrations.gateways.keys import ask_gateway, is_signed, same, sign_rsa
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

CHINA = ZoneInfo("Asia/Shanghai")
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
ANSWER = "alipay_trade_precreate_response"


def ask(opened: OpenedGateway, asked: AskedMoney, at: datetime) -> PayPlace:
    """Open a payment and return the text of its square code; the same number opens nothing twice."""
    content = {
        "out_trade_no": asked.number,
        "total_amount": f"{asked.amount:.2f}",
        "subject": asked.subject,
        "time_expire": asked.expires_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
    }
    given = {
        "app_id": opened.settings["app_id"],
        "method": "alipay.trade.precreate",
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "version": "1.0",
        "notify_url": opened.notify_url,
        "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
    }
    given["sign"] = sign_rsa(opened.settings["private_key"], _joined(given))
    answer = ask_gateway("POST", opened.base_url, data=given)
    try:
        text = answer.content.decode()
        said = json.loads(text)
        node, signature = said[ANSWER], str(said.get("sign", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GatewayAway(f"HTTP {answer.status_code} without an answer") from error
    if str(node.get("code")) != "10000":
        raise GatewayRefused(f"{node.get('sub_code') or node.get('code')}: {node.get('sub_msg') or node.get('msg')}")
    if not is_signed(opened.settings["alipay_public_key"], _signed_part(text).encode(), signature):
        raise GatewayRefused("the answer is not signed by Alipay")
    if node.get("out_trade_no") != asked.number or not node.get("qr_code"):
        raise GatewayRefused("the answer is about another payment")
    return PayPlace(str(node["qr_code"]))


def read(opened: OpenedGateway, headers: Mapping[str, str], body: bytes, at: datetime) -> PaidNotice:
    """Prove a message and say what it tells; refunds and closed payments bring no money."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=200)
    except ValueError as error:
        raise BadNotice("no form") from error
    told = dict(pairs)
    if len(told) != len(pairs):
        raise BadNotice("a parameter comes twice")
    signature = told.pop("sign", "")
    if told.pop("sign_type", "RSA2") != "RSA2":
        raise BadNotice("not signed with RSA2")
    if not is_signed(opened.settings["alipay_public_key"], _joined(told).encode(), signature):
        raise BadNotice("the signature is wrong")
    if not same(told.get("app_id", ""), opened.settings["app_id"]):
        raise BadNotice("for another application")
    if not told.get("notify_id"):
        raise BadNotice("without an id")
    kind = told.get("trade_status", "")
    # A refund is told as a success of the payment that it belongs to.
    if kind not in PAID or told.get("refund_fee") or told.get("gmt_refund"):
        return PaidNotice(id=told["notify_id"], kind=kind)
    try:
        amount = Decimal(told["total_amount"])
    except (KeyError, InvalidOperation) as error:
        raise BadNotice("without an amount") from error
    return PaidNotice(
        id=told["notify_id"],
        kind=kind,
        number=told.get("out_trade_no", ""),
        amount=amount,
        currency="CNY",
        transaction=told.get("trade_no", ""),
        payer=told.get("buyer_logon_id", ""),
    )


def _joined(given: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(given.items()) if name != "sign" and value != "")


def _signed_part(text: str) -> str:
    """Return the answer's node as it came: the signature holds for its very characters."""
    start = text.index(f'"{ANSWER}"') + len(ANSWER) + 2
    start = text.index("{", start)
    _node, end = json.JSONDecoder().raw_decode(text, start)
    return text[start:end]


ALIPAY = Gateway(
    code="alipay",
    label=_("Alipay"),
    method="alipay",
    base_url="https://openapi.alipay.com/gateway.do",
    currencies=("CNY",),
    settings=(
        GatewaySetting("app_id", _("Application id")),
        GatewaySetting("private_key", _("Our private key"), is_secret=True, is_long=True),
        GatewaySetting("alipay_public_key", _("Alipay’s public key"), is_long=True),
    ),
    ask=ask,
    read=read,
    thanks=("success", "text/plain"),
)
