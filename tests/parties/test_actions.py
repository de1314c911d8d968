"""Keeping customers: what is refused, what is kept, and who may."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.parties.actions import (
    AddressInput,
    ContactInput,
    CustomerInput,
    change_customer,
    create_customer,
    set_credit_limit,
    set_customer_status,
)
from shundan.parties.models import Customer
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"kind": "ghost"}, "kind"),
        ({"currency": "cny"}, "currency"),
        ({"country": "China"}, "country"),
        ({"credit_limit": Decimal(-1)}, "credit_limit"),
        ({"credit_limit": Decimal("1" * 40)}, "credit_limit"),
        ({"payment_term": "never"}, "payment_term"),
        ({"payment_term": "\x00"}, "payment_term"),
        ({"tax_number": "91440300708461136X"}, "tax_number"),
        ({"owner_id": 999_999}, "owner"),
        ({"tags": ("a\x00",)}, "tags[0]"),
        ({"contacts": (ContactInput(name=" "),)}, "contacts[0].name"),
        ({"contacts": (ContactInput(name="李", phone="\x00"),)}, "contacts[0].phone"),
        ({"addresses": (AddressInput(kind="moon"),)}, "addresses[0].kind"),
        ({"addresses": (AddressInput(street="\x00"),)}, "addresses[0].street"),
    ],
)
def test_bad_data_is_refused_with_its_place(values: dict[str, Any], path: str) -> None:
    make.shipped()
    with make.refused(Malformed) as caught:
        create_customer(CustomerInput(**({"name": "上海博远"} | values)), by=make.boss())
    assert path in [detail.path for detail in caught.value.details]


def test_foreign_companies_and_people_need_no_chinese_tax_number() -> None:
    make.shipped()
    for more in ({"country": "DE"}, {"kind": "person"}):
        given = CustomerInput(name="Muster", tax_number="DE123456789", **more)  # type: ignore[arg-type]
        assert create_customer(given, by=make.boss()).tax_number == "DE123456789"


def test_a_conflict_shows_both_values() -> None:
    customer = make.customer()
    change_customer(customer.number, CustomerInput(name="新名", remark="甲"), version=1, by=make.boss())
    with make.refused(VersionConflict) as caught:
        change_customer(customer.number, CustomerInput(name="新名", remark="乙"), version=1, by=make.boss())
    assert [(one.path, one.yours, one.theirs) for one in caught.value.details] == [("remark", "乙", "甲")]


def test_a_conflict_shows_people_places_terms_and_tags_too() -> None:
    customer = make.customer()
    lei, mei = ContactInput(name="李雷", phone="1", is_main=True), ContactInput(name="韩梅梅", phone="2")
    dock = AddressInput(city="上海市", street="一号码头", is_main=True)
    theirs = CustomerInput(name="x", contacts=(mei, lei), addresses=(dock,), tags=("月结",))
    change_customer(customer.number, theirs, version=1, by=make.boss())
    mine = replace(
        theirs,
        contacts=(replace(lei, phone="3"),),
        addresses=(dock, AddressInput(kind="bill", street="财务部")),
        tags=(),
        payment_term="net60",
    )
    with make.refused(VersionConflict) as caught:
        change_customer(customer.number, mine, version=1, by=make.boss())
    assert {one.path: (one.yours, one.theirs) for one in caught.value.details} == {
        "payment_term": ("net60", "net30"),
        "tags": ("", "月结"),
        "contacts[0].phone": ("3", "1"),
        "contacts[1].name": ("", "韩梅梅"),
        "contacts[1].phone": ("", "2"),
        "addresses[1].kind": ("bill", ""),
        "addresses[1].country": ("CN", ""),
        "addresses[1].street": ("财务部", ""),
    }
    # What was read is what is compared: the same again, main contact first or not, differs in nothing.
    with make.refused(VersionConflict) as caught:
        change_customer(customer.number, replace(theirs, contacts=(lei, mei)), version=1, by=make.boss())
    assert caught.value.details == ()


def test_a_limit_that_is_sent_again_unchanged_needs_no_right_and_undoes_nothing() -> None:
    wang = make.person("rep")
    customer = make.customer(owner_id=wang.id, limit="5000.00")
    as_read = CustomerInput(name="新名", credit_limit=Decimal(5000))
    assert change_customer(customer.number, as_read, version=1, by=wang).credit_limit == 5000
    set_credit_limit(customer.number, limit=Decimal(9000), by=make.person("finance"))
    for by in (wang, make.boss()):
        with make.refused(VersionConflict) as caught:
            change_customer(customer.number, replace(as_read, name="新名二"), version=2, by=by)
        assert ("credit_limit", "5000", "9000.00") in [(d.path, d.yours, d.theirs) for d in caught.value.details]
    assert Customer.objects.get().credit_limit == 9000


def test_a_customer_changes_hands_with_its_department() -> None:
    east = make.department("EAST")
    customer, wang = make.customer(), make.user("rep", department=east)
    change_customer(customer.number, CustomerInput(name="x", owner_id=wang.pk), version=1, by=make.boss())
    kept = Customer.objects.get()
    assert (kept.owner_id, kept.department_id) == (wang.pk, east.pk)


def test_the_credit_limit_belongs_to_finance() -> None:
    wang = make.person("rep")
    customer = make.customer(owner_id=wang.id)
    with make.refused(NotPermitted):
        create_customer(CustomerInput(name="x", credit_limit=Decimal(1)), by=wang)
    with make.refused(NotPermitted):
        change_customer(customer.number, CustomerInput(name="x", credit_limit=Decimal(1)), version=1, by=wang)
    for role in ("rep", "sales_manager", "warehouse", "service", "executive", "auditor", "admin"):
        with make.refused(NotPermitted):
            set_credit_limit(customer.number, limit=Decimal(1), by=make.actor(role))
    set_credit_limit(customer.number, limit=Decimal("5000.00"), by=make.person("finance"))
    assert Customer.objects.get().credit_limit == Decimal("5000.00")
    assert Event.objects.get(kind="customer.credit_limit_set").data["changes"] == {"credit_limit": ["None", "5000.00"]}


def test_only_those_who_see_a_customer_change_it() -> None:
    wang, li = make.person("rep"), make.person("rep")
    customer = make.customer(owner_id=wang.id)
    with make.refused(NotFound):
        change_customer(customer.number, CustomerInput(name="x"), version=1, by=li)
    with make.refused(NotFound):
        set_customer_status(customer.number, status="closed", by=li)
    assert set_customer_status(customer.number, status="closed", by=wang).status == "closed"
    assert set_customer_status(customer.number, status="closed", by=wang).status == "closed"
    assert Event.objects.filter(kind="customer.closed").count() == 1
