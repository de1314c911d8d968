"""The kinds of master data that files bring: what their columns mean, and by which actions records come and go."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.catalog.actions import change_product, create_product, remove_product, try_product
from shundan.catalog.models import Product
from shundan.catalog.queries import get_product, list_categories, list_tax_rates, unit_codes_unscoped
from shundan.exchange.sheets.parties import (
    CUSTOMER_FIELDS,
    SUPPLIER_FIELDS,
    customer_as_json,
    customer_of_json,
    input_of_customer,
    input_of_supplier,
    read_customer,
    read_supplier,
)
from shundan.exchange.sheets.products import (
    PRODUCT_FIELDS,
    ProductWords,
    input_of_product,
    product_as_json,
    product_of_json,
    read_product,
    tax_words,
)
from shundan.exchange.sheets.records import Fields, Reader, SheetRecord
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, NotFound, Refused
from shundan.parties.actions import (
    SupplierInput,
    change_customer,
    change_supplier,
    create_customer,
    create_supplier,
    remove_customer,
    remove_supplier,
    try_customer,
    try_supplier,
)
from shundan.parties.models import Customer, Supplier
from shundan.parties.queries import get_customer, get_supplier, numbers_of_party

# A record and a record as it is given: of one kind they fit together, and only its own functions look inside.
Row = Any
Given = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKind:
    """A kind of record: its columns, and the actions that judge, add, change and remove one."""

    code: str
    model: type[Any]
    # The column of the model that names a record.
    named_by: str
    permission: str
    fields: Fields
    words: Callable[[Actor], Any]
    find: Callable[[SheetRecord, Actor], Row | None]
    as_given: Callable[[Row], Given]
    read: Callable[[Reader, Given | None, Any], Given]
    attempt: Callable[[Given, Row | None, Actor], object]
    create: Callable[[Given, Actor], Row]
    change: Callable[[str, Given, int, Actor], Row]
    remove: Callable[[str, int, Actor], None]
    as_json: Callable[[Given], dict[str, Any]]
    of_json: Callable[[Mapping[str, Any]], Given]


def _product_words(by: Actor) -> ProductWords:
    rates = list_tax_rates(by=by)
    names = {name: one.code for one in reversed(rates) for name in (one.name_en, one.name_zh, one.code) if name}
    categories = list_categories(by=by)
    return ProductWords(
        unit_codes_unscoped(),
        {name.lower(): one.code for one in categories for name in (one.name_en, one.name_zh, one.code)},
        tax_words({one.code: one.rate for one in rates}, names),
    )


def _find_product(record: SheetRecord, by: Actor) -> Product | None:
    try:
        return get_product(record.head.get("sku", ""), by=by)
    except NotFound:
        return None


class AmbiguousName(Refused):
    """Several records have the name of a row."""

    code = "ambiguous_name"
    sentence = _("Several have this name: %(numbers)s. Write the number.")


def _find_party(party: str, get: Callable[..., Row]) -> Callable[[SheetRecord, Actor], Row | None]:
    def find(record: SheetRecord, by: Actor) -> Row | None:
        number, name = record.head.get("number", ""), record.head.get("name", "")
        numbers = numbers_of_party(party, number or name, by=by)
        if number and number.upper() not in [one.upper() for one in numbers]:
            sentence = _("There is none with this number. Leave it empty for a new one.")
            raise Malformed(details=[Detail("number", "unknown", sentence)])
        if len(numbers) > 1:
            raise AmbiguousName(numbers=", ".join(numbers))
        return get(numbers[0], by=by) if numbers else None

    return find


MASTERS = {
    one.code: one
    for one in (
        MasterKind(
            code="product",
            model=Product,
            named_by="sku",
            permission="product.edit",
            fields=PRODUCT_FIELDS,
            words=_product_words,
            find=_find_product,
            as_given=input_of_product,
            read=read_product,
            attempt=lambda given, row, by: try_product(given, by=by, product=row),
            create=lambda given, by: create_product(given, by=by),
            change=lambda sku, given, version, by: change_product(sku, given, version=version, by=by),
            remove=lambda sku, version, by: remove_product(sku, version=version, by=by),
            as_json=product_as_json,
            of_json=product_of_json,
        ),
        MasterKind(
            code="customer",
            model=Customer,
            named_by="number",
            permission="customer.create",
            fields=CUSTOMER_FIELDS,
            words=lambda by: None,
            find=_find_party("customer", get_customer),
            as_given=input_of_customer,
            read=read_customer,
            attempt=lambda given, row, by: try_customer(given, by=by, customer=row),
            create=lambda given, by: create_customer(given, by=by),
            change=lambda number, given, version, by: change_customer(number, given, version=version, by=by),
            remove=lambda number, version, by: remove_customer(number, version=version, by=by),
            as_json=customer_as_json,
            of_json=customer_of_json,
        ),
        MasterKind(
            code="supplier",
            model=Supplier,
            named_by="number",
            permission="supplier.edit",
            fields=SUPPLIER_FIELDS,
            words=lambda by: None,
            find=_find_party("supplier", get_supplier),
            as_given=input_of_supplier,
            read=read_supplier,
            attempt=lambda given, row, by: try_supplier(given, by=by),
            create=lambda given, by: create_supplier(given, by=by),
            change=lambda number, given, version, by: change_supplier(number, given, version=version, by=by),
            remove=lambda number, version, by: remove_supplier(number, version=version, by=by),
            as_json=asdict,
            of_json=lambda kept: SupplierInput(**kept),
        ),
    )
}
