"""What can be asked of purchasing: what should be bought, what was asked for."""

from shundan.purchasing.models import PurchaseRequest, PurchaseRequestLine
from shundan.purchasing.queries.demand import Demand, purchase_demand
from shundan.purchasing.queries.requests import (
    PURCHASE_VIEWS,
    get_purchase_request,
    list_purchase_requests,
    open_request_lines,
    ordered_of,
    orders_of_request,
    progress_of_request,
    purchase_request_number_of,
    requests_of_order,
)

__all__ = [
    "PURCHASE_VIEWS",
    "Demand",
    "PurchaseRequest",
    "PurchaseRequestLine",
    "get_purchase_request",
    "list_purchase_requests",
    "open_request_lines",
    "ordered_of",
    "orders_of_request",
    "progress_of_request",
    "purchase_demand",
    "purchase_request_number_of",
    "requests_of_order",
]
