"""Customers, products, people: edits meet openly, rights hold, tokens are shown once."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from shundan.accounts.models import ApiToken, Department, User
from shundan.catalog.models import Product
from shundan.parties.models import Customer
from shundan.ui.doors import routes_of
from tests import make
from tests.cast import Cast
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db

CUSTOMER = {
    "name": "杭州云栖机电设备有限公司",
    "terms": "net30",
    "currency": "CNY",
    "country": "CN",
    "includes_tax": "1",
    "contact-0-name": "周敏",
    "contact-0-phone": "13812341234",
    "address-0-province": "浙江省",
    "address-0-city": "杭州市",
    "address-0-district": "余杭区",
    "address-0-street": "文一西路 969 号",
}


def test_a_customer_is_added_with_people_and_places(people: Cast, browser_of: Browser) -> None:
    answer = browser_of(people.wang).post("/customers/new/", CUSTOMER)
    made = Customer.objects.get(name=CUSTOMER["name"])
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{made.number}/")
    assert (made.owner_id, made.contacts.get().name, made.addresses.get().district) == (
        people.wang.id,
        "周敏",
        "余杭区",
    )


def test_a_bad_tax_number_is_refused_at_its_field_and_the_typing_stays(people: Cast, browser_of: Browser) -> None:
    answer = browser_of(people.wang).post("/customers/new/", CUSTOMER | {"tax_number": "91330100MA00000000"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not a valid 18-character unified social credit code." in page
    assert 'href="#f-tax_number"' in page
    assert 'value="文一西路 969 号"' in page


def test_two_edits_of_a_customer_show_both_values(people: Cast, browser_of: Browser) -> None:
    url = f"/customers/{people.boyuan.number}/edit/"
    version = people.boyuan.version
    assert browser_of(people.zhang).post(url, CUSTOMER | {"version": version, "name": "博远一"}).status_code in (
        303,
        403,
    )
    Customer.objects.filter(pk=people.boyuan.pk).update(name="博远一", version=version + 1)
    answer = browser_of(people.wang).post(
        url,
        CUSTOMER
        | {"version": version, "name": "博远二", "credit_limit": "100000"}
        | {"contact-0-phone": "13900001111", "address-1-kind": "bill", "address-1-city": "上海市"},
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "version_conflict" in page
    assert "<td>博远二</td><td>博远一</td>" in page
    assert ">Contact 1: Phone</th><td>13900001111</td><td>13812341234</td>" in page
    assert ">Address 2: City</th><td>上海市</td><td>--</td>" in page
    assert ">Address 2: For</th><td>Billing</td><td>--</td>" in page
    assert "contacts[" not in page and "addresses[" not in page
    assert Customer.objects.get(pk=people.boyuan.pk).name == "博远一"


def test_a_limit_that_finance_set_meanwhile_stays_and_the_next_save_works(people: Cast, browser_of: Browser) -> None:
    number = people.boyuan.number
    url, browser = f"/customers/{number}/edit/", browser_of(people.wang)
    form = CUSTOMER | {"name": "博远二", "credit_limit": "100000", "owner": str(people.wang.id)}
    browser_of(people.zhao).post(f"/customers/{number}/credit/", {"credit_limit": "250000"})
    answer = browser.post(url, form | {"version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "<td>100000</td><td>250000.00</td>" in page
    field = re.search(r'name="credit_limit"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="credit_limit"', page)
    assert field is not None
    shown = field[1] or field[2]
    assert browser.post(url, form | {"version": "2", "credit_limit": shown.replace(",", "")}).status_code == 303
    kept = Customer.objects.get(number=number)
    assert (kept.name, kept.credit_limit) == ("博远二", 250000)


def test_only_finance_sets_the_credit_limit(people: Cast, browser_of: Browser) -> None:
    url = f"/customers/{people.boyuan.number}/credit/"
    assert browser_of(people.wang).post(url, {"credit_limit": "1"}).status_code == 403
    assert browser_of(people.zhao).post(url, {"credit_limit": "250000"}).status_code == 303
    assert Customer.objects.get(pk=people.boyuan.pk).credit_limit == 250000
    browser_of(people.zhao).post(url, {"credit_limit": ""})
    assert Customer.objects.get(pk=people.boyuan.pk).credit_limit is None


def test_a_closed_customer_gets_no_order(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.wang)
    browser.post(f"/customers/{people.boyuan.number}/close-it/")
    assert Customer.objects.get(pk=people.boyuan.pk).status == "closed"
    assert browser.get("/customers/pick/?q=").json()["items"] == []
    browser.post(f"/customers/{people.boyuan.number}/open-it/")
    assert Customer.objects.get(pk=people.boyuan.pk).status == "active"


def test_a_product_keeps_all_its_prices_when_it_is_edited(people: Cast, browser_of: Browser) -> None:
    product, browser = make.product("A/B 1"), browser_of(people.zhang)
    given = {
        "version": product.version,
        "name": "螺栓",
        "kind": "goods",
        "unit": "pcs",
        "tax_rate": "vat13",
        "is_active": "1",
        "price-0-amount": "10",
        "price-0-currency": "CNY",
        "price-1-amount": "9.5",
        "price-1-currency": "CNY",
        "price-1-min": "100",
        "price-2-amount": "9.4125",
        "price-2-currency": "CNY",
        "price-2-min": "500",
    }
    answer = browser.post("/products/edit/A/B 1/", given)
    assert (answer.status_code, answer["Location"]) == (303, "/products/of/A/B%201/")
    assert [str(one.amount) for one in Product.objects.get(sku="A/B 1").prices.order_by("min_quantity")] == [
        "10.000000",
        "9.500000",
        "9.412500",
    ]
    fields = browser.get("/products/edit/A/B 1/").content.decode()
    assert [f'value="{price}"' in fields for price in ("10.00", "9.50", "9.4125")] == [True, True, True]
    assert browser.get("/products/of/A/B 1/").status_code == 200
    assert browser.post("/products/edit/A/B 1/", given).status_code == 409


def test_a_token_is_shown_once(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.wang)
    page = browser.post("/account/tokens/", {"name": "脚本"}).content.decode()
    assert "sd_" in page
    assert "sd_" not in browser.get("/account/").content.decode()
    token = ApiToken.objects.get(user_id=people.wang.id)
    assert browser_of(people.li).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    browser.post(f"/account/tokens/{token.pk}/revoke/")
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_an_administrator_keeps_people_departments_and_teams(people: Cast, browser_of: Browser) -> None:
    browser = browser_of(people.zhou)
    given = {"code": "north", "name": "华北销售部", "name_en": "Sales, North", "parent": str(people.sales.pk)}
    assert browser.post("/users/departments/new/", given).status_code == 303
    north = Department.objects.get(code="north")
    assert (
        browser.post("/users/teams/new/", {"code": "north-1", "name": "一组", "department": str(north.pk)}).status_code
        == 303
    )
    person = {
        "email": "new@example.com",
        "name": "新人",
        "password": "a long password",
        "roles": ["rep"],
        "department": str(north.pk),
        "language": "en",
    }
    answer = browser.post("/users/new/", person)
    made = User.objects.get(email="new@example.com")
    assert (answer["Location"], made.department, made.roles) == (f"/users/{made.pk}/", north, ["rep"])
    browser.post(f"/users/{made.pk}/edit/", {"name": "新人", "roles": ["finance"]})
    made.refresh_from_db()
    assert (made.roles, made.is_active) == (["finance"], False)
    answer = browser.post(f"/users/{people.zhou.id}/edit/", {"name": "周洁", "roles": ["rep"], "is_active": "1"})
    assert answer.status_code == 409
    assert "You cannot change your own roles; ask another administrator." in answer.content.decode()


def test_every_page_declares_its_permission(db: None) -> None:
    pages = [
        (place, view)
        for place, view in routes_of(get_resolver().url_patterns)
        if not place.startswith(("api/", "healthz"))
    ]
    assert len(pages) > 60
    assert all(hasattr(view, "permission") for _place, view in pages)


@pytest.mark.parametrize(
    ("url", "open_to"),
    [
        ("/", "wang zhang sun zhao zhou"),
        ("/orders/", "wang zhang sun zhao"),
        # The warehouse enters transfers.
        ("/orders/new/", "wang zhang sun"),
        ("/shipments/", "wang zhang sun zhao"),
        ("/stock/", "wang zhang sun zhao"),
        ("/stock/adjust/", "sun"),
        ("/invoices/", "wang zhang zhao"),
        ("/payments/", "wang zhang zhao"),
        ("/payments/new/", "zhao"),
        ("/customers/", "wang zhang zhao"),
        ("/customers/new/", "wang zhang"),
        ("/products/", "wang zhang sun zhao zhou"),
        ("/products/new/", "zhang"),
        ("/imports/", "zhou"),
        ("/users/", "zhou"),
        ("/users/new/", "zhou"),
        ("/account/", "wang zhang sun zhao zhou"),
        ("/search/?q=x", "wang zhang sun zhao zhou"),
    ],
)
def test_each_role_opens_its_pages(people: Cast, browser_of: Browser, url: str, open_to: str) -> None:
    for name in ("wang", "zhang", "sun", "zhao", "zhou"):
        wanted = 200 if name in open_to.split() else 403
        assert browser_of(getattr(people, name)).get(url).status_code == wanted, name
    assert Client().get(url).status_code == 302


def test_the_navigation_holds_what_the_role_may_open(people: Cast, browser_of: Browser) -> None:
    page = browser_of(people.sun).get("/").content.decode()
    assert 'data-nav="stock"' in page
    assert 'data-nav="payments"' not in page
    assert 'data-nav="users"' not in page


def test_an_unknown_address_says_so(people: Cast, browser_of: Browser) -> None:
    answer = browser_of(people.wang).get("/nowhere/")
    assert answer.status_code == 404


def test_pages_name_rights_and_things_in_the_readers_language(people: Cast, browser_of: Browser) -> None:
    for language, right, thing in (("en", "Create customers", "Customer C-0 "), ("zh-hans", "新增客户", "客户 C-0 ")):
        browser = browser_of(people.sun, language)
        page = browser.get("/customers/new/").content.decode()
        assert right in page and "customer.create" not in page
        assert thing in browser_of(people.wang, language).get("/customers/C-0/").content.decode()
        page = browser_of(people.zhou, language).get(f"/users/{people.wang.id}/").content.decode()
        assert right in page
