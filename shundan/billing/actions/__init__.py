"""What can be done with invoices and bills, payments in and out, and credit."""

from shundan.billing.actions.bills import pay_bill, register_bill, reverse_bill
from shundan.billing.actions.invoices import credit_invoice, issue_invoice
from shundan.billing.actions.payments import allocate_payment, deallocate_payment, refund_payment, register_payment
from shundan.billing.actions.reverse import reverse_payment

__all__ = [
    "allocate_payment",
    "credit_invoice",
    "deallocate_payment",
    "issue_invoice",
    "pay_bill",
    "refund_payment",
    "register_bill",
    "register_payment",
    "reverse_bill",
    "reverse_payment",
]
