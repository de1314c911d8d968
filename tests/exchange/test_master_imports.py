"""Products, customers and suppliers from files: judged without writing one, written once each, taken back."""

from decimal import Decimal
from typing import Any

import pytest

from shundan.catalog.actions import PriceInput, ProductInput, UnitInput, change_product, save_category
from shundan.catalog.models import Product
from shundan.catalog.queries import get_product
from shundan.exchange.actions import (
    ImportNotReady,
    RecordsTouched,
    choose_master_columns,
    run_master_import,
    undo_master_import,
    upload_masters,
)
from shundan.exchange.models import ImportedMaster, MasterImport
from shundan.exchange.queries import counts_of_masters, get_master_import, headings_of_masters, problems_of_masters
from shundan.exchange.sheets.products import input_of_product
from shundan.inventory.actions import ReorderInput, drop_reorder_rule, save_reorder_rule
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.referring import InUse
from shundan.parties.models import Customer, Supplier
from shundan.parties.queries import get_customer
from tests import make
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
HEAD = "货号,名称,英文名称,条码,类别,单位,税率,售价,重量,补货点,辅助单位,换算,辅助单位条码,辅助单位售价,颜色\n"


@pytest.fixture
def buyer() -> Actor:
    """Who keeps products and suppliers."""
    make.shipped()
    return make.person("purchasing", name="孙采购")


def kept(text: str, by: Actor, *, kind: str = "product", **more: Any) -> MasterImport:
    return upload_masters(kind, "资料.csv", text.encode(), by=by, **more)


def run(found: MasterImport, by: Actor) -> MasterImport:
    run_master_import(found.pk, by=by)
    do_jobs()
    found.refresh_from_db()
    return found


def problems(found: MasterImport) -> list[tuple[int, str]]:
    return [(one["row"], one["column"]) for one in problems_of_masters(found)]


def test_products_are_judged_then_written_with_units_prices_and_all_else(buyer: Actor) -> None:
    save_category(code="MI-BOLT", name_zh="紧固件", name_en="Fasteners", by=make.boss())
    text = (
        f"{HEAD}MI-1,六角螺栓,Hex bolt,690001,紧固件,件,13%,1.20,0.015,200,箱,100,690002,110,银\n"
        "MI-1,,,,,,,,,,克,1/2,,,\n"
        "MI-2,运费,,,,,6,30,,,,,,,\n"
    )
    found = kept(text, buyer)
    assert (found.state, found.total, counts_of_masters(found), found.ignored) == ("checked", 2, {"good": 2}, ["颜色"])
    assert problems(found) == []
    assert not Product.objects.filter(sku__startswith="MI-").exists()
    assert (run(found, buyer).state, counts_of_masters(found)) == ("done", {"made": 2})
    bolt = get_product("MI-1", by=buyer)
    assert (bolt.name_zh, bolt.name_en, bolt.barcode, bolt.category.code) == (
        "六角螺栓",
        "Hex bolt",
        "690001",
        "MI-BOLT",
    )
    assert (bolt.unit.code, bolt.tax_rate.code, bolt.weight, bolt.reorder_point) == (
        "pcs",
        "vat13",
        Decimal("0.015"),
        200,
    )
    assert input_of_product(bolt).units[0] == UnitInput(unit="box", numerator=100, barcode="690002")
    assert [(one.unit, one.numerator, one.denominator) for one in input_of_product(bolt).units][1:] == [("g", 1, 2)]
    assert set(input_of_product(bolt).prices) == {
        PriceInput(amount=Decimal("1.2")),
        PriceInput(amount=Decimal(110), unit="box"),
    }
    assert get_product("MI-2", by=buyer).tax_rate.code == "vat6"
    with make.refused(ImportNotReady):
        run_master_import(found.pk, by=buyer)
    # Again they are there already.
    assert counts_of_masters(kept(text, buyer)) == {"known": 2}


def test_each_fault_names_row_column_and_cure_and_stops_no_other(buyer: Actor) -> None:
    rows = (
        "MI-10,,,,,,,,,,,,,,",
        "MI-11,甲,,,无此类,桶桶,99%,x,-1,,,,,,",
        "MI-12,乙,,,,,,,,,箱,,,,",
        "MI-13,丙,,,,,,,,,箱,0,,,",
        "MI-14,丁,,,,,,,,,箱,12,MI-CODE,,",
        "MI-15,戊,,,,,,,,,箱,12,MI-CODE,,",
        "MI-14,癸,,,,,,,,,,,,,",
        "MI-16,己,,,,,,,,,件,12,,,",
        "MI-17,庚,,,,,,1.5,,,,,,,",
    )
    found = kept(HEAD + "\n".join(rows), buyer)
    assert problems(found) == [
        (2, "名称"),
        (3, "类别"),
        (3, "单位"),
        (3, "税率"),
        (3, "售价"),
        (3, "重量"),
        (4, "换算"),
        (5, "换算"),
        (8, "名称"),
        (7, "辅助单位条码"),
        (9, "辅助单位"),
    ]
    assert counts_of_masters(found) == {"bad": 7, "good": 1}
    run(found, buyer)
    assert list(Product.objects.filter(sku__startswith="MI-1").values_list("sku", flat=True)) == ["MI-17"]


def test_existing_products_change_only_where_chosen_and_only_what_the_file_says(buyer: Actor) -> None:
    make.product("MI-20", price="10.00", name_en="Old", weight=Decimal(2), units=(UnitInput(unit="box", numerator=6),))
    make.product("MI-21", price="3.00")
    before = input_of_product(get_product("MI-20", by=buyer))
    text = (
        "sku,english name,price,further unit,unit barcode\nMI-20,New,12.5,box,MI-20-BOX\nMI-21,,,,\nMI-22,Fresh,1,,\n"
    )
    left = run(kept(text, buyer), buyer)
    assert (counts_of_masters(left), get_product("MI-20", by=buyer).name_en) == ({"known": 2, "made": 1}, "Old")
    found = kept(text, buyer, is_update=True)
    assert counts_of_masters(found) == {"changes": 1, "known": 2}
    run(found, buyer)
    changed = input_of_product(get_product("MI-20", by=buyer))
    assert (changed.name_en, changed.name_zh, changed.weight) == ("New", before.name_zh, 2)
    assert [(one.amount, one.min_quantity) for one in changed.prices] == [(Decimal("12.5"), 0)]
    assert changed.units == (UnitInput(unit="box", numerator=6, barcode="MI-20-BOX"),)
    assert counts_of_masters(found) == {"changed": 1, "known": 2}
    undo_master_import(found.pk, by=buyer)
    do_jobs()
    assert input_of_product(get_product("MI-20", by=buyer)) == before
    assert Product.objects.filter(sku="MI-22").exists()


def test_an_import_is_taken_back_while_nothing_uses_its_records(buyer: Actor) -> None:
    text = "sku,name,price\nMI-30,螺母,1\nMI-31,垫圈,2\n"
    found = run(kept(text, buyer), buyer)
    save_reorder_rule(
        ReorderInput(sku="MI-31", warehouse="MAIN", reorder_point=Decimal(1), target=Decimal(2)), by=buyer
    )
    with make.refused(InUse) as refusal:
        undo_master_import(found.pk, by=buyer)
    assert ("MI-31" in refusal.value.message, "MI-30" in refusal.value.message) == (True, False)
    drop_reorder_rule("MI-31", "MAIN", by=buyer)
    undo_master_import(found.pk, by=buyer)
    do_jobs()
    found.refresh_from_db()
    assert (found.state, counts_of_masters(found)) == ("undone", {"undone": 2})
    assert not Product.objects.filter(sku__startswith="MI-3").exists()
    with make.refused(ImportNotReady):
        undo_master_import(found.pk, by=buyer)
    assert counts_of_masters(kept(text, buyer)) == {"good": 2}


def test_an_import_stays_when_somebody_changed_a_record(buyer: Actor) -> None:
    found = run(kept("sku,name\nMI-40,螺母\nMI-41,垫圈\n", buyer), buyer)
    change_product("MI-41", ProductInput(sku="MI-41", name_zh="平垫圈"), version=1, by=buyer)
    with make.refused(RecordsTouched) as refusal:
        undo_master_import(found.pk, by=buyer)
    assert "MI-41" in refusal.value.message
    assert Product.objects.filter(sku__startswith="MI-4").count() == 2


def test_what_changed_meanwhile_is_judged_anew_when_it_is_written(buyer: Actor) -> None:
    found = kept("sku,name,further unit,factor,unit barcode\nMI-50,螺母,box,10,MI-X\nMI-51,垫圈,,,\n", buyer)
    make.product("MI-51")
    make.product("MI-52", barcode="MI-X")
    run(found, buyer)
    assert counts_of_masters(found) == {"failed": 1, "known": 1}
    assert problems(found) == [(2, "unit barcode")]
    assert not Product.objects.filter(sku="MI-50").exists()


def test_many_are_judged_by_a_job_and_a_second_worker_writes_none_twice(buyer: Actor) -> None:
    rows = "".join(f"MI-6{at:03d},螺母,1\n" for at in range(120))
    found = kept(f"sku,name,price\n{rows}", buyer)
    assert found.state == "checking"
    with make.refused(ImportNotReady):
        run_master_import(found.pk, by=buyer)
    do_jobs()
    run_master_import(found.pk, by=buyer)
    run_master_import(found.pk, by=buyer)
    do_jobs()
    found.refresh_from_db()
    assert (found.state, found.done, Product.objects.filter(sku__startswith="MI-6").count()) == ("done", 120, 120)


def test_columns_are_chosen_and_remembered_by_kind_of_file(buyer: Actor) -> None:
    text = "Artikel,Bezeichnung\nMI-70,Mutter\n"
    with make.refused(Malformed):
        kept(text, buyer)
    found = kept(text, buyer, may_ask=True)
    assert (found.state, [one.field for one in headings_of_masters(found)]) == ("mapping", ["", ""])
    chosen = choose_master_columns(found.pk, {"Artikel": "sku", "Bezeichnung": "name_zh"}, by=buyer)
    assert (chosen.state, counts_of_masters(chosen)) == ("checked", {"good": 1})
    assert counts_of_masters(kept(text, buyer)) == {"good": 1}
    # What a heading means in files of suppliers is another matter.
    with make.refused(Malformed):
        kept(text, buyer, kind="supplier")
    with pytest.raises(NotFound):
        get_master_import(found.pk, by=make.person("purchasing", name="另一人"))
    with pytest.raises(NotPermitted):
        kept(text, make.person("rep", name="王销售"))


def test_customers_come_with_contacts_and_addresses_and_go_again() -> None:
    make.shipped()
    rep = make.person("rep", name="李销售")
    text = (
        "客户名称,信用额度,标签,联系人,电话,省,市,地址\n"
        "导入甲公司,,重点、老客户,张三,13800000001,上海市,上海市,南京路 1 号\n"
        ",,,李四,13800000002,,,\n"
        "导入乙公司,5000,,,,,,\n"
        "导入丙公司,,,,,,,\n"
    )
    make.customer("导入丙公司", owner_id=rep.id)
    found = kept(text, rep, kind="customer")
    # A limit is for those who may set it.
    assert (counts_of_masters(found), [row for row, _column in problems(found)]) == (
        {"good": 1, "bad": 1, "known": 1},
        [4],
    )
    run(found, rep)
    made = Customer.objects.get(name="导入甲公司")
    assert (made.owner_id, [one.name for one in made.contacts.order_by("id")]) == (rep.id, ["张三", "李四"])
    assert [(one.street, one.contact_name) for one in made.addresses.all()] == [("南京路 1 号", "张三")]
    update = f"客户编号,客户名称,联系人,邮箱\n{made.number},导入甲公司,李四,li@example.com\n"
    changed = run(kept(update, rep, kind="customer", is_update=True), rep)
    assert counts_of_masters(changed) == {"changed": 1}
    contacts = get_customer(made.number, by=rep).contacts.order_by("id")
    assert [(one.name, one.email, one.phone) for one in contacts][1] == ("李四", "li@example.com", "13800000002")
    # The first file cannot be taken back before the second is.
    with make.refused(RecordsTouched):
        undo_master_import(found.pk, by=rep)
    wrong = kept("客户编号,客户名称\nC-NONE,某某\n", rep, kind="customer")
    assert problems(wrong) == [(2, "客户编号")]


def test_suppliers_come_and_go(buyer: Actor) -> None:
    found = run(kept("供应商名称,联系人,币种\n导入供应商,赵六,usd\n导入另一家,,xx\n", buyer, kind="supplier"), buyer)
    assert (counts_of_masters(found), problems(found)) == ({"made": 1, "bad": 1}, [(3, "币种")])
    one = Supplier.objects.get(name="导入供应商")
    assert (one.currency, one.contact_name, ImportedMaster.objects.get(outcome="made").number) == (
        "USD",
        "赵六",
        one.number,
    )
    undo_master_import(found.pk, by=buyer)
    do_jobs()
    assert not Supplier.objects.filter(name="导入供应商").exists()
