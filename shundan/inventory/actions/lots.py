"""Lots and serial numbers of what comes in: found or made, as many as units, none where none are kept; their days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shundan.catalog.models import Product
from shundan.inventory.models import Lot, StockPosition
from shundan.inventory.rules import LONGEST_CODE
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, require
from shundan.kernel.events import record
from shundan.kernel.money import QUANTITY_DECIMALS, ZERO, decimal_places, plain


class LotsNeeded(Refused):
    """The product is kept by lot or serial number, and none or too few are named."""

    code = "lots_needed"
    sentence = _("%(sku)s: name lots or serial numbers for all %(quantity)s units.")


class NoLotsKept(Refused):
    """The product is not kept by lot."""

    code = "no_lots_kept"
    sentence = _("%(sku)s is not tracked by lot or serial number. Leave the lot empty.")


class SerialTwice(Refused):
    """A serial number names exactly one unit, and that one is in stock."""

    code = "serial_in_stock"
    sentence = _("%(sku)s: serial number %(serial)s is in stock already, or named for more than one unit.")


class ExpiryNeeded(Refused):
    """The product expires, and a new lot does not say when."""

    code = "expiry_needed"
    sentence = _("%(sku)s: enter the expiry date of lot %(lot)s.")


class LotKnownOtherwise(Refused):
    """A lot that is known has other days than are given for it."""

    code = "lot_known_otherwise"
    sentence = _(
        "%(sku)s: lot %(lot)s is known with another day: made %(made)s, expires %(expires)s. Enter these days, another"
        " lot, or correct the known lot first."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LotInput:
    """Units of one lot as they are given; a serial number is a lot of one unit."""

    code: str
    quantity: Decimal
    made_on: date | None = None
    expires_on: date | None = None


LotShares = list[tuple[int | None, Decimal]]
# Product id and code.
LotKey = tuple[int, str]


@action
def correct_lot(
    product_id: int, code: str, *, made_on: date | None, expires_on: date | None, reason: str, by: Actor
) -> Lot:
    """Put the days of a lot right, wherever its units lie; what was blocked or picked by the wrong ones stays so.

    Raises: NotPermitted, NotFound, Malformed, ExpiryNeeded.
    """
    require(by, "stock.adjust")
    if not reason.strip():
        raise Malformed(details=[Detail("reason", "required", _("Say why."))])
    rows = Lot.objects.select_for_update(no_key=True, of=("self",)).select_related("product")
    lot = rows.filter(product_id=product_id, code=code.replace("\x00", "")).first()
    if lot is None:
        raise NotFound(what="lot", key=code[:LONGEST_CODE])
    if lot.product.has_expiry and expires_on is None:
        raise ExpiryNeeded(sku=lot.product.sku, lot=lot.code)
    if made_on and expires_on and made_on > expires_on:
        raise Malformed(details=[Detail("expires_on", "out_of_range", _("A lot expires after it was made."))])
    given = {"made_on": made_on, "expires_on": expires_on}
    changes = {
        name: [str(getattr(lot, name) or ""), str(day or "")]
        for name, day in given.items()
        if day != getattr(lot, name)
    }
    if not changes:
        return lot
    lot.made_on, lot.expires_on = made_on, expires_on
    lot.save(update_fields=["made_on", "expires_on"])
    data = {"sku": lot.product.sku, "lot": lot.code, "changes": changes, "reason": reason.replace("\x00", "")[:200]}
    record("stock.lot_corrected", subject=("product", product_id), by=by, data=data)
    return lot


def shares_of_lots(
    given: Mapping[int, Sequence[LotInput]], *, of: Mapping[int, tuple[int, Decimal]], by: Actor, path: str = "lots"
) -> dict[int, LotShares]:
    """Return (lot id or None, quantity) for each key of `of`, which tells (product id, quantity); new lots are made.

    The lots stay locked; the levels are locked by the caller before (docs/adr/0007). Raises: Malformed, LotsNeeded,
    NoLotsKept, SerialTwice, ExpiryNeeded, LotKnownOtherwise.
    """
    products = {one.pk: one for one in Product.objects.filter(pk__in={product_id for product_id, _q in of.values()})}
    shares: dict[int, LotShares] = {}
    named: dict[int, list[LotInput]] = {}
    wanted: dict[LotKey, LotInput] = {}
    for key, (product_id, quantity) in of.items():
        product, named[key] = products[product_id], [one for one in given.get(key, ()) if one.quantity or one.code]
        if product.tracking == "none":
            if named[key]:
                raise NoLotsKept(sku=product.sku)
            shares[key] = [(None, quantity)]
            continue
        _check(product, named[key], quantity, path)
        for i, one in enumerate(named[key]):
            wanted[product_id, one.code] = _with_days_of(one, wanted.get((product_id, one.code)), f"{path}[{i}]")
    lots = _lots(wanted, products, by) if wanted else {}
    for key, (product_id, _quantity) in of.items():
        if key not in shares:
            shares[key] = [(lots[product_id, one.code].pk, one.quantity) for one in named[key]]
    _refuse_serials_twice(products, shares, lots)
    return shares


def _check(product: Product, named: Sequence[LotInput], quantity: Decimal, path: str) -> None:
    for i, one in enumerate(named):
        if not one.code.strip() or len(one.code) > LONGEST_CODE or not one.code.isprintable():
            raise Malformed(details=[Detail(f"{path}[{i}]", "invalid", _("Enter a lot of 1 to 60 characters."))])
        if one.quantity <= 0 or decimal_places(one.quantity) > QUANTITY_DECIMALS:
            raise Malformed(details=[Detail(f"{path}[{i}]", "out_of_range", _("Enter a quantity above 0."))])
        if one.made_on and one.expires_on and one.made_on > one.expires_on:
            sentence = _("A lot expires after it was made.")
            raise Malformed(details=[Detail(f"{path}[{i}]", "out_of_range", sentence)])
    if sum((one.quantity for one in named), ZERO) != quantity:
        raise LotsNeeded(sku=product.sku, quantity=plain(quantity))


def _with_days_of(one: LotInput, other: LotInput | None, path: str) -> LotInput:
    """Return a lot with the days that it is given elsewhere on the same paper. Raises: Malformed."""
    if other is None:
        return one
    if any(
        None not in (mine, theirs) and mine != theirs
        for mine, theirs in ((one.made_on, other.made_on), (one.expires_on, other.expires_on))
    ):
        sentence = _("Lot %(lot)s is named with different days. Enter the same ones.") % {"lot": one.code}
        raise Malformed(details=[Detail(path, "different_days", sentence)])
    return replace(one, made_on=one.made_on or other.made_on, expires_on=one.expires_on or other.expires_on)


def _lots(wanted: Mapping[LotKey, LotInput], products: Mapping[int, Product], by: Actor) -> dict[LotKey, Lot]:
    """Return the lots of one paper, locked, with the days given for them; those that are unknown are made.

    They are made first and locked then, each in one order: who gives the same lot other days at the same moment waits,
    and is told.
    """
    for one in wanted.values():
        _refuse_reversed(one.made_on, one.expires_on)
    places = Q(product_id__in={key[0] for key in wanted}, code__in={key[1] for key in wanted})
    known = set(Lot.objects.filter(places).values_list("product_id", "code"))
    Lot.objects.bulk_create(
        [
            Lot(product_id=key[0], code=key[1], made_on=one.made_on, expires_on=one.expires_on, created_at=by.at)
            for key, one in sorted(wanted.items(), key=lambda item: item[0])
            if key not in known
        ],
        ignore_conflicts=True,
    )
    rows = Lot.objects.select_for_update(no_key=True).filter(places).order_by("pk")
    lots = {(lot.product_id, lot.code): lot for lot in rows if (lot.product_id, lot.code) in wanted}
    for key, one in wanted.items():
        product, lot = products[key[0]], lots[key]
        _complete(lot, one, product, by)
        if product.has_expiry and lot.expires_on is None:
            raise ExpiryNeeded(sku=product.sku, lot=lot.code)
    return lots


def _complete(lot: Lot, given: LotInput, product: Product, by: Actor) -> None:
    """Add the days that a known lot lacks; it is locked. Raises: LotKnownOtherwise, Malformed."""
    days = {name: getattr(given, name) for name in ("made_on", "expires_on") if getattr(given, name) is not None}
    if any(getattr(lot, name) not in (None, day) for name, day in days.items()):
        made, expires = (str(day or "--") for day in (lot.made_on, lot.expires_on))
        raise LotKnownOtherwise(sku=product.sku, lot=lot.code, made=made, expires=expires)
    added = {name: day for name, day in days.items() if getattr(lot, name) is None}
    if not added:
        return
    for name, day in added.items():
        setattr(lot, name, day)
    _refuse_reversed(lot.made_on, lot.expires_on)
    lot.save(update_fields=list(added))
    changes = {name: ["", str(day)] for name, day in added.items()}
    data = {"sku": product.sku, "lot": lot.code, "changes": changes, "reason": ""}
    record("stock.lot_corrected", subject=("product", product.pk), by=by, data=data)


def _refuse_reversed(made_on: date | None, expires_on: date | None) -> None:
    """Refuse a lot that expires before it was made. Raises: Malformed."""
    if made_on and expires_on and made_on > expires_on:
        raise Malformed(details=[Detail("lots", "out_of_range", _("A lot expires after it was made."))])


def _refuse_serials_twice(
    products: Mapping[int, Product], shares: Mapping[int, LotShares], lots: Mapping[LotKey, Lot]
) -> None:
    """Refuse a serial number for two units, or one that is in stock or on its way.

    Two transactions cannot bring the same one: the later one waits for the lot, which the earlier one made or locked.
    """
    serials = {lot.pk: lot for lot in lots.values() if products[lot.product_id].tracking == "serial"}
    units: dict[int, Decimal] = {}
    for lot_id, quantity in (share for parts in shares.values() for share in parts):
        if lot_id in serials:
            units[lot_id] = units.get(lot_id, ZERO) + quantity
    if not units:
        return
    there = set(StockPosition.objects.filter(lot_id__in=units).values_list("lot_id", flat=True))
    for lot_id, quantity in units.items():
        if quantity != 1 or lot_id in there:
            lot = serials[lot_id]
            raise SerialTwice(sku=products[lot.product_id].sku, serial=lot.code)


def lots_by_code(product_id: int, codes: Iterable[str]) -> dict[str, int]:
    """Return ids of a product's lots by code. Raises: Malformed, naming the first unknown one."""
    wanted = [code for code in dict.fromkeys(codes) if code]
    found = dict(Lot.objects.filter(Q(product_id=product_id), code__in=wanted).values_list("code", "pk"))
    missing = [code for code in wanted if code not in found]
    if missing:
        sentence = _("There is no lot %(code)s of this product.") % {"code": missing[0][:LONGEST_CODE]}
        raise Malformed(details=[Detail("lot", "unknown", sentence)])
    return found
