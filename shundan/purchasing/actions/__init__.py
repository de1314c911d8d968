"""What can be done in purchasing: ask for goods, decide, order."""

from shundan.purchasing.actions.order import OrderedAlready, Purchase, order_requested
from shundan.purchasing.actions.requests import (
    DemandMet,
    PurchaseRequestInput,
    PurchaseRequestNotApproved,
    PurchaseRequestNotPending,
    RequestedLine,
    close_purchase_request,
    request_demand,
    request_purchase,
    withdraw_purchase_request,
)

__all__ = [
    "DemandMet",
    "OrderedAlready",
    "Purchase",
    "PurchaseRequestInput",
    "PurchaseRequestNotApproved",
    "PurchaseRequestNotPending",
    "RequestedLine",
    "close_purchase_request",
    "order_requested",
    "request_demand",
    "request_purchase",
    "withdraw_purchase_request",
]
