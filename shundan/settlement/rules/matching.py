"""Which customer and invoices a payment is probably for: numbers in its text, names, accounts and amounts."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

# What each sign is worth; a suggestion needs at least LEAST, and from SURE on one click confirms it.
NUMBER, ACCOUNT, NAME, AMOUNT, SUM = 60, 50, 40, 35, 25
LEAST, SURE = 35, 80
MOST_COMBINED, MOST_PARTS = 12, 3
ZERO = Decimal(0)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,5}[-_ ]?\d[\dA-Za-z]*(?:[-_]\d+){0,3}")
_LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|公司|co\.?,? ?ltd\.?|limited|gmbh|inc\.?|llc|ltd\.?)", re.I
)


def numbers_in(text: str) -> set[str]:
    """Return what in a text may be the number of a document, in capitals, with hyphens as we write them.

    People leave hyphens out or write them otherwise: `inv 2026 000001` and `INV2026000001` are found as well.
    """
    found = {one.upper().replace("_", "-").replace(" ", "-") for one in _NUMBER.findall(text)}
    for prefix, year, serial in re.findall(r"(?<![A-Za-z])([A-Za-z]{1,5})[-_ ]?(20\d\d)[-_ ]?(\d{4,8})(?!\d)", text):
        found.add(f"{prefix.upper()}-{year}-{serial}")
    return found


def name_key(name: str) -> str:
    """Return the part of a company's name that tells it from others, for comparing it with how banks write it."""
    return re.sub(r"[\W_]", "", _LEGAL_FORMS.sub("", name.lower()))


def account_key(account: str) -> str:
    """Return an account number without what is only for reading."""
    return re.sub(r"\W", "", account).upper()


def shares_for(
    amount: Decimal, open_invoices: Sequence[tuple[str, Decimal]], *, named: Collection[str] = ()
) -> tuple[dict[str, Decimal], str]:
    """Return which of a customer's open invoices (the one due first first) an amount pays, and by which sign.

    Invoices that its text names come first; else one, all, or two or three whose sum it is; else the oldest.
    Signs: number, amount, sum, oldest.
    """
    by_number = dict(open_invoices)
    first = [number for number, _open in open_invoices if number in named]
    if first:
        rest = [number for number, _open in open_invoices if number not in named]
        chosen = first if amount <= sum((by_number[number] for number in first), ZERO) else [*first, *rest]
        return _filled(amount, chosen, by_number), "number"
    exact = next((number for number, left in open_invoices if left == amount), None)
    if exact is not None:
        return {exact: amount}, "amount"
    group = _adding_up(amount, open_invoices)
    if group:
        return {number: by_number[number] for number in group}, "sum"
    return _filled(amount, [number for number, _open in open_invoices], by_number), "oldest"


def _adding_up(amount: Decimal, open_invoices: Sequence[tuple[str, Decimal]]) -> list[str]:
    if len(open_invoices) > 1 and sum((left for _number, left in open_invoices), ZERO) == amount:
        return [number for number, _left in open_invoices]
    few = open_invoices[:MOST_COMBINED]
    for size in range(2, MOST_PARTS + 1):
        for group in combinations(few, size):
            if sum((left for _number, left in group), ZERO) == amount:
                return [number for number, _left in group]
    return []


def _filled(amount: Decimal, numbers: Iterable[str], open_amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    shares = {}
    for number in numbers:
        share = min(amount, open_amounts[number])
        if share > ZERO:
            shares[number] = share
            amount -= share
    return shares
