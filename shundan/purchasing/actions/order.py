"""Ordering what was requested: purchase orders as drafts, each line tied to what it buys for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, plain
from shundan.orders.actions import LineInput, OrderInput, create_order
from shundan.orders.models import Order
from shundan.purchasing.actions.requests import STATES, PurchaseRequestNotApproved
from shundan.purchasing.models import PurchaseRequestLine, RequestSupply
from shundan.purchasing.queries.requests import lock_lines_unscoped, ordered_of
from shundan.purchasing.scopes import visible_purchase_requests


class OrderedAlready(Refused):
    """More is to be ordered than is asked for and open."""

    code = "ordered_already"
    sentence = _("Of %(sku)s in %(number)s only %(left)s is left to order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """How much of a requested line (by its id) is bought of whom; without a price, as last bought."""

    line_id: int
    supplier: str
    quantity: Decimal
    unit_price: Decimal | None = None
    currency: str | None = None
    requested_on: date | None = None


@action
def order_requested(purchases: Sequence[Purchase], *, by: Actor, remark: str = "") -> list[Order]:
    """Enter purchase orders for requested lines: one draft for each supplier, warehouse and currency.

    Raises: NotPermitted, NotFound, Malformed, PurchaseRequestNotApproved, OrderedAlready.
    """
    require(by, "purchase_request.source")
    if not purchases:
        raise Malformed(details=[Detail("lines", "required", _("Choose at least one line."))])
    lines = lock_lines_unscoped(one.line_id for one in purchases)
    seen = visible_purchase_requests(by, "purchase_request.source")
    visible = set(seen.filter(pk__in={line.request_id for line in lines.values()}).values_list("pk", flat=True))
    left: dict[int, Decimal] = {}
    groups: dict[tuple[str, str, str], list[Purchase]] = {}
    for at, one in enumerate(purchases):
        line = lines.get(one.line_id)
        if line is None or line.request_id not in visible:
            raise Malformed(details=[Detail(f"lines[{at}].line", "unknown", _("There is no such line."))])
        left.setdefault(line.pk, line.quantity - ordered_of(line))
        _check_open(line, one.quantity, left[line.pk])
        left[line.pk] -= one.quantity
        if not one.supplier:
            raise Malformed(details=[Detail(f"lines[{at}].supplier", "required", _("Choose a supplier."))])
        groups.setdefault((one.supplier, line.request.warehouse.code, one.currency or ""), []).append(one)
    return [_enter(key, group, lines, by=by, remark=remark) for key, group in sorted(groups.items())]


def _check_open(line: PurchaseRequestLine, quantity: Decimal, left: Decimal) -> None:
    request = line.request
    if request.state != "approved":
        raise PurchaseRequestNotApproved(number=request.number, state=str(STATES[request.state]))
    if quantity > left:
        raise OrderedAlready(sku=line.product.sku, number=request.number, left=plain(max(ZERO, left)))


def _enter(
    key: tuple[str, str, str],
    group: Sequence[Purchase],
    lines: dict[int, PurchaseRequestLine],
    *,
    by: Actor,
    remark: str,
) -> Order:
    supplier, warehouse, currency = key
    wanted = tuple(
        LineInput(
            sku=lines[one.line_id].product.sku,
            quantity=one.quantity,
            unit_price=one.unit_price,
            requested_on=one.requested_on or lines[one.line_id].request.needed_on,
        )
        for one in group
    )
    days = [line.requested_on for line in wanted if line.requested_on is not None]
    given = OrderInput(
        type="purchase",
        supplier=supplier,
        warehouse=warehouse,
        currency=currency or None,
        lines=wanted,
        requested_on=min(days, default=None),
        remark=remark,
    )
    order = create_order(given, by=by)
    bought: dict[int, Decimal] = {}
    for one in group:
        bought[one.line_id] = bought.get(one.line_id, ZERO) + one.quantity
    RequestSupply.objects.bulk_create(
        RequestSupply(line_id=line_id, order=order, quantity=quantity) for line_id, quantity in sorted(bought.items())
    )
    numbers = sorted({lines[one.line_id].request.number for one in group})
    for request_id in sorted({lines[one.line_id].request_id for one in group}):
        record(
            "purchase_request.ordered", subject=("purchase_request", request_id), by=by, data={"order": order.number}
        )
    record("order.made_from_requests", subject=order.subject, by=by, data={"requests": ", ".join(numbers)})
    return order
