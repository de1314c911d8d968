"""Designing: drafts, publishing with checks, conflicts, copies, files, going back to what was in force."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from shundan.config.shipped import ROOMS, WORKFLOWS, load_shipped
from shundan.kernel.errors import Malformed, NotFound, NotPermitted, VersionConflict
from shundan.kernel.models import Event
from shundan.orders.actions import WorkflowUnfit, use_workflow
from shundan.orders.models import OrderType
from shundan.orders.queries import TableUnreadable, count_running_orders, try_approval_table
from shundan.workflow.actions import (
    DesignFaulty,
    DesignTooLarge,
    NothingToPublish,
    NoUtf8,
    copy_design,
    discard_design_draft,
    import_design,
    publish_design,
    restore_design,
    save_design_draft,
)
from shundan.workflow.models import ApprovalTableVersion, DesignDraft, WorkflowVersion
from shundan.workflow.queries import (
    changes_between,
    check_approval_table,
    check_design,
    definition_of,
    get_design,
    known_names,
    list_designs,
    misfits_of,
    subject_of_table,
)
from shundan.workflow.registries import EFFECTS, FACTS, FIELDS, GUARDS, LABELS
from tests import make

pytestmark = pytest.mark.django_db

SALE = (WORKFLOWS / "sale.toml").read_text(encoding="utf-8")
TABLE = (ROOMS / "orders" / "approvals" / "order.toml").read_text(encoding="utf-8")
RENAMED = SALE.replace('zh = "提交"', 'zh = "送审"')


@pytest.fixture
def admin() -> Any:
    make.shipped()
    return make.actor("admin")


def in_force(code: str = "sale") -> WorkflowVersion:
    return WorkflowVersion.objects.filter(code=code).order_by("-version")[0]


def test_a_draft_changes_nothing_until_it_is_published(admin: Any) -> None:
    before = in_force()
    save_design_draft("workflow", "sale", RENAMED, by=admin, version=0)
    assert in_force() == before
    made = publish_design("workflow", "sale", by=admin, version=1)
    assert (made.version, in_force()) == (2, made)
    assert made.published_by_name == admin.name
    assert not DesignDraft.objects.exists()
    event = Event.objects.filter(kind="workflow.published").get()
    assert event.data == {"code": "sale", "version": 2, "name_zh": "销售订单流程", "name_en": "Sales order workflow"}
    # The next start ships the same workflows again: what the house has published stays.
    load_shipped()
    assert in_force() == made


@pytest.mark.parametrize(
    ("wrong", "place", "code"),
    [
        (SALE.replace('to = "closed"', 'to = "cancelled"'), "states.closed", "unreachable"),
        (SALE.replace('"credit_available"]', '"credit_avaliable"]'), "transitions.confirm.needs", "unknown_guard"),
        (SALE.replace('does = ["record_order_approval"]\n', ""), "states.submitted", "effect_without_answer"),
        (SALE.replace('zh = "提交"', 'zh = "<script>alert(1)</script>"'), "transitions.submit.zh", "name_with_script"),
        (
            SALE.replace('permission = "order.submit"', 'permission = ""', 1),
            "transitions.submit.permission",
            "no_permission",
        ),
        (
            SALE.replace('"take_order_credit", "reserve_order_stock"', '"reserve_order_stock", "take_order_credit"'),
            "transitions.confirm.does",
            "effects_out_of_order",
        ),
        ("code = ", "", "unreadable"),
        (SALE.replace('code = "sale"', 'code = "other"'), "code", "other_code"),
    ],
)
def test_what_would_not_work_is_refused_with_its_place(admin: Any, wrong: str, place: str, code: str) -> None:
    save_design_draft("workflow", "sale", wrong, by=admin)
    with make.refused(DesignFaulty) as caught:
        publish_design("workflow", "sale", by=admin)
    assert (place, code) in {(one.path, one.code) for one in caught.value.details}
    assert in_force().version == 1


def test_two_people_do_not_overwrite_each_other(admin: Any) -> None:
    save_design_draft("workflow", "sale", RENAMED, by=admin, version=0)
    with make.refused(VersionConflict):
        save_design_draft("workflow", "sale", SALE, by=admin, version=0)
    save_design_draft("workflow", "sale", SALE, by=admin, version=1)
    with make.refused(VersionConflict):
        publish_design("workflow", "sale", by=admin, version=1)
    publish_design("workflow", "sale", by=admin, text=RENAMED, based_on=1)
    # The draft began with version 1, and version 2 came meanwhile.
    with make.refused(VersionConflict):
        publish_design("workflow", "sale", by=admin)
    assert get_design("workflow", "sale", by=admin).is_overtaken
    # Who has seen the newer one and saves again builds on it.
    save_design_draft("workflow", "sale", SALE, by=admin, version=2, based_on=2)
    assert publish_design("workflow", "sale", by=admin, version=3).version == 3


def test_what_says_the_same_makes_no_new_version(admin: Any) -> None:
    assert publish_design("workflow", "sale", by=admin, text=SALE + "\n# only a remark\n").version == 1
    with make.refused(NothingToPublish):
        publish_design("workflow", "sale", by=admin)


def test_a_copy_gets_its_own_code_and_old_versions_come_back(admin: Any) -> None:
    copy_design("workflow", "sale", code="sale_checked", name_zh="带质检", name_en="Checked", by=admin)
    assert [one.code for one in list_designs("workflow", by=admin) if one.in_force is None] == ["sale_checked"]
    for code in ("sale", "sale_checked", "Sale!", "new"):
        with make.refused(Malformed):
            copy_design("workflow", "sale", code=code, name_zh="甲", name_en="A", by=admin)
    assert publish_design("workflow", "sale_checked", by=admin).version == 1
    publish_design("workflow", "sale", by=admin, text=RENAMED)
    back = restore_design("workflow", "sale", 1, by=admin)
    assert back.version == 3
    assert changes_between("workflow", back.content, SALE) == ()
    with make.refused(NotFound):
        restore_design("workflow", "sale", 9, by=admin)


def test_files_are_drafts_or_refused(admin: Any) -> None:
    assert import_design("workflow", b"\xef\xbb\xbf" + RENAMED.replace("\n", "\r\n").encode(), by=admin).code == "sale"
    assert DesignDraft.objects.get().content == RENAMED
    discard_design_draft("workflow", "sale", by=admin)
    for content, refusal in (
        (RENAMED.encode("gb18030"), NoUtf8),
        (b"\xff\xfe\x00", NoUtf8),
        (b"x" * 2_000_000, DesignTooLarge),
        (b"[states", DesignFaulty),
        (b"a\x00b", Malformed),
        (TABLE.encode(), DesignFaulty),
    ):
        with make.refused(refusal):
            import_design("workflow", content, by=admin)
    with make.refused(DesignFaulty, "design_faulty") as caught:
        import_design("workflow", RENAMED.encode(), by=admin, code="purchase")
    assert caught.value.details[0].code == "other_code"


def test_ten_thousand_rows_are_refused_and_the_table_in_force_stays(admin: Any) -> None:
    row = '[[rows]]\nwhen = "company_total > {0}"\nlevel = 1\nwho = "role:finance"\n'
    huge = 'code = "order"\npolicy = "first"\n' + "".join(row.format(number) for number in range(10_000))
    with make.refused(DesignTooLarge):
        import_design("approval_table", huge.encode(), by=admin)
    with make.refused(DesignTooLarge):
        publish_design("approval_table", "order", by=admin, text=huge)
    with make.refused(DesignFaulty) as caught:
        publish_design("approval_table", "order", by=admin, text=huge[:300_000].rsplit("[[rows]]", 1)[0])
    assert caught.value.details[0].code == "too_many_rows"
    assert ApprovalTableVersion.objects.filter(code="order").count() == 1


def test_only_administrators_design(admin: Any) -> None:
    for role in ("executive", "auditor", "sales_manager"):
        by = make.actor(role)
        for kind, code, text in (("workflow", "sale", RENAMED), ("approval_table", "order", TABLE)):
            with make.refused(NotPermitted):
                list_designs(kind, by=by)
            with make.refused(NotPermitted):
                save_design_draft(kind, code, text, by=by)
            with make.refused(NotPermitted):
                publish_design(kind, code, text=text, by=by)
            with make.refused(NotPermitted):
                import_design(kind, text.encode(), by=by)


def test_a_published_workflow_never_changes(admin: Any) -> None:
    for work in ("update workflow_workflowversion set content = ''", "delete from workflow_workflowversion"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(work)


def test_order_types_use_what_fits_their_kind(admin: Any) -> None:
    copy_design("workflow", "sale", code="sale_checked", name_zh="带质检", name_en="Checked", by=admin)
    with make.refused(WorkflowUnfit):
        use_workflow("sales", "sale_checked", by=admin)
    publish_design("workflow", "sale_checked", by=admin)
    with make.refused(WorkflowUnfit):
        use_workflow("purchase", "sale_checked", by=admin)
    old = make.order(state="draft")
    use_workflow("sales", "sale_checked", by=admin)
    new = make.order(state="confirmed")
    codes = dict(OrderType.objects.values_list("code", "workflow"))
    assert (codes["sales"], codes["purchase"]) == ("sale_checked", "purchase")
    assert make.fresh(old.number).workflow.code == "sale"
    assert make.fresh(new.number).workflow.code == "sale_checked"
    assert count_running_orders(by=admin) == {in_force("sale").pk: 1, in_force("sale_checked").pk: 1}


def test_a_table_is_tried_with_an_order_before_it_is_published(admin: Any) -> None:
    manager = make.user("sales_manager", name="张伟")
    goods = make.product(price="60000.00", stock=5)
    order = make.order(state="draft", products=[goods], quantity=1)
    trial = try_approval_table(TABLE, order.number, by=admin)
    assert trial.holding == (True, False, False, False, False, False)
    assert [(one.who, one.people) for one in trial.steps] == [("role:sales_manager", (manager.name,))]
    # Only the facts that the table asks for are told: its administrator does not see orders.
    assert set(trial.facts) == {"kind", "company_total", "type", "giving_keeper", "over_limit"}
    assert try_approval_table(TABLE.replace("50000", "90000"), order.number, by=admin).steps == ()
    with make.refused(TableUnreadable):
        try_approval_table(TABLE.replace("company_total", "no_such_fact"), order.number, by=admin)
    with make.refused(NotFound):
        try_approval_table(TABLE, "SO999999", by=admin)
    with make.refused(NotPermitted):
        try_approval_table(TABLE, order.number, by=make.actor("rep"))


OTHER_ROW = """
[[rows]]
when = 'currency == "XAU"'
level = 1
who = "role:finance"
mode = "any"
name_zh = "以黄金计价"
name_en = "Priced in gold"
"""


def test_everything_an_administrator_may_choose_has_a_name() -> None:
    facts = {name for known in FACTS.values() for name in known}
    for what, names in (("guard", GUARDS), ("effect", EFFECTS), ("fact", facts), ("field", FIELDS["order"])):
        assert sorted(names) == sorted(LABELS[what]), what
        assert all(label != name for name, label in known_names(what))


@pytest.mark.parametrize("path", sorted(WORKFLOWS.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_workflows_fit_the_types_they_are_for(path: Path, admin: Any) -> None:
    assert not [one for one in check_design("workflow", path.read_text(encoding="utf-8")) if one.is_error]
    used = OrderType.objects.filter(workflow=path.stem)
    assert used
    for one in used:
        assert misfits_of(definition_of(in_force(path.stem).pk), one.kind) == []
    assert get_design("workflow", path.stem, by=admin).in_force.version == 1


@pytest.mark.parametrize(
    ("code", "fact"), [("amendment", "amount_up"), ("payment_request", "company_amount"), ("order", "company_total")]
)
def test_each_shipped_table_is_checked_by_the_facts_of_what_it_judges(code: str, fact: str) -> None:
    make.shipped()
    admin = make.actor("admin")
    text = get_design("approval_table", code, by=admin).in_force.content
    assert [one for one in check_approval_table(text) if one.is_error] == []
    assert fact in dict(known_names("fact", subject=subject_of_table(code)))
    made = publish_design("approval_table", code, by=admin, text=text + OTHER_ROW)
    assert (made.version, made.subject_kind) == (2, subject_of_table(code))


def test_a_copied_table_judges_what_its_source_judges(admin: Any) -> None:
    copy_design("approval_table", "amendment", code="strict", name_zh="严格", name_en="Strict", by=admin)
    draft = DesignDraft.objects.get(code="strict")
    assert draft.subject_kind == "amendment"
    wrong, right = (
        [one for one in check_design("approval_table", text) if one.is_error]
        for text in (draft.content.replace("amount_up", "company_total"), draft.content)
    )
    assert (bool(wrong), right) == (True, [])
    made = publish_design("approval_table", "strict", by=admin)
    assert made.subject_kind == "amendment"
