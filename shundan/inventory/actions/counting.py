"""Counting what lies at a place, blind; what nobody expected there is counted as found."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.inventory.actions.counts import expected_of, locked_count
from shundan.inventory.actions.lots import LotInput, shares_of_lots
from shundan.inventory.actions.post import lock_levels
from shundan.inventory.models import CountLine, Location, Lot, StockCount, StockPosition
from shundan.inventory.queries import ScannedGoods, SeveralProducts, UnknownCode, goods_of_scan
from shundan.inventory.rules import IN_TRANSIT, LARGEST_MOVE, OPEN_COUNTS, STATUS_OF_KIND, STATUSES
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.kernel.events import record
from shundan.kernel.money import QUANTITY_DECIMALS, ZERO, decimal_places, plain


class PlaceNeeded(Refused):
    """Goods are counted at a place, and none was scanned."""

    code = "place_needed"
    sentence = _("Scan the place first, then what lies there.")


class NotInCount(Refused):
    """The books know the goods at that place, and another count asks for them."""

    code = "not_in_count"
    sentence = _(
        "%(what)s is not part of %(number)s, and the books know it at %(place)s. Leave it there; to count it, plan a"
        " count of that place."
    )


class PlaceNotInCount(NotInCount):
    """The count does not go to that place."""

    sentence = _("%(place)s is not part of %(number)s. Go on with a place on the list, or plan a count of %(place)s.")


class AgreedInCount(NotInCount):
    """What was found agreed with the books, so that it is not counted again."""

    sentence = _(
        "%(what)s agreed with the books when %(number)s was counted first; it is not counted again. Go on with what is"
        " on the list."
    )


class UnknownGoods(UnknownCode):
    """Nothing in the house has the code of what was found."""

    sentence = _("Nothing is known by the code %(code)s. Type the SKU, or enter the product, barcode or lot first.")


class LotNotCounted(Refused):
    """The product is kept by lot, and the code does not say which."""

    code = "lot_not_counted"
    sentence = _("%(sku)s: scan the lot or serial number.")


class LotDaysUnknown(Refused):
    """The lot is new, and its label does not say when it expires."""

    code = "lot_days_unknown"
    sentence = _(
        "%(sku)s: lot %(lot)s is new here and its label does not say when it expires. Receive it as found with its"
        " expiry date, then scan it again."
    )


@action
def scan_count(
    number: str, code: str, *, by: Actor, location: str = "", quantity: Decimal | None = None
) -> CountLine | Location:
    """Count what was scanned at a place: one unit more (of GS1 its quantity), or `quantity` in all.

    A place alone is returned as it is. Goods that nobody expected there are added, of a lot that is new as well.
    Raises: NotPermitted, NotFound, CountGone, PlaceNeeded, NotInCount, LotNotCounted, LotDaysUnknown, SeveralProducts,
    UnknownCode, UnreadableCode, Malformed; nothing is changed then.
    """
    count = locked_count(number, by, OPEN_COUNTS)
    try:
        goods = goods_of_scan(code, by=by, warehouse_id=count.warehouse_id)
    except UnknownCode as unknown:
        raise UnknownGoods(**unknown.facts) from unknown
    if goods.locations and not goods.product_ids:
        _check_place(count, goods.locations[0])
        return goods.locations[0]
    if not location:
        raise PlaceNeeded()
    places = Location.objects.filter(warehouse_id=count.warehouse_id, is_active=True).exclude(kind=IN_TRANSIT)
    place = places.filter(code=location.replace("\x00", "")).first()
    if place is None:
        raise NotFound(what="location", key=location[:60])
    _check_place(count, place)
    line = _known_line(count, goods, place) or _new_line(count, goods, place, by)
    lock_levels([(line.product_id, count.warehouse_id)])
    if line.found is None:
        _follow(line)
    expected = expected_of(line)
    before = line.found or ZERO
    line.found = quantity if quantity is not None else before + (goods.quantity or 1)
    if not 0 <= line.found < LARGEST_MOVE or decimal_places(line.found) > QUANTITY_DECIMALS:
        raise Malformed(details=[Detail("quantity", "out_of_range", _("Enter a quantity of 0 or more."))])
    if decimal_places(line.found) > line.product.unit.decimals and line.found != expected:
        sentence = _("The unit of this product takes fewer decimals.")
        raise Malformed(details=[Detail("quantity", "too_many_decimals", sentence)])
    # A number for all of it was counted at once; units counted one by one saw what was there each time.
    is_one_of_many = quantity is None and line.expected is not None
    line.was_disturbed = is_one_of_many and (line.was_disturbed or line.expected != expected)
    line.expected, line.found_at, line.found_by_id, line.found_by_name = expected, by.at, by.id, by.name
    line.save()
    data = {"number": count.number, "sku": line.product.sku, "location": place.code, "quantity": plain(line.found)}
    record("stock_count.counted", subject=count.subject, by=by, data=data)
    return line


def _check_place(count: StockCount, place: Location) -> None:
    is_within = count.location_id in (None, place.pk) and count.zone in ("", place.zone)
    if not is_within:
        raise PlaceNotInCount(place=place.code, number=count.number)


def _known_line(count: StockCount, goods: ScannedGoods, place: Location) -> CountLine | None:
    """Return the line of the list that a scan counts, if there is one. Raises: LotNotCounted, AgreedInCount."""
    product = _products_of(goods)[0]
    if product.tracking != "none" and not goods.unit:
        raise LotNotCounted(sku=product.sku)
    rows = CountLine.objects.select_related("product", "lot").filter(
        count=count, location=place, product_id__in=goods.product_ids
    )
    fit = [line for line in rows.order_by("id") if (line.lot.code if line.lot else "") == goods.unit]
    # Of several states what can be used is counted first: it lies in front.
    fit.sort(key=lambda line: line.status != "usable")
    if count.state != "recounting" or not fit:
        return fit[0] if fit else None
    again = [line for line in fit if line.first_found is not None]
    if not again:
        raise AgreedInCount(what=_words_of(fit[0].product, goods), number=count.number)
    return again[0]


def _new_line(count: StockCount, goods: ScannedGoods, place: Location, by: Actor) -> CountLine:
    """Return a line for what nobody expected there. Raises: SeveralProducts, NotInCount, LotDaysUnknown."""
    products = _products_of(goods)
    if len({one.pk for one in products}) > 1:
        raise SeveralProducts(code=goods.scan.text[:60], skus=", ".join(sorted({one.sku for one in products})))
    product = products[0]
    lot = _lot_of(count, product, goods, by) if goods.unit else None
    known = StockPosition.objects.filter(product=product, location=place, lot=lot, owner=None)
    if _is_of_other_counts(count, product) and known.exclude(status=IN_TRANSIT).exists():
        raise NotInCount(what=_words_of(product, goods), number=count.number, place=place.code)
    line = CountLine(
        count=count, product=product, location=place, lot=lot, status=STATUS_OF_KIND.get(place.kind, "usable")
    )
    line.was_added = True
    if count.state == "recounting":
        # The first round found none of it.
        line.first_found = line.first_expected = ZERO
    return line


def _follow(line: CountLine) -> None:
    """Let a line that is counted now say in which state its goods lie: they were blocked or examined since, or are new.

    Its level is locked. A state that another line of the count has stays that one's.
    """
    there = StockPosition.objects.filter(
        product_id=line.product_id, location_id=line.location_id, lot=line.lot, owner=None
    ).exclude(status=IN_TRANSIT)
    states = set(there.values_list("status", flat=True))
    others = CountLine.objects.filter(
        count=line.count, product_id=line.product_id, location_id=line.location_id, lot=line.lot
    ).exclude(pk=line.pk)
    free = [one for one in STATUSES if one in states - set(others.values_list("status", flat=True))]
    if line.status not in states and free:
        line.status = free[0]


def _is_of_other_counts(count: StockCount, product: Product) -> bool:
    """Tell whether a count is limited to other products than this one."""
    if count.classes:
        return not CountLine.objects.filter(count=count, product=product).exists()
    category = product.category
    mine = (category.pk, category.parent_id) if category else ()
    return count.category_id is not None and count.category_id not in mine


def _lot_of(count: StockCount, product: Product, goods: ScannedGoods, by: Actor) -> Lot:
    """Return the lot of what was found, made where it is new. Raises: LotDaysUnknown."""
    expires_on = goods.scan.expires_on
    lots = Lot.objects.filter(product=product)
    found = lots.filter(code=goods.unit).first()
    if found is not None:
        return found
    if product.has_expiry and expires_on is None:
        raise LotDaysUnknown(sku=product.sku, lot=goods.unit)
    lock_levels([(product.pk, count.warehouse_id)])
    given = LotInput(code=goods.unit, quantity=Decimal(1), expires_on=expires_on)
    shares_of_lots({0: [given]}, of={0: (product.pk, Decimal(1))}, by=by)
    return lots.get(code=goods.unit)


def _products_of(goods: ScannedGoods) -> list[Product]:
    return [*goods.products, *(lot.product for lot in goods.lots)]


def _words_of(product: Product, goods: ScannedGoods) -> str:
    return " ".join(part for part in (product.sku, goods.unit) if part)
