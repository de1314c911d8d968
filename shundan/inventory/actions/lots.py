"""Lots and serial numbers of what comes in: found or made, as many as units, none where none are kept; their days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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

    Raises: Malformed, LotsNeeded, NoLotsKept, SerialTwice, ExpiryNeeded, LotKnownOtherwise.
    """
    products = {one.pk: one for one in Product.objects.filter(pk__in={product_id for product_id, _q in of.values()})}
    shares: dict[int, LotShares] = {}
    for key, (product_id, quantity) in of.items():
        product, named = products[product_id], [one for one in given.get(key, ()) if one.quantity or one.code]
        if product.tracking == "none":
            if named:
                raise NoLotsKept(sku=product.sku)
            shares[key] = [(None, quantity)]
            continue
        _check(product, named, quantity, path)
        lots = _lots(product, named, by)
        shares[key] = [(lots[one.code].pk, one.quantity) for one in named]
    _refuse_serials_twice(products, shares, of)
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


def _lots(product: Product, named: Sequence[LotInput], by: Actor) -> dict[str, Lot]:
    codes = {one.code for one in named}
    found = {lot.code: lot for lot in Lot.objects.filter(product=product, code__in=codes)}
    for one in named:
        if one.code in found:
            _complete(found[one.code], one, product)
    new = {one.code: one for one in named if one.code not in found}
    ends = {code: one.expires_on for code, one in (found | new).items()}
    for code, expires_on in ends.items():
        if product.has_expiry and expires_on is None:
            raise ExpiryNeeded(sku=product.sku, lot=code)
    made = [
        Lot(product=product, code=one.code, made_on=one.made_on, expires_on=one.expires_on, created_at=by.at)
        for one in new.values()
    ]
    return found | {lot.code: lot for lot in Lot.objects.bulk_create(made)}


def _complete(lot: Lot, given: LotInput, product: Product) -> None:
    """Add the days that a known lot lacks. Raises: LotKnownOtherwise, Malformed."""
    days = {name: getattr(given, name) for name in ("made_on", "expires_on") if getattr(given, name) is not None}
    if any(getattr(lot, name) not in (None, day) for name, day in days.items()):
        made, expires = (str(day or "--") for day in (lot.made_on, lot.expires_on))
        raise LotKnownOtherwise(sku=product.sku, lot=lot.code, made=made, expires=expires)
    if any(getattr(lot, name) is None for name in days):
        for name, day in days.items():
            setattr(lot, name, day)
        if lot.made_on and lot.expires_on and lot.made_on > lot.expires_on:
            raise Malformed(details=[Detail("lots", "out_of_range", _("A lot expires after it was made."))])
        lot.save(update_fields=list(days))


def _refuse_serials_twice(
    products: Mapping[int, Product], shares: Mapping[int, LotShares], of: Mapping[int, tuple[int, Decimal]]
) -> None:
    """Refuse a serial number for two units, or one that is in stock or on its way.

    Two transactions cannot bring the same one: the later one waits for the lot, which the earlier one made or locked.
    """
    units: dict[int, Decimal] = {}
    for key, parts in shares.items():
        if products[of[key][0]].tracking == "serial":
            for lot_id, quantity in parts:
                units[lot_id or 0] = units.get(lot_id or 0, ZERO) + quantity
    if not units:
        return
    locked = {lot.pk: lot for lot in Lot.objects.select_for_update(no_key=True).filter(pk__in=units).order_by("pk")}
    there = set(StockPosition.objects.filter(lot_id__in=units).values_list("lot_id", flat=True))
    for lot_id, quantity in units.items():
        if quantity != 1 or lot_id in there:
            lot = locked[lot_id]
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
