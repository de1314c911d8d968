"""Where higher rooms hang the guards and effects that definitions name, and the documents that need approval."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.utils.functional import Promise

from shundan.kernel.actor import Actor
from shundan.kernel.db import RefusalMaker
from shundan.kernel.registry import Registry
from shundan.workflow.rules import FactType as FactType
from shundan.workflow.rules import Value

# A guard asks: it refuses by raising `Refused` and changes nothing. An effect does, or refuses, in the transaction.
Guard = Callable[[Any, Actor, Mapping[str, str]], None]
Effect = Callable[[Any, Actor, Mapping[str, str]], None]

GUARDS: Registry[Guard] = Registry("guard")
EFFECTS: Registry[Effect] = Registry("effect")

# Effects that the statement which places orders does itself, by what that calls them.
SQL_EFFECTS: dict[str, str] = {}
SQL_REFUSALS: dict[str, RefusalMaker] = {}

guard = GUARDS.add
effect = EFFECTS.add

# An effect that begins something, and the effects that must be able to follow from the state it leads to.
PARTNERS: dict[str, tuple[str, ...]] = {}

# Effects that lock, by rank: of two ranks in one transition the lower comes first, or two documents could wait for
# each other (docs/adr/0007).
LOCK_RANKS: dict[str, int] = {}

# Guards whose answer changes only with the document itself. After every change of a document the engine looks for
# automatic ways anyway; where others are asked, too, it looks again from time to time.
OWN_GUARDS: set[str] = set()

# What people who write no code read instead of a name; by what it is (guard, effect, fact, field), then by name.
LABELS: dict[str, dict[str, str | Promise]] = {}
# How values of a fact are written in conditions, where its name does not say it.
HINTS: dict[str, str | Promise] = {}
# Facts that are shown only to holders of a right.
FACT_RIGHTS: dict[str, str] = {}
# Kinds of document (sale, purchase, …) that a guard or effect makes sense for; those not named serve all.
SERVES: dict[str, frozenset[str]] = {}


def name_things(what: str, labels: Mapping[str, str | Promise], *, serves: str = "") -> None:
    """Register what guards, effects, facts or fields are called on screen, and for which kinds they are offered."""
    LABELS.setdefault(what, {}).update(labels)
    if serves:
        SERVES.update(dict.fromkeys(labels, frozenset(serves.split())))


Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Locked:
    """A document (Any: of whatever room) that is locked until commit, with its content hash and version of now."""

    document: Any
    content_hash: str
    version: int


class ApprovalEnd(Protocol):
    """What a document does when its approval has ended, in the transaction of the last decision.

    `outcome` is approved, rejected, sent_back or withdrawn; `by` decided it, and `remark` is what they said.
    """

    def __call__(self, document: Any, /, outcome: str, by: Actor, *, remark: str) -> None:
        """Take the locked document on. Raises: what refuses it; then nothing was decided."""


# By kind of subject. A room that asks for approvals registers all three in its hooks.py.
APPROVAL_ENDS: dict[str, ApprovalEnd] = {}
# Lock the document of an id. It is locked before the approval, always.
APPROVAL_LOCKS: dict[str, Callable[[int], Locked]] = {}
# The right that lets its holders decide where the table finds nobody, and see what is pending in their scope.
APPROVAL_RIGHTS: dict[str, str] = {}

# Facts that decision tables and conditions may name, by kind of document. Each is worked out only when it is asked for.
FactOf = Callable[[Any, Actor], Value]
# The values that a fact may have, with what people call them in the language that is active now.
Choices = Callable[[], Mapping[str, str | Promise]]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact is (a kind of the conditions' KINDS), and how it is found; one that cannot be found is None.

    What is `at_hand` costs no question to the database: it is kept of every document that a table judged. What is
    `own` changes only with the document itself.
    The rest is for people: what it is called where `name_things` names it otherwise, the heading it stands under,
    its values where there are only some, and whether it is an amount in company currency.
    """

    kind: str
    find: FactOf
    minimum: Decimal | None = None
    is_optional: bool = False
    is_at_hand: bool = False
    is_own: bool = False
    label: str | Promise = ""
    group: str | Promise = ""
    choices: Choices | None = None
    is_money: bool = False


FACTS: dict[str, dict[str, Fact]] = {}
# Facts that an administrator adds while the house runs, by kind: those of one document, or all there are for None.
FACT_SOURCES: dict[str, Callable[[Any | None], Mapping[str, Fact]]] = {}


# By kind of document: fields that a transition may require to be filled, and occasions that it may wait for (`on`).
FIELDS: dict[str, dict[str, Callable[[Any], object]]] = {}
OCCURRED: dict[str, dict[str, Callable[[Any], bool]]] = {}


def offer_facts(document: str, facts: Mapping[str, Fact]) -> None:
    """Register facts of a kind of document. Raises: ValueError for a name that is taken."""
    known = FACTS.setdefault(document, {})
    taken = [name for name in facts if name in known and known[name] is not facts[name]]
    if taken:
        raise ValueError(f"these facts of {document} are registered already: {', '.join(taken)}")
    known.update(facts)


def facts_schema(document: str) -> dict[str, FactType]:
    """Return the facts of a kind of document by name, as the checks of conditions want them."""
    known = {**FACTS.get(document, {}), **added_facts(document, None)}
    return {name: FactType(one.kind, minimum=one.minimum, is_optional=one.is_optional) for name, one in known.items()}


def added_facts(kind: str, document: Any | None) -> Mapping[str, Fact]:
    """Return the facts that an administrator gave a document, or all such facts of its kind (Any: a document)."""
    source = FACT_SOURCES.get(kind)
    return source(document) if source else {}
