"""Files of orders on the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shundan.exchange.sheets.xlsx import xlsx_rows
from shundan.orders.models import Order
from shundan.orders.rules.types import ChoiceOption
from tests import make
from tests.cast import Cast
from tests.jobs import do_jobs
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
CHANNELS = (ChoiceOption("fair", "展会", "Fair"),)


@pytest.fixture
def probe() -> None:
    """A type with an attribute of the header and one of the lines."""
    make.product("FILE-1", price="10.00", stock=100)
    channel = make.attribute("channel", "choice", options=CHANNELS, name_en="Channel")
    batch = make.attribute("batch", place="line", name_en="Batch")
    make.order_type("probe", attributes=(channel, batch), line_columns=("quantity", "price", "batch"))


def test_a_file_goes_from_the_template_to_orders(probe: None, people: Cast, browser_of: Browser) -> None:
    rep = browser_of(people.wang)
    template = rep.get("/imports/orders/template/probe/")
    _row, head = next(xlsx_rows(b"".join(template.streaming_content)))  # type: ignore[attr-defined]
    assert (head[:2], head[-6:]) == (
        ["Source number", "Customer"],
        ["Quantity", "Unit", "Unit price", "Discount", "Line note", "Batch"],
    )
    number = people.boyuan.number
    text = f"customer,sku,quantity,channel,odd\n{number},FILE-1,1,fair,1\n{number},NO,1,fair,1\n"
    given = {"type": "probe", "until": "draft", "file": SimpleUploadedFile("a.csv", text.encode())}
    answer = rep.post("/imports/orders/", given)
    assert answer.status_code == 303
    page = rep.get(answer["Location"]).content.decode()
    assert ("Import 1 order" in page, "are left out: odd" in page, '<td data-cell="end">sku' in page) == (True,) * 3
    told = b"".join(rep.get(f"{answer['Location']}problems.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert told.splitlines()[0] == "Row,Column,Source number,Problem"
    assert told.splitlines()[1].startswith("3,sku,,")
    rep.post(f"{answer['Location']}run/")
    assert 'hx-get="' in rep.get(answer["Location"]).content.decode()
    do_jobs()
    assert rep.get(f"{answer['Location']}progress/")["HX-Refresh"] == "true"
    order = Order.objects.get(source="file")
    assert order.number in rep.get(answer["Location"]).content.decode()
    assert rep.post("/imports/orders/", {"type": "probe", "until": "draft"}).status_code == 422
    assert browser_of(people.zhang).get(answer["Location"]).status_code == 404


def test_foreign_columns_are_chosen_on_the_page_and_an_import_is_taken_back(
    probe: None, people: Cast, browser_of: Browser
) -> None:
    rep = browser_of(people.wang)
    text = f"Kunde,Artikel,Menge,Kanal\n{people.boyuan.number},FILE-1,1,fair\n"
    given = {"type": "probe", "until": "draft", "file": SimpleUploadedFile("b.csv", text.encode())}
    place = rep.post("/imports/orders/", given)["Location"]
    page = rep.get(place).content.decode()
    assert ("What do the columns mean?" in page, "FILE-1" in page, 'value="attribute.channel"' in page) == (True,) * 3
    few = rep.post(f"{place}columns/", {"column-0": "customer"})
    assert (few.status_code, '<option value="customer" selected>' in few.content.decode()) == (422, True)
    told = {"column-0": "customer", "column-1": "sku", "column-2": "quantity", "column-3": "attribute.channel"}
    assert rep.post(f"{place}columns/", told).status_code == 303
    assert "Import 1 order" in rep.get(place).content.decode()
    rep.post(f"{place}run/")
    do_jobs()
    assert f'formaction="{place}undo/"' in rep.get(place).content.decode()
    assert rep.post(f"{place}undo/").status_code == 303
    do_jobs()
    page = rep.get(place).content.decode()
    assert ("Taken back" in page, "undo/" in page) == (True, False)
    assert rep.post(f"{place}undo/").status_code == 409


def test_a_file_that_cannot_be_read_is_told_once_with_its_cure(probe: None, people: Cast, browser_of: Browser) -> None:
    given = {"type": "probe", "until": "draft", "file": SimpleUploadedFile("x.csv", b"Order,SKU\n1,Caf\xe9\n")}
    answer = browser_of(people.wang).post("/imports/orders/", given)
    page = answer.content.decode()
    assert (answer.status_code, page.count("0xE9"), "x.csv, line 2" in page) == (422, 1, True)
