"""What an order type says: its names, number, attributes, columns, and who may buy what; written and read as data."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

HEADER, LINE = "header", "line"
PLACES = (HEADER, LINE)
DATA_TYPES = (
    "text",
    "long_text",
    "integer",
    "decimal",
    "money",
    "date",
    "datetime",
    "choice",
    "multi_choice",
    "yes_no",
    "reference",
    "file",
    "link",
    "computed",
)
# What a reference may point to.
REFERENCES = ("customer", "supplier", "product", "order", "user", "warehouse")
NUMERIC = ("integer", "decimal", "money", "computed")
# Where an order may stand when an attribute can still be changed; what has ended is never changed.
EDITABLE = ("draft", "submitted", "approved", "confirmed", "in_progress", "completed")
NEVER = "never"
# What a list may ask of an attribute besides any of some values: a range, words in a text, and having no value.
LEAST, MOST, WORDS, NONE = "from", "to", "has", "empty"
_RANGES = (*NUMERIC, "date", "datetime")
_WORDY = ("text", "long_text", "link", "reference")
# Keys hold the beginning of longer texts only, so these are not found by them.
_CUT = ("long_text", "link")
INVOICES_ON = ("order", "shipment", "delivery", "performance", NEVER)
LAYOUTS = ("standard", "without_prices")
COLOURS = ("grey", "blue", "green", "amber", "red", "violet", "teal")
ICONS = (
    "clipboard-list",
    "truck-delivery",
    "package",
    "receipt",
    "building-store",
    "clock",
    "star",
    "bolt",
    "gift",
    "tool",
    "refresh",
    "flag",
)
# Columns of the entry grid besides product and name, which no order can do without.
QUANTITY = "quantity"
LINE_COLUMNS = ("unit", QUANTITY, "price", "discount", "tax_rate", "gross", "available")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its place, a stable code, and what the sentence needs to name it."""

    path: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChoiceOption:
    """One of the values that a choice offers."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A field that a type adds to its orders' header or lines.

    `default` is a value as it is kept; `shown_when` a condition over facts and earlier attributes, always when empty;
    `formula` is what a computed one is worked out from, rounded half up to `decimals`.
    """

    code: str
    name_zh: str
    name_en: str
    data_type: str
    place: str = HEADER
    is_required: bool = False
    is_unique: bool = False
    is_searchable: bool = False
    default: Any = None
    shown_when: str = ""
    editable_in: tuple[str, ...] = ("draft",)
    options: tuple[ChoiceOption, ...] = ()
    reference: str = ""
    formula: str = ""
    decimals: int = 2

    @property
    def is_keyed(self) -> bool:
        """Tell whether its values are kept apart as well, to be found or to be had once."""
        return self.is_unique or self.is_searchable


def filter_tests(one: Attribute) -> tuple[str, ...]:
    """Return what a list may ask of an attribute besides any of some values."""
    ranges = (LEAST, MOST) if one.data_type in _RANGES else ()
    return (*ranges, *((WORDS,) if one.data_type in _WORDY else ()), NONE)


def has_whole_keys(one: Attribute) -> bool:
    """Tell whether an attribute's values are all kept apart in full, so that a range or words find them by an index."""
    return one.is_searchable and one.data_type not in _CUT


@dataclass(frozen=True, slots=True)
class AllowedCustomers:
    """Who may buy with a type: any of these numbers, tags or classes; all empty means everybody."""

    numbers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    def holds(self, number: str, tags: Iterable[str], kind: str) -> bool:
        """Tell whether a customer is one of them."""
        is_open = not (self.numbers or self.tags or self.classes)
        return is_open or number in self.numbers or kind in self.classes or not set(tags).isdisjoint(self.tags)


@dataclass(frozen=True, slots=True)
class AllowedProducts:
    """What may be ordered with a type: any of these SKUs or categories; both empty means everything."""

    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def holds(self, sku: str, category: str) -> bool:
        """Tell whether a product is one of them."""
        is_open = not (self.skus or self.categories)
        return is_open or sku in self.skus or (category != "" and category in self.categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDefinition:
    """One version of an order type, whole and immutable."""

    name_zh: str
    name_en: str
    number: str
    workflow: str
    invoices_on: str
    # Whether what can be invoiced is invoiced without anybody asking.
    invoices_itself: bool = False
    # Whether an order waits, once it is confirmed here, until its customer confirms it, too.
    asks_customer: bool = False
    colour: str = "grey"
    icon: str = "clipboard-list"
    print_layout: str = "standard"
    approval_table: str = "order"
    attributes: tuple[Attribute, ...] = ()
    line_columns: tuple[str, ...] = LINE_COLUMNS
    customers: AllowedCustomers = AllowedCustomers()
    products: AllowedProducts = AllowedProducts()

    def attribute(self, code: str) -> Attribute | None:
        """Return the attribute with this code."""
        return next((one for one in self.attributes if one.code == code), None)

    def of_place(self, place: str) -> tuple[Attribute, ...]:
        """Return the attributes of the header or of the lines, in their order."""
        return tuple(one for one in self.attributes if one.place == place)


def as_content(definition: TypeDefinition) -> dict[str, Any]:
    """Return a definition as JSON keeps it; what has its ordinary value is left out of attributes."""
    content = asdict(definition)
    content["attributes"] = [_attribute_content(one) for one in definition.attributes]
    content["line_columns"] = list(definition.line_columns)
    for part in ("customers", "products"):
        content[part] = {name: list(values) for name, values in content[part].items() if values}
    return content


def _attribute_content(attribute: Attribute) -> dict[str, Any]:
    content = asdict(attribute)
    content["options"] = [asdict(one) for one in attribute.options]
    content["editable_in"] = list(attribute.editable_in)
    ordinary = {one.name: one.default for one in fields(Attribute)}
    ordinary |= {"options": [], "editable_in": ["draft"]}
    return {name: value for name, value in content.items() if value != ordinary[name]}


def definition_from(content: Mapping[str, Any]) -> TypeDefinition:
    """Return the definition that a published content describes."""
    values = dict(content)
    values["attributes"] = tuple(_attribute_from(one) for one in content.get("attributes", ()))
    values["line_columns"] = tuple(content.get("line_columns", LINE_COLUMNS))
    values["customers"] = AllowedCustomers(**_tuples(content.get("customers", {})))
    values["products"] = AllowedProducts(**_tuples(content.get("products", {})))
    return TypeDefinition(**values)


def _attribute_from(content: Mapping[str, Any]) -> Attribute:
    values = dict(content)
    values["options"] = tuple(ChoiceOption(**one) for one in content.get("options", ()))
    values["editable_in"] = tuple(content.get("editable_in", ("draft",)))
    return Attribute(**values)


def _tuples(lists: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in lists.items()}
