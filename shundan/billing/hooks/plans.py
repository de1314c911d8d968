"""Invoice plans follow their orders: made when an order is confirmed, due when its goods have gone or arrived."""

from shundan.billing.actions.plans import reach_parts
from shundan.orders.registries import FULFILMENT_FOLLOWERS

FULFILMENT_FOLLOWERS.append(reach_parts)
