"""What workflow definitions may name of orders: guards that ask, effects that do."""

from shundan.orders.hooks import (  # noqa: F401 - they register themselves
    allocating,
    changing,
    closing,
    differences,
    holding,
    kinds,
    labels,
    printing,
    selling,
    telling,
)
