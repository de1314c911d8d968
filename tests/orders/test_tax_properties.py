"""Amounts and taxes of lines, whatever the figures: nothing is a cent off, parts add up, notes mirror."""

from collections.abc import Iterable
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shundan.billing.queries.parts import parts_of_lines
from shundan.kernel.money import decimals_of, part_of, spread
from shundan.orders.models import Order, OrderLine
from shundan.orders.rules import LineAmounts, line_amounts

D = Decimal
RATES = st.sampled_from([D(one) for one in ("0.13", "0.09", "0.06", "0.05", "0.03", "0.01", "0", "0.19", "0.0725")])
CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KRW"])
QUANTITIES = st.decimals(min_value="0.000001", max_value="99999", places=3).filter(lambda one: one > 0)
PRICES = st.decimals(min_value=0, max_value="99999", places=6)


def _amounts(quantity: D, price: D, off: D, rate: D, currency: str, *, includes_tax: bool) -> LineAmounts:
    worth = line_amounts(
        quantity=quantity, unit_price=price, discount=D(0), tax_rate=D(0), includes_tax=True, currency=currency
    ).gross
    return line_amounts(
        quantity=quantity,
        unit_price=price,
        discount=(worth * off).quantize(D(1).scaleb(-decimals_of(currency))),
        tax_rate=rate,
        includes_tax=includes_tax,
        currency=currency,
    )


def _cent(currency: str) -> D:
    return D(1).scaleb(-decimals_of(currency))


@given(QUANTITIES, PRICES, st.sampled_from([D(0), D("0.1"), D("0.333")]), RATES, CURRENCIES, st.booleans())
def test_gross_is_net_and_tax_and_what_was_agreed_never_moves(
    quantity: D, price: D, off: D, rate: D, currency: str, includes_tax: bool
) -> None:
    found = _amounts(quantity, price, off, rate, currency, includes_tax=includes_tax)
    free = _amounts(quantity, price, off, D(0), currency, includes_tax=True)
    assert found.gross == found.net + found.tax
    assert (found.gross if includes_tax else found.net) == free.gross, "what was agreed is what is paid"
    for amount in (found.gross, found.net, found.tax):
        assert amount == amount.quantize(_cent(currency)), "no amount has more decimals than its currency"
    # By subtraction the tax is never farther from rate × net than a cent: inside what an e-invoice allows.
    assert abs(found.tax - found.net * rate) <= _cent(currency)


@given(st.lists(st.tuples(QUANTITIES, PRICES, RATES), min_size=1, max_size=20), CURRENCIES)
def test_an_inclusive_total_is_never_a_cent_off(lines: list[tuple[D, D, D]], currency: str) -> None:
    found = [_amounts(q, p, D(0), rate, currency, includes_tax=True) for q, p, rate in lines]
    agreed = sum(_amounts(q, p, D(0), D(0), currency, includes_tax=True).gross for q, p, _rate in lines)
    assert sum(one.net for one in found) + sum(one.tax for one in found) == agreed


@given(
    st.lists(st.integers(min_value=1, max_value=500), min_size=1, max_size=12), PRICES, RATES, CURRENCIES, st.booleans()
)
def test_parts_of_a_line_add_up_to_it_and_notes_take_them_back(
    parts: list[int], price: D, rate: D, currency: str, includes_tax: bool
) -> None:
    whole = D(sum(parts))
    amounts = _amounts(whole, price, D(0), rate, currency, includes_tax=includes_tax)
    order = Order(currency=currency)
    line = OrderLine(pk=1, quantity=whole, invoiced=D(0), gross=amounts.gross, net=amounts.net, tax=amounts.tax)
    held, papers = (D(0), D(0)), []
    for part in parts:
        (found,) = parts_of_lines(order, {line: D(part)}, {1: held})
        assert found.gross == found.net + found.tax
        papers.append((found.quantity, found.gross, found.net))
        line.invoiced += part
        held = (held[0] + found.gross, held[1] + found.net)
    assert held == (amounts.gross, amounts.net), "the last part takes the rest"
    back = sum((_note(quantity, gross, currency) for quantity, gross, _net in papers), D(0))
    assert back == amounts.gross


def _note(quantity: D, gross: D, currency: str) -> D:
    """Return what credit notes take back of a paper's line, one piece after the other, as returns write them."""
    taken = D(0)
    for upto in range(1, int(quantity) + 1):
        taken += part_of(gross, upto=D(upto), of=quantity, currency=currency) - taken
    return taken


@given(st.decimals(min_value=0, max_value=99999, places=2), st.lists(PRICES, min_size=1, max_size=30), CURRENCIES)
def test_a_discount_of_the_whole_is_borne_to_the_cent(total: D, weights: Iterable[D], currency: str) -> None:
    off = total.quantize(_cent(currency))
    assert sum(spread(off, list(weights), currency=currency)) == off
