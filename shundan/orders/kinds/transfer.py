"""Transfer orders: goods move between our warehouses, or one department works for another."""

from shundan.orders.kinds.base import Kind

TRANSFER = Kind(
    code="transfer",
    label_zh="内部转移单",
    label_en="Transfer order",
    prefix="TR",
    workflow="transfer",
    parties=(),
    goods="move",
    prices="none",
    invoices_on="never",
)
