"""Where higher rooms hang the guards and effects that definitions name, and the documents that need approval."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from shundan.kernel.actor import Actor
from shundan.kernel.db import RefusalMaker
from shundan.kernel.registry import Registry

# A guard asks: it refuses by raising `Refused` and changes nothing. An effect does, or refuses, in the transaction.
Guard = Callable[[Any, Actor, Mapping[str, str]], None]
Effect = Callable[[Any, Actor, Mapping[str, str]], None]

GUARDS: Registry[Guard] = Registry("guard")
EFFECTS: Registry[Effect] = Registry("effect")

# Effects that also exist as an SQL function of the order's row, so that a whole order is placed in one round trip.
SQL_EFFECTS: dict[str, str] = {}
SQL_REFUSALS: dict[str, RefusalMaker] = {}

guard = GUARDS.add
effect = EFFECTS.add

Subject = tuple[str, int]


class ApprovalEnd(Protocol):
    """What a document does when its approval has ended, in the transaction of the last decision.

    `outcome` is approved, rejected, sent_back or withdrawn; `by` decided it, and `remark` is what they said.
    """

    def __call__(self, subject: Subject, outcome: str, by: Actor, *, remark: str) -> None:
        """Take the document on. Raises: what refuses it; then nothing was decided."""


# By kind of subject. A room that asks for approvals registers all three in its hooks.py.
APPROVAL_ENDS: dict[str, ApprovalEnd] = {}
# Lock the document and return its (content hash, version) of now. It is locked before the approval, always.
APPROVAL_LOCKS: dict[str, Callable[[int], tuple[str, int]]] = {}
# The right that lets its holders decide where the table finds nobody, and see what is pending in their scope.
APPROVAL_RIGHTS: dict[str, str] = {}

# Facts that decision tables may name, by kind of document and name: each is worked out only when it is asked for.
FactOf = Callable[[Any, Actor], Any]
FACTS: dict[str, dict[str, FactOf]] = {}


def fact(kind: str) -> Callable[[FactOf], FactOf]:
    """Register a fact of a kind of document under the function's name."""

    def register(function: FactOf) -> FactOf:
        FACTS.setdefault(kind, {})[function.__name__] = function
        return function

    return register
