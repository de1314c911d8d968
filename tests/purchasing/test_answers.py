"""An order at its supplier: mailed over a real connection, confirmed or answered otherwise, and decided here."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from shundan.catalog.models import Product
from shundan.kernel.actor import Actor
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.notifications.models import Notice
from shundan.orders.actions import LineInput, OrderInput, create_order, move_order, place_order
from shundan.orders.queries import Wish, outlook_unscoped
from shundan.parties.actions import SupplierInput, change_supplier, create_supplier
from shundan.purchasing.actions import (
    AnswerDecided,
    OrderAnswer,
    OrderNotIssued,
    SupplierWithoutMail,
    answer_order,
    decide_answer,
    enter_answer,
    send_order_to_supplier,
)
from shundan.purchasing.models import SupplierAnswer
from shundan.purchasing.queries import answers_of_order, differences_of_answer, standing_of_answer, token_of_order
from shundan.workflow.actions import approve_task, reject_task
from shundan.workflow.queries import list_inbox
from tests import make
from tests.jobs import do_jobs
from tests.notifications.post import post_office

pytestmark = pytest.mark.django_db
D = Decimal


@dataclass(frozen=True)
class Desk:
    """A buyer and their issued order of ten pumps at 100."""

    buyer: Actor
    number: str
    supplier: str

    @property
    def token(self) -> str:
        return token_of_order(make.fresh(self.number))


@pytest.fixture
def desk() -> Desk:
    make.shipped()
    buyer = make.person("purchasing", name="何买")
    supplier = create_supplier(SupplierInput(name="无锡泵业", email="sales@pumps.example"), by=buyer).number
    line = LineInput(sku=make.product("PUMP-SA").sku, quantity=D(10), unit_price=D(100))
    given = OrderInput(type="purchase", supplier=supplier, lines=(line,), requested_on=date(2090, 3, 20))
    number = create_order(given, by=buyer).number
    for verb in ("submit", "confirm"):
        move_order(number, verb, by=buyer)
    return Desk(buyer, number, supplier)


def test_an_order_is_mailed_with_the_address_where_it_is_confirmed(desk: Desk) -> None:
    with post_office() as office:
        send_order_to_supplier(desk.number, by=desk.buyer)
        do_jobs()
        [mail] = office.mails
    assert (mail["To"], desk.number in mail["Subject"]) == ("sales@pumps.example", True)
    body, paper = mail.iter_parts()
    assert (paper.get_content_type(), paper.get_filename()) == ("application/pdf", f"{desk.number}.pdf")
    assert paper.get_content().startswith(b"%PDF")
    text = body.get_content()
    assert ("PUMP-SA" in text, "1000.00 CNY" in text) == (True, True)
    link = re.search(r"https://oms\.example\.com(/supply/\S+/)", text)
    assert link
    guest = Client()
    page = guest.get(link[1]).content.decode()
    assert ("PUMP-SA" in page, "100.00" in page) == (True, True)
    assert guest.post(link[1], {"price-1": "100.00", "delivers_on": "2090-03-20"}).status_code == 303
    assert make.fresh(desk.number).state == "acknowledged"


def test_an_order_needs_an_address_and_must_be_issued(desk: Desk) -> None:
    change_supplier(desk.supplier, SupplierInput(name="无锡泵业"), version=1, by=desk.buyer)
    with make.refused(SupplierWithoutMail, "supplier_without_mail"):
        send_order_to_supplier(desk.number, by=desk.buyer)
    move_order(desk.number, "recall", by=desk.buyer, inputs={"reason": "x"})
    with make.refused(OrderNotIssued, "order_not_issued"):
        send_order_to_supplier(desk.number, by=desk.buyer)
    with make.refused(NotFound):
        answer_order(desk.token, OrderAnswer(), at=make.AT)
    with make.refused(NotPermitted):
        send_order_to_supplier(desk.number, by=make.person("finance"))


def test_a_malformed_address_of_a_supplier_is_refused(desk: Desk) -> None:
    with make.refused(Malformed):
        create_supplier(SupplierInput(name="x", email="nobody"), by=desk.buyer)


def test_what_is_as_ordered_acknowledges_the_order_once(desk: Desk) -> None:
    for _each in range(2):
        given = OrderAnswer(prices={1: D(100)}, delivers_on=date(2090, 3, 20))
        assert answer_order(desk.token, given, at=make.AT).state == "agreed"
    assert make.fresh(desk.number).state == "acknowledged"


def test_another_day_is_decided_here_and_changes_the_order(desk: Desk) -> None:
    first = answer_order(desk.token, OrderAnswer(delivers_on=date(2090, 4, 1)), at=make.AT)
    answer = answer_order(desk.token, OrderAnswer(delivers_on=date(2090, 4, 2), remark="节后"), at=make.AT)
    assert (make.fresh(desk.number).state, answer.state) == ("issued", "waiting")
    with make.refused(AnswerDecided, "answer_decided"):
        decide_answer(desk.number, first.pk, accept=True, by=desk.buyer)
    decide_answer(desk.number, answer.pk, accept=True, by=desk.buyer)
    order = make.fresh(desk.number)
    assert (order.state, order.requested_on, order.revision) == ("acknowledged", date(2090, 4, 2), 2)
    do_jobs()
    assert Notice.objects.filter(person_id=desk.buyer.id, subject_kind="order").count() == 2


def test_a_higher_price_waits_for_finance(desk: Desk) -> None:
    finance = make.person("finance")
    answer = answer_order(desk.token, OrderAnswer(prices={1: D(120)}), at=make.AT)
    decide_answer(desk.number, answer.pk, accept=True, by=desk.buyer)
    assert make.fresh(desk.number).total == D("1000.00")
    [item] = list_inbox(by=finance).items
    approve_task(item.run.pk, by=finance)
    assert make.fresh(desk.number).total == D("1200.00")
    [kept] = answers_of_order(make.fresh(desk.number), by=desk.buyer)
    assert kept.amendment is not None
    assert (kept.state, kept.amendment.initiator) == ("accepted", "supplier")


def test_a_change_that_is_not_approved_was_not_agreed_with_the_supplier(desk: Desk) -> None:
    finance = make.person("finance")
    answer = answer_order(desk.token, OrderAnswer(prices={1: D(120)}), at=make.AT)
    decide_answer(desk.number, answer.pk, accept=True, by=desk.buyer)
    order = make.fresh(desk.number)
    assert (standing_of_answer(answers_of_order(order, by=desk.buyer)[0]), order.state) == ("in_approval", "issued")
    [item] = list_inbox(by=finance).items
    reject_task(item.run.pk, by=finance, remark="太贵")
    do_jobs()
    order = make.fresh(desk.number)
    assert (standing_of_answer(answers_of_order(order, by=desk.buyer)[0]), order.state) == ("refused", "issued")
    page = Client().get(f"/supply/{desk.token}/", headers={"accept-language": "en"}).content.decode()
    assert ("The buyer keeps to the order" in page, "The buyer agreed" in page) == (True, False)
    # What the supplier sees and the buyer compares is what the order said then.
    again = answer_order(desk.token, OrderAnswer(prices={1: D(110)}), at=make.AT)
    decide_answer(desk.number, again.pk, accept=True, by=desk.buyer)
    [item] = list_inbox(by=finance).items
    approve_task(item.run.pk, by=finance)
    do_jobs()
    order = make.fresh(desk.number)
    newest, first = answers_of_order(order, by=desk.buyer)
    assert (standing_of_answer(newest), order.state, order.total) == ("accepted", "acknowledged", D(1100))
    told = [(one.what, one.before, one.after) for each in (newest, first) for one in differences_of_answer(each, order)]
    assert told == [("price", "100", "110"), ("price", "100", "120")]


def test_a_day_holds_for_lines_with_days_of_their_own_and_so_for_what_is_promised(desk: Desk) -> None:
    make.product("SEAL-SA")
    lines = (
        LineInput(sku="PUMP-SA", quantity=D(10), unit_price=D(100), requested_on=date(2090, 3, 20)),
        LineInput(sku="SEAL-SA", quantity=D(5), unit_price=D(8), requested_on=date(2090, 3, 25)),
    )
    given = OrderInput(type="purchase", supplier=desk.supplier, lines=lines, requested_on=date(2090, 3, 20))
    number = place_order(given, by=desk.buyer).number
    token = token_of_order(make.fresh(number))
    pump, place = Product.objects.get(sku="PUMP-SA"), make.main_warehouse()

    move_order(desk.number, "cancel", by=desk.buyer, inputs={"reason": "x"})
    wish = Wish(product_id=pump.pk, warehouse_id=place.pk, quantity=D(9))
    assert outlook_unscoped([wish], today=make.boss().today)[0].on == date(2090, 3, 20)

    # The page asks for a day of the whole order and, where a line has another, for that; as it is, it agrees.
    page = Client()
    asked = page.get(f"/supply/{token}/").content.decode()
    assert ('name="day-1" value=""' in asked, 'name="day-2" value="2090-03-25"' in asked) == (True, True)
    form = {
        "quantity-1": "10", "price-1": "100.00", "day-1": "", "quantity-2": "5", "price-2": "8.00",
        "day-2": "2090-03-25", "delivers_on": "2090-03-20", "remark": "",
    }  # fmt: skip
    assert page.post(f"/supply/{token}/", form | {"delivers_on": "2090-04-02", "quantity-2": "4"}).status_code == 303
    order = make.fresh(number)
    [answer] = answers_of_order(order, by=desk.buyer)
    found = differences_of_answer(answer, order)
    told = [(one.what, one.line and one.line.position, one.before, one.after) for one in found]
    assert told == [("day", None, "2090-03-20", "2090-04-02"), ("quantity", 2, "5", "4")]
    # What was said stands in the form: sending it once more takes nothing back.
    asked = page.get(f"/supply/{token}/").content.decode()
    shown = ('value="2090-04-02"', 'name="quantity-2" inputmode="decimal" autocomplete="off" value="4"')
    assert [one in asked for one in shown] == [True, True]

    decide_answer(number, answer.pk, accept=True, by=desk.buyer)
    do_jobs()
    order = make.fresh(number)
    said = [(line.requested_on, line.quantity) for line in order.lines.order_by("position")]
    assert (order.requested_on, said) == (date(2090, 4, 2), [(date(2090, 4, 2), D(10)), (date(2090, 3, 25), D(4))])
    assert outlook_unscoped([wish], today=make.boss().today)[0].on == date(2090, 4, 2)


def test_a_day_that_has_passed_is_no_answer_and_the_supplier_reads_where_and_from_when(desk: Desk) -> None:
    today = make.boss().today
    make.product("SEAL-SB")
    lines = tuple(LineInput(sku=sku, quantity=D(5), unit_price=D(8)) for sku in ("PUMP-SA", "SEAL-SB"))
    given = OrderInput(type="purchase", supplier=desk.supplier, lines=lines, requested_on=today)
    number = place_order(given, by=desk.buyer).number
    token, yesterday = token_of_order(make.fresh(number)), today - timedelta(days=1)
    later = make.AT + timedelta(days=1)
    for answer, at, paths in (
        (OrderAnswer(delivers_on=yesterday), make.AT, ["delivers_on"]),
        (OrderAnswer(days={2: yesterday}), make.AT, ["lines[1].requested_on"]),
        (OrderAnswer(delivers_on=yesterday, days={1: yesterday}), make.AT, ["delivers_on", "lines[0].requested_on"]),
        # No line is left that the day of the whole order holds for.
        (OrderAnswer(delivers_on=yesterday, days={1: yesterday, 2: today}), make.AT, ["lines[0].requested_on"]),
        # As ordered, but too late for that.
        (OrderAnswer(delivers_on=today), later, ["delivers_on"]),
    ):
        with make.refused(Malformed) as caught:
            answer_order(token, answer, at=at)
        assert [(one.path, one.code) for one in caught.value.details] == [(path, "in_past") for path in paths]
        assert all(str(make.on(make.boss(at)).today) in str(one.message) for one in caught.value.details)
    assert not SupplierAnswer.objects.exists() and make.fresh(number).state == "issued"
    assert answer_order(token, OrderAnswer(delivers_on=today), at=make.AT).state == "agreed"
    # On the page what was typed stays, and the sentence stands at its place.
    page = Client().post(f"/supply/{token}/", {"delivers_on": "2026-01-05", "day-2": "2026-01-06"})
    body = page.content.decode()
    assert (page.status_code, 'value="2026-01-05"' in body, 'value="2026-01-06"' in body) == (422, True, True)
    assert re.search(r'class="bad tiny">2026-01-06 ', body) and re.search(r">2026-01-05 已过", body)


def test_a_customer_s_order_has_no_supplier_who_answers(desk: Desk) -> None:
    with make.refused(OrderNotIssued):
        enter_answer(make.order(state="confirmed").number, OrderAnswer(), by=make.boss())
    with make.refused(NotPermitted):
        enter_answer(desk.number, OrderAnswer(), by=make.person("finance"))


def test_one_keeps_to_what_was_ordered(desk: Desk) -> None:
    answer = answer_order(desk.token, OrderAnswer(prices={1: D(120)}), at=make.AT)
    assert decide_answer(desk.number, answer.pk, accept=False, by=desk.buyer).state == "refused"
    assert (make.fresh(desk.number).total, make.fresh(desk.number).state) == (D("1000.00"), "issued")
    with make.refused(NotPermitted):
        decide_answer(desk.number, answer.pk, accept=True, by=make.person("finance"))


@pytest.mark.parametrize(
    "given",
    [
        OrderAnswer(prices={2: D(1)}),
        OrderAnswer(prices={1: D(-1)}),
        OrderAnswer(quantities={1: D(-1)}),
        OrderAnswer(days={2: date(2090, 4, 1)}),
        OrderAnswer(remark="x" * 501),
    ],
)
def test_a_malformed_answer_is_refused(desk: Desk, given: OrderAnswer) -> None:
    with make.refused(Malformed):
        answer_order(desk.token, given, at=make.AT)
    assert not SupplierAnswer.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "1:a:b"])
def test_a_forged_address_leads_nowhere(desk: Desk, token: str) -> None:
    with make.refused(NotFound):
        answer_order(token, OrderAnswer(), at=make.AT)
