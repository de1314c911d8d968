"""Suppliers: list, show, add."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from shundan.api.auth import actor
from shundan.api.fields import Answer, Code, Country, Currency, Given, Moment, Row, Words, moment
from shundan.api.pagination import Next, Searched, page_members
from shundan.api.routes import Routes
from shundan.parties.actions import SupplierInput, create_supplier
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
        "created_at": moment(one.created_at),
    }
