"""Reasons by code: chosen instead of a text or beside one; unknown ones are refused."""

from decimal import Decimal

import pytest

from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import (
    ChangeWish,
    LineWish,
    ReasonIndispensable,
    ReasonInput,
    ReasonNameTaken,
    add_reason,
    amend_order,
    change_reason,
    move_order,
    ship_reasons,
)
from shundan.orders.models import Reason
from shundan.orders.queries import change_reasons
from shundan.orders.queries.reasons import reason_codes
from shundan.orders.rules.reasons import AMEND, SHIPPED_REASONS, with_reason
from tests import make
from tests.workflow.test_rules import sale


def test_every_step_with_reasons_is_one_that_asks_why() -> None:
    asking = {one.name for one in sale().transitions if "reason" in one.asks}
    assert set(SHIPPED_REASONS) - {AMEND} <= asking
    for reasons in SHIPPED_REASONS.values():
        assert len({one.code for one in reasons}) == len(reasons)


def test_a_chosen_reason_stands_for_a_missing_text() -> None:
    offered, both = SHIPPED_REASONS["cancel"], {"reason_code": "duplicate", "reason": "两次"}
    assert with_reason(offered, {"reason_code": "duplicate"}) == {"reason_code": "duplicate", "reason": "重复下单"}
    assert with_reason(offered, both) == both
    assert with_reason(offered, {"reason_code": "weather"}) is None
    assert with_reason((), {"remark": "ok"}) == {"remark": "ok"}


@pytest.mark.django_db
def test_what_was_chosen_is_kept_and_other_needs_words() -> None:
    order = make.order()
    for inputs in ({"reason_code": "other"}, {"reason_code": "weather"}, {}):
        with make.refused(Malformed):
            move_order(order.number, "cancel", by=make.boss(), inputs=inputs)
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason_code": "customer_cancelled"})
    kept = Event.objects.get(kind="order.cancelled").data["inputs"]
    assert kept == {"reason_code": "customer_cancelled", "reason": "客户取消"}


@pytest.mark.django_db
def test_an_administrator_adds_renames_and_retires_reasons() -> None:
    admin = make.person("admin")
    added = add_reason("cancel", ReasonInput("项目取消", "Project dropped"), by=admin)
    assert add_reason("cancel", ReasonInput("项目取消", "Project dropped"), by=admin).pk == added.pk
    assert [one.code for one in reason_codes("cancel")][-2:] == [added.code, "other"]
    order = make.order()
    move_order(order.number, "cancel", by=make.boss(), inputs={"reason_code": added.code})
    change_reason("cancel", added.code, ReasonInput("项目终止", "Project ended", is_active=False), by=admin)
    assert added.code not in {one.code for one in reason_codes("cancel")}
    with make.refused(Malformed):
        move_order(make.order().number, "cancel", by=make.boss(), inputs={"reason_code": added.code})
    # What was chosen keeps the words of its day.
    assert Event.objects.get(kind="order.cancelled").data["inputs"]["reason"] == "项目取消"
    change_reason("cancel", added.code, ReasonInput("项目终止", "Project ended"), by=admin)
    assert added.code in {one.code for one in reason_codes("cancel")}


@pytest.mark.django_db
def test_a_line_is_closed_for_the_reasons_of_an_order() -> None:
    make.shipped()
    assert reason_codes("close_line") == reason_codes("close") != []
    assert reason_codes("approve") == []


@pytest.mark.django_db
def test_reasons_are_kept_by_administrators_and_two_never_share_a_name() -> None:
    make.shipped()
    admin = make.person("admin")
    with make.refused(NotPermitted):
        add_reason("hold", ReasonInput("等", "Wait"), by=make.person("sales_manager"))
    with make.refused(ReasonNameTaken):
        add_reason("hold", ReasonInput("缺货", "No stock"), by=admin)
    with make.refused(ReasonIndispensable):
        change_reason("amend", "supplier_change", ReasonInput("供应商", "Supplier", is_active=False), by=admin)
    with make.refused(NotFound):
        change_reason("hold", "nothing", ReasonInput("无", "None"), by=admin)
    for given in (ReasonInput(" ", "Blank"), ReasonInput("长" * 41, "Long"), ReasonInput("零\x00", "Nul")):
        with make.refused(Malformed):
            add_reason("hold", given, by=admin)
    with make.refused(Malformed):
        add_reason("dance", ReasonInput("跳舞", "Dance"), by=admin)


@pytest.mark.django_db
def test_a_renamed_shipped_reason_stays_renamed() -> None:
    make.shipped()
    change_reason("hold", "postponed", ReasonInput("客户要求延期", "Postponed on request"), by=make.person("admin"))
    ship_reasons()
    assert "客户要求延期" in {one.label_zh for one in reason_codes("hold")}
    assert Reason.objects.filter(step="hold").count() == len(SHIPPED_REASONS["hold"])


@pytest.mark.django_db
def test_a_change_of_an_order_takes_a_reason_of_the_houses_own() -> None:
    order = make.order(quantity=5)
    own = add_reason("amend", ReasonInput("图纸更新", "New drawing"), by=make.person("admin"))
    wish = ChangeWish(lines=(LineWish(position=1, quantity=Decimal(4)),))
    amendment = amend_order(order.number, wish, by=make.boss(), reason_code=own.code)
    assert amendment.reason_code == own.code
    assert change_reasons()[own.code] in ("图纸更新", "New drawing")
