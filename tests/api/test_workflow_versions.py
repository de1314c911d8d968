"""Migrations and what-if over the API: plan, run, progress, undo; a question and its answer."""

import pytest

from shundan.orders.actions import continue_migration
from shundan.workflow.models import ApprovalTableVersion
from tests import make
from tests.api.client import Api, as_person
from tests.orders.versions import publish_renamed

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Api:
    """An administrator's client."""
    return as_person(make.person("admin"))


def test_a_migration_from_plan_to_undo(admin: Api) -> None:
    order = make.order(state="approved")
    publish_renamed()
    plan = admin.post("/workflow-migrations", {"workflow": "sale", "target": 2})
    assert plan.status == 201
    row = next(one for one in plan.body["moves"] if one["state"] == "approved")
    assert (row["to"], row["reason"], row["orders"], row["samples"]) == ("checked", "category", 1, [order.number])
    path = f"/workflow-migrations/{plan.body['id']}"
    assert admin.post(f"{path}/undo", {}).body["code"] == "migration_state"
    running = admin.post(f"{path}/run", {})
    assert (running.status, running.body["state"], running.body["percent"]) == (200, "running", 0)
    while continue_migration(int(plan.body["id"]), by=make.boss()):
        pass
    done = admin.get(path).body
    assert (done["state"], done["percent"], done["outcomes"]["moved"], done["left"]) == ("done", 100, 1, [])
    assert make.fresh(order.number).state == "checked"
    assert admin.post(f"{path}/undo", {}).body["state"] == "undoing"
    while continue_migration(int(plan.body["id"]), by=make.boss()):
        pass
    assert admin.get(path).body["outcomes"]["undone"] == 1
    assert make.fresh(order.number).state == "approved"


def test_a_plan_that_leaves_a_state_out_is_refused_with_its_place(admin: Api) -> None:
    make.order(state="draft")
    publish_renamed()
    moves = [{"version": 1, "state": "approved", "to": ""}, {"version": 1, "state": "draft", "to": "confirmed"}]
    found = admin.post("/workflow-migrations", {"workflow": "sale", "target": 2, "moves": moves})
    assert found.status == 422
    assert [(one["path"], one["code"]) for one in found.body["details"]] == [
        ("body.moves.1.draft", "other_meaning"),
        ("body.moves.1.approved", "state_left_out"),
    ]
    assert admin.post("/workflow-migrations", {"workflow": "nothing", "target": 2}).status == 404
    assert admin.post("/workflow-migrations", {"workflow": "sale", "target": 77}).status == 422
    assert admin.get("/workflow-migrations/999999").status == 404


def test_a_question_about_the_past(admin: Api) -> None:
    make.order(state="confirmed", quantity=200)
    text = ApprovalTableVersion.objects.get(code="order").content.replace("50000", "5000", 1)
    given = {"subject": "table", "code": "order", "before": 1, "text": text, "days": 3660}
    found = admin.post("/what-if", given)
    assert (found.status, found.body["state"]) == (201, "done")
    assert found.body["outcome"]["different"] == 1
    assert found.body["outcome"]["asked"] == [{"who": "role:sales_manager", "before": 0, "after": 1}]
    assert found.body["orders"][0]["asked_after"] == ["role:sales_manager"]
    assert admin.get(f"/what-if/{found.body['id']}").body == found.body
    same = admin.post("/what-if", {"subject": "table", "code": "order", "before": 1, "after": 1})
    assert (same.body["outcome"]["different"], same.body["orders"]) == (0, [])
    wrong = admin.post("/what-if", given | {"text": "code = 'order'\n[[rows]]\nwhen = 'x > 1'\nwho = 'role:finance'"})
    assert wrong.status == 422
    assert wrong.body["details"][0]["path"].startswith("body.text.rows[0].when")
    assert admin.get("/what-if/999999").status == 404
