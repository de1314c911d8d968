"""The ground the other tests stand on: a database of their own, a browser, a served application."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from shundan.config import integrity
from shundan.config.folders import postgres_place
from shundan.config.postgres import LINUX_SETTINGS, SETTINGS, Server
from tests.ground import CARELESS

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer


@pytest.mark.django_db
def test_the_database_is_the_tests_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_database(), current_setting('data_checksums')")
        name, checksums = cursor.fetchone()
    assert name.startswith("test_")
    assert checksums == "on"


def test_only_the_server_of_the_tests_is_careless_with_the_disk(tmp_path: Path) -> None:
    careful = Server(postgres_place(tmp_path), tmp_path / "log")
    assert not ({*SETTINGS, *LINUX_SETTINGS, *careful.more} & {*CARELESS, "synchronous_commit"})


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_put_back_to_the_row() -> None:
    from shundan.kernel.models import Event
    from shundan.orders.models import Order, Reason
    from tests import make
    from tests.database import put_back

    def everything() -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute("select name, kept.looks_of(name) from kept.content")
            return dict(cursor.fetchall())

    before = everything()
    make.order()
    Reason.objects.update(position=77)
    changed = {name for name, looks in everything().items() if looks != before[name]}
    assert {Order._meta.db_table, Event._meta.db_table, Reason._meta.db_table} <= changed
    put_back()
    assert everything() == before


@pytest.mark.django_db
def test_every_invariant_can_be_asked_and_holds_on_an_empty_database() -> None:
    findings = integrity.run_checks()
    assert len(findings) == len(integrity.invariants()) > 20
    assert integrity.broken() == []
    assert len({each.code for each in findings}) == len(findings)


@pytest.mark.django_db
def test_checking_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import InternalError

    from shundan.kernel.invariants import Invariant

    mischief = Invariant("I0", "mischief", "select nextval('kernel_event_id_seq')")
    with monkeypatch.context() as patch:
        patch.setattr(integrity, "invariants", lambda: [("kernel", mischief)])
        with pytest.raises(InternalError, match="read-only"):
            integrity.run_checks()


def test_a_chromium_shows_what_the_application_serves(live: "LiveServer", page: "Page") -> None:
    answer = page.goto(f"{live.url}/healthz")
    assert answer is not None
    assert answer.status == 200
    assert page.inner_text("body").strip() == "ok"
