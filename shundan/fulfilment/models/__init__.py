"""What left for whom, what came in, how it was examined, and what bringing it here cost."""

from shundan.fulfilment.models.costs import CostAnswer, CostQuestion
from shundan.fulfilment.models.direct import DirectDelivery, DirectDeliveryLine
from shundan.fulfilment.models.goods import (
    CarrierAccount,
    CarrierErrand,
    DeliveryProblem,
    Parcel,
    ParcelLine,
    PickRound,
    Receipt,
    ReceiptLine,
    Shipment,
    ShipmentLine,
    TrackingScan,
    Waybill,
    WaybillLabel,
)
from shundan.fulfilment.models.landed import LandedCharge, LandedCost, LandedPart, LandedRaise
from shundan.fulfilment.models.receiving import Inspection, InspectionLine, ReceivingRule

__all__ = [
    "CarrierAccount",
    "CarrierErrand",
    "CostAnswer",
    "CostQuestion",
    "DeliveryProblem",
    "DirectDelivery",
    "DirectDeliveryLine",
    "Inspection",
    "InspectionLine",
    "LandedCharge",
    "LandedCost",
    "LandedPart",
    "LandedRaise",
    "Parcel",
    "ParcelLine",
    "PickRound",
    "Receipt",
    "ReceiptLine",
    "ReceivingRule",
    "Shipment",
    "ShipmentLine",
    "TrackingScan",
    "Waybill",
    "WaybillLabel",
]
