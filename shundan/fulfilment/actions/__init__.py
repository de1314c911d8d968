"""What can be done with goods: pick, ship, deliver, receive."""

from shundan.fulfilment.actions.receipts import receive_goods, reverse_receipt
from shundan.fulfilment.actions.scanning import (
    LotNotScanned,
    NotAllScanned,
    NothingScanned,
    Scanned,
    TooManyScanned,
    WrongLocation,
    WrongLot,
    WrongProduct,
    forget_scans,
    scan_shipment,
    ship_scanned,
    start_picking,
)
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

__all__ = [
    "LotNotScanned",
    "NotAllScanned",
    "NothingScanned",
    "NothingToShip",
    "Scanned",
    "ShipmentGone",
    "TooMany",
    "TooManyScanned",
    "WrongLocation",
    "WrongLot",
    "WrongProduct",
    "cancel_shipment",
    "deliver_shipment",
    "forget_scans",
    "plan_shipment",
    "receive_goods",
    "reverse_receipt",
    "scan_shipment",
    "ship_order",
    "ship_scanned",
    "ship_shipment",
    "start_picking",
]
