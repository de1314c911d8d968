"""Reasons by code for steps that ask why: what statistics count; the free text stands beside them."""

from collections.abc import Mapping
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

# By transition; a step that is not named here asks for a text alone.
REASONS: Mapping[str, tuple[ReasonCode, ...]] = MappingProxyType(
    {
        "cancel": (CUSTOMER, DUPLICATE, STOCK, PRICE, CREDIT, MISTAKE, OTHER),
        "close": (NOT_NEEDED, STOCK, PRICE, OTHER),
        "close_line": (NOT_NEEDED, STOCK, PRICE, OTHER),
        "hold": (DOCUMENTS, POSTPONED, CREDIT, PRICE, STOCK, OTHER),
        "reopen": (WANTED, MISTAKE, OTHER),
        "revive": (WANTED, MISTAKE, OTHER),
    }
)


def reasons_for(transition: str) -> tuple[ReasonCode, ...]:
    """Return the reasons that a step offers."""
    return REASONS.get(transition, ())


def with_reason(transition: str, inputs: Mapping[str, str]) -> dict[str, str] | None:
    """Return a step's inputs, a chosen reason standing for a text that is missing; None for an unknown code.

    `other` says nothing by itself: it needs its text.
    """
    code = inputs.get("reason_code", "")
    if not code:
        return {name: text for name, text in inputs.items() if name != "reason_code"}
    found = next((one for one in reasons_for(transition) if one.code == code), None)
    if found is None:
        return None
    if inputs.get("reason", "").strip() or found is OTHER:
        return dict(inputs)
    return {**inputs, "reason": found.label_zh}
