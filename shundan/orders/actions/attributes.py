"""Filling an order's attributes by the rules of its type's version: on entry, in a draft, and later where allowed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.queries import category_codes_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.kernel.search import search_columns
from shundan.orders.models import AttributeKey, Order, OrderFile, OrderLine
from shundan.orders.queries import (
    details_of,
    entry_facts,
    is_known_reference,
    line_facts,
    lines_of,
    sums_of_lines,
    type_of,
)
from shundan.orders.rules.attributes import key_of
from shundan.orders.rules.filling import Filled, Filling, unknown_faults
from shundan.orders.rules.types import HEADER, LINE, NUMERIC, Attribute, Fault, TypeDefinition
from shundan.workflow.queries import CONDITIONS

Given = Mapping[str, object]
NOTHING: Given = {}
# What is searched for only is kept up to this length; nobody types more.
LONGEST_SEARCHED = 200


class AttributesMissing(Refused):
    """Attributes that the type requires are still empty; a draft may be, an order on its way may not."""

    code = "attributes_missing"
    sentence = _("The order is not complete: fill in the marked fields first.")


@dataclass(frozen=True, slots=True)
class _Result:
    header: dict[str, Any]
    lines: list[dict[str, Any]]
    faults: tuple[Fault, ...]
    missing: tuple[Fault, ...]
    shown: frozenset[str]
    shown_of_lines: list[frozenset[str]]


def fill_attributes(
    order: Order,
    lines: Sequence[OrderLine],
    *,
    header: Given | None,
    of_lines: Sequence[Given | None],
    by: Actor,
    is_new: bool,
) -> None:
    """Set the attributes of an order being entered and of its lines, without saving. Raises: Malformed.

    What the header's attributes are not given they keep, or take from the type's defaults.
    """
    definition = type_of(order)
    if not definition.attributes and not header and not any(of_lines):
        return
    known = None if is_new else order.attributes
    given = [one or NOTHING for one in of_lines]
    found = _work_out(order, lines, header or NOTHING, given, known=known, known_lines=None, by=by)
    faults = [*found.faults, *_taken(order, definition, found)]
    if faults:
        raise Malformed(details=details_of(faults))
    order.attributes = found.header
    for line, values in zip(lines, found.lines, strict=True):
        line.attributes = values
    order.__dict__["missing_attributes"] = found.missing


def require_complete(order: Order, *, by: Actor) -> None:
    """Refuse an order on its way out of entry while required attributes are empty. Raises: AttributesMissing."""
    missing = order.__dict__.get("missing_attributes")
    if missing is None:
        definition, lines = type_of(order), lines_of(order)
        if not any(one.is_required for one in definition.attributes):
            return
        missing = _current(order, lines, by=by).missing
    if missing:
        raise AttributesMissing(details=details_of(missing))


def shown_attributes(order: Order, *, by: Actor) -> tuple[frozenset[str], list[frozenset[str]]]:
    """Return the codes of the attributes that an order shows now, and those that each of its lines shows."""
    found = _current(order, lines_of(order), by=by)
    return found.shown, found.shown_of_lines


def put_attributes(order: Order, *, header: Given, of_lines: Mapping[int, Given], by: Actor) -> dict[str, Any]:
    """Give a locked order other attributes, and its lines by position; return what changed, both values by path.

    Raises: Malformed.
    """
    lines, definition = lines_of(order), type_of(order)
    places = {line.position for line in lines}
    strange = [position for position in of_lines if position not in places]
    if strange:
        sentence = _("The order has no such line.")
        raise Malformed(details=[Detail(f"lines[{at - 1}]", "unknown_line", sentence) for at in strange])
    given = [of_lines.get(line.position, NOTHING) for line in lines]
    kept = [line.attributes for line in lines]
    found = _work_out(order, lines, header, given, known=order.attributes, known_lines=kept, by=by)
    faults = [*found.faults, *_taken(order, definition, found)]
    if order.category != "draft":
        # What was complete stays complete.
        faults += found.missing
    if faults:
        raise Malformed(details=details_of(faults))
    changes = dict(_changes(order, lines, found))
    if changes:
        _save(order, lines, found, by=by)
    return changes


def recompute_attributes(order: Order, lines: Sequence[OrderLine], *, by: Actor) -> None:
    """Work out anew what is computed, after an order's lines were changed and saved; what was typed stays.

    The order's row is the caller's to save.
    """
    codes = {one.code for one in type_of(order).attributes if one.data_type == "computed"}
    if not codes:
        return
    found, changed = _current(order, lines, by=by), []
    order.attributes = _renewed(order.attributes, found.header, codes)
    for line, values in zip(lines, found.lines, strict=True):
        renewed = _renewed(line.attributes, values, codes)
        if renewed != line.attributes:
            line.attributes = renewed
            changed.append(line)
    OrderLine.objects.bulk_update(changed, ["attributes"])
    write_keys(order, lines)


def _renewed(before: Mapping[str, Any], after: Mapping[str, Any], codes: set[str]) -> dict[str, Any]:
    return {code: value for code, value in before.items() if code not in codes} | _only(after, codes)


def _save(order: Order, lines: Sequence[OrderLine], found: _Result, *, by: Actor) -> None:
    order.attributes, order.version, order.changed_at = found.header, order.version + 1, by.at
    order.save(update_fields=["attributes", "version", "changed_at"])
    changed = []
    for line, values in zip(lines, found.lines, strict=True):
        if line.attributes != values:
            line.attributes = values
            changed.append(line)
    OrderLine.objects.bulk_update(changed, ["attributes"])
    write_keys(order, lines)


def write_keys(order: Order, lines: Sequence[OrderLine]) -> None:
    """Keep apart what is searched for or may be there only once; written with the order, so two cannot both have it."""
    definition = type_of(order)
    take_files(order, lines)
    if not has_keys(order):
        return
    AttributeKey.objects.filter(order_id=order.pk).delete()
    AttributeKey.objects.bulk_create(
        AttributeKey(
            order_id=order.pk,
            type_id=order.type_id,
            attribute=one.code,
            value=value if one.is_unique else value[:LONGEST_SEARCHED],
            is_unique=one.is_unique and order.category != "cancelled",
            is_searchable=one.is_searchable,
            number=Decimal(value) if one.data_type in NUMERIC else None,
            **(search_columns(value[:LONGEST_SEARCHED]) if one.is_searchable else {}),
        )
        for one, value, _path in _keyed(definition, order.attributes, [line.attributes for line in lines])
    )


def free_keys(order: Order) -> None:
    """Let other orders have what a cancelled one had alone."""
    if has_keys(order):
        AttributeKey.objects.filter(order_id=order.pk, is_unique=True).update(is_unique=False)


def has_keys(order: Order) -> bool:
    """Tell whether values of this order are kept apart as well: keys, or files that become its own."""
    return any(one.is_keyed or one.data_type == "file" for one in type_of(order).attributes)


def hashed_attributes(order: Order, lines: Iterable[OrderLine]) -> dict[str, Any]:
    """Return what of the attributes belongs to what is approved: all that cannot be changed afterwards."""
    fixed = {one.code for one in type_of(order).attributes if one.editable_in == ("draft",)}
    values = [_only(order.attributes, fixed), *(_only(line.attributes, fixed) for line in lines)]
    return {"attributes": values} if any(values) else {}


def check_allowed(order: Order, lines: Sequence[OrderLine]) -> None:
    """Refuse a customer or products that the type is not for. Raises: Malformed."""
    definition, wrong = type_of(order), []
    buyer = order.customer
    if buyer is not None and not definition.customers.holds(buyer.number, buyer.tags, buyer.kind):
        wrong.append(Fault("customer", "customer_not_allowed", {"customer": buyer.name, "type": definition}))
    products = definition.products
    categories = category_codes_unscoped([line.product_id for line in lines]) if products.categories else {}
    for at, line in enumerate(lines):
        if not products.holds(line.sku, categories.get(line.product_id, "")):
            wrong.append(Fault(f"lines[{at}].sku", "product_not_allowed", {"sku": line.sku, "type": definition}))
    if wrong:
        raise Malformed(details=details_of(wrong))


def _only(values: Mapping[str, Any], codes: set[str]) -> dict[str, Any]:
    return {code: value for code, value in sorted(values.items()) if code in codes}


def _current(order: Order, lines: Sequence[OrderLine], *, by: Actor) -> _Result:
    kept = [line.attributes for line in lines]
    nothing = [NOTHING for _line in lines]
    return _work_out(order, lines, NOTHING, nothing, known=order.attributes, known_lines=kept, by=by)


def _work_out(
    order: Order,
    lines: Sequence[OrderLine],
    header: Given,
    of_lines: Sequence[Given],
    *,
    known: Mapping[str, Any] | None,
    known_lines: Sequence[Mapping[str, Any]] | None,
    by: Actor,
) -> _Result:
    """Fill the header's typed attributes, then those of the lines, then what is computed of both."""
    definition = type_of(order)
    in_header, in_lines = definition.of_place(HEADER), definition.of_place(LINE)
    typed = tuple(one for one in in_header if one.data_type != "computed")
    computed = tuple(one for one in in_header if one.data_type == "computed")
    faults = list(unknown_faults(in_header, header, "attributes."))
    filling = _filling(order, known, by)
    facts = entry_facts(order, by=by)
    first = filling.fill(typed, header, facts=facts, path="attributes.")
    parts, of_each = [first], []
    for at, (line, given) in enumerate(zip(lines, of_lines, strict=True)):
        path = f"lines[{at}].attributes."
        faults += unknown_faults(in_lines, given, path)
        of_line = _filling(order, known_lines[at] if known_lines is not None else None, by)
        of_each.append(of_line.fill(in_lines, given, facts=facts | line_facts(line), path=path))
        line.attributes = of_each[-1].values if known_lines is None else line.attributes
    facts |= _sums(order, of_each, in_lines)
    parts += [*of_each, filling.fill(computed, header, facts=facts, path="attributes.")]
    faults += [fault for part in parts for fault in part.faults]
    faults += _files(order, in_header, first, known or NOTHING, "attributes.", by)
    faults += _strangers(in_header, first, known or NOTHING, "attributes.", by)
    for at, part in enumerate(of_each):
        before = known_lines[at] if known_lines is not None else NOTHING
        faults += _files(order, in_lines, part, before, f"lines[{at}].attributes.", by)
        faults += _strangers(in_lines, part, before, f"lines[{at}].attributes.", by)
    return _Result(
        header=first.values | parts[-1].values,
        lines=[part.values for part in of_each],
        faults=tuple(faults),
        missing=tuple(fault for part in parts for fault in part.missing),
        shown=first.shown | parts[-1].shown,
        shown_of_lines=[part.shown for part in of_each],
    )


def _filling(order: Order, known: Mapping[str, Any] | None, by: Actor) -> Filling:
    return Filling(category=order.category, language=CONDITIONS, known=known, zone=by.company_zone)


def _sums(order: Order, parts: Sequence[Filled], attributes: tuple[Attribute, ...]) -> dict[str, Any]:
    return dict(sums_of_lines(order, [OrderLine(attributes=part.values) for part in parts])) if attributes else {}


def _strangers(
    attributes: Iterable[Attribute], part: Filled, before: Mapping[str, Any], path: str, by: Actor
) -> Iterable[Fault]:
    """Yield a fault for each record that was newly named and that the actor may not name."""
    for one in attributes:
        value = part.values.get(one.code)
        is_new = one.data_type == "reference" and value is not None and value != before.get(one.code)
        if is_new and not is_known_reference(one.reference, str(value), by=by):
            yield Fault(f"{path}{one.code}", "unknown_reference", {"attribute": one, "value": value})


def _files(
    order: Order, attributes: Iterable[Attribute], part: Filled, before: Mapping[str, Any], path: str, by: Actor
) -> Iterable[Fault]:
    """Give file attributes the name beside the key; yield a fault for each file that is not this order's to take."""
    for one in attributes:
        value = part.values.get(one.code)
        if one.data_type != "file" or value is None or value == before.get(one.code):
            continue
        file = OrderFile.objects.filter(key=value.partition(":")[0]).defer("content").first()
        # Before an order takes it, a file is its uploader's alone.
        is_free = file is not None and file.order_id is None and file.uploaded_by_id == by.id
        if file is None or not (is_free or (file.order_id is not None and file.order_id == order.pk)):
            yield Fault(f"{path}{one.code}", "unknown_file", {"attribute": one})
        else:
            part.values[one.code] = file.value


def take_files(order: Order, lines: Sequence[OrderLine]) -> None:
    """Let the files that an order names belong to it: whoever sees the order may read them."""
    codes = {one.code for one in type_of(order).attributes if one.data_type == "file"}
    if not codes:
        return
    held = [order.attributes, *(line.attributes for line in lines)]
    keys = [values[code].partition(":")[0] for values in held for code in codes if code in values]
    OrderFile.objects.filter(key__in=keys, order=None).update(order_id=order.pk)


def _keyed(
    definition: TypeDefinition, header: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> Iterable[tuple[Attribute, str, str]]:
    """Yield (attribute, value, path) of all values that are kept apart."""
    for one in definition.attributes:
        if not one.is_keyed:
            continue
        places = [("attributes.", header)] if one.place == HEADER else []
        places += [(f"lines[{at}].attributes.", line) for at, line in enumerate(lines)] if one.place == LINE else []
        for path, values in places:
            if one.code in values:
                yield one, key_of(values[one.code]), f"{path}{one.code}"


def _taken(order: Order, definition: TypeDefinition, found: _Result) -> Iterable[Fault]:
    """Yield a fault for each value that may be there once and is there twice, here or in another order."""
    mine: dict[tuple[str, str], tuple[Attribute, str]] = {}
    for one, value, path in _keyed(definition, found.header, found.lines):
        if not one.is_unique:
            continue
        if (one.code, value) in mine:
            yield Fault(path, "value_taken", {"attribute": one, "value": value})
        mine[one.code, value] = one, path
    if not mine:
        return
    rows = AttributeKey.objects.filter(
        type_id=order.type_id, is_unique=True, value__in=[value for _code, value in mine]
    )
    for code, value in rows.exclude(order_id=order.pk).values_list("attribute", "value"):
        if (code, value) in mine:
            one, path = mine[code, value]
            yield Fault(path, "value_taken", {"attribute": one, "value": value})


def _changes(order: Order, lines: Sequence[OrderLine], found: _Result) -> Iterable[tuple[str, list[str]]]:
    yield from _changed("attributes.", order.attributes, found.header)
    for at, (line, values) in enumerate(zip(lines, found.lines, strict=True)):
        yield from _changed(f"lines[{at}].attributes.", line.attributes, values)


def _changed(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    for code in dict.fromkeys((*before, *after)):
        if before.get(code) != after.get(code):
            yield f"{path}{code}", [as_text(before.get(code)), as_text(after.get(code))]


def as_text(value: Any) -> str:
    """Return a kept value as comparisons and events write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else key_of(value)
