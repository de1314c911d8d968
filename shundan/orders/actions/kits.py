"""Kits as they are entered: each becomes the lines of its components, which share its price (docs/adr/0067)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import KIT, KitPart, SellableProduct, parts_of_kits_unscoped, sellable_products_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.kernel.money import (
    LARGEST_PRICE,
    LARGEST_QUANTITY,
    PRICE_DECIMALS,
    ZERO,
    decimal_places,
    decimals_of,
    plain,
    round_amount,
)
from shundan.orders.actions.pricing import book_of
from shundan.orders.actions.sides import discount_out_of_range
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries import get_order, lines_of
from shundan.orders.rules import MOST_LINES
from shundan.orders.rules.kits import shares_of_kit
from shundan.pricing.queries import PriceBook, Quote, Step

if TYPE_CHECKING:
    from shundan.orders.actions.lines import LineInput


class KitComponentFixed(Refused):
    """The lines of a kit follow its count: none of them is changed alone."""

    code = "kit_component_fixed"
    sentence = _(
        "%(sku)s: the lines of a kit follow its number. Change the number of kits, or break up the kit to change"
        " one of its lines."
    )


class KitNotADraft(Refused):
    """What is agreed on keeps the kits it was entered with."""

    code = "kit_not_a_draft"
    sentence = _("%(number)s is no longer a draft; only there a kit is broken up.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KitNamed:
    """The kit that a line given belongs to, as lines are read: lines of one group are one kit of so many."""

    group: int
    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class KitPlace:
    """What the line of a component keeps: its kit, how its price came about, and the price by rules."""

    kit: Mapping[str, Any]
    steps: tuple[Step, ...]
    list_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The lines to be entered, with the kits' components in their places, all products, and the customer's prices.

    `places` tells for each line which given one it comes from; None where there is no kit.
    """

    lines: Sequence["LineInput"]
    products: Mapping[str, SellableProduct]
    book: PriceBook | None
    places: Sequence[int] | None = None

    @contextmanager
    def named_as_given(self) -> Iterator[None]:
        """Let a refusal name the lines as they were given."""
        try:
            yield
        except Refused as refusal:
            refusal.details = tuple(_placed(one, self.places or ()) for one in refusal.details)
            raise


def _placed(detail: Detail, places: Sequence[int]) -> Detail:
    head, bracket, rest = detail.path.partition("]")
    at = head.removeprefix("lines[")
    if not bracket or at == head or not at.isdigit() or int(at) >= len(places):
        return detail
    return replace(detail, path=f"lines[{places[int(at)]}]{rest}")


def unfold_kits(given: Sequence["LineInput"], order: Order) -> Unfolded:
    """Return the lines of an order with its kits unfolded; orders without kits ask for nothing more.

    Raises: Malformed, KitComponentFixed.
    """
    named = any(line.kit is not None for line in given)
    folded, origins, claims = _folded(given) if named else (given, range(len(given)), {})
    products = sellable_products_unscoped((line.sku for line in folded), currency=order.currency)
    kits = {one.sku: one for one in products.values() if one.kind == KIT}
    if not kits or KINDS[order.type.kind].prices != "list":
        return Unfolded(folded, products, book_of(order, products.values()), origins if named else None)
    parts = parts_of_kits_unscoped(one.id for one in kits.values())
    inner = {part.sku for its in parts.values() for part in its}
    products = {**products, **sellable_products_unscoped(inner, currency=order.currency)}
    book = book_of(order, products.values())
    lines: list[LineInput] = []
    places: list[int] = []
    wrong: list[Detail] = []
    groups = 0
    for at, line in enumerate(folded):
        kit, path = kits.get(line.sku), f"lines[{origins[at]}]"
        if kit is None:
            lines.append(line)
            places.append(origins[at])
            continue
        its = parts.get(kit.id, ())
        faults = _faults(path, line, kit, its, order)
        quote = None if faults else _quote(kit, line.quantity, book)
        if not faults and quote is None and line.unit_price is None:
            sentence = _("%(sku)s has no list price in %(currency)s. Enter a price.")
            facts = {"sku": line.sku, "currency": order.currency}
            faults = [Detail(f"{path}.unit_price", "no_price", sentence % facts)]
        worth = ZERO if faults else _worth(line, quote, order)
        if not faults and line.discount > worth:
            faults = [Detail(f"{path}.discount", "out_of_range", _("The discount is larger than the line."))]
        if faults:
            wrong += faults
            continue
        if at in claims:
            _require_whole(claims[at], line, its, path)
        groups += 1
        weights = [_worth_of_part(one, line.quantity, products, book) for one in its]
        lines += _parts_of_line(groups, line, kit, its, quote, weights, order)
        places += [origins[at]] * len(its)
    if len(lines) > MOST_LINES:
        wrong.append(Detail("lines", "too_many_lines", _("An order has at most 2,000 lines; split it.")))
    if wrong:
        raise Malformed(details=wrong)
    return Unfolded(lines, products, book, places)


def _quote(product: SellableProduct, quantity: Decimal, book: PriceBook | None) -> Quote | None:
    if book is not None:
        return book.quote(product, unit="", numerator=1, denominator=1, quantity=quantity)
    price = product.price(quantity)
    return None if price is None else Quote(price, Step("list", price=price))


def _price(line: "LineInput", quote: Quote | None) -> Decimal:
    if line.unit_price is not None:
        return line.unit_price
    return ZERO if quote is None else quote.price


def _worth(line: "LineInput", quote: Quote | None, order: Order) -> Decimal:
    return round_amount(_price(line, quote) * line.quantity, currency=order.currency)


def _worth_of_part(
    part: KitPart, count: Decimal, products: Mapping[str, SellableProduct], book: PriceBook | None
) -> Decimal:
    quantity = part.quantity * count
    found = _quote(products[part.sku], quantity, book)
    return ZERO if found is None else found.price * quantity


def _parts_of_line(
    group: int,
    line: "LineInput",
    kit: SellableProduct,
    parts: Sequence[KitPart],
    quote: Quote | None,
    weights: Sequence[Decimal],
    order: Order,
) -> list["LineInput"]:
    price = _price(line, quote)
    is_named = line.is_kept or quote is None or price != quote.price
    listed = None if quote is None else round_amount(quote.price * line.quantity, currency=order.currency)
    shares = shares_of_kit(
        [part.quantity * line.quantity for part in parts],
        weights,
        worth=_worth(line, quote, order),
        listed=listed,
        discount=line.discount,
        currency=order.currency,
    )
    facts = {
        "group": group,
        "product": kit.id,
        "sku": kit.sku,
        "name_zh": kit.name_zh,
        "name_en": kit.name_en,
        "unit": kit.unit,
        "quantity": plain(line.quantity),
        "price": plain(price),
        "discount": plain(line.discount),
        "named": is_named,
        "kept": line.is_kept,
        "parts": len(parts),
    }
    found = []
    for part, share in zip(parts, shares, strict=True):
        steps = [] if is_named or quote is None or quote.step.kind == "list" else [quote.step]
        steps = [Step("kit", code=kit.sku, price=share.price), *steps]
        if share.rounding:
            steps.append(Step("kit_rounding", code=kit.sku, off=share.rounding))
        place = KitPlace(facts | {"each": plain(part.quantity)}, tuple(steps), share.list_price)
        found.append(
            replace(
                line,
                sku=part.sku,
                quantity=part.quantity * line.quantity,
                unit="",
                unit_price=share.price,
                discount=share.rounding + share.discount,
                kit=None,
                kit_place=place,
            )
        )
    return found


def _faults(path: str, line: "LineInput", kit: SellableProduct, parts: Sequence[KitPart], order: Order) -> list[Detail]:
    found = []
    if kit.status != "active":
        found.append(Detail(f"{path}.sku", "retired_product", _("This product is no longer sold.")))
    if not parts:
        found.append(Detail(f"{path}.sku", "empty_kit", _("This kit has no components. Name them on its page.")))
    if line.unit not in ("", kit.unit) or line.kept_unit is not None:
        sentence = _("A kit is counted in its own unit only.")
        found.append(Detail(f"{path}.unit", "unknown_unit", sentence))
    if not ZERO < line.quantity <= LARGEST_QUANTITY or line.quantity != line.quantity.to_integral_value():
        found.append(Detail(f"{path}.quantity", "kit_not_whole", _("Enter a whole number of kits above 0.")))
    elif any(one.quantity * line.quantity > LARGEST_QUANTITY for one in parts):
        found.append(Detail(f"{path}.quantity", "out_of_range", _("The amount is too large to be kept.")))
    if line.lot:
        sentence = _("A kit has no lot of its own. Leave it empty here.")
        found.append(Detail(f"{path}.lot", "lot_not_asked", sentence))
    price, currency = line.unit_price, order.currency
    if price is not None and (not ZERO <= price <= LARGEST_PRICE or decimal_places(price) > PRICE_DECIMALS):
        sentence = _("Enter a price of 0 or more with up to 6 decimals.")
        found.append(Detail(f"{path}.unit_price", "out_of_range", sentence))
    if not line.discount >= 0 or decimal_places(line.discount) > decimals_of(currency):
        found.append(discount_out_of_range(path, currency))
    return found


def _folded(
    given: Sequence["LineInput"],
) -> tuple[list["LineInput"], list[int], dict[int, list[tuple[str, Decimal]]]]:
    """Return lines with those that name one kit put together, where each stands, and what the kits' lines said."""
    lines: list[LineInput] = []
    origins: list[int] = []
    claims: dict[int, list[tuple[str, Decimal]]] = {}
    by_group: dict[int, tuple[int, KitNamed]] = {}
    for at, line in enumerate(given):
        if line.kit is None:
            lines.append(line)
            origins.append(at)
            continue
        if line.kit.group not in by_group:
            kit = line.kit
            by_group[kit.group] = (len(lines), kit)
            claims[len(lines)] = []
            lines.append(
                replace(
                    line,
                    sku=kit.sku,
                    quantity=kit.quantity,
                    unit="",
                    unit_price=kit.unit_price,
                    discount=kit.discount,
                    kit=None,
                )
            )
            origins.append(at)
        place, kit = by_group[line.kit.group]
        if line.kit != kit:
            raise KitComponentFixed(
                details=[Detail(f"lines[{at}].kit", "other_kit", _("The lines of one kit say the same of it."))],
                sku=line.sku[:60],
            )
        claims[place].append((line.sku, line.quantity))
    return lines, origins, claims


def _require_whole(
    claim: Sequence[tuple[str, Decimal]], line: "LineInput", parts: Sequence[KitPart], path: str
) -> None:
    """Refuse lines of a kit that are not what its number makes them. Raises: KitComponentFixed."""
    said: dict[str, Decimal] = {}
    for sku, quantity in claim:
        said[sku] = said.get(sku, ZERO) + quantity
    wanted = {one.sku: one.quantity * line.quantity for one in parts}
    differing = sorted(sku for sku in {*said, *wanted} if said.get(sku) != wanted.get(sku))
    if differing:
        sentence = _("A kit of %(num)s holds %(quantity)s of this.")
        sku = differing[0]
        facts = {"num": plain(line.quantity), "quantity": plain(wanted.get(sku, ZERO))}
        detail = Detail(f"{path}.quantity", KitComponentFixed.code, sentence % facts)
        raise KitComponentFixed(details=[detail], sku=sku[:60])


@action
def break_up_kit(number: str, group: int, *, version: int | None = None, by: Actor) -> Order:
    """Make ordinary lines of a kit on a draft, at the prices that they have.

    Raises: NotPermitted, NotFound, KitNotADraft, VersionConflict.
    """
    require(by, "order.edit")
    order = get_order(number, by=by, lock=True, permission="order.edit")
    if order.category != "draft":
        raise KitNotADraft(number=order.number)
    if version is not None and version != order.version:
        raise VersionConflict()
    its = [line for line in lines_of(order) if line.kit and line.kit["group"] == group]
    if not its:
        raise NotFound(what="kit", key=str(group))
    sku, quantity = its[0].kit["sku"], its[0].kit["quantity"]  # type: ignore[index] # they have one
    for line in its:
        line.kit = None
        taken = [one for one in line.price_steps if one["kind"] in ("promotion", "order_discount")]
        line.price_steps = [Step("kept", price=line.agreed.amount).as_json(), *taken]
    OrderLine.objects.bulk_update(its, ["kit", "price_steps"])
    order.version, order.changed_at = order.version + 1, by.at
    order.save(update_fields=["version", "changed_at"])
    data = {"number": order.number, "sku": sku, "quantity": quantity}
    record("order.kit_broken_up", subject=order.subject, by=by, data=data)
    return order
