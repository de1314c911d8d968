"""Checking order types before they are published, and what the editor shows of them meanwhile."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shundan.catalog.models import Category, Product
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, require
from shundan.kernel.numbering import PREFIXES
from shundan.orders.kinds import KINDS
from shundan.orders.models import OrderType, OrderTypeVersion
from shundan.orders.queries.attributes import shapes_of_facts
from shundan.orders.queries.facts import KIND
from shundan.orders.queries.faults import details_of
from shundan.orders.queries.types import attribute_catalogue, named, type_version, versions_of_type
from shundan.orders.rules.patterns import pattern_faults, prefix_taken, read_pattern
from shundan.orders.rules.type_checks import Surroundings, check_type
from shundan.orders.rules.type_diff import TypeChange as TypeChange
from shundan.orders.rules.type_diff import diff_types
from shundan.orders.rules.types import Fault, TypeDefinition
from shundan.parties.models import Customer
from shundan.workflow.models import WorkflowVersion
from shundan.workflow.queries import complaints_about, subject_of_table, table_codes


def type_faults(definition: TypeDefinition, *, kind: str, party: str, code: str = "", by: Actor) -> list[Detail]:
    """Return in sentences what keeps a version from being published; `code` names the type that exists already.

    Raises: NotPermitted.
    """
    require(by, "order_type.manage")
    of = OrderType.objects.filter(code=code).first() if code else None
    return details_of(faults_of_type(definition, kind=kind, party=party, of=of))


def preview_of_number(pattern: str, *, code: str = "", by: Actor) -> tuple[list[str], list[Detail]]:
    """Return the first numbers that a pattern would give today, or what is wrong with it. Raises: NotPermitted."""
    require(by, "order_type.manage")
    of = OrderType.objects.filter(code=code).first() if code else None
    faults = [*pattern_faults("number", pattern, others=_other_patterns(pattern, of)), *_other_documents(pattern, of)]
    if faults:
        return [], details_of(faults)
    read = read_pattern(pattern)
    return [read.number(seq, by.today) for seq in (1, 2)], []


def history_of_type(order_type: OrderType, *, by: Actor) -> list[tuple[OrderTypeVersion, list[TypeChange]]]:
    """Return the versions of a type, newest first, each with what it changed. Raises: NotPermitted."""
    versions = versions_of_type(order_type, by=by)
    earlier: list[OrderTypeVersion | None] = [*versions[1:], None]
    return [
        (one, diff_types(type_version(before.pk), type_version(one.pk)) if before else [])
        for one, before in zip(versions, earlier, strict=True)
    ]


def fact_names() -> tuple[list[str], list[str]]:
    """Return what conditions and formulas may name of an order, and of a line besides."""
    own, of_lines = shapes_of_facts()
    return list(own), list(of_lines)


def parties_of_kind(kind: str) -> tuple[str, ...]:
    """Return with whom orders of a kind can be made."""
    return KINDS[kind].parties or ("none",)


def faults_of_type(definition: TypeDefinition, *, kind: str, party: str, of: OrderType | None = None) -> list[Fault]:
    """Return what keeps a version of a type from being published; `of` is the type that exists already."""
    facts, of_lines = shapes_of_facts()
    around = Surroundings(
        workflows=workflows_for(kind),
        tables=frozenset(tables_for_orders()),
        patterns=_other_patterns(definition.number, of),
        attributes={
            code: (named_entry.type_name_zh, named_entry.attribute)
            for code, named_entry in attribute_catalogue().items()
        },
        facts=facts,
        line_facts=of_lines,
        complaints=complaints_about,
    )
    return [
        *check_type(definition, around),
        *_other_documents(definition.number, of),
        *_faults_of_lists(definition, party),
    ]


def workflows_for(kind: str) -> frozenset[str]:
    """Return the workflows that types of a kind may take: all but those that only other kinds' types use."""
    used: dict[str, set[str]] = {}
    for workflow, of_kind in OrderType.objects.values_list("workflow", "kind"):
        used.setdefault(workflow, set()).add(of_kind)
    known = set(WorkflowVersion.objects.values_list("code", flat=True).distinct())
    return frozenset(code for code in known if not used.get(code) or kind in used[code])


def tables_for_orders() -> list[str]:
    """Return the codes of the approval tables that judge orders."""
    return [code for code in table_codes() if subject_of_table(code) == KIND]


def _other_patterns(pattern: str, of: OrderType | None) -> tuple[tuple[str, str], ...]:
    """Return (name, pattern) of all numbers but those that the same sequence gives."""
    try:
        wanted = read_pattern(pattern)
    except ValueError:
        return ()
    found = {}
    for row in OrderTypeVersion.objects.select_related("type").order_by("pk"):
        text = type_version(row.pk).number
        other = read_pattern(text)
        is_same = (
            of is not None and row.type_id == of.pk and (other.before, other.after) == (wanted.before, wanted.after)
        )
        if not is_same:
            found[row.type.code, text] = (named(row.type), text)
    return tuple(found.values())


def _other_documents(pattern: str, of: OrderType | None) -> Iterator[Fault]:
    """Yield the clash of a new pattern with other documents; one that is in use stays."""
    letters = prefix_taken(pattern, PREFIXES)
    if letters is None:
        return
    earlier = OrderTypeVersion.objects.filter(type=of) if of else []
    if all(type_version(one.pk).number != pattern for one in earlier):
        yield Fault("number", "pattern_of_others", {"prefix": letters, "what": str(PREFIXES[letters])})


def _faults_of_lists(definition: TypeDefinition, party: str) -> Iterable[Fault]:
    """Yield what the lists of customers and products name in vain."""
    customers, products = definition.customers, definition.products
    if party != "customer" and (customers.numbers or customers.tags or customers.classes):
        yield Fault("customers", "no_customers")
    known: Mapping[str, tuple[tuple[str, ...], Any, str]] = {
        "customers.numbers": (customers.numbers, Customer.objects, "number"),
        "products.skus": (products.skus, Product.objects, "sku"),
        "products.categories": (products.categories, Category.objects, "code"),
    }
    codes = {
        "customers.numbers": "unknown_customer",
        "products.skus": "unknown_sku",
        "products.categories": "unknown_category",
    }
    for path, (values, rows, field) in known.items():
        clean = [value.replace("\x00", "") for value in values]
        there = set(rows.filter(**{f"{field}__in": clean}).values_list(field, flat=True)) if clean else set()
        for at, value in enumerate(values):
            if value not in there:
                yield Fault(f"{path}[{at}]", codes[path], {"value": value[:60].replace("\x00", "")})
