"""What the conditions and formulas of attributes may name, as people know it."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from shundan.orders.queries.attributes import ENTRY_FACTS, LINE_FACTS, choices_of_attribute
from shundan.orders.queries.fact_looks import ATTRIBUTES, LINE_HEADING
from shundan.orders.queries.facts import FACTS_OF_ORDERS
from shundan.orders.queries.types import attribute_catalogue, named
from shundan.orders.rules.attributes import fact_kind
from shundan.orders.rules.type_checks import reaches_of
from shundan.orders.rules.types import DATA_TYPES, LINE, NUMERIC, Attribute, TypeDefinition
from shundan.workflow.queries import KnownFact, known_fact


def facts_for_expressions(definition: TypeDefinition, at: int) -> dict[str, KnownFact]:
    """Return what the expressions of the attribute at a place of a type may name; beyond the last, the order alone."""
    reach = reaches_of(definition).get(at)
    if reach is None:
        return _known((), (), is_line=False)
    return _known(reach.attributes, reach.sums, is_line=reach.is_line)


def all_facts_of_expressions() -> dict[str, KnownFact]:
    """Return what the expressions of any attribute of any type may name, to say them in words."""
    attributes = [one.attribute for one in attribute_catalogue().values()]
    sums = [one for one in attributes if one.place == LINE and one.data_type in NUMERIC]
    return _known(attributes, sums, is_line=True)


def _known(attributes: Iterable[Attribute], sums: Iterable[Attribute], *, is_line: bool) -> dict[str, KnownFact]:
    found = {name: replace(known_fact(name, FACTS_OF_ORDERS[name]), is_optional=True) for name in ENTRY_FACTS}
    if is_line:
        found |= {name: KnownFact(label, kind, group=LINE_HEADING) for name, (kind, label) in LINE_FACTS.items()}
    for one in attributes:
        if one.data_type in DATA_TYPES:
            name = named(one) or one.code
            found[f"attribute.{one.code}"] = KnownFact(name, fact_kind(one), ATTRIBUTES, choices_of_attribute(one))
    for one in sums:
        label = _("Sum of “%(name)s” over all lines") % {"name": named(one) or one.code}
        found[f"sum.{one.code}"] = KnownFact(label, "number", ATTRIBUTES)
    return found
