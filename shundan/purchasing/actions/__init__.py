"""What can be done in purchasing: ask for goods, decide, order."""

from shundan.purchasing.actions.inquiries import (
    InquiryClosed,
    InquiryInput,
    NotQuoted,
    Quotation,
    answer_inquiry,
    award_inquiry,
    cancel_inquiry,
    decline_inquiry,
    open_inquiry,
    record_quotation,
)
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
    "InquiryClosed",
    "InquiryInput",
    "NotQuoted",
    "OrderedAlready",
    "Purchase",
    "PurchaseRequestInput",
    "PurchaseRequestNotApproved",
    "PurchaseRequestNotPending",
    "Quotation",
    "RequestedLine",
    "answer_inquiry",
    "award_inquiry",
    "cancel_inquiry",
    "close_purchase_request",
    "decline_inquiry",
    "open_inquiry",
    "order_requested",
    "record_quotation",
    "request_demand",
    "request_purchase",
    "withdraw_purchase_request",
]
