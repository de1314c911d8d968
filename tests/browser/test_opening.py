"""A page that takes its time says so, and what comes as a file does not."""

from playwright.sync_api import Route, expect

from tests.browser.desk import Office
from tests.cast import Cast

# Nobody can ask a page that is being left, so it writes down what it shows.
WATCH = """() => {
  const seen = new Set();
  new MutationObserver(() => {
    const line = document.querySelector(".progress-line.is-opening") ? "line" : "";
    seen.add(`${line} ${document.querySelector(".opening").innerText}`.trim());
    sessionStorage.setItem("seen", JSON.stringify([...seen]));
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}"""
FILE = (
    "() => document.body.append(Object.assign(document.createElement('a'), { href: './export/?format=csv', id: 'f' }))"
)


def test_a_page_that_takes_its_time_says_so(office: Office, people: Cast) -> None:
    page = office.sign_in("sun@example.com").open("/reports/")
    held: list[Route] = []
    page.route("**/reports/ageing/", lambda route: held.append(route))
    page.evaluate(WATCH)
    page.locator("a[href='/reports/ageing/']").first.click(no_wait_after=True)
    page.wait_for_timeout(3300)
    held[0].continue_()
    page.wait_for_url("**/reports/ageing/")
    seen = page.evaluate("() => JSON.parse(sessionStorage.seen)")
    assert "line" in seen
    assert seen.index("line") < seen.index("line 正在打开页面… 2 秒")
    assert "line 正在打开页面… 3 秒" in seen
    expect(page.locator(".opening")).to_be_empty()


def test_nobody_is_told_that_a_page_opens_where_a_file_comes(office: Office, people: Cast) -> None:
    page = office.sign_in("zhang@example.com").open("/reports/ageing/")
    page.evaluate("() => addEventListener('beforeunload', () => { window.isLeaving = true; })")
    page.evaluate(FILE)
    with page.expect_download():
        page.evaluate("() => document.getElementById('f').click()")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.isLeaving")
    expect(page.locator(".progress-line.is-opening")).to_have_count(0)
