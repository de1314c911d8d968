"""What others may trigger of purchasing by name: the approval of purchase requests, and the mail of orders."""

from shundan.purchasing.hooks import requests, sending  # noqa: F401 - they register themselves
