"""Attributes of orders as others see them: facts for conditions, what is shown, filters."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.orders.models import Order, OrderLine
from shundan.orders.queries.fact_looks import ATTRIBUTES, warehouse_choices
from shundan.orders.queries.facts import FACTS_OF_ORDERS
from shundan.orders.queries.types import attribute_catalogue, named, type_of
from shundan.orders.rules.attributes import fact_kind, typed_value
from shundan.orders.rules.filling import sums_of
from shundan.orders.rules.type_checks import FactShape
from shundan.orders.rules.types import HEADER, LINE, Attribute
from shundan.workflow.registries import Choices, Fact

# What conditions and formulas of attributes may name: facts of the order itself, at hand while it is entered.
ENTRY_FACTS = (
    "customer",
    "customer_class",
    "customer_country",
    "customer_tags",
    "supplier",
    "currency",
    "total",
    "company_total",
    "line_count",
    "payment_term",
    "ship_province",
    "allows_backorder",
    "source",
)
# Kind and label.
LINE_FACTS: Mapping[str, tuple[str, str | Promise]] = {
    "line.sku": ("text", _("SKU")),
    "line.quantity": ("number", _("Quantity")),
    "line.unit_price": ("number", _("Unit price")),
    "line.discount": ("number", _("Discount")),
    "line.net": ("number", _("Amount without tax")),
    "line.gross": ("number", _("Amount with tax")),
}


def entry_facts(order: Order, *, by: Actor) -> dict[str, Any]:
    """Return the facts of an order that its attributes' conditions may name."""
    return {name: FACTS_OF_ORDERS[name].find(order, by) for name in ENTRY_FACTS}


def line_facts(line: OrderLine) -> dict[str, Any]:
    """Return the facts of a line that its attributes' conditions may name."""
    return {name: getattr(line, name.removeprefix("line.")) for name in LINE_FACTS}


def shapes_of_facts() -> tuple[dict[str, FactShape], dict[str, FactShape]]:
    """Return what the facts of orders and of lines are, as checks of conditions want them."""
    own: dict[str, FactShape] = {name: (FACTS_OF_ORDERS[name].kind, ()) for name in ENTRY_FACTS}
    return own, {name: (kind, ()) for name, (kind, _label) in LINE_FACTS.items()}


def facts_of_attributes(order: Order | None) -> Mapping[str, Fact]:
    """Return the attributes of an order as facts of workflows and tables, or all there are."""
    if order is not None:
        attributes: Sequence[Attribute] = type_of(order).of_place(HEADER)
    else:
        known = attribute_catalogue().values()
        attributes = [one.attribute for one in known if one.attribute.place == HEADER]
    return {
        f"attribute.{one.code}": Fact(
            fact_kind(one),
            partial(_value, one),
            is_optional=True,
            label=named(one),
            group=ATTRIBUTES,
            choices=choices_of_attribute(one),
        )
        for one in attributes
    }


def choices_of_attribute(attribute: Attribute) -> Choices | None:
    """Return the values that an attribute may have, where there are only some."""
    if attribute.data_type in ("choice", "multi_choice"):
        return lambda: {option.code: named(option) for option in attribute.options}
    return warehouse_choices if attribute.reference == "warehouse" else None


def _value(attribute: Attribute, order: Order, by: Actor) -> Any:
    return typed_value(attribute, order.attributes.get(attribute.code))


def sums_of_lines(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """Return the sums of the lines' numeric attributes as facts."""
    return dict(sums_of(type_of(order).of_place(LINE), [line.attributes for line in lines]))
