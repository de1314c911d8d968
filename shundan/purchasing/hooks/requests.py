"""Purchase requests and their approval: what tables may ask of them, how they are locked, how they go on."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import department_codes_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.notifications.registries import SUBJECTS, About
from shundan.orders.queries import department_choices, people_choices
from shundan.purchasing.actions.requests import (
    RIGHT,
    STATES,
    SUBJECT,
    lock_purchase_request,
    take_on_decided_purchase,
)
from shundan.purchasing.models import PurchaseRequest
from shundan.workflow.registries import APPROVAL_ENDS, APPROVAL_LOCKS, APPROVAL_RIGHTS, Fact, name_things, offer_facts


def about_purchase_request(request_id: int, data: Mapping[str, Any]) -> About | None:
    """Return what a notice of a purchase request is about."""
    one = PurchaseRequest.objects.filter(pk=request_id).first()
    if one is None:
        return None
    people = {"owner": one.owner_id, "applicant": one.owner_id}
    return About(one.number, one.reason, people, words_zh=_state(one, "zh-hans"), words_en=_state(one, "en"))


def _state(one: PurchaseRequest, language: str) -> str:
    with translation.override(language):
        return str(STATES[one.state])


def _department(one: PurchaseRequest, by: Actor) -> str | None:
    return department_codes_unscoped([one.department_id]).get(one.department_id) if one.department_id else None


def _price_unknown(one: PurchaseRequest, by: Actor) -> bool:
    # While it is composed its lines are not kept yet.
    if "price_unknown" in one.__dict__:
        return bool(one.__dict__["price_unknown"])
    return one.lines.filter(expected_price=None).exists()


APPROVAL_ENDS[SUBJECT] = take_on_decided_purchase
APPROVAL_LOCKS[SUBJECT] = lock_purchase_request
APPROVAL_RIGHTS[SUBJECT] = RIGHT
SUBJECTS[SUBJECT] = about_purchase_request
REQUEST, AMOUNTS = _("Purchase request"), _("Amounts")
SOURCE_WORDS: Mapping[str, str | Promise] = {
    "person": _("A person"),
    "reorder": _("Reorder point"),
    "backorder": _("Backorders"),
    "forecast": _("Forecast"),
}
offer_facts(
    SUBJECT,
    {
        "source": Fact("text", lambda one, by: one.source, group=REQUEST, choices=lambda: SOURCE_WORDS),
        "company_amount": Fact(
            "number", lambda one, by: one.company_amount, minimum=ZERO, group=AMOUNTS, is_money=True
        ),
        "price_unknown": Fact("yes_no", _price_unknown, group=AMOUNTS),
        "department": Fact("text", _department, is_optional=True, group=REQUEST, choices=department_choices),
        "owner": Fact("person", lambda one, by: one.owner_id, is_optional=True, group=REQUEST, choices=people_choices),
        "days_until_needed": Fact(
            "integer",
            lambda one, by: (one.needed_on - by.today).days if one.needed_on else None,
            is_optional=True,
            group=REQUEST,
        ),
    },
)
name_things(
    "fact",
    {
        "source": _("What asks for it"),
        "price_unknown": _("The price of a line is not known"),
        "days_until_needed": _("Days until it is needed"),
    },
)
