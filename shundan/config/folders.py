"""Where this installation keeps its files, and under whose account its database server runs."""

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# For root only: the server's account may not be able to reach a data folder below /root or a private home.
SYSTEM_FOLDER = Path("/var/lib/shundan")
# The address of a unix socket holds 107 bytes; the rest of a hundred is the socket's own name.
TEMPORARY = Path("/tmp")  # noqa: S108 - only for a socket folder that is checked to be ours alone
LONGEST_SOCKET_FOLDER = 100 - len("/.s.PGSQL.5432.lock")


class BadPlace(Exception):
    """The installation cannot be here; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The operating system's user that owns the cluster and runs the server."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """The folders of the embedded server."""

    folder: Path
    socket: Path
    account: Account

    @property
    def cluster(self) -> Path:
        """Return the server's own data directory."""
        return self.folder / "cluster"


def data_folder() -> Path:
    """Return the folder of database and files, made if it is missing."""
    folder = Path(os.environ.get("SHUNDAN_DATA") or ROOT / ".data").absolute()
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
        # Root's server runs under another account, which must pass through; nobody else may look.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def log_folder() -> Path:
    """Return the folder of log files, made if it is missing."""
    folder = data_folder() / "log"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def postgres_place(data: Path | None = None) -> Place:
    """Return where the embedded server of the data folder lives; the same answer for every process."""
    data = data or data_folder()
    folder = data / "postgres"
    marker = data / "postgres.moved"
    if marker.exists():
        folder = Path(marker.read_text().strip())
    account = _account(folder)
    if os.geteuid() == 0 and folder.parent == data and not can_reach(account, data):
        folder = SYSTEM_FOLDER / _digest(data)
        marker.write_text(f"{folder}\n")
    return Place(folder=folder, socket=_socket_folder(folder), account=account)


def can_reach(account: Account, path: Path) -> bool:
    """Tell whether the account may pass through every folder down to the path and enter it."""
    groups = set(os.getgrouplist(account.name, account.gid))
    return all(_may_enter(account, groups, step) for step in (path, *path.parents))


def _may_enter(account: Account, groups: set[int], path: Path) -> bool:
    facts = path.stat()
    if facts.st_uid == account.uid:
        return bool(facts.st_mode & 0o100)
    if facts.st_gid in groups:
        return bool(facts.st_mode & 0o010)
    return bool(facts.st_mode & 0o001)


def _account(folder: Path) -> Account:
    """Return the owner of an existing cluster, else who shall own a new one."""
    if os.geteuid() != 0:
        return _account_of(os.geteuid())
    cluster = folder / "cluster"
    if cluster.exists() and cluster.stat().st_uid:
        return _account_of(cluster.stat().st_uid)
    for name in (os.environ.get("SHUNDAN_DB_ACCOUNT", ""), "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise BadPlace("PostgreSQL does not run as root; name another account in SHUNDAN_DB_ACCOUNT.")


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise BadPlace(f"User id {uid} has no name on this machine; PostgreSQL needs one in /etc/passwd.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _socket_folder(folder: Path) -> Path:
    """Return a folder whose path is short enough for a socket and holds no separator of libpq."""
    near = folder / "socket"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER and "," not in str(near):
        return near
    base = Path("/run") if os.geteuid() == 0 else Path(os.environ.get("XDG_RUNTIME_DIR") or TEMPORARY)
    if len(os.fsencode(base)) > LONGEST_SOCKET_FOLDER - 30:
        base = TEMPORARY
    return base / f"shundan-{os.geteuid()}-{_digest(folder)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
