"""Who looks at pages, in which variants, and what they do before a picture is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

VISITOR = ""
REP, MANAGER = "wang.fang@example.com", "chen.jing@example.com"
FINANCE, WAREHOUSE = "sun.li@example.com", "ma.jun@example.com"
ADMIN, EXECUTIVE, SERVICE = "admin@example.com", "lin.guodong@example.com", "xu.ting@example.com"
BUYER = "wu.gang@example.com"


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


def click(selector: str) -> "Callable[[Tab], None]":
    return lambda tab: tab.click(selector)


def open_condition(inside: str) -> "Callable[[Tab], None]":
    def act(tab: "Tab") -> None:
        tab.evaluate("inside => document.querySelector(inside).setAttribute('open', '')", inside)
        tab.click(f"{inside} [data-condition-open] >> nth=0")
        tab.wait_for_selector(f"{inside} [data-condition-builder] :is(.built-whole, .built-note, .built-formula)")

    return act


def fill_sheet(tab: "Tab") -> None:
    """Paste what stood on the accounts, one line of it wrong."""
    tab.locator("#sheet [data-cell-of=account]").first.focus()
    rows = ("1001\t\t3,200.00", "1002\t\t486,120.55", "1122\tC000001\t52,800.00", "1122\tC000002\t18,450.00")
    paste(tab, "\n".join((*rows, "2202\tS000001\t\t61,300.00", "4001\t\t\t500,000.00", "410415\t\t\t0")))
    tab.wait_for_timeout(100)


def refuse_sheet(tab: "Tab") -> None:
    """Enter it, and read what is wrong with which row."""
    fill_sheet(tab)
    tab.click("form[action$='/enter/'] .btn-primary")
    tab.wait_for_selector("#sheet [aria-invalid=true]")


def choose_rows(tab: "Tab") -> None:
    for row in (0, 1, 3):
        tab.locator("[data-pick]").nth(row).check()


def check_a_file(tab: "Tab") -> None:
    upload(tab, "来源单号,客户,货号,数量,备注,颜色\nTB-1,C000001,NO-SUCH,2,,红\nTB-2,NOBODY,NO-SUCH,x,,\n")


def choose_columns(tab: "Tab") -> None:
    upload(tab, "平台流水,购买客户,商品货号,购买件数量,备注\nTB-1,C000001,NO-SUCH,2,\nTB-2,C000002,NO-SUCH,5,急\n")


def compare_costs(tab: "Tab") -> None:
    tab.click("button[formaction$='/costs/']")
    tab.wait_for_url("**question=*")


def check_products(tab: "Tab") -> None:
    head = "货号,名称,英文名称,单位,税率,售价,辅助单位,换算,辅助单位条码,颜色"
    good = "TB-HB-1,六角头螺栓 M8,Hex bolt M8,件,13%,0.85,箱,500,6901234567892,银"
    rows = f"{head}\n{good}\nTB-HB-2,平垫圈 M8,Washer M8,件,13%,0.06,包,1000,,银\nTB-HB-3,,Nut M8,只,17%,x,箱,,,\n"
    upload(tab, rows, name="新品.csv", of="products")


def upload(tab: "Tab", rows: str, *, name: str = "九月订单.csv", of: str = "orders") -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": rows.encode("gb18030")}
    tab.set_input_files("#file", file)  # type: ignore[arg-type]
    tab.click("form[enctype] .btn-primary")
    tab.wait_for_url(f"**/imports/{of}/*/")


def open_picker(tab: "Tab") -> None:
    tab.locator(".eg-input").focus()
    tab.keyboard.type("bx")
    tab.locator("#eg-options [data-at]").first.wait_for()


def paste_lines(tab: "Tab") -> None:
    tab.locator(".eg-input").focus()
    paste(tab, f"{some_sku(tab)}\t12\nNO-SUCH-SKU\t3\n{some_sku(tab)}\tmany")
    tab.locator("dialog[open] tbody tr").first.wait_for()


def some_sku(tab: "Tab") -> str:
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


def open_pick_list(tab: "Tab") -> None:
    tab.locator("a.scan-row").first.click()
    tab.wait_for_url("**/pick/")


def open_first(tab: "Tab") -> None:
    tab.locator("a.main").first.click()
    tab.wait_for_load_state("load")


def scan_something_wrong(tab: "Tab") -> None:
    open_pick_list(tab)
    tab.keyboard.type("6901234567893")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".scan-bad")


def scan_other_lot(tab: "Tab") -> None:
    tab.keyboard.type(tab.locator("#swap-lot option").first.get_attribute("value") or "")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".scan-bad")
    tab.evaluate("for (const hidden of document.querySelectorAll('.scan-other')) hidden.open = true")


def palette(typed: str) -> "Callable[[Tab], None]":
    def open_and_type(tab: "Tab") -> None:
        tab.keyboard.press("Control+k")
        tab.wait_for_selector("#palette [role=option]")
        tab.keyboard.type(typed)
        tab.wait_for_timeout(600)

    return open_and_type


# Words in braces are the facts of `found.facts_of_the_company`.
