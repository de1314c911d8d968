"""Finding shipments, receipts, and what is to be picked."""

from shundan.fulfilment.models import Receipt, Shipment
from shundan.fulfilment.queries.papers import (
    GoodsOnTheirWay,
    ReceiptBilled,
    ReceiptGone,
    check_reversal,
    get_receipt,
    get_shipment,
    list_receipts,
    list_shipments,
    receipt_numbers,
    receipts_of,
    shipment_numbers,
    shipments_of,
    undo_of_receipt,
    undo_of_shipment,
)
from shundan.fulfilment.queries.scans import ScannedPaper, Stop, paper_of_scan, stops_of_picks, stops_of_shipment

__all__ = [
    "GoodsOnTheirWay",
    "Receipt",
    "ReceiptBilled",
    "ReceiptGone",
    "ScannedPaper",
    "Shipment",
    "Stop",
    "check_reversal",
    "get_receipt",
    "get_shipment",
    "list_receipts",
    "list_shipments",
    "paper_of_scan",
    "receipt_numbers",
    "receipts_of",
    "shipment_numbers",
    "shipments_of",
    "stops_of_picks",
    "stops_of_shipment",
    "undo_of_receipt",
    "undo_of_shipment",
]
