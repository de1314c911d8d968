"""Putting right what a waybill cost: what the carrier finally billed instead of what it said at first."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.fulfilment.actions.booking import lock_waybill
from shundan.fulfilment.actions.waybills import WaybillFixed, visible_waybill
from shundan.fulfilment.models import Waybill
from shundan.fulfilment.queries.waybills import waybill_facts
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, amount_out_of_range
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places, decimals_of, is_currency_code, said_amount

FREIGHT_DIGITS = 12


@action
def correct_freight(waybill_key: str, *, amount: Decimal, currency: str, reason: str, by: Actor) -> Waybill:
    """Put the freight of a waybill right, for instance as the carrier billed it; figures count it from now on.

    The same amount again changes nothing. Raises: NotPermitted, NotFound, Malformed, WaybillFixed before the carrier
    has the waybill or once it is cancelled.
    """
    found = visible_waybill(waybill_key, by=by, permission="shipment.freight")
    said = reason.replace("\x00", "").strip()[:500]
    _check(amount, currency, said)
    waybill = lock_waybill(found.pk)
    if waybill.state != "booked":
        raise WaybillFixed(key=waybill.order_key)
    before = _said(waybill)
    waybill.cost, waybill.currency = amount, currency
    after = _said(waybill)
    if before != after:
        waybill.save(update_fields=["cost", "currency"])
        facts = waybill_facts(waybill) | {"changes": {"freight": [before, after]}, "reason": said}
        record("waybill.freight_corrected", subject=waybill.subject, by=by, data=facts)
    return waybill


def _said(waybill: Waybill) -> str | None:
    return None if waybill.cost is None else f"{said_amount(waybill.cost, waybill.currency)} {waybill.currency}"


def _check(amount: Decimal, currency: str, reason: str) -> None:
    wrong = []
    if not is_currency_code(currency):
        wrong.append(Detail("currency", "unknown", _("Enter a three-letter currency code such as CNY.")))
    else:
        decimals = min(decimals_of(currency), AMOUNT_DECIMALS)
        is_amount = amount.is_finite() and 0 <= amount < 10**FREIGHT_DIGITS and decimal_places(amount) <= decimals
        if not is_amount:
            given = amount if amount.is_finite() else Decimal(-1)
            fault = amount_out_of_range("amount", currency, given=given, from_zero=True, digits=FREIGHT_DIGITS)
            wrong.append(fault)
    if not reason:
        wrong.append(Detail("reason", "required", _("This field is required.")))
    if wrong:
        raise Malformed(details=wrong)
