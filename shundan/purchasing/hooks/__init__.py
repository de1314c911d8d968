"""What others may trigger of purchasing by name: the approval of purchase requests, the mail of orders, and
what suppliers bring to customers; and what keeps a warehouse open.
"""

from shundan.purchasing.hooks import closing, direct, requests, sending  # noqa: F401 - they register themselves
