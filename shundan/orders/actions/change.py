"""Changing what a running order says: a wish checked against its limits, then carried out with money and stock."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import sellable_products_unscoped
from shundan.inventory.actions import Want, shift_reservations
from shundan.inventory.queries import availability_unscoped, available_of
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.money import ZERO, plain
from shundan.orders.actions.attributes import recompute_attributes
from shundan.orders.actions.direct import refuse_less_than_supplied
from shundan.orders.actions.draft import fingerprint_of, total_up
from shundan.orders.actions.lines import LineInput, faults_of_line, price_lines
from shundan.orders.actions.wishes import ChangeWish, LineWish, check_wish
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import direction_of, lines_of
from shundan.orders.queries.revisions import content_of
from shundan.orders.registries import PAPERS_OF_LINES, WORTH_FOLLOWERS
from shundan.orders.rules import open_quantity
from shundan.orders.rules.changes import (
    ADDRESS,
    Beyond,
    Difference,
    Invoiced,
    Terms,
    differences,
    limits_broken,
    terms_of,
    valid_quantity,
    worth_of_line,
)

BEYOND: Mapping[str, Any] = {
    "below_shipped": _(
        "%(sku)s: at least %(limit)s, for that much is picked or has left. Cancel the pick list first, or let goods"
        " come back with a return."
    ),
    "below_invoiced": _("%(sku)s: at least %(limit)s, for that much is invoiced. Issue a credit note first."),
    "price_invoiced": _(
        "%(sku)s: part of it is invoiced, so its price stays. Reduce the line to what is invoiced, and add a line with"
        " the new price for the rest."
    ),
}
LINE_COLUMNS = ("quantity", "cancelled", "unit_price", "discount", "gross", "net", "tax", "requested_on", "remark")


class ChangeBeyondLimits(Refused):
    """The change would contradict what has been picked, shipped or invoiced already."""

    code = "beyond_limits"
    sentence = _("The order cannot be changed this far any more. See the marked fields.")


class NothingChanges(Refused):
    """The wish says what the order says already."""

    code = "nothing_changes"
    sentence = _("This changes nothing on the order.")


class NothingLeft(Refused):
    """No line would stay."""

    code = "nothing_left"
    sentence = _("At least one line must stay. Cancel the order instead.")


@dataclass(slots=True)
class Plan:
    """A checked change of an order that is not carried out yet, with both versions."""

    header: dict[str, Any]
    terms: dict[int, Terms]
    extras: dict[int, dict[str, Any]]
    added: list[OrderLine]
    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def differences(self) -> list[Difference]:
        """Return where the versions differ."""
        return differences(self.before, self.after)

    @property
    def worth_before(self) -> Decimal:
        """Return what the order was worth, with tax."""
        return Decimal(self.before["worth"])

    @property
    def worth_after(self) -> Decimal:
        """Return what it will be worth, with tax."""
        return Decimal(self.after["worth"])


@dataclass(frozen=True, slots=True)
class Standing:
    """What an order's lines held before they were changed: worth in all, and open quantities by line id."""

    worth: Decimal
    open: Mapping[int, Decimal]
    takes_stock: bool


def plan_change(order: Order, wish: ChangeWish) -> Plan:
    """Check a wish for a running order and return what it would change; nothing is written.

    Raises: Malformed, ChangeBeyondLimits, NothingLeft, NothingChanges.
    """
    check_wish(wish)
    lines = lines_of(order)
    papers = papers_of(lines)
    known = [one for one in wish.lines if one.position is not None]
    terms, extras = _planned_terms(order, wish, papers)
    plan = Plan(_header(order, wish), terms, extras, _added(order, wish), content_of(order), {})
    if not plan.added and all(terms[line.pk].quantity == 0 if line.pk in terms else _is_off(line) for line in lines):
        raise NothingLeft()
    _refuse_address(order, plan)
    changed = copy.copy(order)
    changed.__dict__["loaded_lines"] = [copy.copy(line) for line in lines]
    _put(plan, changed, list(plan.added))
    plan.after = content_of(changed)
    if not plan.differences:
        raise NothingChanges()
    assert len(known) + len(plan.added) == len(wish.lines)
    return plan


def carry_out(order: Order, plan: Plan, *, by: Actor) -> None:
    """Change a locked order as planned; credit and stock follow by the difference, in this transaction.

    Raises: what billing refuses (CreditExceeded), OutOfStock; then nothing has changed.
    """
    before = standing_of(order)
    _put(plan, order, [])
    for line in plan.added:
        line.order = order
    OrderLine.objects.bulk_create(plan.added)
    lines = [*lines_of(order), *plan.added]
    order.__dict__["loaded_lines"] = lines
    total_up(order, lines)
    recompute_attributes(order, lines, by=by)
    order.content_hash = fingerprint_of(order, lines)
    order.save(
        update_fields=[
            "attributes",
            "net",
            "tax",
            "total",
            "company_total",
            "line_count",
            "content_hash",
            *plan.header,
        ]
    )
    settle_change(order, before, by=by, columns=LINE_COLUMNS)


def standing_of(order: Order) -> Standing:
    """Return what an order's lines hold now, to settle a change of them by the difference."""
    lines = lines_of(order)
    takes = direction_of(order).goes_out or any(line.reserved > 0 for line in lines)
    return Standing(_worth(order), {line.pk: open_quantity(line) for line in lines}, takes)


def settle_change(order: Order, before: Standing, *, by: Actor, columns: Sequence[str]) -> None:
    """Write lines that were changed in memory and let credit, then stock follow by the difference.

    Raises: what billing refuses (CreditExceeded), OutOfStock, SupplierDelivers.
    """
    change = _worth(order) - before.worth
    for follow in WORTH_FOLLOWERS:
        follow(order, change, by)
    back, wants = [], []
    for line in lines_of(order):
        over = line.reserved - open_quantity(line)
        if over > 0:
            back.append(_want(line, over))
            line.reserved -= over
        elif before.takes_stock and line.is_stocked and line.warehouse_id is not None:
            more = min(open_quantity(line) - before.open.get(line.pk, ZERO), open_quantity(line) - line.reserved)
            if more > 0:
                wants.append(_want(line, more))
    OrderLine.objects.bulk_update(lines_of(order), [*columns, "reserved"])
    held = shift_reservations(back=back, wants=wants, by=by, partly=order.allows_backorder)
    gained = [line for line in lines_of(order) if held.get(line.pk)]
    for line in gained:
        line.reserved += held[line.pk]
    if gained:
        OrderLine.objects.bulk_update(gained, ["reserved"])
    refuse_less_than_supplied(order)


def short_of_change(order: Order, plan: Plan) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """Return (SKU, wanted more, available) of goods of which a change wants more than is free."""
    before = standing_of(order)
    more: dict[int, Decimal] = {}
    skus: dict[int, str] = {}
    for line in [*lines_of(order), *plan.added]:
        terms = plan.terms.get(line.pk) if line.pk else None
        left = (terms.quantity - terms.cancelled - line.shipped) if terms else open_quantity(line)
        rise = left - before.open.get(line.pk, ZERO)
        if line.is_stocked and not line.is_direct and rise > 0 and before.takes_stock:
            more[line.product_id] = more.get(line.product_id, ZERO) + rise
            skus[line.product_id] = line.sku
    levels = availability_unscoped(more, warehouse_id=order.warehouse_id) if more else {}
    free = {one: available_of(one, levels) for one in more}
    return tuple((skus[one], wanted, free[one]) for one, wanted in more.items() if wanted > free[one])


def papers_of(lines: Sequence[OrderLine]) -> dict[int, Invoiced]:
    """Return what papers hold of lines, by line id; lines without any are left out."""
    found: dict[int, Invoiced] = {}
    wanted = [line.pk for line in lines if line.pk and line.invoiced > 0]
    for answer in PAPERS_OF_LINES if wanted else ():
        for pk, (gross, net) in answer(wanted).items():
            known = found.get(pk, Invoiced())
            found[pk] = Invoiced(known.gross + gross, known.net + net)
    return found


def _worth(order: Order) -> Decimal:
    lines = lines_of(order)
    papers = papers_of(lines)
    return sum((worth_of_line(one, currency=order.currency, invoiced=papers.get(one.pk)) for one in lines), ZERO)


def _want(line: OrderLine, quantity: Decimal) -> Want:
    assert line.warehouse_id is not None  # every line that holds stock has one
    path = f"lines[{line.position - 1}].quantity"
    return Want(line.pk, line.product_id, line.warehouse_id, quantity, line.sku, path)


def _is_off(line: OrderLine) -> bool:
    return valid_quantity(line) == 0


def _header(order: Order, wish: ChangeWish) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if wish.requested_on is not None:
        values["requested_on"] = wish.requested_on or None
    if wish.customer_reference is not None:
        values["customer_reference"] = wish.customer_reference.strip()
    if wish.remark is not None:
        values["remark"] = wish.remark
    if wish.ship_to is not None:
        values |= {f"ship_{one}": getattr(wish.ship_to, one) for one in ADDRESS}
    return {name: value for name, value in values.items() if getattr(order, name) != value}


def _planned_terms(
    order: Order, wish: ChangeWish, papers: Mapping[int, Invoiced]
) -> tuple[dict[int, Terms], dict[int, dict[str, Any]]]:
    """Return the new terms and the other new values of the lines that the wish names, by line id."""
    by_position = {line.position: line for line in lines_of(order)}
    skus = [by_position[one.position].sku for one in wish.lines if one.position in by_position]
    products = sellable_products_unscoped(skus, currency=order.currency) if skus else {}
    terms: dict[int, Terms] = {}
    extras: dict[int, dict[str, Any]] = {}
    malformed: list[Detail] = []
    beyond: list[Detail] = []
    for at, one in enumerate(wish.lines):
        if one.position is None:
            continue
        path, line = f"lines[{at}]", by_position.get(one.position)
        if line is None:
            malformed.append(Detail(f"{path}.position", "unknown_line", _("The order has no such line.")))
            continue
        extras[line.pk] = _extras(one)
        if one.quantity is None and one.unit_price is None and one.discount is None:
            continue
        quantity = valid_quantity(line) if one.quantity is None else one.quantity
        price = line.unit_price if one.unit_price is None else one.unit_price
        if quantity != 0:
            given = LineInput(sku=line.sku, quantity=quantity, unit_price=price, discount=one.discount or ZERO)
            wrong = faults_of_line(path, given, products.get(line.sku), order, line)
            malformed += wrong
            if wrong:
                continue
        broken = limits_broken(
            line, quantity=quantity, unit_price=price, discount=one.discount, currency=order.currency
        )
        if broken:
            beyond += [_beyond(path, line, each) for each in broken]
            continue
        found = terms_of(
            line,
            quantity=quantity,
            unit_price=price,
            discount=one.discount,
            invoiced=papers.get(line.pk, Invoiced()),
            includes_tax=order.includes_tax,
            currency=order.currency,
        )
        if found is None:
            beyond.append(_beyond(path, line, Beyond("quantity", "below_invoiced", line.invoiced)))
        elif found.gross < 0:
            sentence = _("The discount is larger than the line.")
            malformed.append(Detail(f"{path}.discount", "out_of_range", sentence))
        else:
            terms[line.pk] = found
    if malformed:
        raise Malformed(details=malformed)
    if beyond:
        raise ChangeBeyondLimits(details=beyond)
    return terms, extras


def _extras(one: LineWish) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if one.requested_on is not None:
        values["requested_on"] = one.requested_on or None
    if one.remark is not None:
        values["remark"] = one.remark[:500].replace("\x00", "")
    return values


def _beyond(path: str, line: OrderLine, broken: Beyond) -> Detail:
    facts = {"sku": line.sku, "limit": plain(broken.limit)}
    return Detail(f"{path}.{broken.field}", broken.code, str(BEYOND[broken.code]) % facts)


def _added(order: Order, wish: ChangeWish) -> list[OrderLine]:
    """Return the new lines, priced and taxed by the same rules as at entry, at the end of the order."""
    new = [(at, one) for at, one in enumerate(wish.lines) if one.position is None]
    if not new:
        return []
    given = [
        LineInput(
            sku=one.sku,
            quantity=one.quantity or ZERO,
            unit_price=one.unit_price,
            discount=one.discount or ZERO,
            requested_on=one.requested_on or None,
            remark=one.remark or "",
        )
        for _at, one in new
    ]
    products = sellable_products_unscoped((one.sku for one in given), currency=order.currency)
    try:
        lines = price_lines(given, products, order=order)
    except Malformed as refusal:
        places = {f"lines[{i}]": f"lines[{at}]" for i, (at, _one) in enumerate(new)}
        raise Malformed(details=[_placed(one, places) for one in refusal.details]) from refusal
    last = max(line.position for line in lines_of(order))
    for i, line in enumerate(lines):
        line.position = last + 1 + i
    return lines


def _placed(detail: Detail, places: Mapping[str, str]) -> Detail:
    line, dot, field = detail.path.partition(".")
    return Detail(f"{places.get(line, line)}{dot}{field}", detail.code, detail.message)


def _refuse_address(order: Order, plan: Plan) -> None:
    if order.fulfilment in ("shipped", "delivered") and any(name.startswith("ship_") for name in plan.header):
        sentence = _("All goods have left already; the address cannot be changed any more.")
        raise ChangeBeyondLimits(details=[Detail("ship_to", "address_shipped", sentence)])


def _put(plan: Plan, order: Order, added: list[OrderLine]) -> None:
    """Write a plan into an order and its lines in memory."""
    for name, value in plan.header.items():
        setattr(order, name, value)
    for line in lines_of(order):
        terms = plan.terms.get(line.pk)
        if terms is not None:
            line.quantity, line.cancelled = terms.quantity, terms.cancelled
            line.unit_price, line.discount = terms.unit_price, terms.discount
            line.gross, line.net, line.tax = terms.gross, terms.net, terms.tax
        for name, value in plan.extras.get(line.pk, {}).items():
            setattr(line, name, value)
    order.__dict__["loaded_lines"] = [*lines_of(order), *added]
