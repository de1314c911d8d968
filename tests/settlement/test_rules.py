"""Reading what banks write, and what tells whose money it is."""

from datetime import date
from decimal import Decimal

import pytest

from shundan.settlement.rules.banking import Movement, Unreadable, fingerprints, read_extracts
from shundan.settlement.rules.matching import name_key, numbers_in, shares_for
from tests.settlement.samples import CAMT, MT940, bank_csv


def test_mt940_says_days_amounts_texts_and_balances() -> None:
    (one,) = read_extracts(MT940.format(amount="1130,00", text="INV-2026-000001", closing="2080,00").encode())
    assert (one.form, one.account, one.opening, one.closing) == (
        "mt940",
        "62400000/0004711",
        Decimal("1000.00"),
        Decimal("2080.00"),
    )
    assert [(m.booked_on, m.amount, m.currency, m.text, m.reference) for m in one.movements] == [
        (date(2026, 3, 2), Decimal("1130.00"), "CNY", "INV-2026-000001", "BREF1"),
        (date(2026, 3, 3), Decimal("-50.00"), "CNY", "bank fee", "BREF2"),
    ]


def test_a_statement_that_lacks_an_entry_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read_extracts(MT940.format(amount="1130,00", text="x", closing="2090,00").encode())
    assert caught.value.code == "does_not_add_up"


@pytest.mark.parametrize(
    ("version", "party", "wrap"),
    [("02", "<Nm>博远</Nm>", "<Sts>{}</Sts>"), ("08", "<Pty><Nm>博远</Nm></Pty>", "<Sts><Cd>{}</Cd></Sts>")],
)
def test_camt_says_the_parts_of_a_gathered_booking_in_old_and_new_versions(version: str, party: str, wrap: str) -> None:
    text = CAMT.format(
        version=version, party=party, booked=wrap.format("BOOK"), pending=wrap.format("PDNG"), closing="25.00"
    )
    (one,) = read_extracts(text.encode())
    assert one.account == "DE02120300000000202051"
    assert [(m.amount, m.payer, m.payer_account, m.text) for m in one.movements] == [
        (Decimal("10.00"), "博远", "DE11", "INV-2026-000001 thanks E-1"),
        (Decimal("20.00"), "", "", ""),
        (Decimal("-5.00"), "", "", "fee"),
    ]


def test_an_xml_bomb_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    with pytest.raises(Unreadable):
        read_extracts(bomb)


def test_the_csv_of_a_chinese_bank_is_read_below_its_facts_and_above_its_sums() -> None:
    content = bank_csv(
        '20260302,"1,130.00",,5000.00,上海博远科技有限公司,6222 0001,货款 INV-2026-000001,L1',
        "2026-03-03 10:11:12,,50.00,4950.00,,,手续费,L2",
    )
    (one,) = read_extracts(content, account="工行")
    assert [(m.booked_on, m.amount, m.payer, m.text, m.reference) for m in one.movements] == [
        (date(2026, 3, 2), Decimal("1130.00"), "上海博远科技有限公司", "货款 INV-2026-000001", "L1"),
        (date(2026, 3, 3), Decimal("-50.00"), "", "手续费", "L2"),
    ]


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "empty", 0),
        (b"a,b\n1,2\n", "no_headings", 0),
        (b"date,amount\n2026-13-01,5\n", "bad_day", 2),
        (b"date,amount\n2026-03-01,1\n2026-03-01,five\n", "bad_amount", 3),
        (b"date,amount,direction\n2026-03-01,5,sideways\n", "bad_sign", 2),
        (b"date,credit,debit\n2026-03-01,5,3\n", "bad_sign", 2),
        (b"date;amount;text\n2026-03-01;1,5,0;x\n", "bad_amount", 2),
        (b"date;amount\n2026-03-01;1.2345,00\n", "bad_amount", 2),
        (b"\x00\x01\x02", "not_a_statement", 0),
        (b"<a></a>", "not_a_statement", 0),
        (b":20:X\n:60F:nonsense\n", "not_a_statement", 0),
    ],
)
def test_what_is_not_understood_is_refused_and_never_guessed(content: bytes, code: str, row: int) -> None:
    with pytest.raises(Unreadable) as caught:
        read_extracts(content)
    assert (caught.value.code, caught.value.row) == (code, row)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("100,00", "100.00"),
        ("-1.234,56", "-1234.56"),
        ("1.234.567,5", "1234567.5"),
        ("1,234.56", "1234.56"),
        ("1,234", "1234"),
        ("12,3456.00", "123456.00"),
        ("1，234.56元", "1234.56"),
        ("1.234", "1.234"),
    ],
)
def test_a_comma_parts_thousands_or_cents_as_it_is_written(said: str, meant: str) -> None:
    (one,) = read_extracts(f"date;amount\n2026-03-01;{said}\n".encode())
    assert [(each.amount, each.row) for each in one.movements] == [(Decimal(meant), 2)]


def test_two_alike_movements_of_a_file_are_two_and_the_same_in_the_next_file() -> None:
    one = Movement(booked_on=date(2026, 3, 2), amount=Decimal(5), currency="CNY")
    first, again = fingerprints("1-2", [one, one]), fingerprints("12", [one, one, one])
    assert len(set(first)) == 2 and again[:2] == first and len(set(again)) == 3


def test_numbers_are_found_however_people_write_them() -> None:
    found = numbers_in("货款inv-2026-000017，SO2026 000003; 订单 PO-77")
    assert {"INV-2026-000017", "SO-2026-000003", "PO-77"} <= found


def test_names_are_compared_without_legal_forms() -> None:
    assert name_key("上海博远科技有限公司") == name_key("上海博远科技 股份有限公司") == "上海博远科技"
    assert name_key("Acme Co., Ltd.") == name_key("ACME LIMITED") == "acme"


def test_money_goes_to_what_is_named_then_to_what_it_equals_then_to_the_oldest() -> None:
    due = [("A", Decimal(10)), ("B", Decimal(20)), ("C", Decimal(35))]
    assert shares_for(Decimal(25), due, named={"B"}) == ({"B": Decimal(20), "A": Decimal(5)}, "number")
    assert shares_for(Decimal(35), due) == ({"C": Decimal(35)}, "amount")
    assert shares_for(Decimal(65), due) == ({"A": Decimal(10), "B": Decimal(20), "C": Decimal(35)}, "sum")
    assert shares_for(Decimal(55), due) == ({"B": Decimal(20), "C": Decimal(35)}, "sum")
    assert shares_for(Decimal(12), due) == ({"A": Decimal(10), "B": Decimal(2)}, "oldest")
    assert shares_for(Decimal(12), []) == ({}, "oldest")
