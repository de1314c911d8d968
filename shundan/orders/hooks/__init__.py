"""What workflow definitions may name of orders: guards that ask, effects that do."""

from shundan.orders.hooks import changing, kinds, labels, selling, telling  # noqa: F401 - they register themselves
