"""Answers to questions about the past: one, all of them, and the orders of one for a sheet."""

from typing import Any

from shundan.kernel.actor import Actor
from shundan.kernel.errors import NotFound, require
from shundan.kernel.listing import Page, page_of
from shundan.orders.models import WhatIf
from shundan.orders.queries.migrations import RIGHT


def get_what_if(question_id: int, *, by: Actor) -> WhatIf:
    """Return a question with its answer, without the list of its orders. Raises: NotPermitted, NotFound."""
    require(by, RIGHT)
    found = WhatIf.objects.defer("differences").filter(pk=question_id).first()
    if found is None:
        raise NotFound(what="question", key=str(question_id))
    return found


def list_what_ifs(*, by: Actor, cursor: str | None = None, limit: int = 20) -> Page[WhatIf]:
    """Return one page of questions, newest first. Raises: NotPermitted, Malformed."""
    require(by, RIGHT)
    return page_of(WhatIf.objects.defer("differences", "text"), cursor=cursor, limit=limit, counted=True)


def differences_of(asked: WhatIf, *, by: Actor, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the orders that would have gone another way, as kept: number, who is asked, where the way is left.

    Raises: NotPermitted.
    """
    require(by, RIGHT)
    rows = WhatIf.objects.filter(pk=asked.pk).values_list("differences", flat=True)
    found: list[dict[str, Any]] = rows[0]
    return found[:limit]
