"""Files of orders' attributes: read by who sees the order, or who has just uploaded them."""

from django.db.models import Q

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.orders.models import OrderFile
from shundan.orders.scopes import order_scope


def get_order_file(key: str, *, by: Actor) -> OrderFile:
    """Return a file with its content. Raises: NotPermitted, NotFound."""
    require(by, "order.read")
    mine = Q(order=None, uploaded_by_id=by.id or 0)
    theirs = Q(order__isnull=False) & order_scope(by, "order.read", path="order__")
    found = OrderFile.objects.filter(mine | theirs).filter(key=key.partition(":")[0].replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="file", key=key[:60])
    return found
