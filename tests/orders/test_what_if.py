"""What would have been: the past judged by another text, read-only, from the facts that were kept at that time."""

from decimal import Decimal

import pytest
from django.db import InternalError, connection
from django.test.utils import CaptureQueriesContext

from shundan.accounts.rules import ROLES
from shundan.kernel.errors import Malformed, NotFound, NotPermitted
from shundan.kernel.models import Event
from shundan.orders.actions import LineInput, OrderInput, Question, answer_what_if, ask_what_if, place_order, what_if
from shundan.orders.models import Order, WhatIf
from shundan.orders.queries import differences_of, get_what_if, list_what_ifs
from shundan.orders.queries.recorded import read_only
from shundan.workflow.actions import approve_task, publish_table
from shundan.workflow.models import ApprovalTableVersion
from shundan.workflow.queries import latest_run_of
from tests import make
from tests.orders.versions import publish_with, sale_text

pytestmark = pytest.mark.django_db
ADMIN = "admin"


def placed(total: str, *, decided_after: int | None = None, days_ago: int = 0) -> Order:
    """Place an order of one piece; what waits is approved after so many hours."""
    by = make.on(make.boss(), days=-days_ago)
    goods = make.product(price=total, stock=1)
    line = LineInput(sku=goods.sku, quantity=Decimal(1))
    order = place_order(OrderInput(customer=make.customer().number, lines=(line,)), by=by)
    if decided_after is not None:
        run = latest_run_of(order.subject)
        assert run is not None
        approve_task(run.pk, by=make.on(by, hours=decided_after))
    return order


def table_text(old: str = "", new: str = "") -> str:
    """Return the approval table in force with something else in it."""
    make.shipped()
    text = ApprovalTableVersion.objects.filter(code="order").order_by("-version")[0].content
    assert old in text
    return text.replace(old, new, 1)


SALES = 'kind in ["sale", "service"] and company_total > 50000'
LOWER = 'kind in ["sale", "service"] and company_total > 5000'


def asked(subject: str = "table", code: str = "order", **more: object) -> WhatIf:
    """Ask as an administrator."""
    given = {"before": 1, "days": 30} | more
    return ask_what_if(Question(subject=subject, code=code, **given), by=make.actor(ADMIN))  # type: ignore[arg-type]


@pytest.fixture
def history() -> dict[str, Order]:
    """Two orders that nobody had to approve, two that somebody approved after 2 and 6 hours, an old one."""
    return {
        "small": placed("100"),
        "middle": placed("20000"),
        "large": placed("60000", decided_after=2),
        "larger": placed("90000", decided_after=6),
        "old": placed("30000", days_ago=60),
    }


def test_the_same_version_twice_gives_no_difference(history: dict[str, Order]) -> None:
    found = asked(after=1)
    assert (found.state, found.percent) == ("done", 100)
    assert found.result["documents"] == 4
    assert (found.result["different"], differences_of(found, by=make.boss())) == (0, [])
    assert found.result["asked"] == [["role:sales_manager", 2, 2]]
    assert found.result["waiting_before"] == found.result["waiting_after"] == 4 * 3600 * 2 / 4
    assert asked("workflow", "sale", after=1).result["different"] == 0


def test_a_lower_limit_asks_more_and_waits_longer(history: dict[str, Order]) -> None:
    found = asked(text=table_text(SALES, LOWER))
    assert [one["number"] for one in differences_of(found, by=make.boss())] == [history["middle"].number]
    assert differences_of(found, by=make.boss())[0] == {
        "number": history["middle"].number,
        "before": [],
        "after": ["role:sales_manager"],
        "leaves_before": None,
        "leaves_after": None,
    }
    assert (found.result["newly_automatic"], found.result["no_longer_automatic"]) == (0, 1)
    assert found.result["asked"] == [["role:sales_manager", 2, 3]]
    # The median of 2 and 6 hours stands for the one that nobody waited for; two, then three of four orders wait it.
    assert found.result["waiting_before"] == 2 * 4 * 3600 / 4
    assert found.result["waiting_after"] == 3 * 4 * 3600 / 4
    # Ninety days also find the old one.
    assert asked(text=table_text(SALES, LOWER), days=90).result["different"] == 2


def test_published_versions_are_compared_too(history: dict[str, Order]) -> None:
    publish_table(table_text(SALES, LOWER), subject_kind="order", by=make.boss())
    assert asked(before=1, after=2).result["different"] == 1
    assert asked(before=2, after=1).result["newly_automatic"] == 1
    assert asked(before=2, after=2).result["different"] == 0


def test_the_facts_of_that_day_count_not_those_of_today(history: dict[str, Order]) -> None:
    Order.objects.filter(pk=history["middle"].pk).update(company_total=1, total=1, net=1, tax=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "update orders_orderline set net = 1, tax = 0, gross = 1, quantity = 1, unit_price = 1 where order_id = %s",
            [history["middle"].pk],
        )
    found = asked(text=table_text(SALES, LOWER))
    assert (found.result["different"], found.result["from_present"]) == (1, 0)


def test_submissions_without_kept_facts_are_judged_by_todays_columns_and_it_says_so(history: dict[str, Order]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update kernel_event set data = data - 'judged'")
    found = asked(text=table_text(SALES, LOWER))
    assert (found.result["documents"], found.result["different"], found.result["from_present"]) == (4, 1, 2)


def test_a_replay_asks_the_database_as_often_for_many_documents_as_for_few(history: dict[str, Order]) -> None:
    for subject, code in (("table", "order"), ("workflow", "sale")):
        with CaptureQueriesContext(connection) as few:
            found = asked(subject, code, after=1)
        with CaptureQueriesContext(connection) as more:
            assert asked(subject, code, after=1, days=90).result["documents"] == found.result["documents"] + 1
        assert len(more) == len(few)


def test_facts_that_were_never_kept_are_counted(history: dict[str, Order]) -> None:
    found = asked(text=table_text(SALES, f"{SALES} or overdue_days > 3"))
    assert found.result["missing"] == {"overdue_days": 2}
    assert found.result["different"] == 0


def test_a_changed_workflow_shows_where_orders_would_have_left_their_way(history: dict[str, Order]) -> None:
    submit = '[transitions.submit]\nzh = "提交"\n'
    found = asked("workflow", "sale", text=sale_text().replace(submit, submit + 'when = "company_total >= 1000"\n'))
    assert [
        (one["number"], one["leaves_before"], one["leaves_after"]) for one in differences_of(found, by=make.boss())
    ] == [(history["small"].number, None, ["draft", "submit", "closed", ""])]
    # An optional way beside the others leads no recorded order elsewhere.
    beside = '\n[transitions.park]\nzh = "搁置"\nen = "Park"\nfrom = ["approved"]\nto = "draft"\n'
    beside += 'permission = "order.submit"\n'
    assert asked("workflow", "sale", text=sale_text() + beside).result["different"] == 0
    version = publish_with('does = ["request_order_approval"]\n', "")
    quiet = asked("workflow", "sale", before=1, after=version.version)
    assert quiet.result["newly_automatic"] == 2
    assert quiet.result["asked"] == [["role:sales_manager", 2, 0]]


def test_asking_writes_nothing_but_the_answer(history: dict[str, Order]) -> None:
    before = make.everything()
    asked(text=table_text(SALES, LOWER))
    asked("workflow", "sale", after=1)
    assert {name for name, mark in make.everything().items() if before[name] != mark} == {"orders_whatif"}


def test_the_database_itself_lets_a_replay_write_nothing() -> None:
    with pytest.raises(InternalError, match="read-only transaction"), read_only() as cursor:
        cursor.execute("delete from orders_order")


def test_many_documents_become_a_job_that_tells_its_progress(
    history: dict[str, Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "AT_ONCE", 3)
    found = asked(text=table_text(SALES, LOWER))
    assert (found.state, found.percent) == ("running", 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "select args ->> 'question_id' from procrastinate_jobs where task_name = 'orders.answer_what_if'"
        )
        assert cursor.fetchall() == [(str(found.pk),)]
    answer_what_if(found.pk, by=make.boss())
    answer_what_if(found.pk, by=make.boss())
    done = get_what_if(found.pk, by=make.boss())
    assert (done.state, done.percent, done.result["different"]) == ("done", 100, 1)
    assert [one.pk for one in list_what_ifs(by=make.boss()).items] == [found.pk]


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ({"text": ""}, ["text"]),
        ({"text": "code = 5"}, ["text.code"]),
        ({"text": "x" * 300_001}, ["text"]),
        ({"after": 9}, ["after"]),
        ({"before": 9, "after": 1}, ["before"]),
        ({"after": 1, "days": 0}, ["days"]),
        ({"after": 1, "days": 5000}, ["days"]),
        ({"subject": "other", "after": 1}, ["subject"]),
    ],
)
def test_bad_questions_name_the_place(more: dict[str, object], places: list[str]) -> None:
    make.shipped()
    with make.refused(Malformed) as caught:
        asked(**more)  # type: ignore[arg-type]
    assert [one.path for one in caught.value.details] == places


def test_a_candidate_that_could_not_be_published_is_not_replayed() -> None:
    with make.refused(Malformed) as caught:
        asked(text=table_text(SALES, "margin > 5"))
    assert [(one.path.split(":")[0], one.code) for one in caught.value.details] == [
        ("text.rows[0].when", "unknown_fact")
    ]
    with make.refused(Malformed) as caught:
        asked(text=table_text('code = "order"', 'code = "other"'))
    assert [one.path for one in caught.value.details] == ["text.code"]
    with make.refused(NotFound):
        asked(code="nothing", after=1)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {ADMIN}))
def test_only_administrators_ask(role: str) -> None:
    make.shipped()
    with make.refused(NotPermitted):
        ask_what_if(Question(subject="table", code="order", before=1, after=1), by=make.actor(role))
    with make.refused(NotPermitted):
        list_what_ifs(by=make.actor(role))


def test_both_ways_of_placing_keep_the_facts_they_were_judged_by() -> None:
    order = placed("100")
    kept = Event.objects.get(kind="order.submitted", subject_id=order.pk).data["judged"]
    assert kept["facts"]["company_total"] == "100.00"
    assert {"stock_short", "credit_left", "number"}.isdisjoint(kept["facts"])
    assert ApprovalTableVersion.objects.get(pk=kept["table"]).code == "order"
    assert not [
        one for one in Event.objects.filter(subject_id=order.pk).exclude(kind="order.submitted") if "judged" in one.data
    ]


def test_a_workflow_is_judged_by_the_table_of_each_type(db: None) -> None:
    rows = '[[rows]]\nwhen = "company_total > 50"\nlevel = 1\nwho = "role:finance"\n'
    publish_table(f'code = "samples"\n{rows}', subject_kind="order", by=make.boss())
    make.order_type("sampling", workflow="sale", approval_table="samples")
    goods, buyer = make.product(price="100.00", stock=10), make.customer()
    for code in ("sampling", "sales"):
        line = LineInput(sku=goods.sku, quantity=Decimal(1))
        given = OrderInput(type=code, customer=buyer.number, lines=(line,))
        place_order(given, until="submitted", by=make.boss())
    found = asked("workflow", "sale", after=1)
    # The plain sale of 100 asks nobody, the sample of 100 asks finance.
    assert (found.result["documents"], found.result["asked"]) == (2, [["role:finance", 1, 1]])
