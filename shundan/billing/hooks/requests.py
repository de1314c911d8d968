"""Payment requests and their approval: what tables may ask of them, how they are locked, how they go on."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.accounts.queries import department_codes_unscoped
from shundan.billing.actions.requests import STATES, SUBJECT, lock_request, take_on_decided_request
from shundan.billing.models import PaymentRequest
from shundan.billing.queries.requests import METHOD_WORDS, is_new_account
from shundan.kernel.actor import Actor
from shundan.kernel.money import ZERO
from shundan.notifications.registries import SUBJECTS, About
from shundan.orders.queries import currency_choices, department_choices, people_choices
from shundan.workflow.registries import APPROVAL_ENDS, APPROVAL_LOCKS, APPROVAL_RIGHTS, Fact, name_things, offer_facts


def about_request(request_id: int, data: Mapping[str, Any]) -> About | None:
    """Return what a notice of a payment request is about."""
    one = PaymentRequest.objects.filter(pk=request_id).first()
    if one is None:
        return None
    people = {"owner": one.owner_id, "applicant": one.owner_id}
    return About(one.number, one.payee, people, words_zh=_state(one, "zh-hans"), words_en=_state(one, "en"))


def _state(one: PaymentRequest, language: str) -> str:
    with translation.override(language):
        return str(STATES[one.state])


def _department(one: PaymentRequest, by: Actor) -> str | None:
    return department_codes_unscoped([one.department_id]).get(one.department_id) if one.department_id else None


def _days_until_due(one: PaymentRequest, by: Actor) -> int | None:
    return (one.bill.due_on - by.today).days if one.bill is not None else None


APPROVAL_ENDS[SUBJECT] = take_on_decided_request
APPROVAL_LOCKS[SUBJECT] = lock_request
APPROVAL_RIGHTS[SUBJECT] = "payment_request.approve"
SUBJECTS[SUBJECT] = about_request
ORDER, AMOUNTS, PARTIES = _("Payment request"), _("Amounts"), _("Customer and supplier")
KINDS: Mapping[str, str | Promise] = {
    "bill": _("Pay a bill"),
    "prepayment": _("Prepay a supplier"),
    "refund": _("Pay money back"),
}
offer_facts(
    SUBJECT,
    {
        "kind": Fact("text", lambda one, by: one.kind, label=_("Purpose"), group=ORDER, choices=lambda: KINDS),
        "amount": Fact("number", lambda one, by: one.amount, minimum=ZERO, group=AMOUNTS),
        "company_amount": Fact(
            "number", lambda one, by: one.company_amount, minimum=ZERO, group=AMOUNTS, is_money=True
        ),
        "currency": Fact("text", lambda one, by: one.currency, group=AMOUNTS, choices=currency_choices),
        "method": Fact("text", lambda one, by: one.method, group=ORDER, choices=lambda: METHOD_WORDS),
        "supplier": Fact(
            "text", lambda one, by: one.creditor.number if one.creditor else None, is_optional=True, group=PARTIES
        ),
        "customer": Fact(
            "text",
            lambda one, by: one.payment.customer.number if one.payment else None,
            is_optional=True,
            group=PARTIES,
        ),
        "department": Fact("text", _department, is_optional=True, group=ORDER, choices=department_choices),
        "owner": Fact("person", lambda one, by: one.owner_id, is_optional=True, group=ORDER, choices=people_choices),
        "days_until_due": Fact("integer", _days_until_due, is_optional=True, group=ORDER),
        "account_is_new": Fact("yes_no", lambda one, by: is_new_account(one), group=PARTIES),
    },
)
name_things(
    "fact",
    {
        "amount": _("Amount"),
        "company_amount": _("Amount in company currency"),
        "method": _("Payment method"),
        "days_until_due": _("Days until it is due"),
        "account_is_new": _("The bank account was not used before"),
    },
)
