"""Sales orders: we promise goods to a customer, ship them, and are paid."""

from shundan.orders.kinds.base import Kind

SALE = Kind(
    code="sale",
    label_zh="销售订单",
    label_en="Sales order",
    prefix="SO",
    workflow="sale",
    parties=("customer",),
    goods="out",
    prices="list",
    invoices_on="shipment",
)
