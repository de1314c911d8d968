"""What keeps a version of an order type from being published: each fault with its place."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from shundan.orders.rules.attributes import ValueFault, fact_kind, parse_value
from shundan.orders.rules.patterns import pattern_faults
from shundan.orders.rules.types import (
    COLOURS,
    DATA_TYPES,
    EDITABLE,
    HEADER,
    ICONS,
    INVOICES_ON,
    LAYOUTS,
    LINE,
    LINE_COLUMNS,
    NUMERIC,
    PLACES,
    QUANTITY,
    REFERENCES,
    Attribute,
    Fault,
    TypeDefinition,
)

MOST_ATTRIBUTES = 60
MOST_OPTIONS = 200
MOST_ALLOWED = 1000
LONGEST_NAME = 80
TYPE_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}\Z")
ATTRIBUTE_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_SCRIPT = re.compile(r"<\s*[/!?a-z]|javascript\s*:|\{\{|\{%", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
NOT_UNIQUE = ("computed", "yes_no", "long_text", "multi_choice", "file")
NOT_SEARCHABLE = ("computed", "yes_no", "file", "choice", "multi_choice")
NO_DEFAULT = ("computed", "file")

# A fact's kind and the choices it has, if it has only some.
FactShape = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a version is checked against.

    `patterns` are (whose, pattern) of all other numbers; `attributes` by code what attributes of other types and
    earlier versions are, with whose; `complaints(text, facts, wanted)` says in sentences what is wrong with an
    expression that must give `yes_no` or `number`.
    """

    workflows: frozenset[str]
    tables: frozenset[str]
    patterns: tuple[tuple[str, str], ...]
    attributes: Mapping[str, tuple[str, Attribute]]
    facts: Mapping[str, FactShape]
    line_facts: Mapping[str, FactShape]
    complaints: Callable[[str, Mapping[str, FactShape], str], list[str]]


def check_type(definition: TypeDefinition, around: Surroundings) -> list[Fault]:
    """Return everything that is wrong with a version; nothing means that it may be published."""
    return [
        *_names("", definition.name_zh, definition.name_en),
        *_known("workflow", definition.workflow, around.workflows),
        *_known("approval_table", definition.approval_table, around.tables),
        *_known("invoices_on", definition.invoices_on, INVOICES_ON),
        *_known("colour", definition.colour, COLOURS),
        *_known("icon", definition.icon, ICONS),
        *_known("print_layout", definition.print_layout, LAYOUTS),
        *pattern_faults("number", definition.number, others=around.patterns),
        *_attributes(definition, around),
        *_columns(definition),
        *_allowed(definition),
    ]


def normalised(definition: TypeDefinition) -> TypeDefinition:
    """Return a checked definition with defaults as values are kept, and without what its data types do not use."""
    return replace(definition, attributes=tuple(_normalised(one) for one in definition.attributes))


def _normalised(one: Attribute) -> Attribute:
    is_computed = one.data_type == "computed"
    return replace(
        one,
        default=None if one.data_type in NO_DEFAULT else parse_value(one, one.default),
        options=one.options if one.data_type in ("choice", "multi_choice") else (),
        reference=one.reference if one.data_type == "reference" else "",
        formula=one.formula.strip() if is_computed else "",
        shown_when=one.shown_when.strip(),
        is_required=one.is_required and not is_computed,
        editable_in=("draft",) if is_computed else tuple(state for state in EDITABLE if state in one.editable_in),
        decimals=one.decimals if one.data_type in ("decimal", "computed") else 2,
    )


def name_faults(path: str, name: str) -> Iterator[Fault]:
    """Yield what is wrong with a name that people read."""
    if not name.strip():
        yield Fault(path, "name_empty")
    elif len(name) > LONGEST_NAME:
        yield Fault(path, "name_too_long", {"most": LONGEST_NAME})
    if _SCRIPT.search(name):
        yield Fault(path, "name_with_script")
    elif _CONTROL.search(name):
        yield Fault(path, "name_with_control")


def _names(path: str, name_zh: str, name_en: str) -> Iterator[Fault]:
    yield from name_faults(f"{path}name_zh", name_zh)
    yield from name_faults(f"{path}name_en", name_en)


def _known(path: str, value: str, known: "frozenset[str] | tuple[str, ...]") -> Iterator[Fault]:
    if value not in known:
        yield Fault(path, "not_offered", {"value": value[:60], "known": ", ".join(sorted(known))})


def _attributes(definition: TypeDefinition, around: Surroundings) -> Iterator[Fault]:
    if len(definition.attributes) > MOST_ATTRIBUTES:
        yield Fault("attributes", "too_many", {"most": MOST_ATTRIBUTES})
        return
    seen: set[str] = set()
    for at, one in enumerate(definition.attributes):
        path = f"attributes[{at}]."
        if one.code in seen:
            yield Fault(f"{path}code", "code_twice", {"code": one.code})
        seen.add(one.code)
        yield from _attribute(path, one, around)
    yield from _expressions(definition, around)


def _attribute(path: str, one: Attribute, around: Surroundings) -> Iterator[Fault]:
    if not ATTRIBUTE_CODE.match(one.code):
        yield Fault(f"{path}code", "bad_code", {"most": 40})
    yield from _names(path, one.name_zh, one.name_en)
    if one.data_type not in DATA_TYPES:
        yield from _known(f"{path}data_type", one.data_type, DATA_TYPES)
        return
    yield from _known(f"{path}place", one.place, PLACES)
    whose, other = around.attributes.get(one.code, ("", one))
    if (other.data_type, other.place) != (one.data_type, one.place):
        facts = {"code": one.code, "type": whose, "other": other, "place": other.place}
        yield Fault(f"{path}data_type", "other_data_type", facts)
    for state in one.editable_in:
        yield from _known(f"{path}editable_in", state, EDITABLE)
    if not one.editable_in:
        yield Fault(f"{path}editable_in", "never_editable")
    yield from _details(path, one)


def _details(path: str, one: Attribute) -> Iterator[Fault]:
    """Yield what does not go together with the data type."""
    if one.data_type in ("choice", "multi_choice"):
        yield from _options(path, one)
    if one.data_type == "reference":
        yield from _known(f"{path}reference", one.reference, REFERENCES)
    if one.is_unique and one.data_type in NOT_UNIQUE:
        yield Fault(f"{path}is_unique", "cannot_be_unique", {"attribute": one})
    if one.is_searchable and one.data_type in NOT_SEARCHABLE:
        yield Fault(f"{path}is_searchable", "cannot_be_searched", {"attribute": one})
    if not 0 <= one.decimals <= 6:
        yield Fault(f"{path}decimals", "decimals_out_of_range")
    if one.data_type in NO_DEFAULT or one.default is None:
        return
    if one.is_unique and one.default != "":
        yield Fault(f"{path}default", "unique_has_no_default")
    try:
        parse_value(one, one.default)
    except ValueFault as fault:
        yield Fault(f"{path}default", fault.code, {"attribute": one, **fault.facts})


def _options(path: str, one: Attribute) -> Iterator[Fault]:
    if not one.options:
        yield Fault(f"{path}options", "no_options")
    if len(one.options) > MOST_OPTIONS:
        yield Fault(f"{path}options", "too_many", {"most": MOST_OPTIONS})
        return
    seen: set[str] = set()
    for at, option in enumerate(one.options):
        place = f"{path}options[{at}]."
        if not ATTRIBUTE_CODE.match(option.code):
            yield Fault(f"{place}code", "bad_code", {"most": 40})
        if option.code in seen:
            yield Fault(f"{place}code", "code_twice", {"code": option.code})
        seen.add(option.code)
        yield from _names(place, option.name_zh, option.name_en)


@dataclass(frozen=True, slots=True)
class Reach:
    """What the expressions of one attribute may name besides the facts of the order."""

    attributes: tuple[Attribute, ...]
    sums: tuple[Attribute, ...]
    is_line: bool


def reaches_of(definition: TypeDefinition) -> dict[int, Reach]:
    """Return by place in the definition what each attribute's expressions may name: what is filled before it.

    Lines are filled after the header's typed attributes and before its computed ones, which may name sums of lines.
    """
    place_of = {id(one): at for at, one in enumerate(definition.attributes)}
    lines = definition.of_place(LINE)
    header = [one for one in definition.of_place(HEADER) if one.data_type != "computed"]
    worked_out = [one for one in definition.of_place(HEADER) if one.data_type == "computed"]
    sums = tuple(one for one in lines if one.data_type in NUMERIC)
    found: dict[int, Reach] = {}
    for at, one in enumerate(header):
        found[place_of[id(one)]] = Reach(tuple(header[:at]), (), is_line=False)
    for at, one in enumerate(lines):
        found[place_of[id(one)]] = Reach((*header, *lines[:at]), (), is_line=True)
    for at, one in enumerate(worked_out):
        found[place_of[id(one)]] = Reach((*header, *worked_out[:at]), sums, is_line=False)
    return found


def _expressions(definition: TypeDefinition, around: Surroundings) -> Iterator[Fault]:
    """Yield what is wrong with conditions and formulas."""
    for at, reach in reaches_of(definition).items():
        facts = dict(around.facts) | (dict(around.line_facts) if reach.is_line else {})
        facts |= {f"attribute.{one.code}": _shape(one) for one in reach.attributes if one.data_type in DATA_TYPES}
        facts |= {f"sum.{one.code}": ("number", ()) for one in reach.sums}
        yield from _expression(definition.attributes[at], at, facts, around)


def _shape(one: Attribute) -> FactShape:
    return fact_kind(one), tuple(option.code for option in one.options)


def _expression(one: Attribute, at: int, facts: Mapping[str, FactShape], around: Surroundings) -> Iterator[Fault]:
    if one.shown_when.strip():
        for said in around.complaints(one.shown_when.strip(), facts, "yes_no"):
            yield Fault(f"attributes[{at}].shown_when", "bad_condition", {"said": said})
    if one.data_type == "computed":
        if not one.formula.strip():
            yield Fault(f"attributes[{at}].formula", "no_formula")
        else:
            for said in around.complaints(one.formula.strip(), facts, "number"):
                yield Fault(f"attributes[{at}].formula", "bad_formula", {"said": said})


def _columns(definition: TypeDefinition) -> Iterator[Fault]:
    lines = {one.code: one for one in definition.of_place(LINE)}
    columns = definition.line_columns
    for at, column in enumerate(columns):
        if column not in LINE_COLUMNS and column not in lines:
            known = ", ".join((*LINE_COLUMNS, *lines))
            yield Fault(f"line_columns[{at}]", "not_offered", {"value": column[:60], "known": known})
        elif column in columns[:at]:
            yield Fault(f"line_columns[{at}]", "code_twice", {"code": column})
    if QUANTITY not in columns:
        yield Fault("line_columns", "quantity_needed")
    for code, one in lines.items():
        if one.is_required and code not in columns:
            yield Fault("line_columns", "required_column", {"attribute": one})


def _allowed(definition: TypeDefinition) -> Iterator[Fault]:
    lists = {
        "customers.numbers": definition.customers.numbers,
        "customers.tags": definition.customers.tags,
        "customers.classes": definition.customers.classes,
        "products.skus": definition.products.skus,
        "products.categories": definition.products.categories,
    }
    for path, values in lists.items():
        if len(values) > MOST_ALLOWED:
            yield Fault(path, "too_many", {"most": MOST_ALLOWED})
