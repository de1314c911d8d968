"""What others may trigger of billing by name: credit, invoices by themselves, the approval of payment requests."""

from shundan.billing.hooks import credit, deposits, issuing, plans, requests, reviewing  # noqa: F401 - they register themselves
