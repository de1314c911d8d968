"""Stock counts: planned, judged when all is counted, counted again where it differs, approved by another, posted."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Category
from shundan.inventory.actions.entries import Entry
from shundan.inventory.actions.lots import SerialTwice
from shundan.inventory.actions.post import lock_levels, post_moves
from shundan.inventory.models import CountLine, Location, StockCount, StockPick, StockPosition, Warehouse
from shundan.inventory.queries import lines_of_count
from shundan.inventory.rules import COUNT_LIMIT, IN_TRANSIT, MOST_COUNT_LINES, OPEN_COUNTS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import ZERO, round_amount
from shundan.kernel.numbering import next_number


class NothingToCount(Refused):
    """Nothing lies there, or too much for one count."""

    code = "nothing_to_count"
    sentence = _("There are %(lines)s positions there; a count has 1 to %(most)s.")


class CountGone(Refused):
    """The count is not in the state that the step needs."""

    code = "wrong_count_state"
    sentence = _("Count %(number)s is not at this step any more. Reload the page.")


class NotAllCounted(Refused):
    """Lines wait to be counted."""

    code = "not_all_counted"
    sentence = _("%(left)s positions of %(number)s are not counted yet. Count them, or say that nothing lies there.")


class OwnCount(Refused):
    """Whoever planned or counted does not approve the difference."""

    code = "own_count"
    sentence = _("You planned or counted %(number)s yourself. Somebody else must approve the difference.")


@action
def plan_count(
    *, warehouse_id: int, by: Actor, zone: str = "", location: str = "", category: str = "", remark: str = ""
) -> StockCount:
    """Plan the count of our goods in a warehouse, limited to a zone, a location, a category, or several of them.

    Raises: NotPermitted, NotFound, NothingToCount.
    """
    require(by, "stock.adjust")
    warehouse = Warehouse.objects.filter(pk=warehouse_id).first()
    if warehouse is None:
        raise NotFound(what="warehouse", key=str(warehouse_id)[:20])
    rows = StockPosition.objects.filter(warehouse=warehouse, owner=None).exclude(status=IN_TRANSIT)
    place = kind = None
    if zone:
        rows = rows.filter(location__zone=zone.replace("\x00", ""))
    if location:
        place = Location.objects.filter(warehouse=warehouse, code=location.replace("\x00", "")).first()
        if place is None:
            raise NotFound(what="location", key=location[:60])
        rows = rows.filter(location=place)
    if category:
        kind = Category.objects.filter(code=category.replace("\x00", "")).first()
        if kind is None:
            raise NotFound(what="category", key=category[:60])
        rows = rows.filter(Q(product__category=kind) | Q(product__category__parent=kind))
    positions = list(rows[: MOST_COUNT_LINES + 1])
    if not 0 < len(positions) <= MOST_COUNT_LINES:
        raise NothingToCount(lines=len(positions), most=MOST_COUNT_LINES)
    wanted = StockCount(
        warehouse=warehouse,
        zone=zone.replace("\x00", "")[:60],
        location=place,
        category=kind,
        remark=remark.replace("\x00", "").strip()[:200],
    )
    return add_count(wanted, positions, by=by)


def add_count(count: StockCount, positions: Sequence[StockPosition], *, by: Actor) -> StockCount:
    """Begin a count of positions: it gets its number, and a line for each."""
    count.number = next_number("stock_count", prefix="CT", on=by.today)
    count.created_at, count.created_by_id, count.created_by_name = by.at, by.id, by.name
    count.save()
    CountLine.objects.bulk_create(
        CountLine(
            count=count, product_id=one.product_id, location_id=one.location_id, lot_id=one.lot_id, status=one.status
        )
        for one in positions
    )
    data = {"number": count.number, "lines": str(len(positions))}
    record("stock_count.planned", subject=count.subject, by=by, data=data)
    return count


@action
def finish_counting(number: str, *, by: Actor, rest_is_empty: bool = False) -> StockCount:
    """End a round of counting: what differs is counted again; after that the differences are posted or approved.

    `rest_is_empty` says that nothing lies where nothing was counted. Raises: NotPermitted, NotFound, CountGone,
    NotAllCounted, and as approve_count.
    """
    count = locked_count(number, by, OPEN_COUNTS)
    lines = _locked_lines(count)
    waiting = [line for line in lines if line.found is None]
    if waiting and not rest_is_empty:
        raise NotAllCounted(number=count.number, left=len(waiting))
    for line in waiting:
        line.found, line.expected = ZERO, expected_of(line)
        line.found_at, line.found_by_id, line.found_by_name = by.at, by.id, by.name
    unsure = [line for line in lines if line.found != line.expected or line.was_disturbed]
    is_first = count.state == "counting"
    again = unsure if is_first else [line for line in unsure if line.was_disturbed]
    if again:
        count.state = "recounting"
        for line in again:
            _ask_again(line)
    else:
        _value(count, lines)
        count.state = "approving"
    CountLine.objects.bulk_update(lines, _FOUND)
    if not again and not _needs_approval(count):
        return _post(count, lines, by)
    count.save()
    record("stock_count.finished", subject=count.subject, by=by, data={"number": count.number, "state": count.state})
    return count


@action
def approve_count(number: str, *, by: Actor) -> StockCount:
    """Approve the differences of a count that others made, and post them as adjustments.

    Raises: NotPermitted, NotFound, CountGone, OwnCount, StockInUse, NotThere, SerialTwice.
    """
    count = locked_count(number, by, ("approving",), permission="stock.approve_count")
    lines = _locked_lines(count)
    counters = {count.created_by_id} | {
        person for line in lines for person in (line.found_by_id, line.first_found_by_id)
    }
    if by.id is not None and by.id in counters:
        raise OwnCount(number=count.number)
    _value(count, lines)
    return _post(count, lines, by)


@action
def reject_count(number: str, *, by: Actor, reason: str = "") -> StockCount:
    """Let what differs be counted once more. Raises: NotPermitted, NotFound, CountGone."""
    count = locked_count(number, by, ("approving",), permission="stock.approve_count")
    lines = [line for line in _locked_lines(count) if line.found != line.expected]
    for line in lines:
        _ask_again(line)
    CountLine.objects.bulk_update(lines, _FOUND)
    count.state = "recounting"
    count.save()
    data = {"number": count.number, "reason": reason.replace("\x00", "").strip()[:200]}
    record("stock_count.rejected", subject=count.subject, by=by, data=data)
    return count


@action
def cancel_count(number: str, *, by: Actor) -> StockCount:
    """Give a count up; the stock stays as it is. Raises: NotPermitted, NotFound, CountGone."""
    count = locked_count(number, by, (*OPEN_COUNTS, "approving"))
    _close(count, "cancelled", by)
    record("stock_count.cancelled", subject=count.subject, by=by, data={"number": count.number})
    return count


def locked_count(number: str, by: Actor, states: Sequence[str], *, permission: str = "stock.adjust") -> StockCount:
    """Return a count in one of these states, locked. Raises: NotPermitted, NotFound, CountGone."""
    require(by, permission)
    count = StockCount.objects.select_for_update().filter(number=number.replace("\x00", "")).first()
    if count is None:
        raise NotFound(what="count", key=number[:100])
    if count.state not in states:
        raise CountGone(number=count.number)
    return count


def expected_of(line: CountLine) -> Decimal:
    """Return what should lie there now, less what pickers have taken in hand. Its level is locked.

    Who counts cannot tell our units from those that suppliers have there (consigned): all are expected, and what is
    missing or found is ours (docs/adr/0092).
    """
    rows = StockPosition.objects.filter(
        product_id=line.product_id, location_id=line.location_id, lot=line.lot, status=line.status
    )
    there = rows.aggregate(units=Sum("quantity"))["units"] or ZERO
    taken = StockPick.objects.filter(position__in=rows).aggregate(units=Sum("scanned"))["units"] or ZERO
    return there - taken


def _locked_lines(count: StockCount) -> list[CountLine]:
    """Return the lines of a count that is locked; until the transaction ends no other count corrects their places."""
    products = CountLine.objects.filter(count=count).values_list("product_id", flat=True)
    lock_levels((product_id, count.warehouse_id) for product_id in products)
    return lines_of_count(count)


_FOUND = (
    "found",
    "expected",
    "was_disturbed",
    "found_at",
    "found_by_id",
    "found_by_name",
    "first_found",
    "first_expected",
    "first_found_by_id",
)


def _ask_again(line: CountLine) -> None:
    line.first_found, line.first_expected, line.first_found_by_id = line.found, line.expected, line.found_by_id
    line.found = line.expected = None
    line.was_disturbed = False


def _value(count: StockCount, lines: Sequence[CountLine]) -> None:
    """Say what the differences are worth, if all costs are known."""
    worth: Decimal | None = ZERO
    for line in lines:
        difference = abs((line.found or ZERO) - (line.expected or ZERO))
        cost = line.product.standard_cost
        if difference:
            worth = None if worth is None or cost is None else worth + difference * cost
    count.worth = None if worth is None else round_amount(worth)


def _needs_approval(count: StockCount) -> bool:
    return count.worth is None or count.worth > COUNT_LIMIT


def _post(count: StockCount, lines: Sequence[CountLine], by: Actor) -> StockCount:
    entries = [
        Entry(
            product_id=line.product_id,
            warehouse_id=count.warehouse_id,
            location_id=line.location_id,
            lot_id=line.lot_id,
            status=line.status,
            delta=line.found - line.expected,
            kind="adjustment",
            reason="count",
            remark=count.number,
            line_id=line.pk,
        )
        for line in lines
        if line.found is not None and line.expected is not None and line.found != line.expected
    ]
    _refuse_serials_twice(lines, entries)
    post_moves(entries, source=count.subject, by=by)
    _settle_in_other_counts(count, [line for line in lines if line.found != line.expected])
    _close(count, "posted", by)
    data = {"number": count.number, "lines": str(len(entries))}
    record("stock_count.posted", subject=count.subject, by=by, data=data)
    return count


def _settle_in_other_counts(count: StockCount, posted: Sequence[CountLine]) -> None:
    """Let open counts of the same goods expect what the books say now, so that no difference is posted twice.

    What another count found later than they did is the newer truth: nothing is left of their difference. The levels
    are locked, as they are whenever somebody counts.
    """
    corrected = {(one.product_id, one.location_id, one.lot_id, one.status): one for one in posted}
    if not corrected:
        return
    others = CountLine.objects.filter(
        count__warehouse_id=count.warehouse_id,
        count__state__in=(*OPEN_COUNTS, "approving"),
        product_id__in={key[0] for key in corrected},
        location_id__in={key[1] for key in corrected},
        found__isnull=False,
    ).exclude(count=count)
    changed = []
    for line in others:
        one = corrected.get((line.product_id, line.location_id, line.lot_id, line.status))
        if one is None:
            continue
        assert one.found is not None
        assert one.expected is not None
        is_older = not line.found_at or not one.found_at or one.found_at <= line.found_at
        line.expected = (line.expected or ZERO) + one.found - one.expected if is_older else line.found
        changed.append(line)
    CountLine.objects.bulk_update(changed, ["expected"])


def _refuse_serials_twice(lines: Sequence[CountLine], entries: Sequence[Entry]) -> None:
    """Refuse a serial number that was found here while it lies elsewhere, too."""
    serials = {line.lot_id: line for line in lines if line.product.tracking == "serial" and line.lot_id is not None}
    changes: dict[int, Decimal] = {}
    for entry in entries:
        if entry.lot_id in serials:
            changes[entry.lot_id] = changes.get(entry.lot_id, ZERO) + entry.delta
    there = dict(
        StockPosition.objects.filter(lot_id__in=changes).values_list("lot_id").annotate(Sum("quantity")).order_by()
    )
    for lot_id, delta in changes.items():
        if delta > 0 and there.get(lot_id, ZERO) + delta > 1:
            line = serials[lot_id]
            raise SerialTwice(sku=line.product.sku, serial=line.lot.code if line.lot else "")


def _close(count: StockCount, state: str, by: Actor) -> None:
    count.state, count.closed_at, count.closed_by_id, count.closed_by_name = state, by.at, by.id, by.name
    count.save()
