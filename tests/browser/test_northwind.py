"""An imported customer of Northwind orders anew: entered, shipped, invoiced and paid, in the browser alone."""

from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import expect
from rich.progress import Progress

from shundan.billing.models import Payment
from shundan.orders.models import Order
from shundan.parties.models import Customer
from tests import make
from tests.browser.desk import Office
from tests.browser.test_cash import fill_quantities
from tests.browser.test_entry import enter_line, saved
from tests.cast import Cast
from tests.exchange.places import HAS_SHARED, SAMPLES, SHARED, SOURCES, place_of


@pytest.mark.real_data
def test_an_imported_customer_orders_anew_until_it_is_paid(office: Office, people: Cast, tmp_path: Path) -> None:
    northwind = next(one for one in SOURCES if one.name == "northwind")
    with override_settings(DATA_FOLDER=tmp_path), Progress(disable=True) as progress:
        import_module("shundan.exchange.imports.northwind").run(
            place_of(northwind, SHARED if HAS_SHARED else SAMPLES), progress
        )
    history = Order.objects.count()
    customer = Customer.objects.filter(owner_id=people.wang.id).exclude(pk=people.boyuan.pk).order_by("id")[0]
    sold = Order.objects.filter(customer__isnull=False).order_by("id")[0].lines.order_by("position")[0].product
    assert sold is not None
    make.receive(sold, 100)

    seller = office.sign_in("wang@example.com")
    page = seller.open(f"/customers/{customer.number}/")
    expect(page.locator("h1")).to_contain_text(customer.name)
    page = seller.open(f"/orders/new/?customer={customer.number}")
    expect(page.locator(".eg-input")).to_be_focused()
    enter_line(seller, sold.sku, "8", expected=sold.sku)
    saved(seller)
    seller.press("Control+Shift+Enter")
    page.wait_for_url(lambda url: not url.endswith("/edit/"))
    order = Order.objects.get(is_history=False)
    if order.state == "submitted":
        manager = office.sign_in("zhang@example.com")
        manager.open(f"/orders/{order.number}/")
        manager.move("approve")
        seller.open(f"/orders/{order.number}/")
    seller.move("confirm")
    path = f"/orders/{order.number}/"

    keeper = office.sign_in("sun@example.com")
    page = keeper.open(f"{path}ship/")
    fill_quantities(keeper, "8")
    page.click("[data-ship-submit]")
    page.wait_for_url(lambda url: "/ship/" not in url)

    finance = office.sign_in("zhao@example.com")
    page = finance.open(f"{path}invoice/")
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/invoices/**")
    order.refresh_from_db()
    page = finance.open(f"/payments/new/?customer={customer.number}")
    page.fill("input[name=amount]", str(order.total))
    page.click("[data-allocate-oldest]")
    expect(page.locator("[data-unallocated]")).to_have_text("0.00")
    page.click(".form-foot .btn-primary")
    page.wait_for_url("**/payments/RC-*/")

    page = seller.open(path)
    expect(page.locator(".badge-big")).to_contain_text("已完成")
    order.refresh_from_db()
    assert (order.state, order.fulfilment, order.invoicing, order.payment) == ("completed", "shipped", "full", "paid")
    assert Payment.objects.order_by("-id")[0].allocated == order.total > Decimal(0)
    assert Order.objects.count() == history + 1
