"""Publishing definitions, and approvals asked and decided."""

import pytest

from shundan.accounts.rules import grants_of
from shundan.kernel.errors import NotPermitted
from shundan.orders.actions import move_order
from shundan.workflow.actions import NoSuchTransition, SelfApproval, publish_definition
from shundan.workflow.models import ApprovalRun, ApprovalTask, WorkflowVersion
from shundan.workflow.queries import current_version_id, definition_of
from tests import make
from tests.workflow.test_rules import GOOD

pytestmark = pytest.mark.django_db


def test_a_changed_definition_is_a_new_version_and_the_same_one_is_not() -> None:
    first = publish_definition(GOOD, by=make.boss())
    assert publish_definition(GOOD, by=make.boss()) == first
    second = publish_definition(GOOD.replace("Finish", "End"), by=make.boss())
    assert (first.version, second.version) == (1, 2)
    assert current_version_id("tiny") == second.pk
    assert definition_of(first.pk).transitions[0].label_en == "Finish"


def test_bad_definitions_are_not_published() -> None:
    for wrong in (GOOD.replace('to = "done"', 'to = "gone"'), GOOD.replace("order_has_lines", "moon_is_full")):
        with pytest.raises(ValueError):
            publish_definition(wrong, by=make.boss())
    assert WorkflowVersion.objects.filter(code="tiny").count() == 0


def test_an_order_keeps_the_version_it_began_with() -> None:
    order = make.order(state="draft")
    content = WorkflowVersion.objects.get(pk=order.workflow_id).content
    publish_definition(content.replace('zh = "提交"', 'zh = "送审"'), by=make.boss())
    assert move_order(order.number, "submit", by=make.boss()).workflow_id == order.workflow_id
    assert make.order(state="draft").workflow_id != order.workflow_id


class TestApprovals:
    def test_neither_owner_nor_sender_approves_whatever_their_role(self) -> None:
        sales = make.department("SALES")
        owner, other = (make.person("sales_manager", department=sales) for _ in range(2))
        third = make.person("executive")
        order = make.order(state="draft", quantity=600, of=make.customer(owner_id=owner.id), by=owner)
        move_order(order.number, "submit", by=other)
        for by in (owner, other):
            with make.refused(SelfApproval):
                move_order(order.number, "approve", by=by)
        assert move_order(order.number, "approve", by=third).approval == "approved"
        run, task = ApprovalRun.objects.get(), ApprovalTask.objects.get()
        assert (run.state, run.applicant_id, run.owner_id) == ("approved", other.id, owner.id)
        # Both managers are out, so an executive was asked.
        assert (task.assignee_id, task.decided_by_id, task.seen_hash) == (third.id, third.id, run.content_hash)

    @pytest.mark.parametrize("role", ["rep", "finance", "warehouse", "service", "purchasing", "auditor", "admin"])
    def test_others_may_not(self, role: str) -> None:
        order = make.order(state="submitted", quantity=600)
        by = make.actor(role, grants={**grants_of([role]), "order.read": "all"})
        with make.refused(NotPermitted):
            move_order(order.number, "approve", by=by)

    def test_a_rejected_order_asks_again(self) -> None:
        order = make.order(state="submitted", quantity=600)
        back = move_order(order.number, "reject", by=make.boss(), inputs={"reason": "价格太低"})
        assert (back.state, back.approval) == ("draft", "rejected")
        with make.refused(NoSuchTransition):
            move_order(order.number, "approve", by=make.boss())
        again = move_order(order.number, "submit", by=make.boss())
        assert (again.state, again.approval) == ("submitted", "pending")
        assert list(ApprovalRun.objects.order_by("id").values_list("state", "tasks__remark")) == [
            ("rejected", "价格太低"),
            ("pending", ""),
        ]

    def test_a_revoked_approval_counts_no_more(self) -> None:
        order = make.order(state="approved", quantity=600)
        back = move_order(order.number, "revoke", by=make.boss(), inputs={"reason": "改价"})
        assert (back.state, back.approval) == ("draft", "withdrawn")
        assert ApprovalRun.objects.get().state == "withdrawn"
        assert move_order(order.number, "submit", by=make.boss()).state == "submitted"
