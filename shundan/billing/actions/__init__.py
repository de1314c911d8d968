"""What can be done with invoices, payments and credit."""

from shundan.billing.actions.invoices import credit_invoice, issue_invoice
from shundan.billing.actions.payments import allocate_payment, deallocate_payment, register_payment

__all__ = ["allocate_payment", "credit_invoice", "deallocate_payment", "issue_invoice", "register_payment"]
