"""Workflows and approval tables over the API: read, check, publish once, compare; broken ones change nothing."""

import pytest

from shundan.config.shipped import WORKFLOWS
from shundan.workflow.models import WorkflowVersion
from tests.api.client import Api, as_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SALE = (WORKFLOWS / "sale.toml").read_text(encoding="utf-8")
RENAMED = SALE.replace('en = "Submit"', 'en = "Hand in"')


@pytest.fixture
def admin(people: Cast) -> Api:
    return as_person(people.zhou)


def test_a_workflow_is_read_checked_published_and_compared(admin: Api) -> None:
    listed = {one["code"]: one for one in admin.get("/workflows").body["items"]}
    assert listed["sale"] == {"code": "sale", "name": "Sales order workflow", "version": 1, "has_draft": False}
    assert admin.get("/workflows/sale").body["content"] == SALE
    assert admin.post("/workflows/sale/check", {"content": RENAMED}).body["may_publish"] is True
    first = admin.post("/workflows/sale/versions", {"content": RENAMED, "based_on": 1}, key="once")
    again = admin.post("/workflows/sale/versions", {"content": RENAMED, "based_on": 1}, key="once")
    assert (first.status, first.body["version"], again.body) == (201, 2, first.body)
    assert admin.get("/workflows/sale/versions/1").body["content"] == SALE
    changes = admin.get("/workflows/sale/diff?before=1&after=2").body["items"]
    assert changes == [
        {
            "what": "changed",
            "place_before": "transitions.submit",
            "place_after": "transitions.submit",
            "parts": [{"name": "label_en", "before": "Submit", "after": "Hand in"}],
        }
    ]
    assert admin.post("/workflows/sale/versions", {"content": SALE, "based_on": 1}).code == "version_conflict"


def test_what_would_not_work_is_told_with_place_and_cure(admin: Api) -> None:
    broken = SALE.replace('to = "closed"', 'to = "cancelled"')
    (problem,) = [
        one for one in admin.post("/workflows/sale/check", {"content": broken}).body["problems"] if one["is_error"]
    ]
    assert (problem["path"], problem["code"]) == ("states.closed", "unreachable")
    assert "delete the state" in problem["cure"]
    refused = admin.post("/workflows/sale/versions", {"content": broken})
    assert (refused.status, refused.code, refused.places) == (409, "design_faulty", {"states.closed": "unreachable"})
    assert WorkflowVersion.objects.filter(code="sale").count() == 1
    assert (
        admin.post("/workflows/new/versions", {"content": SALE.replace('code = "sale"', 'code = "new"')}).status == 409
    )
    assert admin.get("/workflows/nothing").status == 404
    assert admin.get("/workflows/sale/versions/7").status == 404


def test_an_approval_table_is_published_over_the_api(admin: Api) -> None:
    content = admin.get("/approval-tables/order").body["content"].replace("50000", "60000")
    assert admin.post("/approval-tables/order/check", {"content": content}).body["may_publish"] is True
    assert admin.post("/approval-tables/order/versions", {"content": content}).body["version"] == 2
    assert len(admin.get("/approval-tables/order/diff?before=1&after=2").body["items"]) == 3
    assert admin.post("/approval-tables/order/versions", {"content": "rows = 1"}).code == "design_faulty"
