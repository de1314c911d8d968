"""What may be approved many at once: one kind, one currency, and nothing that deserves a look of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

# From here a discount is looked at by itself.
LARGE_DISCOUNT = Decimal("0.15")
RISKS = ("unclear", "credit", "overdue", "stock", "discount", "new_account")


@dataclass(frozen=True, slots=True)
class Sum:
    """What a batch comes to: how many of which kind, and how much in which currency."""

    kind: str
    currency: str
    count: int
    total: Decimal


def risks_of(facts: Mapping[str, Any], problems: Iterable[str] = ()) -> tuple[str, ...]:
    """Return why a document deserves a look of its own, by the facts it was submitted with; empty for none."""
    left, late, discount = (_number(facts.get(name)) for name in ("credit_left", "overdue_days", "discount_rate"))
    found = {
        "unclear": bool(list(problems)),
        "credit": left is not None and left < 0,
        "overdue": late is not None and late > 0,
        "stock": facts.get("stock_short") is True,
        "discount": discount is not None and discount > LARGE_DISCOUNT,
        "new_account": facts.get("account_is_new") is True,
    }
    return tuple(name for name in RISKS if found[name])


def sum_of(items: Iterable[tuple[str, str, Decimal]]) -> Sum | None:
    """Return what (kind, currency, amount) come to, or None for a mixture, which has no one total."""
    known = list(items)
    if len({(kind, currency) for kind, currency, _amount in known}) != 1:
        return None
    kind, currency, _amount = known[0]
    return Sum(kind, currency, len(known), sum((amount for *_names, amount in known), Decimal(0)))


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
