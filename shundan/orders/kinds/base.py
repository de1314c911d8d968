"""What a kind of order is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Facts of one kind of order; what it does is its workflow.

    `parties`: with whom it is made, `customer`, `supplier` or nobody; a type chooses one of them.
    `goods`: `out` (to the customer), `in` (from the supplier), `back` (from or to where they came from), `used`
    (in the work) or `move` (between our warehouses). `prices`: `list`, `given` (agreed with the supplier),
    `source` (of the line that is returned) or `none`.
    """

    code: str
    label_zh: str
    label_en: str
    prefix: str
    workflow: str
    parties: tuple[str, ...]
    goods: str
    prices: str
    invoices_on: str
