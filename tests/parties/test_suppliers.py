"""Keeping suppliers: who may, what is refused, and two buyers at one record."""

import pytest

from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.parties.actions import SupplierInput, change_supplier, create_supplier
from shundan.parties.models import Supplier
from shundan.parties.queries import list_suppliers, suggest_suppliers, supplier_name
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped() -> None:
    make.shipped()


def test_a_supplier_is_changed_and_found_by_its_new_name() -> None:
    buyer = make.person("purchasing")
    works = create_supplier(SupplierInput(name="无锡泵业有限公司", phone="0510-1"), by=buyer)
    changed = change_supplier(
        works.number, SupplierInput(name="无锡泵业集团", phone="0510-1", payment_term="net60"), version=1, by=buyer
    )
    assert (changed.name, changed.version, changed.payment_term.code) == ("无锡泵业集团", 2, "net60")  # type: ignore[union-attr]
    assert [one.number for one in list_suppliers(by=buyer, search="wxbyjt").items] == [works.number]
    assert [one.number for one in suggest_suppliers(works.number, by=buyer)] == [works.number]
    event = Event.objects.get(kind="supplier.changed")
    assert event.data["changes"] == {"name": ["无锡泵业有限公司", "无锡泵业集团"], "payment_term": ["net30", "net60"]}


def test_the_second_of_two_edits_is_told_both_values() -> None:
    buyer = make.person("purchasing")
    works = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=buyer)
    change_supplier(works.number, SupplierInput(name="无锡泵业有限公司", phone="1"), version=1, by=buyer)
    with make.refused(VersionConflict) as refused:
        change_supplier(works.number, SupplierInput(name="无锡泵业有限公司", phone="2"), version=1, by=buyer)
    (place,) = refused.value.details
    assert (place.path, place.yours, place.theirs) == ("phone", "2", "1")
    assert Supplier.objects.get().phone == "1"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (SupplierInput(name=""), "name"),
        (SupplierInput(name="x" * 201), "name"),
        (SupplierInput(name="A", currency="YUAN"), "currency"),
        (SupplierInput(name="A", country="China"), "country"),
        (SupplierInput(name="A", payment_term="never"), "payment_term"),
        (SupplierInput(name="A", phone="1\x00"), "phone"),
    ],
)
def test_malformed_records_change_nothing(given: SupplierInput, path: str) -> None:
    buyer = make.person("purchasing")
    works = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=buyer)
    with make.refused(Malformed) as refused:
        change_supplier(works.number, given, version=1, by=buyer)
    assert [one.path for one in refused.value.details] == [path]
    assert Supplier.objects.get().version == 1


def test_only_buyers_change_suppliers() -> None:
    works = create_supplier(SupplierInput(name="无锡泵业有限公司"), by=make.person("purchasing"))
    with make.refused(NotPermitted):
        change_supplier(works.number, SupplierInput(name="B"), version=1, by=make.person("finance"))
    with make.refused(NotPermitted):
        list_suppliers(by=make.person("rep"))
    with make.refused(NotFound):
        change_supplier("S-NONE", SupplierInput(name="B"), version=1, by=make.person("purchasing"))
    assert supplier_name(works.number, by=make.person("finance")) == "无锡泵业有限公司"
    assert supplier_name(works.number, by=make.person("rep")) == works.number
