"""What others may trigger of billing by name: credit of orders, and the approval of payment requests."""

from shundan.billing.hooks import credit, requests  # noqa: F401 - they register themselves
