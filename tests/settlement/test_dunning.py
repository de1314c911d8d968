"""Reminders: one level after the other, about what is still owed, never twice; left in peace with a reason."""

from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.parties.actions import ContactInput
from shundan.parties.models import Customer
from shundan.settlement.actions import (
    LevelInput,
    drop_reminder,
    make_statement,
    note_statement_answer,
    propose_reminders,
    save_dunning_levels,
    send_reminder,
)
from shundan.settlement.actions.dunning import NothingOverdue, ReminderDecided
from shundan.settlement.actions.statements import CustomerWithoutMail
from shundan.settlement.models import DunningItem, DunningLetter
from tests import make
from tests.api.client import as_person
from tests.jobs import do_jobs
from tests.web.conftest import Browser
from tests.web.conftest import _plain_static_files as _plain_static_files
from tests.web.conftest import browser_of as browser_of

pytestmark = pytest.mark.django_db
LEVELS = [
    LevelInput(days=7, text_zh="请付款。", text_en="Please pay."),
    LevelInput(days=30, text_zh="再次提醒。", text_en="Second reminder."),
]


def late(days: int) -> Actor:
    """Return somebody who may do everything, so many days after an invoice of today fell due (30 days to pay)."""
    return make.on(make.boss(), days=30 + days)


def debtor() -> Customer:
    """Add a customer who can be mailed."""
    contacts = (ContactInput(name="韩梅", phone="1", email="han@example.com", is_main=True),)
    return make.customer("北京启明有限公司", contacts=contacts)


def proposed(by: Actor) -> list[tuple[int, Decimal]]:
    """Propose and return level and total of each letter."""
    propose_reminders(by=by)
    return list(DunningLetter.objects.filter(state="proposed").order_by("pk").values_list("level", "total"))


def test_one_level_follows_the_other_and_none_comes_twice() -> None:
    save_dunning_levels(LEVELS, by=make.boss())
    invoice = make.invoice(make.order(state="shipped", of=debtor()))
    assert proposed(late(6)) == []
    assert proposed(late(40)) == proposed(late(40)) == [(1, Decimal(1000))]
    make.payment(invoice.customer, "400.00")
    letter = send_reminder(DunningLetter.objects.get().pk, by=late(40))
    assert (letter.number, letter.level, letter.total) == (f"DL-{late(40).today:%Y}-000001", 1, Decimal(600))
    with make.refused(ReminderDecided):
        send_reminder(letter.pk, by=late(40))
    assert proposed(late(41)) == [(2, Decimal(600))]
    send_reminder(DunningLetter.objects.get(state="proposed").pk, by=late(41))
    assert proposed(late(99)) == []
    assert list(DunningItem.objects.order_by("pk").values_list("level", "is_counted")) == [(1, True), (2, True)]


def test_what_is_paid_or_disputed_is_not_reminded_of() -> None:
    save_dunning_levels(LEVELS, by=make.boss())
    customer = debtor()
    paid, wrong = (make.invoice(make.order(state="shipped", of=customer)) for _each in range(2))
    propose_reminders(by=late(8))
    letter = DunningLetter.objects.get()
    assert letter.total == 2000
    statement = make_statement(customer.number, until=make.boss().today, by=late(8))
    position = statement.lines.get(number=wrong.number).position
    note_statement_answer(statement.number, disputes={position: "数量不对"}, by=late(8))
    make.payment(customer, "1000.00", allocations={paid.number: Decimal(1000)})
    with make.refused(NothingOverdue):
        send_reminder(letter.pk, by=late(8))
    assert proposed(late(9)) == []


def test_a_customer_is_left_in_peace_with_a_reason() -> None:
    save_dunning_levels(LEVELS, by=make.boss())
    make.invoice()
    propose_reminders(by=late(8))
    letter = DunningLetter.objects.get()
    with make.refused(CustomerWithoutMail):
        send_reminder(letter.pk, by=late(8))
    with make.refused(Malformed):
        drop_reminder(letter.pk, reason=" ", by=late(8))
    with make.refused(NotPermitted):
        propose_reminders(by=make.actor("rep"))
    drop_reminder(letter.pk, reason="已约定周五付款", by=late(8))
    assert proposed(late(22)) == []
    assert proposed(late(23)) == [(1, Decimal(1000))]
    assert send_reminder(DunningLetter.objects.get(state="proposed").pk, by_mail=False, by=late(23)).sent_to == ""


def test_an_automatic_level_is_mailed_by_night(settings: Any) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    save_dunning_levels(
        [LevelInput(days=7, text_zh="请付款。", text_en="Please pay.", is_automatic=True)], by=make.boss()
    )
    make.invoice(make.order(state="shipped", of=debtor()))
    assert propose_reminders(by=late(8)) == 1
    do_jobs()
    letter = mail.outbox[-1]
    assert letter.to == ["han@example.com"] and "请付款。" in letter.body
    assert bytes(letter.attachments[0][1])[:4] == b"%PDF"


@pytest.mark.parametrize(
    "levels",
    [
        [LevelInput(days=7, text_zh="a", text_en="a"), LevelInput(days=7, text_zh="b", text_en="b")],
        [LevelInput(days=0, text_zh="a", text_en="a")],
        [LevelInput(days=7, text_zh="", text_en="a")],
    ],
)
def test_levels_grow_and_say_something(levels: list[LevelInput]) -> None:
    with make.refused(Malformed):
        save_dunning_levels(levels, by=make.boss())


def test_on_the_pages_and_over_the_api(browser_of: Browser) -> None:
    invoice = make.invoice()
    finance = make.person("finance")
    web, api = browser_of(finance), as_person(finance)
    typed = {"days-0": "7", "zh-0": "请付款。", "en-0": "Please pay.", "idempotency_key": "d-1"}
    assert web.post("/dunning/levels/", typed | {"zh-0": ""}).status_code == 422
    assert web.post("/dunning/levels/", typed).status_code == 303
    assert api.get("/reminder-levels").body["items"][0]["days"] == 7
    assert web.post("/dunning/propose/", {"idempotency_key": "d-2"}).status_code == 303
    assert invoice.customer.name in web.get("/dunning/").content.decode()
    (row,) = api.get("/reminders").body["items"]
    assert api.get(f"/reminders/{row['id']}").body["invoices"][0]["invoice"] == invoice.number
    page = web.get(f"/dunning/{row['id']}/").content.decode()
    assert "Send by post" in page and web.get(f"/dunning/{row['id']}/pdf/").content[:4] == b"%PDF"
    assert api.post(f"/reminders/{row['id']}/send", {"by_mail": True}).code == "customer_without_mail"
    sent = web.post(f"/dunning/{row['id']}/send/", {"way": "post", "idempotency_key": "d-3"})
    assert sent.status_code == 303 and "DL-" in web.get("/dunning/?view=sent").content.decode()
    assert api.post(f"/reminders/{row['id']}/drop", {"reason": "x"}).code == "reminder_decided"
