"""Collect the texts of code and templates into the catalogues, and find those that lack a translation."""

import io
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from shundan.config.messages import LOCALE, compile_stale

ROOT = Path(__file__).resolve().parent.parent
# English texts are the source, so Chinese is the one catalogue to fill.
CHINESE = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
TEMPLATE = ROOT / ".venv" / "messages.pot"
KEYWORDS = ("gettext_lazy", "gettext_noop", "ngettext_lazy:1,2", "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3")


def main() -> int:
    """Update the catalogues and compile them; say what is still to translate."""
    _update()
    compile_stale()
    lacking = missing()
    for line in lacking:
        print(line)
    print(f"{len(lacking)} texts lack a translation" if lacking else "all texts are translated")
    return 0


def missing() -> list[str]:
    """Return the texts of code and templates that have no Chinese translation."""
    known = read_po(io.BytesIO(CHINESE.read_bytes()), locale="zh_Hans") if CHINESE.exists() else Catalog()
    lacking = []
    for message in _extract():
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        if found is None or found.fuzzy or not _is_full(found.string):
            place = message.locations[0][0] if message.locations else "?"
            lacking.append(f"{place}: {message.id!r}")
    return lacking


def _is_full(text: object) -> bool:
    return all(text) if isinstance(text, (list, tuple)) else bool(text)


def _update() -> None:
    """Merge what the code says now into the Chinese catalogue; what nobody says any more goes."""
    _extract()
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    places = ["-i", str(TEMPLATE), "-o", str(CHINESE), "-l", "zh_Hans"]
    if CHINESE.exists():
        _pybabel("update", *places, "--no-wrap", "-N", "--ignore-obsolete", "--ignore-pot-creation-date")
    else:
        _pybabel("init", *places, "--no-wrap")


def _extract() -> Catalog:
    keywords = [word for keyword in KEYWORDS for word in ("-k", keyword)]
    form = ["--sort-by-file", "--no-wrap", "--add-location", "file"]
    _pybabel("extract", "-F", "tools/babel.cfg", *keywords, *form, "-o", str(TEMPLATE), ".")
    return read_po(io.BytesIO(TEMPLATE.read_bytes()))


def _pybabel(*words: str) -> None:
    command = [str(Path(sys.executable).parent / "pybabel"), "--quiet", *words]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
