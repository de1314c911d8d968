"""Events with their jobs, receipts, kept answers and numbers, against the database."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, transaction

from shundan.kernel.errors import Malformed
from shundan.kernel.events import record, record_many
from shundan.kernel.idempotency import KeyReused, answer_once
from shundan.kernel.models import AnsweredRequest, Event, EventReceipt
from shundan.kernel.numbering import next_gapless_number, next_number
from shundan.kernel.tasks import deliver
from shundan.parties.models import Customer
from tests import make

DAY = date(2026, 3, 2)


def jobs() -> list[dict[str, object]]:
    """Return the arguments of the jobs that wait."""
    with connection.cursor() as cursor:
        cursor.execute("select args::text from procrastinate_jobs where status = 'todo' order by id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


# Who hears of an order that was confirmed.
HEARD = ["parties.count_customer_order"]


@pytest.mark.django_db(transaction=True)
def test_an_event_and_its_jobs_commit_together_or_not_at_all() -> None:
    customer = make.customer()
    facts = {"customer_id": customer.pk, "ordered_on": "2026-03-02"}
    before = make.everything()

    with transaction.atomic():
        record("order.confirmed", subject=("order", 1), by=make.boss(), data=facts)
        assert [one["subscriber"] for one in jobs()] == HEARD
        transaction.set_rollback(True)
    assert make.everything() == before

    event = record("order.confirmed", subject=("order", 1), by=make.boss(), data=facts)
    assert jobs() == [{"event_id": event, "subscriber": one} for one in HEARD]


@pytest.mark.django_db
class TestEvents:
    def test_an_event_keeps_who_when_and_through_which_door(self) -> None:
        by = make.person("rep", name="王芳")
        event = Event.objects.get(pk=record("x.happened", subject=("x", 7), by=by, data={"名": "值"}))
        assert (event.actor_id, event.actor_name, event.door, event.at) == (by.id, "王芳", "web", make.AT)
        assert (event.kind, event.subject_kind, event.subject_id) == ("x.happened", "x", 7)
        assert event.data == {"名": "值"}

    def test_history_tells_nobody(self) -> None:
        record("order.confirmed", subject=("order", 1), by=make.boss(), jobs=False)
        assert jobs() == []

    def test_many_events_are_written_at_once_with_their_jobs(self) -> None:
        rows = [(n, {"n": n}) for n in range(3)]
        record_many("order.confirmed", subject_kind="order", rows=rows, by=make.boss())
        assert [event.data["n"] for event in Event.objects.order_by("id")] == [0, 1, 2]
        assert len(jobs()) == 3 * len(HEARD)

    def test_a_job_that_runs_twice_has_its_effect_once(self) -> None:
        customer = make.customer()
        facts = {"customer_id": customer.pk, "ordered_on": "2026-03-02"}
        event = record("order.confirmed", subject=("order", 1), by=make.boss(), data=facts)
        for _ in range(3):
            deliver(event_id=event, subscriber="parties.count_customer_order")
        counted = Customer.objects.get(pk=customer.pk)
        assert (counted.order_count, counted.latest_order_on) == (1, DAY)
        assert EventReceipt.objects.count() == 1

    def test_a_handler_that_fails_leaves_no_receipt(self) -> None:
        event = record("order.confirmed", subject=("order", 1), by=make.boss(), data={})
        with pytest.raises(KeyError), transaction.atomic():
            deliver(event_id=event, subscriber="parties.count_customer_order")
        assert EventReceipt.objects.count() == 0


@pytest.mark.django_db
class TestKeptAnswers:
    def ask(self, key: str | None = "k", payload: object = 1, user: int = 1, endpoint: str = "POST /x") -> object:
        self.calls = getattr(self, "calls", 0)

        def work() -> tuple[int, object]:
            self.calls += 1
            return 201, {"n": self.calls}

        return answer_once(by=replace(make.boss(), id=user), endpoint=endpoint, key=key, payload=payload, work=work)

    def test_the_same_request_gets_the_first_answer(self) -> None:
        assert self.ask() == self.ask() == (201, {"n": 1})
        assert self.calls == 1

    def test_keys_belong_to_a_user_and_an_endpoint(self) -> None:
        assert [self.ask(), self.ask(user=2), self.ask(endpoint="POST /y"), self.ask()] == [
            (201, {"n": 1}),
            (201, {"n": 2}),
            (201, {"n": 3}),
            (201, {"n": 1}),
        ]

    def test_another_body_under_the_same_key_is_refused(self) -> None:
        self.ask()
        with make.refused(KeyReused):
            self.ask(payload=2)
        assert self.calls == 1

    def test_a_refusal_is_not_kept_so_the_request_can_be_mended(self) -> None:
        def refuse() -> tuple[int, object]:
            raise Malformed

        by = replace(make.boss(), id=1)
        with make.refused(Malformed):
            answer_once(by=by, endpoint="POST /x", key="k", payload=1, work=refuse)
        assert AnsweredRequest.objects.count() == 0
        assert self.ask(payload="mended") == (201, {"n": 1})

    @pytest.mark.parametrize("key", ["", "  ", "x" * 256, "a\x00b"])
    def test_unusable_keys_are_refused(self, key: str) -> None:
        with make.refused(Malformed) as caught:
            self.ask(key=key)
        assert caught.value.details[0].path == "header.Idempotency-Key"

    def test_without_a_key_nothing_is_kept(self) -> None:
        assert [self.ask(key=None), self.ask(key=None)] == [(201, {"n": 1}), (201, {"n": 2})]
        assert AnsweredRequest.objects.count() == 0


@pytest.mark.django_db
class TestNumbers:
    def test_each_series_and_year_counts_for_itself(self) -> None:
        drawn = [
            next_gapless_number("a", prefix="A", on=DAY),
            next_gapless_number("a", prefix="A", on=DAY),
            next_gapless_number("b", prefix="B", on=DAY),
            next_gapless_number("a", prefix="A", on=date(2027, 1, 1)),
        ]
        assert drawn == ["A-2026-000001", "A-2026-000002", "B-2026-000001", "A-2027-000001"]

    def test_a_rolled_back_number_is_drawn_again(self) -> None:
        with transaction.atomic():
            assert next_gapless_number("a", prefix="A", on=DAY) == "A-2026-000001"
            transaction.set_rollback(True)
        assert next_gapless_number("a", prefix="A", on=DAY) == "A-2026-000001"

    def test_numbers_with_gaps_differ_whatever_the_series_is_called(self) -> None:
        drawn = [next_number(series, prefix="X", on=DAY) for series in ("wild Series; drop", "wild Series; drop")]
        assert drawn == ["X-2026-000001", "X-2026-000002"]
