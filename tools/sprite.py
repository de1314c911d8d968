"""Draw shundan/ui/static/icons.svg: the icons the pages use, taken from @tabler/icons, and our own status shapes."""

import re
import sys
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "shundan" / "ui" / "static" / "icons.svg"
ICONS = """
adjustments alert-circle alert-triangle arrow-back-up arrow-down arrow-left arrow-narrow-right arrow-up
arrows-sort barcode bell building building-warehouse calendar camera cash chart-bar check chevron-down
chevron-left chevron-right circle-check circle-x clipboard-check clock columns-3 copy credit-card
device-floppy dots download external-link eye file-invoice file-text filter help history home
info-circle keyboard key language link list lock login logout mail map-pin menu-2 message minus
moon note package package-import package-off pencil phone plus player-pause printer receipt refresh search send
settings shield shopping-cart sun sun-moon tag tags tool transfer trash truck-delivery truck-return upload user user-circle users wifi-off x
chart-line clipboard-text shopping-cart-plus repeat file-search
arrow-right bolt bookmark building-store clipboard-list coin discount flag gift percentage star wallet
""".split()
SHAPES = {
    "dashed": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.2 2"/>',
    "empty": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "quarter": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 8V4.6A3.4 3.4 0 0 1 11.4 8Z" fill="currentColor"/>',
    "half": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 4.6a3.4 3.4 0 0 1 0 6.8Z" fill="currentColor"/>',
    "threequarter": '<circle cx="8" cy="8" r="5.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 4.6V8H4.6A3.4 3.4 0 1 0 8 4.6Z" fill="currentColor"/>',
    "check": '<circle cx="8" cy="8" r="6" fill="currentColor"/><path d="m5.4 8.2 1.8 1.8 3.4-3.8" fill="none" stroke="var(--shape-cut)" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>',
    "cross": '<circle cx="8" cy="8" r="6" fill="currentColor"/><path d="m6 6 4 4m0-4-4 4" fill="none" stroke="var(--shape-cut)" stroke-width="1.6" stroke-linecap="round"/>',
    "alert": '<path d="M8 2.2 14.2 13H1.8Z" fill="currentColor" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/><path d="M8 6.2v3.2m0 1.9v.1" fill="none" stroke="var(--shape-cut)" stroke-width="1.6" stroke-linecap="round"/>',
    "pause": '<circle cx="8" cy="8" r="6" fill="currentColor"/><path d="M6.5 6v4m3-4v4" fill="none" stroke="var(--shape-cut)" stroke-width="1.6" stroke-linecap="round"/>',
}


def main(modules: Path) -> None:
    """Write the sprite from the icons in a node_modules folder."""
    symbols = [_icon(modules / "@tabler/icons/icons/outline" / f"{name}.svg") for name in sorted(set(ICONS))]
    symbols += [f'<symbol id="s-{name}" viewBox="0 0 16 16">{body}</symbol>' for name, body in SHAPES.items()]
    OUTPUT.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8"
    )


def _icon(path: Path) -> str:
    body = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)
    if body is None:
        raise SystemExit(f"{path} is not an icon")
    drawing = re.sub(r'\s*<path stroke="none"[^>]*/>|\s*\n\s*', "", body[1])
    return (
        f'<symbol id="{path.stem}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
