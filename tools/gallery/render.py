"""Render a template with sample context in one language, outside of any request."""

from pathlib import Path
from typing import Any

import django
from django.conf import settings
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from shundan.config.messages import LOCALE, compile_stale

ROOT = Path(__file__).resolve().parent.parent.parent
UI = ROOT / "shundan" / "ui"
FOLDERS = [UI / "templates", ROOT / "shundan" / "web" / "templates"]


class SampleRequest:
    """The little a template asks of a request."""

    path = "/"

    def get_full_path(self) -> str:
        """Return where the page stands."""
        return self.path


def set_up() -> None:
    """Configure Django without a database, with the texts as `make messages` last collected them."""
    compile_stale()
    settings.configure(
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
        USE_I18N=True,
        LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")],
        LOCALE_PATHS=[LOCALE],
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
