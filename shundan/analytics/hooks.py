"""What notices about stock say."""

from collections.abc import Mapping
from typing import Any

from shundan.analytics.rules import ALERTS
from shundan.notifications.registries import SUBJECTS, About

_WORDS = {
    "expired": ("已过期", "expired"),
    "safety": ("低于安全库存", "below safety stock"),
    "low": ("低于再订货点", "below reorder point"),
    "expiring": ("即将过期", "expiring soon"),
    "over": ("库存积压", "overstocked"),
    "dead": ("呆滞", "dead stock"),
}


def _about_alerts(_id: int, data: Mapping[str, Any]) -> About:
    begun = [(kind, data["begun"][kind]) for kind in ALERTS if kind in data["begun"]]
    return About(
        title="",
        words_zh="，".join(f"{count} 项{_WORDS[kind][0]}" for kind, count in begun),
        words_en=", ".join(f"{count} {_WORDS[kind][1]}" for kind, count in begun),
    )


SUBJECTS["stock_alerts"] = _about_alerts
