"""Taxes with their days, and the rules that say who bears which: lists and forms for finance and administrators."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.catalog.actions import (
    TaxInput,
    TaxPeriodInput,
    TaxRuleInput,
    add_tax,
    add_tax_rule,
    change_tax,
    change_tax_rule,
)
from shundan.catalog.queries import (
    ABROAD,
    HOME_COUNTRY,
    TaxRate,
    TaxRule,
    all_tax_rules,
    all_taxes,
    get_tax,
    get_tax_rule,
    period_of_day,
    tax_in_words,
)
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import plain
from shundan.ui.doors import page
from shundan.ui.names import own_part
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.tax_words import TAX_KIND_WORDS, TAX_STATUS_WORDS, TRADE_WORDS
from shundan.web.words import SINGLE_PRODUCTS, name_of, options

PERIOD = ("kind", "rate", "from", "to", "reason")
RULE = ("name", "rank", "tax", "trade", "country", "region", "tax_status", "product_kind", "of_tax", "from", "to")
# The form's names of what the domain calls otherwise.
FORM_NAMES = {"valid_from": "from", "valid_to": "to"}


@page("tax.read")
def tax_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the taxes with what they come to today, and the rules in their order."""
    context = {
        "page": frame(request, by, title=_("Taxes"), active="taxes"),
        "taxes": sorted((_tax_row(one, by) for one in all_taxes(by=by)), key=lambda row: row["place"]),
        "rules": [_rule_row(one) for one in all_tax_rules(by=by)],
        "new_url": reverse("taxes.new") if by.may("tax.manage") else None,
        "new_rule_url": reverse("taxes.new_rule") if by.may("tax.manage") else None,
    }
    return render(request, "taxes/list.html", context)


@page("tax.manage", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a tax."""
    return _tax_form(request, by, None)


@page("tax.manage", methods=("GET", "POST"))
def edit(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Change a tax's names and periods."""
    return _tax_form(request, by, get_tax(code, by=by))


@page("tax.manage", methods=("GET", "POST"))
def new_rule(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a rule."""
    return _rule_form(request, by, None)


@page("tax.manage", methods=("GET", "POST"))
def edit_rule(request: HttpRequest, rule: int, *, by: Actor) -> HttpResponse:
    """Change a rule, retire it or let it count again."""
    return _rule_form(request, by, get_tax_rule(rule, by=by))


def _tax_form(request: HttpRequest, by: Actor, one: TaxRate | None) -> HttpResponse:
    given = Given(request.POST)

    def work() -> str:
        wanted = _typed_tax(given, one)
        given.check()
        if one is None:
            add_tax(wanted, by=by)
        else:
            change_tax(one.code, wanted, version=given.whole("version") or 0, by=by)
        return reverse("taxes.list")

    values: dict[str, Any] = _kept_tax(one) if one else {"country": "CN", "periods": [{"kind": "taxable"}]}
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in ("code", "name_zh", "name_en", "country")}
        values["periods"] = given.rows("period") or [{}]
    context = {
        "title": name_of(one) if one else _("New tax"),
        "is_new": one is None,
        "version": one.version if one else None,
        "values": values,
        "choices": {"kinds": options(TAX_KIND_WORDS)},
    }
    return _form(request, by, "taxes/edit.html", context, work, saved=_("The tax was saved."))


def _rule_form(request: HttpRequest, by: Actor, one: TaxRule | None) -> HttpResponse:
    given = Given(request.POST)

    def work() -> str:
        wanted = _typed_rule(given)
        given.check()
        if one is None:
            add_tax_rule(wanted, by=by)
        else:
            change_tax_rule(one.pk, wanted, version=given.whole("version") or 0, by=by)
        return f"{reverse('taxes.list')}#rules"

    taxes = [(each.code, name_of(each)) for each in all_taxes(by=by)]
    values = _kept_rule(one) if one else {"trade": "sale", "is_active": True}
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in RULE} | {"is_active": given.flag("is_active")}
    context = {
        "title": own_part(one.name) if one else _("New tax rule"),
        "is_new": one is None,
        "version": one.version if one else None,
        "values": values,
        "choices": {
            "taxes": taxes,
            "trades": options(TRADE_WORDS),
            "statuses": options(TAX_STATUS_WORDS),
            "kinds": options(SINGLE_PRODUCTS),
        },
        "abroad": ABROAD,
    }
    return _form(request, by, "taxes/rule.html", context, work, saved=_("The tax rule was saved."))


def _form(
    request: HttpRequest, by: Actor, template: str, context: dict[str, Any], work: Callable[[], str], *, saved: str
) -> HttpResponse:
    refusal = None
    if request.method == "POST":
        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, saved)
            return go(request, url)
    errors = {_form_name(place): said for place, said in errors_of(refusal).items()}
    context |= {
        "page": frame(request, by, title=context["title"], active="taxes"),
        "submit_url": request.path,
        "cancel_url": reverse("taxes.list"),
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known=errors_of(refusal)) if refusal else None,
        "errors": [{**one, "field": f"f-{_form_name(one['field'][2:])}"} for one in problems_of(refusal)],
        "error_of": errors,
    }
    return render(request, template, context, status=refusal.status if refusal else 200)


def _form_name(place: str) -> str:
    """Return the field of a place: `periods[1].valid_to` → period-1-to."""
    row, dot, name = place.rpartition(".")
    name = FORM_NAMES.get(name, name)
    return f"{row.replace('periods[', 'period-').rstrip(']')}-{name}" if dot else name


def _typed_tax(given: Given, one: TaxRate | None) -> TaxInput:
    periods = []
    for i, _row in enumerate(given.rows("period")):
        at = _places(given, "period")[i]
        percent = given.number(f"period-{at}-rate", path=f"periods[{i}].rate")
        periods.append(
            TaxPeriodInput(
                kind=given.text(f"period-{at}-kind") or "taxable",
                rate=(percent or Decimal(0)) / 100,
                reason=given.text(f"period-{at}-reason"),
                valid_from=given.day(f"period-{at}-from"),
                valid_to=given.day(f"period-{at}-to"),
            )
        )
    return TaxInput(
        code=one.code if one else given.text("code"),
        name_zh=given.text("name_zh"),
        name_en=given.text("name_en"),
        country=given.text("country").upper(),
        periods=tuple(periods),
    )


def _places(given: Given, prefix: str) -> list[int]:
    """Return the numbers of the rows that hold something, in their order."""
    held = {
        int(name.split("-")[1])
        for name, value in given.data.items()
        if name.startswith(f"{prefix}-") and name.split("-")[1].isdigit() and str(value).strip()
    }
    return sorted(held)


def _typed_rule(given: Given) -> TaxRuleInput:
    country = given.text("country").upper()
    same = ("name", "tax", "trade", "region", "tax_status", "product_kind", "of_tax")
    return TaxRuleInput(
        **{name: given.text(name) for name in same},
        rank=given.whole("rank") or 0,
        country=country,
        valid_from=given.day("from"),
        valid_to=given.day("to"),
        is_active=given.flag("is_active"),
    )


def _kept_tax(one: TaxRate) -> dict[str, Any]:
    return {
        "code": one.code,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "country": one.country,
        "periods": [
            {
                "kind": each.kind,
                "rate": plain(each.rate * 100) if each.rate else "",
                "from": each.valid_from,
                "to": each.valid_to,
                "reason": each.reason,
            }
            for each in one.periods.all()
        ],
    }


def _kept_rule(one: TaxRule) -> dict[str, Any]:
    same = ("name", "rank", "trade", "country", "region", "tax_status", "product_kind", "is_active")
    return {name: getattr(one, name) for name in same} | {
        "tax": one.tax_rate.code,
        "of_tax": one.of_tax.code if one.of_tax else "",
        "from": one.valid_from,
        "to": one.valid_to,
    }


def _tax_row(one: TaxRate, by: Actor) -> dict[str, Any]:
    today, periods = period_of_day(one, by.today), list(one.periods.all())
    place = (one.country != HOME_COUNTRY, one.country, -today.rate if today else 1, one.pk)
    coming = [each for each in periods if each.valid_from and each.valid_from > by.today]
    return {
        "place": place,
        "name": name_of(one),
        "code": one.code,
        "country": one.country,
        "url": reverse("taxes.edit", kwargs={"code": one.code}),
        "today": tax_in_words(today.kind, today.rate) if today else None,
        "kind": str(TAX_KIND_WORDS[today.kind]) if today else None,
        "until": today.valid_to if today else None,
        "next": {"on": coming[0].valid_from, "words": tax_in_words(coming[0].kind, coming[0].rate)} if coming else None,
        "reason": own_part(today.reason) if today else "",
    }


def _rule_row(one: TaxRule) -> dict[str, Any]:
    parts = [
        _("Other countries") if one.country == ABROAD else one.country,
        one.region,
        str(TAX_STATUS_WORDS[one.tax_status]) if one.tax_status else "",
        str(SINGLE_PRODUCTS[one.product_kind]) if one.product_kind else "",
        _("instead of %(tax)s") % {"tax": name_of(one.of_tax)} if one.of_tax else "",
    ]
    return {
        "name": own_part(one.name),
        "rank": one.rank,
        "url": reverse("taxes.rule", kwargs={"rule": one.pk}),
        "trade": str(TRADE_WORDS[one.trade]),
        "fits": " · ".join(part for part in parts if part) or _("everything"),
        "tax": name_of(one.tax_rate),
        "from": one.valid_from,
        "to": one.valid_to,
        "is_active": one.is_active,
    }


routes = [
    path("taxes/", tax_list, name="taxes.list"),
    path("taxes/new/", new, name="taxes.new"),
    path("taxes/rules/new/", new_rule, name="taxes.new_rule"),
    path("taxes/rules/<int:rule>/", edit_rule, name="taxes.rule"),
    path("taxes/<str:code>/", edit, name="taxes.edit"),
]
