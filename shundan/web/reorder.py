"""Reorder rules: the list, adding, changing and dropping one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from shundan.inventory.actions import ReorderInput, drop_reorder_rule, save_reorder_rule
from shundan.inventory.queries import ReorderRule, get_reorder_rule, list_reorder_rules, list_warehouses
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.money import ZERO, plain
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.lists import plain_list, state_of
from shundan.web.words import name_of, unit_words

NUMBERS = ("reorder_point", "safety_stock", "target", "lead_days")
FIELDS = ("sku", "warehouse", "supplier", *NUMBERS)


@page("stock.read")
def rule_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show one page of reorder rules."""
    state = state_of(request)
    wanted = {"warehouse": state.text("warehouse")}
    found = list_reorder_rules(
        by=by, search=state.text("q"), cursor=state.cursor, limit=state.size, counted=True, **wanted
    )
    create_url = reverse("reorder_rules.new") if by.may("reorder_rule.edit") else None
    units = unit_words(by)
    context = {
        "page": frame(request, by, title=_("Reorder rules"), active="reorder_rules", create_url=create_url),
        "views": [],
        "choices": {"warehouses": [(one.code, name_of(one)) for one in list_warehouses(by=by)]},
        "query": wanted,
        **plain_list(
            state,
            found,
            [_row(one, by, units) for one in found.items],
            url=reverse("reorder_rules.list"),
            placeholder=_("SKU, name, pinyin"),
            caption=_("Reorder rules"),
            create_label=_("New rule"),
            empty_title=_("No reorder rules yet"),
            empty_text=_("A rule says below which quantity a product is bought again for a warehouse, and how much."),
        ),
    }
    return render(request, "reorder_rules/list.html", context)


@page("reorder_rule.edit", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a rule."""
    return _form(request, by, None)


@page("reorder_rule.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, warehouse: str, sku: str, *, by: Actor) -> HttpResponse:
    """Change a rule."""
    return _form(request, by, get_reorder_rule(sku, warehouse, by=by))


@page("reorder_rule.edit", methods=("POST",))
def drop(request: HttpRequest, warehouse: str, sku: str, *, by: Actor) -> HttpResponse:
    """Forget a rule."""
    drop_reorder_rule(sku, warehouse, by=by)
    leave_message(request, _("The rule was deleted."))
    return go(request, reverse("reorder_rules.list"))


def _form(request: HttpRequest, by: Actor, one: ReorderRule | None) -> HttpResponse:
    values, given, refusal = _values(one, request), Given(request.POST), None
    if request.method == "POST":
        values = {name: given.data.get(name, "") for name in FIELDS} | {"is_active": given.flag("is_active")}

        def work() -> str:
            typed = ReorderInput(
                sku=one.product.sku if one else given.text("sku"),
                warehouse=one.warehouse.code if one else given.text("warehouse"),
                reorder_point=given.needed("reorder_point"),
                safety_stock=given.number("safety_stock") or ZERO,
                target=given.needed("target"),
                supplier=given.text("supplier"),
                lead_days=given.whole("lead_days") or 0,
                is_active=given.flag("is_active"),
            )
            given.check()
            save_reorder_rule(typed, version=given.whole("version") if one else None, by=by)
            return reverse("reorder_rules.list")

        try:
            url = do_once(request, by=by, work=work)
        except Refused as refused:
            refusal = refused
        else:
            leave_message(request, _("The rule was saved."))
            return go(request, url)
    names = {"product": name_of(one.product) if one else "", "supplier": values["supplier"]}
    if one and one.supplier and values["supplier"] == one.supplier.number:
        names["supplier"] = one.supplier.name
    context = {
        "page": frame(request, by, title=names["product"] or _("New rule"), active="reorder_rules"),
        "submit_url": request.path,
        "cancel_url": reverse("reorder_rules.list"),
        "drop_url": reverse("reorder_rules.drop", kwargs=_key(one)) if one else None,
        "key": new_key(),
        "is_new": one is None,
        "version": one.version if one else None,
        "values": values,
        "names": names,
        "unit": unit_words(by).get(one.product.unit.code, one.product.unit.code) if one else None,
        "choices": {"warehouses": [(each.code, name_of(each)) for each in list_warehouses(by=by)]},
        "refusal": refusal_of_form(refusal, known=dict.fromkeys(FIELDS, "")) if refusal else None,
        "errors": problems_of(refusal),
        "error_of": errors_of(refusal),
    }
    return render(request, "reorder_rules/edit.html", context, status=refusal.status if refusal else 200)


def _values(one: ReorderRule | None, request: HttpRequest) -> dict[str, Any]:
    if one is None:
        return dict.fromkeys(FIELDS, "") | {"sku": request.GET.get("sku", "")[:100], "is_active": True}
    numbers = {name: plain(getattr(one, name)) for name in NUMBERS if name != "lead_days"}
    place = {"sku": one.product.sku, "warehouse": one.warehouse.code}
    supplier = one.supplier.number if one.supplier else ""
    return {**place, **numbers, "lead_days": one.lead_days, "supplier": supplier, "is_active": one.is_active}


def _key(one: ReorderRule) -> dict[str, str]:
    return {"warehouse": one.warehouse.code, "sku": one.product.sku}


def _row(one: ReorderRule, by: Actor, units: dict[str, str]) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": name_of(one.product),
        "sku": one.product.sku,
        "url": reverse("reorder_rules.edit", kwargs=_key(one)) if by.may("reorder_rule.edit") else None,
        "warehouse": name_of(one.warehouse),
        "unit": units.get(one.product.unit.code, one.product.unit.code),
        "reorder_point": one.reorder_point,
        "safety_stock": one.safety_stock,
        "target": one.target,
        "lead_days": one.lead_days,
        "supplier": one.supplier.name if one.supplier and by.may("supplier.read") else None,
        "state": "active" if one.is_active else "inactive",
    }


routes = [
    path("reorder-rules/", rule_list, name="reorder_rules.list"),
    path("reorder-rules/new/", new, name="reorder_rules.new"),
    path("reorder-rules/edit/<str:warehouse>/<path:sku>/", edit, name="reorder_rules.edit"),
    path("reorder-rules/drop/<str:warehouse>/<path:sku>/", drop, name="reorder_rules.drop"),
]
