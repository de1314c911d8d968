"""Opening balances as somebody gives them: lines of a form or a CSV file, and whether they balance."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shundan.kernel.money import ZERO

MOST_LINES = 5_000
LONGEST_FILE = 2_000_000
# Headings of files by column, as accounting systems and people write them.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "account": ("account", "account code", "科目", "科目编码", "科目代码"),
    "customer": ("customer", "customer number", "客户", "客户编号", "客户编码"),
    "supplier": ("supplier", "supplier number", "供应商", "供应商编号", "供应商编码"),
    "currency": ("currency", "币种", "币别"),
    "amount": ("amount", "foreign amount", "原币", "原币金额", "外币金额"),
    "debit": ("debit", "借方", "借方余额", "期初借方", "借方金额"),
    "credit": ("credit", "贷方", "贷方余额", "期初贷方", "贷方金额"),
}
OPENING_COLUMNS = tuple(_HEADINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """What stands on an account at the start, on one side; with the amount in a foreign currency, if it is owed so."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    customer: str = ""
    supplier: str = ""
    currency: str = ""
    amount: Decimal | None = None


def sums_of(lines: Iterable[OpeningLine]) -> tuple[Decimal, Decimal]:
    """Return the debits and the credits of all lines."""
    given = list(lines)
    return sum((one.debit for one in given), ZERO), sum((one.credit for one in given), ZERO)


def rows_of_file(text: str) -> tuple[list[dict[str, str]], Sequence[str]]:
    """Return the rows of a CSV file by our columns, empty ones left out, and the columns that it lacks."""
    sample = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=sample.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    head = next(reader, [])
    places = {
        column: at
        for at, heading in enumerate(head)
        for column, words in _HEADINGS.items()
        if heading.strip().lower() in words
    }
    missing = [column for column in ("account", "debit", "credit") if column not in places]
    if missing:
        return [], missing
    rows = []
    for cells in reader:
        row = {column: cells[at].strip() if at < len(cells) else "" for column, at in places.items()}
        if any(row.values()):
            rows.append(row)
    return rows, []
