"""What suppliers said of the orders issued to them, and the signed address where they say it."""

from dataclasses import dataclass
from decimal import Decimal

from django.core import signing

from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.errors import NotFound, require
from shundan.orders.models import Order
from shundan.orders.queries import get_order, lines_of
from shundan.orders.scopes import visible_orders
from shundan.purchasing.models import SupplierAnswer

ORDER_SALT = "shundan.purchase"
ORDER_LINK_DAYS = 365
# While a supplier may still say something of an order.
ISSUED = ("confirmed", "in_progress")


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """A line whose price the supplier says otherwise."""

    position: int
    name_zh: str
    name_en: str
    before: Decimal
    after: Decimal


def answers_of_order(order: Order, *, by: Actor) -> list[SupplierAnswer]:
    """Return what a supplier said of a fetched order, newest first. Raises: NotPermitted."""
    require(by, "order.read")
    return list(SupplierAnswer.objects.filter(order=order).select_related("amendment__order").order_by("-id"))


def waiting_answers(*, by: Actor, limit: int) -> list[SupplierAnswer]:
    """Return what suppliers said otherwise of visible orders and nobody decided yet, oldest first.

    Raises: NotPermitted.
    """
    require(by, "purchase_request.source")
    rows = SupplierAnswer.objects.filter(state="waiting", order__in=visible_orders(by)).select_related(
        "order__supplier"
    )
    return list(rows.order_by("id")[:limit])


def prices_of_answer(answer: SupplierAnswer, order: Order) -> list[PriceAnswer]:
    """Return the lines whose price the supplier says otherwise, in the order's currency."""
    said = {int(position): Decimal(price) for position, price in answer.prices.items()}
    return [
        PriceAnswer(line.position, line.name_zh, line.name_en, line.agreed.amount, said[line.position])
        for line in lines_of(order)
        if line.position in said
    ]


def token_of_order(order: Order) -> str:
    """Return what stands in the address where the supplier of this order answers without signing in."""
    return signing.dumps([order.pk, order.supplier_id], salt=ORDER_SALT, compress=False)


def order_of_token(token: str) -> Order:
    """Return the order whose supplier was given this token, once it was issued to them. Raises: NotFound."""
    try:
        order_id, supplier_id = signing.loads(token, salt=ORDER_SALT, max_age=ORDER_LINK_DAYS * 86_400)
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise NotFound(what="order", key=token[:20]) from wrong
    known = Order.objects.filter(pk=order_id, supplier_id=supplier_id, kind="purchase")
    found = known.exclude(category__in=("draft", "submitted", "approved")).first()
    if found is None:
        raise NotFound(what="order", key=token[:20])
    return get_order(found.number, by=system_actor(found.changed_at))
