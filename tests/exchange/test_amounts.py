"""The import's set-based amounts are those of the rule, line by line."""

from decimal import Decimal
from io import StringIO
from random import Random

import pytest
from django.db import connection
from rich.console import Console

from shundan.exchange.imports.comparing import Comparison, show
from shundan.exchange.imports.history import open_tables, set_amounts
from shundan.orders.rules import line_amounts

RATES = ("0", "0.01", "0.03", "0.06", "0.09", "0.13", "0.25")


@pytest.mark.parametrize("currency", ["CNY", "USD", "JPY", "KWD"])
def test_sets_and_rule_agree(db: None, currency: str) -> None:
    rng = Random(f"amounts {currency}")
    lines = [_random_line(rng) for _i in range(3000)]
    open_tables()
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into incoming_line (n, position, product_id, sku, name, is_stocked, quantity, unit_price, discount,"
            " tax_code, tax_rate) values (1, 1, 1, '', '', true, %s, %s, %s, '', %s)",
            lines,
        )
        set_amounts(currency)
        cursor.execute("select gross, net, tax from incoming_line order by id")
        stored = cursor.fetchall()
    for (quantity, price, discount, rate), found in zip(lines, stored, strict=True):
        rule = line_amounts(
            quantity=quantity, unit_price=price, discount=discount, tax_rate=rate, includes_tax=True, currency=currency
        )
        assert found == (rule.gross, rule.net, rule.tax), (quantity, price, discount, rate)


def _random_line(rng: Random) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    quantity = Decimal(rng.randint(-5000, 50_000)).scaleb(-rng.choice((0, 0, 0, 1, 3)))
    price = Decimal(rng.randint(-1000, 10 ** rng.randint(3, 9))).scaleb(-rng.choice((0, 2, 2, 3, 4, 10)))
    discount = Decimal(rng.randint(0, 10_000)).scaleb(-2) if rng.random() < 0.4 else Decimal(0)
    return quantity, price, discount, Decimal(rng.choice(RATES))


def test_the_comparison_shows_every_digit_in_a_narrow_window() -> None:
    printed = StringIO()
    figure = Comparison("net_line_rounded_by_category: Grains/Cereals", "1354458.5900", "1354458.5900")
    show("Northwind", [figure], Console(file=printed, width=80))
    assert printed.getvalue().count("1354458.5900") == 2
