"""What others may trigger of billing by name: credit, invoices by themselves, payment requests, papers."""

from shundan.billing.hooks import credit, issuing, printing, requests  # noqa: F401 - they register themselves
