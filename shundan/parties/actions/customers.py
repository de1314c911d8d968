"""Keeping customers: add, change, close, remove; their contacts and addresses are saved with them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from shundan.accounts.models import User
from shundan.accounts.queries import home_of_user_unscoped
from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import (
    Detail,
    Malformed,
    NotFound,
    VersionConflict,
    amount_out_of_range,
    both_values,
    require,
)
from shundan.kernel.events import record
from shundan.kernel.money import AMOUNT_DECIMALS, ZERO, decimal_places, decimals_of
from shundan.kernel.numbering import next_number
from shundan.kernel.search import search_columns
from shundan.parties.actions.removal import remove_unused
from shundan.parties.models import Address, Contact, Customer, PaymentTerm
from shundan.parties.rules import (
    COUNTRY,
    CURRENCY,
    DELIVERY_POLICIES,
    KINDS,
    LONGEST_NAME,
    TAX_STATUSES,
    is_unified_credit_code,
)
from shundan.parties.scopes import visible_customers

DEFAULT_TERM = "net30"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactInput:
    """A contact as it is given."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressInput:
    """An address as it is given."""

    kind: str = "ship"
    contact_name: str = ""
    phone: str = ""
    country: str = "CN"
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postal_code: str = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerInput:
    """A customer as it is given; `credit_limit` None means no limit is checked."""

    name: str
    short_name: str = ""
    kind: str = "company"
    currency: str = "CNY"
    includes_tax: bool = True
    payment_term: str = DEFAULT_TERM
    credit_limit: Decimal | None = None
    owner_id: int | None = None
    delivery_policy: str = "any"
    language: str = "zh-hans"
    country: str = "CN"
    region: str = ""
    tax_title: str = ""
    tax_number: str = ""
    tax_status: str = "normal"
    bank_name: str = ""
    bank_account: str = ""
    tags: tuple[str, ...] = ()
    preferences: str = ""
    remark: str = ""
    contacts: tuple[ContactInput, ...] = field(default=())
    addresses: tuple[AddressInput, ...] = field(default=())


_COLUMNS = (
    "name short_name kind currency includes_tax credit_limit owner_id delivery_policy language country region"
    " tax_title tax_number tax_status bank_name bank_account preferences remark"
).split()


@action
def create_customer(given: CustomerInput, *, by: Actor) -> Customer:
    """Add a customer; it belongs to its owner, by default to the one who adds it. Raises: NotPermitted, Malformed."""
    term = try_customer(given, by=by)
    owner_id = given.owner_id if given.owner_id is not None else by.id
    department_id, team_id = home_of_user_unscoped(owner_id) if owner_id else (None, None)
    values = {column: getattr(given, column) for column in _COLUMNS} | {"owner_id": owner_id}
    customer = Customer.objects.create(
        **values,
        number=next_number("customer", prefix="C", on=by.today),
        payment_term=term,
        tags=list(given.tags),
        department_id=department_id,
        team_id=team_id,
        created_at=by.at,
    )
    _save_people(customer, given)
    _index(customer, given)
    record("customer.created", subject=("customer", customer.pk), by=by, data={"number": customer.number})
    return customer


def try_customer(given: CustomerInput, *, by: Actor, customer: Customer | None = None) -> PaymentTerm:
    """Judge a customer, new or in the place of another, by all rules of entry; nothing is written.

    Returns its payment term. Raises: NotPermitted, Malformed.
    """
    require(by, "customer.create" if customer is None else "customer.edit")
    term = _checked_term(given)
    _check_credit_right(given.credit_limit, customer.credit_limit if customer else None, by)
    _check_tax_right(given.tax_status, customer.tax_status if customer else "normal", by)
    return term


@action
def change_customer(number: str, given: CustomerInput, *, version: int, by: Actor) -> Customer:
    """Replace a customer's data if nobody else did meanwhile.

    Raises: NotPermitted, NotFound, Malformed, VersionConflict (with both values of each field that differs, those of
    contacts and addresses among them).
    """
    require(by, "customer.edit")
    customer = _locked(number, by, "customer.edit")
    term = _checked_term(given)
    given_values = {column: getattr(given, column) for column in _COLUMNS}
    kept = {column: getattr(customer, column) for column in _COLUMNS}
    if given.owner_id is None:
        given_values["owner_id"] = customer.owner_id
    changed = {column: value for column, value in given_values.items() if value != kept[column]}
    if version != customer.version:
        columns = [both_values(c, changed[c], kept[c]) for c in changed]
        raise VersionConflict(details=[*columns, *_other_differences(given, customer)])
    # Only after the version: a limit that finance changed meanwhile is a conflict, not somebody's wish to change it.
    _check_credit_right(given.credit_limit, customer.credit_limit, by)
    _check_tax_right(given.tax_status, customer.tax_status, by)
    if "owner_id" in changed and customer.owner_id != given.owner_id:
        home = home_of_user_unscoped(int(given_values["owner_id"]))
        customer.department_id, customer.team_id = home
    for column, value in given_values.items():
        setattr(customer, column, value)
    customer.payment_term, customer.tags = term, list(given.tags)
    customer.version += 1
    customer.save()
    Contact.objects.filter(customer=customer).delete()
    Address.objects.filter(customer=customer).delete()
    _save_people(customer, given)
    _index(customer, given)
    record(
        "customer.changed",
        subject=("customer", customer.pk),
        by=by,
        data={"changes": {c: [str(kept[c]), str(v)] for c, v in changed.items()}},
    )
    return customer


@action
def remove_customer(number: str, *, version: int, by: Actor) -> None:
    """Remove a customer that nothing refers to. Raises: NotPermitted, NotFound, VersionConflict, InUse."""
    require(by, "customer.edit")
    customer = _locked(number, by, "customer.edit")
    remove_unused(customer, version=version, subject="customer", by=by)


@action
def set_customer_status(number: str, *, status: str, by: Actor) -> Customer:
    """Close a customer for new orders, or open it again. Raises: NotPermitted, NotFound."""
    require(by, "customer.edit")
    customer = _locked(number, by, "customer.edit")
    if customer.status != status:
        Customer.objects.filter(pk=customer.pk).update(status=status, version=customer.version + 1)
        customer.status = status
        record(f"customer.{'closed' if status == 'closed' else 'opened'}", subject=("customer", customer.pk), by=by)
    return customer


def lock_customer(number: str, *, by: Actor, permission: str) -> Customer:
    """Lock a customer that the actor may do so much with, for rooms above. Raises: NotPermitted, NotFound."""
    require(by, permission)
    return _locked(number, by, permission)


@action
def set_credit_limit(number: str, *, limit: Decimal | None, by: Actor) -> Customer:
    """Set how much a customer may owe, or None for no check. Raises: NotPermitted, NotFound, Malformed."""
    require(by, "customer.credit")
    customer = _locked(number, by, "customer.credit")
    if _is_no_limit(limit, customer.currency):
        raise Malformed(
            details=[amount_out_of_range("credit_limit", customer.currency, given=limit or ZERO, from_zero=True)]
        )
    before = customer.credit_limit
    # A new version: who saves the whole customer with the limit read before must not undo this one.
    Customer.objects.filter(pk=customer.pk).update(credit_limit=limit, version=customer.version + 1)
    customer.credit_limit, customer.version = limit, customer.version + 1
    record(
        "customer.credit_limit_set",
        subject=("customer", customer.pk),
        by=by,
        data={"changes": {"credit_limit": [str(before), str(limit)]}},
    )
    return customer


def note_customer_ordered(customer_id: int, *, on: date, count: int = 1) -> None:
    """Count an order in the customer's purchase history."""
    Customer.objects.filter(pk=customer_id).update(
        order_count=F("order_count") + count, latest_order_on=Greatest(Coalesce(F("latest_order_on"), on), on)
    )


def _locked(number: str, by: Actor, permission: str) -> Customer:
    rows = visible_customers(by, permission).select_for_update(of=("self",))
    customer = rows.filter(number=number.replace("\x00", "")).first()
    if customer is None:
        raise NotFound(what="customer", key=number)
    return customer


def _checked_term(given: CustomerInput) -> PaymentTerm:
    wrong = list(_faults(given))
    if given.delivery_policy not in DELIVERY_POLICIES:
        wrong.append(Detail("delivery_policy", "unknown", _("Choose one of the offered values.")))
    term = PaymentTerm.objects.filter(code=given.payment_term.replace("\x00", "")).first()
    if term is None:
        wrong.append(Detail("payment_term", "unknown", _("There is no such payment term.")))
    if given.owner_id is not None and not User.objects.filter(pk=given.owner_id).exists():
        wrong.append(Detail("owner", "unknown", _("There is no such user.")))
    if wrong or term is None:
        raise Malformed(details=wrong)
    return term


def _faults(given: CustomerInput) -> Iterable[Detail]:
    if not given.name.strip() or len(given.name) > LONGEST_NAME:
        yield Detail("name", "required", _("Enter a name of at most 200 characters."))
    for path, text in _texts(given):
        if "\x00" in text or len(text) > 2000:
            yield Detail(path, "invalid_text", _("This text is too long or contains characters that cannot be stored."))
    if given.kind not in KINDS:
        yield Detail("kind", "unknown", _("Choose one of the offered values."))
    if given.tax_status not in TAX_STATUSES:
        yield Detail("tax_status", "unknown", _("Choose one of the offered values."))
    if not CURRENCY.fullmatch(given.currency):
        yield Detail("currency", "unknown", _("Enter a three-letter currency code such as CNY."))
    if not COUNTRY.fullmatch(given.country):
        yield Detail("country", "unknown", _("Enter a two-letter country code such as CN."))
    if _is_no_limit(given.credit_limit, given.currency):
        limit = given.credit_limit or ZERO
        yield amount_out_of_range("credit_limit", given.currency, given=limit, from_zero=True)
    is_chinese_company = given.country == "CN" and given.kind == "company"
    if given.tax_number and is_chinese_company and not is_unified_credit_code(given.tax_number):
        yield Detail("tax_number", "bad_check_digit", _("This is not a valid 18-character unified social credit code."))
    for i, address in enumerate(given.addresses):
        if address.kind not in ("ship", "bill"):
            yield Detail(f"addresses[{i}].kind", "unknown", _("Choose one of the offered values."))
    for i, contact in enumerate(given.contacts):
        if not contact.name.strip():
            yield Detail(f"contacts[{i}].name", "required", _("Enter the contact's name."))


def _texts(given: CustomerInput) -> Iterable[tuple[str, str]]:
    for key, value in asdict(given).items():
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, tuple | list):
            for i, item in enumerate(value):
                if isinstance(item, str):
                    yield f"{key}[{i}]", item
                elif isinstance(item, Mapping):
                    yield from ((f"{key}[{i}].{k}", v) for k, v in item.items() if isinstance(v, str))


def _is_no_limit(limit: Decimal | None, currency: str) -> bool:
    """Tell whether an amount cannot be kept as it is: nothing is rounded in silence."""
    places = min(decimals_of(currency), AMOUNT_DECIMALS)
    return limit is not None and (not 0 <= limit < 10**15 or decimal_places(limit) > places)


def _check_credit_right(wanted: Decimal | None, known: Decimal | None, by: Actor) -> None:
    if wanted != known:
        require(by, "customer.credit")


def _check_tax_right(wanted: str, known: str, by: Actor) -> None:
    """Who is taxed how is no matter of whoever sells to them."""
    if wanted != known:
        require(by, "tax.manage")


def _save_people(customer: Customer, given: CustomerInput) -> None:
    Contact.objects.bulk_create(Contact(customer=customer, **asdict(one)) for one in given.contacts)
    Address.objects.bulk_create(Address(customer=customer, **asdict(one)) for one in given.addresses)


def _index(customer: Customer, given: CustomerInput) -> None:
    columns = search_columns(
        customer.number,
        given.name,
        given.short_name,
        customer.source_number,
        *(one.name for one in given.contacts),
        *(one.phone for one in given.contacts),
    )
    Customer.objects.filter(pk=customer.pk).update(**columns)


def _other_differences(given: CustomerInput, customer: Customer) -> Iterable[Detail]:
    """Compare what is no column of the customer: terms, tags, and each field of each contact and address."""
    if given.payment_term != customer.payment_term.code:
        yield both_values("payment_term", given.payment_term, customer.payment_term.code)
    if list(given.tags) != customer.tags:
        yield both_values("tags", ", ".join(given.tags), ", ".join(customer.tags))
    for part, mine, theirs in (
        ("contacts", given.contacts, customer.contacts.order_by("-is_main", "id")),
        ("addresses", given.addresses, customer.addresses.order_by("-is_main", "id")),
    ):
        names = [one.name for one in fields(ContactInput if part == "contacts" else AddressInput)]
        # Readers get the main one first, whatever place it was given at.
        ordered = sorted(mine, key=lambda one: not one.is_main)
        for i, both in enumerate(zip_longest(ordered, theirs)):
            for name in names:
                yours, other = (getattr(one, name, "") for one in both)
                if yours != other and (yours or other):
                    yield both_values(f"{part}[{i}].{name}", yours, other)
