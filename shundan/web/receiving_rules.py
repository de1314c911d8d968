"""Receiving rules: the list, adding, changing and dropping one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shundan.fulfilment.actions import ReceivingRuleInput, drop_receiving_rule, save_receiving_rule
from shundan.fulfilment.queries import ReceivingRule, get_receiving_rule, list_receiving_rules
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of
from shundan.web.receiving_words import EXAMINED
from shundan.web.words import name_of

NUMBERS = ("over_percent", "short_percent", "sample_percent")
FIELDS = ("sku", "supplier", "examined", *NUMBERS)


@page("receipt.read")
def rule_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of receiving rules."""
    state = state_of(request)
    found = list_receiving_rules(by=by, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True)
    create_url = reverse("receiving_rules.new") if by.may("receiving_rule.edit") else None
    context = {
        "page": frame(request, by, title=_("Receiving rules"), active="receiving_rules", create_url=create_url),
        "views": [],
        **plain_list(
            state,
            found,
            [_row(one, by) for one in found.items],
            url=reverse("receiving_rules.list"),
            placeholder=_("SKU, product or supplier"),
            caption=_("Receiving rules"),
            create_label=_("New rule"),
            empty_title=_("No receiving rules yet"),
            empty_text=_(
                "A rule says how much more or less than ordered may come, and whether goods are inspected first."
            ),
        ),
    }
    return render(request, "receiving_rules/list.html", context)


@page("receiving_rule.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a rule."""
    return _form(request, by, None)


@page("receiving_rule.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Change the rule of a product, of a supplier, of both, or of all goods."""
    return _form(request, by, get_receiving_rule(*_key(request), by=by))


@page("receiving_rule.edit", methods=("POST",))
def drop(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Forget a rule."""
    drop_receiving_rule(*_key(request), by=by)
    leave_message(request, _("The rule was deleted."))
    return go(request, reverse("receiving_rules.list"))


def _form(request: HttpRequest, by: Actor, one: ReceivingRule | None) -> HttpResponse:
    values, given, refusal = _values(one, request), Given(request.POST), None
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in FIELDS}

        def work() -> str:
            typed = ReceivingRuleInput(
                sku=(one.product.sku if one.product else "") if one else given.text("sku"),
                supplier=(one.supplier.number if one.supplier else "") if one else given.text("supplier"),
                over_percent=given.number("over_percent") or ZERO,
                short_percent=given.number("short_percent") or ZERO,
                examined=given.text("examined"),
                sample_percent=given.number("sample_percent") if given.text("examined") == "sample" else None,
            )
            given.check()
            save_receiving_rule(typed, version=given.whole("version") if one else None, by=by)
            return reverse("receiving_rules.list")

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The rule was saved."))
            return go(request, url)
    context = {
        "page": frame(request, by, title=_whose(one) if one else _("New rule"), active="receiving_rules"),
        "submit_url": request.get_full_path(),
        "cancel_url": reverse("receiving_rules.list"),
        "drop_url": f"{reverse('receiving_rules.drop')}?{_query(one)}" if one else None,
        "key": new_key(),
        "is_new": one is None,
        "version": one.version if one else None,
        "values": values,
        "choices": {"examined": list(EXAMINED.items())},
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(FIELDS, "")) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "receiving_rules/edit.html", context, status=refusal.status if refusal else 200)


def _values(one: ReceivingRule | None, request: HttpRequest) -> dict[str, Any]:
    if one is None:
        return dict.fromkeys(FIELDS, "") | {"sku": request.GET.get("sku", "")[:100], "examined": "none"}
    numbers = {name: "" if getattr(one, name) is None else plain(getattr(one, name)) for name in NUMBERS}
    return {**numbers, "examined": one.examined, "sku": "", "supplier": ""}


def _key(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("sku", "")[:100], request.GET.get("supplier", "")[:100]


def _query(one: ReceivingRule) -> str:
    sku, supplier = one.product.sku if one.product else "", one.supplier.number if one.supplier else ""
    return urlencode({name: value for name, value in (("sku", sku), ("supplier", supplier)) if value})


def _whose(one: ReceivingRule) -> str:
    parts = [name_of(one.product)] if one.product else []
    parts += [one.supplier.name] if one.supplier else []
    return " · ".join(parts) or _("All goods")


def _row(one: ReceivingRule, by: Actor) -> dict[str, Any]:
    may_edit = by.may("receiving_rule.edit")
    return {
        "id": str(one.pk),
        "name": name_of(one.product) if one.product else _("All goods"),
        "sku": one.product.sku if one.product else None,
        "url": f"{reverse('receiving_rules.edit')}?{_query(one)}" if may_edit else None,
        "supplier": one.supplier.name if one.supplier else None,
        "over": one.over_percent,
        "short": one.short_percent,
        "examined": str(EXAMINED[one.examined]),
        "sample": one.sample_percent,
    }


routes = [
    path("receiving-rules/", rule_list, name="receiving_rules.list"),
    path("receiving-rules/new/", new, name="receiving_rules.new"),
    path("receiving-rules/edit/", edit, name="receiving_rules.edit"),
    path("receiving-rules/drop/", drop, name="receiving_rules.drop"),
]
