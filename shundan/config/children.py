"""Start child processes that cannot outlive this one, and stop them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from shundan.config.folders import Account

PR_SET_PDEATHSIG = 1
# Loaded here, not in the child: between fork and exec only the simplest calls are safe.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

Child = subprocess.Popen[bytes]


def spawn(
    command: Sequence[str | Path],
    *,
    when_orphaned: signal.Signals = signal.SIGKILL,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    folder: Path | None = None,
) -> Child:
    """Start a command in a session of its own; call it from the main thread only.

    The kernel watches the thread that forked, not the process: a child of a short-lived thread dies with it.
    """
    drop = account if account is not None and os.geteuid() == 0 else None
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=environment,
        cwd=folder,
        start_new_session=True,
        user=drop.uid if drop else None,
        group=drop.gid if drop else None,
        extra_groups=[] if drop else None,
        preexec_fn=_last_words(when_orphaned),
    )


def die_with_parent(when_orphaned: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to end this process as soon as its parent is gone; for processes that something else forked."""
    parent = os.getppid()
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(when_orphaned))
    if os.getppid() != parent:
        os.kill(os.getpid(), when_orphaned)


def stop(child: Child, *, first: signal.Signals = signal.SIGTERM, patience: float = 20) -> None:
    """End a child: a polite signal, then after some patience the whole of its session by force."""
    if child.poll() is None:
        child.send_signal(first)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            pass
    end_session(child)


def end_session(child: Child) -> None:
    """Kill what is left of a child's session, so that a dead master leaves no worker behind."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.05) -> bool:
    """Ask again and again until the condition holds or the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def _last_words(when_orphaned: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def set_in_child() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(when_orphaned))
        if os.getppid() != parent:
            os._exit(1)

    return set_in_child
