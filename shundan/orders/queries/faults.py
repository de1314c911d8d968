"""What is wrong with an order type or an attribute's value, as sentences that name the place and the cure."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.kernel.errors import Detail
from shundan.orders.queries.types import named
from shundan.orders.rules.types import Attribute, Fault, TypeDefinition

DATA_TYPE_WORDS: Mapping[str, str | Promise] = {
    "text": _("Text"),
    "long_text": _("Long text"),
    "integer": _("Whole number"),
    "decimal": _("Decimal number"),
    "money": _("Amount"),
    "date": _("Date"),
    "datetime": _("Date and time"),
    "choice": _("Choice"),
    "multi_choice": _("Multiple choice"),
    "yes_no": _("Yes or no"),
    "reference": _("Reference"),
    "file": _("File"),
    "link": _("Link"),
    "computed": _("Computed"),
}
PLACE_WORDS: Mapping[str, str | Promise] = {"header": _("Order"), "line": _("Line")}
# Where an order stands, for attributes that can still be changed then.
CATEGORY_WORDS: Mapping[str, str | Promise] = {
    "draft": _("Draft"),
    "submitted": _("Awaiting approval"),
    "approved": _("Approved"),
    "confirmed": _("Confirmed"),
    "in_progress": _("In progress"),
    "completed": _("Completed"),
    "closed": _("Closed"),
    "cancelled": _("Cancelled"),
}

SENTENCES: Mapping[str, str | Promise] = {
    "unknown_attribute": _("There is no attribute “%(code)s” here. Known are: %(known)s."),
    "attribute_required": _("“%(attribute)s” is required."),
    "not_editable": _("“%(attribute)s” can no longer be changed in the state “%(state)s”."),
    "is_computed": _("“%(attribute)s” is computed and cannot be entered. Leave it out."),
    "value_taken": _("“%(value)s” is taken: “%(attribute)s” must differ for each order of this type."),
    "unknown_reference": _("“%(attribute)s” names “%(value)s”, which does not exist or which you may not see."),
    "unknown_file": _("“%(attribute)s” names a file that does not exist or belongs to another order. Upload it again."),
    "not_a_text": _("“%(attribute)s” must be a text."),
    "too_long": _("“%(attribute)s” takes at most %(most)s characters."),
    "invalid_text": _("“%(attribute)s” contains characters that cannot be stored."),
    "not_a_whole_number": _("“%(attribute)s” must be a whole number, such as 12."),
    "not_a_number": _("“%(attribute)s” must be a number, such as 1234.50."),
    "out_of_range": _("“%(attribute)s” takes at most 15 digits before the point."),
    "too_many_decimals": _("“%(attribute)s” takes at most %(most)s decimals."),
    "not_a_day": _("“%(attribute)s” must be a date, such as 2026-01-31."),
    "not_a_moment": _("“%(attribute)s” must be a date with a time, such as 2026-01-31T08:30."),
    "unknown_choice": _("“%(value)s” is not offered by “%(attribute)s”. Choose one of: %(choices)s."),
    "not_a_list": _("“%(attribute)s” takes several values: send them as a list."),
    "not_yes_or_no": _("“%(attribute)s” must be yes or no."),
    "not_a_link": _("“%(attribute)s” must be an address that begins with http:// or https://."),
    "unknown_test": _("“%(attribute)s” cannot be asked for that. Known are: %(known)s."),
    "name_empty": _("Enter a name in both languages."),
    "name_too_long": _("Shorten the name to %(most)s characters."),
    "name_with_script": _("The name contains markup or a script. Write plain words."),
    "name_with_control": _("The name contains invisible control characters. Delete them and type it anew."),
    "not_offered": _("“%(value)s” is not possible here. Choose one of: %(known)s."),
    "pattern_unreadable": _(
        "“%(pattern)s” does not work as a number pattern. Use letters, digits, - . _ and the parts"
        " {yyyy}, {yy}, {mm}, {dd} and, exactly once, {seq:6}."
    ),
    "pattern_width": _("The sequence takes 1 to %(most)s digits, such as {seq:6}."),
    "pattern_too_long": _("Numbers would be longer than %(most)s characters. Shorten the pattern."),
    "pattern_without_letter": _("Begin the pattern with letters, so that an order is told from other numbers."),
    "pattern_repeats": _("Numbers would repeat: %(part)s needs %(needs)s in the pattern, too."),
    "pattern_collides": _(
        "The type “%(type)s” may give the same numbers by its pattern %(pattern)s. Begin with other letters."
    ),
    "pattern_of_others": _(
        "Numbers that begin with %(prefix)s are those of other documents (%(what)s). Begin with other letters."
    ),
    "too_many": _("At most %(most)s are possible."),
    "code_twice": _("“%(code)s” is there twice. Each code may be used once."),
    "bad_code": _("Begin with a small letter; use small letters, digits and _, at most %(most)s characters."),
    "code_taken": _("There is a type with the code “%(code)s” already. Choose another code."),
    "other_data_type": _(
        "“%(code)s” is “%(other_type)s” of the %(other_place)s in the type “%(type)s”. A code means the same"
        " everywhere: choose another code or the same data type."
    ),
    "never_editable": _("Choose at least one state in which it can be filled."),
    "no_options": _("Add at least one value to choose from."),
    "cannot_be_unique": _("“%(data_type)s” cannot be unique. Untick it or choose another data type."),
    "cannot_be_searched": _("“%(data_type)s” cannot be searched for. Untick it, or filter the list by it."),
    "unique_has_no_default": _("What must be unique cannot have a default. Clear the default."),
    "decimals_out_of_range": _("Enter 0 to 6 decimals."),
    "bad_condition": _("The condition does not work: %(said)s"),
    "bad_formula": _("The formula does not work: %(said)s"),
    "no_formula": _("Enter the formula that it is computed by, such as attribute.weight * 2."),
    "quantity_needed": _("The lines need the column of the quantity."),
    "required_column": _("“%(attribute)s” is required and needs a column."),
    "unknown_customer": _("There is no customer “%(value)s”."),
    "unknown_sku": _("There is no product with the SKU “%(value)s”."),
    "unknown_category": _("There is no product category “%(value)s”."),
    "no_customers": _("Orders of this type are not made with a customer. Clear this list."),
    "customer_not_allowed": _(
        "%(customer)s may not buy with the type “%(type)s”. Choose another customer or another type of order."
    ),
    "product_not_allowed": _(
        "%(sku)s cannot be ordered with the type “%(type)s”. Remove the line or choose another type."
    ),
}


def detail_of(fault: Fault) -> Detail:
    """Return a fault as a detail with its sentence in the active language."""
    facts = {name: _said(name, value) for name, value in fault.facts.items()}
    attribute, other = fault.facts.get("attribute"), fault.facts.get("other")
    if isinstance(attribute, Attribute):
        facts["data_type"] = str(DATA_TYPE_WORDS[attribute.data_type])
    if isinstance(other, Attribute):
        facts["other_type"] = str(DATA_TYPE_WORDS[other.data_type])
        facts["other_place"] = str(PLACE_WORDS[other.place])
    return Detail(fault.path, fault.code, str(SENTENCES[fault.code]) % facts)


def details_of(faults: Iterable[Fault]) -> list[Detail]:
    """Return faults as details with their sentences."""
    return [detail_of(one) for one in faults]


def _said(name: str, value: Any) -> Any:
    if isinstance(value, Attribute | TypeDefinition):
        return named(value)
    return str(CATEGORY_WORDS.get(value, value)) if name == "state" else value
