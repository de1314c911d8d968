"""Keeping suppliers: add, change, remove."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, NotFound, VersionConflict, both_values, require
from shundan.kernel.events import record
from shundan.kernel.numbering import next_number
from shundan.kernel.search import search_columns
from shundan.parties.actions.customers import DEFAULT_TERM
from shundan.parties.actions.removal import remove_unused
from shundan.parties.models import PaymentTerm, Supplier
from shundan.parties.rules import COUNTRY, CURRENCY, EMAIL, LONGEST_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierInput:
    """A supplier as it is given."""

    name: str
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    country: str = "CN"
    address: str = ""
    currency: str = "CNY"
    payment_term: str = DEFAULT_TERM
    tax_number: str = ""
    bank_name: str = ""
    bank_account: str = ""


@action
def create_supplier(given: SupplierInput, *, by: Actor) -> Supplier:
    """Add a supplier. Raises: NotPermitted, Malformed."""
    values, term = try_supplier(given, by=by)
    number = next_number("supplier", prefix="S", on=by.today)
    supplier = Supplier.objects.create(
        **values, number=number, payment_term=term, created_at=by.at, **_supplier_words(number, given)
    )
    record("supplier.created", subject=("supplier", supplier.pk), by=by, data={"number": number, "name": given.name})
    return supplier


def try_supplier(given: SupplierInput, *, by: Actor) -> tuple[dict[str, str], PaymentTerm]:
    """Judge a supplier by all rules of entry; nothing is written.

    Returns its clean texts and its payment term. Raises: NotPermitted, Malformed.
    """
    require(by, "supplier.edit")
    return _checked_supplier(given)


@action
def change_supplier(number: str, given: SupplierInput, *, version: int, by: Actor) -> Supplier:
    """Replace a supplier's data if nobody else did meanwhile; orders keep the terms they were made with.

    Raises: NotPermitted, NotFound, Malformed, VersionConflict (with both values of each field that differs).
    """
    require(by, "supplier.edit")
    rows = Supplier.objects.select_related("payment_term").select_for_update(of=("self",))
    supplier = rows.filter(number=number.replace("\x00", "")).first()
    if supplier is None:
        raise NotFound(what="supplier", key=number[:100])
    values, term = _checked_supplier(given)
    wanted = {**values, "payment_term": term.code}
    kept = {column: getattr(supplier, column) for column in values}
    kept["payment_term"] = supplier.payment_term.code if supplier.payment_term else ""
    changed = {column: value for column, value in wanted.items() if value != kept[column]}
    if version != supplier.version:
        raise VersionConflict(details=[both_values(column, changed[column], kept[column]) for column in changed])
    for column, value in {**values, **_supplier_words(supplier.number, given)}.items():
        setattr(supplier, column, value)
    supplier.payment_term = term
    supplier.version += 1
    supplier.save()
    changes = {column: [kept[column], value] for column, value in changed.items()}
    record("supplier.changed", subject=("supplier", supplier.pk), by=by, data={"changes": changes})
    return supplier


@action
def remove_supplier(number: str, *, version: int, by: Actor) -> None:
    """Remove a supplier that nothing refers to. Raises: NotPermitted, NotFound, VersionConflict, InUse."""
    require(by, "supplier.edit")
    supplier = Supplier.objects.select_for_update().filter(number=number.replace("\x00", "")).first()
    if supplier is None:
        raise NotFound(what="supplier", key=number[:100])
    remove_unused(supplier, version=version, subject="supplier", by=by)


def _checked_supplier(given: SupplierInput) -> tuple[dict[str, str], PaymentTerm]:
    values = {key: value.strip() for key, value in asdict(given).items()}
    term = PaymentTerm.objects.filter(code=values.pop("payment_term").replace("\x00", "")).first()
    wrong = [
        Detail(path, "invalid_text", _("This text is too long or contains characters that cannot be stored."))
        for path, text in values.items()
        if "\x00" in text or len(text) > 2000
    ]
    if not values["name"] or len(values["name"]) > LONGEST_NAME:
        wrong.append(Detail("name", "required", _("Enter a name of at most 200 characters.")))
    if not CURRENCY.fullmatch(values["currency"]):
        wrong.append(Detail("currency", "unknown", _("Enter a three-letter currency code such as CNY.")))
    if not COUNTRY.fullmatch(values["country"]):
        wrong.append(Detail("country", "unknown", _("Enter a two-letter country code such as CN.")))
    if values["email"] and not EMAIL.fullmatch(values["email"]):
        wrong.append(Detail("email", "invalid", _("Enter an e-mail address such as name@example.com.")))
    if term is None:
        wrong.append(Detail("payment_term", "unknown", _("There is no such payment term.")))
    if wrong or term is None:
        raise Malformed(details=wrong)
    return values, term


def _supplier_words(number: str, given: SupplierInput) -> dict[str, Any]:
    return search_columns(number, given.name, given.contact_name, given.phone)
