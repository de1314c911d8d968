"""The words of order types: columns, invoicing, layouts, colours, references, and what changed between versions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shundan.kernel.naming import listed
from shundan.orders.queries import CATEGORY_WORDS, DATA_TYPE_WORDS, PLACE_WORDS, Attribute, TypeChange, named
from shundan.web.words import Word
from shundan.workflow.queries import KnownFact, condition_in_words

INVOICES_ON: dict[str, Word] = {
    "order": gettext_lazy("When the order is confirmed"),
    "shipment": gettext_lazy("When goods have left"),
    "delivery": gettext_lazy("When the customer has signed for them"),
    "performance": gettext_lazy("When the work is done"),
    "never": gettext_lazy("Never"),
}
LAYOUTS: dict[str, Word] = {
    "standard": gettext_lazy("Standard"),
    "without_prices": gettext_lazy("Without prices"),
}
COLOURS: dict[str, Word] = {
    "grey": gettext_lazy("Grey"),
    "blue": gettext_lazy("Blue"),
    "green": gettext_lazy("Green"),
    "amber": gettext_lazy("Amber"),
    "red": gettext_lazy("Red"),
    "violet": gettext_lazy("Violet"),
    "teal": gettext_lazy("Teal"),
}
ICONS: dict[str, Word] = {
    "clipboard-list": gettext_lazy("List"),
    "truck-delivery": gettext_lazy("Lorry"),
    "package": gettext_lazy("Parcel"),
    "receipt": gettext_lazy("Receipt slip"),
    "building-store": gettext_lazy("Shop"),
    "clock": gettext_lazy("Clock"),
    "star": gettext_lazy("Star"),
    "bolt": gettext_lazy("Lightning"),
    "gift": gettext_lazy("Gift"),
    "tool": gettext_lazy("Tool"),
    "refresh": gettext_lazy("Circle of arrows"),
    "flag": gettext_lazy("Flag"),
}
REFERENCES: dict[str, Word] = {
    "customer": gettext_lazy("Customer"),
    "supplier": gettext_lazy("Supplier"),
    "product": gettext_lazy("Product"),
    "order": gettext_lazy("Order"),
    "user": gettext_lazy("Colleague"),
    "warehouse": gettext_lazy("Warehouse"),
}
LINE_COLUMNS: dict[str, Word] = {
    "unit": gettext_lazy("Unit"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Unit price"),
    "discount": gettext_lazy("Discount"),
    "tax_rate": gettext_lazy("Tax rate"),
    "gross": gettext_lazy("Amount"),
    "available": pgettext_lazy("stock", "Available"),
}
PARTIES: dict[str, Word] = {
    "customer": gettext_lazy("Customer"),
    "supplier": gettext_lazy("Supplier"),
    "none": gettext_lazy("Nobody outside"),
}
# Parts of a version, as the editor and the list of changes call them.
FIELDS: dict[str, Word] = {
    "name_zh": gettext_lazy("Chinese name"),
    "name_en": gettext_lazy("English name"),
    "number": gettext_lazy("Number pattern"),
    "workflow": gettext_lazy("Workflow"),
    "approval_table": gettext_lazy("Approval table"),
    "invoices_on": gettext_lazy("When invoiced"),
    "invoices_itself": gettext_lazy("Invoice by itself"),
    "asks_customer": gettext_lazy("Customer confirms"),
    "colour": gettext_lazy("Colour"),
    "icon": gettext_lazy("Icon"),
    "print_layout": gettext_lazy("Print layout"),
    "attributes": gettext_lazy("Order of the attributes"),
    "line_columns": gettext_lazy("Columns of the lines"),
    "customers": gettext_lazy("Allowed customers"),
    "products": gettext_lazy("Allowed products"),
    "data_type": gettext_lazy("Data type"),
    "place": gettext_lazy("Placed in"),
    "is_required": gettext_lazy("Required"),
    "is_unique": gettext_lazy("Unique"),
    "is_searchable": gettext_lazy("Searchable"),
    "default": gettext_lazy("Default"),
    "shown_when": gettext_lazy("Shown when"),
    "editable_in": gettext_lazy("Can be changed in"),
    "options": gettext_lazy("Values"),
    "reference": gettext_lazy("Refers to"),
    "formula": gettext_lazy("Formula"),
    "decimals": gettext_lazy("Decimals"),
    "code": gettext_lazy("Code"),
    "kind": gettext_lazy("Kind"),
    "party": gettext_lazy("Made with"),
}
_WORDS: dict[str, dict[str, Any]] = {
    "invoices_on": INVOICES_ON,
    "print_layout": LAYOUTS,
    "colour": COLOURS,
    "icon": ICONS,
    "data_type": dict(DATA_TYPE_WORDS),
    "place": dict(PLACE_WORDS),
    "reference": REFERENCES,
    "editable_in": dict(CATEGORY_WORDS),
    "line_columns": LINE_COLUMNS,
}


def said(field: str, value: Any) -> str:
    """Return a part of a version as people read it; nothing is a dash."""
    if value is None or value in ("", ()):
        return "--"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Attribute):
        return f"{named(value)} ({DATA_TYPE_WORDS[value.data_type]})"
    if field == "options":
        return listed(f"{one.code} {named(one)}" for one in value)
    if isinstance(value, tuple):
        return listed(str(_WORDS.get(field, {}).get(one, one)) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        parts = (getattr(value, name) for name in value.__dataclass_fields__)
        return listed(one for part in parts for one in part) or _("All")
    return str(_WORDS.get(field, {}).get(value, value))


def change_rows(
    changes: Iterable[TypeChange], known: Mapping[str, KnownFact], workflows: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return the differences of two versions as rows: where, what it was, what it is.

    `known` are the facts that expressions may name, `workflows` the names of workflows by code.
    """
    rows = []
    for one in changes:
        field = str(FIELDS.get(one.field, one.field))
        if one.attribute is not None and not one.field:
            where = _("Attribute “%(name)s”") % {"name": named(one.attribute)}
        elif one.attribute is not None:
            where = _("Attribute “%(name)s”: %(field)s") % {"name": named(one.attribute), "field": field}
        else:
            where = field
        before, after = (_told(one.field, value, known, workflows) for value in (one.before, one.after))
        rows.append({"where": where, "before": before, "after": after})
    return rows


def _told(field: str, value: Any, known: Mapping[str, KnownFact], workflows: Mapping[str, str]) -> str:
    if field in ("shown_when", "formula") and value:
        return condition_in_words(value, known)
    if field == "workflow":
        return workflows.get(value, value) or "--"
    return said(field, value)
