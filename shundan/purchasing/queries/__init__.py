"""What can be asked of purchasing: what should be bought, what was asked for."""

from shundan.purchasing.models import Inquiry, Invitation, PurchaseRequest, PurchaseRequestLine, SupplierAnswer
from shundan.purchasing.queries.answers import (
    SaidOtherwise,
    answers_of_order,
    differences_of_answer,
    order_of_token,
    standing_of_answer,
    token_of_order,
    waiting_answers,
)
from shundan.purchasing.queries.demand import Demand, projected_stock_unscoped, purchase_demand
from shundan.purchasing.queries.inquiries import (
    Offer,
    get_inquiry,
    inquiries_of_lines,
    inquiry_number_of,
    invitation_of_token,
    list_inquiries,
    offers_of_inquiry,
    token_of_invitation,
)
from shundan.purchasing.queries.quality import faulty_goods_sql
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
    "Inquiry",
    "Invitation",
    "Offer",
    "PurchaseRequest",
    "PurchaseRequestLine",
    "SaidOtherwise",
    "SupplierAnswer",
    "answers_of_order",
    "differences_of_answer",
    "faulty_goods_sql",
    "get_inquiry",
    "get_purchase_request",
    "inquiries_of_lines",
    "inquiry_number_of",
    "invitation_of_token",
    "list_inquiries",
    "list_purchase_requests",
    "offers_of_inquiry",
    "open_request_lines",
    "order_of_token",
    "ordered_of",
    "orders_of_request",
    "progress_of_request",
    "projected_stock_unscoped",
    "purchase_demand",
    "purchase_request_number_of",
    "requests_of_order",
    "standing_of_answer",
    "token_of_invitation",
    "token_of_order",
    "waiting_answers",
]
