"""Customers confirm their orders by a signed link: mailed over a real connection, answered once, waited for."""

import re
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from shundan.billing.actions import issue_invoice
from shundan.catalog.actions import ComponentInput, PriceInput
from shundan.confirmations.actions import (
    ConfirmationAnswered,
    CustomerAnswer,
    CustomerNotAgreed,
    NobodyToConfirm,
    NothingToConfirm,
    answer_confirmation,
    ask_customer,
)
from shundan.confirmations.models import Confirmation
from shundan.confirmations.queries import (
    MOST_TRIES,
    LinkExpired,
    LinkOutdated,
    LinkUnknown,
    awaits_customer,
    token_of_confirmation,
)
from shundan.fulfilment.actions import ship_order
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.notifications.models import Notice
from shundan.orders.actions import ChangeWish, LineInput, LineWish, OrderInput, amend_order, place_order
from shundan.orders.models import Order
from shundan.orders.queries import lines_of
from shundan.parties.actions import ContactInput
from tests import make
from tests.api.client import as_person
from tests.jobs import do_jobs
from tests.notifications.post import post_office
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
AGREED = CustomerAnswer(name="韩梅")
HAN = (ContactInput(name="韩梅", phone="1", email="han@example.com", is_main=True),)


def an_order(*, owner_id: int | None = None, **more: Any) -> Order:
    """Return a confirmed order of a customer with an address."""
    customer = make.customer("北京启明有限公司", contacts=HAN, owner_id=owner_id)
    return make.order(state="confirmed", of=customer, **more)


def asked(order: Order) -> Confirmation:
    """Return what the customer of an order was asked now."""
    return ask_customer(order.number, by=make.boss())


def test_it_is_mailed_and_confirmed_on_the_customers_page(browser_of: Browser) -> None:
    owner = make.person("rep", name="王芳")
    order = an_order(by=owner, owner_id=owner.id)
    with post_office() as office:
        ask_customer(order.number, by=make.on(make.boss(timezone.now())))
        do_jobs()
        [mail] = office.mails
    body, paper = mail.iter_parts()
    one = Confirmation.objects.get()
    assert (mail["To"], order.number in mail["Subject"]) == ("han@example.com", True)
    assert sha256(paper.get_content()).hexdigest() == one.digest
    link = re.search(r"https://oms\.example\.com(/confirm/\S+/)", body.get_content())
    assert link
    guest = Client()
    page = guest.get(link[1]).content.decode()
    assert order.number in page and "我确认此订单" in page
    assert guest.get(f"{link[1]}order.pdf").content == bytes(one.content)
    assert guest.post(link[1], {"what": "agree", "name": ""}).status_code == 422
    assert guest.post(link[1], {"what": "agree", "name": "韩梅"}).status_code == 303
    one.refresh_from_db()
    assert (one.state, one.answered_by_name, one.address) == ("confirmed", "韩梅", "127.0.0.1")
    again = guest.post(link[1], {"what": "agree", "name": "韩梅"})
    assert again.status_code == 409 and "confirmation_answered" in again.content.decode()
    do_jobs()
    assert Notice.objects.filter(person_id=owner.id, subject_kind="order").exists()
    shown = browser_of(owner).get(f"/orders/{order.number}/confirmation/").content.decode()
    assert one.digest in shown and "韩梅" in shown
    assert "韩梅" in browser_of(owner).get(f"/orders/{order.number}/?tab=history").content.decode()


def test_what_is_wrong_is_told_by_line_or_in_general() -> None:
    order = an_order()
    for given in (
        CustomerAnswer(name="韩梅", lines={9: "x"}),
        CustomerAnswer(name="韩梅", lines={1: " "}),
        CustomerAnswer(name="韩梅", remark="x" * 501),
        CustomerAnswer(name="x" * 101),
    ):
        one = asked(order)
        with make.refused(Malformed):
            answer_confirmation(token_of_confirmation(one), given, at=make.AT)
    said = answer_confirmation(
        token_of_confirmation(one), CustomerAnswer(name="韩梅", lines={1: "数量应为 5"}, remark="交期太晚"), at=make.AT
    )
    assert (said.state, said.lines, said.remark) == ("wrong", {"1": "数量应为 5"}, "交期太晚")
    # Put right by telephone: asked anew, the first answer stays.
    assert asked(order).state == "sent"
    assert Confirmation.objects.filter(state="wrong").count() == 1


def test_forged_expired_and_outdated_links_are_refused_by_code() -> None:
    order = an_order()
    one = asked(order)
    token = token_of_confirmation(one)
    other = asked(an_order())
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", ""):
        with make.refused(LinkUnknown, "confirmation_link_unknown"):
            answer_confirmation(forged, AGREED, at=make.AT)
    with make.refused(LinkExpired, "confirmation_link_expired"):
        answer_confirmation(token, AGREED, at=make.AT + timedelta(days=30))
    second = asked(order)
    with make.refused(LinkOutdated, "confirmation_link_outdated"):
        answer_confirmation(token, AGREED, at=make.AT)
    answer_confirmation(token_of_confirmation(second), AGREED, at=make.AT)
    with make.refused(ConfirmationAnswered, "confirmation_answered"):
        answer_confirmation(token_of_confirmation(second), AGREED, at=make.AT)
    other.refresh_from_db()
    assert other.state == "sent"
    with make.refused(ConfirmationAnswered):
        asked(order)


def test_many_wrong_links_of_one_address_must_wait() -> None:
    token = token_of_confirmation(asked(an_order()))
    guest = Client()
    for _each in range(MOST_TRIES):
        assert guest.get("/confirm/forged/").status_code == 404
    refused = guest.get(f"/confirm/{token}/")
    assert refused.status_code == 429 and "too_many_tries" in refused.content.decode()
    assert Client(REMOTE_ADDR="10.0.0.9").get("/confirm/forged/").status_code == 404


def test_orders_whose_type_asks_wait_for_the_customer_and_ask_anew_after_a_change(browser_of: Browser) -> None:
    make.publish_type(asks_customer=True)
    order = an_order(quantity=10)
    do_jobs()
    one = Confirmation.objects.get()
    assert (one.order_id, one.revision, awaits_customer(order)) == (order.pk, 1, True)
    boss = make.boss()
    with make.refused(CustomerNotAgreed, "customer_not_agreed"):
        ship_order(order.number, by=boss)
    answer_confirmation(token_of_confirmation(one), AGREED, at=one.sent_at)
    assert not awaits_customer(make.fresh(order.number))
    line = lines_of(order)[0]
    wish = ChangeWish(lines=(LineWish(position=line.position, unit=line.order_unit, quantity=line.quantity - 1),))
    amend_order(order.number, wish, by=boss, reason_code="customer_wish")
    do_jobs()
    changed = make.fresh(order.number)
    assert (changed.revision, awaits_customer(changed)) == (2, True)
    with make.refused(CustomerNotAgreed):
        ship_order(order.number, by=boss)
    second = Confirmation.objects.get(revision=2)
    one.refresh_from_db()
    assert (one.state, second.state) == ("confirmed", "sent")
    answer_confirmation(token_of_confirmation(second), AGREED, at=second.sent_at)
    ship_order(order.number, by=boss)
    assert issue_invoice(order.number, by=boss).total == make.fresh(order.number).total
    page = browser_of(make.person("executive")).get(f"/orders/{order.number}/confirmation/").content.decode()
    assert "R2" in page and "R1" in page


def test_who_may_ask_and_whom() -> None:
    bare = make.order(state="confirmed", of=make.customer("无址公司"))
    with make.refused(NobodyToConfirm, "nobody_to_confirm"):
        asked(bare)
    with make.refused(NothingToConfirm, "nothing_to_confirm"):
        asked(make.order(state="draft", of=make.customer("草稿公司", contacts=HAN)))
    order = an_order()
    with make.refused(NotPermitted):
        ask_customer(order.number, by=make.person("finance"))
    api = as_person(make.person("executive"))
    shown = api.get(f"/orders/{order.number}/confirmations")
    assert (shown.status, shown.body) == (200, {"is_awaited": False, "items": []})
    one = asked(order)
    assert api.get(f"/orders/{order.number}/confirmations").body["items"][0]["digest"] == one.digest
    # A customer without an address who is asked by the type: the order waits, and nothing breaks.
    make.publish_type(asks_customer=True)
    waiting = make.order(state="confirmed", of=make.customer("无址公司二"))
    do_jobs()
    assert awaits_customer(waiting) and not Confirmation.objects.filter(order=waiting).exists()


def test_answers_are_final_and_one_is_open() -> None:
    order = an_order()
    one = asked(order)
    answer_confirmation(token_of_confirmation(one), CustomerAnswer(name="韩梅", remark="错"), at=make.AT)
    for sql in ("update confirmations_confirmation set state = 'confirmed'", "delete from confirmations_confirmation"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    asked(order)
    second = Confirmation.objects.get(state="sent")
    second.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_the_customer_reads_the_kit_over_its_parts_in_their_own_units() -> None:
    make.product("A-1", price="60.00", stock=9, name_zh="龙头")
    parts = (ComponentInput(sku="A-1", quantity=Decimal(2)),)
    prices = (PriceInput(amount=Decimal(100)),)
    make.product("K-1", kind="kit", unit="set", components=parts, prices=prices, name_zh="龙头套装")
    customer = make.customer("北京启明有限公司", contacts=HAN)
    lines = (LineInput(sku="K-1", quantity=Decimal(3)),)
    order = place_order(OrderInput(customer=customer.number, lines=lines), by=make.boss())
    one = ask_customer(order.number, by=make.on(make.boss(timezone.now())))
    guest, address = Client(), f"/confirm/{token_of_confirmation(one)}/"
    text = guest.get(address).content.decode()
    heading = text.index("龙头套装")
    assert heading < text.index("3 套") < text.index("¥300.00", heading) < text.index("6 件")
    # Who reads may choose the other language at the foot of the page.
    guest.cookies["language"] = "en"
    assert "I confirm the order" in guest.get(address).content.decode()
