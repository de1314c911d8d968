"""What can be done with goods: pick, ship, deliver, receive."""

from shundan.fulfilment.actions.receipts import receive_goods, reverse_receipt
from shundan.fulfilment.actions.shipments import (
    NothingToShip,
    ShipmentGone,
    TooMany,
    cancel_shipment,
    deliver_shipment,
    plan_shipment,
    ship_order,
    ship_shipment,
)
from shundan.fulfilment.actions.wholeness import PartialDeliveryRefused

__all__ = [
    "NothingToShip",
    "PartialDeliveryRefused",
    "ShipmentGone",
    "TooMany",
    "cancel_shipment",
    "deliver_shipment",
    "plan_shipment",
    "receive_goods",
    "reverse_receipt",
    "ship_order",
    "ship_shipment",
]
