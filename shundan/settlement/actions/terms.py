"""Keeping the terms of settlement: how much each role writes off alone, when drafts count, how far bills may be off."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shundan.billing.actions import keep_bill_tolerance
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, amount_out_of_range, require
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, decimal_places
from shundan.settlement.models import SettlementTerms, WriteOffLimit
from shundan.settlement.queries import write_off_limits


@action
def save_settlement_terms(
    *,
    by: Actor,
    limits: Mapping[str, Decimal | None] | None = None,
    drafts_count_on: str | None = None,
    draft_notice_days: int | None = None,
    bill_tolerance_percent: Decimal | None = None,
    bill_tolerance_amount: Decimal | None = None,
) -> SettlementTerms:
    """Keep how much roles write off alone (None: without limit), when drafts count, and how far bills may be off.

    What is left out stays. Drafts that are here already keep what held when they came. Raises: NotPermitted, Malformed.
    """
    require(by, "payment.write_off_limit")
    given = limits or {}
    _check_limits(given)
    if drafts_count_on not in (None, "receipt", "collection"):
        sentence = _("Choose one of the offered values.")
        raise Malformed(details=[Detail("drafts_count_on", "unknown", sentence)])
    if draft_notice_days is not None and not 0 <= draft_notice_days <= 365:
        sentence = _("Enter a number of days from 0 to 365.")
        raise Malformed(details=[Detail("draft_notice_days", "out_of_range", sentence)])
    SettlementTerms.objects.get_or_create(id=1)
    # Under this one lock limits change as well: two who save at once are told one after the other.
    terms = SettlementTerms.objects.select_for_update().get(id=1)
    wanted = {
        "drafts_count_on": terms.drafts_count_on if drafts_count_on is None else drafts_count_on,
        "draft_notice_days": terms.draft_notice_days if draft_notice_days is None else draft_notice_days,
    }
    tolerance = keep_bill_tolerance(percent=bill_tolerance_percent, amount=bill_tolerance_amount)
    changed = {name: (getattr(terms, name), value) for name, value in wanted.items() if getattr(terms, name) != value}
    kept = write_off_limits()
    moved = {role: (kept[role], limit) for role, limit in given.items() if kept[role] != limit}
    if changed or moved or tolerance:
        facts = {name: [str(before), str(after)] for name, (before, after) in changed.items()}
        facts |= {f"write_off_limit.{role}": [_said(before), _said(after)] for role, (before, after) in moved.items()}
        facts |= {f"bill_tolerance_{name}": [str(one) for one in both] for name, both in tolerance.items()}
        for name, (_before, after) in changed.items():
            setattr(terms, name, after)
        terms.version += 1
        terms.save()
        for role, (_before, limit) in moved.items():
            WriteOffLimit.objects.update_or_create(role=role, defaults={"amount": limit})
        record("settlement_terms.changed", subject=("settlement_terms", 1), by=by, data={"changes": facts})
    return terms


def _check_limits(given: Mapping[str, Decimal | None]) -> None:
    known, wrong = write_off_limits(), []
    for role, limit in given.items():
        if role not in known:
            sentence = _("This role may not write off, so it has no limit.")
            wrong.append(Detail(f"write_off_limits.{role}", "unknown", sentence))
        elif limit is not None and (not 0 <= limit < 10**12 or decimal_places(limit) > AMOUNT_DECIMALS):
            path = f"write_off_limits.{role}"
            wrong.append(amount_out_of_range(path, "CNY", given=limit, from_zero=True, digits=12))
    if wrong:
        raise Malformed(details=wrong)


def _said(limit: Decimal | None) -> str:
    return "unlimited" if limit is None else str(limit)
