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


def _click(selector: str) -> "Callable[[Tab], None]":
    return lambda tab: tab.click(selector)


def _open_condition(inside: str) -> "Callable[[Tab], None]":
    def act(tab: "Tab") -> None:
        tab.evaluate("inside => document.querySelector(inside).setAttribute('open', '')", inside)
        tab.click(f"{inside} [data-condition-open] >> nth=0")
        tab.wait_for_selector(f"{inside} [data-condition-builder] :is(.built-whole, .built-note, .built-formula)")

    return act


def _choose_rows(tab: "Tab") -> None:
    for row in (0, 1, 3):
        tab.locator("[data-pick]").nth(row).check()


def _check_a_file(tab: "Tab") -> None:
    _upload(tab, "来源单号,客户,货号,数量,备注,颜色\nTB-1,C000001,NO-SUCH,2,,红\nTB-2,NOBODY,NO-SUCH,x,,\n")


def _choose_columns(tab: "Tab") -> None:
    _upload(tab, "平台流水,购买客户,商品货号,购买件数量,备注\nTB-1,C000001,NO-SUCH,2,\nTB-2,C000002,NO-SUCH,5,急\n")


def _compare_costs(tab: "Tab") -> None:
    tab.click("button[formaction$='/costs/']")
    tab.wait_for_url("**question=*")


def _check_products(tab: "Tab") -> None:
    head = "货号,名称,英文名称,单位,税率,售价,辅助单位,换算,辅助单位条码,颜色"
    good = "TB-HB-1,六角头螺栓 M8,Hex bolt M8,件,13%,0.85,箱,500,6901234567892,银"
    rows = f"{head}\n{good}\nTB-HB-2,平垫圈 M8,Washer M8,件,13%,0.06,包,1000,,银\nTB-HB-3,,Nut M8,只,17%,x,箱,,,\n"
    _upload(tab, rows, name="新品.csv", of="products")


def _upload(tab: "Tab", rows: str, *, name: str = "九月订单.csv", of: str = "orders") -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": rows.encode("gb18030")}
    tab.set_input_files("#file", file)  # type: ignore[arg-type]
    tab.click("form[enctype] .btn-primary")
    tab.wait_for_url(f"**/imports/{of}/*/")


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


def _open_pick_list(tab: "Tab") -> None:
    tab.locator("a.scan-row").first.click()
    tab.wait_for_url("**/pick/")


def _open_first(tab: "Tab") -> None:
    tab.locator("a.main").first.click()
    tab.wait_for_load_state("load")


def _scan_something_wrong(tab: "Tab") -> None:
    _open_pick_list(tab)
    tab.keyboard.type("6901234567893")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".scan-bad")


def _scan_other_lot(tab: "Tab") -> None:
    tab.keyboard.type(tab.locator("#swap-lot option").first.get_attribute("value") or "")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".scan-bad")
    tab.evaluate("for (const hidden of document.querySelectorAll('.scan-other')) hidden.open = true")


def _palette(typed: str) -> "Callable[[Tab], None]":
    def open_and_type(tab: "Tab") -> None:
        tab.keyboard.press("Control+k")
        tab.wait_for_selector("#palette [role=option]")
        tab.keyboard.type(typed)
        tab.wait_for_timeout(600)

    return open_and_type


# Words in braces are the facts of `facts_of_the_company`.
SHOTS = (
    Shot("sign-in", "/sign-in/", VISITOR),
    Shot("home", "/", MANAGER),
    Shot("home-rep", "/", REP),
    Shot("home-finance", "/", FINANCE),
    Shot("home-warehouse", "/", WAREHOUSE),
    Shot("home-admin", "/", ADMIN),
    Shot("account-menu", "/", REP, _click("summary.who")),
    Shot("palette", "/orders/", MANAGER, _palette("")),
    Shot("palette-found", "/orders/", MANAGER, _palette("342")),
    Shot("keys", "/orders/", REP, lambda tab: tab.keyboard.press("?")),
    Shot("orders-list", "/orders/", MANAGER),
    Shot("orders-filtered", "/orders/?lifecycle=confirmed&since=2026-01-01&amount_from=1000", MANAGER),
    Shot(
        "orders-view",
        "/orders/?saved=1&amount_from=20000&lifecycle=in_progress&sort=-total",
        MANAGER,
        _click(".view-bar summary"),
    ),
    Shot("orders-view-changed", "/orders/?saved=1&amount_from=5000&lifecycle=in_progress&sort=-total", MANAGER),
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
    Shot("order-amend", "/orders/{part_shipped}/amend/", "{part_shipped_manager}"),
    Shot("order-versions", "/orders/{part_shipped}/versions/", "{part_shipped_manager}"),
    Shot("approvals", "/approvals/", "{submitted_manager}"),
    Shot("approval", "/approvals/{approval}/", "{submitted_manager}"),
    Shot("notices", "/notices/", "{submitted_manager}"),
    Shot("payment-requests-list", "/payment-requests/", FINANCE),
    Shot("payment-request-new", "/payments/{payment}/request/", FINANCE),
    Shot("ship", "/orders/{to_ship}/ship/", WAREHOUSE),
    Shot("scan", "/scan/", WAREHOUSE),
    Shot("scan-pick", "/scan/", WAREHOUSE, _open_pick_list),
    Shot("scan-refused", "/scan/", WAREHOUSE, _scan_something_wrong),
    Shot("scan-pick-lot", "/shipments/{lot_list}/pick/", WAREHOUSE, _scan_other_lot),
    Shot("transfer-reservations", "/orders/{lot_order}/reservations/", WAREHOUSE),
    Shot("counts-list", "/counts/", WAREHOUSE),
    Shot("count-new", "/counts/new/", WAREHOUSE),
    Shot("count-classes", "/counts/classes/", WAREHOUSE),
    Shot("count", "/counts/?view=counting", WAREHOUSE, _open_first),
    Shot("count-posted", "/counts/?view=posted", FINANCE, _open_first),
    Shot("rounds-list", "/rounds/", WAREHOUSE),
    Shot("round-new", "/rounds/new/", WAREHOUSE),
    Shot("round", "/rounds/", WAREHOUSE, _open_first),
    Shot("shipment-pack", "/shipments/{parcel}/pack/", WAREHOUSE),
    Shot("shipments-list", "/shipments/", WAREHOUSE),
    Shot("shipment", "/shipments/{shipment}/", WAREHOUSE),
    Shot("shipment-picking", "/shipments/{picking}/", WAREHOUSE),
    Shot("logistics-list", "/logistics/", WAREHOUSE),
    Shot("logistics-problems", "/logistics/?view=problems", WAREHOUSE),
    Shot("logistics-waybill", "/logistics/of/{waybill}/", WAREHOUSE),
    Shot("logistics-problem", "/logistics/of/{troubled}/", WAREHOUSE),
    Shot("logistics-new", "/shipments/{picking}/waybill/?parcels=2&weight=12.5", WAREHOUSE, _compare_costs),
    Shot("logistics-files", "/logistics/files/anneng/", WAREHOUSE),
    Shot("logistics-figures", "/logistics/figures/", WAREHOUSE),
    Shot("carriers-list", "/carriers/", ADMIN),
    Shot("carriers-edit", "/carriers/sf/", ADMIN),
    Shot("transfer-difference", "/orders/{differing}/?tab=documents", WAREHOUSE),
    Shot("invoices-list", "/invoices/", FINANCE),
    Shot("invoice", "/invoices/{invoice}/", FINANCE),
    Shot("invoice-open", "/invoices/{open_invoice}/", FINANCE),
    Shot("invoice-several", "/invoices/new/", FINANCE),
    Shot("invoice-several-chosen", "/invoices/new/", FINANCE, _click("tbody a.main")),
    Shot("einvoice", "/invoices/{open_invoice}/e-invoice/", FINANCE),
    Shot("einvoices-settings", "/e-invoices/", ADMIN),
    Shot("invoice-new", "/orders/{to_invoice}/invoice/", FINANCE),
    Shot("payments-list", "/payments/", FINANCE),
    Shot("payment", "/payments/{payment}/", FINANCE),
    Shot("bank-entries", "/bank/", FINANCE),
    Shot("bank-entry", "/bank/1/", FINANCE),
    Shot("bank-upload", "/bank/upload/", FINANCE),
    Shot("write-off", "/invoices/{open_invoice}/write-off/", FINANCE),
    Shot("gateways", "/gateways/", ADMIN),
    Shot("gateway-new", "/gateways/new/?gateway=wechat_pay", ADMIN),
    Shot("receivables", "/receivables/", FINANCE),
    Shot("statement-new", "/statements/new/", FINANCE),
    Shot("statement", "/statements/ST-2026-000001/", FINANCE),
    Shot("dunning", "/dunning/", FINANCE),
    Shot("dunning-levels", "/dunning/levels/", FINANCE),
    Shot("payment-new", "/payments/new/?customer={debtor}", FINANCE),
    Shot("stock-list", "/stock/", WAREHOUSE),
    Shot("stock", "/stock/of/{sku}/", WAREHOUSE),
    Shot("stock-why", "/stock/why/{short_sku}/?order={backordered}", MANAGER),
    Shot("shipping-rules", "/shipping-rules/?order={to_ship}", WAREHOUSE),
    Shot("order-backordered", "/orders/{backordered}/", MANAGER),
    Shot("reservations", "/stock/reservations/", WAREHOUSE),
    Shot("order-reservations", "/orders/{backordered}/reservations/", MANAGER),
    Shot("stock-adjust", "/stock/adjust/?product={sku}", WAREHOUSE),
    Shot("reports", "/reports/", FINANCE),
    Shot("stock-alerts", "/stock-alerts/", BUYER),
    Shot("forecasts", "/forecasts/", BUYER),
    Shot("forecast", "/forecasts/?view=all", BUYER, _click("#list-body tbody a.main >> nth=0")),
    Shot("forecasts-all", "/forecasts/?view=all", BUYER),
    Shot("report-stock", "/reports/stock/", FINANCE),
    Shot("report-moves", "/reports/moves/", FINANCE),
    Shot("report-ageing", "/reports/ageing/", FINANCE),
    Shot("report-turnover", "/reports/turnover/", FINANCE),
    Shot("report-outs", "/reports/outs/?since=2026-01-01", WAREHOUSE),
    Shot("report-over", "/reports/over/", FINANCE),
    Shot("report-dead", "/reports/dead/", FINANCE),
    *(
        Shot(f"purchase-report-{code}", f"/purchase-reports/{code}/", FINANCE)
        for code in ("suppliers", "categories", "months", "prices", "trend", "dependence")
    ),
    *(Shot(f"count-report-{code}", f"/count-reports/{code}/", FINANCE) for code in ("accuracy", "counts")),
    Shot("supplier-scores", "/supplier-scores/", FINANCE),
    Shot("supplier-score", "/supplier-scores/of/{supplier}/", FINANCE),
    Shot("supplier-score-documents", "/supplier-scores/of/{supplier}/quality/", FINANCE),
    Shot("supplier-weights", "/supplier-scores/weights/", EXECUTIVE),
    Shot("purchases-list", "/purchases/", BUYER),
    Shot("purchase-requested", "/orders/{purchase_requested}/", BUYER),
    Shot("purchase-submitted", "/orders/{purchase_submitted}/", FINANCE),
    Shot("purchase-receiving", "/orders/{purchase_receiving}/", BUYER),
    Shot("purchase-completed", "/orders/{purchase_completed}/?tab=documents", BUYER),
    Shot("purchase-entry-new", "/orders/new/?type=purchase", BUYER),
    Shot("receive", "/orders/{purchase_receiving}/receive/", WAREHOUSE),
    Shot("receipts-list", "/receipts/", WAREHOUSE),
    Shot("receipt", "/receipts/{receipt}/", WAREHOUSE),
    Shot("receiving-rules-list", "/receiving-rules/", BUYER),
    Shot("receiving-rule-new", "/receiving-rules/new/", BUYER),
    Shot("inspections-list", "/inspections/", WAREHOUSE),
    Shot("inspection-open", "/inspections/{inspection_open}/", WAREHOUSE),
    Shot("inspection-waiting", "/inspections/{inspection_waiting}/", BUYER),
    Shot("inspection-decided", "/inspections/{inspection_decided}/", BUYER),
    Shot("landed-costs-list", "/landed-costs/", FINANCE),
    Shot("landed-cost", "/landed-costs/of/{landed_cost}/", FINANCE),
    Shot("landed-cost-new", "/landed-costs/new/?receipt={receipt}", FINANCE),
    Shot("bills-list", "/bills/", FINANCE),
    Shot("bill", "/bills/{bill}/", FINANCE),
    Shot("bill-new", "/orders/{purchase_receiving}/bill/", FINANCE),
    Shot("demand", "/demand/", BUYER),
    Shot("company", "/company/", ADMIN),
    Shot("paper-looks", "/papers/", ADMIN),
    Shot("paper-look", "/papers/delivery_note/", ADMIN),
    Shot("print-runs", "/print-runs/", REP),
    Shot("price-lists", "/price-lists/", MANAGER),
    Shot("price-list", "/price-lists/DEALER/", MANAGER),
    Shot("promotions", "/promotions/", MANAGER),
    Shot("promotion", "/promotions/FULL-5000/", MANAGER),
    Shot("discount-limits", "/discount-limits/", FINANCE),
    Shot("order-priced", "/orders/{priced}/", "{priced_owner}"),
    Shot("order-priced-edit", "/orders/{priced}/edit/", "{priced_owner}"),
    Shot("reorder-rules-list", "/reorder-rules/", BUYER),
    Shot("reorder-rule-new", "/reorder-rules/new/", BUYER),
    Shot("purchase-requests-list", "/purchase-requests/", BUYER),
    Shot("purchase-request", "/purchase-requests/{purchase_request}/", BUYER),
    Shot("purchase-request-new", "/purchase-requests/new/", REP),
    Shot("sourcing", "/sourcing/", BUYER),
    Shot("stock-correction", "/stock-corrections/MAIN/", WAREHOUSE),
    Shot("direct-sale", "/orders/{direct_sale}/direct/", "{direct_sale_owner}"),
    Shot("direct-sale-documents", "/orders/{direct_sale}/?tab=documents", "{direct_sale_owner}"),
    Shot("direct-purchase", "/orders/{direct_purchase}/direct/", BUYER),
    Shot("direct-supplier-page", "/suppliers/{direct_supplier}/", BUYER),
    Shot("direct-product", "/products/of/{direct_sku}/", BUYER),
    Shot("direct-supplier", "/direct-suppliers/?sku={direct_sku}&from=product", BUYER),
    Shot("inquiries-list", "/inquiries/", BUYER),
    Shot("inquiry-new", "/inquiries/new/", BUYER),
    Shot("inquiry-open", "/inquiries/{inquiry_open}/", BUYER),
    Shot("inquiry-awarded", "/inquiries/{inquiry_awarded}/", BUYER),
    Shot("order-at-supplier", "/orders/{answered}/supplier/", BUYER),
    Shot("supply", "/supply/{supply}/", VISITOR),
    Shot("quotation", "/quotations/{quotation}/", VISITOR),
    Shot("suppliers-list", "/suppliers/", BUYER),
    Shot("supplier", "/suppliers/{supplier}/", BUYER),
    Shot("supplier-new", "/suppliers/new/", BUYER),
    Shot("supplier-edit", "/suppliers/{supplier}/edit/", BUYER),
    Shot("returns-list", "/returns/", SERVICE),
    Shot("return-awaited", "/orders/{return_awaited}/", SERVICE),
    Shot("return-received", "/orders/{return_received}/", FINANCE),
    Shot("return-completed", "/orders/{return_completed}/?tab=documents", SERVICE),
    Shot("return-entry-new", "/orders/new/?type=sales_return", SERVICE),
    Shot("services-list", "/services/", SERVICE),
    Shot("service-working", "/orders/{service_working}/", SERVICE),
    Shot("service-completed", "/orders/{service_completed}/", FINANCE),
    Shot("service-entry-new", "/orders/new/?type=service", SERVICE),
    Shot("transfers-list", "/transfers/", WAREHOUSE),
    Shot("transfer-planned", "/orders/{transfer_planned}/", WAREHOUSE),
    Shot("transfer-in-transit", "/orders/{transfer_in_transit}/", WAREHOUSE),
    Shot("inner-work", "/orders/{inner_work}/", WAREHOUSE),
    Shot("transfer-entry-new", "/orders/new/?type=transfer", WAREHOUSE),
    Shot("home-buyer", "/", BUYER),
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
    Shot("workflows-list", "/workflows/", ADMIN),
    Shot("workflow", "/workflows/sale/", ADMIN),
    Shot("workflow-text", "/workflows/sale/?tab=text", ADMIN),
    Shot("workflow-versions", "/workflows/sale/?tab=versions", ADMIN),
    Shot("workflow-version", "/workflows/sale/versions/1/", ADMIN),
    Shot("workflow-new", "/workflows/new/?from=sale", ADMIN),
    Shot("tables-list", "/tables/", ADMIN),
    Shot("table", "/tables/order/?order={submitted}", ADMIN),
    Shot("table-condition", "/tables/order/", ADMIN, _open_condition("#row-0")),
    Shot("table-version", "/tables/order/versions/1/", ADMIN),
    Shot("workflow-condition", "/workflows/sale/", ADMIN, _open_condition("#way-submit")),
    Shot("order-type-condition", "/order-types/of/sample/edit/", ADMIN, _open_condition("#type-form")),
    Shot("reasons", "/reasons/", ADMIN),
    Shot("taxes", "/taxes/", ADMIN),
    Shot("tax", "/taxes/vat13/", ADMIN),
    Shot("tax-rule", "/taxes/rules/new/", ADMIN),
    Shot("exchange-rates", "/exchange-rates/", ADMIN),
    Shot("order-types", "/order-types/", ADMIN),
    Shot("order-type", "/order-types/of/sample/", ADMIN),
    Shot("order-type-new", "/order-types/new/?kind=sale", ADMIN),
    Shot("order-type-edit", "/order-types/of/sample/edit/", ADMIN),
    Shot("order-entry-sample", "/orders/new/?type=sample", REP),
    Shot("orders-by-attribute", "/orders/?type=sample&attribute.give_back_on.from=2026-01-01", EXECUTIVE),
    Shot("orders-filters", "/orders/?type=sample", EXECUTIVE, _click("details.menu-start > summary")),
    Shot("orders-columns", "/services/", EXECUTIVE, _click(".menu:has(.column-panel) > summary"), wide_only=True),
    Shot("order-imports", "/imports/orders/", REP),
    Shot("order-import", "/imports/orders/", REP, _check_a_file),
    Shot("order-import-columns", "/imports/orders/", REP, _choose_columns),
    Shot("product-imports", "/imports/products/", BUYER),
    Shot("product-import", "/imports/products/", BUYER, _check_products),
    Shot("customer-imports", "/imports/customers/", REP),
    Shot("imports-list", "/imports/", ADMIN),
    Shot("migrations-list", "/settings/migrations/", ADMIN),
    Shot("migration-new", "/settings/migrations/new/", ADMIN),
    Shot("what-if", "/settings/what-if/", ADMIN),
    Shot("account", "/account/", REP),
    Shot("search", "/search/?q=sz", MANAGER),
    Shot("not-here", "/orders/SO999999/", REP),
    Shot("not-allowed", "/users/", REP),
)
