"""Records that attributes point to: whether the actor may name them."""

from collections.abc import Callable, Mapping

from shundan.accounts.queries import user_by_email_unscoped
from shundan.catalog.queries import get_product
from shundan.inventory.queries import get_warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.orders.queries.record import get_order
from shundan.parties.queries import get_customer, get_supplier


def is_known_reference(kind: str, key: str, *, by: Actor) -> bool:
    """Tell whether a record exists that the actor may see: by number, SKU, code, or a colleague's e-mail address."""
    try:
        return _FINDERS[kind](key, by)
    except Refused:
        return False


def _is_colleague(email: str, by: Actor) -> bool:
    user = user_by_email_unscoped(email)
    return user is not None and user.is_active


_FINDERS: Mapping[str, Callable[[str, Actor], bool]] = {
    "customer": lambda key, by: get_customer(key, by=by) is not None,
    "supplier": lambda key, by: get_supplier(key, by=by) is not None,
    "product": lambda key, by: get_product(key, by=by) is not None,
    "order": lambda key, by: get_order(key, by=by) is not None,
    "warehouse": lambda key, by: get_warehouse(key, by=by) is not None,
    "user": _is_colleague,
}
