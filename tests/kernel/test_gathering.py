"""Work that arrives while such work is being done is done together next, and nobody suffers from the company."""

import threading
import time
from collections.abc import Sequence

import pytest

from shundan.kernel import gathering
from shundan.kernel.gathering import Apart, Gathering


class Desk:
    """Does numbers together: doubles them, unless one is odd; the first statement takes until the door opens."""

    def __init__(self) -> None:
        self.door = threading.Event()
        self.began = threading.Event()
        self.done: list[list[int]] = []
        self.gathering: Gathering[int, int] = Gathering(self.run)

    def run(self, jobs: Sequence[int]) -> list[int]:
        self.done.append(sorted(jobs))
        if 0 in jobs:
            self.began.set()
            assert self.door.wait(30)
        if any(job % 2 for job in jobs):
            if len(jobs) > 1:
                raise Apart
            raise ValueError(jobs[0])
        return [2 * job for job in jobs]


def crowd(desk: Desk, jobs: Sequence[int]) -> dict[int, object]:
    """Send the jobs while the desk is busy, then open the door; return what became of each."""
    found: dict[int, object] = {}

    def send(job: int) -> None:
        try:
            found[job] = desk.gathering.join(job)
        except ValueError as error:
            found[job] = error

    threads = [threading.Thread(target=send, args=(job,)) for job in (0, *jobs)]
    threads[0].start()
    assert desk.began.wait(30)
    for thread in threads[1:]:
        thread.start()
    while len(desk.gathering._waiting) < len(jobs):
        time.sleep(0.001)
    desk.door.set()
    for thread in threads:
        thread.join(30)
    return found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 20)


@pytest.mark.usefixtures("patient")
def test_those_who_waited_for_one_go_together() -> None:
    desk = Desk()
    assert crowd(desk, [2, 4, 6]) == {0: 0, 2: 4, 4: 8, 6: 12}
    assert desk.done == [[0], [2, 4, 6]]


@pytest.mark.usefixtures("patient")
def test_of_those_who_cannot_go_together_each_gets_his_own_answer() -> None:
    desk = Desk()
    found = crowd(desk, [2, 3, 6])
    assert (found[2], found[6]) == (4, 12)
    assert isinstance(found[3], ValueError)
    assert desk.done[:2] == [[0], [2, 3, 6]]
    assert sorted(desk.done[2:]) == [[2], [3], [6]]


@pytest.mark.usefixtures("patient")
def test_those_who_were_here_are_waited_for_a_moment_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    crowd(desk, [2, 4])
    monkeypatch.setattr(gathering, "COMPANY_SECONDS", 20)
    # Two were here when the last work ended, so the first of them waits for the second.
    first = threading.Thread(target=lambda: desk.gathering.join(2))
    first.start()
    while not desk.gathering._waiting:
        time.sleep(0.001)
    assert first.is_alive()
    assert desk.gathering.join(4) == 8
    first.join(30)
    assert desk.done == [[0], [2, 4], [2, 4]]
    # Who did not come is not waited for again: whoever comes alone goes at once.
    monkeypatch.setattr(gathering, "COMPANY_SECONDS", 0.05)
    assert desk.gathering.join(6) == 12
    monkeypatch.setattr(gathering, "COMPANY_SECONDS", 20)
    began = time.monotonic()
    assert [desk.gathering.join(job) for job in (8, 10)] == [16, 20]
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("patient")
def test_no_more_go_together_than_one_statement_should_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_TOGETHER", 3)
    desk = Desk()
    jobs = list(range(2, 18, 2))
    assert crowd(desk, jobs) == {job: 2 * job for job in (0, *jobs)}
    assert [len(one) for one in desk.done] == [1, 3, 3, 2]


@pytest.mark.usefixtures("patient")
def test_what_ends_the_work_is_told_to_all_and_holds_up_nobody_after_them() -> None:
    desk = Desk()

    def broken(jobs: Sequence[int]) -> list[int]:
        if len(jobs) > 1:
            raise ValueError("the connection was lost")
        return Desk.run(desk, jobs)

    desk.gathering = Gathering(broken)
    found = crowd(desk, [2, 4])
    assert [str(found[2]), str(found[4])] == ["the connection was lost"] * 2
    assert desk.gathering.join(8) == 16


def test_who_waited_long_enough_goes_beside_the_others() -> None:
    desk = Desk()
    thread = threading.Thread(target=lambda: desk.gathering.join(0))
    thread.start()
    assert desk.began.wait(30)
    assert desk.gathering.join(2) == 4
    assert desk.done == [[0], [2]]
    desk.door.set()
    thread.join(30)
