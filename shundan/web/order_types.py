"""Order types as data: the list, one with its versions and what changed, retire and revive, the preview of a number."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused
from shundan.kernel.naming import listed
from shundan.orders.actions import retire_order_type, revive_order_type
from shundan.orders.queries import (
    DATA_TYPE_WORDS,
    PLACE_WORDS,
    OrderType,
    TypeDefinition,
    all_facts_of_expressions,
    all_order_types,
    current_version_of,
    current_versions,
    get_order_type,
    history_of_type,
    named,
    preview_of_number,
)
from shundan.ui.doors import page
from shundan.web.forms import go, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.type_words import INVOICES_ON, LAYOUTS, LINE_COLUMNS, PARTIES, change_rows, said
from shundan.web.words import ORDER_KINDS, name_of
from shundan.workflow.queries import (
    KnownFact,
    condition_in_words,
    current_table_id,
    label_of_table,
    table_of,
    workflow_codes,
    workflow_labels,
)


@page("order_type.manage")
def type_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show every order type, the retired ones last."""
    types = all_order_types(by=by)
    versions = current_versions(types)
    new_url = reverse("order_types.new")
    context = {
        "page": frame(request, by, title=_("Order types"), active="order_types"),
        "rows": [_row(one, versions[one.pk], by) for one in types],
        "kinds": [(str(label), f"{new_url}?kind={kind}") for kind, label in ORDER_KINDS.items()],
    }
    return render(request, "order_types/list.html", context)


@page("order_type.manage")
def show(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show what a type says, and what each of its versions changed."""
    return _type_page(request, get_order_type(code, by=by), by)


@page("order_type.manage", methods=("POST",))
def retire(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Let no new orders begin with a type."""
    try:
        retire_order_type(code, by=by)
    except Refused as refusal:
        return _type_page(request, get_order_type(code, by=by), by, refusal=refusal)
    leave_message(request, _("The type was retired. Its orders go on."))
    return go(request, reverse("order_types.show", kwargs={"code": code}))


@page("order_type.manage", methods=("POST",))
def revive(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Let new orders begin with a retired type again."""
    revive_order_type(code, by=by)
    leave_message(request, _("New orders can begin with this type again."))
    return go(request, reverse("order_types.show", kwargs={"code": code}))


@page("order_type.manage")
def preview(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the number that a pattern would give today, or what is wrong with it."""
    code = request.GET.get("of", "").replace("\x00", "")[:100]
    numbers, faults = preview_of_number(request.GET.get("number", ""), code=code, by=by)
    context = {"numbers": numbers, "faults": [str(one.message) for one in faults]}
    return render(request, "order_types/_preview.html", context)


def _row(one: OrderType, definition: TypeDefinition, by: Actor) -> dict[str, Any]:
    return {
        "name": name_of(one),
        "code": one.code,
        "url": reverse("order_types.show", kwargs={"code": one.code}),
        "kind": str(ORDER_KINDS[one.kind]),
        "colour": one.colour,
        "icon": one.icon,
        "number": definition.number,
        "example": preview_of_number(definition.number, code=one.code, by=by)[0],
        "attributes": len(definition.attributes),
        "version": one.version,
        "is_active": one.is_active,
    }


def _type_page(request: HttpRequest, one: OrderType, by: Actor, *, refusal: Refused | None = None) -> HttpResponse:
    definition, known = current_version_of(one), all_facts_of_expressions()
    workflows = workflow_labels(workflow_codes())
    context = {
        "page": frame(request, by, title=name_of(one), active="order_types"),
        "refusal": refusal_of_form(refusal) if refusal else None,
        "type": _row(one, definition, by),
        "details": [
            (_("Kind of order"), str(ORDER_KINDS[one.kind])),
            (_("Made with"), str(PARTIES[one.party])),
            (_("Workflow"), workflows.get(one.workflow, one.workflow)),
            (_("Approval table"), label_of_table(table_of(current_table_id(definition.approval_table)))),
            (_("When invoiced"), str(INVOICES_ON[definition.invoices_on])),
            (_("Invoice by itself"), said("invoices_itself", definition.invoices_itself)),
            (_("Customer confirms"), said("asks_customer", definition.asks_customer)),
            (_("Print layout"), str(LAYOUTS[definition.print_layout])),
            (_("Columns of the lines"), listed(_column(code, definition) for code in definition.line_columns)),
            (_("Allowed customers"), said("customers", definition.customers)),
            (_("Allowed products"), said("products", definition.products)),
        ],
        "attributes": [
            {
                "name": named(each),
                "code": each.code,
                "data_type": str(DATA_TYPE_WORDS[each.data_type]),
                "place": str(PLACE_WORDS[each.place]),
                "rules": _rules(each, known),
            }
            for each in definition.attributes
        ],
        "versions": [
            {
                "version": version.version,
                "by": _("System") if version.published_by_name == "system" else version.published_by_name,
                "at": version.published_at,
                "changes": change_rows(changes, known, workflows),
            }
            for version, changes in history_of_type(one, by=by)
        ],
        "edit_url": reverse("order_types.edit", kwargs={"code": one.code}),
        "switch_url": reverse(
            "order_types.retire" if one.is_active else "order_types.revive", kwargs={"code": one.code}
        ),
    }
    return render(request, "order_types/show.html", context, status=refusal.status if refusal else 200)


def _column(code: str, definition: TypeDefinition) -> str:
    attribute = definition.attribute(code)
    return named(attribute) if attribute else str(LINE_COLUMNS[code])


def _rules(one: Any, known: Mapping[str, KnownFact]) -> list[str]:
    """Return the rules of an attribute in a few words each."""
    found = [
        str(word)
        for is_so, word in (
            (one.is_required, _("Required")),
            (one.is_unique, _("Unique")),
            (one.is_searchable, _("Searchable")),
        )
        if is_so
    ]
    for field, words in (
        ("options", _("Values: %(what)s")),
        ("reference", _("Refers to: %(what)s")),
        ("formula", _("Formula: %(what)s")),
        ("default", _("Default: %(what)s")),
        ("shown_when", _("Shown when: %(what)s")),
    ):
        value = getattr(one, field)
        if value not in (None, "", ()):
            what = condition_in_words(value, known) if field in ("formula", "shown_when") else said(field, value)
            found.append(words % {"what": what})
    if one.editable_in != ("draft",):
        found.append(_("Can be changed in: %(what)s") % {"what": said("editable_in", one.editable_in)})
    return found
