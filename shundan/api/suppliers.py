"""Suppliers: list, show, add, change."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Country, Currency, Given, Moment, Row, Version, Words, moment
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.api.sent_back import SentBack
from shundan.parties.actions import SupplierInput, change_supplier, create_supplier
from shundan.parties.queries import get_supplier, list_suppliers

routes = Routes("suppliers")


class Supplier(Answer):
    """A company we buy from."""

    number: str
    name: str
    contact_name: str
    phone: str
    email: str
    country: str
    address: str
    currency: str
    payment_term: str | None
    tax_number: str
    bank_name: str
    bank_account: str
    version: int
    created_at: Moment


class SupplierList(Answer):
    """One page of suppliers."""

    items: list[Supplier]
    next: Next


class SupplierGiven(Given):
    """A supplier as it shall be."""

    name: Words
    contact_name: Words = ""
    phone: Words = ""
    email: Words = ""
    country: Country = "CN"
    address: Words = ""
    currency: Currency = "CNY"
    payment_term: Code = "net30"
    tax_number: Words = ""
    bank_name: Words = ""
    bank_account: Words = ""


class SupplierToSave(SupplierGiven, SentBack):
    """A supplier as it shall be instead of the version the client read, which may be sent back whole."""

    read_as = Supplier

    version: Version


@routes.get("/suppliers", permission="supplier.read", answer=SupplierList)
def index(request: HttpRequest, wanted: Query[Searched]) -> SupplierList:
    """List suppliers, newest first."""
    page = list_suppliers(by=actor(request), search=wanted.search, cursor=wanted.cursor, limit=wanted.limit)
    return SupplierList(**page_members(page, lambda one: Supplier(**_members(one))))


@routes.get("/suppliers/{number}", permission="supplier.read", answer=Supplier)
def show(request: HttpRequest, number: Code) -> Supplier:
    """Show a supplier."""
    return Supplier(**_members(get_supplier(number, by=actor(request))))


@routes.post("/suppliers", permission="supplier.edit", answer=Supplier)
def create(request: HttpRequest, given: SupplierGiven) -> Supplier:
    """Add a supplier."""
    made = create_supplier(SupplierInput(**given.model_dump()), by=actor(request))
    return show(request, made.number)


@routes.put("/suppliers/{number}", permission="supplier.edit", answer=Supplier)
def save(request: HttpRequest, number: Code, given: SupplierToSave) -> Supplier:
    """Replace a supplier's data; 409 version_conflict shows both values. Orders keep the terms they were made with."""
    by = actor(request)
    given.check_unsettable(lambda: Supplier(**_members(get_supplier(number, by=by))))
    wanted = SupplierInput(**given.model_dump(exclude={"version"}))
    return Supplier(**_members(change_supplier(number, wanted, version=given.version, by=by)))


def _members(one: Row) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "contact_name": one.contact_name,
        "phone": one.phone,
        "email": one.email,
        "country": one.country,
        "address": one.address,
        "currency": one.currency,
        "payment_term": one.payment_term.code if one.payment_term else None,
        "tax_number": one.tax_number,
        "bank_name": one.bank_name,
        "bank_account": one.bank_account,
        "version": one.version,
        "created_at": moment(one.created_at),
    }
