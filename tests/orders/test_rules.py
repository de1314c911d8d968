"""Amounts of lines, and what follows from quantities; without a database."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shundan.kernel.money import decimals_of
from shundan.orders.rules import (
    backordered_quantity,
    content_hash,
    fulfilment_of,
    invoiceable_quantity,
    invoicing_of,
    line_amounts,
    open_quantity,
    payment_of,
)

RATES = st.sampled_from([Decimal(rate) for rate in ("0", "0.01", "0.03", "0.05", "0.06", "0.09", "0.13", "0.2")])
CURRENCIES = st.sampled_from(["CNY", "USD", "EUR", "JPY", "KRW", "KWD"])
QUANTITIES = st.decimals(min_value="0.001", max_value=100_000, places=3)
PRICES = st.decimals(min_value=0, max_value=1_000_000, places=6)


@settings(max_examples=500)
@given(quantity=QUANTITIES, price=PRICES, rate=RATES, currency=CURRENCIES, off=st.integers(0, 100))
def test_with_tax_included_the_agreed_sum_never_moves(
    quantity: Decimal, price: Decimal, rate: Decimal, currency: str, off: int
) -> None:
    cent = Decimal(1).scaleb(-decimals_of(currency))
    agreed = (quantity * price).quantize(cent, rounding="ROUND_HALF_UP")
    discount = (agreed * off / 100).quantize(cent, rounding="ROUND_DOWN")
    found = line_amounts(
        quantity=quantity, unit_price=price, discount=discount, tax_rate=rate, includes_tax=True, currency=currency
    )
    assert found.gross == agreed - discount == found.net + found.tax
    # Within one unit of the last place of what a tax office computes from the net amount.
    assert abs(found.tax - found.net * rate) <= cent
    assert found.net >= 0 and found.tax >= 0
    assert all(one == one.quantize(cent) for one in (found.gross, found.net, found.tax))


@settings(max_examples=500)
@given(quantity=QUANTITIES, price=PRICES, rate=RATES, currency=CURRENCIES)
def test_with_tax_excluded_net_leads_and_tax_is_rounded_once(
    quantity: Decimal, price: Decimal, rate: Decimal, currency: str
) -> None:
    cent = Decimal(1).scaleb(-decimals_of(currency))
    found = line_amounts(
        quantity=quantity, unit_price=price, discount=Decimal(0), tax_rate=rate, includes_tax=False, currency=currency
    )
    assert found.net == (quantity * price).quantize(cent, rounding="ROUND_HALF_UP")
    assert found.tax == (found.net * rate).quantize(cent, rounding="ROUND_HALF_UP")
    assert found.gross == found.net + found.tax


@pytest.mark.parametrize(
    ("quantity", "price", "off", "rate", "included", "currency", "amounts"),
    [
        ("3", "33.33", "0", "0.13", True, "CNY", ("99.99", "88.49", "11.50")),
        ("77", "12.35", "5.00", "0.13", True, "CNY", ("945.95", "837.12", "108.83")),
        ("3", "33.33", "0", "0.13", False, "CNY", ("112.99", "99.99", "13.00")),
        ("0.333", "1.005", "0", "0.06", True, "CNY", ("0.33", "0.31", "0.02")),
        ("7", "99", "0", "0.1", True, "JPY", ("693", "630", "63")),
        ("7", "99.4", "0", "0.1", False, "JPY", ("766", "696", "70")),
        ("3", "1.2345", "0", "0.05", True, "KWD", ("3.704", "3.528", "0.176")),
        ("10", "5.00", "50.00", "0.13", True, "CNY", ("0.00", "0.00", "0.00")),
        ("1", "100", "0", "0", True, "CNY", ("100.00", "100.00", "0.00")),
    ],
)
def test_amounts_to_the_cent(
    quantity: str, price: str, off: str, rate: str, included: bool, currency: str, amounts: tuple[str, str, str]
) -> None:
    found = line_amounts(
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        discount=Decimal(off),
        tax_rate=Decimal(rate),
        includes_tax=included,
        currency=currency,
    )
    assert (found.gross, found.net, found.tax) == tuple(Decimal(one) for one in amounts)


@dataclass
class Line:
    """A line of ten units, unless said otherwise."""

    quantity: Decimal = Decimal(10)
    cancelled: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    picked: Decimal = Decimal(0)
    shipped: Decimal = Decimal(0)
    delivered: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    invoiced: Decimal = Decimal(0)
    over: Decimal = Decimal(0)
    rejected: Decimal = Decimal(0)
    is_stocked: bool = True
    is_of_rejected: bool = False
    is_direct: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def line(**values: Any) -> Line:
    """Return a line with these quantities."""
    return Line(**{key: Decimal(value) if not key.startswith("is_") else value for key, value in values.items()})


SERVICE = line(is_stocked=False)


@pytest.mark.parametrize(
    ("lines", "fulfilment"),
    [
        ([], "none"),
        ([SERVICE], "none"),
        ([line()], "none"),
        ([line(reserved=4)], "partly_reserved"),
        ([line(reserved=10), line()], "partly_reserved"),
        ([line(reserved=10), line(reserved=10), SERVICE], "reserved"),
        ([line(cancelled=4, reserved=6)], "reserved"),
        # A supplier brings the second to the customer.
        ([line(reserved=10), line(is_direct=True)], "reserved"),
        ([line(reserved=4), line(is_direct=True)], "partly_reserved"),
        ([line(is_direct=True)], "none"),
        ([line(reserved=10, picked=1)], "picking"),
        ([line(shipped=1, reserved=9)], "partly_shipped"),
        ([line(shipped=10), line()], "partly_shipped"),
        ([line(shipped=10)], "shipped"),
        ([line(shipped=6, cancelled=4), SERVICE], "shipped"),
        ([line(shipped=10, delivered=9)], "shipped"),
        ([line(shipped=10, delivered=10)], "delivered"),
        ([line(shipped=10, delivered=10), line(cancelled=10)], "delivered"),
        ([line(cancelled=10)], "none"),
    ],
)
def test_fulfilment_follows_from_quantities(lines: list[Line], fulfilment: str) -> None:
    assert fulfilment_of(lines) == fulfilment


def test_what_a_transfer_lost_is_on_its_way_no_more_and_what_a_customer_sent_back_says_nothing_of_the_rest() -> None:
    lines = [line(shipped=10, delivered=8, returned=2)]
    assert [fulfilment_of(lines, is_transfer=one) for one in (True, False)] == ["delivered", "shipped"]
    assert fulfilment_of([line(shipped=10, delivered=8, returned=1)], is_transfer=True) == "shipped"


@pytest.mark.parametrize(
    ("lines", "on_shipment", "on_order"),
    [
        ([line()], "none", "to_invoice"),
        ([line(shipped=3)], "to_invoice", "to_invoice"),
        ([SERVICE], "to_invoice", "to_invoice"),
        ([line(shipped=3, invoiced=3)], "part", "part"),
        ([line(shipped=10, invoiced=10)], "full", "full"),
        ([line(shipped=10, invoiced=10), SERVICE], "part", "part"),
        ([line(shipped=6, cancelled=4, invoiced=6)], "full", "full"),
        ([line(cancelled=10)], "none", "none"),
        ([], "none", "none"),
    ],
)
def test_invoicing_follows_from_quantities(lines: list[Line], on_shipment: str, on_order: str) -> None:
    assert invoicing_of(lines, invoices_on="shipment") == on_shipment
    assert invoicing_of(lines, invoices_on="order") == on_order


@pytest.mark.parametrize(
    ("paid", "due", "payment"),
    [
        ("0", "100", "unpaid"),
        ("0.01", "100", "part"),
        ("100", "100", "paid"),
        ("100.01", "100", "overpaid"),
        ("0", "0", "unpaid"),
    ],
)
def test_payment_follows_from_money(paid: str, due: str, payment: str) -> None:
    assert payment_of(paid=Decimal(paid), due=Decimal(due)) == payment


def test_what_is_open_backordered_and_invoiceable() -> None:
    partly = line(cancelled=2, shipped=3, reserved=1, invoiced=1)
    assert (open_quantity(partly), backordered_quantity(partly)) == (Decimal(5), Decimal(4))
    assert invoiceable_quantity(partly, invoices_on="shipment") == Decimal(2)
    assert invoiceable_quantity(partly, invoices_on="order") == Decimal(7)
    assert backordered_quantity(SERVICE) == 0
    assert invoiceable_quantity(SERVICE, invoices_on="shipment") == Decimal(10)


def test_the_fingerprint_sees_content_and_not_how_a_number_is_written() -> None:
    one = content_hash({"customer": 1, "total": Decimal("10.00")}, [{"quantity": Decimal("1.000")}])
    assert one == content_hash({"total": Decimal("10"), "customer": 1}, [{"quantity": Decimal(1)}])
    assert one != content_hash({"customer": 2, "total": Decimal(10)}, [{"quantity": Decimal(1)}])
    assert one != content_hash({"customer": 1, "total": Decimal(10)}, [{"quantity": Decimal(2)}])
