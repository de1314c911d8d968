"""The server's half of the condition builder: a text as rows and in words, rows as text, for each kind of page."""

import json
from typing import Any

import pytest
from django.test import Client

from shundan.orders.models import OrderType
from shundan.workflow.models import DesignDraft, WorkflowVersion
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser
from tests.web.test_order_types import FORM

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(people: Cast, browser_of: Browser) -> Client:
    """The administrator's browser."""
    return browser_of(make.person("admin", name="管理员"), "zh-hans")


def asked(admin: Client, path: str, form: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    """Ask as the page does; rows travel as JSON."""
    told = {
        f"condition.{name}": value if isinstance(value, str) else json.dumps(value) for name, value in given.items()
    }
    answer = admin.post(path, (form or {}) | told, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def rows(*parts: dict[str, Any], joined: str = "all") -> dict[str, Any]:
    """Build what the page sends."""
    return {"joined": joined, "parts": list(parts)}


def row(fact: str, operator: str, *values: str) -> dict[str, Any]:
    """Build one row."""
    return {"fact": fact, "operator": operator, "values": list(values)}


def test_a_text_is_answered_as_rows_and_in_words(admin: Client) -> None:
    text = 'kind in ["sale", "service"] and company_total > 50000'
    found = asked(admin, "/tables/order/condition/", text=text, facts="1")
    assert found["sentence"] == "订单类别为 销售 或 服务，且 本位币总额 > 50,000.00"
    assert found["rows"] == rows(row("kind", "one_of", "sale", "service"), row("company_total", "gt", "50000"))
    assert (found["faults"], found["gaps"], found["note"]) == ([], [], "")
    facts = {one["name"]: one for one in found["facts"]}
    assert facts["kind"]["choices"][0] == ["sale", "销售"]
    assert (facts["company_total"]["sign"], facts["company_total"]["label"]) == ("¥", "本位币总额")
    assert ["sales", "销售订单"] in facts["type"]["choices"]
    assert {"EAST", "SOUTH"} <= {code for code, _name in facts["department"]["choices"]}
    assert facts["customer"]["lookup"] == "", "who may see no customers looks none up"
    assert all(one["label"] and one["group"] and one["operators"] for one in found["facts"])


def test_rows_are_answered_as_text_and_what_they_lack(admin: Client) -> None:
    given = rows(row("company_total", "between", "1,000", "5000"), row("customer_tags", "contains"))
    found = asked(admin, "/tables/order/condition/", rows=given)
    assert found["text"] == "company_total >= 1000 and company_total <= 5000"
    assert [(one["place"], one["code"]) for one in found["gaps"]] == [("1", "value_missing")]
    assert not DesignDraft.objects.exists()


def test_what_rows_cannot_say_and_what_is_wrong_stays_text(admin: Client) -> None:
    found = asked(admin, "/workflows/sale/condition/", text="company_total > credit_limit")
    assert (found["rows"], found["faults"]) == (None, [])
    assert "保留为文本" in found["note"]
    found = asked(admin, "/workflows/sale/condition/", text="company_totl > 5")
    assert found["rows"] is None
    assert [(one["at"], one["place"]) for one in found["faults"]] == [(1, "第 1 个字符")]
    assert "company_total" in found["faults"][0]["cure"]


def test_a_table_of_payment_requests_asks_its_own_facts(admin: Client) -> None:
    found = asked(admin, "/tables/payment_request/condition/", text='kind == "refund"', facts="1")
    assert found["sentence"] == "用途为 退款"
    assert "company_total" not in {one["name"] for one in found["facts"]}


@pytest.mark.parametrize("bad", ["", "{", "[]", "null", '{"joined": "all"}', "[" * 20_000, "1" * 60_000])
def test_what_no_builder_sends_is_refused(admin: Client, bad: str) -> None:
    answer = admin.post("/tables/order/condition/", {"condition.rows": bad}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_attributes_see_what_stands_before_them_in_the_form(admin: Client) -> None:
    form = FORM | {
        "attributes-1-code": "weight",
        "attributes-1-name_zh": "重量",
        "attributes-1-data_type": "decimal",
        "attributes-1-place": "line",
        "attributes-2-code": "freight",
        "attributes-2-data_type": "computed",
        "attributes-2-place": "header",
    }
    path = "/order-types/condition/?kind=sale"
    found = asked(admin, path, form, at="1", text='attribute.channel == "fair"', facts="1")
    assert found["sentence"] == "渠道为 展会"
    names = {one["name"]: one["label"] for one in found["facts"]}
    assert names["line.quantity"] == "数量"
    assert "attribute.weight" not in names
    found = asked(admin, path, form, at="2", wanted="number", text="sum.weight * 1.5", facts="1")
    assert (found["sentence"], found["rows"], found["note"]) == ("各行“重量”合计 × 1.5", None, "")
    assert "line.quantity" not in {one["name"] for one in found["facts"]}
    found = asked(admin, path, form, at="0", text='attribute.channel == "fair"')
    assert found["faults"][0]["code"] == "unknown_fact"


def test_workflows_are_called_by_their_names(admin: Client) -> None:
    order_type = OrderType.objects.get(code="sales")
    assert WorkflowVersion.objects.filter(code=order_type.workflow).exists()
    page = admin.get("/order-types/new/?kind=sale").content.decode()
    assert '<option value="sale" selected>销售订单流程</option>' in page
    assert "<dd>销售订单流程</dd>" in admin.get("/order-types/of/sales/").content.decode()


def test_table_pages_say_conditions_in_words(admin: Client) -> None:
    for path in ("/tables/order/", "/tables/order/versions/1/"):
        page = admin.get(path).content.decode()
        assert "订单类别为 销售 或 服务，且 本位币总额 &gt; 50,000.00" in page, path
        assert "数据范围" not in page
    admin.post("/preferences/", {"language": "en"})
    page = admin.get("/tables/order/versions/1/").content.decode()
    assert "Kind of order is Sales or Services, and Total in company currency &gt; 50,000.00" in page
