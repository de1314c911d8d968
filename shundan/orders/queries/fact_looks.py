"""How the facts of orders and their changes are shown to people: headings, the values they have, which are money."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import F, Func
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shundan.accounts.models import Department, User
from shundan.catalog.queries import currencies_with_rates
from shundan.inventory.models import Warehouse
from shundan.orders.models import OrderType
from shundan.orders.queries.reasons import change_reasons
from shundan.orders.queries.types import named
from shundan.parties.models import Customer, PaymentTerm
from shundan.workflow.registries import Choices, Fact

Word = str | Promise
MOST_CHOICES = 500

ORDER_KINDS: dict[str, Word] = {
    "sale": pgettext_lazy("kind", "Sales"),
    "purchase": pgettext_lazy("kind", "Purchases"),
    "return": pgettext_lazy("kind", "Returns"),
    "service": pgettext_lazy("kind", "Services"),
    "transfer": pgettext_lazy("kind", "Transfers"),
}
CUSTOMER_KINDS: dict[str, Word] = {"company": _("Company"), "person": _("Person")}
DOORS: dict[str, Word] = {
    "web": _("Web"),
    "api": _("API"),
    "import": _("Import"),
    "demo": _("Demo data"),
    "carrier": _("Carrier"),
    "cli": _("Command line"),
    "system": _("System"),
    "portal": _("Portal"),
}
INITIATORS: dict[str, Word] = {
    "us": _("Us"),
    "customer": _("Customer"),
    "supplier": _("Supplier"),
}

ORDER, AMOUNTS, PARTIES = _("Order"), _("Amounts"), _("Customer and supplier")
DELIVERY, CHANGE = _("Stock and delivery"), pgettext_lazy("facts", "Change")
LINE_HEADING, ATTRIBUTES = _("Line"), _("Attributes")


def department_choices() -> Mapping[str, Word]:
    """Return the names of departments by code."""
    return {one.code: _name(one) for one in Department.objects.order_by("code")}


def people_choices() -> Mapping[str, Word]:
    """Return the names of those who can sign in, by id as text."""
    rows = User.objects.filter(is_active=True).order_by("name").values_list("id", "name")
    return {str(one): name for one, name in rows[:MOST_CHOICES]}


def currency_choices() -> Mapping[str, Word]:
    """Return the currencies that have a rate of exchange, the company's first."""
    return {code: code for code in currencies_with_rates()}


def warehouse_choices() -> Mapping[str, Word]:
    """Return the names of warehouses by code."""
    return {one.code: _name(one) for one in Warehouse.objects.order_by("code")}


def _types() -> Mapping[str, Word]:
    return {one.code: named(one) for one in OrderType.objects.order_by("-is_active", "id")}


def _terms() -> Mapping[str, Word]:
    return {one.code: _name(one) for one in PaymentTerm.objects.order_by("code")}


def _tags() -> Mapping[str, Word]:
    rows = Customer.objects.annotate(tag=Func(F("tags"), function="unnest")).values_list("tag", flat=True)
    return {tag: tag for tag in rows.distinct().order_by("tag")[:MOST_CHOICES]}


def _countries() -> Mapping[str, Word]:
    rows = Customer.objects.order_by("country").values_list("country", flat=True).distinct()
    return {code: code for code in rows[:MOST_CHOICES] if code}


def _name(thing: Any) -> str:
    """Return a record's name in the language that is active now (Any: several tables)."""
    is_english = (get_language() or "").startswith("en")
    return str((thing.name_en or thing.name_zh) if is_english else (thing.name_zh or thing.name_en))


_CHOICES: Mapping[str, Choices] = {
    "kind": lambda: ORDER_KINDS,
    "type": _types,
    "currency": currency_choices,
    "department": department_choices,
    "owner": people_choices,
    "giving_keeper": people_choices,
    "customer_class": lambda: CUSTOMER_KINDS,
    "customer_country": _countries,
    "customer_tags": _tags,
    "payment_term": _terms,
    "source": lambda: DOORS,
    "initiator": lambda: INITIATORS,
    "reason": change_reasons,
}
_MONEY = ("company_total", "amount_before", "amount_after", "amount_up", "amount_down")
_GROUPS: tuple[tuple[Word, tuple[str, ...]], ...] = (
    (ORDER, ("kind", "type", "number", "department", "owner", "giving_keeper", "line_count", "source")),
    (AMOUNTS, ("company_total", "total", "currency", "discount_rate", "over_limit", "payment_term", *_MONEY[1:])),
    (PARTIES, ("customer", "customer_class", "customer_country", "customer_tags", "supplier")),
    (DELIVERY, ("stock_short", "allows_backorder", "requested_in_days", "ship_province")),
)


def dressed(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return facts with how they are shown, in the order in which people look for them."""
    groups = {name: group for group, names in _GROUPS for name in names}
    in_order = [name for name in groups if name in facts] + [name for name in facts if name not in groups]
    return {
        name: replace(facts[name], group=groups.get(name, CHANGE), choices=_CHOICES.get(name), is_money=name in _MONEY)
        for name in in_order
    }
