"""What others may trigger of billing by name: credit, invoices by themselves, payment requests, papers."""

from shundan.billing.hooks import credit, deposits, issuing, plans, printing, requests, reviewing  # noqa: F401 - they register themselves
