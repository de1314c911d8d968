"""What a scanned code names in the warehouse: products, lots, locations."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.catalog.queries import packed_in_unscoped, products_by_codes
from shundan.inventory.models import Location, Lot, StockPick
from shundan.inventory.rules.scans import BadCode, Scan, read_scan
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused, require

# A code that names more than so many lots says nothing.
MOST_LOTS = 50


class UnknownCode(Refused):
    """Nothing in the house has this code."""

    code = "unknown_code"
    sentence = _("Nothing is known by the code %(code)s.")


class UnreadableCode(Refused):
    """The code breaks the rules of its kind: it was misread or misprinted."""

    code = "unreadable_code"
    sentence = _("The code %(code)s cannot be read: %(why)s. Scan it again.")


class SeveralProducts(Refused):
    """A code names several products; no list of work tells which one is meant."""

    code = "several_products"
    sentence = _("%(code)s names several products: %(skus)s. Scan or type the SKU.")


FAULTS: dict[str, str | Promise] = {
    "check_digit": _("its check digit is wrong"),
    "date": _("its date does not exist"),
    "quantity": _("its quantity is not a number"),
    "structure": _("it is cut off, or no GS1 code"),
}


@dataclass(frozen=True, slots=True)
class ScannedGoods:
    """What a code names; a plain code may name several things, and the work at hand tells which is meant."""

    scan: Scan
    products: tuple[Product, ...] = ()
    lots: tuple[Lot, ...] = ()
    locations: tuple[Location, ...] = ()
    # How much of the product's own unit the code of a further unit stands for: a box of 12.
    packed: Decimal | None = None

    @property
    def quantity(self) -> Decimal | None:
        """Return how much one scan counts, in the product's own unit: what the label says, else what the box holds."""
        return self.packed if self.scan.quantity is None else self.scan.quantity

    @property
    def product_ids(self) -> set[int]:
        """Return which products are meant: those of the code, else those of its lots."""
        return {one.pk for one in self.products} or {one.product_id for one in self.lots}

    @property
    def unit(self) -> str:
        """Return the lot or serial number that is meant, or nothing."""
        return self.scan.unit or (self.scan.text if self.lots and not self.products else "")


def parsed_scan(code: str) -> Scan:
    """Return what a code says. Raises: UnreadableCode."""
    try:
        return read_scan(code.replace("\x00", ""))
    except BadCode as bad:
        raise UnreadableCode(code=code[:60], why=FAULTS[bad.fault]) from bad


def goods_of_scan(code: str, *, by: Actor, warehouse_id: int | None = None) -> ScannedGoods:
    """Return the products, lots and locations (of one warehouse, or of all) that a code names.

    Raises: NotPermitted, UnknownCode, UnreadableCode.
    """
    require(by, "stock.read")
    scan = parsed_scan(code)
    products = tuple(products_by_codes(scan.product_codes, by=by)) if scan.product_codes else ()
    known = {code for one in products for code in (one.sku, one.barcode)}
    packed = packed_in_unscoped(scan.product_codes) if products and known.isdisjoint(scan.product_codes) else None
    if scan.is_gs1:
        found = ScannedGoods(scan, products, packed=packed)
    else:
        places = Location.objects.filter(code=scan.text, is_active=True).exclude(kind="transit")
        if warehouse_id is not None:
            places = places.filter(warehouse_id=warehouse_id)
        lots = Lot.objects.filter(code=scan.text).select_related("product")[:MOST_LOTS] if not products else ()
        found = ScannedGoods(scan, products, tuple(lots), tuple(places.select_related("warehouse")), packed)
    if not (found.products or found.lots or found.locations):
        if scan.is_misread:
            raise UnreadableCode(code=scan.text[:60], why=FAULTS["check_digit"])
        raise UnknownCode(code=scan.text[:60])
    return found


def picks_of_papers_unscoped(kind: str, ids: Iterable[int]) -> list[StockPick]:
    """Return what is picked for papers of a kind, as pickers walk: by the location's number, then its code."""
    rows = StockPick.objects.filter(source_kind=kind, source_id__in=list(ids)).select_related(
        "position__product__unit", "position__location", "position__lot"
    )
    return list(rows.order_by("position__location__walking_order", "position__location__code", "id"))
