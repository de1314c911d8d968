"""Lists: how many rows, from where, in which order; the answer is `items` and the cursor of the `next` page."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from django.db.models import Model
from pydantic import Field

from shundan.api.fields import Code, Given, Words
from shundan.kernel.listing import Page

M = TypeVar("M", bound=Model)
Cursor = Annotated[str, Field(max_length=500, description="`next` of the previous answer.")]
Next = Annotated[str | None, Field(description="The cursor of the next page, null at the end.")]


class Paged(Given):
    """What every list takes."""

    cursor: Cursor = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Searched(Paged):
    """What a list with a search takes."""

    search: Words = ""


class Sorted(Searched):
    """What a list takes that can be sorted; a minus sign sorts downward."""

    sort: Code = "-id"


def page_members(page: Page[M], row: Callable[[M], Any]) -> dict[str, Any]:
    """Return the two members of a list's answer."""
    return {"items": [row(item) for item in page.items], "next": page.next}
