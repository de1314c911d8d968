"""A whole installation in a folder of its own, started and watched from outside like an operator would."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from shundan.config.folders import ROOT

# A machine that does five other things at the same time still gets there.
PATIENCE_SECONDS = 300


class Installation:
    """One data folder, one port, and at most one manager."""

    def __init__(self, code: Path = ROOT) -> None:
        """Run the code of this folder."""
        self.code = code
        self.data = Path(tempfile.mkdtemp(prefix="shundan-"))
        # Root's database account passes through; nobody else looks.
        self.data.chmod(0o711)
        self.port = free_port()
        self.manager: subprocess.Popen[str] | None = None
        self.output = self.data / "output"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of this installation and of no other."""
        mine = {name: value for name, value in os.environ.items() if not name.startswith(("SHUNDAN_", "PYTEST_"))}
        mine.pop("DATABASE_URL", None)
        return {**mine, "SHUNDAN_DATA": str(self.data), "SHUNDAN_PORT": str(self.port)}

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a subcommand to its end."""
        return subprocess.run(
            [sys.executable, "-m", "shundan.config.cli", *words],
            env=self.environment,
            cwd=self.code,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def start(self) -> None:
        """Start the manager and wait until it says that all is ready."""
        with open(self.output, "w") as output:
            self.manager = subprocess.Popen(
                [sys.executable, "-m", "shundan.config.cli", "run"],
                env=self.environment,
                cwd=self.code,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        ready = eventually(lambda: self.manager_ended() or "Ctrl-C stops" in self.printed())
        assert ready and not self.manager_ended(), self.printed()

    def printed(self) -> str:
        """Return what the manager has said."""
        return self.output.read_text()

    def manager_ended(self) -> bool:
        """Tell whether the manager is gone."""
        return self.manager is None or self.manager.poll() is not None

    def end(self, how: signal.Signals) -> int:
        """Send the manager a signal and wait for its end; return its exit code."""
        assert self.manager is not None
        self.manager.send_signal(how)
        return self.manager.wait(PATIENCE_SECONDS)

    def answers(self) -> bool:
        """Tell whether the pages are served and reach the database."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=60) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def first_page(self) -> str:
        """Return what somebody sees who opens the address in a browser that asks for no language."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=60) as answer:
            return str(answer.read().decode())

    def pid_of(self, role: str) -> int | None:
        """Return the process that the manager started for a role."""
        assert self.manager is not None
        word = str(self.data / "postgres" / "cluster") if role == "database" else role
        for pid, parent, command in processes():
            if parent == self.manager.pid and word in command:
                return pid
        return None

    def left_over(self) -> list[str]:
        """Return the processes of this installation that live."""
        return [" ".join(command) for pid, _parent, command in processes() if self._is_mine(pid, command)]

    def _is_mine(self, pid: int, command: list[str]) -> bool:
        if any(str(self.data) in word for word in command):
            return True
        try:
            return f"SHUNDAN_DATA={self.data}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def remove(self) -> None:
        """Stop what runs and delete the folder."""
        if not self.manager_ended():
            self.end(signal.SIGTERM)
        shutil.rmtree(self.data, ignore_errors=True)


def fresh_code(folder: Path) -> Path:
    """Copy the code as a fresh clone has it, nothing compiled but the front-end files that `make setup` builds."""
    for part in ("shundan", "locale"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    return folder


def processes() -> list[tuple[int, int, list[str]]]:
    """Return (pid, parent, command line) of all living processes."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found.append((int(folder.name), int(parent), command))
    return found


def eventually(condition: Callable[[], object]) -> bool:
    """Tell whether the condition comes true; a slow machine has time, and only a test that fails waits so long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
