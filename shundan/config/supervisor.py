"""Run database, web and worker as one: start them in order, bring back what dies, stop all, leave nobody behind."""

import contextlib
import fcntl
import http.client
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

from shundan.config.banner import tell_already_running, tell_ready
from shundan.config.children import Child, end_session, spawn, stop
from shundan.config.database import is_embedded
from shundan.config.folders import ROOT, BadPlace, data_folder
from shundan.config.messages import compile_stale
from shundan.config.postgres import AlreadyRunning, Server, embedded_server

DEFAULT_PORT = 8000
# A child that lived this long and then died starts again at once; a quick death costs patience.
HEALTHY_AFTER = 20.0
LONGEST_PAUSE = 10.0
TRIES_BEFORE_FIRST_ANSWER = 3


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or asked this process to end."""


@dataclass
class Role:
    """One kind of child that must always run."""

    name: str
    launch: Callable[[], Child]
    child: Child | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start the child now."""
        self.child = self.launch()
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Reap the child if it died, and start it again when its pause is over."""
        now = time.monotonic()
        if self.child is not None and self.child.poll() is not None:
            end_session(self.child)
            self.deaths = 1 if now - self.started > HEALTHY_AFTER else self.deaths + 1
            pause = min(0.05 * 2**self.deaths, LONGEST_PAUSE)
            _say(f"{self.name} ended ({_cause(self.child.returncode)}); back in {pause:.1f} s")
            self.child, self.due = None, now + pause
        if self.child is None and now >= self.due:
            self.start()


class Supervisor:
    """The parent of everything that an installation runs."""

    def __init__(self, *, address: str, port: int) -> None:
        self.address = address
        self.port = port
        self.report = data_folder() / "report.json"
        self.server: Server | None = None
        self.roles: list[Role] = []
        self._lock: IO[str] | None = None
        self._wakeup = _wakeup_pipe()

    @property
    def url(self) -> str:
        """Return where the pages are."""
        host = "127.0.0.1" if self.address in ("0.0.0.0", "::") else self.address  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    def run(self) -> int:
        """Run until told to stop; return the exit code."""
        self._lock = _claim()
        if self._lock is None:
            tell_already_running(_read_note())
            return 0
        try:
            _listen_to_signals()
            self._start()
            while True:
                self._watch()
        except Stopped:
            _say("stopping …")
        except BadPlace as trouble:
            _say(str(trouble))
            return 1
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        _wait_for_port(self.address, self.port)
        _write_note({"pid": os.getpid(), "address": self.url})
        # Whoever imports the application reads the texts at once and keeps them.
        compile_stale()
        if is_embedded():
            self._start_database()
        web, worker = Role("web", self._launch_web), Role("worker", lambda: _launch("worker"))
        self.report.unlink(missing_ok=True)
        self.roles += [web]
        # It imports the application meanwhile, and waits for the report before it serves.
        web.start()
        report = self._prepare()
        self.roles += [worker]
        for role in self.roles:
            if role.child is None:
                role.start()
        self._wait_for_first_answer()
        tell_ready(self.url, report)

    def _start_database(self) -> None:
        server = embedded_server()
        try:
            server.start(_say)
        except AlreadyRunning:
            if not server.answers():
                raise BadPlace("Another process holds the database, but it does not answer; try again.") from None
            return
        self.server = server
        database = Role("database", lambda: _relaunch(server))
        database.child, database.started = server.child, time.monotonic()
        self.roles.append(database)

    def _prepare(self) -> dict[str, Any]:
        """Run the steps before serving in a process of their own; this one stays small."""
        child = _launch("prepare", "--report", str(self.report))
        try:
            if child.wait():
                raise BadPlace("Preparing failed; the lines above say why.")
        finally:
            stop(child)
        return dict(json.loads(self.report.read_text()))

    def _launch_web(self) -> Child:
        return _launch("web", "--address", self.address, "--port", str(self.port), "--after", str(self.report))

    def _wait_for_first_answer(self) -> None:
        while not self._web_answers():
            self._watch(0.05)
            for role in self.roles:
                if role.deaths >= TRIES_BEFORE_FIRST_ANSWER:
                    raise BadPlace(f"{role.name} does not start; the lines above say why.")

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _watch(self, seconds: float = 1.0) -> None:
        """Sleep until a child dies, a pause ends or the time is over, then look after all."""
        pauses = [role.due - time.monotonic() for role in self.roles if role.child is None]
        select.select([self._wakeup], [], [], max(0.0, min([seconds, *pauses])))
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wakeup, 512):
                pass
        for role in self.roles:
            role.look_after()

    def _stop(self) -> None:
        """Stop web, worker and database in this order; signals no longer interrupt."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for role in self.roles:
            if role.child is not None and role.name != "database":
                stop(role.child)
        if self.server is not None:
            self.server.stop()
        _note_path().unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()


def run(*, address: str, port: int) -> int:
    """Run the whole installation in the foreground."""
    return Supervisor(address=address, port=port).run()


def run_database() -> int:
    """Run only the embedded database in the foreground."""
    server = embedded_server()
    _listen_to_signals()
    role = Role("database", lambda: _relaunch(server))
    try:
        server.start(_say)
        role.child, role.started = server.child, time.monotonic()
        _say(f"the database runs, socket in {server.place.socket}; Ctrl-C stops it")
        while True:
            role.look_after()
            time.sleep(0.2)
    except Stopped:
        return 0
    except (AlreadyRunning, BadPlace) as trouble:
        _say(str(trouble))
        return 1
    finally:
        server.stop()


def _launch(*words: str) -> Child:
    """Start a subcommand of our own as a child."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "DJANGO_ALLOW_ASYNC_UNSAFE")
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    environment["SHUNDAN_DATA"] = str(data_folder())
    return spawn([sys.executable, "-m", "shundan.config.cli", *words], environment=environment, folder=ROOT)


def _relaunch(server: Server) -> Child:
    server.launch()
    assert server.child is not None
    return server.child


def _wait_for_port(address: str, port: int) -> None:
    """Return when the port is free; what a killed manager left behind may hold it for a moment. Raises: BadPlace."""
    patience = time.monotonic() + (5.0 if _note_path().exists() else 0.0)
    while True:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
                return
            except OSError as trouble:
                if time.monotonic() > patience:
                    raise BadPlace(
                        f"Port {port} cannot be opened on {address}: {trouble.strerror}. Something else may use it. "
                        f"Cure: SHUNDAN_PORT={port + 1 if port < 65_535 else DEFAULT_PORT} make run"
                    ) from None
        time.sleep(0.1)


def _claim() -> IO[str] | None:
    """Take the lock of the installation, or none if a manager lives. The kernel frees it with its holder."""
    lock = open(data_folder() / "run.lock", "a")  # noqa: SIM115 - held until the end
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _note_path() -> Path:
    return data_folder() / "run.json"


def _write_note(facts: dict[str, Any]) -> None:
    half = _note_path().with_suffix(".new")
    half.write_text(json.dumps(facts))
    half.replace(_note_path())


def _read_note() -> dict[str, Any]:
    try:
        return dict(json.loads(_note_path().read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _listen_to_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop_on_signal)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)


def _stop_on_signal(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _wakeup_pipe() -> int:
    """Return a file that becomes readable with every signal, so that a death is seen at once."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _cause(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _say(text: str) -> None:
    print(f"  {text}", flush=True)
