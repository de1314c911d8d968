"""Order types as versioned data: published, followed by orders, retired."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from shundan.fulfilment.actions import deliver_shipment, ship_order
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import (
    LineInput,
    OnlyTypeOfItsKind,
    OrderInput,
    create_order_type,
    move_order,
    place_order,
    publish_order_type,
    retire_order_type,
    revive_order_type,
)
from shundan.orders.models import Order, OrderType, OrderTypeVersion
from shundan.orders.queries import (
    current_version_of,
    get_order_type,
    order_types,
)
from shundan.orders.rules.types import AllowedProducts, ChoiceOption
from tests import make

pytestmark = pytest.mark.django_db
REASON = {"reason": "测试"}
CHANNELS = (ChoiceOption("fair", "展会", "Fair"), ChoiceOption("visit", "拜访", "Visit"))


def entered(
    code: str = "sample", *, until: str = "draft", lines: tuple[LineInput, ...] | None = None, **attributes: Any
) -> Order:
    goods = lines if lines is not None else (LineInput(sku=make.product(stock=10).sku, quantity=Decimal(2)),)
    given = OrderInput(customer=make.customer().number, type=code, lines=goods, attributes=attributes or None)
    return place_order(given, until=until, by=make.boss())


def refused_places(work: Any) -> dict[str, str]:
    with pytest.raises(Malformed) as refused:
        work()
    return {one.path: one.code for one in refused.value.details}


class TestPublishing:
    """Only administrators publish, and only what works; what is wrong leaves the version in force."""

    def test_a_type_of_a_kind_takes_orders_at_once(self) -> None:
        make.order_type(
            "at_once", invoices_on="never", attributes=(make.attribute("channel", "choice", options=CHANNELS),)
        )
        order = entered("at_once", until="confirmed", channel="fair")
        assert order.number == "AT_ONCE-2026-000001"
        assert (order.kind, order.state, order.attributes) == ("sale", "confirmed", {"channel": "fair"})
        event = Event.objects.get(kind="order_type.created")
        assert event.data == {"code": "at_once", "kind": "sale"}

    @pytest.mark.parametrize("stepwise", [False, True])
    def test_a_sample_takes_no_credit_and_ends_without_an_invoice(self, stepwise: bool) -> None:
        make.order_type("sample", invoices_on="never")
        if stepwise:
            draft = entered()
            move_order(draft.number, "submit", by=make.boss())
            order = move_order(draft.number, "confirm", by=make.boss())
        else:
            order = entered(until="confirmed")
        assert (order.exposure, make.credit(order.buyer)) == (Decimal(0), (Decimal(0), Decimal(0), Decimal(0)))
        shipment = ship_order(order.number, by=make.boss())
        deliver_shipment(shipment.number, by=make.boss())
        done = make.fresh(order.number)
        assert (done.category, done.invoicing, done.payment) == ("completed", "none", "paid")

    def test_only_administrators(self) -> None:
        make.order_type()
        for role in ("rep", "sales_manager", "finance", "executive", "auditor"):
            by = make.actor(role)
            with make.refused(NotPermitted):
                create_order_type("other", kind="sale", definition=current_version_of(get("sample")), by=by)
            with make.refused(NotPermitted):
                publish_order_type("sample", current_version_of(get("sample")), version=1, by=by)
            with make.refused(NotPermitted):
                retire_order_type("sample", by=by)
        retire_order_type("sample", by=make.actor("admin"))

    def test_orders_keep_the_version_they_began_with(self) -> None:
        make.order_type("sample", attributes=(make.attribute("channel", "choice", options=CHANNELS),))
        old = entered(channel="fair")
        make.publish_type("sample", attributes=(make.attribute("grade", is_required=True),), invoices_on="order")
        new = entered(grade="A")
        assert (new.type_version_id != old.type_version_id, new.number) == (True, "SAMPLE-2026-000002")
        kept = move_order(old.number, "submit", by=make.boss())
        assert kept.attributes == {"channel": "fair"}
        assert refused_places(lambda: entered(channel="fair")) == {"attributes.channel": "unknown_attribute"}
        assert move_order(old.number, "confirm", by=make.boss()).invoicing == "none"
        move_order(new.number, "submit", by=make.boss())
        assert move_order(new.number, "confirm", by=make.boss()).invoicing == "to_invoice"

    def test_what_is_wrong_leaves_the_version_in_force(self) -> None:
        make.order_type("sample")
        before = current_version_of(get("sample"))
        for changed, place in (
            ({"number": "SO-{yyyy}-{seq:6}"}, {"number": "pattern_collides"}),
            ({"number": "SH-{yyyy}-{seq:6}"}, {"number": "pattern_of_others"}),
            ({"number": "inv{yyyy}{seq:6}"}, {"number": "pattern_of_others"}),
            ({"name_en": "<script>x</script>"}, {"name_en": "name_with_script"}),
            ({"workflow": "transfer"}, {"workflow": "not_offered"}),
            ({"attributes": (make.attribute("a", "integer", default="x"),)}, {"attributes[0].default": "not_a_number"}),
            ({"products": AllowedProducts(skus=("NOWHERE",))}, {"products.skus[0]": "unknown_sku"}),
        ):
            assert refused_places(lambda changed=changed: make.publish_type("sample", **changed)) == place
        assert (get("sample").version, current_version_of(get("sample"))) == (1, before)

    def test_the_same_content_makes_no_version(self) -> None:
        make.order_type("sample")
        assert make.publish_type("sample").version == 1
        assert make.publish_type("sample", name_en="Samples").version == 2
        assert get("sample").name_en == "Samples"

    def test_of_two_who_publish_the_second_is_told(self) -> None:
        make.order_type("sample")
        mine = replace(current_version_of(get("sample")), name_en="Mine")
        make.publish_type("sample", name_en="Theirs")
        with pytest.raises(VersionConflict) as conflict:
            publish_order_type("sample", mine, version=1, by=make.boss())
        assert [(one.path, one.yours, one.theirs) for one in conflict.value.details] == [("name_en", "Mine", "Theirs")]

    def test_an_attribute_keeps_its_data_type(self) -> None:
        make.order_type("sample", attributes=(make.attribute("a", "integer"),))
        make.publish_type("sample", attributes=())
        wanted = (make.attribute("a", "text"),)
        assert refused_places(lambda: make.publish_type("sample", attributes=wanted)) == {
            "attributes[0].data_type": "other_data_type"
        }

    def test_a_number_pattern_may_change_and_never_repeats(self) -> None:
        # A type of its own: what it has counted stays counted when other tests end.
        make.order_type("counted", number="NP{yyyy}{seq:6}")
        first = entered("counted").number
        assert refused_places(lambda: make.publish_type("counted", number="NP{yyyy}{mm}{seq:4}")) == {
            "number": "pattern_collides"
        }
        make.publish_type("counted", number="NP-{yyyy}{mm}-{seq:4}")
        assert (first, entered("counted").number) == ("NP2026000001", "NP-202603-0001")
        make.publish_type("counted", number="NP{yyyy}{seq:6}")
        assert entered("counted").number == "NP2026000002"

    def test_a_retired_type_takes_no_orders_and_keeps_those_it_has(self) -> None:
        make.order_type("sample")
        order = entered()
        retire_order_type("sample", by=make.boss())
        assert refused_places(entered) == {"type": "unknown"}
        assert "sample" not in {one.code for one in order_types(by=make.boss())}
        assert move_order(order.number, "submit", by=make.boss()).state == "approved"
        revive_order_type("sample", by=make.boss())
        assert entered().state == "draft"
        with make.refused(OnlyTypeOfItsKind):
            retire_order_type("purchase", by=make.boss())
        with make.refused(NotFound):
            retire_order_type("nothing", by=make.boss())

    def test_the_database_keeps_versions_and_kinds(self) -> None:
        make.order_type("sample")
        for change in (
            lambda: OrderTypeVersion.objects.update(version=9),
            lambda: OrderTypeVersion.objects.all().delete(),
            lambda: OrderType.objects.filter(code="sample").update(kind="purchase"),
            lambda: OrderType.objects.filter(code="sample").update(code="other"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def get(code: str) -> OrderType:
    return get_order_type(code, by=make.boss())
