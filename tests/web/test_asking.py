"""An approval's page for the one who asked: only what can be done now is offered, and why the rest cannot."""

import pytest

from shundan.workflow.actions import approve_task, publish_table
from shundan.workflow.models import ApprovalRun
from tests import make
from tests.cast import Cast
from tests.orders.test_approvals import TWO_LEVELS, submitted
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_reminders_pause_and_a_decided_level_ends_withdrawing(people: Cast, browser_of: Browser) -> None:
    publish_table(TWO_LEVELS, subject_kind="order", by=make.boss())
    order = submitted(people)
    run = ApprovalRun.objects.get(title=order.number)
    browser, path = browser_of(people.wang), f"/approvals/{run.pk}/"

    def offered() -> tuple[bool, bool]:
        page = browser.get(path).content.decode()
        return f"{path}nudge/" in page, f"{path}withdraw/" in page

    assert offered() == (True, True)
    assert browser.post(f"{path}nudge/").status_code == 303
    assert offered() == (False, True)
    assert "They were reminded; you can remind them again from" in browser.get(path).content.decode()
    assert browser.post(f"{path}nudge/").status_code == 409
    approve_task(run.pk, by=people.zhang)
    assert offered() == (True, False)
    assert "A level has decided already" in browser.get(path).content.decode()
