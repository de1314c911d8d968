"""What can be done with invoices and bills, payments in and out, requests to pay, and credit."""

from shundan.billing.actions.bills import (
    register_bill,
    reverse_bill,
)
from shundan.billing.actions.invoices import (
    credit_invoice,
    issue_due_invoice,
    issue_gathered_invoice,
    issue_invoice,
)
from shundan.billing.actions.letting import release_credit, review_credit
from shundan.billing.actions.limits import (
    CreditRuleInput,
    end_credit_raise,
    raise_credit_limit,
    save_credit_rules,
)
from shundan.billing.actions.paying import (
    pay_bill,
    refund_payment,
    take_back_disbursement,
)
from shundan.billing.actions.payments import (
    allocate_payment,
    deallocate_payment,
    register_payment,
)
from shundan.billing.actions.requests import (
    pay_request,
    request_bill_payment,
    request_refund,
    withdraw_request,
)
from shundan.billing.actions.reverse import (
    reverse_payment,
)

__all__ = [
    "CreditRuleInput",
    "allocate_payment",
    "credit_invoice",
    "deallocate_payment",
    "end_credit_raise",
    "issue_due_invoice",
    "issue_gathered_invoice",
    "issue_invoice",
    "pay_bill",
    "pay_request",
    "raise_credit_limit",
    "refund_payment",
    "register_bill",
    "register_payment",
    "release_credit",
    "request_bill_payment",
    "request_refund",
    "reverse_bill",
    "reverse_payment",
    "review_credit",
    "save_credit_rules",
    "take_back_disbursement",
    "withdraw_request",
]
