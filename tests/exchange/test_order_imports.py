"""Orders from files: checked by all rules of entry without writing one, then placed once each."""

import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from shundan.catalog.actions import UnitInput
from shundan.exchange.actions import (
    ImportNotReady,
    ImportTouched,
    choose_import_columns,
    run_order_import,
    undo_order_import,
    upload_orders,
)
from shundan.exchange.imports.reading import BadFile
from shundan.exchange.models import ImportedOrder, OrderImport
from shundan.exchange.queries import get_order_import, headings_of_import, problems_of_import, sums_of_import
from shundan.exchange.sheets.orders import Problem, SheetOrder, problems_of
from shundan.exchange.sheets.reading import read_sheet
from shundan.kernel.errors import Detail, Malformed, NotFound, NotPermitted
from shundan.orders.actions import move_order
from shundan.orders.models import Order
from shundan.orders.rules.types import ChoiceOption
from tests import cast, make
from tests.cast import Cast
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
CHANNELS = (ChoiceOption("fair", "展会", "Fair"), ChoiceOption("visit", "拜访", "Visit"))
HEAD = "来源单号,客户,货号,数量,单价,渠道,要求日期,批次,神秘列\n"


@pytest.fixture
def people(db: None) -> Cast:
    """The two companies and six people."""
    return cast.everyone()


@pytest.fixture
def probe(people: Cast) -> None:
    """A type with an attribute of the header, required, and one of the lines."""
    make.product("FILE-1", price="10.00", stock=100)
    make.order_type(
        "probe",
        attributes=(
            make.attribute("channel", "choice", options=CHANNELS, name_zh="渠道", is_required=True),
            make.attribute("batch", place="line", name_zh="批次"),
        ),
        line_columns=("quantity", "price", "batch"),
    )


def kept(text: str, people: Cast, *, until: str = "draft", encoding: str = "utf-8", **more: Any) -> OrderImport:
    by = more.pop("by", people.wang)
    return upload_orders("订单.csv", text.encode(encoding), type_code=more.get("type", "probe"), until=until, by=by)


def problems(found: OrderImport) -> list[tuple[int, str]]:
    return [(one["row"], one["column"]) for one in problems_of_import(found)]


def test_too_many_lines_are_said_of_the_order_and_of_no_column() -> None:
    refusal = Malformed(details=[Detail("lines", "too_many_lines", "split it")])
    assert problems_of(refusal, SheetOrder(7, "A-1"), columns=[]) == [Problem(7, "", "split it")]


def test_a_file_is_checked_then_run_and_each_order_comes_once(probe: None, people: Cast) -> None:
    number, name = people.boyuan.number, people.boyuan.name
    text = HEAD + f"A-1,{number},FILE-1,2,,展会,2026/3/9,B7,x\nA-1,,FILE-1,1,9.5,,,B8,\nA-2,{name},FILE-1,1,,fair,,,\n"
    before = Order.objects.count()
    found = kept(text, people, encoding="gb18030", until="confirmed")
    assert (found.encoding, found.state, found.ignored, found.total) == ("gb18030", "checked", ["神秘列"], 2)
    told = sums_of_import(found)
    assert (told.counts, told.sums, problems(found)) == ({"good": 2}, {"CNY": Decimal("39.50")}, [])
    assert Order.objects.count() == before
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    found.refresh_from_db()
    assert (found.state, found.done) == ("done", 2)
    first = Order.objects.get(source_number="A-1")
    assert (first.state, first.total, first.attributes) == ("confirmed", Decimal("29.50"), {"channel": "fair"})
    assert [one.attributes for one in first.lines.order_by("position")] == [{"batch": "B7"}, {"batch": "B8"}]
    assert (str(first.requested_on), first.owner_id, first.source) == ("2026-03-09", people.wang.id, "file")
    with make.refused(ImportNotReady):
        run_order_import(found.pk, by=people.wang)
    # The same numbers in another file are the same orders.
    again = kept(text.replace("B8", "B9"), people)
    assert sums_of_import(again).counts == {"known": 2}
    assert Order.objects.count() == before + 2


def test_rows_without_a_source_number_are_told_apart_by_file_and_row(probe: None, people: Cast) -> None:
    number = people.boyuan.number
    text = f"customer,sku,qty,channel\n{number},FILE-1,1,fair\n,FILE-1,2,\n{number},FILE-1,3,visit\n"
    found = kept(text, people)
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    assert [one.line_count for one in Order.objects.filter(source="file").order_by("id")] == [2, 1]
    assert sums_of_import(kept(text, people)).counts == {"known": 2}
    assert sums_of_import(kept(f"{text}\n{number},FILE-1,4,fair\n", people)).counts == {"good": 3}


def test_each_problem_names_row_column_and_cure_and_stops_no_other_order(probe: None, people: Cast) -> None:
    number = people.boyuan.number
    rows = (
        f"B-1,{number},NOSUCH,1,,展会,,,",
        f"B-2,{number},FILE-1,abc,,展会,31.31.2026,,",
        f"B-3,{number},FILE-1,1,,月亮,,,",
        f"B-4,{number},FILE-1,1,,,,,",
        f"B-5,{number},FILE-1,1,,展会,,,",
        "B-5,OTHER,FILE-1,1,,,,,",
        f"B-6,{number},FILE-1,1,,展会,,,",
        "B-7,C-NOBODY,FILE-1,1,,展会,,,",
    )
    found = kept(HEAD + "\n".join(rows), people, until="confirmed")
    assert problems(found) == [
        (2, "货号"),
        (3, "数量"),
        (3, "要求日期"),
        (4, "渠道"),
        (5, "渠道"),
        (7, "客户"),
        (9, "客户"),
    ]
    assert sums_of_import(found).counts == {"bad": 6, "good": 1}
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    assert [one.source_number for one in Order.objects.filter(source="file")] == ["B-6"]


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_when_it_is_placed_is_noted_and_leaves_nothing(probe: None, people: Cast) -> None:
    number = people.boyuan.number
    found = kept(
        HEAD + f"C-1,{number},FILE-1,1000,,展会,,,\nC-2,{number},FILE-1,1,,展会,,,\n", people, until="confirmed"
    )
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    assert sums_of_import(found).counts == {"failed": 1, "made": 1}
    assert [one.source_number for one in Order.objects.filter(source="file")] == ["C-2"]
    assert ImportedOrder.objects.get(outcome="failed").problems[0]["row"] == 2


def test_many_orders_are_checked_by_a_job(probe: None, people: Cast) -> None:
    rows = "".join(f"D-{at},{people.boyuan.number},FILE-1,1,,展会,,,\n" for at in range(120))
    found = kept(HEAD + rows, people)
    assert found.state == "checking"
    with make.refused(ImportNotReady):
        run_order_import(found.pk, by=people.wang)
    do_jobs()
    found.refresh_from_db()
    assert (found.state, found.done, sums_of_import(found).counts) == ("checked", 120, {"good": 120})


def test_only_who_enters_orders_uploads_and_only_their_own(probe: None, people: Cast) -> None:
    found = kept(HEAD + f"E-1,{people.boyuan.number},FILE-1,1,,展会,,,\n", people)
    with pytest.raises(NotFound):
        get_order_import(found.pk, by=people.zhang)
    with pytest.raises(NotPermitted):
        kept(HEAD + "x", people, by=make.person("finance", name="赵会计"))


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "文件为空"), (b"PK\x03\x04rubbish", "无法读取"), (b"a\x00b", "既不是表格"), (b"sku,qty\n", "没有数据行")],
)
def test_bad_files_are_refused_with_a_cure(content: bytes, said: str, people: Cast) -> None:
    with pytest.raises(BadFile) as refused:
        upload_orders("x.csv", content, type_code="sales", until="draft", by=people.wang)
    assert said in refused.value.message
    with pytest.raises(Malformed):
        upload_orders("x.csv", b"customer,price\nC,1\n", type_code="sales", until="draft", by=people.wang)
    assert not OrderImport.objects.exists()


def test_workbooks_give_days_numbers_and_texts() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["货号", "数量", "日期", "", "是"])
    sheet.write_string(2, 0, "007")
    sheet.write_number(2, 1, 0.1 + 0.2)
    sheet.write_number(2, 2, 46090, day)
    sheet.write_boolean(2, 4, True)
    book.close()
    found = read_sheet("a.xlsx", file.getvalue())
    assert found.head == ("货号", "数量", "日期", "", "是")
    assert found.rows == [(3, ["007", "0.3", "2026-03-09", "", "true"])]


def test_a_file_names_units_by_code_or_name(people: Cast) -> None:
    make.product("FILE-U", price="10.00", stock=100, units=(UnitInput(unit="box", numerator=12),))
    head = "来源单号,客户,货号,数量,单位,单价\n"
    number = people.boyuan.number
    rows = f"U-1,{number},FILE-U,2,箱,100.01\nU-1,,FILE-U,1,BOX,\nU-1,,FILE-U,5,件,\nU-2,{number},FILE-U,1,桶,\n"
    found = kept(head + rows, people, type="sales")
    assert sums_of_import(found).counts == {"good": 1, "bad": 1}
    assert problems(found) == [(5, "单位")]
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    lines = Order.objects.get(source_number="U-1").lines.order_by("position")
    assert [(one.quantity, one.order_unit, one.gross) for one in lines] == [
        (24, "box", Decimal("200.02")),
        (12, "box", 120),
        (5, "", 50),
    ]


FOREIGN = "Beleg,Kunde,Artikel,Menge,Kanal\n"
MEANINGS = {
    "Beleg": "source_number",
    "Kunde": "customer",
    "Artikel": "sku",
    "Menge": "quantity",
    "Kanal": "attribute.channel",
}


def test_columns_are_chosen_and_remembered_for_the_next_file(probe: None, people: Cast) -> None:
    text = f"{FOREIGN}D-1,{people.boyuan.number},FILE-1,2,fair\n"
    with make.refused(Malformed):
        kept(text, people)
    found = upload_orders("fremd.csv", text.encode(), type_code="probe", until="draft", by=people.wang, may_ask=True)
    assert (found.state, found.total, found.ignored) == ("mapping", 0, ["Beleg", "Kunde", "Artikel", "Menge", "Kanal"])
    assert [(one.text, one.examples, one.field) for one in headings_of_import(found)][2] == ("Artikel", ("FILE-1",), "")
    with make.refused(ImportNotReady):
        run_order_import(found.pk, by=people.wang)
    for wrong in ({"Artikel": "nose"}, {"Artikel": "sku", "Menge": "sku"}, {"Artikel": "sku"}):
        with make.refused(Malformed):
            choose_import_columns(found.pk, wrong, by=people.wang)
    with make.refused(NotFound):
        choose_import_columns(found.pk, MEANINGS, by=people.zhang)
    chosen = choose_import_columns(found.pk, MEANINGS, by=people.wang)
    assert (chosen.state, sums_of_import(chosen).counts, chosen.ignored) == ("checked", {"good": 1}, [])
    # A choice is changed as long as the file was not run, and the latest word is remembered.
    again = choose_import_columns(found.pk, MEANINGS | {"Kanal": ""}, by=people.wang)
    assert [one.text for one in headings_of_import(again) if not one.field] == ["Kanal"]
    choose_import_columns(found.pk, MEANINGS, by=people.wang)
    following = kept(f"{FOREIGN}D-2,{people.boyuan.number},FILE-1,1,visit\n", people)
    assert (following.state, sums_of_import(following).counts) == ("checked", {"good": 1})
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    assert OrderImport.objects.get(pk=found.pk).content is None
    assert Order.objects.get(source_number="D-1").attributes == {"channel": "fair"}
    with make.refused(ImportNotReady):
        choose_import_columns(found.pk, MEANINGS, by=people.wang)
    with make.refused(Malformed):
        kept(text, people, by=people.zhang)


def test_strange_headings_are_proposed_by_the_names_within_them(probe: None, people: Cast) -> None:
    text = f"流水,购买客户,商品货号,Qty ordered,Reorder,渠道来源\nH-1,{people.boyuan.number},FILE-1,2,2,fair\n"
    found = upload_orders("x.csv", text.encode(), type_code="probe", until="draft", by=people.wang, may_ask=True)
    assert [one.field for one in headings_of_import(found)] == [""] * 6
    proposed = {one.text: one.field for one in headings_of_import(found, by=people.wang)}
    assert proposed == {
        "流水": "",
        "购买客户": "customer",
        "商品货号": "sku",
        "Qty ordered": "quantity",
        "Reorder": "",
        "渠道来源": "attribute.channel",
    }


@pytest.mark.parametrize("until", ["draft", "confirmed"])
def test_an_import_is_taken_back_while_nobody_touched_its_orders(probe: None, people: Cast, until: str) -> None:
    text = HEAD + "".join(f"E-{i},{people.boyuan.number},FILE-1,1,,fair,,,\n" for i in (1, 2))
    found = kept(text, people, until=until)
    with make.refused(ImportNotReady):
        undo_order_import(found.pk, by=people.wang)
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    undo_order_import(found.pk, by=people.wang)
    do_jobs()
    found.refresh_from_db()
    assert (found.state, found.done, sums_of_import(found).counts) == ("undone", 2, {"undone": 2})
    assert {(one.category, one.source_key) for one in Order.objects.filter(source="file")} == {("cancelled", "")}
    with make.refused(ImportNotReady):
        undo_order_import(found.pk, by=people.wang)
    # The corrected file brings them anew.
    assert sums_of_import(kept(text, people)).counts == {"good": 2}


def test_an_import_stays_when_something_was_done_with_one_order(probe: None, people: Cast) -> None:
    text = HEAD + "".join(f"F-{i},{people.boyuan.number},FILE-1,1,,fair,,,\n" for i in (1, 2))
    found = kept(text, people)
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    touched = Order.objects.get(source_number="F-2")
    move_order(touched.number, "submit", by=people.wang)
    with make.refused(ImportTouched) as refusal:
        undo_order_import(found.pk, by=people.wang)
    assert touched.number in refusal.value.message
    assert sums_of_import(found).counts == {"made": 2}
    assert Order.objects.filter(source="file").exclude(category="cancelled").count() == 2


def test_an_order_touched_meanwhile_stays_and_says_so(probe: None, people: Cast) -> None:
    text = HEAD + "".join(f"G-{i},{people.boyuan.number},FILE-1,1,,fair,,,\n" for i in (1, 2))
    found = kept(text, people)
    run_order_import(found.pk, by=people.wang)
    do_jobs()
    undo_order_import(found.pk, by=people.wang)
    touched = Order.objects.get(source_number="G-1")
    move_order(touched.number, "submit", by=people.wang)
    do_jobs()
    found.refresh_from_db()
    assert (found.state, sums_of_import(found).counts) == ("undone", {"made": 1, "undone": 1})
    assert touched.number in next(iter(problems_of_import(found)))["message"]
