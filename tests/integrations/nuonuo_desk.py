"""A server of ours that speaks Nuonuo's format: it checks signatures and keeps invoices and confirmation forms."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shundan.integrations.einvoices.nuonuo import sign_of_nuonuo
from tests.integrations.depot import Asked, Said

KEYS = {
    "app_key": "Hn0001",
    "app_secret": "F65secret",
    "access_token": "2d484etoken",
    "tax_number": "91310000MA1K30001G",
}
NUMBER = "26312000000123456789"
RED_NUMBER = "26312000000987654321"


@dataclass
class NuonuoDesk:
    """What it knows, how a form stands, and the trouble it has.

    `loses`: how many answers get lost after it has acted. `refuses`: the words of a refusal to issue.
    """

    issued: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    methods: list[str] = field(default_factory=list)
    loses: int = 0
    refuses: str = ""
    fails: str = ""
    form_status: str = "02"
    base_url: str = ""
    has_file: bool = True

    def __call__(self, asked: Asked) -> Said:
        if asked.path == "/file.pdf":
            return Said(b"%PDF-1.4 fapiao") if self.has_file else Said(status=404)
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        body = asked.body.decode()
        expected = sign_of_nuonuo(
            KEYS["app_secret"], query["appkey"], query["senid"], query["nonce"], query["timestamp"], body
        )
        if asked.headers["x-nuonuo-sign"] != expected or asked.headers["accesstoken"] != KEYS["access_token"]:
            return _said("070304", "签名错误")
        method = asked.headers["method"].removeprefix("nuonuo.OpeMplatform.")
        self.methods.append(method)
        answer: Said = getattr(self, f"_{method}")(json.loads(body))
        if self.loses:
            self.loses -= 1
            return Said(status=0)
        return answer

    def _requestBillingNew(self, message: dict[str, Any]) -> Said:  # noqa: N802 - theirs
        order = message["order"]
        if self.refuses:
            return _said("E9113", self.refuses)
        if order["orderNo"] in self.issued:
            return _said("E9106", "订单编号不能重复")
        self.issued[order["orderNo"]] = order
        return _said("E0000", "开票提交成功", {"invoiceSerialNum": "20160108165823395151"})

    def _queryInvoiceResult(self, message: dict[str, Any]) -> Said:  # noqa: N802 - theirs
        if message.get("serialNos"):
            return _said("E0000", "", [self._done(RED_NUMBER)])
        if message["orderNos"][0] not in self.issued:
            return _said("E9500", "未查询到发票")
        if self.fails:
            return _said("E0000", "", [{"status": "22", "statusMsg": "开票失败", "failCause": self.fails}])
        return _said("E0000", "", [self._done(NUMBER)])

    def _done(self, number: str) -> dict[str, Any]:
        pdf = f"{self.base_url}/file.pdf"
        return {
            "status": "2",
            "allElectronicInvoiceNumber": number,
            "invoiceTime": 1772413200000,
            "pdfUrl": pdf,
        }

    def _saveInvoiceRedConfirm(self, message: dict[str, Any]) -> Said:  # noqa: N802 - theirs
        if message["billId"] in self.forms:
            return _said("E9999", "红字确认单申请号重复")
        self.forms[message["billId"]] = message
        return _said("E0000", "成功", message["billId"])

    def _queryInvoiceRedConfirm(self, message: dict[str, Any]) -> Said:  # noqa: N802 - theirs
        if message["billId"] not in self.forms:
            return _said("E0000", "查询成功", {"total": "0", "list": []})
        form = {"billId": message["billId"], "billNo": "1403011906000993", "billStatus": self.form_status}
        if self.form_status in ("01", "04"):
            form |= {"openStatus": "1", "invoiceSerialNum": "23050817123456789012"}
        if self.form_status == "05":
            form |= {"billMessage": "购方否认：货物未退回"}
        return _said("E0000", "查询成功", {"total": "1", "list": [form]})

    def _confirmInfoCancel(self, message: dict[str, Any]) -> Said:  # noqa: N802 - theirs
        if self.form_status not in ("01", "02", "04"):
            return _said("E9701", "当前状态不允许撤销")
        self.form_status = "08"
        return _said("E0000", "请求成功")

    def _confirm(self, message: dict[str, Any]) -> Said:
        self.forms[message["billId"]] = message
        return _said("E0000", "请求成功")


def _said(code: str, words: str, result: Any = None) -> Said:
    return Said(json.dumps({"code": code, "describe": words, "result": result}, ensure_ascii=False))
