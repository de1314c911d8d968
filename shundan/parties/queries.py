"""Finding customers, suppliers and terms."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.utils.translation import get_language, gettext

from shundan.accounts.scopes import holds, scope_sql
from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.instances import fetched
from shundan.kernel.letterhead import Letterhead
from shundan.kernel.listing import Page, count_capped, page_of
from shundan.kernel.memory import remembered_rows
from shundan.kernel.models import Event
from shundan.kernel.search import matches
from shundan.kernel.timeline import events_of_unscoped
from shundan.parties.models import Address, Contact, Customer, OwnCompany, PaymentTerm, Supplier
from shundan.parties.scopes import visible_customers

_HEAVY = {"search_text", "search_grams", "remark", "preferences"}
_BUYER_COLUMNS = tuple(one.attname for one in Customer._meta.concrete_fields if one.attname not in _HEAVY)
_TERM_COLUMNS = tuple(one.attname for one in PaymentTerm._meta.concrete_fields)
_ADDRESS_COLUMNS = tuple(one.attname for one in Address._meta.concrete_fields)
_BUYER = (
    "select "  # noqa: S608 - our own column names
    + ", ".join(
        f"{alias}.{column}"
        for alias, columns in (("c", _BUYER_COLUMNS), ("t", _TERM_COLUMNS), ("a", _ADDRESS_COLUMNS))
        for column in columns
    )
    + " from parties_customer c join parties_paymentterm t on t.id = c.payment_term_id"
    " left join lateral (select * from parties_address where customer_id = c.id"
    " order by kind = 'ship' desc, is_main desc, id limit 1) a on true where c.number = %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """What a customer list is narrowed to."""

    search: str = ""
    status: str = ""
    tag: str = ""
    owner_id: int | None = None


def list_customers(
    *,
    by: Actor,
    wanted: CustomerFilter | None = None,
    cursor: str | None = None,
    limit: int = 50,
    sort: str = "-id",
    counted: bool = False,
) -> Page[Customer]:
    """Return one page of the customers this actor sees. Raises: NotPermitted, Malformed."""
    require(by, "customer.read")
    wanted = wanted or CustomerFilter()
    rows = visible_customers(by).select_related("owner", "payment_term").prefetch_related("addresses")
    rows = rows.filter(matches(wanted.search))
    if wanted.status:
        rows = rows.filter(status=wanted.status)
    if wanted.tag:
        rows = rows.filter(tags__contains=[wanted.tag.replace("\x00", "")])
    if wanted.owner_id:
        rows = rows.filter(owner_id=wanted.owner_id)
    allowed = ("number", "name", "latest_order_on")
    return page_of(rows, cursor=cursor, limit=limit, sort=sort, allowed=allowed, counted=counted)


def count_customers(*, by: Actor) -> int:
    """Return how many customers this actor sees, at most 10,001."""
    return count_capped(visible_customers(by))


def get_customer(number: str, *, by: Actor, permission: str = "customer.read") -> Customer:
    """Return a customer with contacts and addresses. Raises: NotPermitted, NotFound."""
    require(by, permission)
    customer = (
        visible_customers(by, permission)
        .select_related("owner", "department", "team", "payment_term")
        .prefetch_related(
            Prefetch("contacts", queryset=Contact.objects.order_by("-is_main", "id")),
            Prefetch("addresses", queryset=Address.objects.order_by("-is_main", "id")),
        )
        .filter(number=number.replace("\x00", ""))
        .first()
    )
    if customer is None:
        raise NotFound(what="customer", key=number)
    return customer


def is_tag_used(tag: str, *, by: Actor) -> bool:
    """Tell whether a visible customer wears a tag."""
    return visible_customers(by).filter(tags__contains=[tag.replace("\x00", "")]).exists()


def customer_name(number: str, *, by: Actor) -> str:
    """Return the name of a visible customer, or the number itself when there is none."""
    rows = visible_customers(by).filter(number=number.replace("\x00", "")).values_list("name", flat=True)
    return rows.first() or number


def may_do_with_customer(permission: str, customer: Customer, *, by: Actor) -> bool:
    """Tell whether the actor holds a permission for one customer that they were allowed to fetch."""
    return holds(by, permission, customer)


def timeline_of_customer(customer: Customer, *, by: Actor) -> list[Event]:
    """Return what happened to a customer's record, newest first; none for actors who may not read events of it."""
    return events_of_unscoped([("customer", customer.pk)]) if holds(by, "event.read", customer) else []


def customers_matching_unscoped(search: str, *, limit: int = 500) -> list[int]:
    """Return ids of customers that match a search, for narrowing scoped lists of their documents."""
    return list(Customer.objects.filter(matches(search)).order_by("-id").values_list("id", flat=True)[:limit])


def suppliers_matching_unscoped(search: str, *, limit: int = 500) -> list[int]:
    """Return ids of suppliers that match a search, for narrowing scoped lists of their documents."""
    return list(Supplier.objects.filter(matches(search)).order_by("-id").values_list("id", flat=True)[:limit])


def suggest_customers(search: str, *, by: Actor, limit: int = 8) -> list[Customer]:
    """Return active customers for a picker, exact numbers first, then the ones who ordered last."""
    require(by, "customer.read")
    rows = visible_customers(by).filter(status="active")
    exact = list(rows.filter(number__iexact=search.strip().replace("\x00", ""))[:1]) if search.strip() else []
    others = rows.filter(matches(search)).exclude(pk__in=[one.pk for one in exact])
    return [*exact, *others.order_by("-latest_order_on", "-id")[: limit - len(exact)]]


def buyer(number: str, *, by: Actor) -> Customer:
    """Return a customer with term and main address for order entry, in one round trip.

    Raises: NotPermitted, NotFound.
    """
    require(by, "customer.read")
    condition, parameters = scope_sql(by, "customer.read", alias="c")
    rows = remembered_rows(f"{_BUYER} and {condition}", [number.replace("\x00", ""), *parameters])
    if not rows:
        raise NotFound(what="customer", key=number[:100])
    row = rows[0]
    ends = len(_BUYER_COLUMNS), len(_BUYER_COLUMNS) + len(_TERM_COLUMNS)
    customer = fetched(Customer, _BUYER_COLUMNS, row[: ends[0]])
    customer.payment_term = fetched(PaymentTerm, _TERM_COLUMNS, row[ends[0] : ends[1]])
    if row[ends[1]] is not None:
        customer.__dict__["main_address"] = fetched(Address, _ADDRESS_COLUMNS, row[ends[1] :])
    return customer


def main_address_of_buyer(customer: Customer) -> Address | None:
    """Return the main address that `buyer` fetched along."""
    return customer.__dict__.get("main_address")


def main_address(customer: Customer, *, kind: str = "ship") -> Address | None:
    """Return the address goods or papers go to by default."""
    ordered = customer.addresses.filter(kind=kind).order_by("-is_main", "id").first()
    return ordered or customer.addresses.order_by("-is_main", "id").first()


def list_payment_terms(*, by: Actor) -> list[PaymentTerm]:
    """Return all payment terms; they are no secret among colleagues."""
    return list(PaymentTerm.objects.order_by("days", "id")) if by.grants else []


def list_suppliers(
    *, by: Actor, search: str = "", cursor: str | None = None, limit: int = 50, counted: bool = False
) -> Page[Supplier]:
    """Return one page of suppliers. Raises: NotPermitted."""
    require(by, "supplier.read")
    rows = Supplier.objects.select_related("payment_term").filter(matches(search))
    return page_of(rows, cursor=cursor, limit=limit, counted=counted)


def suggest_suppliers(search: str, *, by: Actor, limit: int = 8, permission: str = "supplier.read") -> list[Supplier]:
    """Return suppliers for a picker, exact numbers first. Raises: NotPermitted."""
    require(by, permission)
    exact = list(Supplier.objects.filter(number__iexact=search.strip().replace("\x00", ""))[:1]) if search else []
    others = Supplier.objects.filter(matches(search)).exclude(pk__in=[one.pk for one in exact])
    return [*exact, *others.order_by("-id")[: limit - len(exact)]]


def numbers_of_party(party: str, text: str, *, by: Actor) -> list[str]:
    """Return the numbers of the customers or suppliers that a text names, by number or by their exact name.

    Raises: NotPermitted.
    """
    require(by, f"{party}.read")
    wanted = text.replace("\x00", "").strip()
    rows = visible_customers(by) if party == "customer" else Supplier.objects.all()
    named = rows.filter(Q(number__iexact=wanted) | Q(name=wanted)).order_by("id")
    found = list(named.values_list("number", flat=True)[:5])
    return [one for one in found if one.upper() == wanted.upper()] or found


def supplier_name(number: str, *, by: Actor) -> str:
    """Return the name of a supplier that the actor may see, or the number itself."""
    if not by.may("supplier.read"):
        return number
    rows = Supplier.objects.filter(number=number.replace("\x00", "")).values_list("name", flat=True)
    return rows.first() or number


def timeline_of_supplier(supplier: Supplier, *, by: Actor) -> list[Event]:
    """Return what happened to a supplier's record, newest first; none for actors who may not read events."""
    return events_of_unscoped([("supplier", supplier.pk)]) if by.may("event.read") else []


def get_supplier(number: str, *, by: Actor, permission: str = "supplier.read") -> Supplier:
    """Return a supplier with its term. Raises: NotPermitted, NotFound."""
    require(by, permission)
    rows = Supplier.objects.select_related("payment_term")
    supplier = rows.filter(number=number.replace("\x00", "")).first()
    if supplier is None:
        raise NotFound(what="supplier", key=number[:100])
    return supplier


def get_company(*, by: Actor) -> OwnCompany | None:
    """Return our own company, None before anybody entered it. Raises: NotPermitted."""
    require(by, "company.edit")
    return OwnCompany.objects.first()


def letterhead() -> Letterhead | None:
    """Return the head of papers in the language that is active now; None before anybody entered our company."""
    one = OwnCompany.objects.first()
    return None if one is None else letterhead_of(one)


def letterhead_of(one: OwnCompany) -> Letterhead:
    """Return the head of papers that a company's data make, in the language that is active now."""
    is_english = (get_language() or "").startswith("en")
    name, address = (one.name_en, one.address_en) if is_english else (one.name_zh, one.address_zh)
    reach = [part for part in (one.phone, one.email, one.website) if part]
    money = [
        gettext("Tax number %(number)s") % {"number": one.tax_number} if one.tax_number else "",
        " ".join(part for part in (one.bank_name, one.bank_account) if part),
    ]
    lines = [address or one.address_zh, " · ".join(reach), " · ".join(part for part in money if part)]
    return Letterhead(
        name=name or one.name_zh,
        lines=[line for line in lines if line],
        logo=bytes(one.logo),
        logo_size=(one.logo_width, one.logo_height),
    )
