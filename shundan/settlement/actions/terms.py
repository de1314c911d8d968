"""Keeping the terms of settlement."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places
from shundan.settlement.models import SettlementTerms


@action
def save_settlement_terms(*, write_off_limit: Decimal, by: Actor) -> SettlementTerms:
    """Keep up to which amount finance writes off alone. Raises: NotPermitted, Malformed."""
    require(by, "payment.write_off_large")
    if not 0 <= write_off_limit < 10**12 or decimal_places(write_off_limit) > AMOUNT_DECIMALS:
        sentence = _("Enter an amount of 0 or more with at most two decimals.")
        raise Malformed(details=[Detail("write_off_limit", "out_of_range", sentence)])
    SettlementTerms.objects.get_or_create(id=1)
    terms = SettlementTerms.objects.select_for_update().get(id=1)
    if terms.write_off_limit != write_off_limit:
        facts = {"before": str(terms.write_off_limit), "after": str(write_off_limit)}
        terms.write_off_limit, terms.version = write_off_limit, terms.version + 1
        terms.save()
        record("settlement_terms.changed", subject=("settlement_terms", 1), by=by, data=facts)
    return terms
