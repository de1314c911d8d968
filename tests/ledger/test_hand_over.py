"""Handing over: each journal once, the same file whenever it is fetched, page by page and resumable; forms of files."""

import base64
import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from shundan.billing.actions import credit_invoice
from shundan.kernel.errors import Malformed, NotPermitted
from shundan.kernel.models import Event
from shundan.ledger.actions import close_period, hand_over_journals, post_missing_journals, take_hand_over_back
from shundan.ledger.actions.hand_over import HandOverTakenBack, NothingToHandOver
from shundan.ledger.actions.periods import PeriodClosed
from shundan.ledger.models import HandOver, Journal
from shundan.ledger.queries import batches_of_journal, file_of_hand_over, journals_of_hand_over, not_handed_over
from tests import make
from tests.api.client import Api, token_of
from tests.jobs import do_jobs

pytestmark = pytest.mark.django_db
MARCH_31 = date(2026, 3, 31)


def written() -> None:
    do_jobs()
    while post_missing_journals(at=make.AT):
        pass


def rows_of(batch: HandOver, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file_of_hand_over(batch).decode(encoding))))


@pytest.mark.parametrize("form", ["csv", "yonyou", "kingdee"])
def test_a_batch_is_written_once_and_stays_the_same(form: str) -> None:
    invoice = make.invoice()
    credit_invoice(invoice.number, reason="测试", by=make.boss())
    written()
    count = Journal.objects.count()
    batch = hand_over_journals(form=form, until_on=MARCH_31, by=make.actor("finance"))
    assert (batch.state, batch.total) == ("waiting", count)
    do_jobs()
    batch.refresh_from_db()
    first = file_of_hand_over(batch)
    assert (batch.state, batch.done, len(batch.digest)) == ("done", count, 64)
    with make.refused(NothingToHandOver):
        hand_over_journals(form=form, until_on=MARCH_31, by=make.actor("finance"))
    make.payment(invoice.customer, "5.00")
    written()
    later = hand_over_journals(form=form, until_on=MARCH_31, by=make.actor("finance"))
    do_jobs()
    later.refresh_from_db()
    assert later.total == 1 and file_of_hand_over(batch) == first != file_of_hand_over(later)

    def change() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update ledger_journal set hand_over_id = %s where hand_over_id = %s", [later.pk, batch.pk])

    with pytest.raises(DatabaseError):
        change()


def test_what_the_files_say() -> None:
    invoice = make.invoice()
    written()
    Journal.objects.exclude(source_kind="invoice").count()
    batches = {}
    for form in ("csv", "yonyou", "kingdee"):
        with transaction.atomic():
            batch = hand_over_journals(form=form, until_on=MARCH_31, by=make.boss())
            do_jobs()
            batches[form] = rows_of(batch, "utf-8-sig" if form == "csv" else "gb18030")
            transaction.set_rollback(True)
    number = Journal.objects.get(source_kind="invoice").sequence
    customer = invoice.customer.number
    plain = [row for row in batches["csv"] if invoice.number in row]
    assert [(row[5], row[7], row[8], row[12]) for row in plain] == [
        ("1122", "1000.00", "0.00", customer),
        ("6001", "0.00", "884.96", customer),
        ("22210107", "0.00", "115.04", ""),
    ]
    assert batches["yonyou"][0] == ["填制凭证", "V800"]
    claim = next(row for row in batches["yonyou"] if row[2:3] == [str(number)] and row[5] == "1122")
    assert claim[:4] == ["2026-03-02", "记", str(number), "0"]
    assert (claim[6], claim[7], claim[13], claim[17]) == ("1000.00", "0.00", invoice.number, customer)
    assert batches["kingdee"][0][:8] == [
        "FDate",
        "FPeriod",
        "FGroup",
        "FNum",
        "FEntryID",
        "FExp",
        "FAcctID",
        "FClsName1",
    ]
    tax = next(row for row in batches["kingdee"] if row[6] == "22210107")
    assert (tax[0], tax[1], tax[2], tax[20], tax[22], tax[-2], tax[-1]) == (
        "20260302",
        "3",
        "记",
        "RMB",
        "C",
        "0.00",
        "115.04",
    )
    for rows in (batches["csv"][1:],):
        assert sum(Decimal(row[7]) for row in rows) == sum(Decimal(row[8]) for row in rows)


def test_who_may_and_what_is_refused() -> None:
    make.invoice()
    written()
    for role in ("executive", "auditor", "rep", "admin"):
        with make.refused(NotPermitted):
            hand_over_journals(form="csv", until_on=MARCH_31, by=make.actor(role))
    for wrong in ({"form": "dbf"}, {"from_on": date(2026, 4, 1)}, {"most": 0}):
        with make.refused(Malformed):
            hand_over_journals(**({"form": "csv", "until_on": MARCH_31, "by": make.boss()} | wrong))


def test_over_rest_page_by_page_and_resumed_where_it_stopped() -> None:
    customer = make.customer()
    for at in range(5):
        make.payment(customer, f"{at + 1}.00")
    written()
    clerk = Api(token_of(make.person("finance")))
    made = clerk.call("POST", "/hand-overs", {"form": "rest", "last": "2026-03-31", "most": 4}, key="k-1")
    again = clerk.call("POST", "/hand-overs", {"form": "rest", "last": "2026-03-31", "most": 4}, key="k-1")
    assert (made.status, made.body["total"], made.body["state"]) == (201, 4, "done")
    assert again.body == made.body and HandOver.objects.count() == 1
    number = made.body["number"]
    first = clerk.get(f"/hand-overs/{number}/journals?limit=3")
    second = clerk.get(f"/hand-overs/{number}/journals?limit=3&cursor={first.body['next']}")
    found = [one["number"] for one in first.body["items"] + second.body["items"]]
    assert len(set(found)) == 4 and second.body["next"] is None
    assert {one["hand_over"] for one in first.body["items"]} == {number}
    rest = clerk.get("/journals?handed_over=false").body["items"]
    assert len(rest) == 1 and rest[0]["number"] not in found
    assert rest[0]["lines"][0]["account"] == "1002" and rest[0]["total"] == "5.00"
    assert clerk.get(f"/hand-overs/{number}/file").code == "hand_over_without_file"
    file = clerk.call("POST", "/hand-overs", {"form": "csv", "last": "2026-03-31"})
    early = clerk.get(f"/hand-overs/{file.body['number']}/file")
    assert (early.status, early.code, early.headers["Retry-After"]) == (409, "hand_over_waiting", "5")
    do_jobs()
    got = clerk.get(f"/hand-overs/{file.body['number']}/file").body
    assert got["name"].endswith(".csv") and base64.b64decode(got["content"]).startswith(b"\xef\xbb\xbfnumber,date")
    assert clerk.get("/hand-overs").body["items"][0]["done"] == 1


def test_a_batch_taken_back_frees_its_journals_for_the_next_one_and_is_remembered() -> None:
    invoice = make.invoice()
    written()
    first = hand_over_journals(form="yonyou", until_on=MARCH_31, by=make.actor("finance"))
    do_jobs()
    first.refresh_from_db()
    content, count = file_of_hand_over(first), first.total
    with make.refused(Malformed):
        take_hand_over_back(first.number, reason=" ", by=make.boss())
    for role in ("executive", "auditor", "rep"):
        with make.refused(NotPermitted):
            take_hand_over_back(first.number, reason="未导入", by=make.actor(role))
    taken = take_hand_over_back(first.number, reason="未导入", by=make.actor("finance"))
    assert (taken.state, taken.reason, not_handed_over()) == ("withdrawn", "未导入", count)
    with make.refused(HandOverTakenBack):
        take_hand_over_back(first.number, reason="未导入", by=make.boss())
    second = hand_over_journals(form="kingdee", until_on=MARCH_31, by=make.actor("finance"))
    assert second.total == count
    # Both say which journals they had, and so does each journal; the file stays.
    ids = [[one.pk for one in journals_of_hand_over(each, by=make.boss()).items] for each in (taken, second)]
    assert ids[0] == ids[1] and len(ids[0]) == count
    journal = Journal.objects.get(source_kind="invoice", source_id=invoice.pk)
    assert journal.hand_over_id == second.pk and batches_of_journal(journal) == [taken]
    assert file_of_hand_over(taken) == content
    kinds = Event.objects.filter(subject_kind="hand_over").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["journals.handed_over", "journals.hand_over_taken_back", "journals.handed_over"]


def test_a_batch_of_a_closed_month_stays_and_the_database_says_so_too() -> None:
    make.invoice()
    written()
    batch = hand_over_journals(form="rest", until_on=MARCH_31, by=make.boss())
    april = make.on(make.boss(), days=31)
    close_period(date(2026, 3, 1), by=april)
    with make.refused(PeriodClosed):
        take_hand_over_back(batch.number, reason="晚了", by=april)
    batch.refresh_from_db()
    assert batch.state == "done" and not_handed_over() == 0

    def change(statement: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [batch.pk])

    for statement in (
        "update ledger_journal set hand_over_id = null where hand_over_id = %s",
        "update ledger_handover set total = total + 1, state = 'withdrawn' where id = %s",
        "delete from ledger_handover where id = %s",
    ):
        with pytest.raises(DatabaseError):
            change(statement)


def test_a_batch_still_being_written_can_be_taken_back_over_the_api() -> None:
    make.invoice()
    written()
    clerk = Api(token_of(make.person("finance")))
    made = clerk.call("POST", "/hand-overs", {"form": "csv", "last": "2026-03-31"}, key="h-1")
    gone = clerk.post(f"/hand-overs/{made.body['number']}/take-back", {"reason": "格式选错"})
    assert (gone.status, gone.body["state"], gone.body["reason"]) == (200, "withdrawn", "格式选错")
    do_jobs()
    assert clerk.get(f"/hand-overs/{made.body['number']}").body["digest"] == ""
    assert clerk.get(f"/hand-overs/{made.body['number']}/file").code == "hand_over_without_file"
    listed = clerk.get(f"/hand-overs/{made.body['number']}/journals").body["items"]
    assert len(listed) == made.body["total"] and {one["hand_over"] for one in listed} == {None}
