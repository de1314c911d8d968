"""Calling back goods that were posted as shipped and have not gone: by mistake, or because the carrier never came."""

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.shipments import facts_of_shipment, lock_shipment
from shundan.fulfilment.models import Shipment
from shundan.fulfilment.queries import check_recall
from shundan.inventory.actions import Want, bring_back_stock
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed
from shundan.kernel.events import record
from shundan.orders.actions import note_called_back
from shundan.orders.queries import lines_of


@action
def recall_shipment(number: str, *, reason: str, by: Actor) -> Shipment:
    """Undo a goods issue: the goods lie where they were taken from and are reserved for the order again.

    Raises: NotPermitted, NotFound, ShipmentGone, Malformed, WaybillStands, ShipmentBilled, GoodsComeBack,
    TransferArrived, OrderOver, LotShort.
    """
    reason = reason.replace("\x00", "").strip()[:500]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    shipment = lock_shipment(number, by, "shipment.ship", ("shipped",), with_order=True)
    order = shipment.order
    check_recall(shipment)
    quantities = {line.order_line_id: line.quantity for line in shipment.lines.all()}
    # What left is told by the event; a shipment that did not leave has no day of leaving.
    shipment.state, shipment.shipped_at = "cancelled", None
    shipment.save(update_fields=["state", "shipped_at"])
    shipment.parcels.all().delete()
    data = facts_of_shipment(shipment, order) | {"reason": reason}
    record("shipment.recalled", subject=shipment.subject, by=by, data=data)
    lines = {line.pk: line for line in lines_of(order)}
    note_called_back(order, quantities, by=by)
    wants = [
        Want(pk, lines[pk].product_id, shipment.warehouse_id, quantity, lines[pk].sku, lot_id=lines[pk].lot_id)
        for pk, quantity in quantities.items()
    ]
    # Stock comes last: it is the hottest (docs/adr/0007).
    bring_back_stock(wants, source=shipment.subject, is_reserved=not order.is_of_rejected, by=by)
    return shipment
