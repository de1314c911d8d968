"""Writing down what people say about an order, and that orders left the house in a file."""

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record
from shundan.orders.queries import get_order
from shundan.orders.rules import LONGEST_TEXT


@action
def note_order(number: str, *, text: str, by: Actor, is_public: bool = False) -> None:
    """Add a note to an order's history. Raises: NotPermitted, NotFound, Malformed."""
    require(by, "order.note")
    order = get_order(number, by=by, permission="order.note")
    written = text.strip()
    if not written or len(written) > LONGEST_TEXT or "\x00" in written:
        raise Malformed(details=[Detail("text", "invalid_text", _("Enter a note of at most 2,000 characters."))])
    record("order.noted", subject=order.subject, by=by, data={"text": written, "is_public": is_public})


@action
def note_orders_exported(*, form: str, filters: str, by: Actor) -> None:
    """Keep on record that somebody took orders out of the system in a file. Raises: NotPermitted."""
    require(by, "order.export")
    record("orders.exported", subject=("user", by.id or 0), by=by, data={"form": form, "filters": filters[:2000]})
