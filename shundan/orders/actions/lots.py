"""Lots that lines name: found by their code, and refused where nothing is taken from the shelf."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from shundan.inventory.models import Lot
from shundan.inventory.queries import lots_in_stock_unscoped
from shundan.kernel.errors import Detail, Malformed
from shundan.orders.models import Order, OrderLine

TAKES_FROM_SHELF = ("sale", "service", "transfer")
MOST_NAMED = 8


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
