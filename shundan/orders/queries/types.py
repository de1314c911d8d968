"""Order types: which there are, what each version says, and every attribute that an order can have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import F, Max, QuerySet, Subquery

from shundan.accounts.models import Department
from shundan.accounts.scopes import may_with_kind
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.kept import kept
from shundan.kernel.naming import said
from shundan.orders.kinds import KINDS
from shundan.orders.models import Order, OrderType, OrderTypeVersion
from shundan.orders.registries import CONFIRMATION_MARKS, CUSTOMER_ASKED, INVOICE_WANTED
from shundan.orders.rules.patterns import NumberPattern, read_pattern
from shundan.orders.rules.types import LEAST as LEAST
from shundan.orders.rules.types import MOST as MOST
from shundan.orders.rules.types import NEVER, as_content, definition_from, has_whole_keys
from shundan.orders.rules.types import NONE as NONE
from shundan.orders.rules.types import WORDS as WORDS
from shundan.orders.rules.types import Attribute as Attribute
from shundan.orders.rules.types import ChoiceOption as ChoiceOption
from shundan.orders.rules.types import TypeDefinition as TypeDefinition
from shundan.orders.rules.types import filter_tests as filter_tests


def order_types(*, by: Actor, with_retired: bool = False) -> list[OrderType]:
    """Return the active order types of the kinds and parties that this actor deals with.

    Each knows as `latest_version` the newest version of any type, for `attribute_catalogue`.
    """
    if not by.may("order.read"):
        return []
    parties = ["customer", "none", *(["supplier"] if by.may("supplier.read") else [])]
    rows = _types_of(parties, with_retired=with_retired)
    return [one for one in rows if may_with_kind(by, "order.read", one.kind)]


@kept
def _types_of(parties: Any, *, with_retired: bool) -> QuerySet[OrderType]:
    newest = OrderTypeVersion.objects.order_by("-pk").values("pk")[:1]
    rows = OrderType.objects.filter(party__any_of=parties).annotate(latest_version=Subquery(newest)).order_by("id")
    return rows if with_retired else rows.filter(is_active=True)


def all_order_types(*, by: Actor) -> list[OrderType]:
    """Return every type, the retired ones last, for those who keep them. Raises: NotPermitted."""
    require(by, "order_type.manage")
    return list(OrderType.objects.order_by("-is_active", "id"))


def get_order_type(code: str, *, by: Actor) -> OrderType:
    """Return a type that the actor deals with, or any for those who keep them. Raises: NotFound."""
    types = all_order_types(by=by) if by.may("order_type.manage") else order_types(by=by, with_retired=True)
    found = next((one for one in types if one.code == code), None)
    if found is None:
        raise NotFound(what="type", key=code[:100])
    return found


def versions_of_type(order_type: OrderType, *, by: Actor) -> list[OrderTypeVersion]:
    """Return the published versions of a type, newest first. Raises: NotPermitted."""
    require(by, "order_type.manage")
    return list(OrderTypeVersion.objects.filter(type=order_type).order_by("-version"))


@lru_cache(maxsize=1024)
def type_version(version_id: int) -> TypeDefinition:
    """Return what a published version says; versions never change, so they are kept in memory."""
    return definition_from(OrderTypeVersion.objects.get(pk=version_id).content)


def type_of(order: Order) -> TypeDefinition:
    """Return the version of its type that an order began with."""
    return type_version(order.type_version_id)


def is_billed_at_all(order: Order) -> bool:
    """Tell whether orders like this one are invoiced; a sample is not, and therefore takes no credit."""
    return type_of(order).invoices_on != NEVER


def invoice_wish(order: Order) -> dict[str, bool]:
    """Return what an event says of an order whose type is invoiced by itself, so that billing hears of it."""
    return {INVOICE_WANTED: True} if type_of(order).invoices_itself else {}


def wishes_at_confirmation(order: Order, *, event: str) -> dict[str, bool]:
    """Return what the event of a confirmed order says beside: who is to hear of it because something of it says so."""
    wishes = invoice_wish(order) | ({CUSTOMER_ASKED: True} if type_of(order).asks_customer else {})
    if event == "confirmed":
        for mark in CONFIRMATION_MARKS:
            wishes |= mark(order)
    return wishes


def version_number_of(order: Order) -> int:
    """Return which version of its type an order began with, counted from 1."""
    return _number_of_version(order.type_version_id)


@lru_cache(maxsize=1024)
def _number_of_version(version_id: int) -> int:
    return OrderTypeVersion.objects.values_list("version", flat=True).get(pk=version_id)


def tables_of_types_unscoped() -> set[str]:
    """Return the codes of the approval tables that any version of a type names."""
    return {type_version(pk).approval_table for pk in OrderTypeVersion.objects.values_list("pk", flat=True)}


def number_pattern(version_id: int) -> NumberPattern:
    """Return the pattern of the numbers that a version of a type gives."""
    return read_pattern(type_version(version_id).number)


def default_definition(kind: str) -> TypeDefinition:
    """Return what a new type of a kind begins with; names and number are still empty."""
    facts = KINDS[kind]
    return TypeDefinition(name_zh="", name_en="", number="", workflow=facts.workflow, invoices_on=facts.invoices_on)


def type_content(definition: TypeDefinition) -> dict[str, Any]:
    """Return a version as plain data, as the API writes it (Any: JSON)."""
    return as_content(definition)


def definition_of_content(content: Mapping[str, Any]) -> TypeDefinition:
    """Return the version that plain data describes (Any: JSON); it is checked when it is published."""
    return definition_from(content)


def current_version_of(order_type: OrderType) -> TypeDefinition:
    """Return the version that new orders of a type begin with."""
    return type_version(current_type_version_id(order_type))


def current_versions(types: Iterable[OrderType]) -> dict[int, TypeDefinition]:
    """Return by id of the type the version in force of each; one round trip."""
    rows = OrderTypeVersion.objects.filter(type__in=[one.pk for one in types], version=F("type__version"))
    return {type_id: type_version(pk) for pk, type_id in rows.values_list("pk", "type_id")}


def current_type_version_id(order_type: OrderType) -> int:
    """Return the id of the version that new orders of a type begin with."""
    rows = OrderTypeVersion.objects.filter(type_id=order_type.pk, version=order_type.version)
    return rows.values_list("pk", flat=True).get()


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An attribute as its newest version describes it, with the options of all, and the types that have or had it.

    `is_indexed` says that all orders, of whatever version, have its values among the keys.
    """

    attribute: Attribute
    type_codes: tuple[str, ...]
    type_name_zh: str
    type_name_en: str
    is_indexed: bool = False


def attribute_catalogue(*, types: Sequence[OrderType] = ()) -> Mapping[str, CatalogueEntry]:
    """Return every attribute that some order may have, by code: a code means the same in all types and versions.

    Types that `order_types` gave a moment ago spare the question which version is the newest.
    """
    if types:
        return _catalogue(types[0].latest_version)  # type: ignore[attr-defined]
    return _catalogue(OrderTypeVersion.objects.aggregate(latest=Max("pk"))["latest"] or 0)


@lru_cache(maxsize=16)
def _catalogue(latest: int) -> Mapping[str, CatalogueEntry]:
    found: dict[str, CatalogueEntry] = {}
    for row in OrderTypeVersion.objects.filter(pk__lte=latest).select_related("type").order_by("pk"):
        for one in type_version(row.pk).attributes:
            known = found.get(one.code)
            merged = _with_options(one, known.attribute.options if known else ())
            codes = tuple(dict.fromkeys((*(known.type_codes if known else ()), row.type.code)))
            is_indexed = has_whole_keys(one) and (known is None or known.is_indexed)
            found[one.code] = CatalogueEntry(merged, codes, row.type.name_zh, row.type.name_en, is_indexed)
    return found


def _with_options(one: Attribute, earlier: tuple[ChoiceOption, ...]) -> Attribute:
    codes = {option.code for option in one.options}
    gone = tuple(option for option in earlier if option.code not in codes)
    if not gone:
        return one
    parts = {name: getattr(one, name) for name in Attribute.__dataclass_fields__}
    return Attribute(**parts | {"options": (*one.options, *gone)})


def named(thing: Attribute | ChoiceOption | OrderType | TypeDefinition | CatalogueEntry | Department) -> str:
    """Return the name of a type, attribute, option or department in the language that is active now."""
    if isinstance(thing, CatalogueEntry):
        thing = thing.attribute
    return said(thing.name_zh, thing.name_en)
