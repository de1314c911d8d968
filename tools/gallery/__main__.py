"""Render the gallery, take its pictures and run axe-core over it: python -m tools.gallery [--only NAME] [--shots] [--axe]."""

import argparse
import re
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from tools.gallery import render as pages
from tools.gallery.samples import samples

AXE = pages.ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"1440": (1440, 900), "360": (360, 720)}


def main() -> None:
    """Do what the arguments ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="pages whose name contains this (a regular expression)")
    parser.add_argument("--shots", action="store_true", help="take pictures")
    parser.add_argument("--axe", action="store_true", help="run axe-core")
    parser.add_argument("--variants", default="zh-light-1440,zh-dark-1440,en-light-1440,zh-light-360,en-dark-360")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "shundan-gallery")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    pages.set_up()
    rendered = _render_all(arguments)
    print(len(rendered), "pages rendered")
    if arguments.shots or arguments.axe:
        _look(rendered, arguments)


def _render_all(arguments: argparse.Namespace) -> dict[str, str]:
    from django.utils import translation

    env = pages.environment()
    result = {}
    for variant in arguments.variants.split(","):
        language, theme, _size = variant.split("-")
        with translation.override("zh-hans" if language == "zh" else "en"):
            for sample in samples(language, theme):
                if not re.search(arguments.only, sample.name):
                    continue
                try:
                    result[f"/{variant}/{sample.name}/"] = pages.render(env, sample.template, sample.context)
                except (TemplateError, TypeError, KeyError, ValueError) as error:
                    print(f"{sample.template}: {error}")
    return result


def _look(rendered: dict[str, str], arguments: argparse.Namespace) -> None:
    from playwright.sync_api import sync_playwright

    from tools.chromium import FLAGS
    from tools.gallery.serve import serve

    server = serve(rendered)
    violations = 0
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for variant in arguments.variants.split(","):
            _language, theme, size = variant.split("-")
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, has_touch=size == "360"
            )
            tab = context.new_page()
            tab.on("console", _tell_error)
            tab.on("pageerror", lambda error: print("  error:", error))
            for path in (p for p in rendered if p.startswith(f"/{variant}/")):
                tab.goto(f"http://127.0.0.1:{server.server_port}{path}", wait_until="load")
                tab.wait_for_timeout(150)
                _check_width(tab, path)
                if arguments.shots:
                    name = path.strip("/").replace("/", "_")
                    tab.screenshot(path=arguments.out / f"{name}.png", full_page="top" not in name)
                if arguments.axe:
                    violations += _axe(tab, path)
            context.close()
        browser.close()
    server.shutdown()
    if arguments.axe:
        print(violations, "axe violations")


def _tell_error(message: Any) -> None:  # Any: playwright is imported late
    if message.type == "error":
        print("  console:", message.text[:300])


def _check_width(tab: Any, path: str) -> None:
    over = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        print(f"  {path} is {over}px too wide")


def _axe(tab: Any, path: str) -> int:
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate(f"axe.run(document, {{runOnly: {TAGS}}})")["violations"]
    for violation in found:
        print(f"  {path} {violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"][:3]:
            print("     ", node["html"][:180].replace("\n", " "))
            for check in node["any"][:1]:
                print("        ", check["message"][:200])
    return len(found)


if __name__ == "__main__":
    main()
