"""Moving stock: receive, adjust, reserve, release, issue; sets of lines in one statement each.

Rows are always locked in ascending product and warehouse id, so two orders can never deadlock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from shundan.inventory.models import StockLevel, StockMove, Warehouse
from shundan.inventory.rules import ADJUSTMENT_REASONS, LARGEST_MOVE, RECEIPT_REASONS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action, call_sql
from shundan.kernel.errors import Detail, Malformed, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import QUANTITY_DECIMALS, decimal_places, plain


class OutOfStock(Refused):
    """Fewer units are free than are wanted."""

    code = "out_of_stock"
    sentence = _("There is not enough stock. Reduce the quantity, choose another warehouse or allow backorders.")


class StockInUse(Refused):
    """An adjustment would take units that are reserved for orders."""

    code = "stock_in_use"
    sentence = _("%(sku)s: only %(available)s available; the rest is reserved for orders. Release some first.")


@dataclass(frozen=True, slots=True)
class Want:
    """A line that wants units of a product from a warehouse; `path` is its place in the input."""

    line_id: int
    product_id: int
    warehouse_id: int
    quantity: Decimal
    sku: str = ""
    path: str = ""


@action
def receive_stock(
    *, product_id: int, warehouse_id: int, quantity: Decimal, reason: str, by: Actor, remark: str = ""
) -> StockMove:
    """Add units to a warehouse. Raises: NotPermitted, Malformed."""
    require(by, "stock.receive")
    _check_move(quantity, reason, RECEIPT_REASONS, positive=True)
    return _move(product_id, warehouse_id, quantity, "receipt", reason, remark, by)


@action
def adjust_stock(
    *, product_id: int, warehouse_id: int, delta: Decimal, reason: str, by: Actor, remark: str = ""
) -> StockMove:
    """Correct what a warehouse has, up or down, with a reason. Raises: NotPermitted, Malformed, StockInUse."""
    require(by, "stock.adjust")
    _check_move(delta, reason, ADJUSTMENT_REASONS, positive=False)
    return _move(product_id, warehouse_id, delta, "adjustment", reason, remark, by)


def reserve_stock(wants: Sequence[Want], *, by: Actor, partly: bool = False) -> dict[int, Decimal]:
    """Hold stock for lines and return the quantity held by line id.

    With `partly` each line gets what is free and the rest stays open; without it all lines are held in full or
    nothing is. Raises: OutOfStock, naming each short line.
    """
    held = call_sql(
        "select inventory_reserve(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bool, %s::timestamptz)",
        [
            [want.line_id for want in wants],
            [want.product_id for want in wants],
            [want.warehouse_id for want in wants],
            [want.quantity for want in wants],
            partly,
            by.at,
        ],
        refusals={"out_of_stock": lambda short: out_of_stock(short, wants)},
    )
    return {want.line_id: quantity for want, quantity in zip(wants, held, strict=True)}


def out_of_stock(short: Sequence[Mapping[str, Decimal]], wants: Sequence[Want]) -> OutOfStock:
    """Return the refusal that names each short line, from what the database found: index and free quantity."""
    details = []
    for one in short:
        want = wants[int(one["line"])]
        facts = {"sku": want.sku, "wanted": plain(want.quantity), "available": plain(one["available"])}
        sentence = _("%(sku)s: %(wanted)s requested, %(available)s available.")
        details.append(Detail(want.path, "out_of_stock", sentence % facts))
    return OutOfStock(details=details)


def release_stock(wants: Sequence[Want]) -> None:
    """Give reserved units back to the free stock; a reservation that becomes empty ends."""
    if not wants:
        return
    _lock_levels(wants)
    _reduce_reservations(wants)
    _change_levels(wants, on_hand=0, reserved=-1)


def shift_reservations(
    *, back: Sequence[Want], wants: Sequence[Want], by: Actor, partly: bool = False
) -> dict[int, Decimal]:
    """Give some reserved units back and hold others, as one step; return the quantity newly held by line id.

    All levels are locked first, in the house's order. Raises: OutOfStock, naming each short line.
    """
    if back and wants:
        _lock_levels([*back, *wants])
    release_stock(back)
    return reserve_stock(wants, by=by, partly=partly) if wants else {}


def issue_stock(wants: Sequence[Want], *, source: tuple[str, int], by: Actor) -> None:
    """Take reserved units out of the warehouse and write the ledger; `source` is (kind, id) of the paper."""
    if not wants:
        return
    _lock_levels(wants)
    _reduce_reservations(wants)
    balances = _change_levels(wants, on_hand=-1, reserved=-1)
    moves = []
    for want in _in_lock_order(wants, falling=True):
        # Several lines of one paper may take the same product: count the balance back from the last one.
        key = (want.product_id, want.warehouse_id)
        moves.append(_ledger_row(want, -want.quantity, balances[key], "issue", source, by))
        balances[key] += want.quantity
    StockMove.objects.bulk_create(reversed(moves))


def take_in_stock(wants: Sequence[Want], *, source: tuple[str, int], by: Actor) -> None:
    """Put units that came with a paper on the shelf and write the ledger; `source` is (kind, id) of the paper."""
    keys = sorted({(want.product_id, want.warehouse_id) for want in wants})
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into inventory_stocklevel (product_id, warehouse_id, on_hand, reserved)"
            " select p, w, 0, 0 from unnest(%s::bigint[], %s::bigint[]) as t(p, w)"
            " order by p, w on conflict do nothing",
            [[key[0] for key in keys], [key[1] for key in keys]],
        )
    _lock_levels(wants)
    balances = _change_levels(wants, on_hand=1, reserved=0)
    moves = []
    for want in _in_lock_order(wants, falling=True):
        key = (want.product_id, want.warehouse_id)
        moves.append(_ledger_row(want, want.quantity, balances[key], "receipt", source, by))
        balances[key] -= want.quantity
    StockMove.objects.bulk_create(reversed(moves))


def take_back_stock(wants: Sequence[Want], *, source: tuple[str, int], by: Actor) -> None:
    """Undo `take_in_stock` while the units are still free. Raises: StockInUse."""
    if not wants:
        return
    _lock_levels(wants)
    sums: dict[tuple[int, int], Decimal] = {}
    for want in wants:
        key = (want.product_id, want.warehouse_id)
        sums[key] = sums.get(key, Decimal(0)) + want.quantity
    levels = StockLevel.objects.filter(
        product_id__in={key[0] for key in sums}, warehouse_id__in={key[1] for key in sums}
    ).select_related("product")
    for level in levels:
        if sums.get((level.product_id, level.warehouse_id), Decimal(0)) > level.available:
            raise StockInUse(available=plain(level.available), sku=level.product.sku)
    balances = _change_levels(wants, on_hand=-1, reserved=0)
    moves = []
    for want in _in_lock_order(wants, falling=True):
        key = (want.product_id, want.warehouse_id)
        moves.append(_ledger_row(want, -want.quantity, balances[key], "reversal", source, by))
        balances[key] += want.quantity
    StockMove.objects.bulk_create(reversed(moves))


@action
def create_warehouse(
    *, code: str, name_zh: str, name_en: str, by: Actor, province: str = "", city: str = ""
) -> Warehouse:
    """Add a warehouse, or rename the one with this code. Raises: NotPermitted."""
    require(by, "warehouse.edit")
    warehouse, _made = Warehouse.objects.update_or_create(
        code=code, defaults={"name_zh": name_zh, "name_en": name_en, "province": province, "city": city}
    )
    return warehouse


def _move(
    product_id: int, warehouse_id: int, delta: Decimal, kind: str, reason: str, remark: str, by: Actor
) -> StockMove:
    level, _made = StockLevel.objects.get_or_create(product_id=product_id, warehouse_id=warehouse_id)
    level = StockLevel.objects.select_for_update(of=("self",)).select_related("product").get(pk=level.pk)
    if level.on_hand + delta < level.reserved:
        raise StockInUse(available=plain(level.on_hand - level.reserved), sku=level.product.sku)
    if level.on_hand + delta >= LARGEST_MOVE:
        raise Malformed(details=[Detail("quantity", "out_of_range", _("The quantity exceeds what can be recorded."))])
    StockLevel.objects.filter(pk=level.pk).update(on_hand=level.on_hand + delta)
    move = StockMove.objects.create(
        product_id=product_id,
        warehouse_id=warehouse_id,
        delta=delta,
        balance=level.on_hand + delta,
        kind=kind,
        reason=reason,
        remark=remark.replace("\x00", "")[:500],
        actor_id=by.id,
        actor_name=by.name,
        at=by.at,
    )
    record(
        f"stock.{'received' if kind == 'receipt' else 'adjusted'}",
        subject=("product", product_id),
        by=by,
        data={"warehouse_id": warehouse_id, "delta": str(delta), "reason": reason},
    )
    return move


def _lock_levels(wants: Sequence[Want]) -> None:
    keys = sorted({(want.product_id, want.warehouse_id) for want in wants})
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from inventory_stocklevel where product_id = any(%s) and warehouse_id = any(%s)"
            " order by product_id, warehouse_id for no key update",
            [sorted({key[0] for key in keys}), sorted({key[1] for key in keys})],
        )


def _change_levels(wants: Sequence[Want], *, on_hand: int, reserved: int) -> dict[tuple[int, int], Decimal]:
    sums: dict[tuple[int, int], Decimal] = {}
    for want in wants:
        key = (want.product_id, want.warehouse_id)
        sums[key] = sums.get(key, Decimal(0)) + want.quantity
    if not sums:
        return {}
    keys = sorted(sums)
    with connection.cursor() as cursor:
        cursor.execute(
            "update inventory_stocklevel s set on_hand = s.on_hand + %s * t.q, reserved = s.reserved + %s * t.q"
            " from unnest(%s::bigint[], %s::bigint[], %s::numeric[]) as t(p, w, q)"
            " where s.product_id = t.p and s.warehouse_id = t.w returning s.product_id, s.warehouse_id, s.on_hand",
            [on_hand, reserved, [k[0] for k in keys], [k[1] for k in keys], [sums[k] for k in keys]],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


def _reduce_reservations(wants: Sequence[Want]) -> None:
    with connection.cursor() as cursor:
        columns = _columns(wants)
        # A row that would fall to zero is deleted first: the table keeps only what is held.
        cursor.execute(
            "delete from inventory_reservation r using unnest(%s::bigint[], %s::bigint[], %s::numeric[]) as t(l, w, q)"
            " where r.line_id = t.l and r.warehouse_id = t.w and r.quantity = t.q returning r.line_id",
            columns,
        )
        ended = {row[0] for row in cursor.fetchall()}
        left = [want for want in wants if want.line_id not in ended]
        if left:
            cursor.execute(
                "update inventory_reservation r set quantity = r.quantity - t.q"
                " from unnest(%s::bigint[], %s::bigint[], %s::numeric[]) as t(l, w, q)"
                " where r.line_id = t.l and r.warehouse_id = t.w",
                _columns(left),
            )


def _columns(wants: Sequence[Want]) -> list[list[int] | list[Decimal]]:
    return [[one.line_id for one in wants], [one.warehouse_id for one in wants], [one.quantity for one in wants]]


def _in_lock_order(wants: Sequence[Want], *, falling: bool = False) -> list[Want]:
    return sorted(wants, key=lambda want: (want.product_id, want.warehouse_id, want.line_id), reverse=falling)


def _ledger_row(
    want: Want, delta: Decimal, balance: Decimal, kind: str, source: tuple[str, int], by: Actor
) -> StockMove:
    return StockMove(
        product_id=want.product_id,
        warehouse_id=want.warehouse_id,
        delta=delta,
        balance=balance,
        kind=kind,
        source_kind=source[0],
        source_id=source[1],
        source_line_id=want.line_id,
        actor_id=by.id,
        actor_name=by.name,
        at=by.at,
    )


def _check_move(quantity: Decimal, reason: str, reasons: tuple[str, ...], *, positive: bool) -> None:
    wrong = []
    if quantity == 0 or (positive and quantity < 0) or abs(quantity) >= LARGEST_MOVE:
        wrong.append(Detail("quantity", "out_of_range", _("Enter a quantity other than 0, below 1,000,000,000,000.")))
    elif decimal_places(quantity) > QUANTITY_DECIMALS:
        wrong.append(Detail("quantity", "too_many_decimals", _("Use at most 6 decimals.")))
    if reason not in reasons:
        wrong.append(Detail("reason", "unknown", _("Choose one of the offered reasons.")))
    if wrong:
        raise Malformed(details=wrong)
