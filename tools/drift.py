"""Find what no longer agrees with the code: migrations, API description, texts, lock files, sizes of files."""

import ast
import io
import json
import re
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "docs" / "api" / "openapi.json"
LONGEST_FILE = 400
# Clients are set up on each machine; a file that names a package registry works on one machine only.
REGISTRY = re.compile(
    rb"pypi\.(python\.)?org|pythonhosted\.org|registry\.npm"  # drift: the pattern itself
    rb"js\.org|registry\.yarnpkg|deb\.debian\.org|npmmirror|tuna\.tsinghua"  # drift: the pattern itself
)


def main(names: Sequence[str]) -> int:
    """Run the named checks, or all; print what they find and return the exit code."""
    code = 0
    for name in names or CHECKS:
        found = CHECKS[name]()
        print(f"{name}: {'drifted' if found else 'agrees'}")
        for line in found:
            print(f"  {line}")
        code = code or bool(found)
    return int(code)


def migrations() -> list[str]:
    """Return the changes of models that no migration makes."""
    _set_up_django()
    from django.core.management import call_command

    output = io.StringIO()
    # Without a running database Django cannot look at the history, and does not need to.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="django.core.management")
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output, stderr=output)
    except SystemExit:
        return [*output.getvalue().splitlines(), "Cure: .venv/bin/django-admin makemigrations, then name the file"]
    return []


def api() -> list[str]:
    """Return whether docs/api/openapi.json is what the code describes."""
    if OPENAPI.exists() and OPENAPI.read_text() == described_api():
        return []
    return [f"{OPENAPI.relative_to(ROOT)} is not what the code describes. Cure: make schema"]


def described_api() -> str:
    """Return the API's description as the code gives it."""
    _set_up_django()
    from shundan.api.urls import api

    description = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(description, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def messages() -> list[str]:
    """Return the texts without a Chinese translation."""
    from tools.messages import missing

    return missing()


def hosts() -> list[str]:
    """Return the files that name a package registry's host."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [f"{path.relative_to(ROOT)} names a package registry" for path in paths if _names_registry(path)]


def lengths() -> list[str]:
    """Return the modules over 400 lines: they become folders of verbs."""
    modules = [path for folder in ("shundan", "tools", "tests") for path in (ROOT / folder).rglob("*.py")]
    counted = {path: path.read_text().count("\n") for path in modules if "migrations" not in path.parts}
    return [f"{path.relative_to(ROOT)}: {count} lines" for path, count in counted.items() if count > LONGEST_FILE]


def openings() -> list[str]:
    """Return the modules that do not open with a sentence about what they are for."""
    modules = [path for folder in ("shundan", "tools") for path in (ROOT / folder).rglob("*.py")]
    return [
        f"{path.relative_to(ROOT)} opens with no sentence"
        for path in modules
        if "migrations" not in path.parts
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]


def lock() -> list[str]:
    """Return whether requirements.lock still fits pyproject.toml; nothing is renewed and nothing is fetched twice."""
    header = "--extra dev --generate-hashes --no-emit-index-url --no-emit-find-links --universal -p 3.11".split()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "requirements.lock"
        copy.write_bytes((ROOT / "requirements.lock").read_bytes())
        command = [str(ROOT / ".venv/bin/uv"), "pip", "compile", "--quiet", "pyproject.toml", *header, "-o", str(copy)]
        outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if outcome.returncode:
            return outcome.stderr.splitlines()
        same = _pins(copy) == _pins(ROOT / "requirements.lock")
    return [] if same else ["requirements.lock does not fit pyproject.toml. Cure: make lock"]


def _names_registry(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size > 5_000_000:
        return False
    lines = path.read_bytes().splitlines()
    return any(REGISTRY.search(line) and b"# drift:" not in line for line in lines)


def _pins(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if "==" in line]


def _set_up_django() -> None:
    from tools.house import set_up_django

    set_up_django()


CHECKS: dict[str, Callable[[], list[str]]] = {
    "migrations": migrations,
    "api": api,
    "messages": messages,
    "hosts": hosts,
    "lengths": lengths,
    "openings": openings,
    "lock": lock,
}


if __name__ == "__main__":
    if sys.argv[1:] == ["api", "--write"]:
        OPENAPI.parent.mkdir(parents=True, exist_ok=True)
        OPENAPI.write_text(described_api())
        sys.exit(0)
    sys.exit(main(sys.argv[1:]))
