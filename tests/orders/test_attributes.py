"""Attributes of orders: one set of rules, unique values, who may buy what, finding and deciding by them."""

from dataclasses import replace
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from shundan.kernel.errors import Malformed, NotPermitted, Refused, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import (
    AttributesMissing,
    LineInput,
    OrderInput,
    change_attributes,
    create_order,
    move_order,
    place_order,
    save_draft,
)
from shundan.orders.models import AttributeKey, Order
from shundan.orders.queries import (
    OrderFilter,
    facts_of_order,
    get_order,
    list_orders,
)
from shundan.orders.rules.types import AllowedCustomers, AllowedProducts, ChoiceOption
from shundan.workflow.actions import publish_table
from tests import make

pytestmark = pytest.mark.django_db
REASON = {"reason": "测试"}
CHANNELS = (ChoiceOption("fair", "展会", "Fair"), ChoiceOption("visit", "拜访", "Visit"))


def entered(
    code: str = "probe", *, until: str = "draft", lines: tuple[LineInput, ...] | None = None, **attributes: Any
) -> Order:
    goods = lines if lines is not None else (LineInput(sku=make.product(stock=10).sku, quantity=Decimal(2)),)
    given = OrderInput(customer=make.customer().number, type=code, lines=goods, attributes=attributes or None)
    return place_order(given, until=until, by=make.boss())


def refused_places(work: Any) -> dict[str, str]:
    with pytest.raises(Malformed) as refused:
        work()
    return {one.path: one.code for one in refused.value.details}


class TestAttributes:
    """The same rules wherever values come from."""

    def test_every_fault_of_header_and_lines_at_once(self) -> None:
        attributes = (make.attribute("count", "integer"), make.attribute("kg", "decimal", place="line"))
        make.order_type("probe", attributes=attributes, line_columns=("quantity", "kg"))
        sku = make.product(stock=10).sku
        lines = (LineInput(sku=sku, quantity=Decimal(1), attributes={"kg": "x", "count": 1}),)
        before = Order.objects.count()
        assert refused_places(lambda: entered(lines=lines, count="1.5", nose="x")) == {
            "attributes.count": "not_a_whole_number",
            "attributes.nose": "unknown_attribute",
            "lines[0].attributes.kg": "not_a_number",
            "lines[0].attributes.count": "unknown_attribute",
        }
        assert Order.objects.count() == before

    def test_types_without_attributes_take_none(self) -> None:
        assert refused_places(lambda: entered("sales", nose="x")) == {"attributes.nose": "unknown_attribute"}

    def test_a_draft_may_wait_for_what_is_required_an_order_may_not(self) -> None:
        make.order_type("probe", attributes=(make.attribute("channel", "choice", options=CHANNELS, is_required=True),))
        draft = entered()
        with pytest.raises(AttributesMissing) as missing:
            move_order(draft.number, "submit", by=make.boss())
        assert [(one.path, one.code) for one in missing.value.details] == [("attributes.channel", "attribute_required")]
        before = Order.objects.count()
        with make.refused(AttributesMissing):
            entered(until="confirmed")
        with make.refused(AttributesMissing):
            entered(until="submitted")
        assert Order.objects.count() == before
        change_attributes(draft.number, header={"channel": "展会"}, by=make.boss())
        assert move_order(draft.number, "submit", by=make.boss()).attributes == {"channel": "fair"}

    def test_conditions_defaults_and_sums_of_lines(self) -> None:
        make.order_type(
            "probe",
            attributes=(
                make.attribute("large", "yes_no", shown_when="total >= 1000", default=True),
                make.attribute("kg", "decimal", place="line", decimals=3),
                make.attribute("load", "computed", formula="sum.kg + line_count", decimals=1),
            ),
            line_columns=("quantity", "kg"),
        )
        sku = make.product(price="100.00", stock=100).sku
        small = (LineInput(sku=sku, quantity=Decimal(2), attributes={"kg": "0.25"}),)
        large = (*small, LineInput(sku=sku, quantity=Decimal(9), attributes={"kg": 2}))
        assert entered(lines=small).attributes == {"load": "1.3"}
        order = entered(lines=large, until="confirmed")
        assert order.attributes == {"large": True, "load": "4.3"}
        assert [line.attributes for line in make.fresh(order.number).lines.order_by("position")] == [
            {"kg": "0.25"},
            {"kg": "2"},
        ]

    def test_a_draft_is_saved_with_its_attributes_and_a_conflict_names_them(self) -> None:
        make.order_type("probe", attributes=(make.attribute("a"), make.attribute("b")))
        order = entered(a="1", b="2")
        given = OrderInput(customer=order.buyer.number, type="probe", attributes={"a": "7", "b": None})
        saved = save_draft(order.number, given, version=1, by=make.boss())
        assert saved.attributes == {"a": "7"}
        changes = Event.objects.get(kind="order.edited").data["changes"]
        assert changes["attributes.a"] == ["1", "7"]
        with pytest.raises(VersionConflict) as conflict:
            save_draft(order.number, replace(given, attributes={"a": "8"}), version=1, by=make.boss())
        assert [(one.path, one.yours, one.theirs) for one in conflict.value.details] == [("attributes.a", "8", "7")]

    def test_after_entry_only_what_the_type_allows_changes(self) -> None:
        later = make.attribute("tracking", editable_in=("draft", "confirmed"), is_searchable=True)
        make.order_type("probe", attributes=(make.attribute("fixed"), later))
        order = entered(until="confirmed", fixed="x")
        assert refused_places(lambda: change_attributes(order.number, header={"fixed": "y"}, by=make.boss())) == {
            "attributes.fixed": "not_editable"
        }
        fingerprint = order.content_hash
        changed = change_attributes(order.number, header={"tracking": "SF-1"}, version=order.version, by=make.boss())
        assert (changed.attributes, changed.version) == ({"fixed": "x", "tracking": "SF-1"}, order.version + 1)
        assert make.fresh(order.number).content_hash == fingerprint
        with make.refused(VersionConflict):
            change_attributes(order.number, header={"tracking": "SF-2"}, version=order.version, by=make.boss())
        with make.refused(NotPermitted):
            change_attributes(order.number, header={"tracking": "SF-2"}, by=make.actor("auditor"))

    def test_what_is_approved_covers_the_attributes(self) -> None:
        make.order_type("probe", attributes=(make.attribute("a"),))
        sku = make.product(stock=10).sku
        lines = (LineInput(sku=sku, quantity=Decimal(1)),)
        buyer = make.customer().number
        hashes = {
            create_order(
                OrderInput(customer=buyer, type="probe", lines=lines, attributes=given), by=make.boss()
            ).content_hash
            for given in (None, {"a": "1"}, {"a": "2"})
        }
        assert len(hashes) == 3

    def test_references_point_to_what_the_actor_sees(self) -> None:
        make.order_type("probe", attributes=(make.attribute("end_user", "reference", reference="customer"),))
        other = make.customer("苏州工厂")
        assert entered(end_user=other.number).attributes == {"end_user": other.number}
        assert refused_places(lambda: entered(end_user="C-0")) == {"attributes.end_user": "unknown_reference"}


class TestUnique:
    """What must be there once is kept so by the database."""

    def test_the_second_is_refused_until_the_first_is_cancelled(self) -> None:
        make.order_type("probe", attributes=(make.attribute("contract", is_unique=True),))
        first = entered(contract="HT-1")
        assert refused_places(lambda: entered(contract="HT-1")) == {"attributes.contract": "value_taken"}
        move_order(first.number, "cancel", by=make.boss(), inputs=REASON)
        second = entered(contract="HT-1", until="confirmed")
        assert second.state == "confirmed"
        assert refused_places(lambda: entered(contract="HT-1")) == {"attributes.contract": "value_taken"}

    def test_two_lines_of_one_order_count_too(self) -> None:
        make.order_type(
            "probe",
            attributes=(make.attribute("serial", place="line", is_unique=True),),
            line_columns=("quantity", "serial"),
        )
        sku = make.product(stock=10).sku
        line = LineInput(sku=sku, quantity=Decimal(1), attributes={"serial": "S1"})
        assert refused_places(lambda: entered(lines=(line, line))) == {"lines[1].attributes.serial": "value_taken"}
        assert entered(lines=(line,)).line_count == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_both_have_a_unique_value() -> None:
    make.order_type("probe", attributes=(make.attribute("contract", is_unique=True),))
    sku, buyer = make.product(stock=10).sku, make.customer().number
    given = OrderInput(
        customer=buyer,
        type="probe",
        lines=(LineInput(sku=sku, quantity=Decimal(1)),),
        attributes={"contract": "HT-1"},
    )
    start, told = Barrier(4), []

    def enter() -> None:
        start.wait()
        try:
            told.append(create_order(given, by=make.boss()).number)
        except Refused as refusal:
            told.append(",".join(one.code for one in refusal.details) or refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=enter) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told)[1:] == ["value_taken"] * 3
    assert AttributeKey.objects.filter(value="HT-1").count() == Order.objects.count() == 1


class TestAllowed:
    """Who may buy what with a type."""

    def test_customers(self) -> None:
        make.shipped()
        vip, other = make.customer("甲公司", tags=("vip",)), make.customer("乙公司")
        make.order_type("probe", customers=AllowedCustomers(tags=("vip",), numbers=(other.number,)))
        lines = (LineInput(sku=make.product().sku, quantity=Decimal(1)),)

        def enter(number: str) -> Order:
            return create_order(OrderInput(customer=number, type="probe", lines=lines), by=make.boss())

        assert enter(vip.number).customer == vip
        assert enter(other.number).customer == other
        assert refused_places(lambda: enter(make.customer("丙公司").number)) == {"customer": "customer_not_allowed"}

    def test_products(self) -> None:
        allowed, other = make.product("PUMP", stock=5), make.product("SCREW", stock=5)
        make.order_type("probe", products=AllowedProducts(skus=("PUMP",)))
        lines = tuple(LineInput(sku=one.sku, quantity=Decimal(1)) for one in (allowed, other))
        assert refused_places(lambda: entered(lines=lines)) == {"lines[1].sku": "product_not_allowed"}
        assert entered(lines=lines[:1]).line_count == 1


class TestFinding:
    """Filters by attributes and the search."""

    def test_filters_of_header_and_lines(self) -> None:
        make.order_type(
            "probe",
            attributes=(
                make.attribute("channel", "choice", options=CHANNELS),
                make.attribute("kg", "decimal", place="line"),
                make.attribute("urgent", "yes_no"),
            ),
            line_columns=("quantity", "kg"),
        )
        sku = make.product(stock=100).sku

        def line(kg: str) -> tuple[LineInput, ...]:
            return (LineInput(sku=sku, quantity=Decimal(1), attributes={"kg": kg}),)

        fair = entered(lines=line("1.50"), channel="fair", urgent=True)
        visit = entered(lines=line("2"), channel="visit", urgent=False)
        entered("sales")

        def found(**attributes: str | tuple[str, ...]) -> set[str]:
            pairs = tuple((code, (v,) if isinstance(v, str) else v) for code, v in attributes.items())
            return {one.number for one in list_orders(by=make.boss(), wanted=OrderFilter(attributes=pairs)).items}

        assert found(channel="展会") == {fair.number}
        assert found(channel=("fair", "visit")) == {fair.number, visit.number}
        assert found(kg="1.5") == {fair.number}
        assert found(channel="visit", urgent="no") == {visit.number}
        assert found(channel="visit", urgent="yes") == set()
        assert refused_places(lambda: found(channel="nothing")) == {"query.attribute.channel": "unknown_choice"}
        assert refused_places(lambda: found(nose="x")) == {"query.attribute.nose": "unknown_attribute"}
        types = OrderFilter(type_code="probe")
        assert {one.number for one in list_orders(by=make.boss(), wanted=types).items} == {fair.number, visit.number}

    @pytest.mark.parametrize("is_searchable", [True, False])
    def test_ranges_words_and_nothing_are_asked_for_by_key_and_without(self, is_searchable: bool) -> None:
        make.order_type(
            "probe",
            attributes=(
                make.attribute("contract", is_searchable=is_searchable),
                make.attribute("score", "decimal", is_searchable=is_searchable),
                make.attribute("back_on", "date", is_searchable=is_searchable),
                make.attribute("visit_at", "datetime", is_searchable=is_searchable),
                make.attribute("channel", "choice", options=CHANNELS),
                make.attribute("kg", "decimal", place="line", is_searchable=is_searchable),
            ),
            line_columns=("quantity", "kg"),
        )
        sku = make.product(stock=100).sku

        def line(**attributes: str) -> LineInput:
            return LineInput(sku=sku, quantity=Decimal(1), attributes=attributes)

        low = entered(
            lines=(line(kg="9"), line()),
            contract="上海展会 HT-9",
            score="9",
            back_on="2026-03-09",
            visit_at="2026-03-09T23:30",
            channel="fair",
        )
        high = entered(lines=(line(kg="10.5"),), contract="Moon 100%", score="10.5", back_on="2026-11-01")
        entered("sales")

        def found(**asked: str | tuple[str, ...]) -> set[str]:
            pairs = tuple((name.replace("__", "."), (v,) if isinstance(v, str) else v) for name, v in asked.items())
            return {one.number for one in list_orders(by=make.boss(), wanted=OrderFilter(attributes=pairs)).items}

        both = {low.number, high.number}
        assert found(score__from="9", score__to="10.4") == {low.number}
        assert found(score__from="9.5") == {high.number}
        assert found(back_on__to="2026-03-09") == {low.number}
        assert found(back_on__from="2026/3/10") == {high.number}
        assert found(visit_at__from="2026-03-09", visit_at__to="2026-03-09") == {low.number}
        assert found(visit_at__from="2026-03-10") == set()
        assert found(kg__from="10") == {high.number}
        assert found(contract__has="ht-9 展会") == {low.number}
        assert found(contract__has="100%") == {high.number}
        assert found(contract__has="100_") == set()
        assert found(channel__empty="yes") == {high.number}
        assert found(channel__empty="no") == {low.number}
        assert found(channel="fair", channel__empty="yes") == both
        assert found(kg__empty="yes") == {low.number}
        assert found(kg__empty="no") == both
        assert refused_places(lambda: found(channel__from="1")) == {"query.attribute.channel.from": "unknown_test"}
        assert refused_places(lambda: found(score__to="x")) == {"query.attribute.score.to": "not_a_number"}

    def test_the_search_finds_what_is_searchable(self) -> None:
        make.order_type("probe", attributes=(make.attribute("contract", is_searchable=True), make.attribute("other")))
        order = entered(contract="HT-2026-77", other="secret")

        def found(words: str) -> list[str]:
            return [one.number for one in list_orders(by=make.boss(), wanted=OrderFilter(search=words)).items]

        assert found("ht-2026") == [order.number]
        assert found("secret") == []

    def test_the_filter_uses_the_index(self) -> None:
        make.order_type("probe", attributes=(make.attribute("channel", "choice", options=CHANNELS),))
        rows = list_orders(by=make.boss()).items
        assert rows == []
        with connection.cursor() as cursor:
            cursor.execute("set local enable_seqscan = off")
            wanted = """attributes @> '{"channel": "fair"}' and not attributes = '{}'"""
            cursor.execute(f"explain select id from orders_order where {wanted}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "order_attributes" in plan


def test_attributes_are_facts_of_approval_tables() -> None:
    make.order_type("probe", attributes=(make.attribute("channel", "choice", options=CHANNELS),))
    order = entered(channel="fair")
    facts = facts_of_order(get_order(order.number, by=make.boss()), by=make.boss())
    assert facts["attribute.channel"] == "fair"
    assert facts.get("attribute.nothing") is None
    table = """
code = "order"
policy = "collect"
[automatic]
when = 'attribute.channel != "fair"'
[[rows]]
when = 'attribute.channel == "fair"'
level = 1
who = "role:sales_manager"
"""
    publish_table(table, subject_kind="order", by=make.boss())
    assert entered(channel="visit", until="confirmed").state == "confirmed"
    assert entered(channel="fair", until="confirmed").state == "submitted"


def test_types_without_attributes_cost_nothing_more(django_assert_max_num_queries: Any) -> None:
    make.order_type("probe", attributes=(make.attribute("channel", "choice", options=CHANNELS, is_required=True),))
    goods, buyer = make.product(stock=10), make.customer(limit="100000")
    given = OrderInput(
        customer=buyer.number,
        type="probe",
        lines=(LineInput(sku=goods.sku, quantity=Decimal(1)),),
        attributes={"channel": "fair"},
    )
    place_order(given, by=make.boss())
    # As many as without attributes (test_place), and the savepoint in this test's transaction.
    with django_assert_max_num_queries(9):
        assert place_order(given, by=make.boss()).state == "confirmed"
