"""Taxes with their days, the rules that choose one, and what an order's lines keep of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from shundan.catalog.actions import (
    TaxInForce,
    TaxInput,
    TaxPeriodInput,
    TaxRuleInput,
    add_tax,
    add_tax_rule,
    change_tax,
    change_tax_rule,
)
from shundan.catalog.models import TaxPeriod, TaxRate, TaxRule
from shundan.catalog.queries import list_tax_rates, tax_in_words
from shundan.catalog.rules import TaxBook, TaxChoice, TaxDays, Trade
from shundan.kernel.errors import Malformed, NotPermitted, VersionConflict
from shundan.orders.actions import LineInput, OrderInput, create_order, place_order, save_draft
from shundan.orders.queries import lines_of
from shundan.parties.actions import AddressInput, CustomerInput, change_customer
from tests import make

D = Decimal
pytestmark = pytest.mark.django_db
FINANCE = make.actor("finance")
BOUNDARY = date(2026, 4, 1)


def _falling(code: str = "vat_old") -> TaxInput:
    """Return a tax of 17 % until March that is 13 % from April on, and exempt from 2027."""
    return TaxInput(
        code=code,
        name_zh="曾为 17%",
        name_en="Once 17%",
        periods=(
            TaxPeriodInput(rate=D("0.17"), valid_to=date(2026, 3, 31)),
            TaxPeriodInput(rate=D("0.13"), valid_from=BOUNDARY, valid_to=date(2026, 12, 31)),
            TaxPeriodInput(kind="exempt", valid_from=date(2027, 1, 1)),
        ),
    )


def test_the_tax_of_the_orders_day_holds() -> None:
    make.shipped()
    add_tax(_falling(), by=FINANCE)
    customer, product = make.customer(), make.product(price="117.00", stock=5, tax_rate="vat_old")
    rates = {}
    for on in (date(2026, 3, 31), BOUNDARY, date(2027, 1, 1)):
        given = OrderInput(customer=customer.number, ordered_on=on, lines=(LineInput(sku=product.sku, quantity=D(1)),))
        line = lines_of(create_order(given, by=make.boss()))[0]
        rates[on.isoformat()] = (line.tax_kind, line.tax_rate, line.net, line.tax, line.gross)
    assert rates == {
        "2026-03-31": ("taxable", D("0.17"), D("100.00"), D("17.00"), D("117.00")),
        "2026-04-01": ("taxable", D("0.13"), D("103.54"), D("13.46"), D("117.00")),
        "2027-01-01": ("exempt", D(0), D("117.00"), D("0.00"), D("117.00")),
    }


def test_a_draft_saved_for_another_day_is_taxed_by_that_day() -> None:
    make.shipped()
    add_tax(_falling(), by=FINANCE)
    customer, product = make.customer(), make.product(price="117.00", tax_rate="vat_old")
    given = OrderInput(
        customer=customer.number,
        ordered_on=date(2026, 3, 31),
        lines=(LineInput(sku=product.sku, quantity=D(1)),),
    )
    order = create_order(given, by=make.boss())
    later = save_draft(order.number, replace(given, ordered_on=BOUNDARY), version=order.version, by=make.boss())
    assert [line.tax_rate for line in lines_of(later)] == [D("0.13")]


def test_a_product_whose_tax_has_no_rate_that_day_is_refused() -> None:
    make.shipped()
    ends = TaxInput(
        code="ends",
        name_zh="到期",
        name_en="Ends",
        periods=(TaxPeriodInput(rate=D("0.05"), valid_to=date(2026, 3, 2)),),
    )
    add_tax(ends, by=FINANCE)
    customer, product = make.customer(), make.product(tax_rate="ends")
    given = OrderInput(
        customer=customer.number, ordered_on=date(2026, 3, 3), lines=(LineInput(sku=product.sku, quantity=D(1)),)
    )
    with pytest.raises(Malformed) as refused:
        create_order(given, by=make.boss())
    assert [(one.path, one.code) for one in refused.value.details] == [("lines[0].sku", "no_tax_rate")]


@pytest.mark.parametrize(
    ("country", "status", "kind", "code"),
    [
        ("CN", "normal", "taxable", "vat13"),
        ("CN", "exempt", "exempt", "exempt"),
        ("CN", "not_taxable", "not_taxable", "untaxed"),
        ("CN", "export", "zero", "zero"),
        ("DE", "normal", "zero", "zero"),
        ("DE", "exempt", "exempt", "exempt"),
    ],
)
def test_who_buys_decides_and_one_statement_places_it(country: str, status: str, kind: str, code: str) -> None:
    customer = make.customer(country=country, tax_status=status)
    product = make.product(price="113.00", stock=5)
    given = OrderInput(customer=customer.number, lines=(LineInput(sku=product.sku, quantity=D(2)),))
    order = place_order(given, by=make.boss())
    assert order.category == "confirmed"
    kept = lines_of(type(order).objects.get(pk=order.pk))[0]
    taxed = kind == "taxable"
    assert (kept.tax_code, kept.tax_kind, kept.tax_rate) == (code, kind, D("0.13") if taxed else D(0))
    assert (kept.gross, kept.net, kept.tax) == (D("226.00"), *((D(200), D(26)) if taxed else (D(226), D(0))))


def test_other_countries_are_configuration() -> None:
    make.shipped()
    add_tax(
        TaxInput(
            code="de_vat19",
            name_zh="德国增值税 19%",
            name_en="German VAT 19%",
            country="DE",
            periods=(TaxPeriodInput(rate=D("0.19")),),
        ),
        by=FINANCE,
    )
    add_tax(
        TaxInput(
            code="us_ca",
            name_zh="加州销售税",
            name_en="California sales tax",
            country="US",
            periods=(TaxPeriodInput(rate=D("0.0725")),),
        ),
        by=FINANCE,
    )
    add_tax_rule(TaxRuleInput(name="德国", rank=31, country="DE", tax="de_vat19", product_kind="goods"), by=FINANCE)
    add_tax_rule(TaxRuleInput(name="加州", rank=32, country="US", region="CA", tax="us_ca"), by=FINANCE)
    product = make.product(price="100.00", stock=9)
    found = {}
    for country, region in (("DE", "Hessen"), ("US", "ca"), ("US", "OR"), ("FR", "")):
        customer = make.customer(country=country, includes_tax=False, addresses=(_address(country, region),))
        given = OrderInput(customer=customer.number, lines=(LineInput(sku=product.sku, quantity=D(1)),))
        line = lines_of(create_order(given, by=make.boss()))[0]
        found[country + region] = (line.tax_code, line.net, line.tax, line.gross)
    assert found == {
        "DEHessen": ("de_vat19", D("100.00"), D("19.00"), D("119.00")),
        "USca": ("us_ca", D("100.00"), D("7.25"), D("107.25")),
        "USOR": ("zero", D("100.00"), D("0.00"), D("100.00")),
        "FR": ("zero", D("100.00"), D("0.00"), D("100.00")),
    }


def _address(country: str, region: str) -> AddressInput:
    return AddressInput(country=country, province=region, street="Main Street 1", is_main=True)


def test_periods_that_share_a_day_are_refused_by_word_and_by_the_database() -> None:
    make.shipped()
    both = (
        TaxPeriodInput(rate=D("0.1"), valid_to=date(2026, 6, 30)),
        TaxPeriodInput(rate=D("0.2"), valid_from=date(2026, 6, 30)),
    )
    with pytest.raises(Malformed) as refused:
        add_tax(TaxInput(code="twice", name_zh="两次", name_en="Twice", periods=both), by=FINANCE)
    assert [(one.path, one.code) for one in refused.value.details] == [("periods[1].valid_from", "overlaps")]
    assert not TaxRate.objects.filter(code="twice").exists()
    tax = TaxRate.objects.get(code="vat13")
    with pytest.raises(IntegrityError, match="tax_period_overlaps_none"), transaction.atomic():
        TaxPeriod.objects.create(tax_rate=tax, kind="taxable", rate=D("0.2"), valid_from=date(2030, 1, 1))
    with pytest.raises(IntegrityError, match="tax_period_kind_and_rate"), transaction.atomic():
        TaxPeriod.objects.create(
            tax_rate=add_tax(_falling(), by=FINANCE), kind="exempt", rate=D("0.2"), valid_from=date(2040, 1, 1)
        )


def test_a_tax_in_use_keeps_a_rate_and_versions_are_told() -> None:
    make.shipped()
    make.product(tax_rate="vat13")
    over = TaxInput(
        code="vat13", name_zh="曾", name_en="Once", periods=(TaxPeriodInput(rate=D("0.13"), valid_to=date(2026, 3, 1)),)
    )
    with pytest.raises(TaxInForce):
        change_tax("vat13", over, version=1, by=FINANCE)
    with pytest.raises(VersionConflict):
        change_tax("vat9", replace(over, code="vat9"), version=7, by=FINANCE)
    assert TaxRate.objects.get(code="vat13").version == 1
    assert "vat13" in {one.code for one in list_tax_rates(by=FINANCE)}


def test_rules_have_one_place_each_and_are_retired() -> None:
    make.shipped()
    with pytest.raises(Malformed) as refused:
        add_tax_rule(TaxRuleInput(name="又一条", rank=40, tax="vat9"), by=FINANCE)
    assert [(one.path, one.code) for one in refused.value.details] == [("rank", "taken")]
    rule = TaxRule.objects.get(rank=40)
    given = TaxRuleInput(name=rule.name, rank=40, country="ABROAD", tax="zero", is_active=False)
    change_tax_rule(rule.pk, given, version=1, by=FINANCE)
    line = lines_of(make.order(of=make.customer(country="DE")))[0]
    assert line.tax_code == "vat13"


@pytest.mark.parametrize("role", ["rep", "warehouse", "sales_manager", "executive"])
def test_others_keep_no_taxes(role: str) -> None:
    make.shipped()
    with pytest.raises(NotPermitted):
        add_tax(_falling(), by=make.actor(role))
    with pytest.raises(NotPermitted):
        add_tax_rule(TaxRuleInput(name="x", rank=1, tax="zero"), by=make.actor(role))
    assert not TaxRate.objects.filter(code="vat_old").exists()


def test_who_sells_does_not_decide_how_a_customer_is_taxed() -> None:
    customer = make.customer()
    wish = CustomerInput(name=customer.name, tax_status="exempt")
    with pytest.raises(NotPermitted):
        change_customer(customer.number, wish, version=customer.version, by=make.actor("service"))
    customer.refresh_from_db()
    assert customer.tax_status == "normal"


def test_the_first_rule_that_fits_counts_on_its_days() -> None:
    days = TaxDays("taxable", D("0.1"), None, None)
    rules = (
        TaxChoice("sale", "", "", "", "service", "", "b", date(2026, 1, 1), date(2026, 1, 31)),
        TaxChoice("sale", "ABROAD", "", "", "", "a", "c", None, None),
        TaxChoice("purchase", "", "", "", "", "", "d", None, None),
    )
    book = TaxBook(dict.fromkeys("abcd", (days,)), rules)
    assert book.code_for("a", "service", Trade("sale"), on=date(2026, 1, 31)) == "b"
    assert book.code_for("a", "service", Trade("sale"), on=date(2026, 2, 1)) == "a"
    assert book.code_for("a", "goods", Trade("sale", "US"), on=date(2026, 1, 1)) == "c"
    assert book.code_for("b", "goods", Trade("sale", "US"), on=date(2026, 1, 1)) == "b"
    assert book.code_for("a", "goods", Trade("purchase"), on=date(2026, 1, 1)) == "d"
    assert book.code_for("a", "goods", Trade(), on=date(2026, 1, 1)) == "a"


def test_words_tell_the_three_kinds_of_nothing_apart() -> None:
    with override("zh-hans"):
        words = [tax_in_words(kind, D(0)) for kind in ("zero", "exempt", "not_taxable")]
    assert words == ["0%", "免税", "不征税"]
    assert tax_in_words("taxable", D("0.0725")) == "7.25%"
