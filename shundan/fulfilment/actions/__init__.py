"""What can be done with goods: pick, ship, hand to a carrier, follow, deliver, receive."""

from shundan.fulfilment.actions.booking import book_waybill
from shundan.fulfilment.actions.carriers import CarrierAccountInput, save_carrier_account
from shundan.fulfilment.actions.direct import (
    deliver_direct_delivery,
    post_direct_delivery,
    reverse_direct_delivery,
    ship_as_supplier,
)
from shundan.fulfilment.actions.errands import (
    LabelOnItsWay,
    NotOffered,
    ask_label,
    cancel_waybill,
    fetch_label,
    run_errand,
)
from shundan.fulfilment.actions.estimates import estimate_waybill
from shundan.fulfilment.actions.files import import_carrier_events, waybill_file
from shundan.fulfilment.actions.numbers import TrackingNumberUnusual, TrackingNumberWrong, guess_carriers
from shundan.fulfilment.actions.packing import NothingToPack, ParcelInput, TooManyPacked, pack_parcel, unpack_parcel
from shundan.fulfilment.actions.problems import report_delivery_problem, resolve_delivery_problem
from shundan.fulfilment.actions.receipts import receive_goods, reverse_receipt
from shundan.fulfilment.actions.rounds import (
    NotGatherable,
    NothingToGather,
    Sorted,
    dissolve_round,
    gather_round,
    scan_round,
)
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
from shundan.fulfilment.actions.tracking import (
    PushUnknown,
    ask_for_news,
    enter_scan,
    hand_out_pickup,
    look_for_stuck,
    note_scans,
    poll_tracking,
    take_push,
)
from shundan.fulfilment.actions.waybills import (
    WaybillInput,
    ask_waybill,
    settle_unsure_waybill,
)
from shundan.fulfilment.actions.wholeness import PartialDeliveryRefused, PartLeavesRefused

__all__ = [
    "CarrierAccountInput",
    "LabelOnItsWay",
    "LotNotScanned",
    "NotAllScanned",
    "NotGatherable",
    "NotOffered",
    "NothingScanned",
    "NothingToGather",
    "NothingToPack",
    "NothingToShip",
    "ParcelInput",
    "PartLeavesRefused",
    "PartialDeliveryRefused",
    "PushUnknown",
    "Scanned",
    "ShipmentGone",
    "Sorted",
    "TooMany",
    "TooManyPacked",
    "TooManyScanned",
    "TrackingNumberUnusual",
    "TrackingNumberWrong",
    "WaybillInput",
    "WrongLocation",
    "WrongLot",
    "WrongProduct",
    "ask_for_news",
    "ask_label",
    "ask_waybill",
    "book_waybill",
    "cancel_shipment",
    "cancel_waybill",
    "deliver_direct_delivery",
    "deliver_shipment",
    "dissolve_round",
    "enter_scan",
    "estimate_waybill",
    "fetch_label",
    "forget_scans",
    "gather_round",
    "guess_carriers",
    "hand_out_pickup",
    "import_carrier_events",
    "look_for_stuck",
    "note_scans",
    "pack_parcel",
    "plan_shipment",
    "poll_tracking",
    "post_direct_delivery",
    "receive_goods",
    "report_delivery_problem",
    "resolve_delivery_problem",
    "reverse_direct_delivery",
    "reverse_receipt",
    "run_errand",
    "save_carrier_account",
    "scan_round",
    "scan_shipment",
    "settle_unsure_waybill",
    "ship_as_supplier",
    "ship_order",
    "ship_scanned",
    "ship_shipment",
    "start_picking",
    "take_push",
    "unpack_parcel",
    "waybill_file",
]
