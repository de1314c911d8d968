"""Words of prices: whom they are for, how they are set, what promotions do, and what is told of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shundan.kernel.money import plain, plain_price
from shundan.orders.queries import CUSTOMER_KINDS, DOORS
from shundan.pricing.queries import CHANNELS, names_of_offers, steps_from_json
from shundan.ui.formatting import money
from shundan.ui.names import is_english, name_of

Word = str | Promise

METHODS: dict[str, Word] = {
    "amount": _("Fixed price"),
    "percent": _("% off our list price"),
    "markup": _("% upon the cost"),
}
KINDS: dict[str, Word] = {
    "percent": _("Percentage off"),
    "buy_get": _("Buy and get free"),
    "over_amount": _("Off from an amount on"),
    "bundle": _("Bundle for one price"),
}
STATUSES: dict[str, Word] = {"active": _("In use"), "retired": _("Retired")}
CHANNEL_WORDS: dict[str, Word] = {code: DOORS[code] for code in CHANNELS}

# What happened, in the manner of the other events.
PRICE_EVENTS: dict[str, tuple[str, str, Word]] = {
    "price_list.created": ("tags", "info", _("added the price list %(code)s with %(items)s prices")),
    "price_list.changed": ("tags", "quiet", _("changed the price list %(code)s: %(items)s prices")),
    "promotion.created": ("star", "info", _("added the promotion %(code)s")),
    "promotion.changed": ("star", "quiet", _("changed the promotion %(code)s")),
    "coupon.created": ("tags", "info", _("added the code %(coupon)s")),
    "coupon.drawn": ("tags", "info", _("generated %(count)s single-use codes")),
    "coupon.retired": ("tags", "warn", _("took the code %(coupon)s out of use")),
    "coupon.restored": ("tags", "quiet", _("took the code %(coupon)s into use again")),
    "coupon.exported": ("download", "quiet", _("exported the codes (%(form)s)")),
    "order.kit_broken_up": ("pencil", "quiet", _("broke up the kit %(sku)s")),
    "company.changed": ("building", "quiet", _("changed our company’s data")),
    "discount_limits.changed": ("shield", "warn", _("changed the discount limits of roles")),
}
PRICE_FIELDS: dict[str, Word] = {
    "name_zh": _("Name"),
    "name_en": _("English name"),
    "status": _("Status"),
    "currency": _("Currency"),
    "rank": _("Rank"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid to"),
    "numbers": _("Customers"),
    "tags": _("Tags"),
    "classes": _("Kind of customer"),
    "regions": _("Regions"),
    "channels": _("Channels"),
    "decimals": _("Decimals of calculated prices"),
    "percent": _("Percent"),
    "amount": _("Amount"),
    "least_amount": _("From amount"),
    "limits": _("Limits"),
    "needs_code": _("Only with a code"),
    "most_uses": _("Uses in all"),
    "most_uses_each": _("Uses of each customer"),
}
# What changes of a draft's prices are called.
PRICE_PLACES: dict[str, Word] = {
    "discount": _("Discount"),
    "discount_percent": _("Discount on the order"),
    "discount_amount": _("Amount off the order"),
    "coupon": _("Coupon"),
    "standard_cost": _("Standard cost"),
}


def audience_text(one: Any) -> str:
    """Return whom a price list or promotion is for, in a few words (Any: faces know no tables)."""
    parts = []
    if one.numbers:
        shown = ", ".join(one.numbers[:3])
        more = len(one.numbers) - 3
        parts.append(gettext("%(shown)s and %(n)s more") % {"shown": shown, "n": more} if more > 0 else shown)
    parts += [f"#{tag}" for tag in one.tags]
    parts += [str(CUSTOMER_KINDS[kind]) for kind in one.classes]
    who = " · ".join(parts) or gettext("All customers")
    narrowed = [*one.regions, *(str(CHANNEL_WORDS[door]) for door in one.channels)]
    return f"{who} ({', '.join(narrowed)})" if narrowed else who


def promotion_text(one: Any) -> str:
    """Return what a promotion does, in a sentence (Any: faces know no tables)."""
    facts: dict[str, Any] = {
        "percent": plain(one.percent) if one.percent is not None else "",
        "amount": money(one.amount, one.currency) if one.amount is not None else "",
        "least": money(one.least_amount, one.currency) if one.least_amount is not None else "",
        "buy": plain(one.buy_quantity) if one.buy_quantity is not None else "",
        "free": plain(one.free_quantity) if one.free_quantity is not None else "",
        "gift": name_of(one.gift) if one.gift else "",
    }
    if one.kind == "percent":
        return gettext("%(percent)s %% off") % facts
    if one.kind == "buy_get":
        if one.gift:
            return gettext("Buy %(buy)s, get %(free)s %(gift)s free") % facts
        return gettext("Buy %(buy)s, get %(free)s free") % facts
    if one.kind == "bundle":
        return gettext("The set for %(amount)s") % facts
    if one.percent is not None:
        return gettext("From %(least)s on %(percent)s %% off") % facts
    if one.repeats:
        return gettext("%(amount)s off for each full %(least)s") % facts
    return gettext("From %(least)s on %(amount)s off") % facts


def price_ways(lines: Sequence[Any], currency: str) -> dict[int, list[dict[str, Any]]]:
    """Return how the prices of lines came about, by position: what is said of each step, and its figure.

    Lines at our list price alone are left out (Any: faces know no tables).
    """
    told = [line for line in lines if line.price_steps]
    codes = {one.get("code", "") for line in told for one in line.price_steps}
    names = names_of_offers(codes)
    return {line.position: [_step(one, names, currency) for one in steps_from_json(line.price_steps)] for line in told}


def ways_of(ways: Mapping[int, list[dict[str, Any]]], position: int) -> dict[str, Any]:
    """Return how the price of a line came about: what set it, and what was taken off."""
    its = ways.get(position, [])
    named = [one for one in its if not one["takes_off"] and one["kind"] != "list"]
    return {"price_ways": named, "off_ways": [one for one in its if one["takes_off"]]}


def _step(one: Any, names: Mapping[str, Any], currency: str) -> dict[str, Any]:
    name = name_of(names[one.code]) if one.code in names else one.code
    if one.kind == "kit":
        name = gettext("Share of the kit %(sku)s") % {"sku": one.code}
    if one.off is not None:
        own = {"order_discount": gettext("Discount on the order"), "kit_rounding": gettext("Rounding of the kit")}
        words = own.get(one.kind, name)
        if one.coupon:
            words = gettext("%(promotion)s, coupon %(code)s") % {"promotion": name, "code": one.coupon}
        return {"words": words, "figure": f"-{money(one.off, currency)}", "kind": one.kind, "takes_off": True}
    words = {
        "list": gettext("Our list price"),
        "hand": gettext("Entered by hand"),
        "kept": gettext("Agreed earlier"),
        "price_list": name,
        "kit": name,
    }.get(one.kind, one.kind)
    details = []
    if one.percent is not None:
        sign = "-" if one.method == "percent" else "+"
        details.append(f"{sign}{plain(one.percent)}%")
    if one.from_quantity is not None:
        details.append(gettext("from %(n)s") % {"n": plain(one.from_quantity)})
    comma = ", " if is_english() else "，"
    return {
        "words": f"{words} ({comma.join(details)})" if details else words,
        "figure": plain_price(one.price if one.price is not None else Decimal(0), currency=currency),
        "kind": one.kind,
        "takes_off": False,
    }
