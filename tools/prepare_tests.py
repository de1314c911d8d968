"""Install what the tests need beyond Python packages: a Chromium and a Chinese font."""

import shutil
import subprocess
import sys

from tools.chromium import NoChromium, install_chromium, install_packages

NO_FONT = """  note: no Chinese font was found; pictures will show boxes instead of characters.
        Cure: apt-get install fonts-noto-cjk (as root)."""


def main() -> None:
    """Install what is missing; a machine that cannot have a browser learns why, and its browser tests will fail."""
    try:
        install_chromium()
    except NoChromium as missing:
        print(missing, file=sys.stderr)
    if not has_chinese_font() and not (install_packages("fonts-noto-cjk", "fontconfig") and has_chinese_font()):
        print(NO_FONT, file=sys.stderr)


def has_chinese_font() -> bool:
    """Tell whether fontconfig knows a font with Chinese characters."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True).stdout.strip())


if __name__ == "__main__":
    main()
