"""Render a template with sample context in one language, outside of any request."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from django.conf import settings
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

ROOT = Path(__file__).resolve().parent.parent.parent
UI = ROOT / "shundan" / "ui"
FOLDERS = [UI / "templates", ROOT / "shundan" / "web" / "templates"]
STRINGS = ROOT / "locale" / "ui_strings.tsv"
METHODS = [("**.html", "jinja2"), ("**.py", "python")]


class SampleRequest:
    """The little a template asks of a request."""

    path = "/"

    def get_full_path(self) -> str:
        """Return where the page stands."""
        return self.path


def set_up(scratch: Path) -> None:
    """Configure Django without a database, with the translations of the strings file."""
    _write_catalogue(scratch / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo")
    settings.configure(
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        USE_I18N=True,
        LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")],
        LOCALE_PATHS=[scratch / "locale"],
        STATIC_URL="/static/",
        INSTALLED_APPS=["django.contrib.staticfiles"],
        SECRET_KEY="gallery",
    )
    django.setup()


def environment() -> Environment:
    """Return the pages' environment with addresses that need no urls module."""
    from shundan.ui.environment import build_environment

    result = build_environment(
        loader=FileSystemLoader([str(folder) for folder in FOLDERS]), undefined=ChainableUndefined
    )
    result.globals["url"] = sample_url
    return result


def sample_url(name: str, **arguments: object) -> str:
    """Return a plausible path for a route's name."""
    return "/" + "/".join([*name.split("."), *map(str, arguments.values())]) + "/"


def render(env: Environment, template: str, context: dict[str, Any]) -> str:
    """Render one page with what Django's backend adds by itself."""
    given = {
        "request": SampleRequest(),
        "csrf_token": "token",
        "csrf_input": Markup('<input type="hidden" name="csrfmiddlewaretoken" value="token">'),
    }
    return env.get_template(template).render({**given, **context})


def messages() -> Iterator[tuple[str, str | None]]:
    """Yield each message of templates and user interface modules: singular and plural."""
    seen = set()
    options = {"jinja2": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trim_blocks": "true"}}
    for folder in (*FOLDERS, UI):
        found = extract_from_dir(
            folder,
            METHODS if folder is not UI else METHODS[1:],
            {pattern: options.get(method, {}) for pattern, method in METHODS},
            keywords={"_": None, "gettext": None, "ngettext": (1, 2), "gettext_lazy": None},
        )
        for _file, _line, message, _comments, _context in found:
            one, many = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
            if one not in seen:
                seen.add(one)
                yield one, many


def translations() -> dict[str, str]:
    """Return English → Chinese of the strings file."""
    text = STRINGS.read_text(encoding="utf-8") if STRINGS.exists() else ""
    rows = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row[0]: row[1] for row in rows if len(row) == 2}


def missing() -> list[str]:
    """Return the messages without a Chinese translation."""
    known = translations()
    return [one for one, _many in messages() if one not in known]


def mismatched() -> list[str]:
    """Return the messages whose translation names other values than the English."""
    names = re.compile(r"%\((\w+)\)s")
    return [en for en, zh in translations().items() if set(names.findall(en)) != set(names.findall(zh))]


def _write_catalogue(path: Path) -> None:
    known = translations()
    catalogue = Catalog(locale="zh_Hans", fuzzy=False)
    for one, many in messages():
        if one in known:
            catalogue.add((one, many) if many else one, (known[one],) if many else known[one])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
