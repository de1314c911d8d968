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
def save_settlement_terms(
    *, write_off_limit: Decimal, by: Actor, drafts_count_on: str | None = None, draft_notice_days: int | None = None
) -> SettlementTerms:
    """Keep up to which amount finance writes off alone, and when drafts count. Raises: NotPermitted, Malformed.

    What is left out stays. Drafts that are here already keep what held when they came.
    """
    require(by, "payment.write_off_large")
    if not 0 <= write_off_limit < 10**12 or decimal_places(write_off_limit) > AMOUNT_DECIMALS:
        sentence = _("Enter an amount of 0 or more with at most two decimals.")
        raise Malformed(details=[Detail("write_off_limit", "out_of_range", sentence)])
    if drafts_count_on not in (None, "receipt", "collection"):
        sentence = _("Choose one of the offered values.")
        raise Malformed(details=[Detail("drafts_count_on", "unknown", sentence)])
    if draft_notice_days is not None and not 0 <= draft_notice_days <= 365:
        sentence = _("Enter a number of days from 0 to 365.")
        raise Malformed(details=[Detail("draft_notice_days", "out_of_range", sentence)])
    SettlementTerms.objects.get_or_create(id=1)
    terms = SettlementTerms.objects.select_for_update().get(id=1)
    wanted = {
        "write_off_limit": write_off_limit,
        "drafts_count_on": terms.drafts_count_on if drafts_count_on is None else drafts_count_on,
        "draft_notice_days": terms.draft_notice_days if draft_notice_days is None else draft_notice_days,
    }
    changed = {name: (getattr(terms, name), value) for name, value in wanted.items() if getattr(terms, name) != value}
    if changed:
        facts = {"changes": {name: [str(before), str(after)] for name, (before, after) in changed.items()}}
        for name, (_before, after) in changed.items():
            setattr(terms, name, after)
        terms.version += 1
        terms.save()
        record("settlement_terms.changed", subject=("settlement_terms", 1), by=by, data=facts)
    return terms
