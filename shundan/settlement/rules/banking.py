"""Files of banks (CSV, CAMT.053, MT940) read into one form; whatever is not understood is refused, never guessed."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from mt940.models import Transactions

from shundan.kernel.texts import as_utf8

ZERO = Decimal(0)
LARGEST = 5 * 1024 * 1024
MOST_ENTRIES = 20_000
HEADING_ROWS = 30

# What the columns of CSV files are called, in small letters and without spaces.
COLUMNS: dict[str, tuple[str, ...]] = {
    "day": ("交易日期", "记账日期", "入账日期", "交易时间", "日期", "bookingdate", "bookedon", "date", "valuedate"),
    "amount": ("交易金额", "发生额", "金额", "amount", "transactionamount"),
    "credit": ("贷方发生额", "贷方金额", "收入金额", "收入", "存入金额", "credit", "creditamount", "paidin", "moneyin"),
    "debit": ("借方发生额", "借方金额", "支出金额", "支出", "转出金额", "debit", "debitamount", "paidout", "moneyout"),
    "sign": ("借贷标志", "借贷方向", "收支方向", "收支", "借/贷", "creditdebit", "debitcredit", "direction"),
    "payer": (
        "对方户名",
        "对方账户名称",
        "对方名称",
        "付款人名称",
        "付款人",
        "对方单位",
        "payer",
        "counterparty",
        "name",
    ),
    "payer_account": ("对方账号", "对方帐号", "对方账户", "付款人账号", "payeraccount", "counterpartyaccount", "iban"),
    "text": ("摘要", "用途", "附言", "备注", "交易附言", "text", "description", "purpose", "remittance", "details"),
    "reference": ("交易流水号", "流水号", "核心流水号", "凭证号", "业务编号", "reference", "transactionid", "id"),
    "currency": ("币种", "货币", "currency"),
    "account": ("本方账号", "账号", "account", "accountnumber"),
    "balance": ("余额", "账户余额", "balance"),
}
CREDITS = ("贷", "收", "收入", "进", "来账", "c", "cr", "crdt", "credit", "in")
DEBITS = ("借", "支", "支出", "付", "往账", "d", "dr", "dbit", "debit", "out")
CURRENCIES = {"人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "156": "CNY", "美元": "USD", "欧元": "EUR"}
# 1.234,56 and 100,00 as most of Europe writes; 1,234.56 and 12,3456 (万) as others do. Never is a cent a hundred.
DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}")
GROUPED = re.compile(r"[+-]?\d{1,4}(,\d{3,4})+(\.\d{1,4})?")
DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%d.%m.%Y", "%Y年%m月%d日")


class Unreadable(Exception):
    """A file does not say what a statement says; `code` tells what is missing and `row` where."""

    def __init__(self, code: str, *, row: int = 0) -> None:
        super().__init__(code)
        self.code, self.row = code, row


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of an account: above 0 money came in."""

    booked_on: date
    amount: Decimal
    currency: str
    payer: str = ""
    payer_account: str = ""
    text: str = ""
    reference: str = ""
    # Which row of a CSV file says it, else which movement of its statement it is; the same one on another row.
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What a file says of one account; balances are None where it does not say them."""

    form: str
    account: str
    movements: Sequence[Movement]
    opening: Decimal | None = None
    closing: Decimal | None = None


def read_extracts(content: bytes, *, account: str = "", currency: str = "CNY") -> list[Extract]:
    """Return what a bank's file says, by account; `account` and `currency` hold where a CSV does not say them.

    Raises: Unreadable.
    """
    if not content.strip():
        raise Unreadable("empty")
    if len(content) > LARGEST:
        raise Unreadable("too_large")
    text = _decoded(content)
    start = text.lstrip("\ufeff \r\n\t{")
    if start.startswith("<"):
        found = _camt(content)
    elif re.search(r"^:20:", text, re.MULTILINE) and re.search(r"^:60[FM]:", text, re.MULTILINE):
        found = _mt940(text)
    else:
        found = [_csv(text, account=account, currency=currency)]
    for one in found:
        moved = sum((each.amount for each in one.movements), ZERO)
        if one.opening is not None and one.closing is not None and one.opening + moved != one.closing:
            raise Unreadable("does_not_add_up")
    if sum(len(one.movements) for one in found) > MOST_ENTRIES:
        raise Unreadable("too_large")
    if not any(one.movements for one in found):
        raise Unreadable("empty")
    return found


def fingerprints(account: str, movements: Iterable[Movement]) -> list[str]:
    """Return what tells each movement of an account from all others, also in a file that overlaps with this one.

    Of movements that are alike in all, the first, second … of a file are told apart by their count.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for one in movements:
        facts = (
            re.sub(r"\W", "", account),
            one.booked_on.isoformat(),
            f"{one.amount:.2f}",
            one.currency,
            one.payer,
            one.payer_account,
            one.text,
            one.reference,
        )
        seen[facts] += 1
        found.append(hashlib.sha256("\x1f".join((*facts, str(seen[facts]))).encode()).hexdigest())
    return found


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = as_utf8(content).decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise Unreadable("not_a_statement")


def _mt940(text: str) -> list[Extract]:
    found: dict[str, Extract] = {}
    # A file may hold several statements, each beginning with its reference; the library reads one at a time.
    for part in re.split(r"(?m)^(?=:20:)", text.replace("\r\n", "\n"))[1:]:
        part = re.split(r"(?m)^-\}?\s*$", part)[0]
        statement = Transactions()
        try:
            statement.parse(part)
        except Exception as error:
            # The library raises what its regular expressions and conversions raise.
            raise Unreadable("not_a_statement") from error
        account = str(statement.data.get("account_identification", "")).strip()
        movements = [_of_mt940(one.data) for one in statement if one.data.get("amount") is not None]
        opening = _balance(statement.data, "opening")
        closing = _balance(statement.data, "closing")
        known = found.get(account)
        if known is None:
            found[account] = Extract(
                form="mt940", account=account, movements=movements, opening=opening, closing=closing
            )
        else:
            found[account] = replace(known, movements=[*known.movements, *movements], closing=closing)
    if not found:
        raise Unreadable("not_a_statement")
    return list(found.values())


def _balance(data: dict[str, Any], end: str) -> Decimal | None:
    for name in (f"final_{end}_balance", f"intermediate_{end}_balance"):
        if name in data:
            return Decimal(str(data[name].amount.amount))
    return None


def _of_mt940(data: dict[str, Any]) -> Movement:
    amount = data["amount"]
    texts = [data.get("purpose") or data.get("transaction_details") or "", data.get("end_to_end_reference") or ""]
    own = data.get("customer_reference") or ""
    texts.append("" if own.upper() == "NONREF" else own)
    day = data.get("entry_date") or data["date"]
    return Movement(
        booked_on=date(day.year, day.month, day.day),
        amount=Decimal(str(amount.amount)),
        currency=str(amount.currency),
        payer=_clean(data.get("applicant_name") or ""),
        payer_account=_clean(data.get("applicant_iban") or ""),
        text=_clean(" ".join(texts)),
        reference=_clean(data.get("bank_reference") or ""),
    )


def _camt(content: bytes) -> list[Extract]:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable("not_a_statement") from error
    for one in root.iter():
        # Every version of the format has a name space of its own; the names below it are the same.
        one.tag = str(one.tag).rpartition("}")[2]
    statements = root.findall(".//BkToCstmrStmt/Stmt")
    if not statements:
        raise Unreadable("not_a_statement")
    return [_camt_statement(one) for one in statements]


def _camt_statement(one: Any) -> Extract:
    account = one.findtext("Acct/Id/IBAN") or one.findtext("Acct/Id/Othr/Id") or ""
    balances = {each.findtext("Tp/CdOrPrtry/Cd"): each for each in one.findall("Bal")}
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    movements: list[Movement] = []
    for at, entry in enumerate(one.findall("Ntry"), start=1):
        # Old versions say BOOK, newer ones wrap it; what is only pending is no movement yet.
        status = entry.findtext("Sts/Cd") or (entry.findtext("Sts") or "BOOK").strip()
        if status == "BOOK":
            try:
                movements += _camt_entry(entry)
            except Unreadable as error:
                raise Unreadable(error.code, row=at) from error
    return Extract(
        form="camt053",
        account=account.strip(),
        movements=movements,
        opening=None if opening is None else _camt_amount(opening),
        closing=None if closing is None else _camt_amount(closing),
    )


def _camt_entry(entry: Any) -> list[Movement]:
    day = _day(
        (entry.findtext("BookgDt/Dt") or entry.findtext("BookgDt/DtTm") or entry.findtext("ValDt/Dt") or "")[:10]
    )
    whole = Movement(
        booked_on=day,
        amount=_camt_amount(entry),
        currency=entry.find("Amt").get("Ccy", ""),
        text=_clean(entry.findtext("AddtlNtryInf") or ""),
        reference=_clean(entry.findtext("AcctSvcrRef") or entry.findtext("NtryRef") or ""),
    )
    details = entry.findall("NtryDtls/TxDtls")
    if not details:
        return [whole]
    if len(details) == 1:
        return [_camt_detail(details[0], whole, whole.amount)]
    # One booking for many payers: its parts, if they say what each is worth and add up to it.
    sign = -1 if whole.amount < 0 else 1
    amounts = [one.findtext("Amt") or one.findtext("AmtDtls/TxAmt/Amt") for one in details]
    parts = [None if text is None else sign * _number(text) for text in amounts]
    known = [one for one in parts if one is not None]
    if len(known) != len(parts) or sum(known, ZERO) != whole.amount:
        return [whole]
    return [_camt_detail(one, whole, amount) for one, amount in zip(details, known, strict=True)]


def _camt_detail(one: Any, whole: Movement, amount: Decimal) -> Movement:
    side = "Dbtr" if whole.amount > 0 else "Cdtr"
    party = one.find("RltdPties")
    payer = account = ""
    if party is not None:
        payer = party.findtext(f"{side}/Nm") or party.findtext(f"{side}/Pty/Nm") or ""
        account = party.findtext(f"{side}Acct/Id/IBAN") or party.findtext(f"{side}Acct/Id/Othr/Id") or ""
    end_to_end = one.findtext("Refs/EndToEndId") or ""
    texts = [each.text or "" for each in one.findall("RmtInf/Ustrd")]
    texts += [each.text or "" for each in one.findall("RmtInf/Strd/CdtrRefInf/Ref")]
    texts.append("" if end_to_end == "NOTPROVIDED" else end_to_end)
    return replace(
        whole,
        amount=amount,
        payer=_clean(payer),
        payer_account=_clean(account),
        text=_clean(" ".join(texts)) or whole.text,
        reference=_clean(one.findtext("Refs/AcctSvcrRef") or "") or whole.reference,
    )


def _camt_amount(one: Any) -> Decimal:
    amount = _number(one.findtext("Amt") or "")
    return -amount if (one.findtext("CdtDbtInd") or "").strip() == "DBIT" else amount


def _csv(text: str, *, account: str, currency: str) -> Extract:
    head = text[:4000]
    delimiter = max((",", ";", "\t"), key=head.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    at, places = _heading(rows)
    movements, named = [], account
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {name: row[place].strip() for name, place in places.items() if place < len(row)}
        if not re.search(r"\d", cells.get("day", "")):
            continue  # empty lines, and the sums that banks write below
        try:
            day = _day(cells["day"])
            amount = _csv_amount(cells)
        except Unreadable as error:
            raise Unreadable(error.code, row=number) from error
        named = named or cells.get("account", "")
        told = cells.get("currency", "")
        movements.append(
            Movement(
                booked_on=day,
                amount=amount,
                currency=CURRENCIES.get(told.lower(), told.upper()) if told else currency,
                payer=_clean(cells.get("payer", "")),
                payer_account=_clean(cells.get("payer_account", "")),
                text=_clean(cells.get("text", "")),
                reference=_clean(cells.get("reference", "")),
                row=number,
            )
        )
    return Extract(form="csv", account=named, movements=[one for one in movements if one.amount])


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return where the row of headings stands, which banks put below facts of the account, and what its columns are."""
    for at, row in enumerate(rows[:HEADING_ROWS]):
        names = [re.sub(r"[\s_\-（）()]|元", "", cell).lower() for cell in row]
        places: dict[str, int] = {}
        for field, known in COLUMNS.items():
            for name in known:
                if name in names and names.index(name) not in places.values():
                    places[field] = names.index(name)
                    break
        has_amount = "amount" in places or "credit" in places
        if "day" in places and has_amount:
            return at, places
    raise Unreadable("no_headings")


def _csv_amount(cells: dict[str, str]) -> Decimal:
    if "credit" in cells or "debit" in cells:
        credit, debit = (
            _number(text) if text.strip("-") else ZERO for text in (cells.get("credit", ""), cells.get("debit", ""))
        )
        if credit and debit:
            raise Unreadable("bad_sign")  # in and out in one row: a column is not what its heading says
        return credit - abs(debit)
    amount = _number(cells.get("amount", ""))
    sign = cells.get("sign", "").lower()
    if not sign:
        return amount
    if sign in CREDITS:
        return abs(amount)
    if sign in DEBITS:
        return -abs(amount)
    raise Unreadable("bad_sign")


def _number(text: str) -> Decimal:
    kept = re.sub(r"[\s¥￥]|元$", "", text).replace("，", ",")
    if DECIMAL_COMMA.fullmatch(kept):
        kept = kept.replace(".", "").replace(",", ".")
    elif GROUPED.fullmatch(kept):
        kept = kept.replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,4})?", kept):
        raise Unreadable("bad_amount")
    try:
        return Decimal(kept)
    except InvalidOperation as error:
        raise Unreadable("bad_amount") from error


def _day(text: str) -> date:
    kept = text.strip().replace("T", " ").partition(" ")[0]
    kept = kept[:8] if re.fullmatch(r"\d{14}", kept) else kept
    for form in DAY_FORMS:
        try:
            return datetime.strptime(kept, form).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    raise Unreadable("bad_day")


def _clean(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:500]
