"""What a row of expectations is made of: a request, and what each principal gets."""

from dataclasses import dataclass, field
from typing import Any

EVERYBODY = "rep sales_manager finance warehouse service purchasing executive auditor admin other_rep"
# Those who see the rep's orders from the draft on: the rep, the manager of the department, and who sees all.
SEE_ORDERS = "rep sales_manager finance service executive auditor"
SEE_APPROVAL = "rep sales_manager executive"
SEE_NO_APPROVAL = "finance warehouse service purchasing auditor admin other_rep"
ENTER_ORDERS = "rep sales_manager warehouse service purchasing other_rep"
SEE_MONEY = "rep sales_manager finance executive auditor"
ASK_TO_BUY = "rep sales_manager finance warehouse service purchasing other_rep"
SEE_STOCK = "rep sales_manager finance warehouse service purchasing executive auditor other_rep"


@dataclass(frozen=True)
class Operation:
    """A request and what each principal gets."""

    method: str
    path: str
    who: dict[int, str]
    body: dict[str, Any] = field(default_factory=dict)
    # The record in `path` that another department's rep must not be able to tell from a missing one.
    record: str = ""


def get(path: str, who: dict[int, str], record: str = "") -> Operation:
    return Operation("GET", path, who, record=record)


def post(path: str, who: dict[int, str], body: dict[str, Any] | None = None, record: str = "") -> Operation:
    return Operation("POST", path, who, body or {}, record)


def put(path: str, who: dict[int, str], body: dict[str, Any], record: str = "") -> Operation:
    return Operation("PUT", path, who, body, record)


def delete(path: str, who: dict[int, str], record: str = "") -> Operation:
    return Operation("DELETE", path, who, record=record)
