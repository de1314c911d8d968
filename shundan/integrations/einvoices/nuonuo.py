"""Nuonuo (诺诺, 诺税通 SaaS) as gateway for fully digital e-invoices: signed JSON at one address, a method by header.

Confirmed from its published interface documents (V2.0) and published requests, answers and a test vector: the
signature, `requestBillingNew` with its duplicate order number (E9106), `queryInvoiceResult` with its states,
`saveInvoiceRedConfirm`, `queryInvoiceRedConfirm` with the states of a form, `confirm`, `confirmInfoCancel`. Not
confirmed against the running service: nobody here has an account. The access token is got in Nuonuo's own console and
entered; it is not renewed by the house.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from django.utils.translation import gettext_lazy as _

from shundan.einvoices.registries import (
    RATES,
    SPECIAL,
    Gateway,
    GatewayAway,
    GatewayRefused,
    GatewaySetting,
    OpenedGateway,
    TaxDocument,
    TaxedLine,
    Told,
)
from shundan.fulfilment.registries import CarrierAway
from shundan.integrations.carriers.http import call, json_of

CHINA = ZoneInfo("Asia/Shanghai")
SUCCESS, DUPLICATE, NOT_FOUND = "E0000", "E9106", "E9500"
INVOICE_LINES = {True: "bs", False: "pc"}
ISSUED, VOID, FAILED = "2", ("3", "31"), ("22", "24")
# States of a confirmation form (红字确认单) in our words.
FORM_STATES = {
    "01": "confirmed",
    "02": "waiting",
    "03": "waiting",
    "04": "confirmed",
    "05": "refused",
    "06": "refused",
    "07": "refused",
    "08": "revoked",
    "09": "revoked",
    "15": "requested",
    "16": "refused",
}
ENDS = {"05": "denied", "06": "denied", "07": "expired", "16": "not_accepted"}
RED_REASONS = {"returned": "1", "wrong": "2", "stopped": "3", "discount": "4"}
# What zero means: zero rate (by export), exempt, not taxable.
ZERO_FLAGS = {"zero": "0", "exempt": "1", "untaxed": "2"}
POLICIES = {"exempt": "03", "untaxed": "04"}
SELLER = "0"


class Nuonuo:
    """Speak to Nuonuo with one account."""

    def __init__(self, account: OpenedGateway) -> None:
        self.url, self.settings = account.base_url, account.settings

    def issue(self, document: TaxDocument) -> Told:
        """Ask for an invoice; an order number that Nuonuo knows is ours of an earlier try."""
        code, said, _result = self._ask("nuonuo.OpeMplatform.requestBillingNew", {"order": self._order(document)})
        if code == DUPLICATE:
            return self.look(document.key)
        self._require(code, said)
        return Told(state="requested")

    def look(self, key: str) -> Told:
        """Tell how the invoice of a key stands."""
        wanted = {"orderNos": [key], "isOfferInvoiceDetail": "0"}
        code, said, result = self._ask("nuonuo.OpeMplatform.queryInvoiceResult", wanted)
        if code == NOT_FOUND:
            return Told(state="requested", text=said)
        self._require(code, said)
        return _told_of(_first(result))

    def request_red(self, document: TaxDocument) -> Told:
        """Ask for a red-letter confirmation; the whole invoice needs no lines."""
        form: dict[str, Any] = {
            "billId": document.key,
            "blueInvoiceLine": INVOICE_LINES[document.medium == SPECIAL],
            "applySource": SELLER,
            "blueElecInvoiceNumber": document.original,
            "sellerTaxNo": document.seller.tax_number,
            "sellerName": document.seller.name,
            "buyerTaxNo": document.buyer.tax_number,
            "buyerName": document.buyer.name,
            "redReason": RED_REASONS[document.reason],
            "extensionNumber": self.settings.get("extension_number", ""),
        }
        if not document.is_whole:
            form["detail"] = [_red_line(line) for line in document.lines]
        code, said, _result = self._ask("nuonuo.OpeMplatform.saveInvoiceRedConfirm", form)
        if code != SUCCESS:
            # A form of this key may be there from an earlier try.
            known = self._form(document.key)
            if known is None:
                self._require(code, said)
        return self.look_red(document.key)

    def look_red(self, key: str) -> Told:
        """Tell how the red letter of a key stands; issued once the red invoice has its number."""
        form = self._form(key)
        if form is None:
            return Told(state="requested")
        status = str(form.get("billStatus") or "")
        number = str(form.get("billNo") or "")
        state = FORM_STATES.get(status, "requested")
        if state == "confirmed" and form.get("invoiceSerialNum"):
            wanted = {"serialNos": [str(form["invoiceSerialNum"])], "isOfferInvoiceDetail": "0"}
            code, _said, result = self._ask("nuonuo.OpeMplatform.queryInvoiceResult", wanted)
            told = _told_of(_first(result)) if code == SUCCESS else Told(state="confirmed")
            if told.state == "issued":
                return Told(
                    state="issued",
                    number=told.number,
                    issued_at=told.issued_at,
                    files=told.files,
                    form_number=number,
                )
        text = str(form.get("billMessage") or "")
        return Told(state=state, form_number=number, code=ENDS.get(status, ""), text=text)

    def revoke_red(self, key: str) -> None:
        """Take back a form of ours."""
        extension = self.settings.get("extension_number", "")
        wanted = {"billId": key, "identity": SELLER, "extensionNumber": extension}
        code, said, _result = self._ask("nuonuo.OpeMplatform.confirmInfoCancel", wanted)
        self._require(code, said)

    def answer_red(self, key: str, *, agrees: bool, reason: str) -> None:
        """Agree to a form that the buyer asked for, or refuse it."""
        wanted = {
            "billId": key,
            "identity": SELLER,
            "confirmAgreement": "1" if agrees else "0",
            "confirmReason": reason[:200],
            "extensionNumber": self.settings.get("extension_number", ""),
        }
        code, said, _result = self._ask("nuonuo.OpeMplatform.confirm", wanted)
        self._require(code, said)

    def fetch(self, url: str) -> bytes:
        """Return a file; it may lie at another address, so no credentials go along."""
        own = httpx.URL(self.url).host
        if not url.startswith("https://") and httpx.URL(url).host != own:
            raise GatewayRefused("no_file", "the file is not at a safe address")
        answer = _sent("GET", url)
        if answer.status_code != 200:
            raise GatewayAway(f"HTTP {answer.status_code}")
        return answer.content

    def _form(self, key: str) -> dict[str, Any] | None:
        wanted = {"identity": SELLER, "billId": key}
        code, said, result = self._ask("nuonuo.OpeMplatform.queryInvoiceRedConfirm", wanted)
        self._require(code, said)
        found = result.get("list") if isinstance(result, dict) else result
        return found[0] if found else None

    def _require(self, code: str, said: str) -> None:
        if code != SUCCESS:
            raise GatewayRefused(code, said)

    def _ask(self, method: str, message: Mapping[str, Any]) -> tuple[str, str, Any]:
        """Send one signed request; return its code, words and result (Any: JSON)."""
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        key, senid = self.settings["app_key"], uuid.uuid4().hex
        nonce, at = str(10_000_000 + secrets.randbelow(90_000_000)), str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Nuonuo-Sign": sign_of_nuonuo(self.settings["app_secret"], key, senid, nonce, at, body),
            "accessToken": self.settings["access_token"],
            "userTax": self.settings["tax_number"],
            "method": method,
        }
        query = {"senid": senid, "nonce": nonce, "timestamp": at, "appkey": key}
        answer = _sent("POST", self.url, params=query, content=body.encode(), headers=headers)
        try:
            content = json_of(answer)
        except CarrierAway as away:
            raise GatewayAway(str(away)) from away
        if not isinstance(content, dict) or not content.get("code"):
            raise GatewayAway(f"HTTP {answer.status_code} without a code")
        return str(content["code"]), str(content.get("describe") or ""), content.get("result")

    def _order(self, document: TaxDocument) -> dict[str, Any]:
        buyer, seller = document.buyer, document.seller
        return {
            "orderNo": document.key,
            "invoiceDate": datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "invoiceType": "1",
            "invoiceLine": INVOICE_LINES[document.medium == SPECIAL],
            "extensionNumber": self.settings.get("extension_number", ""),
            "salerTaxNum": seller.tax_number,
            "salerTel": seller.phone,
            "salerAddress": seller.address,
            "salerAccount": f"{seller.bank_name} {seller.bank_account}".strip(),
            "buyerName": buyer.name,
            "buyerTaxNum": buyer.tax_number,
            "buyerTel": buyer.phone,
            "buyerAddress": buyer.address,
            "buyerAccount": f"{buyer.bank_name} {buyer.bank_account}".strip(),
            "naturalPersonFlag": "1" if buyer.is_person else "0",
            # The house sends its papers itself.
            "pushMode": "-1",
            "clerk": self.settings.get("clerk") or document.drawer,
            "remark": document.remark,
            "invoiceDetail": [_line(line) for line in document.lines],
        }


def sign_of_nuonuo(secret: str, key: str, senid: str, nonce: str, at: str, body: str) -> str:
    """Return the signature of a request: Base64 of HMAC-SHA1 over what the fixed path and the body say."""
    said = f"a=services&l=v1&p=open&k={key}&i={senid}&n={nonce}&t={at}&f={body}"
    return base64.b64encode(hmac.new(secret.encode(), said.encode(), hashlib.sha1).digest()).decode()


def _sent(method: str, url: str, **given: Any) -> httpx.Response:
    try:
        return call(method, url, **given)
    except CarrierAway as away:
        raise GatewayAway(str(away)) from away


def _first(result: Any) -> Mapping[str, Any]:
    found = result[0] if isinstance(result, list) and result else result
    return found if isinstance(found, dict) else {}


def _told_of(invoice: Mapping[str, Any]) -> Told:
    status, words = str(invoice.get("status") or ""), str(invoice.get("statusMsg") or "")
    if status == ISSUED:
        at = invoice.get("invoiceTime")
        return Told(
            state="issued",
            number=str(invoice.get("allElectronicInvoiceNumber") or invoice.get("invoiceNo") or ""),
            issued_at=datetime.fromtimestamp(int(at) / 1000, UTC) if at else None,
            files={kind: str(invoice[f"{kind}Url"]) for kind in ("pdf", "ofd", "xml") if invoice.get(f"{kind}Url")},
        )
    if status in FAILED or status in VOID:
        return Told(state="refused", code=f"status_{status}", text=str(invoice.get("failCause") or words))
    return Told(state="requested")


def _line(line: TaxedLine) -> dict[str, str]:
    return {
        "goodsName": line.name[:90],
        "goodsCode": line.code,
        "unit": line.unit[:20],
        "withTaxFlag": "0",
        "num": _plain(line.quantity),
        "price": _plain(line.price),
        "taxRate": _plain(line.rate),
        "taxExcludedAmount": f"{line.net:.2f}",
        "tax": f"{line.tax:.2f}",
        "taxIncludedAmount": f"{line.net + line.tax:.2f}",
        "invoiceLineProperty": "0",
        "favouredPolicyFlag": POLICIES.get(line.no_tax, "0"),
        "zeroRateFlag": ZERO_FLAGS.get(line.no_tax, ""),
    }


def _red_line(line: TaxedLine) -> dict[str, str]:
    return {
        "blueDetailIndex": str(line.position),
        "goodsName": line.name[:90],
        "unit": line.unit[:20],
        "num": _plain(line.quantity),
        "taxExcludedPrice": _plain(line.price),
        "taxExcludedAmount": f"{line.net:.2f}",
        "taxAmount": f"{line.tax:.2f}",
        "taxRate": _plain(line.rate),
        "goodsCode": line.code,
    }


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


NUONUO = Gateway(
    code="nuonuo",
    label=_("Nuonuo (诺税通)"),
    open=Nuonuo,
    settings=(
        GatewaySetting("app_key", _("App key")),
        GatewaySetting("app_secret", _("App secret"), is_secret=True),
        GatewaySetting("access_token", _("Access token"), is_secret=True),
        GatewaySetting("tax_number", _("Our tax number at the gateway")),
        GatewaySetting("extension_number", _("Extension number (分机号)"), is_required=False),
        GatewaySetting("clerk", _("Issuer (开票人)"), is_required=False, help=_("Left empty, whoever sends it.")),
        GatewaySetting("rates", _("Allowed tax rates"), default=RATES, help=_("As shares, with blanks between.")),
    ),
    base_url="https://sdk.nuonuo.com/open/v1/services",
)
