"""A kind of document that only tests know: it proves that the engine of approvals knows no order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from shundan.kernel.actor import Actor
from shundan.workflow.actions import Request, Route, RouteStep, start_approval
from shundan.workflow.models import ApprovalRun
from shundan.workflow.registries import APPROVAL_ENDS, APPROVAL_LOCKS, APPROVAL_RIGHTS, Locked
from tests import make

KIND = "paper"


@dataclass
class Paper:
    """A document: its content, and how often and how its approval ended."""

    content: str = "v1"
    version: int = 1
    ends: list[tuple[str, str, str]] = field(default_factory=list)


@contextmanager
def desk() -> Iterator[dict[int, Paper]]:
    """Let the engine know papers for a while."""
    papers: dict[int, Paper] = {}

    def end(paper: Paper, outcome: str, by: Actor, *, remark: str) -> None:
        paper.ends.append((outcome, by.name, remark))

    def lock(number: int) -> Locked:
        return Locked(papers[number], papers[number].content, papers[number].version)

    APPROVAL_ENDS[KIND], APPROVAL_LOCKS[KIND], APPROVAL_RIGHTS[KIND] = end, lock, "order.approve"
    try:
        yield papers
    finally:
        for registry in (APPROVAL_ENDS, APPROVAL_LOCKS, APPROVAL_RIGHTS):
            registry.pop(KIND)


def step(*people: Actor, level: int = 1, mode: str = "all", need: int = 0, hours: int = 0) -> RouteStep:
    """One step of these people."""
    return RouteStep(
        level=level,
        mode=mode,
        need=need,
        people=tuple(one.id or 0 for one in people),
        who="person:" + ",".join(one.name for one in people),
        rule=f"rows[{level - 1}]",
        why_zh="测试",
        why_en="test",
        escalate_after=timedelta(hours=hours) if hours else None,
    )


def submit(
    papers: dict[int, Paper], *steps: RouteStep, by: Actor, owner: Actor | None = None, allows_own: bool = False
) -> ApprovalRun:
    """Put a paper on the desk and ask those on the way."""
    number = len(papers) + 1
    papers[number] = Paper()
    run = start_approval(request_for(papers, number, owner=owner, allows_own=allows_own), way(*steps), by=by)
    assert run is not None
    return run


def request_for(
    papers: dict[int, Paper], number: int, *, owner: Actor | None = None, allows_own: bool = False
) -> Request:
    """Ask for a paper as it is now."""
    return Request(
        subject=(KIND, number),
        content_hash=papers[number].content,
        version=papers[number].version,
        right="order.approve",
        title=f"P-{number}",
        amount=Decimal(100),
        currency="CNY",
        owner_id=owner.id if owner else None,
        allows_own=allows_own,
    )


def way(*steps: RouteStep) -> Route:
    """A route of these steps."""
    return Route(steps=steps, is_automatic=not steps, problems=())


def people(count: int = 5) -> list[Actor]:
    """Colleagues of one department, who hold no right of their own."""
    place = make.department()
    names = "甲乙丙丁戊己庚辛"
    return [make.person("rep", name=names[i], department=place) for i in range(count)]


def later(by: Actor, **span: int) -> Actor:
    """The same person so much later."""
    return replace(by, at=by.at + timedelta(**span))
