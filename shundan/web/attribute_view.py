"""Attributes of orders on pages: as fields to fill, as columns of the grid, and as what an order or a list shows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shundan.catalog.queries import keeps_lots_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.naming import listed
from shundan.orders.actions import shown_attributes
from shundan.orders.queries import Attribute, Order, TypeDefinition, may_do, named, type_of
from shundan.ui.formatting import moment, money, qty

MOST_TYPED = 6000
NUMERIC = ("integer", "decimal", "money", "computed")
PICKERS = {
    "customer": "customers.pick",
    "supplier": "suppliers.pick",
    "product": "products.pick",
    "order": "orders.pick",
    "user": "users.pick",
    "warehouse": "warehouses.pick",
}
# What it takes to look for a record; for the others it is `….read`.
READS = {"user": "order.read", "warehouse": "order.read"}
# Where the page of a record that an attribute points to stands.
TARGETS = {
    "customer": ("customers.show", "number"),
    "supplier": ("suppliers.show", "number"),
    "product": ("products.show", "sku"),
    "order": ("orders.show", "number"),
}


def attribute_fields(
    attributes: Iterable[Attribute],
    values: Mapping[str, Any],
    shown: frozenset[str] | None,
    *,
    new: bool,
    by: Actor,
    category: str = "draft",
) -> list[dict[str, Any]]:
    """Return attributes of a header or line as fields of a form; `shown` None shows those without a condition.

    A new order has the defaults where it has no values; what cannot be changed in this category only shows its value.
    """
    fields = []
    for one in attributes:
        value = values.get(one.code, one.default if new and one.code not in values else None)
        is_shown = not one.shown_when if shown is None else one.code in shown
        is_fixed = one.data_type == "computed" or category not in one.editable_in
        fields.append(field_of(one, value, by) | {"shown": is_shown, "is_fixed": is_fixed})
    return fields


def field_of(one: Attribute, value: Any, by: Actor) -> dict[str, Any]:
    """Return an attribute as a field: its name, words, choices, and its value as it is typed."""
    return {
        "name": f"attributes.{one.code}",
        "code": one.code,
        "label": named(one),
        "data_type": one.data_type,
        "value": _typed(one, value),
        "text": text_of(one, value),
        "required": one.is_required,
        "options": [(option.code, named(option)) for option in one.options],
        "picker": picker_of(one, by),
        "is_number": one.data_type in NUMERIC,
        "url": _url(one, value, by) if one.data_type == "file" and value else None,
    }


def copied_values(order: Order) -> dict[str, Any]:
    """Return what a copy of an order begins with: not its files, and nothing that only one order may have."""
    definition = type_of(order)
    kept = {one.code for one in definition.of_place("header") if one.data_type != "file" and not one.is_unique}
    return {code: value for code, value in order.attributes.items() if code in kept}


def attributes_of_post(data: QueryDict) -> dict[str, object]:
    """Return the attributes of a posted form by code; ticked boxes of one attribute are a list."""
    found: dict[str, object] = {}
    for name in data:
        code, colon, option = name.removeprefix("attributes.").partition(":")
        if not name.startswith("attributes."):
            continue
        if not colon:
            found[code] = data.get(name, "")[:MOST_TYPED]
            continue
        ticked = found.setdefault(code, [])
        if option and isinstance(ticked, list):
            ticked.append(option)
    return found


def header_state(order: Order, *, by: Actor) -> dict[str, Any]:
    """Return what a save tells the page: which attributes are shown now, and what the computed ones are."""
    definition = type_of(order)
    if not definition.attributes:
        return {"shown": [], "computed": {}}
    computed = [one for one in definition.of_place("header") if one.data_type == "computed"]
    return {
        "shown": sorted(shown_attributes(order, by=by)[0]),
        "computed": {one.code: text_of(one, order.attributes.get(one.code)) for one in computed},
    }


def grid_columns(definition: TypeDefinition, by: Actor, *, has_lots: bool = False) -> list[dict[str, Any]]:
    """Return the columns of the grid between the product and the end, in the order of the type.

    Where lots may be named and the house keeps some, their column stands at the end.
    """
    found: list[dict[str, Any]] = []
    for code in definition.line_columns:
        one = definition.attribute(code)
        if one is None:
            found.append({"field": code})
            continue
        choices = [named(option) for option in one.options]
        choices = [_("Yes"), _("No")] if one.data_type == "yes_no" else choices
        column = {"field": f"a_{one.code}", "label": named(one), "number": one.data_type in NUMERIC}
        column |= {"edits": one.data_type != "computed", "choices": choices}
        found.append(column | {"file": one.data_type == "file", "source": picker_of(one, by)})
    return [*found, {"field": "lot"}] if has_lots and by.may("stock.read") and keeps_lots_unscoped() else found


def shown_values(order: Order, *, by: Actor) -> list[dict[str, Any]]:
    """Return the header's attributes that have a value, as the order's page shows them."""
    return [
        {"label": named(one), "text": text_of(one, order.attributes[one.code], order.currency)}
        | {"url": _url(one, order.attributes[one.code], by)}
        for one in type_of(order).of_place("header")
        if one.code in order.attributes
    ]


def line_words(order: Order, values: Mapping[str, Any], by: Actor) -> list[tuple[str, str, str | None]]:
    """Return the attributes of a line that have a value, in words, and where they lead."""
    attributes = type_of(order).of_place("line") if values else ()
    return [
        (named(one), text_of(one, values[one.code], order.currency), _url(one, values[one.code], by))
        for one in attributes
        if one.code in values
    ]


def text_of(one: Attribute, value: Any, currency: str = "CNY") -> str:
    """Return a value as people read it, in the active language; nothing is empty."""
    if value is None:
        return ""
    match one.data_type:
        case "yes_no":
            return _("Yes") if value else _("No")
        case "choice" | "multi_choice":
            names = {option.code: named(option) for option in one.options}
            return listed(names.get(code, code) for code in ([value] if isinstance(value, str) else value))
        case "file":
            return str(value).partition(":")[2]
        case "money":
            return money(Decimal(value), currency)
        case "integer" | "decimal" | "computed":
            return qty(Decimal(value))
        case "datetime":
            return moment(datetime.fromisoformat(value), timezone.get_current_timezone())
    return str(value)


def typed_text(value: Any) -> str:
    """Return a kept value as a cell of the grid takes it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(value) if isinstance(value, list) else str(value)


def picker_of(one: Attribute, by: Actor) -> str | None:
    """Return where records for a reference are looked for, if the actor may look there."""
    if one.data_type != "reference" or not by.may(READS.get(one.reference, f"{one.reference}.read")):
        return None
    return reverse(PICKERS[one.reference])


def _typed(one: Attribute, value: Any) -> Any:
    """Return a kept value as the field takes it: moments on the reader's clock, without their zone."""
    if one.data_type == "datetime" and value:
        there = datetime.fromisoformat(value).astimezone(timezone.get_current_timezone())
        return there.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, list) else "" if value is None else str(value)


def _url(one: Attribute, value: Any, by: Actor) -> str | None:
    if one.data_type == "link":
        return str(value)
    if one.data_type == "file":
        return reverse("orders.file", kwargs={"key": str(value).partition(":")[0]})
    if one.data_type == "reference" and one.reference in TARGETS:
        name, part = TARGETS[one.reference]
        return reverse(name, kwargs={part: value}) if by.may(f"{one.reference}.read") else None
    return None


def may_change_lines(order: Order, by: Actor) -> bool:
    """Tell whether this actor can still change some attribute of lines after entry."""
    attributes = type_of(order).of_place("line")
    is_open = any(order.category in one.editable_in and one.data_type != "computed" for one in attributes)
    return is_open and order.category != "draft" and may_do("order.edit", order, by=by)


def fields_to_change(order: Order, by: Actor) -> list[dict[str, Any]]:
    """Return the header's attributes as fields, if some can still be changed now by this actor after entry."""
    definition = type_of(order)
    if order.category == "draft" or not may_do("order.edit", order, by=by):
        return []
    attributes = definition.of_place("header")
    fields = attribute_fields(attributes, order.attributes, None, new=False, by=by, category=order.category)
    found = [one for one in fields if not one["is_fixed"]]
    shown = shown_attributes(order, by=by)[0] if found else frozenset()
    return [one | {"shown": True} for one in found if one["code"] in shown]
