"""EMS of China Post by its platform for contract customers: a form whose message is SM4 (ECB) over JSON + key.

`logitcsInterface` (their spelling) is "|$4|" and Base64(SM4(message + key in Base64)); the key that closes the message
says who wrote it, in pushes too. Confirmed from published requests, answers and pushes: order (020003), cancel
(020006), label as the address of a PDF or as Base64 (010004), traces (040001) and their push (040002). Of the codes of
what happened only some are published; what is unknown is a step on the way. Not confirmed, therefore not offered:
prices (the unit of weight), and what a second order of one number answers; so an answer that is lost is never repeated
by itself.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.registries import (
    CANCEL,
    CREATE,
    LABEL,
    PUSH,
    TRACK,
    Account,
    BadSignature,
    Booked,
    Carrier,
    CarrierRefused,
    Consignment,
    Place,
    Pushed,
    Scan,
    Setting,
    Tracked,
)
from shundan.integrations.carriers.china import china_moment, china_stamp, compact, goods_of
from shundan.integrations.carriers.http import NothingOffered, call, json_of, pdf_from, pdf_of_base64
from shundan.integrations.rules import EMS_FORM, is_postal_number

DONE = "00000"
SEALED = "|$4|"
GOODS = 3
STATES = {
    "203": "accepted",
    "702": "out_for_delivery",
    "748": "out_for_delivery",
    "704": "delivered",
    "705": "exception",
    "711": "returned",
}


class Ems(NothingOffered):
    """Speak to EMS with one account."""

    def __init__(self, account: Account) -> None:
        self.url, given = account.base_url, account.settings
        self.sender, self.authorization, self.key = given["sender_no"], given["authorization"], given["sign_key"]
        self.template = given.get("template") or "129"

    def create(self, consignment: Consignment) -> Booked:
        """Order a waybill (020003)."""
        order = {
            "ecommerceUserId": consignment.order_key,
            "logisticsOrderNo": consignment.order_key,
            "createdTime": china_stamp(),
            "contentsAttribute": GOODS,
            "bizProductNo": consignment.service or "10",
            "remarks": consignment.remark,
            "sender": _person(consignment.sender),
            "receiver": _person(consignment.receiver),
            "cargos": [
                {"cargoName": one.name, "cargoQuantity": int(one.quantity) or 1} for one in consignment.cargo[:20]
            ]
            or [{"cargoName": goods_of(consignment), "cargoQuantity": 1}],
        }
        made = self._ask("020003", [order])
        made = made[0] if isinstance(made, list) and made else made
        number = str(made.get("waybillNo") or "") if isinstance(made, dict) else ""
        if not number:
            raise CarrierRefused("no_waybill", "the answer names no waybill")
        return Booked(tracking_number=number, reference=str(made.get("routeCode") or ""))

    def label(self, consignment: Consignment, booked: Booked) -> bytes:
        """Return the label (010004), fetched from where the answer says it lies."""
        asked = {"waybillNo": booked.tracking_number, "type": self.template, "getURL": "1"}
        told = str(self._ask("010004", asked) or "").strip()
        return pdf_from(told, base_url=self.url) if told.startswith("http") else pdf_of_base64(told)

    def cancel(self, consignment: Consignment, booked: Booked) -> None:
        """Take the order back (020006)."""
        asked = {
            "logisticsOrderNo": consignment.order_key,
            "waybillNo": booked.tracking_number,
            "cancelReason": "寄件人取消",
        }
        self._ask("020006", asked)

    def track(self, numbers: Sequence[str]) -> list[Tracked]:
        """Return the traces of waybills (040001), which EMS tells one by one."""
        found = []
        for number in numbers:
            told = self._ask("040001", {"waybillNo": number, "direction": "0"})
            items = told.get("responseItems") if isinstance(told, dict) else told
            found.append(Tracked(number, tuple(filter(None, map(_scan, items or [])))))
        return found

    def _ask(self, code: str, message: Mapping[str, Any] | list[Any]) -> Any:
        """Send one message and return what is inside the answer (Any: JSON). Raises: CarrierAway, CarrierRefused."""
        form = {
            "apiCode": code,
            "senderNo": self.sender,
            "authorization": self.authorization,
            "msgType": "0",
            "timeStamp": china_stamp(),
            "version": "V1.0.0",
            "logitcsInterface": ems_seal(compact(message), self.key),
        }
        told = json_of(call("POST", self.url, data=form))
        if str(told.get("retCode") or told.get("code") or "") != DONE:
            raise CarrierRefused(str(told.get("retCode") or ""), str(told.get("retMsg") or ""))
        inner = told.get("retBody")
        if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
            return json.loads(inner)
        return inner


def ems_seal(text: str, key: str) -> str:
    """Return a message as the platform wants it: with the key behind it, sealed by SM4. Raises: CarrierRefused."""
    padder = PKCS7(128).padder()
    writer = _cipher(key).encryptor()
    padded = padder.update(f"{text}{key}".encode()) + padder.finalize()
    return SEALED + base64.b64encode(writer.update(padded) + writer.finalize()).decode()


def ems_open(sealed: str, key: str) -> str:
    """Return what a sealed message says, without the key that closes it. Raises: BadSignature for anything else."""
    try:
        content = base64.b64decode(sealed.removeprefix(SEALED), validate=True)
        reader, unpadder = _cipher(key).decryptor(), PKCS7(128).unpadder()
        padded = reader.update(content) + reader.finalize()
        text = (unpadder.update(padded) + unpadder.finalize()).decode()
    except (binascii.Error, ValueError, CarrierRefused) as error:
        raise BadSignature("not sealed with our key") from error
    if not hmac.compare_digest(text[-len(key) :].encode(), key.encode()):
        raise BadSignature("not closed with our key")
    return text[: -len(key)]


def read_ems_push(account: Account, headers: Mapping[str, str], body: bytes) -> Pushed:
    """Read one pushed trace (040002). Raises: BadSignature."""
    try:
        message = json.loads(body)
        told = json.loads(ems_open(str(message["logitcsInterface"]), account.settings["sign_key"]))
        items = told if isinstance(told, list) else [told]
        scans: dict[str, list[Scan]] = {}
        for one in items:
            scan = _scan(one)
            if scan is not None:
                scans.setdefault(str(one["waybillNo"]), []).append(scan)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSignature("no trace") from error
    answer = {
        "serialNo": str(message.get("serialNo") or ""),
        "code": DONE,
        "codeMessage": "",
        "senderNo": account.settings["sender_no"],
    }
    return Pushed(tuple(Tracked(number, tuple(found)) for number, found in scans.items()), answer)


def _cipher(key: str) -> Cipher[modes.ECB]:
    try:
        plain = base64.b64decode(key, validate=True)
        return Cipher(algorithms.SM4(plain), modes.ECB())  # noqa: S305 - theirs
    except (binascii.Error, ValueError) as error:
        raise CarrierRefused("bad_key", "the signing key is not 16 bytes in Base64") from error


def _person(place: Place) -> dict[str, str]:
    return {
        "name": place.contact or place.company,
        "mobile": place.phone,
        "postCode": place.postal_code,
        "prov": place.province,
        "city": place.city,
        "county": place.district,
        "address": place.street,
    }


def _scan(told: Mapping[str, Any]) -> Scan | None:
    at, code = china_moment(told.get("opTime")), str(told.get("opCode") or "")
    if at is None:
        return None
    words = f"{told.get('opName') or ''}{told.get('opDesc') or ''}"
    state = STATES.get(code) or ("returned" if "退回" in words else "in_transit")
    place = " ".join(str(told[name]) for name in ("opOrgCity", "opOrgName") if told.get(name))
    return Scan(at, state, code, str(told.get("opDesc") or told.get("opName") or ""), place)


EMS = Carrier(
    code="ems",
    label=_("EMS (China Post)"),
    open=Ems,
    settings=(
        Setting("sender_no", _("Contract customer number")),
        Setting("authorization", _("Authorization code"), is_secret=True),
        Setting("sign_key", _("Signing key (SM4, Base64)"), is_secret=True),
        Setting("template", _("Label template"), is_required=False, default="129"),
    ),
    services=(
        ("10", _("EMS E-commerce")),
        ("11", _("EMS Standard")),
        ("1", _("EMS Express")),
        ("2", _("Parcel post")),
    ),
    abilities=frozenset({CREATE, LABEL, CANCEL, TRACK, PUSH}),
    base_url="https://api.ems.com.cn/amp-prod-api/f/amp/api/open",
    number_form=EMS_FORM,
    number_check=is_postal_number,
    read_push=read_ems_push,
)
