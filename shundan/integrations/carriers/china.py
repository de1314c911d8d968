"""What carriers in China have in common: their clock, signatures by MD5, addresses in one line."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shundan.fulfilment.registries import Consignment, Place

CHINA = ZoneInfo("Asia/Shanghai")


def china_moment(text: object) -> datetime | None:
    """Return a moment as their clocks tell it, or nothing for what is none."""
    try:
        return datetime.fromisoformat(str(text or "").strip()).replace(tzinfo=CHINA)
    except ValueError:
        return None


def china_stamp() -> str:
    """Return now as their clocks tell it."""
    return datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def md5_base64(text: str) -> str:
    """Return Base64(MD5(text)), with which several of them sign."""
    return base64.b64encode(hashlib.md5(text.encode()).digest()).decode()  # noqa: S324 - theirs


def compact(message: Mapping[str, Any] | list[Any]) -> str:
    """Return a message as JSON as it is signed and sent (Any: JSON)."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def in_one_line(place: Place) -> str:
    """Return an address with province and town before the street."""
    # A municipality is its own province.
    province = "" if place.province == place.city else place.province
    return f"{province}{place.city}{place.district}{place.street}"


def goods_of(consignment: Consignment) -> str:
    """Return in a few words what is sent."""
    return "、".join(one.name for one in consignment.cargo)[:60] or "货物"
