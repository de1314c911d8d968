"""Invoice plans follow their orders: made when an order is confirmed, due when its goods have gone or arrived."""

from shundan.billing.actions.plans import reach_parts
from shundan.billing.actions.steps import step_on_shipment
from shundan.orders.registries import FULFILMENT_FOLLOWERS, SHIPMENT_FOLLOWERS

FULFILMENT_FOLLOWERS.append(reach_parts)
SHIPMENT_FOLLOWERS.append(step_on_shipment)
