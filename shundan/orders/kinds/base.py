"""What a kind of order is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Facts of one kind of order; what it does is its workflow."""

    code: str
    label_zh: str
    label_en: str
    prefix: str
    workflow: str
    party: str
    takes_stock: bool
    invoices_on: str
