"""Shundan 顺单: the order-management system that a B2B company runs its sales on."""

__version__ = "0.1.0"
