"""Holds by code: what each blocks, whether reservations stay, and who may lift it (flows 4.1 and 4.2 row 16)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

STEPS = ("confirm", "pick", "ship", "invoice")


@dataclass(frozen=True, slots=True)
class HoldCode:
    """One reason to wait; without `lifted_by` anybody with the right to hold orders lifts it."""

    code: str
    label_zh: str
    label_en: str
    blocks: tuple[str, ...] = STEPS
    lifted_by: tuple[str, ...] = ()
    keeps_stock: bool = True


HOLDS: Mapping[str, HoldCode] = MappingProxyType(
    {
        one.code: one
        for one in (
            HoldCode("manual", "人工挂起", "On hold"),
            HoldCode("credit", "信用挂起", "Credit hold", ("confirm", "pick", "ship"), ("finance", "executive")),
            HoldCode("stock", "缺货挂起", "Stock hold", ("pick", "ship"), ("warehouse", "sales_manager", "purchasing")),
            HoldCode("price", "价格挂起", "Price hold", ("confirm", "invoice"), ("sales_manager", "executive")),
            HoldCode("document", "资料挂起", "Document hold", ("ship", "invoice")),
            # A customer whose standing is in doubt keeps no goods from others.
            HoldCode("customer", "客户挂起", "Customer hold", STEPS, ("sales_manager", "finance"), keeps_stock=False),
            HoldCode("quality", "质检挂起", "Quality hold", ("pick", "ship"), ("warehouse", "executive")),
        )
    }
)
RELEASING = tuple(code for code, one in HOLDS.items() if not one.keeps_stock)


def blocking(codes: Iterable[str], step: str) -> list[str]:
    """Return the codes that block a step; a code of a house's own blocks everything."""
    return [code for code in codes if code not in HOLDS or step in HOLDS[code].blocks]


def lifters_of(code: str) -> tuple[str, ...]:
    """Return the roles that may lift a hold; none means anybody with the right to hold orders."""
    return HOLDS[code].lifted_by if code in HOLDS else ()
