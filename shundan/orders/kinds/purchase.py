"""Purchase orders: a supplier promises goods to us; we receive them, check the bill, and pay."""

from shundan.orders.kinds.base import Kind

PURCHASE = Kind(
    code="purchase",
    label_zh="采购订单",
    label_en="Purchase order",
    prefix="PO",
    workflow="purchase",
    parties=("supplier",),
    goods="in",
    prices="given",
    invoices_on="shipment",
)
