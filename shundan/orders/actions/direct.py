"""Goods that our supplier brings to the customer: chosen for a line, ordered of the supplier, given up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.catalog.queries import COMPANY_CURRENCY
from shundan.inventory.actions import Want, release_stock
from shundan.inventory.queries import get_open_warehouse
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import LARGEST_PRICE, PRICE_DECIMALS, ZERO, decimal_places, plain
from shundan.orders.actions.draft import OrderInput, create_order
from shundan.orders.actions.lines import LineInput
from shundan.orders.actions.progress import refresh_progress, reserve_open_quantities
from shundan.orders.models import DirectSupplier, Order, OrderLine
from shundan.orders.queries import (
    get_order,
    is_live,
    last_purchase_prices_unscoped,
    lines_of,
    lock_orders_unscoped,
)
from shundan.orders.queries.direct import (
    direct_lines_of,
    direct_suppliers_unscoped,
    is_direct_purchase,
    open_direct_purchases_unscoped,
    supplied_unscoped,
)
from shundan.parties.models import Supplier
from shundan.parties.queries import get_supplier


class SupplierDelivers(Refused):
    """A supplier still brings goods of the order to the customer."""

    code = "supplier_delivers"
    sentence = _(
        "%(number)s: a supplier still brings goods to the customer with %(purchases)s. Cancel or reduce that purchase,"
        " or let its goods come to a warehouse of ours, and try again."
    )


class NotDeliverable(Refused):
    """The line cannot be left to a supplier, or taken back from one, as it stands now."""

    code = "not_direct"
    sentence = _("%(sku)s: only goods of a confirmed sale that are not picked and not ordered otherwise can be moved.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectSupplierInput:
    """Who brings a product to customers: at which price (None as last bought), and whether always."""

    sku: str
    supplier: str
    unit_price: Decimal | None = None
    is_always: bool = False


@action
def save_direct_supplier(given: DirectSupplierInput, *, by: Actor) -> DirectSupplier:
    """Say which supplier brings a product to customers. Raises: NotPermitted, NotFound, Malformed."""
    require(by, "supplier.edit")
    product = Product.objects.filter(sku=given.sku.replace("\x00", ""), kind="goods").first()
    if product is None:
        raise Malformed(details=[Detail("sku", "unknown_sku", _("There are no such goods."))])
    if given.unit_price is not None and not ZERO <= given.unit_price <= LARGEST_PRICE:
        raise Malformed(details=[Detail("unit_price", "out_of_range", _("Enter a price of 0 or more."))])
    if given.unit_price is not None and decimal_places(given.unit_price) > PRICE_DECIMALS:
        raise Malformed(details=[Detail("unit_price", "too_many_decimals", _("Use at most 6 decimals."))])
    supplier = get_supplier(given.supplier, by=by)
    values = {"supplier": supplier, "unit_price": given.unit_price, "is_always": given.is_always}
    one, _made = DirectSupplier.objects.update_or_create(product=product, defaults=values)
    data = {"text": f"{product.sku} ← {supplier.name}"}
    record("product.direct_supplier_set", subject=("product", product.pk), by=by, data=data)
    return one


@action
def drop_direct_supplier(sku: str, *, by: Actor) -> None:
    """Say that no supplier brings a product to customers any more. Raises: NotPermitted, NotFound."""
    require(by, "supplier.edit")
    one = DirectSupplier.objects.select_related("product").filter(product__sku=sku.replace("\x00", "")).first()
    if one is None:
        raise NotFound(what="product", key=sku[:100])
    record("product.direct_supplier_dropped", subject=("product", one.product_id), by=by, data={"text": sku[:60]})
    one.delete()


@action
def deliver_directly(number: str, positions: Sequence[int], *, supplier: str = "", by: Actor) -> list[Order]:
    """Leave lines of a confirmed sale to suppliers; what they hold of our stock is free again.

    Purchases are entered as drafts, one for each supplier: the one that is named, else who is known to bring the
    product. A line without either waits until it is ordered. Raises: NotPermitted, NotFound, Malformed, NotDeliverable.
    """
    order = get_order(number, by=by, lock=True, permission="order.amend")
    chosen = _chosen(order, positions)
    for line in chosen:
        if not is_live(order) or order.kind != "sale" or not line.is_stocked or line.picked > 0:
            raise NotDeliverable(sku=line.sku)
    turned = [line for line in chosen if not line.is_direct]
    release_stock(
        [
            Want(line.pk, line.product_id, line.warehouse_id, line.reserved)
            for line in turned
            if line.reserved > 0 and line.warehouse_id is not None
        ]
    )
    for line in turned:
        line.is_direct, line.warehouse, line.reserved = True, None, ZERO
    OrderLine.objects.bulk_update(turned, ["is_direct", "warehouse", "reserved"])
    data = {"number": order.number, "lines": ", ".join(line.sku for line in chosen)}
    record("order.delivered_directly", subject=order.subject, by=by, data=data)
    refresh_progress(order, by=by)
    return _order_left(order, by=by, supplier=supplier, positions=positions)


@action
def deliver_from_stock(number: str, position: int, *, warehouse: str, by: Actor) -> Order:
    """Take a line of a sale back from suppliers: it ships from a warehouse of ours, as far as it has the goods.

    Raises: NotPermitted, NotFound, Malformed, NotDeliverable, SupplierDelivers, OutOfStock.
    """
    order = get_order(number, by=by, lock=True, permission="order.amend")
    (line,) = _chosen(order, [position])
    if not line.is_direct or not is_live(order):
        raise NotDeliverable(sku=line.sku)
    if supplied_unscoped([line.pk]).get(line.pk, ZERO) > line.shipped:
        raise _delivers(order)
    line.is_direct, line.warehouse = False, get_open_warehouse(warehouse, by=by)
    line.save(update_fields=["is_direct", "warehouse"])
    record("order.delivered_from_stock", subject=order.subject, by=by, data={"number": order.number, "lines": line.sku})
    reserve_open_quantities(order, by=by, partly=order.allows_backorder)
    refresh_progress(order, by=by)
    return order


@action
def order_directly(number: str, *, by: Actor) -> list[Order]:
    """Order what a confirmed sale leaves to suppliers that are known to bring it; doing it again orders nothing more.

    Raises: NotPermitted, NotFound.
    """
    order = get_order(number, by=by, lock=True, permission="order.amend")
    return _order_left(order, by=by) if is_live(order) else []


@action
def bring_to_stock(number: str, *, warehouse: str, by: Actor) -> Order:
    """Let what a purchase still brings to a customer come to a warehouse of ours; the sale is to be supplied anew.

    Raises: NotPermitted, NotFound, NotDeliverable.
    """
    known = get_order(number, by=by, permission="order.edit")
    locked = lock_orders_unscoped([known.pk, known.origin_id or 0])
    order, place = locked[known.pk], get_open_warehouse(warehouse, by=by)
    lines = lines_of(order)
    if not is_direct_purchase(order) or order.category in ("completed", "closed", "cancelled"):
        raise NotDeliverable(sku=order.number)
    if any(line.shipped > 0 for line in lines):
        raise NotDeliverable(sku=", ".join(line.sku for line in lines if line.shipped > 0))
    sale = locked[order.origin_id or 0]
    order.origin, order.warehouse = None, place
    order.save(update_fields=["origin", "warehouse"])
    for line in lines:
        if line.is_direct:
            line.is_direct, line.source_line, line.warehouse = False, None, place
    OrderLine.objects.bulk_update(lines, ["is_direct", "source_line", "warehouse"])
    record(
        "order.brought_to_stock", subject=order.subject, by=by, data={"number": order.number, "warehouse": place.code}
    )
    told = [f"user:{sale.owner_id}"] if sale.owner_id else []
    data = {"number": sale.number, "purchase": order.number, "notify": told}
    record("order.direct_supply_ended", subject=sale.subject, by=by, data=data)
    return order


def refuse_while_supplier_delivers(order: Order) -> None:
    """Refuse to end a locked sale of which a supplier still brings something. Raises: SupplierDelivers."""
    if order.kind == "sale" and any(line.is_direct for line in lines_of(order)):
        _refuse_if_open(order)


def end_direct_supply(order: Order) -> None:
    """Let a locked sale of which nothing was sent go back or end: purchases that were cancelled forget its lines.

    Raises: SupplierDelivers.
    """
    if order.kind == "sale" and any(line.is_direct for line in lines_of(order)):
        _refuse_if_open(order)
        OrderLine.objects.filter(source_line__order=order, is_direct=True).update(source_line=None)


def _refuse_if_open(order: Order) -> None:
    """Refuse while purchases for a sale are open. Raises: SupplierDelivers."""
    if open_direct_purchases_unscoped(order):
        raise _delivers(order)


def refuse_less_than_supplied(order: Order) -> None:
    """Refuse that a changed sale wants less than suppliers are asked to bring, or a changed purchase brings more.

    Raises: SupplierDelivers.
    """
    if order.kind == "sale":
        if any(one.ordered > one.line.quantity - one.line.cancelled for one in direct_lines_of(order)):
            raise _delivers(order)
    elif is_direct_purchase(order):
        wanted = {line.source_line_id: line for line in lines_of(order) if line.source_line_id is not None}
        supplied = supplied_unscoped(wanted)
        for sold in OrderLine.objects.filter(pk__in=wanted):
            if supplied.get(sold.pk, ZERO) > sold.quantity - sold.cancelled:
                raise MoreThanSold(sku=sold.sku, sold=plain(sold.quantity - sold.cancelled))


class MoreThanSold(Refused):
    """A purchase would bring the customer more than they ordered."""

    code = "more_than_sold"
    sentence = _("%(sku)s: the customer ordered %(sold)s; the supplier must not bring more.")


def _delivers(order: Order) -> SupplierDelivers:
    purchases = open_direct_purchases_unscoped(order)
    return SupplierDelivers(number=order.number, purchases=", ".join(purchases) or "--")


def _chosen(order: Order, positions: Sequence[int]) -> list[OrderLine]:
    lines = {line.position: line for line in lines_of(order)}
    if not positions or any(position not in lines for position in positions):
        raise Malformed(details=[Detail("lines", "unknown_line", _("The order has no such line."))])
    return [lines[position] for position in dict.fromkeys(positions)]


def _order_left(order: Order, *, by: Actor, supplier: str = "", positions: Sequence[int] | None = None) -> list[Order]:
    """Enter purchases for what is not ordered yet of a locked sale; who sold it need not be who buys."""
    left = [
        one for one in direct_lines_of(order) if one.left > 0 and (positions is None or one.line.position in positions)
    ]
    known = direct_suppliers_unscoped(one.line.product_id for one in left)
    named = get_supplier(supplier, by=by.as_system()) if supplier else None
    groups: dict[str, list[LineInput]] = {}
    for one in left:
        usual = known.get(one.line.product_id)
        who = named or (usual.supplier if usual else None)
        if who is None:
            continue
        wish = LineInput(
            sku=one.line.sku,
            quantity=one.left,
            unit_price=_price(who, one.line, usual if usual and usual.supplier_id == who.pk else None),
            source_position=one.line.position,
            requested_on=one.line.requested_on or order.requested_on,
        )
        groups.setdefault(who.number, []).append(wish)
    return [_purchase(order, number, lines, by=by) for number, lines in sorted(groups.items())]


def _price(supplier: Supplier, line: OrderLine, usual: DirectSupplier | None) -> Decimal:
    """Return the agreed price, else the last one paid, else what the product costs: the buyer sees it on the draft."""
    if usual is not None and usual.unit_price is not None:
        return usual.unit_price
    bought = last_purchase_prices_unscoped(supplier.pk, supplier.currency, [line.product_id]).get(line.product_id)
    if bought is not None:
        return bought.of_own_unit
    return (line.cost if supplier.currency == COMPANY_CURRENCY else None) or ZERO


def _purchase(order: Order, supplier: str, lines: Sequence[LineInput], *, by: Actor) -> Order:
    days = [line.requested_on for line in lines if line.requested_on is not None]
    given = OrderInput(
        type="purchase",
        supplier=supplier,
        origin=order.number,
        lines=tuple(lines),
        requested_on=min(days, default=None),
        customer_reference=order.customer_reference,
    )
    made = create_order(given, by=by.as_system())
    data = {"number": order.number, "purchase": made.number}
    record("order.direct_ordered", subject=order.subject, by=by, data=data)
    return made
