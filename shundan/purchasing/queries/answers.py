"""What suppliers said of the orders issued to them, and the signed address where they say it."""

from dataclasses import dataclass

from django.core import signing

from shundan.kernel.actor import Actor, system_actor
from shundan.kernel.errors import NotFound, require
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, lines_of
from shundan.orders.scopes import visible_orders
from shundan.purchasing.models import SupplierAnswer

ORDER_SALT = "shundan.purchase"
ORDER_LINK_DAYS = 365
# While a supplier may still say something of an order.
ISSUED = ("confirmed", "in_progress")


# What becomes of an answer that was accepted is what becomes of the change that it asked for.
_OUTCOMES = {"submitted": "in_approval", "approved": "in_approval", "applied": "accepted"}


@dataclass(frozen=True, slots=True)
class SaidOtherwise:
    """Something that the supplier says otherwise: a `day`, `price` or `quantity` of a line, or the `day` of all.

    Values are as they were written: a day in ISO form or none, a decimal number.
    """

    what: str
    line: OrderLine | None
    before: str
    after: str


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


def standing_of_answer(answer: SupplierAnswer) -> str:
    """Return how an answer stands: its state, or what became of the change when it was accepted.

    `answer.amendment` is fetched.
    """
    if answer.state != "accepted" or answer.amendment is None:
        return answer.state
    return _OUTCOMES.get(answer.amendment.state, "refused")


def differences_of_answer(answer: SupplierAnswer, order: Order) -> list[SaidOtherwise]:
    """Return what the supplier says otherwise than the order said then."""
    lines = {str(line.position): line for line in lines_of(order)}
    said = []
    if answer.delivers_on is not None:
        said.append(SaidOtherwise("day", None, answer.before.get("delivers_on", ""), answer.delivers_on.isoformat()))
    for at, line in lines.items():
        for what, name in (("quantity", "quantities"), ("price", "prices"), ("day", "days")):
            after = getattr(answer, name).get(at)
            is_told = what == "day" and answer.delivers_on is not None and after == answer.delivers_on.isoformat()
            if after is not None and not is_told:
                said.append(SaidOtherwise(what, line, answer.before.get(name, {}).get(at, ""), after))
    return said


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
