"""Payment gateways: asked over real HTTP, believed only when signed, booked once however often they tell."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import Client

from shundan.billing.actions import request_deposit, withdraw_deposit
from shundan.billing.models import Invoice, Payment
from shundan.fulfilment.actions import ship_order
from shundan.kernel.errors import Malformed
from shundan.settlement.actions import (
    GatewayAccountInput,
    ask_charge,
    ask_charge_again,
    ask_deposit_charge,
    save_gateway_account,
)
from shundan.settlement.actions.gateways import open_charge
from shundan.settlement.models import Charge, GatewayAccount, GatewayNotice
from tests import make
from tests.integrations.depot import Asked, Depot, Said, open_depot

pytestmark = pytest.mark.django_db
OURS, THEIRS, FOREIGN = (generate_private_key(65537, 2048) for _ in range(3))
API_KEY = "0123456789abcdef0123456789abcdef"


def private_pem(key: RSAPrivateKey) -> str:
    """Return a key as PEM."""
    kind, form = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    return key.private_bytes(form, kind, serialization.NoEncryption()).decode()


def public_text(key: RSAPrivateKey) -> str:
    """Return the public part as Base64 without frame, as Alipay hands it out."""
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_key().public_bytes(serialization.Encoding.DER, kind)).decode()


def signed(key: RSAPrivateKey, message: bytes) -> str:
    """Return the signature over a message."""
    return base64.b64encode(key.sign(message, PKCS1v15(), hashes.SHA256())).decode()


def account(gateway: str, url: str, **settings: str) -> GatewayAccount:
    """Add an account with a gateway."""
    given = GatewayAccountInput(code="shop", gateway=gateway, name="商城", base_url=url, settings=settings)
    return save_gateway_account(given, by=make.boss(), is_new=True)


def alipay(url: str = "http://127.0.0.1:9") -> GatewayAccount:
    """Add an account with Alipay."""
    keys = {"private_key": private_pem(OURS), "alipay_public_key": public_text(THEIRS)}
    return account("alipay", url, app_id="2021001", **keys)


def wechat(url: str = "http://127.0.0.1:9") -> GatewayAccount:
    """Add an account with WeChat Pay."""
    keys = {"private_key": private_pem(OURS), "platform_key": public_text(THEIRS), "api_key": API_KEY}
    more = {"merchant_id": "1900001", "app_id": "wx1", "serial": "AA11", "platform_serial": "PUB_KEY_ID_1"}
    return account("wechat_pay", url, **keys, **more)


def stripe(url: str = "http://127.0.0.1:9") -> GatewayAccount:
    """Add an account with Stripe."""
    return account("stripe", url, secret_key="sk_test_1", webhook_secret="whsec_1")


def asked(of: GatewayAccount, invoice: Invoice | None = None) -> Charge:
    """Ask for an invoice of 1,000.00."""
    return ask_charge((invoice or make.invoice()).number, account=of.code, by=make.boss())


def now() -> int:
    """Return the second it is: gateways hold their clock against ours."""
    return int(datetime.now(UTC).timestamp())


def of_alipay(charge: Charge, *, key: RSAPrivateKey = THEIRS, **more: str) -> tuple[str, dict[str, str]]:
    """Return a message of Alipay: its body and headers."""
    told = {
        "app_id": "2021001",
        "notify_id": "n-1",
        "notify_time": "2026-03-02 10:00:00",
        "out_trade_no": charge.number,
        "trade_no": "2026030222001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "1000.00",
        "subject": "发票 & 货款 = 1",
        "buyer_logon_id": "138****1111",
        "passback_params": "",
    } | more
    joined = "&".join(f"{name}={value}" for name, value in sorted(told.items()) if value)
    body = told | {"sign": signed(key, joined.encode()), "sign_type": "RSA2"}
    return urlencode(body), {"content_type": "application/x-www-form-urlencoded"}


def of_wechat(
    charge: Charge, *, key: RSAPrivateKey = THEIRS, api_key: str = API_KEY, at: int = 0, **more: Any
) -> tuple[str, dict[str, str]]:
    """Return a message of WeChat Pay: its body and headers."""
    content = {
        "mchid": "1900001",
        "out_trade_no": charge.number,
        "transaction_id": "4200001",
        "trade_state": "SUCCESS",
        "amount": {"total": 100000, "payer_total": 100000, "currency": "CNY"},
    } | more
    nonce, extra = secrets.token_hex(6), "transaction"
    sealed = AESGCM(api_key.encode()).encrypt(nonce.encode(), json.dumps(content).encode(), extra.encode())
    resource = {"algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode()}
    resource |= {"nonce": nonce, "associated_data": extra}
    body = json.dumps({"id": "EV-1", "event_type": "TRANSACTION.SUCCESS", "resource": resource})
    stamp = str(at or now())
    signature = signed(key, f"{stamp}\nabc\n{body}\n".encode())
    headers = {
        "HTTP_WECHATPAY_TIMESTAMP": stamp,
        "HTTP_WECHATPAY_NONCE": "abc",
        "HTTP_WECHATPAY_SERIAL": "PUB_KEY_ID_1",
        "HTTP_WECHATPAY_SIGNATURE": signature,
    }
    return body, {"content_type": "application/json", **headers}


def of_stripe(charge: Charge, *, key: str = "whsec_1", at: int = 0, **more: Any) -> tuple[str, dict[str, str]]:
    """Return a message of Stripe: its body and headers."""
    session = {
        "id": "cs_1",
        "client_reference_id": charge.number,
        "payment_status": "paid",
        "amount_total": 100000,
        "currency": "cny",
        "payment_intent": "pi_1",
    } | more
    body = json.dumps({"id": "evt_1", "type": "checkout.session.completed", "data": {"object": session}})
    stamp = at or now()
    mark = hmac.new(key.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    return body, {"content_type": "application/json", "HTTP_STRIPE_SIGNATURE": f"t={stamp},v0=x,v1={mark}"}


def tell(of: GatewayAccount, message: tuple[str, dict[str, str]], *, body: str | None = None) -> tuple[int, str]:
    """Send a message as the gateway does."""
    text, headers = message
    headers = dict(headers)
    kind = headers.pop("content_type")
    url = f"/api/v1/gateway-notices/{of.push_key}"
    answer = Client().post(url, text if body is None else body, content_type=kind, **headers)  # type: ignore[arg-type]
    return answer.status_code, answer.content.decode()


ALL: list[Any] = [
    pytest.param(alipay, of_alipay, "alipay", "success", id="alipay"),
    pytest.param(wechat, of_wechat, "wechat_pay", '{"code":"SUCCESS"}', id="wechat"),
    pytest.param(stripe, of_stripe, "stripe", "{}", id="stripe"),
]


@pytest.mark.parametrize(("add", "message", "method", "thanks"), ALL)
def test_a_signed_message_books_its_money_once(
    add: Callable[[], GatewayAccount], message: Callable[..., Any], method: str, thanks: str
) -> None:
    of = add()
    charge = asked(of)
    told = message(charge)
    assert [tell(of, told) for _ in range(3)] == [(200, thanks)] * 3
    payment = Payment.objects.get()
    charge.refresh_from_db()
    charge.invoice.refresh_from_db()
    assert (payment.method, str(payment.amount), payment.unallocated) == (method, "1000.00", 0)
    assert (charge.state, charge.payment, charge.invoice.open_amount) == ("paid", payment, 0)
    assert GatewayNotice.objects.get().payment == payment


@pytest.mark.parametrize(("add", "message", "method", "thanks"), ALL)
def test_what_is_not_signed_by_the_gateway_changes_nothing(
    add: Callable[[], GatewayAccount], message: Callable[..., Any], method: str, thanks: str
) -> None:
    of = add()
    charge = asked(of)
    forged = message(charge, key="whsec_2" if method == "stripe" else FOREIGN)
    true = message(charge)
    changed = true[0].replace("1000.00", "1.00") if method == "alipay" else true[0].replace("1", "2", 1)
    assert changed != true[0]
    before = make.everything()
    assert tell(of, forged)[0] == tell(of, true, body=changed)[0] == tell(of, true, body="")[0] == 401
    assert tell(of, (true[0], {"content_type": true[1]["content_type"]}), body="{}")[0] == 401
    assert make.everything() == before


@pytest.mark.parametrize(("add", "message"), [(wechat, of_wechat), (stripe, of_stripe)])
@pytest.mark.parametrize("off", [-301, 301])
def test_a_message_that_was_kept_is_too_old(
    add: Callable[[], GatewayAccount], message: Callable[..., Any], off: int
) -> None:
    of = add()
    assert tell(of, message(asked(of), at=now() + off))[0] == 401
    assert not Payment.objects.exists()


def test_messages_for_others_and_with_another_key_are_refused() -> None:
    of = wechat()
    charge = asked(of)
    assert tell(of, of_wechat(charge, mchid="1900002"))[0] == 401
    assert tell(of, of_wechat(charge, api_key="f" * 32))[0] == 401
    other = save_gateway_account(
        GatewayAccountInput(
            code="ali",
            gateway="alipay",
            name="A",
            settings={"app_id": "1", "private_key": private_pem(OURS), "alipay_public_key": public_text(THEIRS)},
        ),
        by=make.boss(),
        is_new=True,
    )
    assert tell(other, of_alipay(charge))[0] == 401
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("add", "told"),
    [
        (alipay, lambda one: of_alipay(one, trade_status="TRADE_CLOSED")),
        (alipay, lambda one: of_alipay(one, refund_fee="1.00")),
        (wechat, lambda one: of_wechat(one, trade_state="CLOSED")),
        (stripe, lambda one: of_stripe(one, payment_status="unpaid")),
        (stripe, lambda one: of_stripe(one, client_reference_id="PL-2026-999999")),
        (alipay, lambda one: of_alipay(one, out_trade_no="' or 1=1 --")),
    ],
)
def test_what_brings_no_money_or_is_not_ours_is_kept_and_books_nothing(
    add: Callable[[], GatewayAccount], told: Callable[[Charge], Any]
) -> None:
    of = add()
    charge = asked(of)
    assert tell(of, told(charge))[0] == 200
    assert not Payment.objects.exists()
    assert GatewayNotice.objects.count() == 1
    assert Charge.objects.get().state == "asked"


def test_another_message_of_the_same_payment_and_a_second_payment() -> None:
    of = alipay()
    charge = asked(of)
    tell(of, of_alipay(charge))
    tell(of, of_alipay(charge, notify_id="n-2", trade_status="TRADE_FINISHED"))
    assert Payment.objects.count() == 1
    tell(of, of_alipay(charge, notify_id="n-3", trade_no="2026030222002", total_amount="50.00"))
    second = Payment.objects.latest("pk")
    assert (str(second.amount), str(second.unallocated)) == ("50.00", "50.00")


def test_what_is_paid_by_the_link_of_a_deposit_is_held_for_it() -> None:
    of, order = alipay(), make.order(state="confirmed")
    deposit = request_deposit(order.number, kind="advance", percent=Decimal(30), by=make.boss())
    for wrong in ("300.01", "0"):
        with make.refused(Malformed):
            ask_deposit_charge(deposit.number, account=of.code, amount=Decimal(wrong), by=make.boss())
    charge = ask_deposit_charge(deposit.number, account=of.code, by=make.boss())
    other = ask_deposit_charge(deposit.number, account=of.code, amount=Decimal(100), by=make.boss())
    assert (charge.amount, charge.invoice, charge.deposit) == (300, None, deposit)
    told = of_alipay(charge, total_amount="300.00")
    assert [tell(of, told)[0] for _ in range(2)] == [200, 200]
    payment = Payment.objects.get()
    deposit.refresh_from_db()
    charge.refresh_from_db()
    assert (payment.method, payment.held, payment.unallocated, payment.provider) == ("alipay", 300, 0, "gateway:shop")
    assert (deposit.received, deposit.missing, charge.state, charge.payment) == (300, 0, "paid", payment)
    # It counts as one entered by hand: the invoice of the order takes it off.
    ship_order(order.number, by=make.boss())
    assert make.invoice(order).allocated == 300
    # Money is never lost: what comes by the other link when nothing is missing any more stays on the account.
    more = of_alipay(other, notify_id="n-2", trade_no="2026030222002", total_amount="100.00")
    assert tell(of, more) == (200, "success")
    second = Payment.objects.latest("pk")
    assert (second.held, second.unallocated) == (0, 100)
    with make.refused(Malformed):
        ask_deposit_charge(deposit.number, account=of.code, by=make.boss())


def test_money_for_a_deposit_that_was_withdrawn_stays_on_the_account() -> None:
    of = alipay()
    deposit = request_deposit(make.order().number, kind="advance", percent=Decimal(30), by=make.boss())
    charge = ask_deposit_charge(deposit.number, account=of.code, by=make.boss())
    withdraw_deposit(deposit.number, reason="另议", by=make.boss())
    assert tell(of, of_alipay(charge, total_amount="300.00"))[0] == 200
    payment = Payment.objects.get()
    charge.refresh_from_db()
    assert (payment.held, payment.unallocated, charge.state) == (0, 300, "paid")


def test_an_unknown_or_closed_address_takes_nothing() -> None:
    of = stripe()
    charge = asked(of)
    GatewayAccount.objects.update(is_active=False)
    assert tell(of, of_stripe(charge))[0] == 404
    assert Client().get(f"/api/v1/gateway-notices/{of.push_key}").status_code == 405
    assert not Payment.objects.exists()


def opened(desk: Callable[[Asked], Said]) -> AbstractContextManager[Depot]:
    """Open the gateway's server."""
    return open_depot(desk)


def test_alipay_is_asked_with_a_signature_and_believed_by_one() -> None:
    def desk(one: Asked) -> Said:
        form = {name: values[0] for name, values in parse_qs(one.body.decode()).items()}
        sign = base64.b64decode(form.pop("sign"))
        joined = "&".join(f"{name}={value}" for name, value in sorted(form.items()))
        OURS.public_key().verify(sign, joined.encode(), PKCS1v15(), hashes.SHA256())
        number = json.loads(form["biz_content"])["out_trade_no"]
        node = json.dumps({"code": "10000", "out_trade_no": number, "qr_code": "https://qr.alipay.com/x"})
        key = THEIRS if is_honest else FOREIGN
        return Said(f'{{"alipay_trade_precreate_response":{node},"sign":"{signed(key, node.encode())}"}}')

    with opened(desk) as depot:
        charge = asked(alipay(depot.url))
        is_honest = False
        open_charge(charge.pk, at=datetime.now(UTC))
        charge.refresh_from_db()
        assert (charge.state, charge.trouble) == ("failed", "the answer is not signed by Alipay")
        is_honest = True
        ask_charge_again(charge.number, by=make.boss())
        open_charge(charge.pk, at=datetime.now(UTC))
        open_charge(charge.pk, at=datetime.now(UTC))
    charge.refresh_from_db()
    assert (charge.state, charge.pay_url, len(depot.asked)) == ("open", "https://qr.alipay.com/x", 2)


def test_wechat_is_asked_with_a_signature_and_believed_by_one() -> None:
    def desk(one: Asked) -> Said:
        parts = dict(part.split("=", 1) for part in one.headers["authorization"].split(" ", 1)[1].split(","))
        found = {name: value.strip('"') for name, value in parts.items()}
        message = f"POST\n{one.path}\n{found['timestamp']}\n{found['nonce_str']}\n".encode() + one.body + b"\n"
        OURS.public_key().verify(base64.b64decode(found["signature"]), message, PKCS1v15(), hashes.SHA256())
        assert json.loads(one.body)["amount"] == {"total": 100000, "currency": "CNY"}
        body, stamp = b'{"code_url":"weixin://wxpay/x"}', str(now())
        headers = {"Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": "n", "Wechatpay-Serial": "PUB_KEY_ID_1"}
        headers["Wechatpay-Signature"] = signed(THEIRS, f"{stamp}\nn\n".encode() + body + b"\n")
        return Said(body, headers=headers)

    with opened(desk) as depot:
        charge = asked(wechat(depot.url))
        open_charge(charge.pk, at=datetime.now(UTC))
    charge.refresh_from_db()
    assert (charge.state, charge.pay_url, charge.trouble) == ("open", "weixin://wxpay/x", "")
    assert depot.asked[0].path == "/v3/pay/transactions/native"


def test_stripe_is_asked_under_our_number_and_its_refusal_is_shown() -> None:
    def desk(one: Asked) -> Said:
        if len(depot.asked) == 1:
            return Said(json.dumps({"error": {"type": "card_error", "message": "no"}}), status=402)
        form = parse_qs(one.body.decode())
        assert form["line_items[0][price_data][unit_amount]"] == ["100000"]
        return Said(json.dumps({"id": "cs_1", "url": "https://checkout.stripe.com/c/1"}))

    with opened(desk) as depot:
        charge = asked(stripe(depot.url))
        open_charge(charge.pk, at=datetime.now(UTC))
        charge.refresh_from_db()
        assert (charge.state, charge.trouble) == ("failed", "card_error: no")
        ask_charge_again(charge.number, by=make.boss())
        open_charge(charge.pk, at=datetime.now(UTC))
    charge.refresh_from_db()
    assert (charge.state, charge.remote_id) == ("open", "cs_1")
    assert {one.headers["idempotency-key"] for one in depot.asked} == {charge.number}
    assert {one.headers["authorization"] for one in depot.asked} == {"Bearer sk_test_1"}


@pytest.mark.parametrize("status", [0, 500])
def test_a_gateway_that_does_not_answer_is_asked_again_by_a_person(status: int) -> None:
    with opened(lambda _one: Said(status=status)) as depot:
        charge = asked(stripe(depot.url))
        open_charge(charge.pk, at=datetime.now(UTC))
    charge.refresh_from_db()
    assert charge.state == "failed" and charge.trouble and not charge.pay_url


def test_keys_are_never_shown_and_kept_where_they_are_left_out() -> None:
    of = stripe()
    given = GatewayAccountInput(code="shop", gateway="stripe", name="新名", settings={"webhook_secret": "whsec_2"})
    save_gateway_account(given, by=make.boss())
    assert tell(of, of_stripe(asked(of), key="whsec_2"))[0] == 200
    assert b"sk_test_1" not in bytes(GatewayAccount.objects.get().sealed)
