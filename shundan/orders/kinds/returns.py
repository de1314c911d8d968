"""Return orders: goods come back from a customer, or go back to a supplier."""

from shundan.orders.kinds.base import Kind

RETURN = Kind(
    code="return",
    label_zh="退货订单",
    label_en="Return order",
    prefix="RT",
    workflow="return",
    parties=("customer", "supplier"),
    goods="back",
    prices="source",
    invoices_on="never",
)
