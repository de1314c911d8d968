"""The checks before sending, each at its border."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shundan.einvoices.rules import RATES, TaxDocument, TaxedLine, TaxParty, faults_of, rates_from, unit_price_of

LINE = TaxedLine(
    position=1,
    name="螺丝",
    unit="个",
    quantity=Decimal(3),
    price=Decimal("29.4966666667"),
    net=Decimal("88.49"),
    tax=Decimal("11.50"),
    rate=Decimal("0.13"),
    code="1090122000000000000",
)
COMPANY = TaxParty(name="上海博远科技有限公司", tax_number="91310115MA1H700017")
DOCUMENT = TaxDocument(
    key="INV-1",
    kind="blue",
    medium="general",
    number="INV",
    seller=COMPANY,
    buyer=COMPANY,
    lines=(LINE,),
    net=LINE.net,
    tax=LINE.tax,
)


def codes(document: TaxDocument) -> list[str]:
    return [one.code for one in faults_of(document, rates=rates_from(RATES))]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"net": Decimal("88.50")}, []),
        ({"net": Decimal("88.51")}, ["amount_is_off"]),
        ({"tax": Decimal("11.56")}, []),
        ({"tax": Decimal("11.57")}, ["tax_is_off"]),
        ({"code": "109012200000000000"}, ["no_tax_code"]),
        ({"rate": Decimal("0.17"), "tax": Decimal("15.04")}, ["rate_not_allowed"]),
        ({"rate": Decimal(0), "tax": Decimal(0)}, ["no_reason_for_zero"]),
        ({"rate": Decimal(0), "tax": Decimal(0), "no_tax": "exempt"}, []),
    ],
)
def test_a_line(changed: dict[str, object], expected: list[str]) -> None:
    assert codes(replace(DOCUMENT, lines=(replace(LINE, **changed),))) == expected  # type: ignore[arg-type]


def test_many_lines_that_are_each_near_are_far_together() -> None:
    off = replace(LINE, tax=Decimal("11.56"))
    lines = tuple(replace(off, position=at) for at in range(1, 23))
    assert codes(replace(DOCUMENT, lines=lines)) == []
    more = (*lines, *(replace(off, position=at) for at in range(23, 25)))
    assert codes(replace(DOCUMENT, lines=more)) == ["total_tax_is_off"]
    assert codes(replace(DOCUMENT, lines=())) == ["no_lines"]


@pytest.mark.parametrize(
    ("medium", "buyer", "expected"),
    [
        ("general", TaxParty(name="王芳", is_person=True), []),
        ("special", TaxParty(name="王芳", is_person=True), ["buyer_tax_number", "special_for_person"]),
        ("general", TaxParty(name="博远"), ["buyer_tax_number"]),
        ("general", TaxParty(name="博远", tax_number="9131 0115"), ["buyer_tax_number"]),
        ("special", COMPANY, []),
    ],
)
def test_the_buyer(medium: str, buyer: TaxParty, expected: list[str]) -> None:
    assert codes(replace(DOCUMENT, medium=medium, buyer=buyer)) == expected


def test_a_red_letter_names_what_it_corrects() -> None:
    assert codes(replace(DOCUMENT, kind="red", original="123")) == ["no_original"]
    assert codes(replace(DOCUMENT, kind="red", original="2" * 20)) == []


def test_the_unit_price_gives_the_net_back() -> None:
    for quantity in ("0.333333", "7", "100000", "999999.999999"):
        net, units = Decimal("100000.01"), Decimal(quantity)
        assert abs(unit_price_of(net, units) * units - net) <= Decimal("0.01")
