"""What purchase requests may be, and what is to be bought again."""

from decimal import Decimal

SOURCES = ("person", "reorder", "backorder", "forecast")
REQUEST_STATES = ("pending", "approved", "rejected", "withdrawn", "closed")
# What of these is not ordered yet still counts as coming.
WAITING = ("pending", "approved")
MOST_LINES = 500
LONGEST_TEXT = 500

ZERO = Decimal(0)


def proposed_quantity(projected: Decimal, *, reorder_point: Decimal | None, target: Decimal | None) -> Decimal:
    """Return how much to buy when so much will be free: up to the target below the point, else what is missing."""
    if reorder_point is not None and target is not None and projected < reorder_point:
        return target - projected
    return max(ZERO, -projected)


INQUIRY_STATES = ("open", "awarded", "cancelled")
INVITATION_STATES = ("invited", "quoted", "declined")
MOST_SUPPLIERS = 20
LONGEST_DELIVERY = 730

# Of what a supplier said: as ordered; otherwise, and nobody decided yet; decided; said anew before anybody decided.
ANSWER_STATES = ("agreed", "waiting", "accepted", "refused", "replaced")
