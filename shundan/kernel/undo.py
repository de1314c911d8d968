"""What can be taken back of a document now: what was done, by which verb, by whom, and else why not."""

from dataclasses import dataclass

from shundan.kernel.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoOffer:
    """One thing that was done with a document and how it is undone.

    `done` and `verb` are stable codes; `permission` says whose right it takes; `is_yours` whether the asker holds it.
    With a refusal it cannot be undone now: its sentence says why and names the cure. `asks_reason` tells whether the
    verb wants one; `target` names another document whose undoing comes first, or that the verb is done on.
    """

    done: str
    verb: str
    permission: str
    is_yours: bool
    label_zh: str = ""
    label_en: str = ""
    refusal: Refused | None = None
    asks_reason: bool = False
    target: tuple[str, str] | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the asker can undo it now."""
        return self.is_yours and self.refusal is None
