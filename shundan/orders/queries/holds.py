"""Why an order waits, in the words of whoever reads it."""

from shundan.orders.models import OrderHold
from shundan.orders.registries import CAUSES_OF_HOLDS


def reason_of_hold(hold: OrderHold) -> str:
    """Return why an order waits: as somebody wrote it, or what a rule found, in the language that is active now."""
    judged = CAUSES_OF_HOLDS.get(hold.cause)
    return judged(**hold.facts).message if judged is not None and hold.facts else hold.reason
