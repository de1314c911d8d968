"""Build .venv from the two lock files, with nothing but Python's standard library to begin with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
PLACE = VENV / ".place"
OLDEST = (3, 11)
NO_VENV = f"""
Python {sys.version.split()[0]} at {sys.executable} cannot make a virtual environment with pip in it.
Cure, any one of these, then run make again:
  Debian, Ubuntu:  apt-get install python3-venv   (as root)
  elsewhere:       install uv or virtualenv and put it on the PATH
  another Python:  make PYTHON=/path/to/python3.12
"""


def main() -> None:
    """Bring .venv up to date; every step is skipped when it is done already."""
    if sys.version_info < OLDEST:
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=/path/to/python3.12")
    os.chdir(ROOT)
    if not _is_usable():
        _step("making .venv")
        shutil.rmtree(VENV, ignore_errors=True)
        _make_venv()
    _install_uv()
    _step("installing the pinned packages")
    # Compiled at once: some machines forbid writing byte code later, and every start would pay for it.
    _uv("sync", "--quiet", "--compile-bytecode", "--require-hashes", "requirements.lock")
    _step("installing the project itself")
    _uv("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    PLACE.write_text(str(ROOT))


def _is_usable() -> bool:
    """Tell whether .venv has a Python that starts and was not made for another folder."""
    if not PYTHON.exists() or (PLACE.exists() and PLACE.read_text() != str(ROOT)):
        return False
    probe = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0


def _make_venv() -> None:
    """Make .venv by the first way that this machine allows."""
    ways = [_by_venv, _by_uv, _by_outer_pip, _by_virtualenv]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(_by_apt)
    for way in ways:
        if way() and PYTHON.exists():
            return
        shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(NO_VENV)


def _by_venv() -> bool:
    return _tried(sys.executable, "-m", "venv", VENV)


def _by_uv() -> bool:
    return bool(shutil.which("uv")) and _tried("uv", "venv", "--quiet", "--seed", "--python", sys.executable, VENV)


def _by_outer_pip() -> bool:
    """Make an environment without pip and let the system's pip fill it."""
    if not _tried(sys.executable, "-m", "pip", "--version"):
        return False
    if not _tried(sys.executable, "-m", "venv", "--without-pip", VENV):
        return False
    return _tried(sys.executable, "-m", "pip", "--python", PYTHON, "install", *_pinned_uv())


def _by_virtualenv() -> bool:
    return bool(shutil.which("virtualenv")) and _tried("virtualenv", "--quiet", "--python", sys.executable, VENV)


def _by_apt() -> bool:
    _step("installing Debian's python3-venv")
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    _tried("apt-get", "update", "-qq")
    for package in (version, "python3-venv"):
        if _tried("apt-get", "install", "-y", "-qq", "--no-install-recommends", package) and _by_venv():
            return True
    return False


def _install_uv() -> None:
    if UV.exists():
        return
    _step("installing uv")
    subprocess.run([PYTHON, "-m", "pip", "install", *_pinned_uv()], check=True)


def _pinned_uv() -> list[str]:
    return ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", "tools/bootstrap.lock"]


def _uv(*words: str) -> None:
    command = [str(UV), "pip", words[0], "--python", str(PYTHON), *words[1:]]
    if subprocess.run(command).returncode:
        sys.exit(f"bootstrap: `uv pip {words[0]}` failed; the lines above say why. `rm -r .venv` starts afresh.")


def _tried(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _step(words: str) -> None:
    print(f"  {words} …", flush=True)


if __name__ == "__main__":
    main()
