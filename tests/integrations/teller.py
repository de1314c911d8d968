"""Desks of payment gateways on loopback that pay refunds back, and what gateways tell of refunds."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shundan.billing.actions import deallocate_payment, request_refund
from shundan.billing.models import Payment, PaymentRequest
from shundan.settlement.models import GatewayAccount
from tests import make
from tests.integrations.depot import Asked, Said
from tests.integrations.test_gateways import API_KEY, FOREIGN, OURS, THEIRS, asked, now, signed, tell

D = Decimal


@dataclass
class Teller:
    """A gateway's desk that keeps each refund once by our number and checks how it is asked.

    `outcome` is what becomes of a refund; `is_mute` hangs up after the work was done; `is_honest` signs with its key.
    """

    outcome: str = "success"
    is_mute: bool = False
    is_honest: bool = True
    fault: bool = False
    done: dict[str, str] = field(default_factory=dict)
    paid: list[str] = field(default_factory=list)

    def _do(self, number: str, amount: str) -> None:
        if number not in self.done:
            self.done[number] = amount
            self.paid.append(number)

    @property
    def key(self) -> Any:
        """Return the key it signs with."""
        return THEIRS if self.is_honest else FOREIGN

    def alipay(self, one: Asked) -> Said:
        """Answer alipay.trade.refund and alipay.trade.fastpay.refund.query."""
        form = {name: values[0] for name, values in parse_qs(one.body.decode()).items()}
        sign = base64.b64decode(form.pop("sign"))
        joined = "&".join(f"{name}={value}" for name, value in sorted(form.items()))
        OURS.public_key().verify(sign, joined.encode(), PKCS1v15(), hashes.SHA256())
        content = json.loads(form["biz_content"])
        number, node = content["out_request_no"], {"code": "10000", "msg": "Success", "trade_no": content["trade_no"]}
        if form["method"] == "alipay.trade.refund":
            if self.fault:
                node = {"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH", "sub_msg": "卖家余额不足"}
            else:
                is_new = number not in self.done
                self._do(number, content["refund_amount"])
                node |= {"fund_change": "Y" if is_new and self.outcome == "success" else "N"}
        elif number in self.done and self.outcome == "success":
            node |= {"refund_status": "REFUND_SUCCESS", "refund_amount": self.done[number], "out_request_no": number}
        if self.is_mute:
            return Said(status=0)
        text = json.dumps(node, ensure_ascii=False)
        name = form["method"].replace(".", "_") + "_response"
        return Said(f'{{"{name}":{text},"sign":"{signed(self.key, text.encode())}"}}')

    def wechat(self, one: Asked) -> Said:
        """Answer POST and GET of /v3/refund/domestic/refunds."""
        parts = dict(part.split("=", 1) for part in one.headers["authorization"].split(" ", 1)[1].split(","))
        found = {name: value.strip('"') for name, value in parts.items()}
        message = f"{one.method}\n{one.path}\n{found['timestamp']}\n{found['nonce_str']}\n".encode() + one.body + b"\n"
        OURS.public_key().verify(base64.b64decode(found["signature"]), message, PKCS1v15(), hashes.SHA256())
        status = 200
        if one.method == "POST":
            content = json.loads(one.body)
            number = content["out_refund_no"]
            assert (content["transaction_id"], content["amount"]["total"]) == ("4200001", 100000)
            if not self.fault:
                self._do(number, str(content["amount"]["refund"]))
        else:
            number = one.path.rpartition("/")[2]
        if self.is_mute:
            return Said(status=0)
        if self.fault:
            status, said = 403, {"code": "NOT_ENOUGH", "message": "基本账户余额不足"}
        elif number not in self.done:
            status, said = 404, {"code": "RESOURCE_NOT_EXISTS", "message": "退款单不存在"}
        else:
            word = {"success": "SUCCESS", "failed": "CLOSED", "pending": "PROCESSING"}[self.outcome]
            said = {"refund_id": "5030001", "out_refund_no": number, "status": word}
            said |= {"amount": {"refund": int(self.done[number]), "total": 100000}}  # type: ignore[dict-item]
        body, stamp = json.dumps(said).encode(), str(now())
        headers = {"Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": "n", "Wechatpay-Serial": "PUB_KEY_ID_1"}
        headers["Wechatpay-Signature"] = signed(self.key, f"{stamp}\nn\n".encode() + body + b"\n")
        return Said(body, status=status, headers=headers)

    def stripe(self, one: Asked) -> Said:
        """Answer POST and GET of /v1/refunds."""
        assert one.headers["authorization"] == "Bearer sk_test_1"
        if one.method == "POST":
            form = {name: values[0] for name, values in parse_qs(one.body.decode()).items()}
            number = form["metadata[refund]"]
            assert (one.headers["idempotency-key"], form["payment_intent"]) == (number, "pi_1")
            if self.fault:
                return Said(json.dumps({"error": {"code": "balance_insufficient", "message": "too low"}}), status=400)
            self._do(number, form["amount"])
        else:
            assert parse_qs(urlsplit(one.path).query)["payment_intent"] == ["pi_1"]
        if self.is_mute:
            return Said(status=0)
        word = {"success": "succeeded", "failed": "failed", "pending": "pending"}[self.outcome]
        rows = [
            {"id": "re_1", "status": word, "amount": int(amount), "currency": "cny", "metadata": {"refund": number}}
            for number, amount in self.done.items()
        ]
        return Said(json.dumps(rows[-1] if one.method == "POST" else {"data": rows, "has_more": False}))


def approved(of: GatewayAccount, message: Callable[..., Any], amount: str = "300.00") -> PaymentRequest:
    """Take 1,000.00 by a gateway for an invoice that then needs only a part, and let a refund be approved."""
    charge = asked(of)
    assert tell(of, message(charge))[0] == 200
    payment = make_free(charge.invoice.number)
    one = request_refund(payment, amount=D(amount), method="bank_transfer", reason="多付", by=make.boss())
    if one.state != "approved":
        PaymentRequest.objects.filter(pk=one.pk).update(state="approved")
    return PaymentRequest.objects.get(pk=one.pk)


def make_free(invoice: str) -> str:
    """Take the allocation of the only payment back; return its number."""
    payment = Payment.objects.get()
    deallocate_payment(payment.number, invoice=invoice, by=make.boss())
    return payment.number


def refund_of_alipay(number: str, amount: str, key: Any = THEIRS) -> tuple[str, dict[str, str]]:
    """Return a message of Alipay about a refund."""
    told = {"app_id": "2021001", "notify_id": "n-r", "out_trade_no": "x", "trade_no": "2026030222001"}
    told |= {"trade_status": "TRADE_SUCCESS", "total_amount": "1000.00", "refund_fee": amount}
    told |= {"gmt_refund": "2026-03-02 10:00:00.000", "out_biz_no": number}
    joined = "&".join(f"{name}={value}" for name, value in sorted(told.items()) if value)
    body = told | {"sign": signed(key, joined.encode()), "sign_type": "RSA2"}
    return urlencode(body), {"content_type": "application/x-www-form-urlencoded"}


def refund_of_wechat(number: str, amount: str, key: Any = THEIRS) -> tuple[str, dict[str, str]]:
    """Return a message of WeChat Pay about a refund."""
    content = {"mchid": "1900001", "out_refund_no": number, "refund_id": "5030001", "refund_status": "SUCCESS"}
    content["amount"] = {"refund": int(D(amount) * 100), "total": 100000}  # type: ignore[assignment]
    nonce = secrets.token_hex(6)
    sealed = AESGCM(API_KEY.encode()).encrypt(nonce.encode(), json.dumps(content).encode(), b"refund")
    resource = {"algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode(), "nonce": nonce}
    resource["associated_data"] = "refund"
    body = json.dumps({"id": "EV-R", "event_type": "REFUND.SUCCESS", "resource": resource})
    stamp = str(now())
    headers = {"HTTP_WECHATPAY_TIMESTAMP": stamp, "HTTP_WECHATPAY_NONCE": "abc"}
    headers |= {"HTTP_WECHATPAY_SERIAL": "PUB_KEY_ID_1"}
    headers["HTTP_WECHATPAY_SIGNATURE"] = signed(key, f"{stamp}\nabc\n{body}\n".encode())
    return body, {"content_type": "application/json", **headers}


def refund_of_stripe(
    number: str, amount: str, key: Any = None, status: str = "succeeded"
) -> tuple[str, dict[str, str]]:
    """Return a message of Stripe about a refund."""
    thing = {"id": "re_1", "status": status, "amount": int(D(amount) * 100), "currency": "cny"}
    thing["metadata"] = {"refund": number}  # type: ignore[assignment]
    body = json.dumps({"id": f"evt_{status}", "type": "refund.updated", "data": {"object": thing}})
    stamp, secret = now(), "whsec_1" if key in (None, THEIRS) else "whsec_2"
    mark = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    return body, {"content_type": "application/json", "HTTP_STRIPE_SIGNATURE": f"t={stamp},v1={mark}"}
