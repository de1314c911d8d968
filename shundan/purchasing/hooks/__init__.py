"""What others may trigger of purchasing by name: the approval of purchase requests."""

from shundan.purchasing.hooks import requests  # noqa: F401 - it registers itself
