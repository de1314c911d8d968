"""The chart of accounts and the posting rules."""

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.ledger.models import LedgerAccount, PostingRule
from shundan.ledger.rules.choosing import RuleChoice


def posting_choices() -> list[RuleChoice]:
    """Return all posting rules as the books use them."""
    rows = PostingRule.objects.values_list("role", "account_id", "tax__code", "category_id", "customer_kind", "method")
    return [
        RuleChoice(
            role=role,
            account_id=account_id,
            tax_code=tax or "",
            category_id=category_id,
            customer_kind=customer_kind,
            method=method,
        )
        for role, account_id, tax, category_id, customer_kind, method in rows
    ]


def list_ledger_accounts(*, by: Actor) -> list[LedgerAccount]:
    """Return the chart by code, retired accounts among them. Raises: NotPermitted."""
    require(by, "ledger.read")
    return list(LedgerAccount.objects.order_by("code"))


def get_ledger_account(code: str, *, by: Actor) -> LedgerAccount:
    """Return an account by its code. Raises: NotPermitted, NotFound."""
    require(by, "ledger.read")
    found = LedgerAccount.objects.filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotFound(what="account", key=code[:50])
    return found


def list_posting_rules(*, by: Actor) -> list[PostingRule]:
    """Return all rules, the default of each role first. Raises: NotPermitted."""
    require(by, "ledger.read")
    rows = PostingRule.objects.select_related("tax", "category", "account")
    return sorted(rows, key=lambda one: (one.role, not one.is_default, one.pk))
