"""The chart of accounts and the posting rules."""

from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Flag, Given, Row, Version, Words
from shundan.api.routes import Routes
from shundan.ledger.actions import (
    AccountInput,
    RuleInput,
    remove_posting_rule,
    save_ledger_account,
    save_posting_rule,
)
from shundan.ledger.queries import list_ledger_accounts, list_posting_rules

routes = Routes("ledger_accounts")
AccountKind = Literal["asset", "liability", "equity", "income", "expense"]


class AccountRow(Answer):
    """An account of the chart."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    is_active: bool
    version: int


class Accounts(Answer):
    """The chart of accounts."""

    items: list[AccountRow]


class AccountGiven(Given):
    """An account; `version` is that which was read, none for a new one."""

    name_zh: Annotated[Words, Field(min_length=1)]
    name_en: Words = ""
    kind: AccountKind
    is_active: Flag = True
    version: Version | None = None


class RuleRow(Answer):
    """To which account a part of postings goes; empty conditions are any."""

    id: str
    role: str
    account: str
    tax: str
    category: str
    customer_kind: str
    method: str
    is_default: bool


class Rules(Answer):
    """All posting rules."""

    items: list[RuleRow]


class RuleGiven(Given):
    """A posting rule; one with the same role and conditions gets the account."""

    role: Code
    account: Code
    tax: Code = ""
    category: Code = ""
    customer_kind: Code = ""
    method: Code = ""


@routes.get("/accounts", permission="ledger.read", answer=Accounts)
def accounts(request: HttpRequest) -> Accounts:
    """List the chart of accounts."""
    return Accounts(items=[_account(one) for one in list_ledger_accounts(by=actor(request))])


@routes.put("/accounts/{code}", permission="ledger.edit", answer=AccountRow)
def save_account(request: HttpRequest, code: Code, given: AccountGiven) -> AccountRow:
    """Add an account or change it."""
    wish = AccountInput(
        code=code, name_zh=given.name_zh, name_en=given.name_en, kind=given.kind, is_active=given.is_active
    )
    return _account(save_ledger_account(wish, version=given.version, by=actor(request)))


@routes.get("/posting-rules", permission="ledger.read", answer=Rules)
def rules(request: HttpRequest) -> Rules:
    """List the posting rules."""
    return Rules(items=[_rule(one) for one in list_posting_rules(by=actor(request))])


@routes.put("/posting-rules", permission="ledger.edit", answer=RuleRow)
def save_rule(request: HttpRequest, given: RuleGiven) -> RuleRow:
    """Keep a posting rule; journals that are written stay as they are."""
    return _rule(save_posting_rule(RuleInput(**given.model_dump()), by=actor(request)))


@routes.delete("/posting-rules/{rule_id}", permission="ledger.edit", answer=Rules)
def remove_rule(request: HttpRequest, rule_id: int) -> Rules:
    """Take a rule away; wider ones hold then."""
    remove_posting_rule(rule_id, by=actor(request))
    return rules(request)


def _account(one: Row) -> AccountRow:
    return AccountRow(
        code=one.code,
        name_zh=one.name_zh,
        name_en=one.name_en,
        kind=one.kind,
        is_active=one.is_active,
        version=one.version,
    )


def _rule(one: Row) -> RuleRow:
    return RuleRow(
        id=str(one.pk),
        role=one.role,
        account=one.account.code,
        tax=one.tax.code if one.tax else "",
        category=one.category.code if one.category else "",
        customer_kind=one.customer_kind,
        method=one.method,
        is_default=one.is_default,
    )
