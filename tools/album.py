"""The pages of which pictures are taken: who looks at each, and what they do there before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

VISITOR = ""
REP, MANAGER = "wang.fang@example.com", "chen.jing@example.com"
FINANCE, WAREHOUSE = "sun.li@example.com", "ma.jun@example.com"
ADMIN, EXECUTIVE, SERVICE = "admin@example.com", "lin.guodong@example.com", "xu.ting@example.com"


@dataclass(frozen=True)
class Shot:
    """One page: who looks at it, and what they do before the picture is taken."""

    name: str
    path: str
    who: str
    act: "Callable[[Tab], None] | None" = None
    # Narrow lists are cards, without boxes to tick.
    wide_only: bool = False


@dataclass(frozen=True)
class Variant:
    """Language, theme and width of a picture."""

    language: str
    theme: str
    width: str

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


def _click(selector: str) -> "Callable[[Tab], None]":
    return lambda tab: tab.click(selector)


def _choose_rows(tab: "Tab") -> None:
    for row in (0, 1, 3):
        tab.locator("[data-pick]").nth(row).check()


def _open_picker(tab: "Tab") -> None:
    tab.locator(".eg-input").focus()
    tab.keyboard.type("bx")
    tab.locator("#eg-options [data-at]").first.wait_for()


def _paste(tab: "Tab") -> None:
    tab.locator(".eg-input").focus()
    paste(tab, f"{_some_sku(tab)}\t12\nNO-SUCH-SKU\t3\n{_some_sku(tab)}\tmany")
    tab.locator("dialog[open] tbody tr").first.wait_for()


def _some_sku(tab: "Tab") -> str:
    found = tab.request.get("/products/pick/?q=a", headers={"Accept": "application/json"}).json()
    return str(found["items"][0]["sku"])


def paste(tab: "Tab", text: str) -> None:
    """Paste a text into the element that has the focus, as from a spreadsheet."""
    tab.evaluate(
        """text => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const event = new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true});
          document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


# Words in braces are the facts of `facts_of_the_company`.
SHOTS = (
    Shot("sign-in", "/sign-in/", VISITOR),
    Shot("home", "/", MANAGER),
    Shot("home-rep", "/", REP),
    Shot("home-finance", "/", FINANCE),
    Shot("home-warehouse", "/", WAREHOUSE),
    Shot("home-admin", "/", ADMIN),
    Shot("account-menu", "/", REP, _click("summary.who")),
    Shot("keys", "/orders/", REP, lambda tab: tab.keyboard.press("?")),
    Shot("orders-list", "/orders/", MANAGER),
    Shot("orders-filtered", "/orders/?lifecycle=confirmed&since=2026-01-01&amount_from=1000", MANAGER),
    Shot("orders-selected", "/orders/", MANAGER, _choose_rows, wide_only=True),
    Shot("orders-filters", "/orders/", MANAGER, _click("form.query details.menu-start > summary")),
    Shot("orders-none", "/orders/?q=nosuchorder", MANAGER),
    Shot("order-detail", "/orders/{part_shipped}/", "{part_shipped_manager}"),
    Shot("order-completed", "/orders/{completed}/", FINANCE),
    Shot("order-documents", "/orders/{completed}/?tab=documents", FINANCE),
    Shot("order-history", "/orders/{completed}/?tab=history", "{completed_manager}"),
    Shot("order-draft", "/orders/{draft}/", "{draft_owner}"),
    Shot("order-submitted", "/orders/{submitted}/", "{submitted_manager}"),
    Shot("order-reject", "/orders/{submitted}/", "{submitted_manager}", lambda tab: tab.keyboard.press("r")),
    Shot("order-approved", "/orders/{approved}/", "{approved_owner}"),
    Shot("order-held", "/orders/{held}/", WAREHOUSE),
    Shot("order-cancelled", "/orders/{cancelled}/", EXECUTIVE),
    Shot("order-entry", "/orders/{draft}/edit/", "{draft_owner}"),
    Shot("order-entry-new", "/orders/new/", REP),
    Shot("order-entry-picker", "/orders/new/?customer={customer}", REP, _open_picker),
    Shot("order-entry-paste", "/orders/new/?customer={customer}", REP, _paste),
    Shot("approvals", "/approvals/", "{submitted_manager}"),
    Shot("approval", "/approvals/{approval}/", "{submitted_manager}"),
    Shot("ship", "/orders/{to_ship}/ship/", WAREHOUSE),
    Shot("shipments-list", "/shipments/", WAREHOUSE),
    Shot("shipment", "/shipments/{shipment}/", WAREHOUSE),
    Shot("shipment-picking", "/shipments/{picking}/", WAREHOUSE),
    Shot("invoices-list", "/invoices/", FINANCE),
    Shot("invoice", "/invoices/{invoice}/", FINANCE),
    Shot("invoice-open", "/invoices/{open_invoice}/", FINANCE),
    Shot("invoice-new", "/orders/{to_invoice}/invoice/", FINANCE),
    Shot("payments-list", "/payments/", FINANCE),
    Shot("payment", "/payments/{payment}/", FINANCE),
    Shot("payment-new", "/payments/new/?customer={debtor}", FINANCE),
    Shot("stock-list", "/stock/", WAREHOUSE),
    Shot("stock", "/stock/of/{sku}/", WAREHOUSE),
    Shot("stock-adjust", "/stock/adjust/?product={sku}", WAREHOUSE),
    Shot("customers-list", "/customers/", MANAGER),
    Shot("customer", "/customers/{customer}/", MANAGER),
    Shot("customer-new", "/customers/new/", REP),
    Shot("customer-edit", "/customers/{customer}/edit/", REP),
    Shot("products-list", "/products/", MANAGER),
    Shot("product", "/products/of/{sku}/", MANAGER),
    Shot("product-new", "/products/new/", MANAGER),
    Shot("product-edit", "/products/edit/{sku}/", MANAGER),
    Shot("users-list", "/users/", ADMIN),
    Shot("user", "/users/{user}/", ADMIN),
    Shot("user-new", "/users/new/", ADMIN),
    Shot("user-edit", "/users/{user}/edit/", ADMIN),
    Shot("imports-list", "/imports/", ADMIN),
    Shot("migrations-list", "/settings/migrations/", ADMIN),
    Shot("migration-new", "/settings/migrations/new/", ADMIN),
    Shot("what-if", "/settings/what-if/", ADMIN),
    Shot("account", "/account/", REP),
    Shot("search", "/search/?q=sz", MANAGER),
    Shot("not-here", "/orders/SO999999/", REP),
    Shot("not-allowed", "/users/", REP),
)
# What the README shows: whole screens, not whole pages.
README_SHOTS = {
    "home": ("light",),
    "orders-list": ("light", "dark"),
    "order-detail": ("light",),
    "order-entry": ("light",),
}
