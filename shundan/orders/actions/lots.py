"""Lots that lines name: found by their code, refused where nothing is taken from the shelf, changed before picking."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from shundan.inventory.actions import Want, reserve_other_lot
from shundan.inventory.models import Lot
from shundan.inventory.queries import lots_in_stock_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, is_live, lines_of
from shundan.orders.rules import open_quantity

TAKES_FROM_SHELF = ("sale", "service", "transfer")
MOST_NAMED = 8


class LotIsFixed(Refused):
    """The line is picked, nothing of it is open, or its order is not confirmed: its lot cannot be changed this way."""

    code = "lot_is_fixed"
    sentence = _("%(sku)s: the lot can be changed while the order runs and nothing of the line is picked.")


@action
def change_line_lot(number: str, *, position: int, lot: str, by: Actor) -> Order:
    """Let a line of a confirmed order be served from another lot, or from any (empty); what it holds moves along.

    Raises: NotPermitted, NotFound, Malformed, LotIsFixed, LotShort (nothing is changed then).
    """
    require(by, "order.amend")
    order = get_order(number, by=by, lock=True, permission="order.amend")
    line = next((one for one in lines_of(order) if one.position == position), None)
    if line is None:
        raise Malformed(details=[Detail("position", "unknown_line", _("The order has no such line."))])
    if not is_live(order) or line.picked > 0 or open_quantity(line) <= 0:
        raise LotIsFixed(sku=line.sku)
    before = line.lot_code
    line.lot, line.lot_code = None, ""
    name_lots(order, [line], [lot], today=by.today)
    if line.lot_code == before:
        return order
    line.save(update_fields=["lot", "lot_code"])
    data = {"sku": line.sku, "changes": {"lot": [before, line.lot_code]}}
    record("order.lot_changed", subject=order.subject, by=by, data=data)
    if line.reserved > 0 and line.warehouse_id is not None:
        want = Want(line.pk, line.product_id, line.warehouse_id, line.reserved, line.sku, "lot", line.lot_id)
        reserve_other_lot(want, by=by)
    return order


def name_lots(order: Order, lines: Sequence[OrderLine], codes: Sequence[str], *, today: date) -> None:
    """Give lines the lots that they were entered with. Raises: Malformed, naming the lots that are in stock."""
    named = {i: code.strip().replace("\x00", "") for i, code in enumerate(codes) if code.strip()}
    if not named:
        return
    products = {lines[i].product_id for i in named}
    lots = Lot.objects.filter(product__in=products, code__in=set(named.values()))
    known = {(one.product_id, one.code): one for one in lots}
    wrong = []
    for i, code in named.items():
        line, lot = lines[i], known.get((lines[i].product_id, code))
        if not line.is_stocked or order.kind not in TAKES_FROM_SHELF:
            sentence = _("A lot is named only for goods that leave the warehouse. Leave it empty here.")
            wrong.append(Detail(f"lines[{i}].lot", "lot_not_asked", sentence))
        elif lot is None:
            wrong.append(Detail(f"lines[{i}].lot", "unknown_lot", _unknown(line, code, today)))
        else:
            line.lot, line.lot_code = lot, lot.code
    if wrong:
        raise Malformed(details=wrong)


def _unknown(line: OrderLine, code: str, today: date) -> str:
    there = lots_in_stock_unscoped([line.product_id], warehouse_id=line.warehouse_id, today=today)
    known = ", ".join(one.lot.code for one in there.get(line.product_id, [])[:MOST_NAMED]) or "--"
    sentence = _("%(sku)s has no lot %(lot)s. In stock: %(known)s.")
    return str(sentence % {"sku": line.sku, "lot": code[:60], "known": known})
