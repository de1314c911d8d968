"""The files that accounting systems read: generic CSV, vouchers for 用友 and 金蝶 (docs/guide/accounting.md).

The same journals always give the same bytes.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """An entry as files need it: names and codes instead of references."""

    number: str
    sequence: int
    position: int
    booked_on: date
    text: str
    document: str
    account: str
    account_name: str
    debit: Decimal
    credit: Decimal
    currency: str
    exchange_rate: Decimal
    document_amount: Decimal
    customer: str
    customer_name: str
    supplier: str
    supplier_name: str
    department: str
    department_name: str
    category: str
    maker: str


CSV_COLUMNS = (
    "number",
    "date",
    "line",
    "text",
    "document",
    "account",
    "account_name",
    "debit",
    "credit",
    "currency",
    "exchange_rate",
    "document_amount",
    "customer",
    "customer_name",
    "supplier",
    "supplier_name",
    "department",
    "department_name",
    "product_class",
)
# 金蝶: field names of its published interface for vouchers, in their published order.
KINGDEE_COLUMNS = (
    "FDate",
    "FPeriod",
    "FGroup",
    "FNum",
    "FEntryID",
    "FExp",
    "FAcctID",
    "FClsName1",
    "FObjID1",
    "FObjName1",
    "FClsName2",
    "FObjID2",
    "FObjName2",
    "FClsName3",
    "FObjID3",
    "FObjName3",
    "FClsName4",
    "FObjID4",
    "FObjName4",
    "FTransID",
    "FCyID",
    "FExchRate",
    "FDC",
    "FFCyAmt",
    "FQty",
    "FPrice",
    "FDebit",
    "FCredit",
)
WORD = "记"
COMPANY_CODE = "RMB"


def csv_file(lines: Iterable[FileLine]) -> bytes:
    """Return a file for spreadsheets and systems of any kind, one line an entry, with headings."""
    rows = [
        [
            one.number,
            one.booked_on.isoformat(),
            one.position,
            _plain(one.text),
            one.document,
            one.account,
            one.account_name,
            one.debit,
            one.credit,
            one.currency,
            one.exchange_rate.normalize(),
            one.document_amount,
            one.customer,
            one.customer_name,
            one.supplier,
            one.supplier_name,
            one.department,
            one.department_name,
            one.category,
        ]
        for one in lines
    ]
    return b"\xef\xbb\xbf" + _written([CSV_COLUMNS, *rows]).encode()


def yonyou_file(lines: Iterable[FileLine]) -> bytes:
    """Return the text that 用友's 总账工具 reads: `填制凭证,V800`, then an entry a line, fields by comma, GB 18030.

    Date, word and number tell vouchers apart, so entries of one voucher stand together.
    """
    rows = ["填制凭证,V800"]
    for one in lines:
        is_foreign = one.currency != "CNY" and one.document_amount != 0
        fields = [
            one.booked_on.isoformat(),
            WORD,
            str(one.sequence),
            "0",
            _short(one.text, 60),
            one.account,
            f"{one.debit:.2f}",
            f"{one.credit:.2f}",
            "0",
            f"{one.document_amount:.2f}" if is_foreign else "0",
            f"{one.exchange_rate:.8f}".rstrip("0").rstrip(".") if is_foreign else "0",
            _short(one.maker, 20),
            "",  # way of settlement
            _short(one.document, 30),
            one.booked_on.isoformat(),
            _short(one.department, 12),
            "",  # employee
            _short(one.customer, 20),
            _short(one.supplier, 20),
            "",  # salesperson
            _short(one.category, 60),
        ]
        rows.append(",".join(fields))
    return ("\r\n".join(rows) + "\r\n").encode("gb18030")


def kingdee_file(lines: Iterable[FileLine]) -> bytes:
    """Return the fields of 金蝶's voucher interface as CSV, which its import and Excel open; GB 18030."""
    rows: list[Sequence[object]] = [KINGDEE_COLUMNS]
    for one in lines:
        classes = [
            ("客户", one.customer, one.customer_name),
            ("供应商", one.supplier, one.supplier_name),
            ("部门", one.department, one.department_name),
            ("物料类别", one.category, ""),
        ]
        given = [(name, code, label) for name, code, label in classes if code]
        rows.append(
            [
                one.booked_on.strftime("%Y%m%d"),
                one.booked_on.month,
                WORD,
                one.sequence,
                one.position - 1,
                _short(one.text, 40),
                one.account,
                *[field for at in range(4) for field in (given[at] if at < len(given) else ("", "", ""))],
                _short(one.document, 30),
                COMPANY_CODE if one.currency == "CNY" else one.currency,
                f"{one.exchange_rate:.8f}",
                "D" if one.debit else "C",
                f"{one.document_amount:.2f}",
                0,
                0,
                f"{one.debit:.2f}",
                f"{one.credit:.2f}",
            ]
        )
    return _written(rows).encode("gb18030")


def _written(rows: Iterable[Sequence[object]]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows(rows)
    return target.getvalue()


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _short(text: str, length: int) -> str:
    return " ".join(text.replace(",", "，").split())[:length]


# Written as files; `rest` is fetched row by row.
WRITERS: Mapping[str, Callable[[Iterable[FileLine]], bytes]] = MappingProxyType(
    {"csv": csv_file, "yonyou": yonyou_file, "kingdee": kingdee_file}
)
FORMATS = (*WRITERS, "rest")
SUFFIXES = MappingProxyType({"csv": "csv", "yonyou": "txt", "kingdee": "csv"})
