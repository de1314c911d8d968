"""The chart of accounts and the posting rules: what is there, adding to it, changing it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.catalog.queries import all_taxes, list_categories
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.ledger.actions import (
    AccountInput,
    RuleInput,
    remove_posting_rule,
    save_ledger_account,
    save_posting_rule,
)
from shundan.ledger.queries import list_ledger_accounts, list_posting_rules
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.ledger_words import ACCOUNT_KIND_WORDS, ROLE_WORDS, account_name, ledger_tabs
from shundan.web.lists import state_of
from shundan.web.words import CUSTOMER_KINDS, METHODS, name_of, options


@page("ledger.read")
def chart(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the chart of accounts and the posting rules."""
    return _page(request, by)


@page("ledger.edit", methods=("POST",))
def save(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add an account or change one."""
    given = Given(request.POST)

    def work() -> str:
        wish = AccountInput(
            code=given.text("code"),
            name_zh=given.text("name_zh"),
            name_en=given.text("name_en"),
            kind=given.text("kind"),
            is_active=given.flag("is_active"),
        )
        given.check()
        return save_ledger_account(wish, version=given.whole("version"), by=by).code

    return _do(request, by, work, typed="account", said=_("The account was saved."))


@page("ledger.edit", methods=("POST",))
def save_rule(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a posting rule, or give one another account."""
    given = Given(request.POST)

    def work() -> str:
        wish = RuleInput(
            role=given.text("role"),
            account=given.text("account"),
            tax=given.text("tax"),
            category=given.text("category"),
            customer_kind=given.text("customer_kind"),
            method=given.text("method"),
        )
        given.check()
        return str(save_posting_rule(wish, by=by).pk)

    return _do(request, by, work, typed="rule", said=_("The posting rule was saved."))


@page("ledger.edit", methods=("POST",))
def remove_rule(request: HttpRequest, rule: int, *, by: Actor) -> HttpResponse:
    """Take a posting rule away."""

    def work() -> str:
        remove_posting_rule(rule, by=by)
        return str(rule)

    return _do(request, by, work, typed="remove", said=_("The posting rule was removed."))


def _do(request: HttpRequest, by: Actor, work: Any, *, typed: str, said: str) -> HttpResponse:
    try:
        do_once(request, by=by, work=work)
    except Refused as refusal:
        return _page(request, by, refusal=refusal, typed=typed)
    leave_message(request, said)
    return go(request, reverse("ledger.accounts"))


def _page(request: HttpRequest, by: Actor, *, refusal: Refused | None = None, typed: str = "") -> HttpResponse:
    accounts, may_edit = list_ledger_accounts(by=by), by.may("ledger.edit")
    wanted = state_of(request).text("account")
    chosen = next((one for one in accounts if one.code == wanted), None)
    values: dict[str, Any] = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    if not values and chosen is not None:
        values = {
            "code": chosen.code,
            "name_zh": chosen.name_zh,
            "name_en": chosen.name_en,
            "kind": chosen.kind,
            "is_active": "1" if chosen.is_active else "",
            "version": chosen.version,
        }
    context = {
        "page": frame(request, by, title=_("Accounts and rules"), active="journals"),
        "views": ledger_tabs("ledger.accounts"),
        "accounts": [
            {
                "code": one.code,
                "name": account_name(one),
                "kind": str(ACCOUNT_KIND_WORDS[one.kind]),
                "is_active": one.is_active,
                "url": f"{reverse('ledger.accounts')}?account={one.code}#account",
            }
            for one in accounts
        ],
        "rules": [
            {
                "role": str(ROLE_WORDS.get(one.role, one.role)),
                "account": one.account.code,
                "name": account_name(one.account),
                "conditions": [
                    str(word)
                    for word in (
                        name_of(one.tax) if one.tax else "",
                        name_of(one.category) if one.category else "",
                        CUSTOMER_KINDS.get(one.customer_kind, ""),
                        METHODS.get(one.method, ""),
                    )
                    if word
                ],
                "remove_url": None if one.is_default else reverse("ledger.remove_rule", kwargs={"rule": one.pk}),
            }
            for one in list_posting_rules(by=by)
        ],
        "may_edit": may_edit,
        "choices": {
            "kinds": options(ACCOUNT_KIND_WORDS),
            "roles": options(ROLE_WORDS),
            "accounts": [(one.code, f"{one.code} {account_name(one)}") for one in accounts if one.is_active],
            "taxes": [(one.code, name_of(one)) for one in all_taxes(by=by)] if may_edit else [],
            "categories": [(one.code, name_of(one)) for one in list_categories(by=by)] if may_edit else [],
            "customers": options(CUSTOMER_KINDS),
            "methods": options(METHODS),
        },
        "values": values,
        "typed": typed,
        "key": new_key(),
        "error_of": errors_of(refusal),
        "refusal": refusal_of_form(refusal) if refusal else None,
    }
    return render(request, "ledger/accounts.html", context, status=refusal.status if refusal else 200)


routes = [
    path("accounts/", chart, name="ledger.accounts"),
    path("accounts/save/", save, name="ledger.save_account"),
    path("accounts/rules/", save_rule, name="ledger.save_rule"),
    path("accounts/rules/<int:rule>/remove/", remove_rule, name="ledger.remove_rule"),
]
