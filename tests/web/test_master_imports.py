"""Files of products, customers and suppliers on the pages and over the API."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shundan.catalog.models import Product
from shundan.exchange.sheets.xlsx import xlsx_rows
from tests import make
from tests.api.client import as_person
from tests.cast import Cast
from tests.jobs import do_jobs
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_a_file_of_products_goes_from_the_template_to_products_and_back(people: Cast, browser_of: Browser) -> None:
    buyer = make.person("purchasing", name="孙采购")
    web = browser_of(buyer)
    assert "/imports/products/" in web.get("/products/").content.decode()
    template = web.get("/imports/products/template/")
    _row, head = next(xlsx_rows(b"".join(template.streaming_content)))  # type: ignore[attr-defined]
    assert (head[:3], head[-1]) == (["SKU", "Chinese name", "English name"], "Price of further unit")
    text = "sku,name,price,odd\nWI-1,螺母,1.5,x\nWI-2,,2,\n"
    given = {"existing": "leave", "file": SimpleUploadedFile("a.csv", text.encode())}
    place = web.post("/imports/products/", given)["Location"]
    page = web.get(place).content.decode()
    assert ("Import 1 record" in page, "are left out: odd" in page, "Enter a name" in page) == (True,) * 3
    told = b"".join(web.get(f"{place}problems.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert told.splitlines()[1].startswith("3,name,WI-2,")
    web.post(f"{place}run/")
    assert 'hx-get="' in web.get(place).content.decode()
    do_jobs()
    assert web.get(f"{place}progress/")["HX-Refresh"] == "true"
    page = web.get(place).content.decode()
    assert ("/products/of/WI-1/" in page, f'formaction="{place}undo/"' in page) == (True, True)
    assert web.post(f"{place}undo/").status_code == 303
    do_jobs()
    page = web.get(place).content.decode()
    assert ("Taken back" in page, "/products/of/WI-1/" in page, "undo/" in page) == (True, False, False)
    assert web.post(f"{place}undo/").status_code == 409
    assert web.post("/imports/products/", {}).status_code == 422
    # Another kind's address does not show it, nor another person's page.
    assert web.get(place.replace("products", "suppliers")).status_code == 404
    assert browser_of(make.person("purchasing", name="另一人")).get(place).status_code == 404


def test_foreign_columns_are_chosen_on_the_page(people: Cast, browser_of: Browser) -> None:
    rep = browser_of(people.wang)
    given = {"file": SimpleUploadedFile("b.csv", "Firma,Ort\n新客户甲,上海\n".encode())}
    place = rep.post("/imports/customers/", given)["Location"]
    assert "What do the columns mean?" in rep.get(place).content.decode()
    assert rep.post(f"{place}columns/", {"column-0": ""}).status_code == 422
    assert rep.post(f"{place}columns/", {"column-0": "name", "column-1": "city"}).status_code == 303
    assert "Import 1 record" in rep.get(place).content.decode()


def test_the_api_uploads_runs_changes_and_takes_back(people: Cast) -> None:
    buyer = as_person(make.person("purchasing", name="孙采购"))

    def sent(text: str, **more: object) -> dict[str, object]:
        body = {"name": "a.csv", "content": base64.b64encode(text.encode()).decode(), **more}
        return dict(buyer.post("/imports/products", body).body)

    made = sent("sku,name\nWA-1,螺母\nWA-2,\n")
    assert (made["state"], made["counts"]) == ("checked", {"good": 1, "bad": 1})
    assert made["problems"][0] | {"message": ""} == {"row": 3, "column": "name", "number": "WA-2", "message": ""}  # type: ignore[index]
    place = f"/imports/products/{made['id']}"
    assert buyer.post(f"{place}/run").body["state"] == "running"
    do_jobs()
    assert buyer.get(place).body["records"] == [{"row": 2, "number": "WA-1", "is_new": True, "outcome": "made"}]
    changed = sent("sku,english name\nWA-1,Nut\n", update=True)
    assert changed["counts"] == {"changes": 1}
    buyer.post(f"/imports/products/{changed['id']}/run")
    do_jobs()
    assert Product.objects.get(sku="WA-1").name_en == "Nut"
    assert buyer.post(f"{place}/undo").code == "import_touched"
    assert buyer.post(f"/imports/products/{changed['id']}/undo").body["state"] == "undoing"
    do_jobs()
    assert Product.objects.get(sku="WA-1").name_en == ""
    fields = buyer.get("/imports/products/fields").body["items"]
    assert {"field": "factor", "name_zh": "换算", "name_en": "Factor"} in fields
    assert buyer.get("/imports/products").body["items"][0]["id"] == changed["id"]
    assert buyer.get(place.replace("products", "suppliers")).status == 404
