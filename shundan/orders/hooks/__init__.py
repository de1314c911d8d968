"""What workflow definitions may name of orders: guards that ask, effects that do."""

from shundan.orders.hooks import changing, holding, kinds, selling  # noqa: F401 - they register themselves
