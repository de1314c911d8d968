"""Alipay by its open platform: a square code to scan (alipay.trade.precreate), messages signed with RSA2.

As documented there: parameters are sorted and joined, signed with SHA256-RSA; a message is verified over all its
parameters but `sign` and `sign_type`; it is repeated with the same `notify_id` until the answer is `success`. It
carries no time that could be held against the clock, so `notify_id` and the transaction keep it from being used twice.
Refunds go by alipay.trade.refund under an `out_request_no` of ours and are asked for by
alipay.trade.fastpay.refund.query; a message about one names it as `out_biz_no`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
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
    RefundAsked,
    RefundSaid,
)

CHINA = ZoneInfo("Asia/Shanghai")
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
# Refused before it reached the trade: nothing was done.
REFUSED_EARLY = ("20001", "40001", "40002", "40003", "40006")


def ask(opened: OpenedGateway, asked: AskedMoney, at: datetime) -> PayPlace:
    """Open a payment and return the text of its square code; the same number opens nothing twice."""
    content = {
        "out_trade_no": asked.number,
        "total_amount": f"{asked.amount:.2f}",
        "subject": asked.subject,
        "time_expire": asked.expires_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
    }
    node, is_proven = _call(opened, "alipay.trade.precreate", content, at)
    if str(node.get("code")) != "10000":
        raise GatewayRefused(_fault(node))
    if not is_proven:
        raise GatewayRefused("the answer is not signed by Alipay")
    if node.get("out_trade_no") != asked.number or not node.get("qr_code"):
        raise GatewayRefused("the answer is about another payment")
    return PayPlace(str(node["qr_code"]))


def refund(opened: OpenedGateway, asked: RefundAsked, at: datetime) -> RefundSaid:
    """Pay back (alipay.trade.refund); the same `out_request_no` is never paid twice."""
    content = {
        "trade_no": asked.transaction,
        "refund_amount": f"{asked.amount:.2f}",
        "out_request_no": asked.number,
        "refund_reason": asked.reason[:256],
    }
    node, is_proven = _call(opened, "alipay.trade.refund", content, at)
    code = str(node.get("code"))
    if code in REFUSED_EARLY:
        raise GatewayRefused(_fault(node))
    if not is_proven:
        raise GatewayAway("the answer is not signed by Alipay")
    if code == "40004" and "SYSTEM_ERROR" not in str(node.get("sub_code")):
        raise GatewayRefused(_fault(node))
    if code != "10000":
        raise GatewayAway(_fault(node))
    # Without fund_change=Y no money is known to have moved; asking tells.
    is_paid = node.get("fund_change") == "Y"
    return RefundSaid("success" if is_paid else "pending", str(node.get("trade_no") or ""))


def find_refund(opened: OpenedGateway, asked: RefundAsked, at: datetime) -> RefundSaid:
    """Ask what became of a refund; an answer without a state means that it did not arrive, and may be sent again."""
    content = {"trade_no": asked.transaction, "out_request_no": asked.number}
    node, is_proven = _call(opened, "alipay.trade.fastpay.refund.query", content, at)
    code = str(node.get("code"))
    if not is_proven or code not in ("10000", "40004"):
        raise GatewayAway(_fault(node))
    if code == "40004":
        if "NOT_EXIST" not in str(node.get("sub_code")):
            raise GatewayAway(_fault(node))
        return RefundSaid("unknown")
    if node.get("refund_status") != "REFUND_SUCCESS":
        return RefundSaid("unknown")
    if node.get("out_request_no") != asked.number:
        raise GatewayAway("the answer is about another refund")
    return RefundSaid("success", str(node.get("trade_no") or ""), amount=_amount(node.get("refund_amount")))


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
    # A refund is told as a success of the payment that it belongs to; its amount is that of all its refunds.
    if told.get("out_biz_no") and told.get("gmt_refund"):
        said = RefundSaid("success", told.get("trade_no", ""))
        return PaidNotice(id=told["notify_id"], kind=kind, refund_number=told["out_biz_no"], refund=said)
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


def _call(opened: OpenedGateway, method: str, content: Mapping[str, str], at: datetime) -> tuple[dict[str, Any], bool]:
    """Return the answer's node and whether Alipay signed it (Any: JSON). Raises: GatewayAway."""
    given = {
        "app_id": opened.settings["app_id"],
        "method": method,
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
    name = method.replace(".", "_") + "_response"
    try:
        text = answer.content.decode()
        said = json.loads(text)
        # What is wrong with the request itself is told in a node of its own.
        name = name if name in said else "error_response"
        node, signature = dict(said[name]), str(said.get("sign", ""))
        part = _signed_part(text, name).encode()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GatewayAway(f"HTTP {answer.status_code} without an answer") from error
    return node, is_signed(opened.settings["alipay_public_key"], part, signature)


def _fault(node: Mapping[str, Any]) -> str:
    return f"{node.get('sub_code') or node.get('code')}: {node.get('sub_msg') or node.get('msg')}"


def _amount(text: object) -> Decimal | None:
    try:
        return Decimal(str(text)) if text else None
    except InvalidOperation:
        return None


def _joined(given: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(given.items()) if name != "sign" and value != "")


def _signed_part(text: str, name: str) -> str:
    """Return the answer's node as it came: the signature holds for its very characters."""
    start = text.index(f'"{name}"') + len(name) + 2
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
    refund=refund,
    find_refund=find_refund,
    thanks=("success", "text/plain"),
)
