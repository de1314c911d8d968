"""WeChat Pay by its interface v3: a square code to scan (native), messages signed with SHA256-RSA and encrypted.

As documented there: time, nonce and body are signed; the content of a message is AES-256-GCM with the key that the
merchant chose; a message is repeated with the same `id` until it is answered with 200. Refunds go under an
`out_refund_no` of ours, and are asked for by it.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from shundan.integrations.gateways.keys import ask_gateway, is_signed, require_fresh, same, sign_rsa
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

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PLACE = "/v3/pay/transactions/native"
REFUNDS = "/v3/refund/domestic/refunds"


def ask(opened: OpenedGateway, asked: AskedMoney, at: datetime) -> PayPlace:
    """Open a payment and return the text of its square code; the same number opens nothing twice."""
    known = opened.settings
    content = {
        "appid": known["app_id"],
        "mchid": known["merchant_id"],
        "description": asked.subject[:120],
        "out_trade_no": asked.number,
        "time_expire": asked.expires_at.isoformat(timespec="seconds"),
        "notify_url": opened.notify_url,
        "amount": {"total": int(asked.amount * 100), "currency": "CNY"},
    }
    said, answer = _call(opened, "POST", PLACE, content, at)
    if answer.status_code != 200:
        raise GatewayRefused(f"{said.get('code')}: {said.get('message')}")
    if not _is_answer_proven(opened, answer):
        raise GatewayRefused("the answer is not signed by WeChat Pay")
    return PayPlace(str(said["code_url"]))


def refund(opened: OpenedGateway, asked: RefundAsked, at: datetime) -> RefundSaid:
    """Pay back; the same `out_refund_no` is never paid twice."""
    content = {
        "transaction_id": asked.transaction,
        "out_refund_no": asked.number,
        "reason": asked.reason[:26],
        "notify_url": opened.notify_url,
        "amount": {"refund": int(asked.amount * 100), "total": int(asked.paid * 100), "currency": "CNY"},
    }
    said, answer = _call(opened, "POST", REFUNDS, content, at)
    if answer.status_code != 200:
        raise GatewayRefused(f"{said.get('code')}: {said.get('message')}")
    return _refund_said(opened, asked, said, answer)


def find_refund(opened: OpenedGateway, asked: RefundAsked, at: datetime) -> RefundSaid:
    """Ask what became of a refund; one that never arrived does not exist there."""
    said, answer = _call(opened, "GET", f"{REFUNDS}/{asked.number}", None, at)
    if answer.status_code == 404 and said.get("code") == "RESOURCE_NOT_EXISTS":
        return RefundSaid("unknown")
    if answer.status_code != 200:
        raise GatewayAway(f"{said.get('code')}: {said.get('message')}")
    return _refund_said(opened, asked, said, answer)


def read(opened: OpenedGateway, headers: Mapping[str, str], body: bytes, at: datetime) -> PaidNotice:
    """Prove a message, open it, and say what it tells."""
    require_fresh(headers.get("wechatpay-timestamp", ""), at)
    if not _is_proven(opened, headers, body):
        raise BadNotice("the signature is wrong")
    try:
        told = json.loads(body)
        content = _opened(opened.settings["api_key"], told["resource"])
        kind, notice_id = str(told["event_type"]), str(told["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadNotice("no message") from error
    if kind.startswith("REFUND.") and content.get("out_refund_no"):
        if not same(str(content.get("mchid", "")), opened.settings["merchant_id"]):
            raise BadNotice("for another merchant")
        told_refund = _told(content, str(content.get("refund_status")))
        return PaidNotice(id=notice_id, kind=kind, refund_number=str(content["out_refund_no"]), refund=told_refund)
    if kind != "TRANSACTION.SUCCESS" or content.get("trade_state") != "SUCCESS":
        return PaidNotice(id=notice_id, kind=kind)
    if not same(str(content.get("mchid", "")), opened.settings["merchant_id"]):
        raise BadNotice("for another merchant")
    amount = content.get("amount", {})
    # Exact fen as an integer; anything else is no amount.
    if not isinstance(amount.get("total"), int):
        raise BadNotice("without an amount")
    return PaidNotice(
        id=notice_id,
        kind=kind,
        number=str(content.get("out_trade_no", "")),
        amount=Decimal(amount["total"]) / 100,
        currency=str(amount.get("currency") or "CNY"),
        transaction=str(content.get("transaction_id", "")),
    )


def _call(
    opened: OpenedGateway, verb: str, path: str, content: Mapping[str, Any] | None, at: datetime
) -> tuple[dict[str, Any], httpx.Response]:
    """Send a signed request and return what was answered (Any: JSON). Raises: GatewayAway, GatewayRefused."""
    body = "" if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    url = f"{opened.base_url}{path}"
    stamp, nonce = str(int(at.timestamp())), secrets.token_hex(16)
    signature = sign_rsa(opened.settings["private_key"], f"{verb}\n{urlsplit(url).path}\n{stamp}\n{nonce}\n{body}\n")
    parts = {
        "mchid": opened.settings["merchant_id"],
        "nonce_str": nonce,
        "signature": signature,
        "timestamp": stamp,
        "serial_no": opened.settings["serial"],
    }
    headers = {
        "Authorization": f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items()),
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    answer = ask_gateway(verb, url, content=body.encode(), headers=headers)
    try:
        said = json.loads(answer.content)
    except ValueError as error:
        raise GatewayAway(f"HTTP {answer.status_code} without an answer") from error
    if not isinstance(said, dict):
        raise GatewayAway(f"HTTP {answer.status_code} without an answer")
    return said, answer


def _refund_said(
    opened: OpenedGateway, asked: RefundAsked, said: Mapping[str, Any], answer: httpx.Response
) -> RefundSaid:
    if not _is_answer_proven(opened, answer):
        raise GatewayAway("the answer is not signed by WeChat Pay")
    if said.get("out_refund_no") != asked.number:
        raise GatewayAway("the answer is about another refund")
    return _told(said, str(said.get("status")))


def _told(said: Mapping[str, Any], status: str) -> RefundSaid:
    """Return the outcome: what a closed card stopped (ABNORMAL) is not over, the merchant platform ends it."""
    amount = said.get("amount", {}).get("refund")
    return RefundSaid(
        {"SUCCESS": "success", "CLOSED": "failed"}.get(status, "pending"),
        str(said.get("refund_id") or ""),
        reason="" if status in ("SUCCESS", "PROCESSING") else status,
        amount=Decimal(amount) / 100 if isinstance(amount, int) else None,
    )


def _is_answer_proven(opened: OpenedGateway, answer: httpx.Response) -> bool:
    lowered = {name.lower(): value for name, value in answer.headers.items()}
    return _is_proven(opened, lowered, answer.content)


def _is_proven(opened: OpenedGateway, headers: Mapping[str, str], body: bytes) -> bool:
    stamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
    if not same(headers.get("wechatpay-serial", ""), opened.settings["platform_serial"]):
        return False
    message = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
    return is_signed(opened.settings["platform_key"], message, headers.get("wechatpay-signature", ""))


def _opened(key: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a message holds (Any: JSON). Raises: BadNotice."""
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise BadNotice("another cipher")
    try:
        sealed = base64.b64decode(resource["ciphertext"], validate=True)
        nonce, extra = str(resource["nonce"]).encode(), str(resource.get("associated_data") or "").encode()
        content: dict[str, Any] = json.loads(AESGCM(key.encode()).decrypt(nonce, sealed, extra))
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise BadNotice("the content cannot be opened") from error
    return content


WECHAT_PAY = Gateway(
    code="wechat_pay",
    label=_("WeChat Pay"),
    method="wechat_pay",
    base_url="https://api.mch.weixin.qq.com",
    currencies=("CNY",),
    settings=(
        GatewaySetting("merchant_id", _("Merchant id")),
        GatewaySetting("app_id", _("Application id")),
        GatewaySetting("serial", _("Serial number of our certificate")),
        GatewaySetting("private_key", _("Our private key"), is_secret=True, is_long=True),
        GatewaySetting("api_key", _("Key of the interface v3 (32 characters)"), is_secret=True),
        GatewaySetting("platform_serial", _("Serial number or id of the platform’s key")),
        GatewaySetting("platform_key", _("The platform’s public key or certificate"), is_long=True),
    ),
    ask=ask,
    read=read,
    refund=refund,
    find_refund=find_refund,
    thanks=('{"code":"SUCCESS"}', "application/json"),
)
