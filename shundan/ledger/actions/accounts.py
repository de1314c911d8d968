"""Keeping the chart of accounts and the posting rules."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shundan.billing.queries import METHOD_WORDS
from shundan.catalog.models import Category, TaxRate
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused, VersionConflict, require
from shundan.kernel.events import record
from shundan.ledger.models import LedgerAccount, PostingRule
from shundan.ledger.rules.chart import (
    ACCOUNT_KINDS,
    CHART,
    LONGEST_CODE,
    LONGEST_NAME,
    ROLES,
    SHIPPED_METHODS,
)
from shundan.orders.queries import CUSTOMER_KINDS


class AccountInUse(Refused):
    """A rule still sends postings to the account."""

    code = "account_in_use"
    sentence = _("Posting rules still use account %(code)s. Change them first, then retire the account.")


class DefaultRuleStays(Refused):
    """Each role keeps its default."""

    code = "default_rule_stays"
    sentence = _("A rule without conditions is the default and stays. Change its account instead.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInput:
    """An account as a person gives it."""

    code: str
    name_zh: str
    name_en: str = ""
    kind: str
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInput:
    """A posting rule as a person gives it; nothing is any."""

    role: str
    account: str
    tax: str = ""
    category: str = ""
    customer_kind: str = ""
    method: str = ""


def ship_chart() -> None:
    """Load the shipped chart and its rules; what is there already stays as it is."""
    for code, name_zh, name_en, kind in CHART:
        values = {"name_zh": name_zh, "name_en": name_en, "kind": kind}
        LedgerAccount.objects.get_or_create(code=code, defaults=values)
    accounts = {one.code: one for one in LedgerAccount.objects.all()}
    for role, code in ROLES.items():
        none = {"tax": None, "category": None, "customer_kind": "", "method": ""}
        if not PostingRule.objects.filter(role=role, **none).exists():
            PostingRule.objects.create(role=role, account=accounts[code])
            for shipped, method, other in SHIPPED_METHODS:
                if shipped == role:
                    PostingRule.objects.get_or_create(role=role, method=method, defaults={"account": accounts[other]})


@action
def save_ledger_account(given: AccountInput, *, by: Actor, version: int | None = None) -> LedgerAccount:
    """Add an account, or change the one of that code whose version was read.

    Raises: NotPermitted, Malformed, VersionConflict, AccountInUse.
    """
    require(by, "ledger.edit")
    code = _checked(given)
    known = LedgerAccount.objects.select_for_update().filter(code=code).first()
    if known is not None and version != known.version:
        if version is None:
            sentence = _("An account with this code exists already.")
            raise Malformed(details=[Detail("code", "taken", sentence)])
        raise VersionConflict()
    account = known or LedgerAccount(code=code, version=0)
    if not given.is_active and PostingRule.objects.filter(account_id=account.pk).exists():
        raise AccountInUse(code=code)
    account.name_zh, account.name_en = given.name_zh.strip(), given.name_en.strip()
    account.kind, account.is_active = given.kind, given.is_active
    account.version += 1
    account.save()
    facts = {"code": code, "name_zh": account.name_zh, "kind": account.kind, "is_active": account.is_active}
    record("ledger_account.saved", subject=("ledger_account", account.pk), by=by, data=facts)
    return account


@action
def save_posting_rule(given: RuleInput, *, by: Actor) -> PostingRule:
    """Say to which account a part of postings goes under conditions; one that is there gets the account.

    Journals that are written stay as they are. Raises: NotPermitted, NotFound, Malformed.
    """
    require(by, "ledger.edit")
    wrong = [
        Detail(path, "unknown", _("Choose one of the offered values."))
        for path, is_known in (
            ("role", given.role in ROLES),
            ("customer_kind", given.customer_kind in ("", *CUSTOMER_KINDS)),
            ("method", given.method in ("", *METHOD_WORDS)),
        )
        if not is_known
    ]
    tax = TaxRate.objects.filter(code=given.tax).first() if given.tax else None
    category = Category.objects.filter(code=given.category).first() if given.category else None
    account = LedgerAccount.objects.select_for_update().filter(code=given.account, is_active=True).first()
    missing = (
        ("tax", bool(given.tax) and tax is None),
        ("category", bool(given.category) and category is None),
        ("account", account is None),
    )
    wrong += [Detail(path, "unknown", _("Choose one of the offered values.")) for path, is_bad in missing if is_bad]
    if wrong or account is None:
        raise Malformed(details=wrong)
    rule, _is_new = PostingRule.objects.update_or_create(
        role=given.role,
        tax=tax,
        category=category,
        customer_kind=given.customer_kind,
        method=given.method,
        defaults={"account": account},
    )
    facts = {"role": given.role, "account": given.account, "tax": given.tax, "category": given.category}
    facts |= {"customer_kind": given.customer_kind, "method": given.method}
    record("posting_rule.saved", subject=("posting_rule", rule.pk), by=by, data=facts)
    return rule


@action
def remove_posting_rule(rule_id: int, *, by: Actor) -> None:
    """Take a rule away; wider ones hold then. Raises: NotPermitted, NotFound, DefaultRuleStays."""
    require(by, "ledger.edit")
    rule = PostingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound(what="posting rule", key=str(rule_id)[:20])
    if rule.is_default:
        raise DefaultRuleStays()
    record("posting_rule.removed", subject=("posting_rule", rule.pk), by=by, data={"role": rule.role})
    rule.delete()


def _checked(given: AccountInput) -> str:
    code, wrong = given.code.strip(), []
    if not code or len(code) > LONGEST_CODE or not all(one.isalnum() or one in ".-" for one in code):
        sentence = _("Use letters, digits, dots and hyphens, at most 30.")
        wrong.append(Detail("code", "invalid", sentence))
    for path, text in (("name_zh", given.name_zh), ("name_en", given.name_en)):
        if len(text) > LONGEST_NAME or "\x00" in text or (path == "name_zh" and not text.strip()):
            wrong.append(Detail(path, "required", _("This field is required.")))
    if given.kind not in ACCOUNT_KINDS:
        wrong.append(Detail("kind", "unknown", _("Choose one of the offered values.")))
    if wrong:
        raise Malformed(details=wrong)
    return code
