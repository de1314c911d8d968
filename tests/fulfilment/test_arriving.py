"""A scanner at the goods that arrive: every code of a product counts what it stands for, what is wrong is refused."""

from decimal import Decimal

import pytest

from shundan.catalog.models import ProductUnit, Unit
from shundan.fulfilment.actions import ArrivalScan, TooManyArrived, read_arrival
from shundan.fulfilment.actions.scanning import WrongProduct
from shundan.inventory.queries import UnknownCode, UnreadableCode
from shundan.kernel.errors import NotFound, NotPermitted
from shundan.orders.actions import LineInput, OrderInput, place_order
from shundan.parties.actions import SupplierInput, create_supplier
from tests import make

pytestmark = pytest.mark.django_db
EAN = "6901234567892"


@pytest.fixture
def number() -> str:
    """Two lines of one product, eight and four, and three of one that is kept by lot."""
    bolt = make.product("BOLT-A")
    box = Unit.objects.get_or_create(code="box", defaults={"name_zh": "箱", "name_en": "box"})[0]
    ProductUnit.objects.create(product=bolt, unit=box, numerator=4, denominator=1, barcode="BOX-OF-4")
    make.product("MILK-A", tracking="lot", barcode=EAN)
    make.product("OTHER-A")
    works = create_supplier(SupplierInput(name="无锡紧固件"), by=make.boss())
    lines = tuple(
        LineInput(sku=sku, quantity=Decimal(quantity), unit_price=Decimal(1))
        for sku, quantity in (("BOLT-A", 8), ("BOLT-A", 4), ("MILK-A", 3))
    )
    return place_order(OrderInput(type="purchase", supplier=works.number, lines=lines), by=make.boss()).number


def read(number: str, code: str, **counted: int) -> ArrivalScan:
    """Scan a code where so much was counted before, by position: `p1=4`."""
    known = {int(at[1:]): Decimal(quantity) for at, quantity in counted.items()}
    return read_arrival(number, code, counted=known, by=make.boss())


def test_each_code_counts_what_it_stands_for_on_the_first_line_that_has_room(number: str) -> None:
    found = [
        read(number, "BOLT-A"),
        read(number, "BOX-OF-4", p1=4),
        read(number, "BOX-OF-4", p1=5),
        read(number, f"(01){EAN.rjust(14, '0')}(17)271231(10)L-9(30)2"),
    ]
    assert [(one.line.position, one.quantity, one.unit) for one in found] == [
        (1, 1, ""), (1, 4, ""), (2, 4, ""), (3, 2, "L-9")
    ]  # fmt: skip
    assert str(found[-1].expires_on) == "2027-12-31"


def test_what_is_wrong_is_refused_with_its_own_code(number: str) -> None:
    for refusal, code, counted in (
        (WrongProduct, "OTHER-A", {}),
        (UnknownCode, "NO-SUCH-CODE", {}),
        (UnreadableCode, "6901234567893", {}),
        (TooManyArrived, "BOX-OF-4", {"p1": 5, "p2": 1}),
        (TooManyArrived, EAN, {"p3": 3}),
    ):
        with make.refused(refusal):
            read(number, code, **counted)
    with make.refused(NotFound):
        read("PO-NONE", "BOLT-A")
    with make.refused(NotPermitted):
        read_arrival(number, "BOLT-A", counted={}, by=make.person("finance"))
