"""Adding and editing a customer with contacts and addresses; an edit meets other people's edits openly."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from shundan.accounts.queries import colleagues
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Refused, VersionConflict
from shundan.kernel.money import plain
from shundan.parties.actions import (
    AddressInput,
    ContactInput,
    CustomerInput,
    change_customer,
    create_customer,
)
from shundan.parties.queries import Customer, get_customer, list_payment_terms
from shundan.ui.doors import page
from shundan.web.forms import Given, do_once, errors_of, go, new_key, problems_of, refusal_of_form
from shundan.web.frame import frame, leave_message
from shundan.web.stock_words import DELIVERY_POLICIES
from shundan.web.tax_words import TAX_STATUS_WORDS
from shundan.web.words import (
    ADDRESS_FIELDS,
    ADDRESS_KINDS,
    CONTACT_FIELDS,
    CUSTOMER_FIELDS,
    CUSTOMER_KINDS,
    name_of,
    options,
)

TEXTS = ("name", "short_name", "tax_title", "tax_number", "bank_name", "bank_account", "region", "preferences")
# The form's names of what the domain calls otherwise.
FORM_NAMES = {"payment_term": "terms", "owner_id": "owner", "remark": "note"}
ROW = re.compile(r"^(contacts|addresses)\[(\d+)\]\.(\w+)$")
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD")


@page("customer.create", methods=("GET", "POST"))
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a customer."""
    if request.method == "GET":
        return _form(request, by, None, _blank())
    given = Given(request.POST)
    try:
        number = do_once(request, by=by, work=lambda: create_customer(_read(given, None), by=by).number)
    except Refused as refusal:
        return _form(request, by, None, _typed(given), refusal=refusal)
    leave_message(request, _("The customer %(number)s was added.") % {"number": number})
    return go(request, reverse("customers.show", kwargs={"number": number}))


@page("customer.edit", methods=("GET", "POST"))
def edit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Change a customer's record, on the version that the reader saw."""
    customer = get_customer(number, by=by, permission="customer.edit")
    if request.method == "GET":
        return _form(request, by, customer, _kept(customer))
    given = Given(request.POST)
    try:
        change_customer(number, _read(given, customer), version=given.whole("version") or 0, by=by)
    except Refused as refusal:
        typed = _typed(given)
        if not by.may("customer.credit"):
            # The field cannot be typed in: what finance set meanwhile must not come back as this person's wish.
            typed["credit_limit"] = _kept(customer)["credit_limit"]
        if not by.may("tax.manage"):
            typed["tax_status"] = customer.tax_status
        return _form(request, by, customer, typed, refusal=refusal)
    leave_message(request, _("The customer was saved."))
    return go(request, reverse("customers.show", kwargs={"number": number}))


def _read(given: Given, customer: Customer | None) -> CustomerInput:
    """Return what was typed as the domain takes it. Raises: Malformed."""
    texts = {name: given.text(name) for name in TEXTS}
    limit = (
        given.number("credit_limit") if "credit_limit" in given.data else (customer.credit_limit if customer else None)
    )
    found = CustomerInput(
        **texts,
        kind=given.text("kind", "company"),
        currency=given.text("currency", "CNY"),
        includes_tax=given.flag("includes_tax"),
        payment_term=given.text("terms", "net30"),
        credit_limit=limit,
        tax_status=given.text("tax_status") or (customer.tax_status if customer else "normal"),
        owner_id=given.whole("owner"),
        delivery_policy=given.text("delivery_policy") or "any",
        language=given.text("language", "zh-hans"),
        country=given.text("country", "CN").upper(),
        tags=tuple(
            dict.fromkeys(tag.strip() for tag in given.text("tags").replace("，", ",").split(",") if tag.strip())
        ),
        remark=given.text("note"),
        contacts=_contacts(given),
        addresses=_addresses(given),
    )
    given.check()
    return found


def _contacts(given: Given) -> tuple[ContactInput, ...]:
    return tuple(
        ContactInput(
            name=row.get("name", ""),
            title=row.get("role", ""),
            phone=row.get("phone", ""),
            email=row.get("email", ""),
            is_main=at == 0,
        )
        for at, row in enumerate(given.rows("contact"))
    )


def _addresses(given: Given) -> tuple[AddressInput, ...]:
    rows = [row for row in given.rows("address") if any(value for name, value in row.items() if name != "kind")]
    return tuple(
        AddressInput(
            kind=row.get("kind") or "ship",
            contact_name=row.get("contact", ""),
            phone=row.get("phone", ""),
            country=given.text("country", "CN").upper(),
            province=row.get("province", ""),
            city=row.get("city", ""),
            district=row.get("district", ""),
            street=row.get("street", ""),
            postal_code=row.get("postcode", ""),
            is_main=at == 0,
        )
        for at, row in enumerate(rows)
    )


def _form(
    request: HttpRequest,
    by: Actor,
    customer: Customer | None,
    values: dict[str, Any],
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    errors = {FORM_NAMES.get(path, path): said for path, said in errors_of(refusal).items()}
    is_conflict = isinstance(refusal, VersionConflict)
    back = reverse("customers.show", kwargs={"number": customer.number}) if customer else reverse("customers.list")
    context = {
        "page": frame(request, by, title=customer.name if customer else _("New customer"), active="customers"),
        "submit_url": request.path,
        "cancel_url": back,
        "version": customer.version if customer else None,
        "key": new_key(),
        "refusal": refusal_of_form(refusal, known={d.path: "" for d in refusal.details}) if refusal else None,
        "conflicts": _conflicts(refusal) if is_conflict else [],
        "errors": [] if is_conflict else [_renamed(one) for one in problems_of(refusal)],
        "error_of": {} if is_conflict else errors,
        "values": values,
        "contacts": values["contacts"],
        "addresses": values["addresses"],
        "choices": {
            "owners": colleagues(by=by),
            "delivery_policies": options(DELIVERY_POLICIES),
            "terms": [(one.code, name_of(one)) for one in list_payment_terms(by=by)],
            "currencies": [(code, code) for code in CURRENCIES],
            "kinds": options(CUSTOMER_KINDS),
            "address_kinds": options(ADDRESS_KINDS),
            "tax_statuses": options(TAX_STATUS_WORDS),
        },
        "may_set_tax": by.may("tax.manage"),
        "may_set_credit": by.may("customer.credit"),
    }
    return render(request, "customers/edit.html", context, status=refusal.status if refusal else 200)


def _renamed(problem: dict[str, str]) -> dict[str, str]:
    name = problem["field"].removeprefix("f-")
    return {**problem, "field": f"f-{FORM_NAMES.get(name, name)}"}


def _conflicts(refusal: Refused | None) -> list[dict[str, str]]:
    return [
        {"field": _place(d.path), "yours": _shown(d.path, d.yours), "theirs": _shown(d.path, d.theirs)}
        for d in (refusal.details if refusal else ())
    ]


def _place(path: str) -> str:
    """Return the name of a place in a customer, e.g. `contacts[1].phone` → Contact 2: Phone."""
    row = ROW.match(path)
    if row is None:
        return str(CUSTOMER_FIELDS.get(path, path))
    at = {"number": int(row[2]) + 1}
    if row[1] == "contacts":
        return _("Contact %(number)s: %(field)s") % (at | {"field": CONTACT_FIELDS[row[3]]})
    return _("Address %(number)s: %(field)s") % (at | {"field": ADDRESS_FIELDS[row[3]]})


def _shown(path: str, value: str | None) -> str:
    if path.startswith("addresses") and path.endswith(".kind"):
        return str(ADDRESS_KINDS.get(value or "", value or "--"))
    return _("Yes") if value == "true" else value or "--"


def _blank() -> dict[str, Any]:
    return {
        "kind": "company",
        "currency": "CNY",
        "terms": "net30",
        "includes_tax": True,
        "tax_status": "normal",
        "country": "CN",
        "delivery_policy": "any",
        "language": "zh-hans",
        "contacts": [{}],
        "addresses": [{"kind": "ship"}],
    }


def _kept(one: Customer) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in TEXTS}
    return values | {
        "number": one.number,
        "kind": one.kind,
        "owner": one.owner_id or "",
        "terms": one.payment_term.code,
        "currency": one.currency,
        "includes_tax": one.includes_tax,
        "tax_status": one.tax_status,
        "credit_limit": plain(one.credit_limit) if one.credit_limit is not None else "",
        "delivery_policy": one.delivery_policy,
        "language": one.language,
        "country": one.country,
        "tags": ", ".join(one.tags),
        "note": one.remark,
        "contacts": [
            {"id": c.pk, "name": c.name, "role": c.title, "phone": c.phone, "email": c.email}
            for c in one.contacts.all()
        ],
        "addresses": [
            {
                "id": a.pk,
                "kind": a.kind,
                "province": a.province,
                "city": a.city,
                "district": a.district,
                "street": a.street,
                "postcode": a.postal_code,
                "contact": a.contact_name,
                "phone": a.phone,
            }
            for a in one.addresses.all()
        ],
    }


def _typed(given: Given) -> dict[str, Any]:
    names = (
        *TEXTS,
        "number",
        "kind",
        "owner",
        "terms",
        "currency",
        "credit_limit",
        "tax_status",
        "delivery_policy",
        "language",
        "country",
        "tags",
        "note",
    )
    values: dict[str, Any] = {name: given.data.get(name, "") for name in names}
    return values | {
        "includes_tax": given.flag("includes_tax"),
        "contacts": given.rows("contact"),
        "addresses": given.rows("address"),
    }
