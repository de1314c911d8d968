"""What a posting asks of the books before accounts are known, and which account a rule gives each part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from shundan.kernel.money import ZERO

DEBIT, CREDIT = "debit", "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a posting: what it is, on which side, how much, and of whom; negative amounts are red (红字)."""

    role: str
    side: str
    # In company currency, and in that of the document; an exchange difference has none there.
    amount: Decimal
    document_amount: Decimal = ZERO
    customer_id: int | None = None
    supplier_id: int | None = None
    department_id: int | None = None
    category_id: int | None = None
    # What rules ask for beside.
    tax_code: str = ""
    customer_kind: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A posting of the house as the books want it; `source` names its row and is booked once."""

    source: tuple[str, int]
    on: date
    number: str
    subject: tuple[str, str]
    currency: str
    exchange_rate: Decimal
    text: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChoice:
    """A posting rule: for which role, under which conditions (nothing is any), to which account."""

    role: str
    account_id: int
    tax_code: str = ""
    category_id: int | None = None
    customer_kind: str = ""
    method: str = ""

    @property
    def weight(self) -> tuple[int, bool, bool, bool, bool]:
        """Return how narrow it is: more conditions first, then category, customer, tax, way of payment."""
        given = (self.category_id is not None, self.customer_kind != "", self.tax_code != "", self.method != "")
        return (sum(given), *given)

    def fits(self, part: Part, categories: Sequence[int]) -> bool:
        """Tell whether it holds for a part whose product stands in these categories, its own and those above."""
        return (
            self.role == part.role
            and (self.category_id is None or self.category_id in categories)
            and self.customer_kind in ("", part.customer_kind)
            and self.tax_code in ("", part.tax_code)
            and self.method in ("", part.method)
        )


def account_for(part: Part, rules: Iterable[RuleChoice], categories: Sequence[int]) -> int | None:
    """Return the account of the narrowest rule that fits; of equally narrow ones, that of the nearest category."""
    fitting = [rule for rule in rules if rule.fits(part, categories)]

    def rank(rule: RuleChoice) -> tuple[tuple[int, bool, bool, bool, bool], int]:
        return rule.weight, -categories.index(rule.category_id) if rule.category_id is not None else 0

    return max(fitting, key=rank).account_id if fitting else None


@dataclass(slots=True)
class JournalRow:
    """A line of a journal: an account, a side, amounts and the dimensions it is told apart by."""

    role: str
    account_id: int
    side: str
    dimensions: tuple[int | None, int | None, int | None, int | None]
    amount: Decimal = ZERO
    document_amount: Decimal = ZERO
    # Empty is that of the journal.
    currency: str = ""

    def red(self) -> "JournalRow":
        """Return the row that takes this one back."""
        return replace(self, amount=-self.amount, document_amount=-self.document_amount)


def rows_of(parts: Iterable[tuple[Part, int]]) -> list[JournalRow]:
    """Add up parts of one account, side, role and dimensions; debits come first. What comes to nothing is left out."""
    found: dict[tuple[object, ...], JournalRow] = {}
    for part, account_id in parts:
        dimensions = (part.customer_id, part.supplier_id, part.department_id, part.category_id)
        key = (account_id, part.side, part.role, dimensions)
        row = found.setdefault(key, JournalRow(part.role, account_id, part.side, dimensions))
        row.amount += part.amount
        row.document_amount += part.document_amount
    kept = [row for row in found.values() if row.amount or row.document_amount]
    return [row for row in kept if row.side == DEBIT] + [row for row in kept if row.side == CREDIT]


def month_of(on: date) -> date:
    """Return the first day of a day's month, which names its accounting period."""
    return on.replace(day=1)
