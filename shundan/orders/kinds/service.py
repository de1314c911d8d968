"""Service orders: work is planned and done for a customer, with parts, and billed when it is done."""

from shundan.orders.kinds.base import Kind

SERVICE = Kind(
    code="service",
    label_zh="服务订单",
    label_en="Service order",
    prefix="SV",
    workflow="service",
    parties=("customer",),
    goods="used",
    prices="list",
    invoices_on="performance",
)
