"""The main pages say the same in both languages."""

import pytest

from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db

WORDS = {
    "/": (("My work", "Drafts", "New order"), ("工作台", "草稿", "新建订单")),
    "/orders/": (("Awaiting approval", "To ship", "Ordered on"), ("待审批", "待发货", "下单日期")),
    "/shipments/": (("Shipments", "Picking", "No shipments yet"), ("发货单", "拣货中", "还没有发货单")),
    "/stock/": (("Stock", "None available"), ("库存", "无可用")),
    "/invoices/": (("Invoices", "Credit notes", "No invoices yet"), ("发票", "红字发票", "还没有发票")),
    "/payments/": (("Payments", "Unallocated"), ("收款", "未核销")),
    "/customers/": (("Customers", "New customer"), ("客户", "新增客户")),
    "/products/": (("Products", "For sale", "Discontinued"), ("商品", "在售", "停售")),
    "/account/": (("My account", "Current password"), ("我的账户", "当前密码")),
}


@pytest.mark.parametrize("url", sorted(WORDS))
def test_a_page_speaks_both_languages(people: Cast, browser_of: Browser, url: str) -> None:
    make.order(state="draft", of=people.boyuan, by=people.zhang)
    for language, words in zip(("en", "zh-hans"), WORDS[url], strict=True):
        page = browser_of(people.zhang, language).get(url).content.decode()
        assert [word for word in words if word not in page] == []


def test_a_refusal_speaks_the_readers_language(people: Cast, browser_of: Browser) -> None:
    number = make.order(state="draft", of=people.boyuan, by=people.wang).number
    answer = browser_of(people.wang, "zh-hans").post(f"/orders/{number}/do/confirm/")
    assert answer.status_code == 409
    assert "no_such_transition" in answer.content.decode()
    assert "不能执行" in answer.content.decode()
