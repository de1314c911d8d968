"""Conditions in words, in both languages: what an administrator, an approver and a comparison read instead of code."""

from decimal import Decimal

import pytest
from django.utils.translation import gettext_lazy, override

from shundan.workflow.queries import KnownFact, condition_in_words, judge_by_table

KINDS = {"sale": "销售", "service": "服务"}
FACTS = {
    "kind": KnownFact("订单类别", "text", choices=lambda: KINDS),
    "company_total": KnownFact("金额（本位币）", "number", is_money=True),
    "line_count": KnownFact("行数", "integer", is_optional=False),
    "tags": KnownFact("客户标签", "texts"),
    "stock_short": KnownFact("库存不足", "yes_no", is_optional=False),
    "owner": KnownFact("负责人", "person", choices=lambda: {"7": "王芳"}),
    "requested_on": KnownFact("要求日期", "date"),
    "created_at": KnownFact("创建时间", "datetime"),
    "country": KnownFact("国家", "text"),
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ""),
        (
            'kind in ["sale", "service"] and company_total > 50000',
            "订单类别为 销售 或 服务，且 金额（本位币） > 50,000.00",
        ),
        ('kind == "sale" or (line_count >= 2 and line_count <= 5)', "订单类别为 销售，或 行数介于 2 与 5 之间"),
        (
            'stock_short or (country != "CN" and "vip" in tags)',
            "库存不足：是，或 （国家不为 “CN”，且 客户标签包含 “vip”）",
        ),
        ("not stock_short", "库存不足：否"),
        ("owner == 7", "负责人为 王芳"),
        ("owner == 8", "负责人为 8"),
        ("company_total == null", "金额（本位币）为空"),
        ("requested_on >= 2026-01-31", "要求日期 ≥ 2026-01-31"),
        ("created_at < 2026-01-31T08:00+08:00", "创建时间 < 2026-01-31 08:00+08:00"),
        ("company_total == 0.125", "金额（本位币） = 0.125"),
        ('not (kind == "sale")', "不满足（订单类别为 销售）"),
        ("company_total * 2 + 1 > line_count", "金额（本位币） × 2 + 1 > 行数"),
        ("company_total * (line_count - 1.5)", "金额（本位币） × （行数 − 1.5）"),
        ("company_total - (line_count - 1)", "金额（本位币） − （行数 − 1）"),
        ("gone == true", "gone = 是"),
        # What cannot be read is shown as it stands.
        ("company_total >", "company_total >"),
    ],
)
def test_a_condition_in_chinese_words(text: str, wanted: str) -> None:
    with override("zh-hans"):
        assert condition_in_words(text, FACTS) == wanted


def test_names_and_words_follow_the_reader() -> None:
    facts = {
        "kind": KnownFact(gettext_lazy("Kind of order"), "text"),
        "company_total": KnownFact(gettext_lazy("Total in company currency"), "number", is_money=True),
    }
    text = 'kind in ["sale", "service"] and company_total > 50000'
    with override("en"):
        assert condition_in_words(text, facts) == (
            "Kind of order is “sale” or “service”, and Total in company currency > 50,000.00"
        )
    with override("zh-hans"):
        assert condition_in_words(text, facts) == "订单类别为 “sale” 或 “service”，且 本位币总额 > 50,000.00"


@pytest.mark.django_db
def test_a_row_without_a_name_says_why_in_both_languages() -> None:
    table = (
        'code = "order"\n[[rows]]\nwhen = \'kind == "sale" and company_total > 10\'\nlevel = 1\nwho = "role:finance"\n'
    )
    facts = {"kind": "sale", "company_total": Decimal(11), "department": None}
    (step,) = judge_by_table(table, facts, applicant_id=None, owner_id=None).steps
    assert step.why_zh == "符合条件：订单类别为 销售，且 本位币总额 > 10.00"
    assert step.why_en == "This holds: Kind of order is Sales, and Total in company currency > 10.00"
