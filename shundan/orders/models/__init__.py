"""What is kept of orders."""

from shundan.orders.models.attributes import AttributeKey, OrderFile
from shundan.orders.models.billed import BilledCost, BilledShare
from shundan.orders.models.changes import OrderAmendment, OrderRevision
from shundan.orders.models.coupons import CouponUse
from shundan.orders.models.differences import TransferDifference
from shundan.orders.models.governing import MigratedOrder, WhatIf, WorkflowMigration
from shundan.orders.models.order import Order, OrderHold, OrderLine
from shundan.orders.models.promises import Promise
from shundan.orders.models.reasons import Reason
from shundan.orders.models.sourcing import DirectSupplier, SourcingRule
from shundan.orders.models.types import ListColumns, OrderType, OrderTypeVersion
from shundan.orders.models.views import SavedView

__all__ = [
    "AttributeKey",
    "BilledCost",
    "BilledShare",
    "CouponUse",
    "DirectSupplier",
    "ListColumns",
    "MigratedOrder",
    "Order",
    "OrderAmendment",
    "OrderFile",
    "OrderHold",
    "OrderLine",
    "OrderRevision",
    "OrderType",
    "OrderTypeVersion",
    "Promise",
    "Reason",
    "SavedView",
    "SourcingRule",
    "TransferDifference",
    "WhatIf",
    "WorkflowMigration",
]
