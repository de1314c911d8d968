"""Customers with contacts, addresses, terms and credit."""

from dataclasses import fields
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.fields import (
    Amount,
    Answer,
    Code,
    Country,
    Currency,
    DayText,
    Flag,
    Given,
    Moment,
    NoInput,
    Number,
    Person,
    Row,
    Text,
    Version,
    Words,
    amount,
    day,
    moment,
)
from shundan.api.narrowing import OfOwner, OfTag
from shundan.api.pagination import Next, Sorted, page_members
from shundan.api.people import Who, user_id_of
from shundan.api.routes import Routes
from shundan.api.sent_back import SentBack
from shundan.billing.queries import credit_of
from shundan.kernel.actor import Actor
from shundan.parties.actions import (
    AddressInput,
    ContactInput,
    CustomerInput,
    change_customer,
    create_customer,
    set_credit_limit,
    set_customer_status,
)
from shundan.parties.queries import CustomerFilter, get_customer, list_customers

routes = Routes("customers")

Language = Literal["zh-hans", "en"]
TaxStatus = Literal["normal", "export", "exempt", "not_taxable"]


class CustomerRow(Answer):
    """A customer as lists show it."""

    number: str
    name: str
    short_name: str
    kind: str
    status: str
    owner: Person | None
    currency: str
    payment_term: str
    credit_limit: Amount | None
    country: str
    region: str
    tags: list[str]
    order_count: int
    latest_order_on: DayText | None
    version: int
    created_at: Moment


class CustomerList(Answer):
    """One page of customers."""

    items: list[CustomerRow]
    next: Next


class ContactAnswer(Answer):
    """A person at the customer."""

    name: str
    title: str
    phone: str
    email: str
    is_main: bool


class AddressAnswer(Answer):
    """Where the customer gets goods (ship) or papers (bill)."""

    kind: str
    contact_name: str
    phone: str
    country: str
    province: str
    city: str
    district: str
    street: str
    postal_code: str
    is_main: bool


class Customer(CustomerRow):
    """A customer with contacts and addresses."""

    includes_tax: bool
    delivery_policy: str
    language: str
    tax_title: str
    tax_number: str
    tax_status: str
    bank_name: str
    bank_account: str
    preferences: str
    remark: str
    source: str
    source_number: str
    contacts: list[ContactAnswer]
    addresses: list[AddressAnswer]


class CreditAnswer(Answer):
    """What a customer may come to owe, in the customer's currency; without a limit nothing is checked."""

    currency: str
    limit: Amount | None
    ordered: Amount
    receivable: Amount
    unallocated: Amount
    exposure: Amount
    available: Amount | None


class ContactGiven(Given):
    """A person at the customer."""

    name: Annotated[Words, Field(min_length=1)]
    title: Words = ""
    phone: Words = ""
    email: Words = ""
    is_main: Flag = False


class AddressGiven(Given):
    """Where the customer gets goods (ship) or papers (bill)."""

    kind: Literal["ship", "bill"] = "ship"
    contact_name: Words = ""
    phone: Words = ""
    country: Country = "CN"
    province: Words = ""
    city: Words = ""
    district: Words = ""
    street: Words = ""
    postal_code: Words = ""
    is_main: Flag = False


class CustomerGiven(Given):
    """A customer; the owner is by default the one who adds it."""

    name: Annotated[Words, Field(min_length=1)]
    short_name: Words = ""
    kind: Literal["company", "person"] = "company"
    currency: Currency = "CNY"
    includes_tax: Flag = True
    # What is taken at once: anything, whole lines, or the whole order.
    delivery_policy: Literal["any", "complete_line", "complete_order"] = "any"
    payment_term: Code = "net30"
    owner: Who | None = None
    language: Language = "zh-hans"
    country: Country = "CN"
    region: Words = ""
    tax_title: Words = ""
    tax_number: Words = ""
    bank_name: Words = ""
    bank_account: Words = ""
    tags: Annotated[list[Code], Field(max_length=50)] = []
    preferences: Text = ""
    remark: Text = ""
    contacts: Annotated[list[ContactGiven], Field(max_length=100)] = []
    addresses: Annotated[list[AddressGiven], Field(max_length=100)] = []

    def as_input(self, **more: Any) -> CustomerInput:
        """Return the customer as the domain takes it (Any: further members of the domain's input)."""
        names = {one.name for one in fields(CustomerInput)} & set(type(self).model_fields)
        given = {name: getattr(self, name) for name in names} | more
        given["owner_id"] = user_id_of(self.owner, path="owner") if self.owner else None
        given["tags"] = tuple(self.tags)
        given["contacts"] = tuple(ContactInput(**dict(one)) for one in self.contacts)
        given["addresses"] = tuple(AddressInput(**dict(one)) for one in self.addresses)
        return CustomerInput(**given)


class CustomerToAdd(CustomerGiven):
    """A new customer; a credit limit needs the permission customer.credit, a tax status tax.manage."""

    credit_limit: Number | None = None
    tax_status: TaxStatus = "normal"


class CustomerToSave(CustomerGiven, SentBack):
    """A customer as it shall be, and the version that was read.

    The credit limit has its own address: left out or sent as it was read it stays; another one needs the permission
    customer.credit. So does the tax status, with tax.manage. What was read may be sent back whole; what cannot be set
    here (number, status …) is refused as `cannot_be_set` where it was changed.
    """

    read_as = Customer
    derived = frozenset({"created_at", "order_count", "latest_order_on"})

    version: Version
    credit_limit: Number | None = None
    tax_status: TaxStatus | None = None


class CreditLimitGiven(Given):
    """How much the customer may owe; null switches the check off."""

    limit: Number | None


class CustomersWanted(Sorted):
    """What the list is narrowed to."""

    status: Literal["", "active", "closed"] = ""
    tag: OfTag = ""
    owner: OfOwner = None


@routes.get("/customers", permission="customer.read", answer=CustomerList)
def index(request: HttpRequest, wanted: Query[CustomersWanted]) -> CustomerList:
    """List the customers you may see; the search takes number, name, pinyin or initials.

    Sort by id, number, name or latest_order_on, with a minus sign downward.
    """
    owner_id = int(wanted.owner) if wanted.owner else None
    narrowed = CustomerFilter(search=wanted.search, status=wanted.status, tag=wanted.tag, owner_id=owner_id)
    page = list_customers(
        by=actor(request), wanted=narrowed, cursor=wanted.cursor, limit=wanted.limit, sort=wanted.sort
    )
    return CustomerList(**page_members(page, lambda one: CustomerRow(**_members(one))))


@routes.post("/customers", permission="customer.create", answer=Customer)
def create(request: HttpRequest, given: CustomerToAdd) -> Customer:
    """Add a customer with contacts and addresses."""
    return _answer(
        create_customer(given.as_input(credit_limit=given.credit_limit, tax_status=given.tax_status), by=actor(request))
    )


@routes.get("/customers/{number}", permission="customer.read", answer=Customer)
def show(request: HttpRequest, number: Code) -> Customer:
    """Show a customer with contacts and addresses."""
    return _answer(get_customer(number, by=actor(request)))


@routes.put("/customers/{number}", permission="customer.edit", answer=Customer)
def save(request: HttpRequest, number: Code, given: CustomerToSave) -> Customer:
    """Replace a customer's data, contacts and addresses; 409 version_conflict shows both values."""
    by = actor(request)
    known = get_customer(number, by=by, permission="customer.edit")
    given.check_unsettable(lambda: _answer(known))
    is_sent = "credit_limit" in given.model_fields_set
    status = given.tax_status or known.tax_status
    wished = given.as_input(credit_limit=given.credit_limit if is_sent else known.credit_limit, tax_status=status)
    return _answer(change_customer(number, wished, version=given.version, by=by))


@routes.post("/customers/{number}/close", permission="customer.edit", answer=Customer, status=200)
def close(request: HttpRequest, number: Code, given: NoInput | None = None) -> Customer:
    """Close a customer for new orders."""
    return _answer(set_customer_status(number, status="closed", by=actor(request)))


@routes.post("/customers/{number}/open", permission="customer.edit", answer=Customer, status=200)
def open_again(request: HttpRequest, number: Code, given: NoInput | None = None) -> Customer:
    """Open a closed customer again."""
    return _answer(set_customer_status(number, status="active", by=actor(request)))


@routes.get("/customers/{number}/credit", permission="customer.read", answer=CreditAnswer)
def credit(request: HttpRequest, number: Code) -> CreditAnswer:
    """Show what a customer may come to owe and may still order."""
    by = actor(request)
    return _credit(get_customer(number, by=by), by)


@routes.put("/customers/{number}/credit", permission="customer.credit", answer=CreditAnswer)
def limit(request: HttpRequest, number: Code, given: CreditLimitGiven) -> CreditAnswer:
    """Set how much a customer may owe."""
    by = actor(request)
    return _credit(set_credit_limit(number, limit=given.limit, by=by), by)


def _answer(customer: Row) -> Customer:
    plain = (
        "includes_tax delivery_policy language tax_title tax_number tax_status bank_name bank_account preferences"
        " remark source source_number"
    ).split()
    return Customer(
        **_members(customer),
        **{name: getattr(customer, name) for name in plain},
        contacts=[ContactAnswer(**_same(one, ContactAnswer)) for one in customer.contacts.all()],
        addresses=[AddressAnswer(**_same(one, AddressAnswer)) for one in customer.addresses.all()],
    )


def _same(row: Row, answer: type[Answer]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in answer.model_fields}


def _members(customer: Row) -> dict[str, Any]:
    owner = customer.owner
    limit = customer.credit_limit
    return {
        "number": customer.number,
        "name": customer.name,
        "short_name": customer.short_name,
        "kind": customer.kind,
        "status": customer.status,
        "owner": None if owner is None else Person(id=str(owner.pk), name=owner.name),
        "currency": customer.currency,
        "payment_term": customer.payment_term.code,
        "credit_limit": None if limit is None else amount(limit, customer.currency),
        "country": customer.country,
        "region": customer.region,
        "tags": list(customer.tags),
        "order_count": customer.order_count,
        "latest_order_on": day(customer.latest_order_on),
        "version": customer.version,
        "created_at": moment(customer.created_at),
    }


def _credit(customer: Row, by: Actor) -> CreditAnswer:
    found = credit_of(customer, by=by)
    currency = found.currency
    return CreditAnswer(
        currency=currency,
        limit=None if found.limit is None else amount(found.limit, currency),
        ordered=amount(found.ordered, currency),
        receivable=amount(found.receivable, currency),
        unallocated=amount(found.unallocated, currency),
        exposure=amount(found.exposure, currency),
        available=None if found.available is None else amount(found.available, currency),
    )
