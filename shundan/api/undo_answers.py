"""What the API says of what can be undone."""

from django.utils.translation import get_language

from shundan.accounts.queries import roles_holding
from shundan.api.fields import Answer
from shundan.api.order_prices import RefusalAnswer
from shundan.kernel.undo import UndoOffer


class Undo(Answer):
    """One thing that was done with a document, and how it is taken back; `refusal` says why it cannot be now.

    The verbs of an order are its transitions; `target` names the line, change, version or paper that is meant.
    """

    document: str
    number: str
    done: str
    verb: str
    target: str | None
    by: list[str]
    is_open: bool
    asks_reason: bool
    refusal: RefusalAnswer | None


class UndoList(Answer):
    """What can be undone of an order and its papers."""

    items: list[Undo]


def undo_answer(document: str, number: str, one: UndoOffer, *, of: str) -> Undo:
    """Return one offer; `of` is the kind of order, which decides whose right it is."""
    refusal = one.refusal
    return Undo(
        document=document,
        number=number,
        done=one.done,
        verb=one.verb,
        target=one.target[1] if one.target else None,
        by=roles_holding(one.permission, kind=of, language=get_language() or ""),
        is_open=one.is_open,
        asks_reason=one.asks_reason,
        refusal=None if refusal is None else RefusalAnswer(code=refusal.code, message=refusal.message),
    )
