"""What parties do when something happens elsewhere: the purchase history follows the orders."""

from datetime import date

from shundan.kernel.events import subscribe
from shundan.kernel.models import Event
from shundan.parties.actions import note_customer_ordered


@subscribe("order.confirmed")
def count_customer_order(event: Event) -> None:
    """Add a confirmed order to the customer's purchase history; what comes back, or is bought, is none."""
    if event.data.get("kind", "sale") not in ("sale", "service"):
        return
    note_customer_ordered(event.data["customer_id"], on=date.fromisoformat(event.data["ordered_on"]))
