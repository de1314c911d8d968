"""Invoices and bills with their corrections, payments in and out, what pays what, and the credit accounts."""

from shundan.billing.models.credit import CreditRaise, CreditRelease, CreditRule
from shundan.billing.models.payable import Bill, BillLine, BillTolerance, DepartmentCharge, Disbursement, PaymentRequest
from shundan.billing.models.plans import PlannedPart, TermDeposit, TermPart
from shundan.billing.models.prepayments import Prepayment, PrepaymentReturn
from shundan.billing.models.receivable import (
    Allocation,
    CreditAccount,
    Deposit,
    DepositEntry,
    GatheredOrder,
    Invoice,
    InvoiceLine,
    Payment,
    Refund,
)

__all__ = [
    "Allocation",
    "Bill",
    "BillLine",
    "BillTolerance",
    "CreditAccount",
    "CreditRaise",
    "CreditRelease",
    "CreditRule",
    "DepartmentCharge",
    "Deposit",
    "DepositEntry",
    "Disbursement",
    "GatheredOrder",
    "Invoice",
    "InvoiceLine",
    "Payment",
    "PaymentRequest",
    "PlannedPart",
    "Prepayment",
    "PrepaymentReturn",
    "Refund",
    "TermDeposit",
    "TermPart",
]
