"""Reasons by code for steps that ask why: what statistics count; the free text stands beside them.

Which reasons a step offers is the administrator's: these are the ones that an installation begins with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """One reason that people choose from."""

    code: str
    label_zh: str
    label_en: str


CUSTOMER = ReasonCode("customer_cancelled", "客户取消", "Customer cancelled")
DUPLICATE = ReasonCode("duplicate", "重复下单", "Duplicate order")
STOCK = ReasonCode("out_of_stock", "缺货", "Out of stock")
NOT_NEEDED = ReasonCode("not_needed", "客户不再需要", "No longer needed")
PRICE = ReasonCode("price", "价格未谈妥", "Price not agreed")
CREDIT = ReasonCode("credit", "信用或付款问题", "Credit or payment")
DOCUMENTS = ReasonCode("documents", "资料不全", "Documents missing")
POSTPONED = ReasonCode("postponed", "客户延期", "Postponed by customer")
MISTAKE = ReasonCode("mistake", "操作错误", "Done by mistake")
WANTED = ReasonCode("wanted_again", "客户仍需要", "Wanted after all")
OTHER = ReasonCode("other", "其他", "Other")
AMEND = "amend"
SUPPLIER_CHANGE = "supplier_change"

# By transition, and for changes of a running order; a step that is not named here asks for a text alone.
SHIPPED_REASONS: Mapping[str, tuple[ReasonCode, ...]] = MappingProxyType(
    {
        "cancel": (CUSTOMER, DUPLICATE, STOCK, PRICE, CREDIT, MISTAKE, OTHER),
        "close": (NOT_NEEDED, STOCK, PRICE, OTHER),
        "hold": (DOCUMENTS, POSTPONED, CREDIT, PRICE, STOCK, OTHER),
        "reopen": (WANTED, MISTAKE, OTHER),
        "revive": (WANTED, MISTAKE, OTHER),
        AMEND: (
            ReasonCode("customer_wish", "客户要求", "Customer's wish"),
            ReasonCode(SUPPLIER_CHANGE, "供应商变更", "Supplier's change"),
            ReasonCode("price_agreed", "重新议价", "Price agreed anew"),
            ReasonCode("entry_error", "录入错误", "Entered wrongly"),
            ReasonCode("stock", "库存或生产原因", "Stock or production"),
            ReasonCode("delivery", "交付原因", "Delivery"),
            OTHER,
        ),
    }
)
# A line is closed for the reasons for which an order is.
_SAME = {"close_line": "close"}
# `other` asks for words where nothing fits; the second stands in what suppliers answer.
INDISPENSABLE = frozenset({OTHER.code, SUPPLIER_CHANGE})
LONGEST_LABEL, MOST_REASONS = 40, 40


def step_of_reasons(transition: str) -> str:
    """Return under which step a transition's reasons are kept."""
    return _SAME.get(transition, transition)


def with_reason(offered: Iterable[ReasonCode], inputs: Mapping[str, str]) -> dict[str, str] | None:
    """Return a step's inputs, a chosen reason standing for a text that is missing; None for an unknown code.

    `other` says nothing by itself: it needs its text.
    """
    code = inputs.get("reason_code", "")
    if not code:
        return {name: text for name, text in inputs.items() if name != "reason_code"}
    found = next((one for one in offered if one.code == code), None)
    if found is None:
        return None
    if inputs.get("reason", "").strip() or code == OTHER.code:
        return dict(inputs)
    return {**inputs, "reason": found.label_zh}
