"""Random definitions, tables and organisations for property tests."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import strategies as st

from shundan.workflow.rules import (
    MODES,
    OCCASIONS,
    ApprovalTable,
    Definition,
    FactType,
    Row,
    State,
    Transition,
    Value,
)

FACTS = {
    "company_total": FactType("number", minimum=Decimal(0)),
    "discount_rate": FactType("number", is_optional=True),
    "line_count": FactType("integer"),
    "customer_class": FactType("text", choices=("A", "B", "C")),
    "customer_tags": FactType("texts"),
    "is_urgent": FactType("yes_no"),
    "requested_on": FactType("date"),
    "owner": FactType("person", is_optional=True),
}
ROLES = ("sales_manager", "finance", "executive")

numbers = st.sampled_from(["0", "1", "2.5", "3", "100"])
signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
leaves = st.one_of(
    st.builds("company_total {} {}".format, signs, numbers),
    st.builds("discount_rate {} {}".format, signs, st.sampled_from(["0", "0.1"])),
    st.sampled_from(["discount_rate == null", "discount_rate != null"]),
    st.builds("line_count {} {}".format, signs, st.sampled_from(["1", "2", "2.5"])),
    st.builds("customer_class in [{}]".format, st.sampled_from(['"A"', '"A", "B"', '"C"', '"A", "B", "C"'])),
    st.builds('customer_class {} "B"'.format, st.sampled_from(["==", "!="])),
    st.builds('"{}" {} customer_tags'.format, st.sampled_from(["vip", "new"]), st.sampled_from(["in", "not in"])),
    st.just("is_urgent"),
    st.builds("requested_on {} 2026-02-28".format, signs),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not {}".format, leaves),
    ),
    max_leaves=4,
)
facts: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {
        "company_total": st.sampled_from([Decimal(n) for n in ("0", "0.5", "1", "2", "2.5", "2.7", "3", "99", "101")]),
        "discount_rate": st.sampled_from(
            [None, Decimal("-1"), Decimal(0), Decimal("0.05"), Decimal("0.1"), Decimal(1)]
        ),
        "line_count": st.sampled_from([0, 1, 2, 3]),
        "customer_class": st.sampled_from(["A", "B", "C"]),
        "customer_tags": st.sampled_from([(), ("vip",), ("new",), ("new", "vip"), ("other",)]),
        "is_urgent": st.booleans(),
        "requested_on": st.dates(),
        "owner": st.sampled_from([None, 1, 2]),
        "department": st.sampled_from([None, 1, 2]),
    }
)
# Anything a person may type or paste, but for lone surrogates, which no text file holds.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
spans = st.one_of(st.none(), st.integers(1, 999).map(lambda n: timedelta(minutes=n)), st.just(timedelta(days=14)))


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """A definition with known names: a way through all states, arbitrary other ways, perhaps cancelling."""
    names = [f"s{i}" for i in range(draw(st.integers(2, 5)))]
    categories = st.sampled_from(["draft", "submitted", "confirmed", "in_progress", "completed"])
    states = [State(name, draw(categories), "状态", "State") for name in names]
    states[0], states[-1] = replace(states[0], category="draft"), replace(states[-1], category="completed")
    ways = [((before,), after) for before, after in pairwise(names)]
    for _extra in range(draw(st.integers(0, 5))):
        sources = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
        ways.append((tuple(sources), draw(st.sampled_from([*names, *names, "="]))))
    transitions = [_way(draw, f"t{i}", sources, target) for i, (sources, target) in enumerate(ways)]
    if draw(st.booleans()):
        left = tuple(state.name for state in states if not state.is_final)
        transitions.append(replace(transitions[0], name="cancel", sources=left, target=names[-1], when="", needs=()))
        transitions[-1] = replace(transitions[-1], is_automatic=False)
    order = draw(st.permutations(transitions))
    return Definition("random", "随机", "Random", names[0], tuple(states), tuple(order))


def _way(draw: st.DrawFn, name: str, sources: tuple[str, ...], target: str) -> Transition:
    return Transition(
        name=name,
        label_zh="流转",
        label_en="Go",
        sources=sources,
        target=target,
        permission="order.submit",
        needs=draw(st.sampled_from([(), (), ("order_has_lines",)])),
        is_automatic=draw(st.sampled_from([False, False, True])),
        event="gone",
        when=draw(st.one_of(st.just(""), st.just(""), conditions)),
    )


@st.composite
def written_definitions(draw: st.DrawFn) -> Definition:
    """A definition with every kind of text in every place, for round trips."""
    names = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    categories = st.sampled_from(["draft", "approved", "closed"])
    states = tuple(State(name, draw(categories), draw(words), draw(words), draw(st.booleans())) for name in names)
    many = st.lists(words, max_size=2).map(tuple)
    ways = st.builds(
        Transition,
        name=words,
        label_zh=words,
        label_en=words,
        sources=st.lists(st.sampled_from(names), max_size=3).map(tuple),
        target=st.sampled_from([*names, "="]),
        permission=words,
        needs=many,
        does=many,
        asks=many,
        is_automatic=st.booleans(),
        is_primary=st.booleans(),
        is_danger=st.booleans(),
        event=words,
        when=words,
        required=many,
        notices=many,
        roles=many,
        after=spans,
        on=st.sampled_from(["", *OCCASIONS]),
        approval=words,
    )
    return Definition(
        draw(words),
        draw(words),
        draw(words),
        draw(st.sampled_from(names)),
        states,
        tuple(draw(st.lists(ways, max_size=3, unique_by=lambda one: one.name))),
    )


who = st.sampled_from(
    "role:sales_manager role:finance person:1 person:2 person:3 manager:1 manager:3 field:owner department_head".split()
)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """One row that can be read."""
    mode = draw(st.sampled_from(MODES))
    return Row(
        when=draw(st.one_of(st.just(""), conditions)),
        level=draw(st.integers(1, 3)),
        who=draw(who),
        mode=mode,
        need=draw(st.integers(1, 3)) if mode == "n_of_m" else 0,
        escalate_after=draw(spans),
        name_zh=draw(words),
        name_en=draw(words),
    )


tables = st.builds(
    ApprovalTable,
    code=st.just("order"),
    policy=st.sampled_from(["collect", "first"]),
    rows=st.lists(rows(), max_size=5).map(tuple),
    allows_own=st.booleans(),
    automatic=st.one_of(st.just(""), conditions),
    otherwise=st.sampled_from(["", "nobody", "role:executive", "department_head"]),
    label_zh=words,
    label_en=words,
)

people = st.integers(1, 6)


@dataclass(frozen=True)
class Firm:
    """An organisation held in memory."""

    roles: dict[str, tuple[int, ...]] = field(default_factory=dict)
    managers: dict[int, int] = field(default_factory=dict)
    heads: dict[int | str | None, int] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()

    def people_in_role(self, role: str, department: int | str | None) -> tuple[int, ...]:
        """Everybody with the role, in any department."""
        return self.roles.get(role, ())

    def manager_of(self, user: int) -> int | None:
        """Whom somebody reports to."""
        return self.managers.get(user)

    def head_of(self, department: int | str | None) -> int | None:
        """Who leads."""
        return self.heads.get(department)

    def is_active(self, user: int) -> bool:
        """Whether somebody is still there."""
        return user not in self.gone


firms = st.builds(
    Firm,
    roles=st.dictionaries(st.sampled_from(ROLES), st.lists(people, max_size=4).map(tuple)),
    # Circles and people who manage themselves are drawn too.
    managers=st.dictionaries(people, people),
    heads=st.dictionaries(st.sampled_from([None, 1, 2]), people),
    gone=st.frozensets(people, max_size=3),
)


@st.composite
def mangled(draw: st.DrawFn, text: str) -> str:
    """A good text with some values of other types and some pieces cut or doubled."""
    values = st.sampled_from(
        ["5", "-1", "1.5", "true", '""', "[]", "[1]", "{}", "{ a = 1 }", "2026-01-01", "inf", "[[]]"]
    )
    lines = text.splitlines()
    for _change in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        key, equals, _value = lines[place].partition(" = ")
        other = f"{key} = {draw(values)}" if equals else draw(st.sampled_from(["", "[x]", "[[x]]", "x = 1"]))
        lines[place] = draw(st.sampled_from([other, other, other, "", lines[place][:-1], lines[place] * 2]))
    return "\n".join(lines)
