"""Files that are sent: Excel's “Unicode text” (UTF-16) is read like any other; faults name the field of the body."""

import base64

import pytest

from shundan.exchange.sheets.reading import read_sheet
from shundan.kernel.texts import as_utf8
from tests.api.client import Api
from tests.settlement.samples import bank_csv

pytestmark = pytest.mark.django_db


def _sent(text: str, encoding: str = "utf-16") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


def test_rates_in_unicode_text_are_taken(zhao: Api) -> None:
    taken = zhao.post("/exchange-rates/files", {"content": _sent("币种\t日期\t汇率\nUSD\t2026-03-02\t7.1\n")})
    assert taken.status == 201, taken.body
    assert zhao.get("/exchange-rates?currency=USD").body["items"][0]["rate"] == "7.1"


def test_bank_statements_in_unicode_text_are_taken(zhao: Api) -> None:
    text = bank_csv("20260302,1000.00,,,博远,,货款,L1").decode("gb18030")
    taken = zhao.post("/bank-statements", {"name": "三月.txt", "content": _sent(text), "account": "工行 1234"})
    assert (taken.status, taken.body["items"][0]["entries_new"]) == (201, 1), taken.body


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_sheets_are_read_in_whatever_excel_saves(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    sheet = read_sheet("订单.txt", f"{mark}客户\t商品\n博远\t螺丝\n".encode(encoding))
    assert (sheet.head, sheet.rows) == (("客户", "商品"), [(2, ["博远", "螺丝"])])


def test_what_only_looks_like_wide_text_is_left_alone() -> None:
    assert as_utf8(b"\xff\xfe\x00") == b"\xff\xfe\x00"
    assert as_utf8("币种".encode("gb18030")) == "币种".encode("gb18030")


def test_a_fault_of_a_file_names_the_field_that_carries_it(zhao: Api) -> None:
    reply = zhao.post("/exchange-rates/files", {"content": _sent("a\tb\n1\t2\n")})
    assert (reply.status, reply.places) == (422, {"body.content": "no_headings"})
