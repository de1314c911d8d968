"""What can be done with invoices and bills, payments in and out, requests to pay, and credit."""

from shundan.billing.actions.bills import (
    register_bill,
    reverse_bill,
)
from shundan.billing.actions.bounced import free_bounced, lock_bounced
from shundan.billing.actions.deposit_ends import (
    settle_deposit,
    unblock_deposit,
    withdraw_deposit,
)
from shundan.billing.actions.deposits import (
    fund_deposit,
    offset_deposit,
    pay_deposit,
    request_deposit,
    unfund_deposit,
)
from shundan.billing.actions.freeing import (
    deallocate_payment,
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
    register_payment,
)
from shundan.billing.actions.plans import (
    invoice_part,
    issue_reached_parts,
    note_part_reached,
    plan_invoices,
)
from shundan.billing.actions.prepayments import (
    offset_prepayment,
    return_prepayment,
    take_back_offset,
)
from shundan.billing.actions.requests import (
    pay_request,
    request_bill_payment,
    request_prepayment,
    request_refund,
    withdraw_request,
)
from shundan.billing.actions.reverse import (
    reverse_payment,
)
from shundan.billing.actions.sending import begin_sending, fail_sending, finish_sending
from shundan.billing.actions.terms import (
    PartInput,
    TermInput,
    save_payment_term,
)
from shundan.billing.actions.tolerance import keep_bill_tolerance

__all__ = [
    "CreditRuleInput",
    "PartInput",
    "TermInput",
    "allocate_payment",
    "begin_sending",
    "credit_invoice",
    "deallocate_payment",
    "end_credit_raise",
    "fail_sending",
    "finish_sending",
    "free_bounced",
    "fund_deposit",
    "invoice_part",
    "issue_due_invoice",
    "issue_gathered_invoice",
    "issue_invoice",
    "issue_reached_parts",
    "keep_bill_tolerance",
    "lock_bounced",
    "note_part_reached",
    "offset_deposit",
    "offset_prepayment",
    "pay_bill",
    "pay_deposit",
    "pay_request",
    "plan_invoices",
    "raise_credit_limit",
    "refund_payment",
    "register_bill",
    "register_payment",
    "release_credit",
    "request_bill_payment",
    "request_deposit",
    "request_prepayment",
    "request_refund",
    "return_prepayment",
    "reverse_bill",
    "reverse_payment",
    "review_credit",
    "save_credit_rules",
    "save_payment_term",
    "settle_deposit",
    "take_back_disbursement",
    "take_back_offset",
    "unblock_deposit",
    "unfund_deposit",
    "withdraw_deposit",
    "withdraw_request",
]
