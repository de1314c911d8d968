"""The process manager: what it starts comes back when it dies, and goes when it goes."""

import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Iterator

import pytest

from shundan.config.folders import postgres_place
from tests.platform.installation import Installation, eventually, fresh_code


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation of a fresh clone for the module: making a database takes longer than starting it."""
    installation = Installation(fresh_code(tmp_path_factory.mktemp("clone")))
    yield installation
    installation.remove()


@pytest.fixture
def running(installation: Installation) -> Installation:
    """The installation, running."""
    if installation.manager_ended():
        installation.start()
    return installation


def test_it_starts_everything_and_says_where(running: Installation) -> None:
    assert running.answers()
    assert f"http://127.0.0.1:{running.port}" in running.printed()
    assert running.pid_of("database") and running.pid_of("web") and running.pid_of("worker")


def test_a_fresh_clone_speaks_chinese_from_its_first_page(running: Installation) -> None:
    assert "登录" in running.first_page()


def test_a_second_start_says_what_runs_and_succeeds(running: Installation) -> None:
    assert running.manager is not None
    outcome = running.command("run")
    assert outcome.returncode == 0
    assert f"process {running.manager.pid}" in outcome.stdout
    assert f"http://127.0.0.1:{running.port}" in outcome.stdout
    assert running.answers()


@pytest.mark.parametrize("role", ["database", "web", "worker"])
def test_what_is_killed_three_times_comes_back(running: Installation, role: str) -> None:
    for _ in range(3):
        before = running.pid_of(role)
        assert before is not None
        os.kill(before, signal.SIGKILL)
        assert eventually(lambda old=before: running.pid_of(role) not in (None, old)), running.printed()
        assert eventually(running.answers), running.printed()
    assert not running.manager_ended()


def test_a_killed_web_worker_comes_back(running: Installation) -> None:
    master = running.pid_of("web")
    workers = _children(master)
    os.kill(workers[0], signal.SIGKILL)
    assert eventually(lambda: len(set(_children(master)) - set(workers)) == 1)
    assert running.pid_of("web") == master


def test_nobody_but_us_reaches_the_database(running: Installation) -> None:
    place = postgres_place(running.data)
    assert place.cluster.stat().st_mode & 0o777 == 0o700
    assert place.socket.stat().st_mode & 0o777 == 0o700
    rules = (place.cluster / "pg_hba.conf").read_text()
    assert rules == "local all all peer map=shundan\n"
    listening = subprocess.run(["cat", f"/proc/{running.pid_of('database')}/net/tcp"], capture_output=True, text=True)
    assert ":1538 " not in listening.stdout  # 5432


def test_when_the_manager_is_killed_nobody_stays_and_the_next_start_works(running: Installation) -> None:
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    assert eventually(lambda: not running.left_over()), running.left_over()
    running.start()
    assert running.answers()


def test_when_the_manager_is_killed_a_start_at_once_works(running: Installation) -> None:
    running.end(signal.SIGKILL)
    running.start()
    assert running.answers()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_clean_stop_leaves_nobody(running: Installation, how: signal.Signals) -> None:
    assert running.end(how) == 0
    assert running.left_over() == []
    assert not (running.data / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_stale_pid_file_blames_no_innocent_process(installation: Installation) -> None:
    place = postgres_place(installation.data)
    account = pwd.getpwnam(place.account.name)
    drop = os.geteuid() == 0
    innocent = subprocess.Popen(["sleep", "60"], user=account.pw_uid if drop else None)
    stale = place.cluster / "postmaster.pid"
    stale.write_text(f"{innocent.pid}\n{place.cluster}\n1700000000\n5432\n{place.socket}\n\n  0 0\nready\n")
    os.chown(stale, place.account.uid, place.account.gid)
    try:
        installation.start()
        assert installation.answers()
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_port_that_somebody_uses_is_named_with_the_cure(installation: Installation) -> None:
    if not installation.manager_ended():
        installation.end(signal.SIGTERM)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        outcome = installation.command("run")
    assert outcome.returncode == 1
    assert f"Port {installation.port} cannot be opened" in outcome.stdout
    assert f"SHUNDAN_PORT={installation.port + 1}" in outcome.stdout


def _children(parent: int | None) -> list[int]:
    from tests.platform.installation import processes

    return [pid for pid, owner, _command in processes() if owner == parent]
