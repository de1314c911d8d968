"""Spreading what bringing goods here cost over them, and taking that back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from shundan.catalog.actions import raise_product_costs
from shundan.catalog.queries import COMPANY_CURRENCY, rate_of_exchange
from shundan.fulfilment.models import LandedCharge, LandedCost, LandedPart, LandedRaise, Receipt
from shundan.fulfilment.queries import Borne, bearing_lines, check_cost_reversal, own_units
from shundan.fulfilment.rules import CHARGES, SPREADS
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import (
    AMOUNT_DECIMALS,
    LARGEST_PRICE,
    PRICE_DECIMALS,
    ZERO,
    decimal_places,
    decimals_of,
    round_amount,
    spread,
)
from shundan.kernel.numbering import next_number
from shundan.orders.actions import BilledCostExceeded, give_back_billed_costs, take_billed_costs

MOST_CHARGES = 20
MOST_RECEIPTS = 50
CURRENCY = re.compile("[A-Z]{3}")


class NothingBears(Refused):
    """No goods of the receipts can bear costs."""

    code = "nothing_bears_costs"
    sentence = _("None of the goods received was kept, so nothing can bear the costs.")


class WeightUnknown(Refused):
    """Costs are to be spread by weight, and nobody knows what some of the goods weigh."""

    code = "weight_unknown"
    sentence = _("The weight of %(skus)s is not known. Enter it on the product, or spread by value or quantity.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeInput:
    """One charge: what it is for, and by what it is spread.

    An amount in another currency counts at the rate of the day. `billed` names what a supplier billed (BilledCost): it
    counts in the currency and at the rate of its bill, and without an amount all that is left of it is taken.
    """

    kind: str
    amount: Decimal | None = None
    spread_by: str = "value"
    currency: str = COMPANY_CURRENCY
    billed: int | None = None


@action
def post_landed_cost(
    receipts: Sequence[str], charges: Sequence[ChargeInput], *, by: Actor, reference: str = "", remark: str = ""
) -> LandedCost:
    """Spread charges over what came with purchase receipts (by number) and was kept, to the cent.

    What belongs to units that are still here raises the cost of their product, spread over all units we have; what
    belongs to units that are gone is told, and raises nothing.
    Raises: NotPermitted, NotFound, Malformed, NothingBears, WeightUnknown, NoExchangeRate, BilledCostTaken,
    BilledCostExceeded.
    """
    require(by, "landed_cost.post")
    _check(receipts, charges)
    list(Receipt.objects.select_for_update().filter(number__in=receipts).order_by("pk"))
    lines = bearing_lines(receipts, by=by)
    if not lines:
        raise NothingBears()
    number = next_number("landed_cost", prefix="LC", on=by.today)
    worths = _worths(charges, taken_by=number, by=by)
    cost = LandedCost.objects.create(
        number=number,
        reference=reference.replace("\x00", "").strip()[:100],
        remark=remark.replace("\x00", "").strip()[:500],
        total=sum((one.amount for one in worths), ZERO),
        posted_at=by.at,
        posted_by_name=by.name,
    )
    on_stock: dict[int, Decimal] = {}
    for position, (charge, worth) in enumerate(zip(charges, worths, strict=True), 1):
        shares = spread(worth.amount, _weights(lines, charge.spread_by))
        kept = LandedCharge.objects.create(
            landed_cost=cost,
            position=position,
            kind=charge.kind,
            spread_by=charge.spread_by,
            amount=worth.amount,
            currency=worth.currency,
            foreign_amount=worth.foreign_amount,
            exchange_rate=worth.rate,
            billed_cost_id=charge.billed,
        )
        parts = [
            LandedPart(
                charge=kept,
                receipt_line=line.line,
                amount=share,
                on_stock=round_amount(share * line.here / line.quantity),
            )
            for line, share in zip(lines, shares, strict=True)
        ]
        LandedPart.objects.bulk_create(parts)
        for line, part in zip(lines, parts, strict=True):
            product_id = line.line.order_line.product_id
            on_stock[product_id] = on_stock.get(product_id, ZERO) + part.on_stock
    _raise(cost, on_stock, by=by)
    record("landed_cost.posted", subject=cost.subject, by=by, data=_facts(cost, receipts))
    return cost


@action
def reverse_landed_cost(number: str, *, reason: str, by: Actor) -> LandedCost:
    """Take a landed cost back: product costs fall by what they rose, and what was billed can be spread anew.

    Raises: NotPermitted, NotFound, Malformed, CostReversed, CostSetSince.
    """
    require(by, "landed_cost.reverse")
    reason = reason.replace("\x00", "").strip()[:500]
    if not reason:
        raise Malformed(details=[Detail("reason", "required", _("This field is required."))])
    cost = LandedCost.objects.select_for_update().filter(number=number.replace("\x00", "")).first()
    if cost is None:
        raise NotFound(what="landed cost", key=number[:100])
    check_cost_reversal(cost)
    # What was billed before products, as whoever posts takes them.
    give_back_billed_costs(cost.number)
    cost.state, cost.reversed_at, cost.reversed_by_name, cost.reason = "reversed", by.at, by.name, reason
    cost.save()
    raises = {one.product_id: one for one in cost.raises.exclude(cost=None)}
    costs = raise_product_costs({pk: -one.raised for pk, one in raises.items()}, by=by)
    for pk, one in raises.items():
        one.cost_back = costs.get(pk)
    LandedRaise.objects.bulk_update(raises.values(), ["cost_back"])
    record("landed_cost.reversed", subject=cost.subject, by=by, data=_facts(cost, ()) | {"reason": reason})
    return cost


@dataclass(frozen=True, slots=True)
class _Worth:
    """What a charge is in company currency; the amount in its own where that is another one."""

    amount: Decimal
    currency: str = COMPANY_CURRENCY
    foreign_amount: Decimal | None = None
    rate: Decimal = Decimal(1)


def _worths(charges: Sequence[ChargeInput], *, taken_by: str, by: Actor) -> list[_Worth]:
    billed = {one.billed: one.amount for one in charges if one.billed is not None}
    try:
        taken = take_billed_costs(billed, taken_by=taken_by)
    except BilledCostExceeded as refused:
        at = next(at for at, one in enumerate(charges) if one.billed == refused.facts["billed"])
        detail = Detail(f"charges[{at}].amount", "too_large", refused.message)
        raise BilledCostExceeded(details=[detail], **refused.facts) from refused
    found = []
    for at, one in enumerate(charges):
        part = taken[one.billed] if one.billed is not None else None
        amount, currency = (part.net, part.currency) if part else (one.amount or ZERO, one.currency)
        if decimal_places(amount) > decimals_of(currency):
            raise Malformed(details=[amount_out_of_range(f"charges[{at}].amount", currency, given=amount, digits=12)])
        rate = Decimal(1)
        if part is None and currency != COMPANY_CURRENCY:
            rate = rate_of_exchange(currency, on=by.today)
        worth = part.worth if part else round_amount(amount * rate)
        if not 0 < worth <= LARGEST_PRICE:
            raise Malformed(details=[amount_out_of_range(f"charges[{at}].amount", currency, given=worth, digits=12)])
        if currency == COMPANY_CURRENCY:
            found.append(_Worth(worth))
        else:
            found.append(_Worth(worth, currency, amount, part.exchange_rate if part else rate))
    return found


def _raise(cost: LandedCost, on_stock: dict[int, Decimal], *, by: Actor) -> None:
    units = own_units(on_stock)
    cent = Decimal(1).scaleb(-PRICE_DECIMALS)
    rises = {
        pk: (amount / units[pk]).quantize(cent, rounding=ROUND_HALF_UP) if amount and units.get(pk) else ZERO
        for pk, amount in on_stock.items()
    }
    costs = raise_product_costs(rises, by=by)
    LandedRaise.objects.bulk_create(
        LandedRaise(
            landed_cost=cost,
            product_id=pk,
            on_hand=units.get(pk, ZERO),
            raised=rise if pk in costs else ZERO,
            cost=costs.get(pk),
        )
        for pk, rise in rises.items()
    )


def _weights(lines: Sequence[Borne], spread_by: str) -> list[Decimal]:
    if spread_by == "weight":
        unknown = sorted({line.line.order_line.sku for line in lines if line.weight is None})
        if unknown:
            raise WeightUnknown(skus=", ".join(unknown[:10]))
        weights = [line.weight or ZERO for line in lines]
    else:
        weights = [line.value if spread_by == "value" else line.quantity for line in lines]
    # Where all are worth or weigh nothing, each unit bears the same.
    return weights if any(weights) else [line.quantity for line in lines]


def _facts(cost: LandedCost, receipts: Sequence[str]) -> dict[str, str]:
    return {"number": cost.number, "total": str(cost.total), "receipts": ", ".join(receipts)}


def _check(receipts: Sequence[str], charges: Sequence[ChargeInput]) -> None:
    wrong = []
    if not receipts or len(receipts) > MOST_RECEIPTS:
        wrong.append(Detail("receipts", "required", _("Choose 1 to 50 receipts.")))
    if not charges or len(charges) > MOST_CHARGES:
        wrong.append(Detail("charges", "required", _("Enter 1 to 20 charges.")))
    for at, one in enumerate(charges):
        if one.kind not in CHARGES:
            wrong.append(Detail(f"charges[{at}].kind", "unknown", _("Choose one of the offered values.")))
        if one.spread_by not in SPREADS:
            wrong.append(Detail(f"charges[{at}].spread_by", "unknown", _("Choose one of the offered values.")))
        if one.billed is not None and one.billed in [earlier.billed for earlier in charges[:at]]:
            wrong.append(Detail(f"charges[{at}].billed", "twice", _("Another charge takes this already.")))
        amount = ZERO if one.amount is None else one.amount
        if one.billed is not None and one.amount is None:
            continue
        # Of what is billed the bill says the currency, and how many decimals that has.
        decimals = decimals_of(one.currency) if one.billed is None else AMOUNT_DECIMALS
        if not CURRENCY.fullmatch(one.currency) and one.billed is None:
            sentence = _("Enter a three-letter currency code such as CNY.")
            wrong.append(Detail(f"charges[{at}].currency", "unknown", sentence))
        elif not 0 < amount <= LARGEST_PRICE or decimal_places(amount) > decimals:
            wrong.append(amount_out_of_range(f"charges[{at}].amount", one.currency, given=amount, digits=12))
    if wrong:
        raise Malformed(details=wrong)
