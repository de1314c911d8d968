"""The other kinds of order on the pages: their lists, who sees them, and each from its first to its last state."""

from decimal import Decimal

import pytest

from shundan.inventory.actions import create_warehouse
from shundan.kernel.actor import Actor
from shundan.orders.actions import LineInput, OrderInput, create_order
from shundan.orders.models import Order
from shundan.parties.actions import SupplierInput, create_supplier
from shundan.parties.models import Supplier
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def wu(people: Cast) -> Actor:
    """The buyer."""
    return make.person("purchasing", name="吴刚")


@pytest.fixture
def works(wu: Actor) -> Supplier:
    """The supplier of pumps."""
    return create_supplier(SupplierInput(name="无锡泵业有限公司"), by=wu)


def bought(wu: Actor, works: Supplier, quantity: int = 10, price: str = "100.00") -> Order:
    """Enter a purchase of pumps."""
    if not make.Product.objects.filter(sku="PUMP-40").exists():
        make.product("PUMP-40", price="199.00", name_zh="离心泵")
    wanted = LineInput(sku="PUMP-40", quantity=Decimal(quantity), unit_price=Decimal(price))
    return create_order(OrderInput(type="purchase", supplier=works.number, lines=(wanted,)), by=wu)


def test_each_list_shows_its_own_kind(people: Cast, wu: Actor, works: Supplier, browser_of: Browser) -> None:
    purchase = bought(wu, works).number
    sale = make.order(state="draft", of=people.boyuan, by=people.wang).number
    finance = browser_of(people.zhao)
    for path, mine, other in (("/orders/", sale, purchase), ("/purchases/", purchase, sale)):
        page = finance.get(path).content.decode()
        assert (mine in page, other in page) == (True, False), path
    page = finance.get("/purchases/").content.decode()
    assert "无锡泵业有限公司" in page
    assert ">Requested<" in page
    assert purchase in finance.get("/purchases/", {"q": "wxby"}).content.decode()
    assert purchase in finance.get("/purchases/", {"supplier": works.number}).content.decode()
    counts = finance.get("/purchases/views/", {"view": "drafts"}, headers={"HX-Request": "true"}).content.decode()
    assert "To receive" in counts
    for path in ("/returns/", "/services/", "/transfers/"):
        page = finance.get(path).content.decode()
        assert purchase not in page
        assert sale not in page


def test_people_find_only_their_kinds_in_the_navigation(people: Cast, wu: Actor, browser_of: Browser) -> None:
    def places(by: Actor) -> set[str]:
        page = browser_of(by).get("/").content.decode()
        return {
            name for name in ("orders", "purchases", "returns", "services", "transfers") if f'data-nav="{name}"' in page
        }

    assert places(wu) == {"purchases", "returns"}
    assert places(people.wang) == {"orders", "returns", "services"}
    assert places(people.sun) == {"orders", "purchases", "returns", "services", "transfers"}
    assert browser_of(people.wang).get("/purchases/").status_code == 403
    assert browser_of(wu).get("/orders/").status_code == 403


def test_a_file_holds_the_kind_of_its_list(people: Cast, wu: Actor, works: Supplier, browser_of: Browser) -> None:
    purchase = bought(wu, works).number
    sale = make.order(state="draft", of=people.boyuan, by=people.wang).number
    told = browser_of(wu).get("/purchases/export/", {"format": "csv"})
    file = b"".join(told.streaming_content).decode()  # type: ignore[attr-defined]
    assert purchase in file
    assert "Requested" in file
    assert works.number in file
    assert sale not in file
    assert browser_of(wu).get("/orders/export/", {"format": "csv"}).status_code == 403


def test_many_purchases_are_approved_at_once(people: Cast, wu: Actor, works: Supplier, browser_of: Browser) -> None:
    from shundan.orders.actions import move_order

    dear = [move_order(bought(wu, works, price="60000.00").number, "submit", by=wu).number for _one in range(2)]
    page = browser_of(people.zhao).post("/purchases/approve/", {"ids": dear}).content.decode()
    assert "2 orders approved" in page
    assert set(Order.objects.filter(number__in=dear).values_list("state", flat=True)) == {"approved"}


def test_a_transfer_shows_where_goods_go(people: Cast, browser_of: Browser) -> None:
    make.product("PUMP-40", stock=5, name_zh="离心泵")
    create_warehouse(code="SOUTH", name_zh="华南仓", name_en="South", by=make.boss())
    lines = (LineInput(sku="PUMP-40", quantity=Decimal(1)),)
    order = create_order(OrderInput(type="transfer", target_warehouse="SOUTH", lines=lines), by=people.sun)
    page = browser_of(people.sun).get("/transfers/").content.decode()
    assert order.number in page
    assert "华南仓" in page
    assert "Payment" not in page.partition("<thead>")[2].partition("</thead>")[0]
