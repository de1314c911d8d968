"""What is wrong with one transition: names that nobody registered, nobody to take it, nobody to answer it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from shundan.workflow.rules.definition import SAME_STATE, Definition, Transition
from shundan.workflow.rules.expressions import Schema
from shundan.workflow.rules.problems import Problem, code_problems, unknown_problem, unknown_problems

GUARD = ("guard", "前置条件", "guard")
EFFECT = ("effect", "动作", "effect")
PERMISSION = ("permission", "权限", "permission")
ROLE = ("role", "角色", "role")
NOTICE = ("notice", "通知对象", "party to tell")
# Who may be told besides roles and persons: whose document it is, who submitted it, with whom it is made.
NOTIFIED = ("owner", "applicant", "customer", "giver", "receiver")
TABLE = ("table", "审批表", "approval table")
FIELD = ("field", "字段", "field")


@dataclass(frozen=True, slots=True)
class Known:
    """The names a definition or table may use. None for tables and fields: not checked."""

    guards: frozenset[str]
    effects: frozenset[str]
    permissions: frozenset[str]
    roles: frozenset[str]
    facts: Schema
    tables: frozenset[str] | None = None
    fields: frozenset[str] | None = None
    partners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lock_ranks: Mapping[str, int] = field(default_factory=dict)


def transition_problems(one: Transition, known: Known) -> Iterator[Problem]:
    place = f"transitions.{one.name}"
    if not one.permission:
        yield Problem(
            f"{place}.permission",
            "no_permission",
            "没有人有权执行此流转。",
            "Nobody has the right to take this transition.",
            "请选择权限。",
            "Choose a permission.",
        )
    else:
        yield from unknown_problems(f"{place}.permission", PERMISSION, [one.permission], known.permissions)
    if not one.sources:
        yield Problem(
            f"{place}.from",
            "no_source",
            "此流转没有起点。",
            "The transition starts nowhere.",
            "请选择至少一个状态，或删除它。",
            "Choose at least one state, or delete it.",
        )
    yield from unknown_problems(f"{place}.needs", GUARD, one.needs, known.guards)
    yield from unknown_problems(f"{place}.does", EFFECT, one.does, known.effects)
    yield from _lock_problems(f"{place}.does", one, known)
    yield from unknown_problems(f"{place}.roles", ROLE, one.roles, known.roles)
    for notice in one.notices:
        yield from _notice_problems(f"{place}.notices", notice, known)
    if known.tables is not None and one.approval:
        yield from unknown_problems(f"{place}.approval", TABLE, [one.approval], known.tables)
    if known.fields is not None:
        yield from unknown_problems(f"{place}.required", FIELD, one.required, known.fields)
    if one.happens_by_itself and one.asks:
        yield _nobody_answers(f"{place}.asks")
    if one.target == SAME_STATE and one.happens_by_itself and one.after is None:
        yield Problem(
            f"{place}.to",
            "repeats_without_end",
            "自动流转回到同一状态，会立即再次执行。",
            "It leads back to the same state by itself, and would be taken again at once.",
            "请指向另一个状态，或设定时间，例如每 3 天一次。",
            "Lead to another state, or give it a time, such as once every 3 days.",
        )
    if one.event != SAME_STATE:
        yield from code_problems(f"{place}.event", one.event)


def _nobody_answers(place: str) -> Problem:
    return Problem(
        place,
        "nobody_answers",
        "自动执行的流转不能要求填写内容。",
        "A transition that happens by itself cannot ask for anything.",
        "请去掉要求填写的内容，或改为由人执行。",
        "Ask for nothing, or let a person take it.",
    )


def _lock_problems(place: str, one: Transition, known: Known) -> Iterator[Problem]:
    first: dict[int, int] = {}
    for at, name in enumerate(one.does):
        if name in known.lock_ranks:
            first.setdefault(known.lock_ranks[name], at)
    for rank, next_rank in pairwise(sorted(first)):
        if first[rank] > first[next_rank]:
            late, early = one.does[first[rank]], one.does[first[next_rank]]
            yield Problem(
                place,
                "effects_out_of_order",
                "按此顺序，两张单据可能互相等待。",
                "In this order two documents could wait for each other.",
                f"请把“{late}”移到“{early}”之前。",
                f"Put “{late}” before “{early}”.",
            )


def partner_problems(definition: Definition, one: Transition, known: Known) -> Iterator[Problem]:
    """Yield what begins and can never be answered: whoever asks for approval must be able to hear yes and no."""
    for name in one.does:
        here = one.sources if one.target == SAME_STATE else (one.target,)
        for partner in known.partners.get(name, ()):
            for state in here:
                if not any(partner in way.does for way in definition.leaving(state)):
                    yield Problem(
                        f"states.{state}",
                        "effect_without_answer",
                        f"“{one.label_zh}”会执行“{name}”，但此状态没有带“{partner}”的流转。",
                        f"“{one.label_en}” does “{name}”, but no transition with “{partner}” leaves this state.",
                        "请添加这样的流转，或去掉该动作。",
                        "Add such a transition, or take the effect away.",
                    )


def _notice_problems(place: str, notice: str, known: Known) -> Iterator[Problem]:
    kind, _colon, name = notice.partition(":")
    if kind == "role" and name:
        yield from unknown_problems(place, ROLE, [name], known.roles)
    elif notice not in NOTIFIED and not (kind == "person" and name.isascii() and name.isdigit()):
        yield unknown_problem(place, what=NOTICE, name=notice, known=(*NOTIFIED, "role:…", "person:…"))
