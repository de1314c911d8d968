"""The embedded PostgreSQL: made once, run as a direct child, reached through a private socket only."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from shundan.config.binaries import Binaries, find_binaries
from shundan.config.children import Child, end_session, spawn, wait_until
from shundan.config.folders import SYSTEM_FOLDER, Account, BadPlace, Place, data_folder, log_folder, postgres_place

DATABASE = "shundan"
# The application's role owns its database and may make others (for tests); it is no superuser.
ROLE = "shundan"
SUPERUSER = "postgres"
LOG_LIMIT = 20 * 1024 * 1024

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "random_page_cost": "1.1",
    "jit": "off",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "idle_in_transaction_session_timeout": "10min",
    "log_lock_waits": "on",
    "log_min_duration_statement": "2s",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
# Without it recovery after a kill asks the disk for every file one by one: seconds instead of half a second.
LINUX_SETTINGS = {"recovery_init_sync_method": "syncfs"}


class AlreadyRunning(Exception):
    """Another process runs the server of this data folder."""


class Server:
    """One embedded server and the lock that keeps a second one away."""

    def __init__(self, place: Place, log: Path, more: Mapping[str, str] | None = None) -> None:
        """Run the server of this place; `more` are settings besides those of every installation."""
        self.place = place
        self.log = log
        self.more = dict(more or {})
        self.child: Child | None = None
        self._binaries: Binaries | None = None
        self._lock: IO[str] | None = None

    def claim(self) -> None:
        """Keep others from running this server; start() does it by itself."""
        if self._lock is not None:
            return
        _make_folder(self.place)
        lock = open(self.place.folder / "lock", "a+")  # noqa: SIM115 - held until stop()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunning(f"Another process runs the database in {self.place.folder}.") from None
        self._lock = lock

    def start(self, tell: Callable[[str], None] = print) -> None:
        """Make the cluster if there is none, start the server and return when it answers."""
        self.claim()
        self._binaries = find_binaries(account=self.place.account, major=_major_of(self.place.cluster))
        if not self.place.cluster.exists():
            tell(f"making the database{_elsewhere(self.place)} …")
            _make_cluster(self.place, self._binaries)
        self.launch()
        self._wait(tell)
        _make_role_and_database(self.place)

    def launch(self) -> None:
        """Start the server process; it may still refuse connections when this returns."""
        assert self._binaries is not None
        place = self.place
        _make_private(place.socket, place.account)
        _write_access_rules(place)
        _disarm_pid_file(place)
        settings = {**SETTINGS, "unix_socket_directories": '"{}"'.format(str(place.socket).replace('"', '""'))}
        if sys.platform == "linux":
            settings |= LINUX_SETTINGS
        options = [f"--{name}={value}" for name, value in (settings | self.more).items()]
        with _open_log(self.log) as log:
            self.child = spawn(
                [self._binaries.program("postgres"), "-D", place.cluster, *options],
                when_orphaned=signal.SIGINT,
                account=place.account,
                environment=_environment(),
                output=log,
                folder=Path("/"),
            )

    def answers(self) -> bool:
        """Tell whether the server accepts a connection now."""
        import psycopg

        try:
            psycopg.connect(_address(self.place), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Shut down cleanly, by force if that takes too long, and give up the lock."""
        if self.child is not None:
            for request, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0)):
                if self.child.poll() is None:
                    self.child.send_signal(request)
                    wait_until(lambda: self.child is None or self.child.poll() is not None, seconds=patience)
            end_session(self.child)
            self.child = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _wait(self, tell: Callable[[str], None]) -> None:
        """Wait for the first answer; a server that gives up is started again while its predecessor winds down."""
        started, told, refusals = time.monotonic(), False, 0
        while not self.answers():
            waited = time.monotonic() - started
            if waited > 2 and not told:
                told = True
                tell("waiting for the database to recover …")
            if self.child is not None and self.child.poll() is not None:
                refusals += 1
                if refusals > 20:
                    raise BadPlace(f"PostgreSQL does not start; its last words are in {self.log}:\n{_tail(self.log)}")
                time.sleep(min(0.1 * refusals, 1))
                self.launch()
            time.sleep(0.05)


def embedded_server() -> Server:
    """Return the server of this installation's data folder, not started yet."""
    return Server(postgres_place(), log_folder() / "postgres.log")


def _elsewhere(place: Place) -> str:
    """Say where the database goes when it cannot be in the data folder."""
    if SYSTEM_FOLDER not in place.folder.parents:
        return ""
    return f" in {place.folder}, because the account {place.account.name} cannot reach {data_folder()}"


def _make_folder(place: Place) -> None:
    """Make the folder that holds cluster, socket and lock; only its owner and root may enter it."""
    if not place.folder.exists():
        place.folder.mkdir(parents=True)
        if place.folder.parent.name == "shundan":
            place.folder.parent.chmod(0o755)
    _make_private(place.folder, place.account)


def _make_private(folder: Path, account: Account) -> None:
    """Make a folder of the account's own, closed to others; refuse one that somebody else put there."""
    try:
        folder.mkdir(mode=0o700)
        _give(folder, account)
    except FileExistsError:
        pass
    facts = folder.lstat()
    if folder.is_symlink() or facts.st_uid not in (account.uid, os.geteuid()):
        raise BadPlace(f"{folder} belongs to user id {facts.st_uid}: run as that user, or set SHUNDAN_DATA.")
    _give(folder, account)
    folder.chmod(0o700)


def _make_cluster(place: Place, binaries: Binaries) -> None:
    """Run initdb beside the final place and move the result there, so that a broken attempt leaves nothing."""
    attempt = place.folder / "cluster.new"
    failure = ""
    for locale in _locales(binaries):
        if attempt.exists():
            shutil.rmtree(attempt)
        options = ["-U", SUPERUSER, "-E", "UTF8", "--data-checksums", "--auth-local=peer", "--auth-host=reject"]
        outcome = _run_as(place.account, [binaries.program("initdb"), "-D", attempt, *options, *locale])
        if outcome.returncode == 0:
            attempt.rename(place.cluster)
            return
        failure = outcome.stderr or outcome.stdout
    raise BadPlace(f"initdb failed in {place.folder}:\n{failure}")


def _locales(binaries: Binaries) -> list[list[str]]:
    """Return initdb's locale options, the best first; LC_CTYPE matters, trigrams of Chinese need it."""
    plain = [["--locale=C.UTF-8"], ["--locale=en_US.UTF-8"], ["--locale=C"]]
    if binaries.major < 17:
        return plain
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [builtin + locale for locale in plain]


def _run_as(account: Account, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    drop = os.geteuid() == 0
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        env=_environment(),
        user=account.uid if drop else None,
        group=account.gid if drop else None,
        extra_groups=[] if drop else None,
    )


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC", "LC_MESSAGES": "C"}


def _write_access_rules(place: Place) -> None:
    """Let in who the kernel says is us, over the socket, and nobody else."""
    import pwd

    names = {place.account.name, pwd.getpwuid(os.geteuid()).pw_name}
    rows = [f'shundan "{name}" {role}' for name in sorted(names) for role in (ROLE, SUPERUSER)]
    _write(place.cluster / "pg_hba.conf", "local all all peer map=shundan\n", place.account)
    _write(place.cluster / "pg_ident.conf", "\n".join(rows) + "\n", place.account)


def _write(path: Path, text: str, account: Account) -> None:
    path.write_text(text)
    path.chmod(0o600)
    _give(path, account)


def _give(path: Path, account: Account) -> None:
    if os.geteuid() == 0:
        os.chown(path, account.uid, account.gid)


def _disarm_pid_file(place: Place) -> None:
    """End a server that was left over, and stop a stale pid file from blaming an innocent process.

    PostgreSQL ignores the pid of its own parent in that file, but still looks whether old backends live.
    """
    path = place.cluster / "postmaster.pid"
    try:
        lines = path.read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if _is_postmaster(pid, place.cluster):
        os.kill(pid, signal.SIGINT)
        if wait_until(lambda: not _is_postmaster(pid, place.cluster), seconds=30) and not path.exists():
            return
    if path.exists():
        _write(path, "\n".join([str(os.getpid()), *lines[1:]]) + "\n", place.account)


def _is_postmaster(pid: int, cluster: Path) -> bool:
    """Tell whether the process is a living server of this very cluster."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(cluster) in command and b"postgres" in os.path.basename(command[0])


def _make_role_and_database(place: Place) -> None:
    """Make the application's role and database if they are missing."""
    import psycopg

    with psycopg.connect(_address(place), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [ROLE]).fetchone():
            connection.execute(f"create role {ROLE} login createdb")
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f"create database {DATABASE} owner {ROLE}")


def _address(place: Place) -> str:
    """Return the server's address for its superuser, who does nothing but this file's work."""
    from psycopg.conninfo import make_conninfo

    return make_conninfo(host=str(place.socket), port=5432, user=SUPERUSER, dbname="postgres")


def _major_of(cluster: Path) -> int | None:
    try:
        return int((cluster / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def _open_log(path: Path) -> IO[bytes]:
    """Open the server's log for appending; a long one is put aside first."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return open(path, "ab")


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
